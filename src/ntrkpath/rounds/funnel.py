"""The funnel of laboratories: how many each got right against what the difficulty of its samples leads to expect.

The chance of a right result is that of the sample and kind of assay over the other laboratories, so that who tests hard
samples is not blamed; the limits are those of the Poisson-binomial distribution. With a hundred laboratories five lie
beyond the inner limits by chance alone, which is said beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from ntrkpath.rounds.pass_marks import poisson_binomial

#: Tail beyond each limit: inner (95 %) and outer (99.8 %).
INNER, OUTER = 0.025, 0.001


class Scored(msgspec.Struct, frozen=True):
    """One result that counts: laboratory, what it shares with others (sample and method), and whether it is right."""

    laboratory: str
    cell: tuple[str, str]
    right: bool


class Place(msgspec.Struct, frozen=True):
    """Where a laboratory stands.

    Args:
        expected: Results right, as the others' results on the same samples lead to expect.
        low, high: Inner limits of the number right; ``below`` the chance of so few or fewer.
        standing: ``as_expected``, ``below`` (beyond the inner limit), ``far_below`` (beyond the outer one),
            ``above``, or ``cannot_tell`` where no other laboratory tested the same samples.
    """

    laboratory: str
    right: int
    of: int
    expected: float | None
    low: int | None
    high: int | None
    below: float | None
    standing: str


def funnel(results: Iterable[Scored]) -> tuple[Place, ...]:
    """Return the place of every laboratory, in the order in which they first appear."""
    by_laboratory: dict[str, list[Scored]] = {}
    right: dict[tuple[str, str], int] = defaultdict(int)
    total: dict[tuple[str, str], int] = defaultdict(int)
    for one in results:
        by_laboratory.setdefault(one.laboratory, []).append(one)
        total[one.cell] += 1
        right[one.cell] += one.right
    return tuple(_place(name, found, right, total) for name, found in by_laboratory.items())


def _place(
    name: str, found: list[Scored], right: dict[tuple[str, str], int], total: dict[tuple[str, str], int]
) -> Place:
    got = sum(one.right for one in found)
    # Own results of a cell leave its count, and half a right and half a wrong one keep the chance from 0 and 1.
    own: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for one in found:
        own[one.cell].append(one.right)
    shares = []
    for one in found:
        others = total[one.cell] - len(own[one.cell])
        if others < 1:
            return Place(name, got, len(found), None, None, None, None, "cannot_tell")
        shares.append((right[one.cell] - sum(own[one.cell]) + 0.5) / (others + 1))
    mass = poisson_binomial(shares)
    below = mass.cumsum()
    low, high = int((below < INNER).sum()), int((below < 1 - INNER).sum())
    chance = float(below[got])
    above = float(1 - below[got] + mass[got])
    standing = (
        "far_below" if chance <= OUTER
        else "below" if chance <= INNER
        else "above" if above <= INNER
        else "as_expected"
    )  # fmt: skip
    return Place(name, got, len(found), float(sum(shares)), low, high, chance, standing)
