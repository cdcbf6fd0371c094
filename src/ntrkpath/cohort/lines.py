"""Cohorts in JSON lines: cases as ``recommend`` reads them, or flat objects whose keys are columns.

A line is cut into the parts of a case, unread; each distinct part is checked, and made into cells, once. A line that is
no whole case, or that anything is wrong with, is read by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ntrkpath.cases.load import MAX_BYTES, decode_json
from ntrkpath.cohort.arrays import as_arrow, as_mask, as_numpy, as_texts
from ntrkpath.cohort.bad_rows import BadRow, bad_row
from ntrkpath.cohort.batches import Batch, numbered
from ntrkpath.cohort.cases import without_files
from ntrkpath.cohort.cells import stated_twice
from ntrkpath.cohort.columns import CASE_ID
from ntrkpath.cohort.mapped import apply
from ntrkpath.cohort.mapping import Mapping as Columns
from ntrkpath.cohort.mapping import plan
from ntrkpath.model.errors import CaseError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    import pyarrow as pa
    from numpy.typing import NDArray

#: A row as columns of text.
Cells = Mapping[str, str | None]
#: Parts of a case whose keys are columns, those that are columns themselves, and those that no decision reads.
_PARTS, _LISTS = ("diagnosis", "patient", "disease"), ("alterations", "tests", "therapy")
_READ = (*_PARTS, *_LISTS, "source", "note", "read_as")
_KEYS = [f'"{name}"'.encode() for name in ("id", *_READ)]
_content = attrgetter(*_READ)
#: Distinct parts that are remembered before the memory is emptied.
_REMEMBERED = 100_000
_MOST_ID = 200
#: A whole case, whose parts are left as they are written.
_Line = msgspec.defstruct(
    "_Line", [("id", str), (_READ[0], msgspec.Raw), *((name, msgspec.Raw, msgspec.Raw(b"")) for name in _READ[1:])],
    forbid_unknown_fields=True, gc=False,
)  # fmt: skip


class _Columns:
    """Columns of text of some lines, each distinct text once."""

    def __init__(self, rows: int) -> None:
        self.ids: list[str | None] = [None] * rows
        self._texts: dict[str, dict[str | None, int]] = {}
        self._places: dict[str, NDArray[np.int32]] = {}

    @property
    def names(self) -> list[str]:
        """Every column that any line has."""
        return [*([CASE_ID] if any(ident is not None for ident in self.ids) else []), *self._texts]

    def _of(self, name: str) -> tuple[dict[str | None, int], NDArray[np.int32]]:
        """Return the texts of a column by their places, and the place of the text of each row."""
        import numpy as np

        if name not in self._texts:
            self._texts[name], self._places[name] = {None: 0}, np.zeros(len(self.ids), np.int32)
        return self._texts[name], self._places[name]

    def set(self, row: int, cells: Cells) -> None:
        """Give a row its cells."""
        for name, text in cells.items():
            if name == CASE_ID:
                self.ids[row] = text
            else:
                texts, places = self._of(name)
                places[row] = texts.setdefault(text, len(texts))

    def spread(self, rows: NDArray[np.intp], blocks: Sequence[Cells | None], chosen: NDArray[np.int32]) -> None:
        """Give each of some rows the cells of the block that is chosen for it."""
        import numpy as np

        held = [blocks[number] for number in np.unique(chosen).tolist()]
        for name in dict.fromkeys(name for block in held for name in block or ()):
            texts, places = self._of(name)
            of_block = [texts.setdefault(block.get(name), len(texts)) if block else 0 for block in blocks]
            places[rows] = np.array(of_block, np.int32).take(chosen)

    def table(self) -> pa.Table:
        """Return the columns; texts come as dictionaries."""
        import pyarrow as pa

        columns = {CASE_ID: as_texts(self.ids)} if CASE_ID in self.names else {}
        for name, texts in self._texts.items():
            columns[name] = pa.DictionaryArray.from_arrays(
                as_arrow(self._places[name]), as_texts(list(texts)), safe=False
            )
        return pa.table(columns)


class LineSource:
    """JSON lines: cases as ``recommend`` reads them, or flat objects whose keys are columns."""

    def __init__(self, path: Path, mapping: Columns) -> None:
        self.name, self.path, self.files = path.name, path, [str(path)]
        self.mapping = mapping
        #: Words for an empty cell are a matter of flat objects: a whole case says what it says to ``recommend``.
        self._plain = msgspec.structs.replace(mapping, empty=())
        self._whole = msgspec.json.Decoder(_Line)
        self._parts: dict[tuple[str, bytes], Cells | None] = {}
        self.rows: int | None = None
        self.share: float | None = None
        self._size = 0 if path.suffix == ".gz" else path.stat().st_size
        with self._open() as lines:
            first = [line for line in islice(lines, 1000) if line.strip()]
        if not first:
            raise CaseError("the file is empty", where=self.name, remedy="write one case a line, as JSON")
        self.notes: list[str] = []
        names = self._read(first, 1)[0].names
        self.not_read = plan(mapping, names, self.name).not_read if names else {}

    def _open(self) -> Any:
        import gzip

        return gzip.open(self.path, "rb") if self.path.suffix == ".gz" else self.path.open("rb")

    def batches(self, size: int, start: int = 0) -> Iterator[Batch]:
        """Yield batches of at most ``size`` rows, after passing over ``start`` rows."""
        with self._open() as lines:
            told = (line for line in lines if line.strip())
            at = start
            for _ in islice(told, start):
                pass
            while part := list(islice(told, size)):
                self.share = min(lines.tell() / self._size, 1.0) if self._size else None
                yield self._batch(part, at + 1)
                at += len(part)

    def _batch(self, lines: list[bytes], first: int) -> Batch:
        import numpy as np

        columns, bad = self._read(lines, first)
        if not columns.names:
            return Batch(first, len(lines), None, bad)
        mapped, wrong = apply(plan(self._plain, columns.names, self.name), columns.table(), first)
        if bad:
            refused = {row.row for row in bad}
            rows = as_numpy(mapped["row"].combine_chunks())
            mapped = mapped.filter(as_mask(~np.isin(rows, np.array(sorted(refused), np.uint64))))
            wrong = [row for row in wrong if row.row not in refused]
        return Batch(first, len(lines), mapped, bad + wrong)

    def ids(self, size: int) -> Iterator[tuple[int, pl.Series]]:
        """Yield the case ids alone, in runs, each with the number of its first row."""
        import polars as pl

        for batch in self.batches(size):
            if batch.table is not None:
                yield from numbered(batch.table)
            for row in batch.bad:
                yield row.row, pl.Series([row.case_id], dtype=pl.String)

    def _read(self, lines: list[bytes], first: int) -> tuple[_Columns, list[BadRow]]:
        """Return the lines as columns of text, and those that are no case; a line of these is empty in the columns."""
        if len(self._parts) > _REMEMBERED:
            self._parts.clear()
        columns, bad = _Columns(len(lines)), []
        taken = self._in_parts(lines, columns)
        for row, line in enumerate(lines):
            if row not in taken:
                flat, error = self._flat(line)
                if error is None:
                    columns.set(row, flat)
                else:
                    bad.append(bad_row(first + row, flat.get(CASE_ID), error))
        return columns, bad

    def _in_parts(self, lines: list[bytes], columns: _Columns) -> set[int]:
        """Fill the columns from the lines that are whole cases, part by part, and return which lines these are."""
        import numpy as np

        cut = {row: found for row, line in enumerate(lines) if (found := self._cut(line)) is not None}
        rows, good = np.fromiter(cut, np.intp, len(cut)), np.ones(len(cut), np.bool_)
        said = np.array([9 + len(found.id) for found in cut.values()], np.intp)
        chosen = []
        for name in _READ if cut else ():
            texts = list(map(bytes, map(attrgetter(name), cut.values())))
            known = {text: number for number, text in enumerate(dict.fromkeys(texts))}
            blocks = [self._checked(name, text) if text else {} for text in known]
            numbers = np.fromiter(map(known.__getitem__, texts), np.int32, len(texts))
            said += np.array([len(text) and len(name) + 4 + len(text) for text in known], np.intp).take(numbers)
            good &= np.array([block is not None for block in blocks], np.bool_).take(numbers)
            chosen.append((blocks, numbers))
        # A line that is longer than what it says may state a key twice: a decoder takes the last of them in silence.
        longer = said != np.array([len(lines[row].strip()) for row in cut], np.intp)
        for i in np.flatnonzero(good & longer).tolist():
            good[i] = _once(lines[rows[i]], cut[rows[i]])
        for blocks, numbers in chosen:
            columns.spread(rows[good], blocks, numbers[good])
        taken = rows[good].tolist()
        for row in taken:
            columns.ids[row] = cut[row].id
        return set(taken)

    def _cut(self, line: bytes) -> Any:
        """Return a line that looks like a whole case, its parts as they are written; ``None`` for any other line."""
        if b"\\" in line or len(line) > MAX_BYTES:
            return None
        try:
            found: Any = self._whole.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        ident: str = found.id
        return found if 0 < len(ident) <= _MOST_ID and ident.isascii() and ident.isprintable() else None

    def _checked(self, name: str, content: bytes) -> Cells | None:
        """Return the cells of one part of a case; ``None`` where anything is wrong with it."""
        if (name, content) not in self._parts:
            self._parts[name, content] = _cells(name, content)
        return self._parts[name, content]

    def _flat(self, line: bytes) -> tuple[Cells, CaseError | None]:
        """Return a JSON object as columns of text; of one that is no case, what tells it apart, and why."""
        found, whole, error = _flat(line)
        if not whole:
            found = {k: None if v and v.strip().casefold() in self.mapping.empty else v for k, v in found.items()}
        return found, error


def _once(line: bytes, found: Any) -> bool:
    """Return whether every key of a whole case stands once in its line, and in no deeper place."""
    parts = list(map(bytes, _content(found)))
    return sum(map(line.count, _KEYS)) == 1 + len(parts) - parts.count(b"")


def _cells(name: str, content: bytes) -> Cells | None:
    start = b"{" if name == _PARTS[0] else b'{"diagnosis":{"histology":"sarcoma"},'
    try:
        case = decode_json(b'%s"%s":%s}' % (start, name.encode(), content))
    except CaseError:
        return None
    if any(getattr(test, "file", None) for test in case.tests):
        return None
    if name in _PARTS:
        return {f"{name}.{key}": _text(value) for key, value in (msgspec.json.decode(content) or {}).items()}
    return {name: None if content == b"null" else content.decode()} if name in _LISTS else {}


def _flat(line: bytes) -> tuple[Cells, bool, CaseError | None]:
    """Return a JSON object as columns of text, and whether it is a whole case (by the paths of its keys)."""
    ident: Cells = {}
    whole = False
    try:
        data = msgspec.json.decode(line)
        if not isinstance(data, dict):
            raise CaseError("a line holds one JSON object", remedy="write one case a line")
        if whole := isinstance(data.get("diagnosis"), dict):
            if isinstance(data.get("id"), str):
                ident = {CASE_ID: data["id"].strip()}
            without_files(decode_json(line))
            inner = {f"{part}.{key}": value for part in _PARTS for key, value in (data.get(part) or {}).items()}
            outer = {name: data[name] for name in _LISTS if name in data}
            data = {CASE_ID: data.get("id"), **inner, **outer}
        elif twice := stated_twice(line):
            raise CaseError("the key stands twice", value=twice, remedy="keep one of the two")
    except CaseError as error:
        return ident, whole, error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}, False, CaseError("not readable as JSON", remedy="check commas, quotes, brackets and encoding")
    return {key: _text(value) for key, value in data.items()}, whole, None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
