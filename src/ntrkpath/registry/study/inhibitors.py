"""TRK inhibitors by every name of them, and when a child began to take one."""

from __future__ import annotations

import datetime as dt

from ntrkpath.guidance import Edition
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


def treated_as_child(subject: Subject, edition: Edition) -> dt.date | None:
    """Return the first day that a child may have taken a TRK inhibitor; ``None`` where none was taken by a child."""
    if not subject.treatments:
        return None
    named = drug_names(edition)
    starts = [e.body.start for e in subject.treatments if e.body.drug.casefold() in named and e.body.start]
    if not starts:
        return None
    first = min(map(earliest, starts))
    registration = subject.registration
    if registration is not None and registration.birth is not None:
        born = latest(registration.birth)
        return first if (first - born).days < MAJORITY * _YEAR else None
    return first if subject.growth else None
