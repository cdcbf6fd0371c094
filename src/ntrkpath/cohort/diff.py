"""Two decided cohorts compared, case by case: which change tier, priority, action or label status."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ntrkpath.cohort.batches import require
from ntrkpath.cohort.writing import About, read_about, scan

if TYPE_CHECKING:
    import polars as pl

DIFF_SCHEMA = "https://ntrkpath.org/schema/cohort-diff-1.json"
#: Changed cases that are listed unless told otherwise.
LISTED = 20
_COMPARED = ("tier", "priority", "actions", "rules")


class Moved(msgspec.Struct, frozen=True):
    """How many cases went from one level to another; equal levels are counted too."""

    before: str
    after: str
    cases: int


class Changed(msgspec.Struct, frozen=True):
    """One case whose answer changed, before and after.

    Args:
        actions_before: ``action:strength``, most important first, separated by one space.
        labels_before: ``drug@agency=status``, where both cohorts carry labels.
    """

    case_id: str
    tier_before: str
    tier_after: str
    priority_before: str
    priority_after: str
    actions_before: str
    actions_after: str
    labels_before: str | None = None
    labels_after: str | None = None


class CohortDiff(msgspec.Struct, frozen=True):
    """Two decided cohorts compared.

    Args:
        before: How the first was decided; ``after`` the second.
        both: Cases in both; ``only_before`` and ``only_after`` in one alone.
        actions_changed: Cases whose actions or their strengths differ; ``tier_changed``, ``priority_changed`` likewise.
        rules_only: Cases that other rules decide with the same actions.
        labels_changed: Cases whose status by label differs; ``None`` where a cohort carries no labels.
        tiers: Every case of both by its two tiers; ``priorities`` likewise.
        gained: Cases that gain each action; ``lost`` likewise.
        cases: The first changed cases, by case id.
    """

    schema: str
    before: About
    after: About
    both: int
    only_before: int
    only_after: int
    actions_changed: int
    tier_changed: int
    priority_changed: int
    rules_only: int
    labels_changed: int | None
    tiers: tuple[Moved, ...]
    priorities: tuple[Moved, ...]
    gained: dict[str, int]
    lost: dict[str, int]
    cases: tuple[Changed, ...]


def compare(before: Path, after: Path, listed: int = LISTED) -> CohortDiff:
    """Compare two decided cohorts by case id.

    Args:
        before: What ``cohort triage`` wrote; ``after`` likewise, of the same cases.
        listed: How many changed cases are listed.

    Raises:
        CaseError: A file was not written by ``cohort triage``.
    """
    require()
    import polars as pl

    abouts = read_about(before), read_about(after)
    scans = [scan(before), scan(after)]
    names = [s.collect_schema().names() for s in scans]
    labels = all("labels" in n for n in names)
    wanted = ["case_id", *_COMPARED, *(["labels"] if labels else [])]
    left, right = (s.select(wanted) for s in scans)
    joined = left.join(right, on="case_id", how="full", suffix="_after", validate="1:1")
    inner = pl.col("case_id").is_not_null() & pl.col("case_id_after").is_not_null()
    counts = joined.select(
        inner.sum().alias("both"),
        pl.col("case_id_after").is_null().sum().alias("only_before"),
        pl.col("case_id").is_null().sum().alias("only_after"),
    ).collect(engine="streaming").row(0, named=True)  # fmt: skip
    both = joined.filter(inner)
    moved = (
        both.group_by("tier", "tier_after", "priority", "priority_after", "actions", "actions_after",
                      (pl.col("rules") != pl.col("rules_after")).alias("rules"))
        .len("cases")
        .collect(engine="streaming")
    )  # fmt: skip
    differs = pl.col("actions") != pl.col("actions_after")
    changed_labels = pl.col("labels").ne_missing(pl.col("labels_after")) if labels else pl.lit(False)
    first = both.filter(differs | changed_labels).sort("case_id").head(listed).collect(engine="streaming")
    gained, lost = _actions(moved.filter(differs))
    return CohortDiff(
        DIFF_SCHEMA, *abouts, counts["both"], counts["only_before"], counts["only_after"],
        _sum(moved.filter(differs)), _sum(moved.filter(pl.col("tier") != pl.col("tier_after"))),
        _sum(moved.filter(pl.col("priority") != pl.col("priority_after"))),
        _sum(moved.filter(~differs & pl.col("rules"))),
        both.filter(changed_labels).select(pl.len()).collect(engine="streaming").item() if labels else None,
        _table(moved, "tier"), _table(moved, "priority"), gained, lost,
        tuple(_changed(row, labels) for row in first.iter_rows(named=True)),
    )  # fmt: skip


def _sum(moved: pl.DataFrame) -> int:
    return int(moved["cases"].sum())


def _table(moved: pl.DataFrame, column: str) -> tuple[Moved, ...]:
    after = f"{column}_after"
    found = moved.group_by(column, after).agg(_cases()).sort("cases", column, after, descending=[True, False, False])
    return tuple(Moved(*row) for row in found.iter_rows())


def _cases() -> pl.Expr:
    import polars as pl

    return pl.col("cases").sum()


def _actions(changed: pl.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    gained: dict[str, int] = {}
    lost: dict[str, int] = {}
    for before, after, cases in changed.select("actions", "actions_after", "cases").iter_rows():
        old, new = set((before or "").split()), set((after or "").split())
        for found, items in ((gained, new - old), (lost, old - new)):
            for item in items:
                found[item] = found.get(item, 0) + cases
    return (
        dict(sorted(gained.items(), key=lambda i: (-i[1], i[0]))),
        dict(sorted(lost.items(), key=lambda i: (-i[1], i[0]))),
    )


def _changed(row: dict[str, Any], labels: bool) -> Changed:
    parts = [row[key] for name in ("tier", "priority", "actions") for key in (name, f"{name}_after")]
    return Changed(row["case_id"], *parts, *((row["labels"], row["labels_after"]) if labels else ()))
