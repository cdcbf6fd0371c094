"""A decided cohort in numbers: funnel, histologies, stain against sequencing, partners, turnaround, what is missing."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from itertools import accumulate
from math import ceil, floor
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import msgspec

from ntrkpath.cohort.batches import require
from ntrkpath.cohort.tally import Tally, counting, tallied
from ntrkpath.cohort.writing import About, read_about, scan
from ntrkpath.evidence.proportions import clopper_pearson
from ntrkpath.guidance import Edition, load
from ntrkpath.model.case_keys import METHODS
from ntrkpath.model.errors import CaseError
from ntrkpath.model.shown import Shown

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
    about = read_about(out)
    edition = edition or load(about.guideline["id"])
    if edition.sha256 != about.guideline["sha256"]:
        raise CaseError(
            "another edition decided this cohort", where=out.name, value=f"{edition.id} {edition.sha256[:12]}",
            allowed=f"{about.guideline['id']} {about.guideline['sha256'][:12]}",
            remedy="decide it again, or give that edition by --edition",
        )  # fmt: skip
    return summed(tallied(scan(out), edition), about, edition)


def summed(tally: Tally, about: About, edition: Edition) -> Summary:
    """Return a cohort that was counted in numbers."""
    told = tells_of_tests(about)
    return Summary(
        SUMMARY_SCHEMA,
        about,
        _by(tally["tier"]),
        _by(tally["priority"]),
        _words(tally["actions"]),
        _funnel(tally["tier"], told),
        _groups(tally["histology_group"], told),
        _groups(tally["priority"], told),
        agreement(tally["calls"]),
        _words(Counter({key: cases for key, cases in tally["fusions"].items() if key[0]}), colons=True),
        _turnaround(tally["days"]),
        sum(cases for (undecided, _), cases in tally["rules"].items() if undecided),
        _missing(tally, edition),
    )


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
_Counts = Counter[tuple[Any, ...]]


def _most_first(found: Counter[str]) -> dict[str, int]:
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _by(counted: _Counts) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (level, *_), cases in counted.items():
        found[level] += cases
    return _most_first(found)


def _words(counted: _Counts, *, colons: bool = False) -> dict[str, int]:
    """Count cases by each word of a column; what stands after a colon is left out unless it belongs to the word."""
    found: Counter[str] = Counter()
    for (text,), cases in counted.items():
        for word in {w if colons else w.partition(":")[0] for w in (text or "").split(" ")}:
            found[word] += cases
    return _most_first(found)


def tells_of_tests(about: About) -> bool:
    """Return whether any column told of a test; a cohort in which none does has no tested and no untested cases."""
    return any(path == "tests" or path.partition(".")[0] in METHODS for path in about.columns)


class _Alike(NamedTuple):
    """Cases that share tier, tests, evidence and therapy."""

    tier: str
    tested: bool
    positive: bool
    given: str | None

    @property
    def in_scope(self) -> bool:
        return self.tier != "out_of_scope"

    @property
    def tested_in_scope(self) -> bool:
        return self.in_scope and self.tested

    @property
    def treated(self) -> bool:
        return self.positive and self.given == "yes"

    @property
    def treated_otherwise(self) -> bool:
        return not self.positive and self.given == "yes"

    @property
    def therapy_unknown(self) -> bool:
        return self.positive and self.given in ("unknown", None)


def _funnel(counted: _Counts, told: bool) -> Funnel:
    rows = [(_Alike(*key), cases) for key, cases in counted.items()]

    def total(name: str) -> int:
        return sum(cases for alike, cases in rows if getattr(alike, name))

    known = told and any(alike.given is not None for alike, _ in rows)
    return Funnel(
        diagnosed=sum(counted.values()),
        in_scope=total("in_scope"),
        tested=total("tested_in_scope") if told else None,
        positive=total("positive") if told else None,
        treated=total("treated") if known else None,
        treated_otherwise=total("treated_otherwise"),
        therapy_unknown=total("therapy_unknown"),
    )


def _groups(counted: _Counts, told: bool) -> tuple[Group, ...]:
    tested: Counter[str] = Counter()
    positive: Counter[str] = Counter()
    for (name, was_tested, was_positive), cases in counted.items():
        tested[name] += cases * was_tested
        positive[name] += cases * was_positive
    return tuple(
        Group(name, cases, tested[name] if told else None, share(positive[name], tested[name]) if told else None)
        for name, cases in _by(counted).items()
    )


def agreement(counted: _Counts) -> Agreement | None:
    """Return the stain against sequencing from the cases by both calls; ``None`` where no case has both."""
    rules = counting()
    done = {key: cases for key, cases in counted.items() if "not_done" not in key}
    if not done:
        return None

    def cell(stain: str, reference: str) -> int:
        return sum(
            cases for (ihc, sequence), cases in done.items()
            if ihc in rules["stain"][stain] and sequence in rules["reference"][reference]
        )  # fmt: skip

    a, b = cell("positive", "positive"), cell("positive", "negative")
    c, d = cell("negative", "positive"), cell("negative", "negative")
    n = a + b + c + d
    return Agreement(
        a, b, c, d, sum(done.values()) - n, share(a, a + c), share(d, b + d), share(a, a + b), share(d, c + d),
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


def _turnaround(counted: _Counts) -> Turnaround | None:
    """Return the days from request to report; quantiles interpolate linearly between neighbours."""
    days = sorted((day, cases) for (day,), cases in counted.items() if day is not None and day >= 0)
    n = sum(cases for _, cases in days)
    if not n:
        return None
    impossible = sum(cases for (day,), cases in counted.items() if day is not None and day < 0)
    ends = list(accumulate(cases for _, cases in days))

    def at(share: float) -> float:
        place = share * (n - 1)
        low, high = (days[bisect_right(ends, i)][0] for i in (floor(place), ceil(place)))
        return float(low + (high - low) * (place - floor(place)))

    return Turnaround(n, at(0.25), at(0.5), at(0.75), days[0][0], days[-1][0], impossible)


def _missing(tally: Tally, edition: Edition) -> tuple[MissingFact, ...]:
    could: Counter[str] = Counter()
    undecided: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    worked_out = any(text is not None for (text,) in tally["missing"])
    for (text,), n in tally["missing"].items():
        for fact in (text or "").split():
            could[fact] += n
    for (open_, rules), n in tally["rules"].items():
        blamed = {fact for rule in rules for fact in _blamed(edition, rule)} if open_ else set()
        for fact in blamed:
            undecided[fact] += n
            if len(blamed) == 1:
                alone[fact] += n
    order = sorted({*could, *undecided}, key=lambda fact: (-undecided[fact], -could[fact], fact))
    return tuple(
        MissingFact(fact, undecided[fact], alone[fact], could[fact] if worked_out else None) for fact in order
    )  # fmt: skip
