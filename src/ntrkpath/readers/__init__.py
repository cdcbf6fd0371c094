"""Readers of files: fusions, protein changes and copy numbers as they stand there, bad rows as located problems."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from ntrkpath.model.errors import ReaderError
from ntrkpath.model.variants import CopyNumber, ProteinChange
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._contigs import end_of, named_assembly, refseq
from ntrkpath.readers._loci import GeneFilter
from ntrkpath.readers._proteins import short_protein
from ntrkpath.readers._registry import by_caller, formats, installed, recognise
from ntrkpath.readers._result import ReadResult, RowProblem
from ntrkpath.readers._signature import Format, Reader
from ntrkpath.readers._symbols import NTRK
from ntrkpath.readers._text import content_of, open_document

__all__ = [
    "NTRK",
    "CopyNumber",
    "Format",
    "ProteinChange",
    "ReadResult",
    "Reader",
    "RowProblem",
    "content_of",
    "end_of",
    "formats",
    "formats_page",
    "installed",
    "named_assembly",
    "read",
    "refseq",
    "short_protein",
]


def read(
    source: str | os.PathLike[str] | bytes,
    name: str | None = None,
    *,
    caller: str | None = None,
    sample: str | None = None,
    genes: Collection[str] | None = None,
) -> ReadResult:
    """Read everything that a file holds: fusions, protein changes and copy numbers.

    The format is recognised by content, never by file name. Coordinates come out 1-based: the last base kept on
    the 5' side and the first base kept on the 3' side. Nothing is decided here.

    Args:
        source: Path of the file, or its bytes; plain or gzipped.
        name: Name to show in messages and sources; default the path's file name.
        caller: Read the file as this caller's, instead of recognising it.
        sample: Sample where the file names none; default the file name without suffixes.
        genes: Keep only records that touch these genes: ``readers.NTRK`` by any of their names or by position,
            others by symbol; ``None`` keeps every record.

    Raises:
        ReaderError: The file cannot be opened, its format cannot be told, or it is damaged.
    """
    document = open_document(source, name)
    form, header = by_caller(caller, document) if caller is not None else recognise(document)
    collector = Collector(
        document,
        caller.strip().lower() if caller is not None else form.all_callers[0],
        sample or document.stem or None,
        None if genes is None else GeneFilter(genes),
        level=form.level or "rna",
        level_stated=form.level is not None and form.level_stated,
        tells=form.all_tells,
    )
    try:
        form.reader.read(document, collector, header)
    except RecursionError:
        raise ReaderError("the file is nested too deeply", where=document.name) from None
    return collector.result(form.name)


def formats_page() -> str:
    """Return the page of formats (docs/reference/formats.md), which the wheel carries beside the readers."""
    here = Path(__file__).resolve().parent
    for page in (here / "formats.md", here.parents[2] / "docs" / "reference" / "formats.md"):
        if page.is_file():
            return page.read_text(encoding="utf-8")
    return "The page of formats is not installed; the names of the formats: " + ", ".join(formats())
