"""What a reader of a new format is written with (docs/how-to/write-a-reader.md)."""

from ntrkpath.model.variants import CopyNumber, ProteinChange
from ntrkpath.readers import _cells as cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._proteins import short_protein
from ntrkpath.readers._signature import Format, Opening, Reader
from ntrkpath.readers._table import Header, Row, TableReader
from ntrkpath.readers._text import Document

__all__ = [
    "Collector",
    "CopyNumber",
    "Document",
    "Format",
    "Header",
    "Opening",
    "ProteinChange",
    "Reader",
    "Row",
    "RowError",
    "TableReader",
    "cells",
    "short_protein",
]
