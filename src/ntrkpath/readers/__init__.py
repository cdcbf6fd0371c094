"""Readers of fusion caller files: any caller's file becomes junctions, bad rows become located problems."""

from __future__ import annotations

import os
from collections.abc import Collection

from ntrkpath.model.errors import ReaderError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._loci import NTRK, GeneFilter
from ntrkpath.readers._registry import Known, Reader, by_caller, formats, recognise
from ntrkpath.readers._result import ReadResult, RowProblem
from ntrkpath.readers._text import open_document

__all__ = ["NTRK", "ReadResult", "Reader", "RowProblem", "formats", "read"]


def read(
    source: str | os.PathLike[str] | bytes,
    name: str | None = None,
    *,
    caller: str | None = None,
    sample: str | None = None,
    only_genes: Collection[str] | None = None,
) -> ReadResult:
    """Read the output file of a fusion caller.

    The format is recognised by content, never by file name. Coordinates come out 1-based: the last base kept on
    the 5' side and the first base kept on the 3' side. Nothing is decided here.

    Args:
        source: Path of the file, or its bytes; plain or gzipped.
        name: Name to show in messages and sources; default the path's file name.
        caller: Read the file as this caller's, instead of recognising it.
        sample: Sample where the file names none; default the file name without suffixes.
        only_genes: Keep only records that touch these genes, by any of their names or by position
            (``readers.NTRK``); ``None`` keeps every record.

    Raises:
        ReaderError: The file cannot be opened or its format cannot be told.
    """
    document = open_document(source, name)
    found, header = by_caller(caller, document) if caller is not None else recognise(document)
    reader = found.load() if isinstance(found, Known) else found
    if caller is not None:
        label = caller.strip().lower()
    else:
        label = found.callers[0] if isinstance(found, Known) else found.name
    genes = None if only_genes is None else GeneFilter(only_genes)
    collector = Collector(document, label, sample or document.stem or None, genes)
    try:
        reader.read(document, collector, header)
    except RecursionError:
        raise ReaderError("the file is nested too deeply", where=document.name) from None
    return collector.result(reader.name)
