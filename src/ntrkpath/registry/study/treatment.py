"""Treatment with TRK inhibitors: response, its duration, and survival from a stated time zero.

Time zero is the first day of the first TRK inhibitor. Whoever is enrolled after it enters late: before enrolment they
could not have died in the study. Survival is never compared by response, since one must live to respond.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.registry.partial_dates import earliest, latest
from ntrkpath.registry.study.before import entered
from ntrkpath.registry.study.participants import Participant
from ntrkpath.registry.study.product_limit import Curve, Followed, product_limit
from ntrkpath.rounds.shares import Ratio, ratio

#: Best response, from the best to the worst.
ORDER = ("CR", "PR", "SD", "PD")
_NO_RESULT = ("NE", "unknown")


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one participant under a TRK inhibitor, for those that are listed one by one."""

    site: str
    id: str
    drugs: tuple[str, ...]
    best: str | None
    progressed: bool
    status: str


class Treated(msgspec.Struct, frozen=True, kw_only=True):
    """Participants with a fusion who took a TRK inhibitor.

    Args:
        treated: How many; ``by_drug`` the first drug of each.
        best: How many had each best response; ``not_evaluable`` and ``not_assessed`` stand beside.
        responded: CR or PR of all that were assessed, those not evaluable counted as no response.
        of_evaluable: The same without those not evaluable.
        duration: From the first response to progression or death, in days; ``free_of_progression`` and ``survival``
            from time zero.
        undated: Participants who stand in none of these since a date is not known to the day.
    """

    treated: int
    by_drug: dict[str, int]
    best: dict[str, int]
    not_evaluable: int
    not_assessed: int
    responded: Ratio
    of_evaluable: Ratio
    duration: Curve
    free_of_progression: Curve
    survival: Curve
    undated: int
    time_zero: str = "the first day of the first TRK inhibitor"


def best_response(one: Participant) -> str | None:
    """Return the best response of a participant; ``None`` where none was assessed."""
    given = [entry.body.best for entry in one.subject.responses if entry.body.best]
    found = [best for best in ORDER if best in given]
    return found[0] if found else next((best for best in given if best in _NO_RESULT), None)


def inhibitors(one: Participant, edition: Edition) -> tuple[str, ...]:
    """Return the TRK inhibitors given, by id, in the order in which they were begun."""
    named = _named(edition)
    given = sorted((e.body.start or "9", e.seq, named.get(e.body.drug.casefold())) for e in one.subject.treatments)
    return tuple(dict.fromkeys(drug for _, _, drug in given if drug))


def _named(edition: Edition) -> dict[str, str]:
    """Return the id of each TRK inhibitor of the edition by every name of it."""
    return {
        name.casefold(): drug.id
        for drug in edition.drugs.values()
        if drug.generation in ("first", "next")
        for name in (drug.id, drug.brand or drug.id, *drug.names)
    }


def treated(participants: Iterable[Participant], edition: Edition) -> Treated:
    """Return response, duration and survival of those with a fusion who took a TRK inhibitor."""
    given = [(one, drugs) for one in participants if one.sequence == "fusion" and (drugs := inhibitors(one, edition))]
    best = [best_response(one) for one, _ in given]
    counts = {name: best.count(name) for name in ORDER}
    not_evaluable = sum(name in _NO_RESULT for name in best if name)
    answered, evaluable = counts["CR"] + counts["PR"], sum(counts.values())
    courses = [_course(one, edition) for one, _ in given]
    known = [course for course in courses if course is not None]
    return Treated(
        treated=len(given),
        by_drug=dict(Counter(drugs[0] for _, drugs in given)),
        best=counts,
        not_evaluable=not_evaluable,
        not_assessed=sum(name is None for name in best),
        responded=ratio(answered, evaluable + not_evaluable),
        of_evaluable=ratio(answered, evaluable),
        duration=product_limit([one.duration for one in known if one.duration is not None]),
        free_of_progression=product_limit([one.progression for one in known]),
        survival=product_limit([one.survival for one in known]),
        undated=len(courses) - len(known),
    )


class _Course(msgspec.Struct, frozen=True):
    """One course in days from time zero; the duration from the first response."""

    progression: Followed
    survival: Followed
    duration: Followed | None


def _course(one: Participant, edition: Edition) -> _Course | None:
    """Return the course of a participant; ``None`` where a date that it needs is not known to the day."""
    named = _named(edition)
    subject = one.subject
    starts = [entry.body.start for entry in subject.treatments if entry.body.drug.casefold() in named]
    zero = _first(starts)
    if zero is None or None in starts:
        return None
    dead = [entry.body for entry in subject.follow_ups if entry.body.status == "dead"]
    died = _first([one.death_date or one.date for one in dead])
    if dead and died is None:
        return None
    contacts = [entry.body.date for entry in subject.follow_ups if entry.body.status != "dead"]
    contacts += [entry.body.date for entry in subject.responses]
    last = max((day for date in contacts if (day := _day(date))), default=None)
    progressions = [
        entry.body.progression_date or entry.body.date
        for entry in subject.responses
        if entry.body.progression == "yes" or entry.body.best == "PD"
    ]
    progressed = _first(progressions)
    if progressions and progressed is None:
        return None
    end = died or last
    if end is None or end < zero:
        return None
    came = _day(entered(subject))
    late = float(max(0, (came - zero).days)) if came is not None else 0.0
    stop = min(progressed, end) if progressed else end
    answers = [entry.body.date for entry in subject.responses if entry.body.best in ("CR", "PR")]
    answered = _first(answers)
    duration = None
    if answered is not None and answered <= stop:
        since = float(max(0, (came - answered).days)) if came is not None else 0.0
        duration = Followed((stop - answered).days, bool(progressed or died), since)
    return _Course(
        Followed((stop - zero).days, bool(progressed or died), late),
        Followed((end - zero).days, died is not None, late),
        duration,
    )


def _first(dates: Sequence[str | None]) -> dt.date | None:
    """Return the first of some dates; ``None`` where there is none, or one is not known to the day."""
    days = [_day(date) for date in dates]
    return min(day for day in days if day) if days and all(days) else None


def _day(date: str | None) -> dt.date | None:
    return earliest(date) if date and earliest(date) == latest(date) else None


def outcome(one: Participant, edition: Edition) -> Outcome:
    """Return what became of one participant."""
    told = sorted((entry.body.status != "dead", entry.body.date or "", entry.body.status)
                  for entry in one.subject.follow_ups)  # fmt: skip
    status = "dead" if told and not told[0][0] else told[-1][2] if told else "not known"
    return Outcome(
        site=one.site,
        id=one.id,
        drugs=inhibitors(one, edition),
        best=best_response(one),
        progressed=any(e.body.progression == "yes" or e.body.best == "PD" for e in one.subject.responses),
        status=status,
    )
