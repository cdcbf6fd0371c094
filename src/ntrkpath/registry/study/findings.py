"""What a case states of NTRK fusions, of other drivers and of the stain, as the results count it."""

from __future__ import annotations

import msgspec

from ntrkpath.model.case import Case, DnaMps, PanTrkIhc, RnaMps

NTRK = ("NTRK1", "NTRK2", "NTRK3")


class Fusion(msgspec.Struct, frozen=True):
    """An NTRK fusion as stated: the NTRK gene at its 3' end, and the partner; ``""`` where none is named."""

    gene: str
    partner: str


def fusions_of(case: Case | None) -> tuple[Fusion, ...]:
    """Return the NTRK fusions that sequencing states, each once."""
    found = [
        Fusion(fusion.three_prime.upper(), (fusion.five_prime or "").upper())
        for test in (case.tests if case else ())
        if isinstance(test, RnaMps | DnaMps)
        for fusion in test.fusions
        if fusion.three_prime and fusion.three_prime.upper() in NTRK
    ]
    return tuple(dict.fromkeys(found))


def other_drivers(case: Case | None, levels: dict[str, str]) -> tuple[str, ...] | None:
    """Return other drivers that were found; empty where they were looked for, ``None`` where nobody looked.

    An alteration that the histology lets one expect was not looked for.
    """
    if case is None or not levels:
        return None
    stated = [one for one in case.alterations if one.gene.upper() not in NTRK and one.status != "unknown"]
    present = tuple(dict.fromkeys(f"{one.gene} {one.kind}" for one in stated if one.status == "present"))
    if present:
        return present
    looked = bool(stated) or levels.get("canonical_alteration") in ("absent", "present", "of_another")
    return () if looked else None


def traits_of_tests(case: Case | None) -> dict[str, str]:
    """Return traits of the tests, for correlation; what is unknown or contradicts itself is absent."""
    found: dict[str, str] = {}
    stains = [test for test in (case.tests if case else ()) if isinstance(test, PanTrkIhc)]
    for name in ("pattern", "distribution", "intensity", "clone"):
        values = {getattr(test, name) for test in stains} - {None, "unknown"}
        if len(values) == 1:
            found[name] = str(values.pop())
    fusions = fusions_of(case)
    genes, partners = {one.gene for one in fusions}, {one.partner for one in fusions} - {""}
    if len(genes) == 1:
        found["gene"] = genes.pop()
    if len(partners) == 1:
        found["partner"] = partners.pop()
    return found
