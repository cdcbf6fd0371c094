"""Adverse events under TRK inhibitors: by term, how many of those treated had it and at which worst grade of CTCAE.

A person counts once for each term, at the worst grade. An event that is held against another drug, or that began before
the first day of the drug, is in no line; one of which nobody says what caused it, or when it began, is in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.registry.forms import AdverseEvent
from ntrkpath.registry.partial_dates import earliest, latest
from ntrkpath.registry.study.inhibitors import drug_names
from ntrkpath.registry.study.participants import Participant
from ntrkpath.rounds.shares import Ratio, ratio

GRADES = ("1", "2", "3", "4", "5")
#: From this grade on an event is severe (CTCAE: severe, life-threatening, death).
_SEVERE = 3


class OfTerm(msgspec.Struct, frozen=True, kw_only=True):
    """One term, or all of them (``""``).

    Args:
        grades: How many had it at each worst grade; ``not_graded`` beside. A person counts once.
        severe: At a worst grade of 3 or more, of those of whom any event is reported: of the others nothing is known,
            which is not "none". One that is not graded counts as not shown to be.
        related: How many had it possibly, probably or definitely caused by the drug.
        serious: How many had it called serious; ``stopped`` those whose drug was stopped for it.
    """

    term: str
    subjects: int
    grades: dict[str, int]
    not_graded: int
    severe: Ratio
    related: int
    serious: int
    stopped: int


class Safety(msgspec.Struct, frozen=True, kw_only=True):
    """Adverse events of those who took a TRK inhibitor.

    Args:
        treated: Participants who took one, whatever their tumour was found to have.
        reported: Those of whom any event is reported; of the others nothing is known, which is not "none".
        terms: All together first, then each term, the commonest first.
        elsewhere: Events that are in no line: before the drug, or held against another.
        versions: Versions of CTCAE by which events were graded, with how many.
    """

    treated: int
    reported: int
    terms: tuple[OfTerm, ...]
    elsewhere: int
    versions: dict[str, int]


def safety(participants: Iterable[Participant], edition: Edition) -> Safety:
    """Return the adverse events of all participants who took a TRK inhibitor, by the terms as they were written."""
    named = drug_names(edition)
    given: list[list[AdverseEvent]] = []
    elsewhere = 0
    for one in participants:
        starts = [e.body.start for e in one.subject.treatments if e.body.drug.casefold() in named]
        if starts:
            every = [entry.body for entry in one.subject.adverse_events]
            under = [event for event in every if _under(event, starts, named)]
            elsewhere += len(every) - len(under)
            given.append(under)
    spelled: dict[str, str] = {}
    for event in (event for events in given for event in events):
        spelled.setdefault(event.term.casefold(), event.term)
    reported = sum(bool(events) for events in given)
    lines = [_line(term, [_of(events, key) for events in given], reported) for key, term in spelled.items()]
    lines.sort(key=lambda line: (-line.subjects, line.term.casefold()))
    versions: dict[str, int] = {}
    for event in (event for events in given for event in events):
        versions[event.ctcae or "not stated"] = versions.get(event.ctcae or "not stated", 0) + 1
    return Safety(
        treated=len(given),
        reported=reported,
        terms=(_line("", given, reported), *lines) if lines else (),
        elsewhere=elsewhere,
        versions=dict(sorted(versions.items())),
    )


def _under(event: AdverseEvent, starts: Sequence[str | None], named: dict[str, str]) -> bool:
    """Return whether an event may be one under the drug: not certainly before it, not held against another."""
    if event.drug is not None and event.drug.casefold() not in named:
        return False
    known = [start for start in starts if start]
    before = event.start is not None and len(known) == len(starts) and latest(event.start) < min(map(earliest, known))
    return not before


def _of(events: Iterable[AdverseEvent], term: str) -> list[AdverseEvent]:
    return [event for event in events if event.term.casefold() == term]


def _line(term: str, given: Sequence[Sequence[AdverseEvent]], reported: int) -> OfTerm:
    """Return one line from the events of each person."""
    people = [events for events in given if events]
    worst = [max((event.grade for event in events if event.grade in GRADES), default=None) for events in people]
    return OfTerm(
        term=term,
        subjects=len(people),
        grades={grade: worst.count(grade) for grade in GRADES},  # type: ignore[arg-type]
        not_graded=worst.count(None),
        severe=ratio(sum(grade is not None and int(grade) >= _SEVERE for grade in worst), reported),
        related=_with(people, lambda event: event.causality in ("possible", "probable", "definite")),
        serious=_with(people, lambda event: event.serious == "yes"),
        stopped=_with(people, lambda event: event.action == "stopped"),
    )


def _with(people: Iterable[Sequence[AdverseEvent]], holds: Callable[[AdverseEvent], bool]) -> int:
    return sum(any(holds(event) for event in events) for events in people)
