"""Fusions: what a caller reported (a junction) and what we make of it (a verdict)."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from ntrkpath.model.shown import Shown

Assembly = Literal["GRCh37", "GRCh38"]
Level = Literal["rna", "dna"]
Strand = Literal["+", "-"]
VerdictLevel = Literal["productive", "likely_productive", "uncertain", "not_productive"]
FrameCall = Literal["in", "out", "unknown"]
#: What a caller itself says of a row that it reports; ``not_stated`` where its format has no such word.
Standing = Literal["not_stated", "accepted", "doubted", "rejected"]
#: Everything evaluated (events or none); some rows or parts not; nothing that would allow to say "none".
FileStatus = Literal["read", "partly_read", "not_evaluable"]

#: Every reason a verdict may rest on, in the order in which they are shown.
REASONS: tuple[str, ...] = (
    "in_frame",
    "out_of_frame",
    "frame_unknown",
    "isoforms_disagree",
    "kinase_complete",
    "kinase_partial",
    "kinase_lost",
    "ntrk_is_five_prime",
    "reciprocal",
    "antisense",
    "intragenic",
    "partner_intergenic",
    "partner_unknown",
    "not_at_exon_boundary",
    "utr_breakpoint",
    "dna_only_needs_rna",
    "rejected_by_caller",
    "doubted_by_caller",
    "junction_not_sequenced",
    "low_support",
    "callers_disagree",
    "orientation_repaired",
    "partner_not_annotated",
)


class Breakpoint(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """One side of a junction as a caller reports it.

    Args:
        gene: Gene symbol as reported; ``None`` where intergenic or not given.
        chromosome: Without ``chr`` prefix; ``MT`` for the mitochondrion.
        position: 1-based coordinate of the last (5' side) or first (3' side) base that the fusion keeps.
        strand: Strand that is transcribed on this side, where the caller states it.
        exon: Exon number in ``transcript``, where the caller states it.
        intron: Intron number in ``transcript``, where only the intron is known.
        transcript: Accession with version as reported.
        retained: Which side of ``position`` on the chromosome the fusion keeps: ``left`` (lower
            coordinates) or ``right``; DNA callers state it (CT, STRANDS, BND brackets).
        others: Further genes the caller names for this side: overlapping ones, or the nearest ones where
            the breakpoint is intergenic (then ``gene`` is ``None``).
    """

    gene: str | None = None
    chromosome: str | None = None
    position: int | None = None
    strand: Strand | None = None
    exon: int | None = None
    intron: int | None = None
    transcript: str | None = None
    retained: Literal["left", "right"] | None = None
    others: tuple[str, ...] = ()


class Support(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """Reads behind a call; ``None`` where the caller does not give the number."""

    split_reads: int | None = None
    spanning_pairs: int | None = None
    #: All supporting reads where a caller gives only one number (long reads, unique molecules).
    total: int | None = None


class Source(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """Where a record stands: file name (no directory) and 1-based line."""

    file: str
    line: int | None = None


class Junction(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """One event as one caller reports it, with coordinates normalised and nothing decided.

    Args:
        five_prime: The side the caller names first, taken as the 5' side when ``ordered``.
        ordered: Whether the format orders its sides 5' to 3'; if not, the verdict orients them.
        tolerance: Base pairs within which a breakpoint of this format may miss an exon boundary (0, 1 or 5).
        frame_by_caller: The caller's own frame claim, shown beside ours and never taken over.
        call_by_caller: The caller's words for it, verbatim (``in-frame``, ``INFRAME``, ``truncated`` ...).
        intragenic: The caller says both sides lie in one gene.
        antisense: The caller says that one side is antisense to its gene.
        standing: What the caller itself says of the row: accepted, doubted, rejected, or nothing.
        filtered: Its words for that, verbatim (filter, confidence, tier); ``None`` where it passed.
        raw: The row as it stands in the file.
        level_stated: Whether the row or its format states ``level``; then it wins over the method of a test.
    """

    caller: str
    five_prime: Breakpoint
    three_prime: Breakpoint
    source: Source
    sample: str | None = None
    assembly: Assembly | None = None
    level: Level = "rna"
    ordered: bool = True
    tolerance: int = 0
    frame_by_caller: FrameCall = "unknown"
    call_by_caller: str | None = None
    support: Support = Support()
    filtered: str | None = None
    raw: str | None = None
    intragenic: bool = False
    antisense: bool = False
    standing: Standing = "not_stated"
    level_stated: bool = False


class FileReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of one file: "no NTRK event" may be said only of one that is ``read``.

    Args:
        file: File name without directory.
        caller: The caller, as recognised or as given; ``None`` where the format could not be told.
        format: The format it was read as.
        assembly: The assembly its coordinates were read on, stated or inferred.
        samples: Every sample that the file names.
        rows: Records looked at.
        ntrk_rows: Records that name an NTRK gene or lie on one.
        status: ``read``, ``partly_read`` or ``not_evaluable``.
        problems: What could not be read or evaluated, each with its place.
    """

    file: str
    caller: str | None
    format: str | None
    assembly: Assembly | None
    samples: tuple[str, ...]
    rows: int
    ntrk_rows: int
    status: FileStatus
    problems: tuple[str, ...]


class Side(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One side of the verdict: the gene with approved symbol, and the exon of the named transcript."""

    gene: str | None
    transcript: str | None
    exon: int | None
    position: str | None


class Frame(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Reading frame: ours over the pair that counts, the caller's claim, and how many isoform pairs agree."""

    ours: FrameCall
    by_caller: FrameCall
    isoforms_in: int
    isoforms_out: int


class KinaseDomain(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Share of the protein kinase domain (PF07714) that the product keeps, 0 to 1."""

    retained_fraction: float | None
    status: Literal["complete", "partial", "lost", "unknown"]


class FusionVerdict(Shown, frozen=True, gc=False, forbid_unknown_fields=True):
    """Whether one event makes an NTRK protein that a TRK inhibitor can hit, and why."""

    sample: str
    name: str
    vicc_name: str | None
    five_prime: Side
    three_prime: Side
    assembly: Assembly | None
    level: Level
    verdict: VerdictLevel
    reasons: tuple[str, ...]
    frame: Frame
    kinase_domain: KinaseDomain
    support: Support
    callers: tuple[str, ...]
    source: tuple[Source, ...]
    #: Rows of the decision tables that decided, last one first.
    rules: tuple[str, ...] = ()
    #: What a reader should know beside the reasons: snapping, other exon numberings, the MANE version.
    notes: tuple[str, ...] = ()
    #: HGVS name of the fusion transcript, where HGVS defines one (RNA, both breakpoints in coding exons).
    hgvs_name: str | None = None

    SHOWN_BY: ClassVar[str] = "ntrkpath.report.notebook"

    def __repr__(self) -> str:
        """Return the verdict in one short line; the whole of it is in the fields."""
        return f"<FusionVerdict {self.sample!r} {self.name}: {self.verdict} ({', '.join(self.reasons)})>"
