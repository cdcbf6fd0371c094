"""Cohorts in sheets of a workbook (.xlsx): every cell as the text that a table would hold."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ntrkpath.cohort.arrays import as_texts
from ntrkpath.cohort.bad_rows import BadRow
from ntrkpath.cohort.batches import WORKBOOKS, Batch, ids_alone, numbered, require
from ntrkpath.cohort.mapped import apply
from ntrkpath.cohort.mapping import Mapping, Plan, plan
from ntrkpath.model.errors import CaseError

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

#: Most bytes that a workbook may hold when unpacked; a larger cohort belongs into CSV or Parquet.
MOST_BYTES = 1 << 30


class WorkbookSource:
    """The first sheet of a workbook that holds anything; other sheets that do are named in a note.

    Args:
        path: The workbook.
        sheet: Name of the sheet to read instead.

    Raises:
        CaseError: The workbook cannot be read, is too large when unpacked, or has no such sheet; ``python-calamine``
            is not installed; nothing fills the case id or the histology.
    """

    def __init__(self, path: Path, mapping: Mapping, sheet: str = "") -> None:
        self.name, self.files, self.mapping = path.name, [str(path)], mapping
        self.share: float | None = None
        self.head, self._body, self.notes = read_sheet(path, sheet)
        self.rows: int | None = len(self._body)
        self.plan: Plan = plan(mapping, self.head, self.name)
        self.not_read = self.plan.not_read

    def batches(self, size: int, start: int = 0) -> Iterator[Batch]:
        """Yield batches of at most ``size`` rows, after passing over ``start`` rows."""
        for at in range(start, len(self._body), size):
            rows = self._body[at : at + size]
            wide = [i for i, row in enumerate(rows) if any(row[len(self.head) :])]
            table, bad = apply(self.plan, self._table(rows), at + 1)
            if wide:
                table, bad = self._without(table, bad, wide, at)
            yield Batch(at + 1, len(rows), table, bad)

    def _without(self, table: Any, bad: list[BadRow], wide: list[int], at: int) -> tuple[Any, list[BadRow]]:
        """Refuse the rows that go on beyond the last named column: it is not known what those cells are."""
        import pyarrow as pa
        import pyarrow.compute as pc

        numbers = {at + 1 + i for i in wide}
        ids = dict(zip(table["row"].to_pylist(), table["case_id"].to_pylist(), strict=True))
        table = table.filter(pc.invert(pc.is_in(table["row"], pa.array(sorted(numbers), pa.uint64()))))
        told = [BadRow(n, ids.get(n), "row", "cells beyond the last named column; name that column") for n in numbers]
        return table, [row for row in bad if row.row not in numbers] + told

    def _table(self, rows: list[list[str | None]]) -> pa.Table:
        import pyarrow as pa

        columns = [[row[i] if i < len(row) else None for row in rows] for i in range(len(self.head))]
        return pa.table({name: as_texts(cells) for name, cells in zip(self.head, columns, strict=True)})

    def ids(self, size: int) -> Iterator[tuple[int, pl.Series]]:
        """Yield the case ids alone, in runs, each with the number of its first row."""
        yield from numbered(apply(ids_alone(self.plan), self._table(self._body), 1)[0])


def read_sheet(path: Path, wanted: str = "") -> tuple[list[str], list[list[str | None]], list[str]]:
    """Return the names of the columns of a sheet, its rows as text, and notes; see ``WorkbookSource``."""
    require("python_calamine", "polars", "numpy", "pyarrow", extra="excel")
    from python_calamine import CalamineError, load_workbook

    check_size(path)
    try:
        book = load_workbook(str(path))
        names = list(book.sheet_names)
        if wanted and wanted not in names:
            raise CaseError("no such sheet", where=path.name, value=wanted, allowed=names)
        held = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except (CalamineError, OSError, ValueError) as error:
        raise CaseError(
            "cannot be read as a workbook", where=path.name,
            remedy=f"save it anew as .xlsx, or as CSV ({type(error).__name__})",
        ) from None  # fmt: skip
    rows = {name: [[_text(cell) for cell in row] for row in sheet] for name, sheet in held.items()}
    filled = [name for name, sheet in rows.items() if any(map(any, sheet))]
    used = wanted or next(iter(filled), "")
    others = [name for name in filled if name != used]
    notes = (
        [f"sheet {used!r} is read; not read: {', '.join(map(repr, others))} (--sheet names another)"] if others else []
    )
    return (*_headed(path.name, rows.get(used, [])), notes)


def _headed(name: str, rows: list[list[str | None]]) -> tuple[list[str], list[list[str | None]]]:
    """Return the names of the columns, and the rows without the empty ones at the end."""
    head = [cell or "" for cell in rows[0]] if rows else []
    while head and not head[-1]:
        head.pop()
    if not head:
        raise CaseError("the sheet is empty", where=name, remedy="write a line of column names and one case a line")
    twice = next((column for column in head if column and head.count(column) > 1), None)
    if twice:
        raise CaseError("two columns share a name", where=name, value=twice, remedy="rename one of them")
    body = rows[1:]
    while body and not any(body[-1]):
        body.pop()
    return [column or f"column {i}" for i, column in enumerate(head, 1)], body


def check_size(path: Path, most: int = MOST_BYTES) -> None:
    """Check what a workbook holds when unpacked, by what it says of itself, before anything is unpacked.

    Raises:
        CaseError: It is no workbook, or holds more than ``most`` bytes.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        raise CaseError(
            "this is no workbook", where=path.name, allowed=WORKBOOKS, remedy="save it anew as .xlsx, or as CSV"
        ) from None  # fmt: skip
    if size > most:
        raise CaseError(
            "too large when unpacked", where=path.name, value=f"{size} bytes", allowed=f"up to {most} bytes",
            remedy="save the sheet as CSV",
        )  # fmt: skip


def _text(cell: Any) -> str | None:
    """Return a cell as the text that a table would hold; ``None`` for an empty one."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    text = str(cell).strip()
    return text or None
