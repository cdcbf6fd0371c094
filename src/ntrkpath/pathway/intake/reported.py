"""Our own verdict on a fusion that a case lists with exons or coordinates, and a verdict in words."""

from __future__ import annotations

from typing import Literal

from ntrkpath.model.case import ReportedFusion
from ntrkpath.model.errors import CaseError
from ntrkpath.model.fusion import Breakpoint, FusionVerdict, Junction, Source
from ntrkpath.pathway.intake.genes import frame_level
from ntrkpath.pathway.intake.sequencing import Judged

_FRAME: dict[str, Literal["in", "out", "unknown"]] = {"in_frame": "in", "out_of_frame": "out", "unknown": "unknown"}


def judge(fusion: ReportedFusion, level: Literal["rna", "dna"]) -> Judged | None:
    """Return our verdict on a fusion with exons or coordinates, or ``None`` where names alone must do.

    Where our frame and the laboratory's disagree the verdict is ``uncertain``; where exons without transcripts fit
    several numberings and ours stays open, the laboratory's frame is used by the rule for reported fusions.

    Raises:
        CaseError: A position is not ``chromosome:position``.
        AnnotationError: The assembly is neither stated nor to be inferred.
    """
    sides = [
        _breakpoint(
            fusion.five_prime, fusion.exon_five_prime, fusion.transcript_five_prime, fusion.position_five_prime
        ),
        _breakpoint(
            fusion.three_prime, fusion.exon_three_prime, fusion.transcript_three_prime, fusion.position_three_prime
        ),
    ]
    if not all(side.position is not None or side.exon is not None for side in sides):
        return None
    reported = _FRAME[frame_level(fusion.frame)]
    junction = Junction(
        "case", sides[0], sides[1], Source("case"), sample="case", assembly=fusion.assembly, level=level,
        frame_by_caller=reported,
    )  # fmt: skip
    from ntrkpath.fusion.assessment import shared

    found = shared().assess([junction])
    if not found:
        return None
    verdict = found[0]
    if verdict.frame.ours == "unknown" and all(side.position is None for side in sides):
        return None
    if "unknown" not in (reported, verdict.frame.ours) and reported != verdict.frame.ours:
        says = {"in": "in frame", "out": "out of frame"}
        return Judged(
            "uncertain",
            f"Reported {says[reported]}; our transcripts say {says[verdict.frame.ours]} by the rule named: unsettled.",
            *basis(verdict),
        )
    return Judged(verdict.verdict, describe(verdict), *basis(verdict), verdict.reasons)


def basis(verdict: FusionVerdict) -> tuple[str, tuple[str, ...]]:
    """Return the rule that gave a verdict, and the statements it rests on."""
    from ntrkpath.fusion.decision import chain

    rule = verdict.rules[0] if verdict.rules else ""
    return rule, chain().row(rule).row.statements if rule else ()


def describe(verdict: FusionVerdict) -> str:
    """Return a verdict in one sentence: reasons, and each exon with its transcript."""
    parts = [reason.replace("_", " ") for reason in verdict.reasons]
    sides = [
        f"{side.gene} exon {side.exon} of {side.transcript}"
        for side in (verdict.five_prime, verdict.three_prime)
        if side.gene and side.exon and side.transcript
    ]
    return f"Our verdict: {', '.join(parts)}" + (f" ({' to '.join(sides)})." if sides else ".")


def _breakpoint(gene: str | None, exon: int | None, transcript: str | None, position: str | None) -> Breakpoint:
    chromosome: str | None = None
    number: int | None = None
    if position is not None:
        name, _, digits = position.replace(",", "").rpartition(":")
        if not name or not digits.isdigit():
            raise CaseError(
                "not a position",
                where="fusions[].position",
                value=position,
                allowed="chromosome:position, for example 12:12022903",
            )
        chromosome, number = name.removeprefix("chr"), int(digits)
    return Breakpoint(gene=gene, exon=exon, transcript=transcript, chromosome=chromosome, position=number)
