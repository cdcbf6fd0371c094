"""A sequencing test as fact levels, and each NTRK fusion it reports with its worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from ntrkpath.model.case import DnaMps, ReportedFusion, RnaMps
from ntrkpath.pathway.intake.genes import NtrkGenes, approved, frame_level, result_level
from ntrkpath.rules import Row
from ntrkpath.rules.chain import Masks

#: What a case without sequencing says.
NOT_DONE_RNA = {
    "rna_result": "not_done", "rna_fusion": "none", "rna_quality": "unknown", "rna_coverage": "unknown",
    "rna_file": "evaluated",
}  # fmt: skip
NOT_DONE_DNA = {"dna_result": "not_done", "dna_fusion": "none", "dna_coverage": "unknown", "dna_file": "evaluated"}

#: Best first: of several fusions the most telling counts.
WORTH = ("productive", "likely_productive", "reported_pair", "uncertain", "not_productive")


class Judged(msgspec.Struct, frozen=True):
    """Our own verdict on a fusion, and why in one sentence."""

    verdict: str
    text: str
    rule: str = ""
    statements: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


#: Our own verdict on a fusion with exons or coordinates, or ``None`` where it cannot be given.
Judge = Callable[[ReportedFusion, Literal["rna", "dna"]], Judged | None]


class FusionReading(msgspec.Struct, frozen=True):
    """One NTRK fusion of a sequencing test and what it is worth; ``row`` is the rule where names alone decided."""

    name: str
    verdict: str
    ntrk_first: bool
    text: str
    row: Row | None
    statements: tuple[str, ...] = ()
    rule: str = ""
    fidelity: str = "inferred"
    #: What it would be worth with the frame stated one way or the other, where the frame decides and is not stated.
    with_frame: tuple[str, ...] = ()
    #: The reasons of our own verdict, where it is ours.
    reasons: tuple[str, ...] = ()
    #: Where it stands in the case (``tests[0].fusions[1]``) or in a file (``calls.tsv:3``).
    where: str = ""


class Silent(msgspec.Struct, frozen=True):
    """Events that are no productive fusion and say nothing against one (BIO-3), by the reasons of their verdict.

    Args:
        pointing: A reciprocal or an intragenic event: it points to a fusion, or may be active itself.
        passed_over: A read-through or an antisense transcript: the test says what it says without it.
    """

    pointing: frozenset[str]
    passed_over: frozenset[str]


def counts_as(reading: FusionReading, silent: Silent) -> str | None:
    """Return what an event counts as among those of its test; ``None`` for one that says nothing."""
    reasons = frozenset(reading.reasons)
    if reading.verdict != "not_productive" or not reasons:
        return reading.verdict
    if reasons & silent.passed_over:
        return None
    return "uncertain" if reasons & silent.pointing else reading.verdict


def fusion_name(fusion: ReportedFusion, ntrk: NtrkGenes) -> str:
    """Return ``5'::3'`` with NTRK under its approved symbol and ``?`` for an unknown side."""
    sides = (fusion.five_prime, fusion.three_prime)
    return "::".join(ntrk.symbol(side) or (side.strip() if side else "?") for side in sides)


def read_fusions(
    test: DnaMps | RnaMps,
    ntrk: NtrkGenes,
    partners: Iterable[tuple[str, str]],
    table: Masks,
    judge: Judge | None = None,
) -> list[FusionReading]:
    """Return every NTRK fusion that a case lists for a test, with its worth.

    Args:
        partners: Known (5', 3') pairs, upper case.
        table: The table ``reported_fusion``, which judges a fusion known by its names.
        judge: Gives our own verdict where exons or coordinates allow one.
    """
    level: Literal["rna", "dna"] = "rna" if isinstance(test, RnaMps) else "dna"
    known = frozenset(partners)
    readings = []
    for number, fusion in enumerate(test.fusions):
        five, three = ntrk.symbol(fusion.five_prime), ntrk.symbol(fusion.three_prime)
        if not five and not three:
            continue
        name = fusion_name(fusion, ntrk)
        ours = judge(fusion, level) if judge else None
        if ours is not None:
            readings.append(
                FusionReading(
                    name,
                    ours.verdict,
                    bool(five and not three),
                    ours.text,
                    None,
                    ours.statements,
                    ours.rule,
                    reasons=ours.reasons,
                    where=f"fusions[{number}]",
                )
            )
            continue
        partner = "unknown"
        if three and fusion.five_prime and fusion.five_prime.strip() != "?":
            partner = "known" if (fusion.five_prime.strip().upper(), three) in known else "novel"
        levels = {
            "fusion_level": level,
            "fusion_orientation": "both_ntrk" if five and three else "ntrk_three_prime" if three else "ntrk_five_prime",
            "fusion_partner": partner,
            "fusion_frame": frame_level(fusion.frame),
        }
        row = table.row(levels)
        with_frame: tuple[str, ...] = ()
        if levels["fusion_frame"] == "unknown":
            either = [table.row({**levels, "fusion_frame": frame}) for frame in ("in_frame", "out_of_frame")]
            with_frame = tuple(r.sets["reported_verdict"] for r in either)
        readings.append(
            FusionReading(
                name,
                row.sets["reported_verdict"],
                bool(five and not three),
                row.says,
                row,
                row.statements,
                row.id,
                row.fidelity,
                with_frame,
                where=f"fusions[{number}]",
            )
        )
    return readings


def by_worth(readings: Iterable[FusionReading]) -> list[FusionReading]:
    """Return the readings, the most telling first; the order they came in does not matter."""
    return sorted(readings, key=lambda r: (WORTH.index(r.verdict), r.name, r.text))


def of_other_genes(fusion: ReportedFusion, ntrk: NtrkGenes) -> bool:
    """Return whether both sides are genes that are known, and neither is NTRK: then it says nothing of NTRK.

    A side that is left out, open or misspelt may be NTRK.
    """
    sides = (fusion.five_prime, fusion.three_prime)
    return all(side and approved(side) and not ntrk.symbol(side) for side in sides)


def open_worth(readings: list[FusionReading]) -> frozenset[str]:
    """Return what the most telling fusion may turn out to be once frames that are not stated are, if any.

    Args:
        readings: Most telling first, so that the best of the others is the first, or the second for the first itself.
    """
    found = set()
    best = [WORTH.index(r.verdict) for r in readings[:2]]
    for i, reading in enumerate(readings):
        if reading.with_frame:
            others = best[1:] if i == 0 else best[:1]
            found |= {WORTH[min([WORTH.index(verdict), *others])] for verdict in reading.with_frame}
    return frozenset(found)


def sequencing_levels(
    test: DnaMps | RnaMps, readings: list[FusionReading], ntrk: NtrkGenes, silent: Silent, evaluated: bool = True
) -> dict[str, str]:
    """Return the levels of the ``rna_*`` or ``dna_*`` readout facts of one test; ``readings`` come most telling first.

    A negative result of a panel whose genes are stated, none of them NTRK, is no test of NTRK. A positive result that
    names fusions of other genes only is negative for NTRK; one whose fusions are not recognised stays positive,
    without a fusion that could be judged.

    Args:
        evaluated: Whether everything that its file holds could be read and evaluated; so where it has no file.
    """
    result = result_level(test.result)
    if result == "positive" and test.fusions and not readings and all(of_other_genes(f, ntrk) for f in test.fusions):
        result = "negative"
    if result == "negative" and not readings and test.genes_covered and not ntrk.covered(test.genes_covered):
        result = "not_done"  # a panel without any NTRK gene looked for no NTRK fusion
    counted = [worth for reading in readings if (worth := counts_as(reading, silent))]
    levels = {
        "result": result,
        "fusion": min(counted, key=WORTH.index, default="none"),
        "coverage": coverage(test, ntrk),
        "file": "evaluated" if evaluated else "not_evaluable",
    }
    if isinstance(test, RnaMps):
        return {f"rna_{name}": level for name, level in levels.items()} | {"rna_quality": test.rna_quality or "unknown"}
    return {f"dna_{name}": level for name, level in levels.items()}


def coverage(test: DnaMps | RnaMps, ntrk: NtrkGenes) -> str:
    """Return whether the panel covers the three NTRK genes; ``unknown`` where the case does not say what it covers."""
    if test.genes_covered is None:
        return "unknown"
    return "all_three" if ntrk.covered(test.genes_covered) == ntrk.all else "partial"
