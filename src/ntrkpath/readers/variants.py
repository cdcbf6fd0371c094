"""Protein changes and copy numbers of NTRK genes alone, for callers that do not yet read whole files."""

from __future__ import annotations

import os

import msgspec

from ntrkpath.readers import NTRK, CopyNumber, ProteinChange, RowProblem, read, short_protein
from ntrkpath.readers._registry import recognise
from ntrkpath.readers._text import open_document

__all__ = [
    "COPY_NUMBER_FORMATS",
    "CopyNumber",
    "ProteinChange",
    "VariantResult",
    "is_variants",
    "read_variants",
    "short_protein",
]

#: Formats that hold copy numbers only, and so say nothing of mutations.
COPY_NUMBER_FORMATS = frozenset({"copy-number", "cbioportal-cna"})


class VariantResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One file of mutations or copy numbers, read; only the three NTRK genes are kept."""

    format: str
    changes: tuple[ProteinChange, ...] = ()
    copy_numbers: tuple[CopyNumber, ...] = ()
    problems: tuple[RowProblem, ...] = ()


def is_variants(source: str | os.PathLike[str] | bytes, name: str | None = None) -> bool:
    """Return whether a file holds mutations or copy numbers and no fusions, by its header."""
    form, _ = recognise(open_document(source, name))
    return not any(word.endswith("fusions") for word in form.all_tells)


def read_variants(
    source: str | os.PathLike[str] | bytes, name: str | None = None, *, sample: str | None = None
) -> VariantResult:
    """Read mutations or copy numbers of NTRK1, NTRK2 and NTRK3."""
    found = read(source, name, sample=sample, genes=NTRK)
    return VariantResult(found.format, found.changes, found.copy_numbers, found.problems)
