"""What a file of mutations or copy numbers holds of the NTRK genes."""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec

from ntrkpath.model.fusion import Source
from ntrkpath.readers._result import RowProblem

_SHORT = {
    "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G",
    "His": "H", "Ile": "I", "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S",
    "Thr": "T", "Trp": "W", "Tyr": "Y", "Val": "V", "Ter": "*", "Sec": "U",
}  # fmt: skip


class ProteinChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A protein change of NTRK1, NTRK2 or NTRK3.

    Args:
        protein_change: HGVS with one-letter residues (``p.G595R``).
        transcript: Transcript (or protein) the codon number belongs to; ``None`` where the file does not say.
        kind: The file's own class (``Missense_Mutation``, ``missense_variant``).
    """

    gene: str
    protein_change: str
    source: Source
    transcript: str | None = None
    kind: str | None = None
    sample: str | None = None


class CopyNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A copy number of NTRK1, NTRK2 or NTRK3.

    Args:
        call: ``amplification``, ``gain``, ``neutral``, ``loss`` or ``deletion`` as the file calls it.
        copies: Copies, or the fold change a table gives; no threshold is applied here.
    """

    gene: str
    source: Source
    call: str | None = None
    copies: float | None = None
    sample: str | None = None


class VariantResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One file of mutations or copy numbers, read; only the three NTRK genes are kept."""

    format: str
    changes: tuple[ProteinChange, ...] = ()
    copy_numbers: tuple[CopyNumber, ...] = ()
    problems: tuple[RowProblem, ...] = ()


Found = ProteinChange | CopyNumber


def short_protein(text: str) -> str | None:
    """Return ``p.G595R`` for ``NP_002520.2:p.Gly595Arg``; ``None`` for no or a silent change."""
    change = unquote(text.strip()).rpartition(":")[2].replace("(", "").replace(")", "")
    if not change.startswith("p.") or change in {"p.=", "p.?", "p."} or change.endswith("="):
        return None
    return re.sub(r"[A-Z][a-z]{2}", lambda found: _SHORT.get(found[0], found[0]), change)
