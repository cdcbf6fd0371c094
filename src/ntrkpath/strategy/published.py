"""What others have published of testing for NTRK fusions, reckoned again."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec

from ntrkpath.evidence import evidence_of
from ntrkpath.guidance import Edition, load
from ntrkpath.model.numbers import grouped, percent, printed_percent, set_percent
from ntrkpath.strategy import files
from ntrkpath.strategy.compare import build

#: The best strategy is best at such a share of the grid at least; "about 45 %" lies within so many per cent points.
_MOSTLY, _ABOUT = 0.9, 5


class Check(msgspec.Struct, frozen=True):
    """A published figure, ours, and the source.

    ``agrees``: to the digits that were printed, or within what the note says where the figure is of another kind.
    """

    name: str
    printed: str
    ours: str
    agrees: bool
    source: str
    note: str = ""


class Ordering(msgspec.Struct, frozen=True):
    """In which share of a grid of unit costs the strategy is best of four, by country.

    ``overtaken``: which strategy is best elsewhere, and in which share of all points.
    """

    best: str
    share: dict[str, float]
    grid: int
    overtaken: dict[str, float]
    unit_costs: dict[str, list[float]]
    source: str


def net_benefit(qaly: float, cost: float, threshold: float) -> float:
    """Return the net monetary benefit: what the quality-adjusted life years are worth, less the added cost."""
    return qaly * threshold - cost


def ordering(edition: Edition | None = None, steps: int = 5) -> Ordering:
    """Return how often the published best strategy is best of four over the stated ranges of unit costs.

    Adults with any cancer, so the frequency is that of all tumours; accuracy as in sarcoma is replaced by that of IHC
    over all tumours. The value of a fusion found is the printed net benefit per positive patient.

    Args:
        steps: Points of the grid for each of the four unit costs.
    """
    chosen = edition or load()
    data = _data()["ordering"]
    evidence = evidence_of(chosen)
    pooled = [evidence.accuracy_studies[s] for s in evidence.pools["ihc_all_tumours"].studies]
    accuracy = {}
    for kind in ("sensitivity", "specificity"):
        pairs = [p for p in (getattr(s, kind) for s in pooled) if p]
        accuracy[kind] = {"beta": [sum(p[0] for p in pairs), sum(p[1] for p in pairs)]}
    group = data["frequency"]["group"]
    cell = {"name": "any cancer", "share": 1, "frequency": group, "facts": {"histology_group": "other_sarcoma"}}
    mix = {"title": "Adults with any cancer", "cells": [{**cell, "facts": {**cell["facts"], "extent": "metastatic"}}]}
    tests = {test: {"cost": 0, "days": 0, "failure": 0} for test in data["unit_costs"]}
    costs = {"name": "published", "currency": "int. euro", "tests": tests, "accuracy": {"pan_trk_ihc": accuracy}}
    model = build(mix, data["strategies"], costs, chosen)
    outcomes = model.evaluate(model.inputs.values())
    axes = {
        t: [low + (high - low) * i / (steps - 1) for i in range(steps)] for t, (low, high) in data["unit_costs"].items()
    }
    points = list(itertools.product(*axes.values()))
    share: dict[str, float] = {}
    overtaken: dict[str, float] = {}
    for country, worth in data["per_positive"].items():
        won = 0
        for point in points:
            prices = dict(zip(axes, point, strict=True))
            benefit = {
                name: worth * o["found"] - sum(o.get(f"tests:{test}", 0.0) * price for test, price in prices.items())
                for name, o in outcomes.items()
            }
            best = max(benefit, key=lambda n: benefit[n])
            won += best == data["best"]
            if best != data["best"]:
                overtaken[best] = overtaken.get(best, 0.0) + 1 / len(points) / len(data["per_positive"])
        share[country] = won / len(points)
    return Ordering(data["best"], share, len(points), overtaken, data["unit_costs"], data["source"])


def checks(edition: Edition | None = None) -> list[Check]:
    """Return every published figure beside ours."""
    chosen = edition or load()
    data = _data()
    nmb, fast, out = data["net_benefit"], data["fasttrk"], data["excluded"]
    ours = net_benefit(nmb["qaly"], nmb["cost"], nmb["threshold"])
    apart = nmb["without_testing"]
    # The ratio without testing costs gives the treatment's own added cost; the rest is testing.
    treating = net_benefit(nmb["qaly"], nmb["qaly"] * apart["printed_ratio"], nmb["threshold"])
    found = next(s for s in evidence_of(chosen).group("all_tumours").studies if s.id == "fasttrk")
    in_hundred = 100 * found.positive / fast["patients"]
    order = ordering(chosen)
    tiers = build("msk2017", ["none"], edition=chosen).tiers
    never = 100 * tiers["+"] / (1 - tiers["out_of_scope"])
    by_country = ", ".join(f"{country} {percent(share)}" for country, share in order.share.items())
    return [
        Check(
            "net benefit of testing all",
            f"{nmb['printed']}",
            f"{nmb['qaly']} QALY x {grouped(nmb['threshold'])} - {nmb['cost']} = {ours:.0f}",
            round(ours) == nmb["printed"],
            nmb["source"],
            "a check of the sum: the model behind the printed QALYs and costs is not rebuilt",
        ),
        Check(
            "the same without the costs of testing",
            f"{apart['printed']}",
            f"{treating:.0f}",
            round(treating) == apart["printed"],
            nmb["source"],
            "from the printed ratio of 36,290 per QALY",
        ),
        Check(
            "FastTRK: positive",
            printed_percent(fast["printed_percent"]),
            f"{found.positive} of {fast['patients']} = {set_percent(round(found.positive / fast['patients'], 4))}",
            round(in_hundred, 2) == fast["printed_percent"],
            fast["source"],
            "12 follows from the printed percentage",
        ),
        Check(
            "best of four strategies",
            order.best,
            f"{by_country} of {order.grid} points",
            min(order.share.values()) >= _MOSTLY,
            order.source,
            "share of a grid of illustrative unit costs in which it is best of the four; elsewhere "
            f"{' or '.join(order.overtaken)}; agrees from {set_percent(_MOSTLY)} on; "
            "the abstract does not name the other three strategies, so ours stand in",
        ),
        Check(
            "sarcomas decided out of testing by priority",
            f"about {printed_percent(out['printed_percent'])}",
            f"{percent(never / 100)} of MSK-IMPACT 2017 (tier +)",
            abs(never - out["printed_percent"]) < _ABOUT,
            out["source"],
            "share of the sarcomas with a canonical alteration present or expected, GIST as Shi et al. found it; "
            f"{percent(tiers.get('undetermined', 0.0))} undetermined count as not decided out; agrees within "
            f"{_ABOUT} per cent points",
        ),
    ]


def _data() -> dict[str, Any]:
    data: dict[str, Any] = files.read(files.KNOWLEDGE / "published.yaml")
    return data
