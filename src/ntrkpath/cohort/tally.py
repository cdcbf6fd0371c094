"""A decided cohort counted: how many cases share what a summary tells apart, from columns or case by case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from ntrkpath.guidance import Edition
from ntrkpath.guidance.files import KNOWLEDGE

if TYPE_CHECKING:
    import polars as pl

#: What is counted together, by the name of the count. ``tested``, ``positive`` and ``undecided`` follow from the calls
#: (``counting``); ``rules`` are those that give tier and priority.
COUNTS = {
    "tier": ("tier", "tested", "positive", "trk_inhibitor"),
    "priority": ("priority", "tested", "positive"),
    "histology_group": ("histology_group", "tested", "positive"),
    "actions": ("actions",),
    "fusions": ("fusions",),
    "missing": ("missing",),
    "calls": ("ihc", "sequence"),
    "rules": ("undecided", "rules"),
    "days": ("turnaround_days",),
}


class Tally(dict[str, Counter[tuple[Any, ...]]]):
    """The counts of ``COUNTS``; what a cohort does not hold is ``None``."""

    def __init__(self) -> None:
        super().__init__({name: Counter() for name in COUNTS})

    def add(self, case: Mapping[str, Any], cases: int = 1) -> None:
        """Count some cases that are alike: columns of a decided cohort by name, ``rules`` as its rules in order."""
        met = {**case, **_followed(case)}
        for name, columns in COUNTS.items():
            self[name][tuple(met.get(column) for column in columns)] += cases


@cache
def counting() -> dict[str, Any]:
    """Return which levels count as tested, positive, undecided (``knowledge/cohort/summary.yaml``)."""
    import yaml

    found: dict[str, Any] = yaml.safe_load((KNOWLEDGE / "cohort" / "summary.yaml").read_text(encoding="utf-8"))
    return found


def _followed(case: Mapping[str, Any]) -> dict[str, bool]:
    rules = counting()
    tested = any(case[column] != "not_done" for column in rules["tested"])
    return {
        "tested": tested,
        "positive": tested and all(case[column] in levels for column, levels in rules["positive"].items()),
        "undecided": all(case[column] in levels for column, levels in rules["undecided"].items()),
    }


def places(edition: Edition) -> dict[str, int]:
    """Return where among the rules of a case those stand that give tier and priority: one each, in table order."""
    found = {}
    for i, table in enumerate(edition.decisions.tables):
        if {"tier", "priority"} & set(table.sets):
            found[table.id] = i
        if table.hit != "first":
            break
    return found


def tallied(rows: pl.LazyFrame, edition: Edition) -> Tally:
    """Count a decided cohort as a stream, so memory stays flat."""
    import polars as pl

    rules = counting()
    names = rows.collect_schema().names()
    tested = pl.any_horizontal(*(pl.col(c) != "not_done" for c in rules["tested"]))
    columns = {
        "tested": tested,
        "positive": tested & pl.all_horizontal(*(pl.col(c).is_in(levels) for c, levels in rules["positive"].items())),
        "undecided": pl.all_horizontal(*(pl.col(c).is_in(levels) for c, levels in rules["undecided"].items())),
        "fusions": pl.col("fusions").fill_null("") if "fusions" in names else pl.lit(""),
        "trk_inhibitor": pl.col("trk_inhibitor") if "trk_inhibitor" in names else pl.lit(None, pl.String),
        "missing": pl.col("missing").fill_null("") if "missing" in names else pl.lit(None, pl.String),
    }
    held = [f"rule_{i}" for i in places(edition).values()]
    split = pl.col("rules").str.split(" ").list
    counted = (
        rows.select(
            "tier", "priority", "histology_group", "actions", "ihc", "sequence",
            *(expression.alias(name) for name, expression in columns.items()),
            *(split.get(i).alias(name) for name, i in zip(held, places(edition).values(), strict=True)),
        )
        .group_by(pl.all())
        .len("cases")
        .collect(engine="streaming")
    )  # fmt: skip
    found = Tally()
    for name, told in COUNTS.items():
        if name == "rules":
            grouped = counted.group_by("undecided", *held).agg(pl.col("cases").sum())
            for undecided, *rule, cases in grouped.iter_rows():
                found[name][undecided, tuple(rule)] += cases
        elif name != "days":
            grouped = counted.group_by(told).agg(pl.col("cases").sum())
            found[name].update({tuple(row): cases for *row, cases in grouped.iter_rows()})
        elif "turnaround_days" in names:
            days = rows.group_by(pl.col("turnaround_days").cast(pl.Int64)).len("cases").collect(engine="streaming")
            found[name].update({(day,): cases for day, cases in days.iter_rows()})
    return found
