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
from ntrkpath.registry.forms import Response
from ntrkpath.registry.partial_dates import earliest, latest
from ntrkpath.registry.study.before import entered
from ntrkpath.registry.study.inhibitors import drug_names
from ntrkpath.registry.study.participants import Participant
from ntrkpath.registry.study.product_limit import Curve, Followed, product_limit
from ntrkpath.registry.subjects import Subject
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


class OfGene(msgspec.Struct, frozen=True, kw_only=True):
    """Participants treated with a fusion of one gene, from the same time zero; the genes are not tested apart."""

    gene: str
    treated: int
    responded: Ratio
    free_of_progression: Curve
    survival: Curve


class Treated(msgspec.Struct, frozen=True, kw_only=True):
    """Participants with a fusion who took a TRK inhibitor.

    Args:
        treated: How many; ``by_drug`` the first drug of each.
        best: How many had each best response; ``not_evaluable`` and ``not_assessed`` stand beside.
        responded: CR or PR of all that were assessed, those not evaluable counted as no response.
        of_evaluable: The same without those not evaluable.
        duration: From the first response to progression or death, in days; ``free_of_progression`` and ``survival``
            from time zero.
        by_gene: The same by the gene of the fusion; whoever has fusions of several genes, or of none named, is in none.
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
    by_gene: tuple[OfGene, ...] = ()
    time_zero: str = "the first day of the first TRK inhibitor"


def best_response(one: Participant) -> str | None:
    """Return the best response of a participant; ``None`` where none was assessed."""
    given = [entry.body.best for entry in one.subject.responses if entry.body.best]
    found = [best for best in ORDER if best in given]
    return found[0] if found else next((best for best in given if best in _NO_RESULT), None)


def inhibitors(one: Participant, edition: Edition) -> tuple[str, ...]:
    """Return the TRK inhibitors given, by id, in the order in which they were begun."""
    named = drug_names(edition)
    given = sorted((e.body.start or "9", e.seq, named.get(e.body.drug.casefold())) for e in one.subject.treatments)
    return tuple(dict.fromkeys(drug for _, _, drug in given if drug))


def treated(participants: Iterable[Participant], edition: Edition) -> Treated:
    """Return response, duration and survival of those with a fusion who took a TRK inhibitor."""
    given = [(one, drugs) for one in participants if one.sequence == "fusion" and (drugs := inhibitors(one, edition))]
    people = [one for one, _ in given]
    best = [best_response(one) for one in people]
    courses = [_course(one, edition) for one in people]
    known = [course for course in courses if course is not None]
    return Treated(
        treated=len(given),
        by_drug=dict(Counter(drugs[0] for _, drugs in given)),
        best={name: best.count(name) for name in ORDER},
        not_evaluable=sum(name in _NO_RESULT for name in best if name),
        not_assessed=sum(name is None for name in best),
        responded=_responded(best, ORDER + _NO_RESULT),
        of_evaluable=_responded(best, ORDER),
        duration=product_limit([one.duration for one in known if one.duration is not None]),
        free_of_progression=product_limit([one.progression for one in known]),
        survival=product_limit([one.survival for one in known]),
        undated=len(courses) - len(known),
        by_gene=_by_gene(people, courses),
    )


def _responded(best: Iterable[str | None], among: Sequence[str]) -> Ratio:
    """Return how many responded of those whose best response is among some."""
    assessed = [name for name in best if name in among]
    return ratio(sum(name in ("CR", "PR") for name in assessed), len(assessed))


def _by_gene(people: Sequence[Participant], courses: Sequence[_Course | None]) -> tuple[OfGene, ...]:
    groups: dict[str, list[tuple[Participant, _Course | None]]] = {}
    for one, course in zip(people, courses, strict=True):
        genes = {fusion.gene for fusion in one.fusions}
        if len(genes) == 1:
            groups.setdefault(genes.pop(), []).append((one, course))
    return tuple(
        OfGene(
            gene=gene,
            treated=len(group),
            responded=_responded([best_response(one) for one, _ in group], ORDER + _NO_RESULT),
            free_of_progression=product_limit([course.progression for _, course in group if course]),
            survival=product_limit([course.survival for _, course in group if course]),
        )
        for gene, group in sorted(groups.items())
    )


class _Course(msgspec.Struct, frozen=True):
    """One course in days from time zero; the duration from the first response."""

    progression: Followed
    survival: Followed
    duration: Followed | None


class _Days(msgspec.Struct, frozen=True, kw_only=True):
    """The days of a course: the first of the drug, the last of follow-up, and what came between."""

    zero: dt.date
    end: dt.date
    died: dt.date | None
    progressed: dt.date | None
    answered: dt.date | None
    entered: dt.date | None

    def since(self, start: dt.date) -> float:
        """Return how many days after a start the subject came under observation."""
        return float(max(0, (self.entered - start).days)) if self.entered is not None else 0.0


class _NotKnown(Exception):  # noqa: N818 - no error, an answer
    """A date that is needed is not known to the day."""


def _course(one: Participant, edition: Edition) -> _Course | None:
    """Return the course of a participant; ``None`` where a date that it needs is not known to the day."""
    try:
        days = _days(one.subject, drug_names(edition))
    except _NotKnown:
        return None
    if days.end < days.zero:
        return None
    stop = min(days.progressed or days.end, days.end)
    event = bool(days.progressed or days.died)
    duration = None
    if days.answered is not None and days.answered <= stop:
        duration = Followed((stop - days.answered).days, event, days.since(days.answered))
    late = days.since(days.zero)
    return _Course(
        Followed((stop - days.zero).days, event, late),
        Followed((days.end - days.zero).days, days.died is not None, late),
        duration,
    )


def _days(subject: Subject, named: dict[str, str]) -> _Days:
    responses = [entry.body for entry in subject.responses]
    zero = _first([e.body.start for e in subject.treatments if e.body.drug.casefold() in named])
    died, last = _followed(subject)
    end = died or last
    if zero is None or end is None:
        raise _NotKnown
    try:
        answered = _first([one.date for one in responses if one.best in ("CR", "PR")])
    except _NotKnown:
        answered = None  # the response is known, its duration is not
    progressed = _first([one.progression_date or one.date for one in responses if _progressed(one)])
    return _Days(zero=zero, end=end, died=died, progressed=progressed, answered=answered,
                 entered=_day(entered(subject)))  # fmt: skip


def _followed(subject: Subject) -> tuple[dt.date | None, dt.date | None]:
    """Return the day of death, and the last day on which a subject was seen, at a contact or for an assessment."""
    contacts = [entry.body for entry in subject.follow_ups]
    died = _first([one.death_date or one.date for one in contacts if one.status == "dead"])
    dates = [one.date for one in contacts if one.status != "dead"] + [e.body.date for e in subject.responses]
    return died, max((day for date in dates if (day := _day(date))), default=None)


def _progressed(response: Response) -> bool:
    return response.progression == "yes" or response.best == "PD"


def _first(dates: Sequence[str | None]) -> dt.date | None:
    """Return the first of some dates; ``None`` where there is none.

    Raises:
        _NotKnown: One of them is not known to the day.
    """
    days = [_day(date) for date in dates]
    if None in days:
        raise _NotKnown
    return min((day for day in days if day), default=None)


def _day(date: str | None) -> dt.date | None:
    return earliest(date) if date and earliest(date) == latest(date) else None


def outcome(one: Participant, edition: Edition) -> Outcome:
    """Return what became of one participant."""
    state = one.subject.state
    return Outcome(
        site=one.site,
        id=one.id,
        drugs=inhibitors(one, edition),
        best=best_response(one),
        progressed=any(_progressed(e.body) for e in one.subject.responses),
        status=state.status if state is not None else "not known",
    )
