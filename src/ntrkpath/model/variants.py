"""Protein changes and copy numbers as files state them."""

from __future__ import annotations

import msgspec

from ntrkpath.model.fusion import Source, Standing


class ProteinChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A protein change of one gene.

    Args:
        protein_change: HGVS with one-letter residues (``p.G595R``); frameshifts and the like as the file writes them.
        transcript: Transcript (or protein) the codon number belongs to; ``None`` where the file does not say.
        kind: The file's own class (``Missense_Mutation``, ``missense_variant``).
        standing: What the file itself says of the call: accepted, doubted, rejected, or nothing.
        filtered: Its words for that, verbatim (``Germline``, ``common_variant``); ``None`` where it passed.
    """

    gene: str
    protein_change: str
    source: Source
    transcript: str | None = None
    kind: str | None = None
    sample: str | None = None
    standing: Standing = "not_stated"
    filtered: str | None = None


class CopyNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A copy number of one gene.

    Args:
        call: ``amplification``, ``gain``, ``neutral``, ``loss`` or ``deletion`` as the file calls it.
        copies: Copies, or the fold change a table gives; no threshold is applied here.
        standing: What the file itself says of the call: accepted, doubted, rejected, or nothing.
        filtered: Its words for that, verbatim (``equivocal``); ``None`` where it passed.
    """

    gene: str
    source: Source
    call: str | None = None
    copies: float | None = None
    sample: str | None = None
    standing: Standing = "not_stated"
    filtered: str | None = None


Found = ProteinChange | CopyNumber
