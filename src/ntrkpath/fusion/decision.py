"""The decision tables of the verdict, loaded once; every state is evaluated once and kept."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, cast

import msgspec

from ntrkpath.guidance.files import KNOWLEDGE, read
from ntrkpath.model.fusion import VerdictLevel
from ntrkpath.rules import Chain, load_facts, load_tables


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Adjustable limits of the verdict; the defaults stand in ``fusion.yaml``.

    Args:
        min_reads_rna: Fewest reads that count as adequate support on RNA.
        min_reads_dna: The same on DNA.
        fewest_reads: Fewest unique reads without which an event is uncertain.
        kinase_edge: Share of the kinase domain above which only residues at its edge are missing.
        read_through_bases: Distance within which RNA from neighbours on one strand may be read-through.
        whole_receptor: Share of the coding sequence from which the whole receptor counts as kept.
        read_through_far_bases: The distance where the whole receptor is kept.
        junction_shift: Most bases by which both sides may lie off their exon boundaries, equally.
        mended_bases: Bases within which both sides must lie of exon boundaries where the order of genes is mended.
        contradiction_bases: Distance from the gene that a row names beyond which its position contradicts it.
    """

    min_reads_rna: int
    min_reads_dna: int
    fewest_reads: int
    kinase_edge: float
    read_through_bases: int
    whole_receptor: float
    read_through_far_bases: int
    junction_shift: int
    mended_bases: int
    contradiction_bases: int


class State(NamedTuple):
    """The facts of one event, in the order of ``FACTS``."""

    ntrk_end: str
    orientation: str
    event: str
    partner: str
    mate: str
    place: str
    level: str
    evidence: str
    frame: str
    agreement: str
    basis: str
    kinase: str
    support: str
    standing: str
    crossed: str
    reported: str
    laboratory: str


#: Ids of the facts in ``fusion.yaml``, in the order of the fields of ``State``.
FACTS = (
    "ntrk_end",
    "fusion_orientation",
    "fusion_event",
    "fusion_partner",
    "reciprocal_mate",
    "junction_place",
    "fusion_level",
    "fusion_evidence",
    "reading_frame",
    "isoform_agreement",
    "transcript_basis",
    "kinase_domain",
    "read_support",
    "caller_standing",
    "junction_reads",
    "reported_frame",
    "laboratory_frame",
)


class Outcome(NamedTuple):
    """The verdict of one state and the rows that gave it, the deciding row first."""

    verdict: VerdictLevel
    rules: tuple[str, ...]


@cache
def knowledge(name: str) -> Any:
    """Return a file of the edition (``fusion``, ``domains``, ``resistance``) as plain data."""
    return read(KNOWLEDGE / "wsn2020").files[name]


@cache
def default_thresholds() -> Thresholds:
    """Return the limits that the edition sets."""
    return msgspec.convert(knowledge("fusion")["settings"], Thresholds)


@cache
def chain() -> Chain:
    """Return the three tables of ``fusion.yaml``, ready to evaluate."""
    data = knowledge("fusion")
    facts = load_facts(data["facts"], "fusion.yaml")
    return Chain(facts, load_tables(data["tables"], facts, "fusion.yaml"))


@cache
def decide(state: State) -> Outcome:
    """Return the verdict of a state.

    Raises:
        GuidanceError: The tables have a gap (``verify`` proves that they have none).
    """
    decision = chain().decide(dict(zip(FACTS, state, strict=True)))
    verdict = cast("VerdictLevel", decision.levels["fusion_verdict"])
    return Outcome(verdict, tuple(hit.row.id for hit in reversed(decision.hits)))
