"""Cost per additional fusion found: the efficient frontier, and which strategies are dominated."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Place(msgspec.Struct, frozen=True):
    """Where a strategy stands.

    Args:
        status: ``frontier``, ``dominated`` (another finds as many for less) or ``extendedly_dominated`` (a mix of two
            others does).
        against: The strategy before it on the frontier, or the one that dominates it.
        per_additional: Cost per additional fusion found against the one before; ``None`` off the frontier and for its
            first strategy.
    """

    status: str
    against: str | None = None
    per_additional: float | None = None


def frontier(points: Mapping[str, tuple[float, float]]) -> dict[str, Place]:
    """Return the place of every strategy.

    Args:
        points: Strategy to fusions found and cost, both per patient.
    """
    places: dict[str, Place] = {}
    order = list(points)
    rest: list[str] = []
    for name in sorted(order, key=lambda n: (points[n][1], -points[n][0], order.index(n))):
        better = next((o for o in rest if points[o][0] >= points[name][0]), None)
        if better is None:
            rest.append(name)
        else:
            places[name] = Place("dominated", better)
    kept: list[str] = []
    for name in rest:
        while len(kept) > 1 and _slope(points, kept[-2], kept[-1]) >= _slope(points, kept[-1], name):
            places[kept.pop()] = Place("extendedly_dominated", name)
        kept.append(name)
    # The mix is of two that stay on the frontier: the next dearer one is named.
    for name, place in list(places.items()):
        if place.status == "extendedly_dominated":
            dearer = next(n for n in kept if points[n][1] > points[name][1])
            places[name] = Place(place.status, dearer)
    for i, name in enumerate(kept):
        before = kept[i - 1] if i else None
        places[name] = Place("frontier", before, _slope(points, before, name) if before else None)
    return {name: places[name] for name in order}


def _slope(points: Mapping[str, tuple[float, float]], a: str, b: str) -> float:
    (found_a, cost_a), (found_b, cost_b) = points[a], points[b]
    return (cost_b - cost_a) / (found_b - found_a)
