"""The cut-off of a study: what stands of a subject by a day, as it would have been read on that day.

An entry is of the day that it speaks of, not of the day on which it was written: a registry that is filled in late has
the same results. A test without a date is of the day on which its step was taken first, by its method where a step
names one. What is dated after the cut-off is left out; a date that may be before it (a month, a year) is kept. What a
subject wishes, what was taken back and what was corrected always counts: whatever replaced an entry refutes it for
every day.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from ntrkpath.model.case import Case, Test, TherapyLine
from ntrkpath.registry.entries import CaseVersion, Entry
from ntrkpath.registry.partial_dates import earliest
from ntrkpath.registry.subjects import Subject

#: The first date of each step by its method; ``""`` where the step names none.
_Steps = dict[tuple[str, str], str]
#: The item that dates an entry of a kind; kinds that are not here are never cut.
_DATED = {
    "specimen": "date", "stain": "date", "assay": "date", "central_review": "date", "screening": "date",
    "treatment": "start", "surgery": "date", "response": "date", "adverse_event": "start", "growth": "date",
    "follow_up": "date", "decision": "date",
}  # fmt: skip
#: What an entry that stands says of later days: the item that dates it, and the items that it leaves not known.
_LATER = {
    "treatment": ("stop", ("stop", "reason_stopped")),
    "adverse_event": ("stop", ("stop", "outcome")),
    "response": ("progression_date", ("progression", "progression_date")),
    "follow_up": ("death_date", ("death_date", "cause")),
}
#: Levels that tell of such a later day too, each with what was known before it.
_TELLS: dict[tuple[str, str, str], str | None] = {
    ("adverse_event", "grade", "5"): None,
    ("response", "best", "PD"): None,
    ("follow_up", "status", "dead"): "alive",
}
#: The step that dates a test whose own date is not stated, also where it names no method.
_STEP = {"pan_trk_ihc": "read", "rna_mps": "reported", "dna_mps": "reported"}


def known_by(subject: Subject, day: dt.date) -> tuple[Subject, int]:
    """Return a subject as it stood by a day, and how many entries and tests are of later days."""
    steps = _first_steps(subject)
    standing = subject.standing
    kept: list[Entry[Any]] = []
    gone = 0
    for entry in subject.entries:
        if entry.body is None:
            kept.append(entry)
        elif isinstance(entry.body, CaseVersion):
            case, later = _case_by(entry.body.case, steps, day)
            kept.append(entry if case is entry.body.case else _with(entry, CaseVersion(case=case)))
            gone += later if entry.body.case is subject.case else 0
        elif entry.kind in _DATED and entry.seq not in standing:
            continue  # it was corrected or taken back: without what replaced it, it would stand again
        elif _after(_date_of_entry(entry), day):
            gone += 1
        else:
            kept.append(_without_later(entry, day))
    same = len(kept) == len(subject.entries) and all(a is b for a, b in zip(kept, subject.entries, strict=True))
    return (subject if same else Subject(kept)), gone


def _first_steps(subject: Subject) -> _Steps:
    """Return of each step and method the first date: it may be of before the day."""
    dated = sorted(((e.body.date, e.body.step, e.body.method or "") for e in subject.screening if e.body.date),
                   reverse=True)  # fmt: skip
    return {(step, method): date for date, step, method in dated}


def _date_of_entry(entry: Entry[Any]) -> str | None:
    date: str | None = getattr(entry.body, _DATED.get(entry.kind, ""), None)
    return date or getattr(entry.body, "death_date", None)


def _after(date: str | None, day: dt.date) -> bool:
    return date is not None and earliest(date) > day


def _with(entry: Entry[Any], body: Any) -> Entry[Any]:
    return msgspec.structs.replace(entry, body=body)


def _without_later(entry: Entry[Any], day: dt.date) -> Entry[Any]:
    at, items = _LATER.get(entry.kind, ("", ()))
    if not _after(getattr(entry.body, at, None), day):
        return entry
    before = {item: was for (kind, item, level), was in _TELLS.items()
              if kind == entry.kind and getattr(entry.body, item) == level}  # fmt: skip
    return _with(entry, msgspec.structs.replace(entry.body, **dict.fromkeys(items), **before))


def _case_by(case: Case, steps: _Steps, day: dt.date) -> tuple[Case, int]:
    tests = [test for test in case.tests if not _after(_date_of(test, steps), day)]
    lines = case.therapy or []
    therapy = [_line_by(line, day) for line in lines if line.start is None or line.start <= day]
    if tests == case.tests and therapy == lines:
        return case, 0
    later = len(case.tests) - len(tests) + len(lines) - len(therapy)
    return msgspec.structs.replace(case, tests=tests, therapy=therapy if case.therapy is not None else None), later


def _line_by(line: TherapyLine, day: dt.date) -> TherapyLine:
    """Return a line as it was known: of one that ended later neither the end nor what came of it."""
    if line.end is None or line.end <= day:
        return line
    return msgspec.structs.replace(line, end=None, best_response=None, progression=None)


def _date_of(test: Test, steps: _Steps) -> str | None:
    if test.date is not None:
        return test.date.isoformat()
    method = str(test.__struct_config__.tag)
    step = _STEP.get(method, "reported")
    own = steps.get((step, method)) or steps.get(("reported", method))
    return own or (steps.get((step, "")) if method in _STEP else None)
