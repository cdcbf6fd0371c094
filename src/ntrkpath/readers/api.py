"""What a reader of a new format is written with (docs/how-to/write-a-reader.md)."""

from ntrkpath.readers import _cells as cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._registry import Reader
from ntrkpath.readers._table import Header, Row, TableReader
from ntrkpath.readers._text import Document

__all__ = ["Collector", "Document", "Header", "Reader", "Row", "RowError", "TableReader", "cells"]
