"""TRK inhibitors by every name of them, how old a subject is at least, and when a child began to take one."""

from __future__ import annotations

import datetime as dt

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.model.age import age_in_years
from ntrkpath.model.errors import CaseError
from ntrkpath.registry.forms import Registration
from ntrkpath.registry.partial_dates import earliest, latest
from ntrkpath.registry.subjects import MAJORITY, Subject

_YEAR = 365.25


def drug_names(edition: Edition) -> dict[str, str]:
    """Return the id of each TRK inhibitor of the edition by every name of it."""
    return {
        name.casefold(): drug.id
        for drug in edition.drugs.values()
        if drug.generation in ("first", "next")
        for name in (drug.id, drug.brand or drug.id, *drug.names)
    }


class AsChild(msgspec.Struct, frozen=True):
    """Whether a TRK inhibitor was taken by a child.

    Args:
        since: The first day that a child may have taken it; None where none did.
        not_known: It was taken, and age or first day do not tell whether by a child.
    """

    since: dt.date | None = None
    not_known: bool = False


def treated_as_child(subject: Subject, edition: Edition) -> AsChild:
    """Return whether a TRK inhibitor was taken by a child: by whoever was not certainly of age on the first day."""
    if not subject.treatments:
        return AsChild()
    named = drug_names(edition)
    starts = [e.body.start for e in subject.treatments if e.body.drug.casefold() in named]
    if not starts:
        return AsChild()
    first = min((earliest(start) for start in starts if start), default=None)
    years = least_age(subject, first) if first is not None else None
    if first is not None and (years < MAJORITY if years is not None else bool(subject.growth)):
        return AsChild(since=first)
    if first is not None and None not in starts:
        return AsChild(not_known=years is None)
    at_diagnosis = least_age(subject, None)  # a drug without a first day was not begun before the diagnosis
    return AsChild(not_known=at_diagnosis is None or at_diagnosis < MAJORITY)


def least_age(subject: Subject, day: dt.date | None) -> float | None:
    """Return how many years a subject has at least on a day, or at the diagnosis: by birth, else by the stated age.

    The stated age is that at the diagnosis; without a date of it nothing is added.
    """
    registration = subject.registration
    dates = [d for d in _diagnosed(registration) if d] if registration is not None else []
    if registration is not None and registration.birth is not None:
        on = day or (earliest(dates[0]) if dates else None)
        if on is not None:
            return (on - latest(registration.birth)).days / _YEAR
    stated = _stated_age(subject)
    if stated is None or day is None or not dates:
        return stated
    return stated + max(0, (day - latest(dates[0])).days) / _YEAR


def _diagnosed(registration: Registration) -> tuple[str | None, ...]:
    return registration.date_pathology, registration.date_clinical, registration.date_imaging


def _stated_age(subject: Subject) -> float | None:
    """Return the age that the first version of the case with one states; ``None`` where none does, or it is no age."""
    stated = (entry.body.case.patient.age for entry in subject.versions)
    try:
        return age_in_years(next((age for age in stated if age not in (None, "unknown")), None))
    except CaseError:
        return None
