"""Tables with a header: columns found by name, rows read one by one, bad rows reported and passed over."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping

from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import Breakpoint, Junction, Source
from ntrkpath.model.numerals import DecimalMark
from ntrkpath.model.variants import Found
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._header_names import key, unmangled
from ntrkpath.readers._text import Document

DELIMITERS = ("\t", ",", ";", "|")
#: Lines and characters looked at for a header, and the most lines a quoted cell with line breaks may run over.
HEADER_LINES = 2000
HEADER_CHARACTERS = 8_000_000
_JOINED_LINES = 50


#: Columns that name the sample of a row, where a format does not name its own.
SAMPLE_COLUMNS = (
    *("sample", "sampleid", "samplename", "sampleno", "tumorsamplebarcode", "tumorsample", "tumorsampleid", "tumorid"),
    *("tumoursample", "tumourid", "patient", "patientid", "case", "caseid", "specimen", "specimenid", "biosampleid"),
)


def names_of(line: str, delimiter: str) -> tuple[str, ...]:
    """Return the column names of a header line in the form in which they are compared."""
    return tuple(map(key, unmangled(tuple(split(line.lstrip("#").strip(" "), delimiter)))))


def split(line: str, delimiter: str) -> list[str]:
    """Split one line into cells; quoted cells may hold the delimiter."""
    if '"' not in line or line.count('"') % 2:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


#: Begins of the fields that hold names of genes or what stands for them.
_NAMES = ("gene", "name", "left", "right", "donor", "acceptor", "id", "up", "down", "fusion")


class Header:
    """A header line that was found: its index in the document, the delimiter and the column names."""

    __slots__ = ("delimiter", "index", "names")

    def __init__(self, index: int, delimiter: str, names: tuple[str, ...]) -> None:
        self.index = index
        self.delimiter = delimiter
        self.names = names


def headers(document: Document, start: int = 0) -> Iterator[Header]:
    """Yield what could be header lines, first line first."""
    budget = HEADER_CHARACTERS
    for index in range(start, min(len(document.lines), start + HEADER_LINES)):
        line = document.lines[index]
        if not line or line.startswith("##") or not line.strip():
            continue
        budget -= len(line)
        if budget < 0:
            return
        for delimiter in DELIMITERS:
            if delimiter in line:
                yield Header(index, delimiter, names_of(line, delimiter))


class Row:
    """One data row; ``row["field"]`` is the cell of a column, ``""`` where the file has no such column."""

    __slots__ = ("_cells", "_index", "collector", "line", "raw")

    def __init__(
        self, collector: Collector, index: Mapping[str, int], cells: list[str], line: int | None, raw: str
    ) -> None:
        self.collector = collector
        self._index = index
        self._cells = cells
        self.line = line
        self.raw = raw

    def __getitem__(self, field: str) -> str:
        at = self._index.get(field)
        if at is None or at >= len(self._cells):
            return ""
        return self._cells[at]

    def __contains__(self, field: str) -> bool:
        return field in self._index

    def named(self) -> Iterator[tuple[str, str]]:
        """Yield every column name with its cell."""
        for name, at in self._index.items():
            if at < len(self._cells):
                yield name, self._cells[at]

    def count(self, field: str) -> int | None:
        """Return a read count, ``None`` where not given."""
        cell = self[field]
        return int(cell) if cell.isdigit() and len(cell) < 10 else _cells.count(cell, self._mark(cell))

    def copies(self, field: str) -> float | None:
        """Return a copy number, ``None`` where not given."""
        return _cells.copies(self[field], self._mark(self[field]))

    def _mark(self, cell: str) -> DecimalMark | None:
        """Return the decimal mark that the file's other cells show, where this one does not say it itself."""
        return self.collector.document.decimal_mark if "," in cell or "." in cell else None

    @property
    def source(self) -> Source:
        """Where the row stands."""
        return Source(self.collector.document.name, self.line)

    def value(self, field: str) -> str | None:
        """Return the cell, or ``None`` where it says that there is no value."""
        return _cells.value(self[field])

    def junction(self, five_prime: Breakpoint, three_prime: Breakpoint, **more: object) -> Junction:
        """Build the row's junction; ``more`` as in ``Collector.junction``."""
        more.setdefault("sample", self.value("sample"))
        return self.collector.junction(five_prime, three_prime, self.line, self.raw, **more)  # type: ignore[arg-type]


Build = Callable[[Row], Junction | Found | Iterable[Junction | Found] | None]


class TableReader:
    """Reads one table format.

    Args:
        name: The format.
        columns: Field used by ``build`` -> header names that mean it, older names last.
        required: Fields without which a file is not of this format.
        build: Turns a row into its junctions; raises ``RowError`` for a row it cannot read.
        every_column: ``build`` also sees the other columns, under their own names.
    """

    def __init__(
        self,
        name: str,
        columns: Mapping[str, tuple[str, ...]],
        required: tuple[str, ...],
        build: Build,
        *,
        every_column: bool = False,
    ) -> None:
        self.name = name
        self.columns = {field: tuple(map(key, names)) for field, names in columns.items()}
        self.columns.setdefault("sample", SAMPLE_COLUMNS)
        self.required = required
        self.build = build
        self.every_column = every_column

    def index(self, names: tuple[str, ...]) -> dict[str, int]:
        """Return field -> column number for a header; the first of equally named columns counts."""
        at: dict[str, int] = {}
        for number, name in enumerate(names):
            at.setdefault(name, number)
        found = dict(at) if self.every_column else {}
        for field, accepted in self.columns.items():
            for name in accepted:
                if name in at:
                    found[field] = at[name]
                    break
        return found

    def find(self, document: Document) -> Header:
        """Return the first line that holds all required columns.

        Raises:
            ReaderError: There is none; names the missing columns of the closest line.
        """
        closest: tuple[int, list[str]] = (-1, list(self.required))
        for header in headers(document):
            index = self.index(header.names)
            missing = [field for field in self.required if field not in index]
            if not missing and index:
                return header
            if len(index) > closest[0]:
                closest = (len(index), missing)
        wanted = ", ".join(self.columns[field][0] for field in closest[1] or list(self.columns)[:1])
        raise ReaderError(
            f"no header of format {self.name} was found: missing column {wanted}",
            where=document.name,
            remedy="give the file with its header line, or another --caller",
        )

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read all rows below the header into the collector."""
        head = header or self.find(document)
        self.rows(document, collector, head, len(document.lines))

    def rows(self, document: Document, collector: Collector, head: Header, end: int) -> None:
        """Read the rows from below ``head`` up to line index ``end``."""
        index = self.index(head.names)
        width = len(head.names)
        # Only mapped columns can make a row relevant: read names and sequences need not be searched.
        keys = sorted({at for field, at in index.items() if field in self.columns})
        sample = index.get("sample")
        contigs = self._contigs(index)
        delimiter, wants, build = head.delimiter, collector.wants, self.build
        unended = None if document.ended else len(document.lines)
        for number, last, raw in _records(document.lines, head, end):
            cells = split(raw, delimiter)
            wanted = wants(
                raw if self.every_column else delimiter.join([cells[key] for key in keys if key < len(cells)])
            )
            if len(cells) != width and (amiss := self._amiss(cells, index, width, last == unended)) is not None:
                collector.problem(number, raw, amiss)
                continue
            if sample is not None and sample < len(cells):
                collector.state_sample(_cells.value(cells[sample]))
            for place in contigs:
                collector.place(cells[place], number)
            if not wanted or (key(cells[0]) == head.names[0] and names_of(raw, delimiter) == head.names):
                continue
            try:
                collector.add(build(Row(collector, index, cells, number, raw)))
            except RowError as error:
                collector.problem(number, raw, error)

    def _contigs(self, index: Mapping[str, int]) -> list[int]:
        """Return the columns of contigs where nothing else tells whether a row can be of an NTRK gene."""
        if any(field.startswith(_NAMES) for field in index if field in self.columns):
            return []
        return [at for field, at in index.items() if field.startswith("chr")]

    def _amiss(self, cells: list[str], index: Mapping[str, int], width: int, ends_file: bool) -> str | None:
        """Return why a row with another number of cells than the header cannot be read, or ``None`` where it can."""
        needed = max((index[field] for field in self.required if field in index), default=0)
        if len(cells) <= needed or any(cell.strip() for cell in cells[width:]):
            return f"the row has {len(cells)} columns, the header {width}"
        if len(cells) < width and ends_file:
            return f"the file ends in column {len(cells)} of {width}: it has been cut"
        return None


def _records(lines: list[str], head: Header, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield the first and last line number and the text of each row; quoted cells may run over several lines."""
    at = head.index + 1
    while at < end:
        raw = lines[at]
        at += 1
        number = at
        if not raw or raw[0] == "#" or not raw.strip():
            continue
        if '"' in raw and raw.count('"') % 2 and _opens_quote(raw, head.delimiter):
            joined = _join(lines, at - 1, end, head.delimiter, len(head.names))
            if joined is not None:
                raw, at = joined
        yield number, at, raw


def _opens_quote(line: str, delimiter: str) -> bool:
    return line.startswith('"') or f'{delimiter}"' in line


def _join(lines: list[str], start: int, end: int, delimiter: str, width: int) -> tuple[str, int] | None:
    """Join the lines of a quoted cell with line breaks; ``None`` where the quote is a stray one.

    A quote is stray when it never closes, or when it would swallow what is a whole row.
    """
    quotes = 0
    for at in range(start, min(end, start + _JOINED_LINES)):
        if at > start and lines[at].count(delimiter) >= width - 1:
            return None
        quotes += lines[at].count('"')
        if quotes % 2 == 0:
            return "\n".join(lines[start : at + 1]), at + 1
    return None
