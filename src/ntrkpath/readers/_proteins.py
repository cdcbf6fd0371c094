"""Protein changes as files write them, in one letter; and what says that a protein does not change."""

from __future__ import annotations

import re
from urllib.parse import unquote

_SHORT = {
    "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G",
    "His": "H", "Ile": "I", "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S",
    "Thr": "T", "Trp": "W", "Tyr": "Y", "Val": "V", "Ter": "*", "Sec": "U",
}  # fmt: skip


_LONG = re.compile("|".join(_SHORT))
_RESIDUE = r"[ACDEFGHIKLMNPQRSTVWYUX*]"
# A substitution, or the begin of any other change: residue, number, and what follows.
_CHANGE = re.compile(rf"{_RESIDUE}\d{{1,5}}(?!\d)\S+", re.ASCII)
_SILENT = re.compile(rf"({_RESIDUE})\d{{1,5}}(?:=|\1)", re.ASCII)


#: A remark in brackets behind a change (``G623R (solvent front)``); ``p.(Gly623Arg)`` and ``p. G623R`` have none.
_REMARK = re.compile(r"(?<=[A-Za-z0-9*=)])\s+[(\[].*$")


def _plain(text: str) -> str:
    """Return a change in one letter, without accession, brackets, a remark behind it and ``p.``."""
    change = _REMARK.sub("", unquote(text.strip())).rpartition(":")[2]
    change = change.replace("(", "").replace(")", "").replace(" ", "")
    return _LONG.sub(lambda found: _SHORT[found[0]], change.removeprefix("p."))


def is_silent(text: str) -> bool:
    """Whether a text says that the protein does not change (``p.=``, ``p.G500=``), or is empty."""
    change = _plain(text)
    return change in {"=", "", "."} or _SILENT.fullmatch(change) is not None


def is_unknown(text: str) -> bool:
    """Whether a text says that nobody knows what becomes of the protein (``p.?``, ``p.0?``)."""
    return _plain(text) in {"?", "0?"}


_ALTERING = ("missense", "inframe", "in_frame", "frameshift", "frame_shift", "nonsense", "nonstop", "stop_gained",
             "stop_lost", "start_lost", "protein_altering")  # fmt: skip


def alters_protein(kind: str | None) -> bool:
    """Whether a class of variant (``Missense_Mutation``, ``inframe_insertion``) changes the protein."""
    return any(word in (kind or "").lower() for word in _ALTERING)


def short_protein(text: str) -> str | None:
    """Return ``p.G595R`` for ``NP_002520.2:p.Gly595Arg`` or ``G595R``; ``None`` for no or a silent change.

    Frameshifts, deletions and the like come out with one-letter residues (``p.E123Kfs*5``).
    """
    change = _plain(text)
    if is_silent(text) or is_unknown(text) or _CHANGE.fullmatch(change) is None:
        return None
    return f"p.{change}"
