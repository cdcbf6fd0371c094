"""What a case states of NTRK fusions, of other drivers and of the stain, as the results count it."""

from __future__ import annotations

import msgspec

from ntrkpath.model.case import Case, DnaMps, PanTrkIhc, RnaMps
from ntrkpath.pathway.intake.files import Attached

NTRK = ("NTRK1", "NTRK2", "NTRK3")
#: Drivers that the reading of the case knows though no alteration states them: by its name, or by a caller's file.
_READ = (
    ("alk_ros1", "present", "ALK or ROS1 fusion"),
    ("canonical_alteration", "present", "canonical alteration"),
    ("canonical_alteration", "of_another", "alteration of another sarcoma"),
    ("other_driver", "present", "other driver"),
)
_PRODUCTIVE = ("productive", "likely_productive")


class Fusion(msgspec.Struct, frozen=True):
    """An NTRK fusion as stated: the NTRK gene at its 3' end, and the partner; ``""`` where none is named."""

    gene: str
    partner: str


def fusions_of(case: Case | None, attached: Attached) -> tuple[Fusion, ...]:
    """Return the NTRK fusions that sequencing states, or that its files hold and that may be productive, each once."""
    found = [
        Fusion(fusion.three_prime.upper(), (fusion.five_prime or "").upper())
        for test in (case.tests if case else ())
        if isinstance(test, RnaMps | DnaMps)
        for fusion in test.fusions
        if fusion.three_prime and fusion.three_prime.upper() in NTRK
    ]
    for file in attached.values():
        for event in file.events:
            gene = event.three_prime.gene
            if event.verdict in _PRODUCTIVE and gene in NTRK:
                found.append(Fusion(gene, event.five_prime.gene or ""))
    return tuple(dict.fromkeys(found))


def other_drivers(case: Case | None, levels: dict[str, str]) -> tuple[str, ...] | None:
    """Return other drivers that were found; empty where they were looked for, ``None`` where nobody looked.

    An alteration that the histology lets one expect was not looked for.
    """
    if case is None or not levels:
        return None
    stated = [one for one in case.alterations if one.gene.upper() not in NTRK and one.status != "unknown"]
    present = tuple(dict.fromkeys(f"{one.gene} {one.kind}" for one in stated if one.status == "present"))
    read = tuple(says for fact, level, says in _READ if levels.get(fact) == level)
    looked = bool(stated) or levels.get("canonical_alteration") == "absent" or levels.get("alk_ros1") == "absent"
    return present or read or (() if looked else None)


def traits_of_tests(case: Case | None, attached: Attached) -> dict[str, str]:
    """Return traits of the tests, for correlation; what is unknown or contradicts itself is absent."""
    found: dict[str, str] = {}
    stains = [test for test in (case.tests if case else ()) if isinstance(test, PanTrkIhc)]
    for name in ("pattern", "distribution", "intensity", "clone"):
        values = {getattr(test, name) for test in stains} - {None, "unknown"}
        if len(values) == 1:
            found[name] = str(values.pop())
    fusions = fusions_of(case, attached)
    genes, partners = {one.gene for one in fusions}, {one.partner for one in fusions} - {""}
    if len(genes) == 1:
        found["gene"] = genes.pop()
    if len(partners) == 1:
        found["partner"] = partners.pop()
    return found
