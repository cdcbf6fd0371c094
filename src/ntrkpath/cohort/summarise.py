"""A decided cohort in numbers: funnel, histologies, stain against sequencing, partners, turnaround, what is missing."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from ntrkpath.cohort.batches import require
from ntrkpath.cohort.writing import About, read_about, scan
from ntrkpath.evidence.proportions import clopper_pearson
from ntrkpath.guidance import Edition, load
from ntrkpath.guidance.files import KNOWLEDGE
from ntrkpath.model.case_keys import METHODS
from ntrkpath.model.errors import CaseError
from ntrkpath.model.shown import Shown

if TYPE_CHECKING:
    import polars as pl

SUMMARY_SCHEMA = "https://ntrkpath.org/schema/cohort-summary-1.json"


class Share(msgspec.Struct, frozen=True):
    """A count among others with its exact (Clopper-Pearson) 95 % interval; proportions 0 to 1, ``None`` of nothing."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


class Group(msgspec.Struct, frozen=True):
    """Cases of one histology group or priority, how many were tested, and how many of these are positive.

    Both are ``None`` where no column of the cohort tells of a test.
    """

    name: str
    cases: int
    tested: int | None
    positive: Share | None


class Funnel(msgspec.Struct, frozen=True):
    """From diagnosed to treated.

    Args:
        diagnosed: Every case that was decided.
        in_scope: Those within the guidance.
        tested: Those of them with at least one NTRK test, whatever its result; ``None`` where no column tells of one.
        positive: Tested ones with evidence of a fusion that may lead to a TRK inhibitor; ``None`` likewise.
        treated: Positive ones that were given a TRK inhibitor; ``None`` where the cohort holds no therapy or no test.
        treated_otherwise: Cases given one without such evidence here.
        therapy_unknown: Positive ones whose therapy is not stated.
    """

    diagnosed: int
    in_scope: int
    tested: int | None
    positive: int | None
    treated: int | None
    treated_otherwise: int
    therapy_unknown: int


class Agreement(msgspec.Struct, frozen=True):
    """Pan-TRK staining against sequencing.

    Args:
        both: Stain and sequencing positive; ``stain_only``, ``sequencing_only``, ``neither`` likewise.
        not_compared: Cases with a stain and sequencing of which one gives no plain answer.
        prevalence: Positive by sequencing among those compared: a predictive value holds at this prevalence only.
        kappa: Cohen's kappa; ``None`` where it is not defined.
        kappa_low: Lower end of its 95 % interval (large-sample, Fleiss, Cohen and Everitt 1969); ``kappa_high``.
    """

    both: int
    stain_only: int
    sequencing_only: int
    neither: int
    not_compared: int
    sensitivity: Share
    specificity: Share
    positive_predictive_value: Share
    negative_predictive_value: Share
    prevalence: Share
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None


class Turnaround(msgspec.Struct, frozen=True):
    """Days from request to report; ``impossible``: reported before requested, counted but left out."""

    cases: int
    lower_quartile: float
    median: float
    upper_quartile: float
    shortest: int
    longest: int
    impossible: int


class MissingFact(msgspec.Struct, frozen=True):
    """One missing fact.

    Args:
        undecided: Cases whose priority is undetermined because of it: the rule that gives the tier or the priority
            holds only while it is open. ``alone``: those in which no other fact is to blame.
        could_change: Cases whose actions it could change, alone or with other missing facts; ``None`` where the
            cohort was decided without missing facts.
    """

    fact: str
    undecided: int
    alone: int
    could_change: int | None


class Summary(Shown, frozen=True):
    """A decided cohort in numbers.

    Args:
        tiers: Cases by tier; ``priorities`` and ``actions`` likewise. An action counts once a case, at any strength.
        undecided: Cases whose priority is undetermined.
        missing: Missing facts, most undecided cases first.
    """

    schema: str
    about: About
    tiers: dict[str, int]
    priorities: dict[str, int]
    actions: dict[str, int]
    funnel: Funnel
    histologies: tuple[Group, ...]
    by_priority: tuple[Group, ...]
    stain: Agreement | None
    partners: dict[str, int]
    turnaround: Turnaround | None
    undecided: int
    missing: tuple[MissingFact, ...]

    SHOWN_BY: ClassVar[str] = "ntrkpath.report.numbers_in_a_notebook"

    def __repr__(self) -> str:
        """Return the cohort in one short line; the numbers are in the fields."""
        return f"<Summary of {self.about.source!r}: {self.about.decided} of {self.about.rows} rows decided>"


@cache
def counting() -> dict[str, Any]:
    """Return which levels count as tested, positive, undecided (``knowledge/cohort/summary.yaml``)."""
    import yaml

    found: dict[str, Any] = yaml.safe_load((KNOWLEDGE / "cohort" / "summary.yaml").read_text(encoding="utf-8"))
    return found


def share(count: int, of: int) -> Share:
    """Return a count among others with its exact interval."""
    if of == 0:
        return Share(count, of, None, None, None)
    interval = clopper_pearson(count, of)
    return Share(count, of, count / of, interval.low, interval.high)


def summarise(out: Path, edition: Edition | None = None) -> Summary:
    """Return a decided cohort in numbers; read as a stream, so memory stays flat.

    Args:
        edition: The edition that decided it, by default the one that the file names.

    Raises:
        CaseError: The file was not written by ``cohort triage``, or by another edition than the one given.
    """
    require()
    import polars as pl

    about = read_about(out)
    edition = edition or load(about.guideline["id"])
    if edition.sha256 != about.guideline["sha256"]:
        raise CaseError(
            "another edition decided this cohort", where=out.name, value=f"{edition.id} {edition.sha256[:12]}",
            allowed=f"{about.guideline['id']} {about.guideline['sha256'][:12]}",
            remedy="decide it again, or give that edition by --edition",
        )  # fmt: skip
    rules = counting()
    rows = scan(out)
    names = rows.collect_schema().names()
    tested = pl.any_horizontal(*(pl.col(c) != "not_done" for c in rules["tested"]))
    positive = tested & pl.all_horizontal(*(pl.col(c).is_in(levels) for c, levels in rules["positive"].items()))
    undecided = pl.all_horizontal(*(pl.col(c).is_in(levels) for c, levels in rules["undecided"].items()))
    counted = (
        rows.select(
            "tier", "priority", "histology_group", "actions", "ihc", "sequence",
            pl.col("fusions").fill_null("") if "fusions" in names else pl.lit("").alias("fusions"),
            pl.col("trk_inhibitor") if "trk_inhibitor" in names else pl.lit(None, pl.String).alias("trk_inhibitor"),
            pl.col("missing").fill_null("") if "missing" in names else pl.lit(None, pl.String).alias("missing"),
            *(pl.col("rules").str.split(" ").list.get(i).alias(f"rule_{t}") for t, i in _places(edition).items()),
            tested=tested, positive=positive, undecided=undecided,
        )
        .group_by(pl.all())
        .len("cases")
        .collect(engine="streaming")
    )  # fmt: skip
    told = tells_of_tests(about)
    return Summary(
        SUMMARY_SCHEMA,
        about,
        _by(counted, "tier"),
        _by(counted, "priority"),
        _words(counted, "actions"),
        _funnel(counted, told),
        _groups(counted, "histology_group", told),
        _groups(counted, "priority", told),
        _agreement(counted, rules),
        _words(counted.filter(pl.col("fusions") != ""), "fusions"),
        _turnaround(rows, names),
        int(counted.filter("undecided")["cases"].sum()),
        _missing(counted, edition, "missing" in names),
    )


def _places(edition: Edition) -> dict[str, int]:
    """Return where among the rules of a case those stand that give tier and priority: one each, in table order."""
    places = {}
    for i, table in enumerate(edition.decisions.tables):
        if {"tier", "priority"} & set(table.sets):
            places[table.id] = i
        if table.hit != "first":
            break
    return places


def _blamed(edition: Edition, rule: str | None) -> list[str]:
    """Return the facts of a case that a rule holds for only while they are open."""
    row = edition.rows[rule][1] if rule in edition.rows else None
    if row is None or not {"tier", "priority"} & set(row.sets) or "undetermined" not in row.sets.values():
        return []
    return [
        fact for fact, levels in row.when.items() if fact in edition.decisions.base and set(_levels(levels)) <= _OPEN
    ]


def _levels(told: Any) -> tuple[str, ...]:
    return (told,) if isinstance(told, str) else tuple(told)


_OPEN = frozenset({"unknown", "expected", "unresolved"})


def _by(counted: pl.DataFrame, column: str) -> dict[str, int]:
    found = counted.group_by(column).agg(_cases()).sort("cases", column, descending=[True, False])
    return dict(found.iter_rows())


def _cases() -> pl.Expr:
    import polars as pl

    return pl.col("cases").sum()


def _words(counted: pl.DataFrame, column: str) -> dict[str, int]:
    """Count cases by each word of a column, without what stands after a colon."""
    found: Counter[str] = Counter()
    for text, cases in counted.group_by(column).agg(_cases()).iter_rows():
        for word in {w if column == "fusions" else w.partition(":")[0] for w in (text or "").split(" ")}:
            found[word] += cases
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _total(counted: pl.DataFrame, *conditions: Any) -> int:
    return int((counted.filter(*conditions) if conditions else counted)["cases"].sum())


def tells_of_tests(about: About) -> bool:
    """Return whether any column told of a test; a cohort in which none does has no tested and no untested cases."""
    return any(path == "tests" or path.partition(".")[0] in METHODS for path in about.columns)


def _funnel(counted: pl.DataFrame, told: bool) -> Funnel:
    import polars as pl

    positive, given = pl.col("positive"), pl.col("trk_inhibitor")
    known = told and _total(counted, given.is_not_null())
    in_scope = pl.col("tier") != "out_of_scope"
    return Funnel(
        _total(counted),
        _total(counted, in_scope),
        _total(counted, in_scope, pl.col("tested")) if told else None,
        _total(counted, positive) if told else None,
        _total(counted, positive, given == "yes") if known else None,
        _total(counted, ~positive, given == "yes"),
        _total(counted, positive, (given == "unknown") | given.is_null()),
    )


def _groups(counted: pl.DataFrame, column: str, told: bool) -> tuple[Group, ...]:
    import polars as pl

    found = counted.group_by(column).agg(
        _cases(),
        pl.col("cases").filter(pl.col("tested")).sum().alias("tested"),
        pl.col("cases").filter(pl.col("positive")).sum().alias("positive"),
    )
    rows = found.sort("cases", column, descending=[True, False]).iter_rows()
    return tuple(
        Group(name, cases, tested if told else None, share(positive, tested) if told else None)
        for name, cases, tested, positive in rows
    )


def _agreement(counted: pl.DataFrame, rules: dict[str, Any]) -> Agreement | None:
    import polars as pl

    done = counted.filter(pl.col("ihc") != "not_done", pl.col("sequence") != "not_done")
    if done.height == 0:
        return None
    cells = {
        (stain, ref): _total(
            done, pl.col("ihc").is_in(rules["stain"][stain]), pl.col("sequence").is_in(rules["reference"][ref])
        )
        for stain in ("positive", "negative")
        for ref in ("positive", "negative")
    }
    a, b = cells["positive", "positive"], cells["positive", "negative"]
    c, d = cells["negative", "positive"], cells["negative", "negative"]
    n = a + b + c + d
    return Agreement(
        a, b, c, d, _total(done) - n, share(a, a + c), share(d, b + d), share(a, a + b), share(d, c + d),
        share(a + c, n), *_kappa(a, b, c, d),
    )  # fmt: skip


def _kappa(a: int, b: int, c: int, d: int) -> tuple[float | None, float | None, float | None]:
    """Return Cohen's kappa of a 2x2 table with its 95 % interval (Fleiss, Cohen and Everitt, Psychol Bull 1969)."""
    from statistics import NormalDist

    n = a + b + c + d
    if n == 0:
        return None, None, None
    p = [[a / n, b / n], [c / n, d / n]]
    rows, columns = [sum(r) for r in p], [p[0][j] + p[1][j] for j in (0, 1)]
    observed = p[0][0] + p[1][1]
    expected = sum(r * k for r, k in zip(rows, columns, strict=True))
    if expected >= 1:
        return None, None, None
    kappa = (observed - expected) / (1 - expected)
    agree = sum(p[i][i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in (0, 1))
    apart = (1 - kappa) ** 2 * sum(p[i][j] * (columns[i] + rows[j]) ** 2 for i in (0, 1) for j in (0, 1) if i != j)
    variance = (agree + apart - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2)
    half = NormalDist().inv_cdf(0.975) * max(variance, 0.0) ** 0.5
    return kappa, max(-1.0, kappa - half), min(1.0, kappa + half)


def _turnaround(rows: pl.LazyFrame, names: list[str]) -> Turnaround | None:
    import polars as pl

    if "turnaround_days" not in names:
        return None
    days = pl.col("turnaround_days").cast(pl.Int64)
    fine = days.filter(days >= 0)
    found = rows.select(
        fine.count().alias("n"), fine.quantile(0.25, "linear").alias("q1"), fine.median().alias("q2"),
        fine.quantile(0.75, "linear").alias("q3"), fine.min().alias("low"), fine.max().alias("high"),
        (days < 0).sum().alias("bad"),
    ).collect(engine="streaming").row(0, named=True)  # fmt: skip
    if not found["n"]:
        return None
    return Turnaround(
        found["n"], found["q1"], found["q2"], found["q3"], found["low"], found["high"], found["bad"] or 0
    )  # fmt: skip


def _missing(counted: pl.DataFrame, edition: Edition, worked_out: bool) -> tuple[MissingFact, ...]:
    could: Counter[str] = Counter()
    undecided: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for text, n in counted.group_by("missing").agg(_cases()).iter_rows():
        for fact in (text or "").split():
            could[fact] += n
    rules = [name for name in counted.columns if name.startswith("rule_")]
    for *named, n in counted.filter("undecided").group_by(rules).agg(_cases()).iter_rows():
        blamed = {fact for rule in named for fact in _blamed(edition, rule)}
        for fact in blamed:
            undecided[fact] += n
            if len(blamed) == 1:
                alone[fact] += n
    order = sorted({*could, *undecided}, key=lambda fact: (-undecided[fact], -could[fact], fact))
    return tuple(
        MissingFact(fact, undecided[fact], alone[fact], could[fact] if worked_out else None) for fact in order
    )  # fmt: skip
