"""Children under a TRK inhibitor: growth, weight, gait, fractures and development, watched until growth ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

import msgspec

from ntrkpath.registry.forms import Growth
from ntrkpath.registry.partial_dates import earliest, latest
from ntrkpath.registry.study.inhibitors import least_age
from ntrkpath.registry.study.participants import Participant
from ntrkpath.registry.subjects import MAJORITY
from ntrkpath.rounds.shares import Ratio, ratio

_YEAR = 365.25
#: Fewest days between two heights that tell how fast a child grows.
_APART = 180


class Finding(msgspec.Struct, frozen=True):
    """A finding at any visit, of the children who were looked at for it; the others were not, which is no "no"."""

    says: str
    found: Ratio


class PerYear(msgspec.Struct, frozen=True):
    """What children gained a year between their first and their last visit: how many, the median, least and most."""

    children: int
    median: float | None
    least: float | None
    most: float | None


class Children(msgspec.Struct, frozen=True, kw_only=True):
    """Children who took a TRK inhibitor.

    Args:
        treated: Under 18 years, or not certainly older, on the first day of the drug.
        seen: Those with any visit since; of the others nothing is known.
        undated: Visits without a date, in none of these.
        not_known: Participants treated of whom age or first day do not tell whether they were children; in none of
            these.
        findings: Each finding that is watched for.
        height: Centimetres, ``weight`` kilograms gained a year, over at least 180 days.
        grown: Those whose growth has ended; they are watched no more.
    """

    treated: int
    seen: int
    findings: tuple[Finding, ...]
    height: PerYear
    weight: PerYear
    grown: int
    undated: int = 0
    not_known: int = 0


#: What is watched for: what it says, the item, the level that is a finding, the levels that were looked at.
_WATCHED = (
    ("Gait abnormal", "gait", "abnormal", ("normal", "abnormal")),
    ("Fracture", "fracture", "yes", ("yes", "no")),
    ("Development delayed", "development", "delayed", ("age_appropriate", "delayed")),
    ("Neurology abnormal", "neurology", "abnormal", ("normal", "abnormal")),
)


def children(participants: Iterable[Participant]) -> Children:
    """Return what was seen of children since the first day of a TRK inhibitor, whatever was found in the tumour."""
    visits: list[Sequence[Growth]] = []
    undated: list[Growth] = []
    grown = not_known = 0
    for one in participants:
        first = one.child.since
        not_known += one.child.not_known
        if first is not None:
            bare = [v.body for v in one.subject.growth if v.body.date is None]
            since = [v.body for v in one.subject.growth if v.body.date and latest(v.body.date) >= first]
            grown += any(visit.growth_ended == "yes" for visit in (*since, *bare))
            undated += bare
            visits.append(since)
    return Children(
        treated=len(visits),
        seen=sum(bool(of_child) for of_child in visits),
        findings=tuple(_finding(says, item, level, looked, visits) for says, item, level, looked in _WATCHED),
        height=_per_year(visits, lambda visit: visit.height_cm),
        weight=_per_year(visits, lambda visit: visit.weight_kg),
        grown=grown,
        undated=len(undated),
        not_known=not_known,
    )


def _finding(says: str, item: str, level: str, looked: tuple[str, ...], visits: Iterable[Sequence[Growth]]) -> Finding:
    seen = [{getattr(visit, item) for visit in of_child} for of_child in visits]
    return Finding(says, ratio(sum(level in one for one in seen), sum(bool(one.intersection(looked)) for one in seen)))


def _per_year(visits: Iterable[Sequence[Growth]], measured: Callable[[Growth], float | None]) -> PerYear:
    rates = []
    for of_child in visits:
        dated = [(v.date, value) for v in of_child if v.date and (value := measured(v)) is not None]
        known = sorted((earliest(date), value) for date, value in dated if earliest(date) == latest(date))
        if known and (days := (known[-1][0] - known[0][0]).days) >= _APART:
            rates.append((known[-1][1] - known[0][1]) * _YEAR / days)
    rates.sort()
    middle = len(rates) // 2
    median = None if not rates else rates[middle] if len(rates) % 2 else (rates[middle - 1] + rates[middle]) / 2
    return PerYear(len(rates), median, rates[0] if rates else None, rates[-1] if rates else None)


def growth_due(one: Participant, every: int, as_of: dt.date) -> int | None:
    """Return the days by which the next visit of a child is over; ``None`` where none is due.

    None is due once growth has ended, nor of the dead, the lost, those whose way in the study ended, and those who are
    certainly of age. A visit of a month or a year was on its first day.
    """
    growth = [entry.body for entry in one.subject.growth]
    if one.child.since is None or one.ended or any(visit.growth_ended == "yes" for visit in growth):
        return None
    state, years = one.subject.state, least_age(one.subject, as_of)
    if (state is not None and state.status in ("dead", "lost")) or (years is not None and years >= MAJORITY):
        return None
    dates = [earliest(visit.date) for visit in growth if visit.date]
    over = (as_of - max([one.child.since, *dates])).days - every
    return over if over > 0 else None
