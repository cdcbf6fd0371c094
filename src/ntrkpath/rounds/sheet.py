"""Sheets of a round (CSV, TSV, with comma, semicolon or tab): rows by the data dictionary, faults located.

Good rows come out beside the faults; a word, number or date that the dictionary does not know is a fault, no guess.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import msgspec

from ntrkpath.model.errors import RoundError
from ntrkpath.model.numerals import NumberError, number, whole
from ntrkpath.rounds.knowledge import knowledge

_LONGEST = 400
_KEYS = ("laboratory", "sample", "assay")


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column: its kind (``text``, ``word``, ``count``, ``percent``, ``date``, ``list``) and the words it takes."""

    name: str
    kind: str
    says: str
    required: bool = False
    words: dict[str, tuple[str, ...]] = {}

    @property
    def by_word(self) -> dict[str, str]:
        """Every accepted word in lower case, with its value."""
        return {word.casefold(): value for value, words in self.words.items() for word in (*words, value)}


@cache
def columns(sheet: str) -> dict[str, Column]:
    """Return the columns of a sheet (``submission`` or ``laboratories``) by name."""
    found = [msgspec.convert(entry, Column) for entry in knowledge("columns")[sheet]]
    return {column.name: column for column in found}


@cache
def _words(sheet: str, name: str) -> dict[str, str]:
    return columns(sheet)[name].by_word


class Line(msgspec.Struct, frozen=True):
    """One row that was read: its line in the file, and its values by column; an empty cell is absent."""

    line: int
    values: dict[str, Any]


class Fault(msgspec.Struct, frozen=True):
    """Something in a sheet that cannot be read: where, what, and the keys of the row as far as they were read."""

    where: str
    text: str
    keys: dict[str, str] = {}


class Sheet(msgspec.Struct, frozen=True):
    """What a sheet holds: rows that were read, faults, and notes that cost nothing."""

    name: str
    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()
    rows: int = 0


def read_sheet(data: bytes, name: str, kind: str) -> Sheet:
    """Return the rows of a sheet and its faults.

    Args:
        data: The file.
        name: Its name, for places.
        kind: ``submission`` or ``laboratories``.
    """
    known = columns(kind)
    try:
        heads, rows = _rows(_text(data), known)
    except RoundError as error:
        return Sheet(name, (), (Fault(name, str(error)),))
    found = [
        _row(cells, heads, kind, f"{name}:{line}", line) for line, cells in rows if any(cell.strip() for cell in cells)
    ]
    lines = tuple(one for one in found if isinstance(one, Line))
    faults = tuple(one for one in found if isinstance(one, Fault))
    stray = [head for head in heads if head and head not in known]
    notes = tuple(f"{name}: column {head!r} is not needed and was not read" for head in stray)
    return Sheet(name, lines, faults, notes, len(found))


def _row(cells: list[str], heads: list[str], kind: str, where: str, line: int) -> Line | Fault:
    """Return a row with its values, or everything in it that cannot be read."""
    if any(cell.strip() for cell in cells[len(heads) :]):
        return Fault(where, f"{len(cells)} cells under {len(heads)} heads: a separator inside a cell?")
    known = columns(kind)
    given = {head: text for head, cell in zip(heads, cells, strict=False) if head in known and (text := cell.strip())}
    problems = [f"{one.name} is empty" for one in known.values() if one.required and one.name not in given]
    read = {key: _read(kind, key, cell) for key, cell in given.items()}
    problems += [f"{key}: {problem}" for key, (_, problem) in read.items() if problem]
    if problems:
        return Fault(where, "; ".join(problems), {key: given[key][:60] for key in _KEYS if key in given})
    return Line(line, {key: value for key, (value, _) in read.items()})


@lru_cache(maxsize=16384)
def _read(kind: str, name: str, cell: str) -> tuple[Any, str]:
    """Return the value of a cell, or what is wrong with it."""
    try:
        return _value(columns(kind)[name], cell, kind), ""
    except RoundError as error:
        return None, str(error)


def _text(data: bytes) -> str:
    if data[:4] == b"PK\x03\x04":
        raise RoundError("a workbook, not a text table", remedy="save the sheet as CSV (UTF-8)")
    if b"\0" in data:
        raise RoundError("not a text table", remedy="save the sheet as CSV (UTF-8)")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise RoundError("not UTF-8 text", where=f"line {line}", remedy="save the sheet as CSV (UTF-8)") from None


def _rows(text: str, known: dict[str, Column]) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Return the heads and the numbered rows, at the separator under which the required heads are found."""
    required = {column.name for column in known.values() if column.required}
    first = text.lstrip("\n").partition("\n")[0]
    best: list[str] = []
    for separator in (",", ";", "\t"):
        heads = [_head(cell) for cell in next(csv.reader([first], delimiter=separator), [])]
        if required <= set(heads):
            twice = sorted({head for head in heads if head and heads.count(head) > 1 and head in known})
            if twice:
                raise RoundError("a column stands twice", value=twice[0], remedy="keep one of the two")
            return heads, _numbered(text, separator)
        if len(set(heads) & set(known)) > len(set(best) & set(known)):
            best = heads
    missing = sorted(required - set(best))
    raise RoundError(
        "the head line lacks columns", where="line 1", value=", ".join(missing),
        allowed=", ".join(known), remedy="take the sheet that `ntrkpath rounds new` writes",
    )  # fmt: skip


def _head(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", cell.strip().casefold())


def _numbered(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    seen_head = False
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = ["\0"]
        line, before = before + 1, reader.line_num
        if not seen_head:
            seen_head = any(cell.strip() for cell in cells)
            continue
        yield line, cells


def _value(column: Column, cell: str, kind: str) -> Any:
    if len(cell) > _LONGEST:
        raise RoundError("too long", value=cell[:40], allowed=f"{_LONGEST} characters")
    if not cell.isprintable():
        raise RoundError("a character that text does not hold", value=cell)
    if column.kind == "text":
        return cell
    if column.kind == "list":
        return tuple(part.strip() for part in cell.split(";") if part.strip())
    if column.kind == "word":
        value = _words(kind, column.name).get(" ".join(cell.casefold().split()))
        if value is None:
            raise RoundError("not one of its words", value=cell, allowed=", ".join(column.words))
        return value
    if column.kind == "date":
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
                raise ValueError
            return dt.date.fromisoformat(cell)
        except ValueError:
            raise RoundError("not a date", value=cell, allowed="YYYY-MM-DD") from None
    try:
        if column.kind == "count":
            return _count(cell)
        return _percent(cell)
    except NumberError as error:
        raise RoundError(str(error)) from None


def _count(cell: str) -> int:
    found = whole(cell)
    if found < 0:
        raise NumberError(f"{cell!r} is below zero")
    return found


def _percent(cell: str) -> float:
    found = number(cell.removesuffix("%"))
    if not 0 <= found <= 100:
        raise NumberError(f"{cell!r} is no percentage: 0 to 100")
    return found
