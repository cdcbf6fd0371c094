"""What was known of a subject before any NTRK test: the case as it was then, and its traits for correlation."""

from __future__ import annotations

import msgspec

from ntrkpath.model.case import Case, Diagnosis
from ntrkpath.registry.partial_dates import earliest
from ntrkpath.registry.subjects import Subject

#: Facts known before the test that are correlated as they are.
_AS_THEY_ARE = ("histology_group", "age_band", "s100_cd34", "lineage", "differentiation", "extent")


def case_before(subject: Subject) -> Case | None:
    """Return the case as it was before any NTRK test; ``None`` where no histology of that time is known.

    The histology is the registered one, else that of the first version without a test. A diagnosis that a later
    version changed, as the fusion may have made it, is never taken. The age is that of the same version,
    where it states one.
    """
    histology = subject.histology_before
    if histology is None:
        return None
    first = next((entry.body.case for entry in subject.versions if not entry.body.case.tests), None)
    newest = subject.case
    aged = first if first is not None and first.patient.age is not None else newest or first
    diagnosis = first.diagnosis if first else Diagnosis(histology=histology)
    return Case(
        id=subject.id,
        diagnosis=msgspec.structs.replace(diagnosis, histology=histology, central_review=None),
        patient=aged.patient if aged else Case(diagnosis=diagnosis).patient,
        disease=first.disease if first else Case(diagnosis=diagnosis).disease,
    )


def traits_before(subject: Subject, early: Case | None, before: dict[str, str]) -> dict[str, str]:
    """Return traits that do not rest on the test; what is unknown is absent."""
    found = {name: before[name] for name in _AS_THEY_ARE if before.get(name, "unknown") != "unknown"}
    registration = subject.registration
    if early is not None:
        if early.patient.sex not in (None, "unknown"):
            found["sex"] = str(early.patient.sex)
        if early.diagnosis.site:
            found["body_site"] = early.diagnosis.site.casefold()
    if registration is not None:
        if registration.topography:
            found["body_site"] = registration.topography.partition(".")[0]
        if registration.grade in ("1", "2", "3"):
            found["grade"] = registration.grade
    reviewed = {e.body.outcome for e in subject.reviews if e.body.blinded == "yes"} - {"not_done"}
    if len(reviewed) == 1:
        found["review"] = reviewed.pop()
    decalcified = {e.body.decalcified for e in subject.specimens} - {None, "unknown"}
    if decalcified:
        found["decalcified"] = "no" if decalcified == {"no"} else "yes"
    return found


def entered(subject: Subject) -> str | None:
    """Return when the subject came under observation: enrolment, else the first step with a date."""
    dates = [(entry.body.step != "enrolled", entry.body.date) for entry in subject.screening if entry.body.date]
    return min(dates, key=lambda item: (item[0], earliest(item[1])))[1] if dates else None
