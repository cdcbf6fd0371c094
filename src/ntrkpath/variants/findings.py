"""A mutation or copy number that a file holds, with what it is worth in one sentence."""

from __future__ import annotations

from typing import Literal

import msgspec

from ntrkpath.model.errors import AnnotationError
from ntrkpath.model.fusion import Source, Standing
from ntrkpath.readers import CopyNumber, ProteinChange
from ntrkpath.variants.mutations import read_mutation


class VariantFinding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One variant of a file, read.

    Args:
        sample: The sample of its row, as the reader tells it.
        kind: ``mutation`` or ``copy_number``.
        change: Protein change as the file has it.
        reference_change: The same in the numbering of ``transcript``, the reference; absent where it has no such
            codon or the change is not a substitution that can be placed.
        resistance: Class of resistance to TRK inhibitors; absent where none is known or the file rejects the row.
        call: ``amplification``, ``gain``, ``neutral``, ``loss`` or ``deletion`` as the file calls it.
        copies: Copies, or the fold change that the file gives.
        says: What it is worth, in one sentence.
        standing: What the file itself says of the row: ``accepted``, ``doubted``, ``rejected``, or nothing.
        filtered: Its words for that, verbatim.
    """

    gene: str
    kind: Literal["mutation", "copy_number"]
    sample: str | None
    source: Source
    says: str
    change: str | None = None
    reference_change: str | None = None
    transcript: str | None = None
    resistance: str | None = None
    call: str | None = None
    copies: float | None = None
    standing: Standing = "not_stated"
    filtered: str | None = None


def finding(found: ProteinChange | CopyNumber) -> VariantFinding:
    """Return what a mutation or a copy number of an NTRK gene is worth."""
    return _copies(found) if isinstance(found, CopyNumber) else _mutation(found)


def _copies(found: CopyNumber) -> VariantFinding:
    says = f"{found.gene} {found.call or 'copy number'}"
    if found.copies is not None:
        says += f", {found.copies:g} copies"
    if found.call == "amplification":
        says += ": no target of TRK inhibitors (BIO-4), and it may explain a strong stain (IHC-5)"
    return VariantFinding(
        gene=found.gene, kind="copy_number", sample=found.sample, source=found.source, says=f"{says}{_word(found)}.",
        call=found.call, copies=found.copies, standing=found.standing, filtered=found.filtered,
    )  # fmt: skip


def _word(found: ProteinChange | CopyNumber) -> str:
    """Return what the file itself says of a row, to stand at the end of a sentence."""
    verb = {"rejected": "; the file itself rejects it", "doubted": "; the file itself doubts it"}.get(found.standing)
    if verb is None:
        return f"; the file says: {found.filtered}" if found.filtered else ""
    return verb + (f" ({found.filtered})" if found.filtered else "")


def _mutation(found: ProteinChange) -> VariantFinding:
    try:
        reading = read_mutation(found.gene, found.protein_change, found.transcript)
    except AnnotationError as error:
        says = f"{found.gene} {found.protein_change}: not a substitution that can be placed ({error})."
        return VariantFinding(
            gene=found.gene, kind="mutation", sample=found.sample, source=found.source, says=says,
            change=found.protein_change, standing=found.standing, filtered=found.filtered,
        )  # fmt: skip
    if reading.resistance and found.standing == "rejected":
        worth = "no evidence of resistance"
    elif reading.resistance:
        worth = f"resistance to TRK inhibitors, class {reading.resistance.replace('_', ' ')}"
        worth += "" if reading.listed else " by its residue; this substitution is not listed"
    else:
        worth = "not predictive of response to a TRK inhibitor (MPS-6)"
    return VariantFinding(
        gene=found.gene,
        kind="mutation",
        sample=found.sample,
        source=found.source,
        says=f"{found.gene} {reading.change or found.protein_change}: {worth}{_word(found)}. {reading.note}.",
        change=found.protein_change,
        reference_change=reading.change,
        transcript=reading.transcript,
        resistance=None if found.standing == "rejected" else reading.resistance,
        standing=found.standing,
        filtered=found.filtered,
    )
