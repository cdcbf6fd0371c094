"""Cells of raw columns: each distinct cell once, as a small number and as the plain value that a case holds."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from ntrkpath.cohort.arrays import are_valid, as_numpy
from ntrkpath.cohort.columns import Column
from ntrkpath.model.errors import CaseError
from ntrkpath.vocabulary.fusion_text import read_fusion

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_FLAGS = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}
_ITEMS = re.compile(r"\s*;\s*")
_LIST = re.compile(r"\s*[;,]\s*")
_SAYS_NONE = "none"
#: Between fusions; not within brackets, where exons stand: ``ETV6-NTRK3 (E5;N15)``.
_FUSIONS = re.compile(r"\s*;\s*(?![^()]*\))")
_FRAME = ("in_frame", "out_of_frame", "in", "out", "in-frame", "out-of-frame", "unknown")


class Cells:
    """The distinct cells of one raw column over all batches of a run.

    Attributes:
        values: For each number, the plain value; number 0 is the empty cell.
        errors: For each number, why the cell cannot be read, or ``None``.
    """

    def __init__(self, column: Column) -> None:
        self.column = column
        self._read = reader(column)
        self.clear()

    def clear(self) -> None:
        """Forget every cell."""
        self.values: list[Any] = [None]
        self.errors: list[CaseError | None] = [None]
        self._known: dict[Any, int] = {}

    def numbers(self, cells: pa.Array) -> NDArray[np.int32]:
        """Return the number of each cell of a batch, shape (rows,)."""
        import numpy as np
        import pyarrow as pa

        if pa.types.is_dictionary(cells.type):
            indices, distinct = cells.indices, cells.dictionary.to_pylist()
        elif pa.types.is_null(cells.type):
            return np.zeros(len(cells), np.int32)
        elif pa.types.is_nested(cells.type):
            return self._map(cells.to_pylist())
        else:
            if pa.types.is_string_view(cells.type):
                cells = cells.cast(pa.large_string())
            encoded = cells.dictionary_encode()
            indices, distinct = encoded.indices, encoded.dictionary.to_pylist()
        by_index: Any = self._map(distinct)
        if not len(by_index):
            return np.zeros(len(cells), np.int32)
        # What stands where a cell is null is no promise of Arrow's: it is clipped to some number, then emptied.
        numbers: NDArray[np.int32] = by_index.take(as_numpy(indices), mode="clip")
        if indices.null_count:
            numbers *= are_valid(indices)
        return numbers

    def _map(self, cells: list[Any]) -> NDArray[np.int32]:
        import numpy as np

        return np.fromiter(map(self._number, cells), np.int32, len(cells))

    def _number(self, cell: Any) -> int:
        if cell is None:
            return 0
        key = cell if isinstance(cell, str) else (type(cell), _hashable(cell))
        number = self._known.get(key)
        if number is None:
            error = None
            try:
                value = self._read(cell)
            except (CaseError, ValueError, TypeError, AttributeError, LookupError, RecursionError) as raised:
                value = None
                error = raised if isinstance(raised, CaseError) else _unreadable(self.column)
                error.where = error.where or self.column.path
            number = 0
            if value is not None or error is not None:
                number = len(self.values)
                self.values.append(value)
                self.errors.append(error)
            self._known[key] = number
        return number


def _hashable(cell: Any) -> Any:
    return msgspec.json.encode(cell) if isinstance(cell, list | dict | tuple) else cell


def _unreadable(column: Column) -> CaseError:
    # Free text may name the patient: it is never shown.
    return CaseError(
        "not readable", where=column.path, allowed="a list, JSON text, or items separated by ';'",
        remedy="see the reference of cohort columns",
    )  # fmt: skip


def reader(column: Column) -> Callable[[Any], Any]:
    """Return what turns a cell of a column into the plain value of a case; ``None`` for an empty one."""
    if column.kind == "nested":
        item = _SHORT.get(column.path.rpartition(".")[2])
        as_mapping = column.path.endswith("immunoprofile")
        return lambda cell: _nested(cell, item, as_mapping=as_mapping)
    return {"flag": _flag, "number": _number, "date": _date, "text": _text}[column.kind]


def _text(cell: Any) -> Any:
    return cell.strip() or None if isinstance(cell, str) else cell


def _flag(cell: Any) -> Any:
    if isinstance(cell, str):
        return _FLAGS.get(cell.strip().casefold(), _text(cell))
    return bool(cell) if cell in (0, 1) else cell


def _number(cell: Any) -> Any:
    if isinstance(cell, str):
        try:
            cell = float(cell)
        except ValueError:
            return _text(cell)
    if isinstance(cell, Decimal):
        cell = float(cell)
    if isinstance(cell, float):
        if math.isnan(cell):
            return None
        return int(cell) if cell.is_integer() else cell
    return cell


def _date(cell: Any) -> Any:
    return cell.date() if isinstance(cell, dt.datetime) else _text(cell)


def _nested(cell: Any, item: Callable[[str], Any] | None, *, as_mapping: bool) -> Any:
    """Return a list or mapping from a nested cell, from JSON text, or from items of text separated by ``;``."""
    if isinstance(cell, str):
        text = cell.strip()
        if not text:
            return None
        if text[0] in "[{":
            cell = json.loads(text, object_pairs_hook=_unique)
        elif text.casefold() == _SAYS_NONE:
            return {} if as_mapping else []
        elif item is None:
            raise ValueError(text)
        else:
            split = _LIST if item is str.strip else _FUSIONS if item is _fusion else _ITEMS
            cell = [part for part in split.split(text) if part]
    if as_mapping:
        pairs = cell.items() if isinstance(cell, dict) else (_pair(part) for part in cell)
        return {key: value for key, value in pairs if value is not None}
    return [item(part) if isinstance(part, str) and item else _filled(part) for part in cell]


class _TwiceError(ValueError):
    """A key of a JSON object stands twice: a reader would take the last in silence."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1))
    return found


def stated_twice(text: bytes) -> str:
    """Return a key that stands twice in an object of JSON, or ``""``."""
    try:
        json.loads(text, object_pairs_hook=_unique)
    except _TwiceError as twice:
        return str(twice)
    return ""


def _filled(part: Any) -> Any:
    """Return a nested value without its empty keys."""
    if isinstance(part, dict):
        return {
            key: dict(value) if key == "immunoprofile" else _filled(value)
            for key, value in part.items()
            if value is not None
        }
    return [_filled(p) for p in part] if isinstance(part, list) else part


def _pair(part: Any) -> tuple[str, Any]:
    if isinstance(part, dict):
        return part["key"], part["value"]
    if not isinstance(part, str):
        return part[0], part[1]
    marker, _, value = part.replace(":", " ").strip().rpartition(" ")
    return marker.strip(), value


def _alteration(text: str) -> dict[str, str]:
    gene, kind, status = text.split()
    return {"gene": gene, "kind": kind, "status": status}


def _fusion(text: str) -> dict[str, Any]:
    """Return one fusion as a case lists it; the text is read as one of a case is (``vocabulary.fusion_text``).

    Raises:
        CaseError: It is no fusion, or a gene is not known: said with the nearest names, never another gene.
    """
    words = text.split()
    frame = words.pop() if len(words) > 1 and words[-1].casefold() in _FRAME else None
    found = read_fusion(" ".join(words))
    if found.problem:
        raise CaseError(
            found.problem, value=found.text,
            allowed=f"nearest: {', '.join(found.nearest)}" if found.nearest else "5' gene, then 3' gene: ETV6::NTRK3",
            remedy="correct the cell; ? stands for a partner that is not known",
        )  # fmt: skip
    told: dict[str, Any] = {"frame": frame.casefold() if frame else found.frame}
    for name, side in (("five_prime", found.five_prime), ("three_prime", found.three_prime)):
        if side is not None:
            told |= {
                name: side.gene.symbol, f"exon_{name}": side.exon, f"transcript_{name}": side.transcript,
                f"position_{name}": side.position,
            }  # fmt: skip
    return {key: value for key, value in told.items() if value is not None}


def _mutation(text: str) -> dict[str, str]:
    gene, protein = text.split()
    return {"gene": gene, "protein": protein}


#: How one item of text is read, by key; a key that is absent here takes a list or JSON only.
_SHORT: dict[str, Callable[[str], Any]] = {
    "alterations": _alteration,
    "fusions": _fusion,
    "mutations": _mutation,
    "immunoprofile": _pair,
    "gene": str.strip,
    "genes_covered": str.strip,
    "amplifications": str.strip,
    "targets": str.strip,
}
