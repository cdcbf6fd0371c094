"""Readouts that stand in forms alone, put into the case so that the edition reads them like any other."""

from __future__ import annotations

import msgspec

from ntrkpath.model.case import Case, DnaMps, PanTrkIhc, RnaMps, Test
from ntrkpath.registry.forms import Screening, Stain
from ntrkpath.registry.partial_dates import earliest, latest
from ntrkpath.registry.subjects import Subject

_INTENSITY = {"1": "weak", "2": "moderate", "3": "strong"}
_STAINED = ("1", "2", "3")


def with_forms(subject: Subject, early: Case | None) -> Case | None:
    """Return the case that stands, with a test for every method that only a form speaks of.

    A case document that states a method is not touched for it. Where no document stands, that of before the test is
    taken; without one there is nothing to read.
    """
    case = subject.case or early
    if case is None:
        return None
    stated = {test.__struct_config__.tag for test in case.tests}
    added: list[Test] = []
    if "pan_trk_ihc" not in stated:
        added += [as_test(entry.body) for entry in subject.stains]
        if not added:
            added += [PanTrkIhc(result=one.result) for one in _told(subject, "read", ("pan_trk_ihc", None))]
    if not stated & {"rna_mps", "dna_mps"}:
        for one in _told(subject, "reported", ("rna_mps", "dna_mps")):
            added.append(RnaMps(result=one.result) if one.method == "rna_mps" else DnaMps(result=one.result))
    return msgspec.structs.replace(case, tests=[*case.tests, *added]) if added else case


def _told(subject: Subject, step: str, methods: tuple[str | None, ...]) -> list[Screening]:
    return [
        entry.body
        for entry in subject.screening
        if entry.body.step == step and entry.body.method in methods and entry.body.result is not None
    ]


def as_test(form: Stain) -> PanTrkIhc:
    """Return a readout by compartment as a test of a case; several that stain are a mixed pattern."""
    compartments = {name: getattr(form, name) for name in ("cytoplasm", "nucleus", "membrane", "perinuclear")}
    strengths = [value for value in compartments.values() if value in _STAINED]
    stained = [name for name, value in compartments.items() if value in _STAINED]
    day = form.date if form.date and earliest(form.date) == latest(form.date) else None
    return PanTrkIhc(
        date=earliest(day) if day else None,
        specimen=form.specimen,
        percent=form.percent,
        intensity=_INTENSITY[max(strengths)] if strengths else None,  # type: ignore[arg-type]
        distribution=form.distribution,
        pattern=_pattern(stained),  # type: ignore[arg-type]
        clone=form.clone,
        control=form.control if form.control in ("adequate", "inadequate") else None,
    )


def _pattern(stained: list[str]) -> str | None:
    if not stained:
        return None
    if len(stained) > 1:
        return "mixed"
    return {"cytoplasm": "cytoplasmic", "nucleus": "nuclear", "membrane": "membranous"}.get(stained[0])
