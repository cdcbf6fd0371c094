"""Rows of tables (CSV, TSV, Excel) as what arrives: one row a case, a form, or both; columns are named by paths."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from ntrkpath.cohort.columns import CASE_ID
from ntrkpath.cohort.mapped import apply
from ntrkpath.cohort.mapping import load_mapping, plan
from ntrkpath.cohort.workbook import read_sheet
from ntrkpath.model.delimited import MARK, restored
from ntrkpath.model.errors import CaseError, NtrkpathError
from ntrkpath.registry.entries import CaseVersion
from ntrkpath.registry.flat import case_columns, case_of_rows, form_columns
from ntrkpath.registry.forms import Form
from ntrkpath.registry.incoming import Arrived, Bad, reason_of
from ntrkpath.registry.items import INSTANCE, body_of, forms, instance_of_text

SUBJECT = "subject"
#: Endings of tables, with their delimiter; None: told by the header.
TABLES = {".csv": None, ".tsv": "\t", ".txt": "\t"}
WORKBOOKS = (".xlsx", ".xlsm")


class Table(msgspec.Struct, frozen=True):
    """A table as text: columns, and rows with their number in the file (the header is row 1)."""

    name: str
    head: list[str]
    rows: list[tuple[int, list[str]]]
    notes: tuple[str, ...] = ()


def read_table(path: Path, sheet: str = "") -> Table:
    """Read a table.

    Raises:
        CaseError: It cannot be read, is empty, or two columns share a name.
    """
    if path.suffix.casefold() in WORKBOOKS:
        head, body, notes = read_sheet(path, sheet)
        rows = [(i, [cell or "" for cell in row]) for i, row in enumerate(body, 2) if any(row)]
        return Table(path.name, head, rows, tuple(notes))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CaseError(f"cannot be read ({error.strerror})", where=str(path), remedy="check the path") from None
    except UnicodeDecodeError:
        raise CaseError("not UTF-8 text", where=path.name, remedy="save the file as UTF-8") from None
    return table_of(text, path.name, TABLES.get(path.suffix.casefold()))


def table_of(text: str, name: str, delimiter: str | None = None) -> Table:
    """Return the table that a text holds; see ``read_table``."""
    first = text.partition("\n")[0]
    mark = delimiter or max((",", ";", "\t"), key=first.count)
    try:
        lines = [(i, [_restored(c) for c in cells])
                 for i, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True), 1)
                 if any(cells)]  # fmt: skip
    except csv.Error:
        raise CaseError(
            "cannot be read as a table", where=name, remedy="look for a quotation mark that never closes"
        ) from None
    if not lines:
        raise CaseError("the file is empty", where=name, remedy="see the template: `ntrkpath registry export`")
    head = [cell.strip() for cell in lines[0][1]]
    twice = next((column for column in head if column and head.count(column) > 1), None)
    if twice is not None:
        raise CaseError("two columns share a name", where=name, value=twice, remedy="rename one of them")
    return Table(name, head, lines[1:])


def _restored(cell: str) -> str:
    cell = cell.strip()
    return restored(cell) if cell.startswith(MARK) else cell


def arrivals(table: Table, mapping: str | None = None) -> tuple[list[Arrived | Bad], list[str]]:
    """Return what a table says of each subject, in the order of the table, and notes on columns that are not read.

    Args:
        mapping: A mapping of columns of cohorts, by name or file, for columns that are not named by paths.

    Raises:
        CaseError: No column names the subject, or two columns fill one key.
        GuidanceError: The mapping is unknown or malformed.
    """
    known = {**case_columns(), **form_columns()}
    direct = {i: name for i, name in enumerate(table.head) if name in known or name in (INSTANCE, "tests")}
    others = [i for i, name in enumerate(table.head) if i not in direct and name]
    cells, bad, notes = _mapped(table, others, mapping)
    found: list[Arrived | Bad] = [Bad(f"{table.name}:{row}", reason, (row,)) for row, reason in bad.items()]
    by_subject: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, row in table.rows:
        if number in bad:
            continue
        if len(row) > len(table.head) and any(row[len(table.head) :]):
            found.append(Bad(f"{table.name}:{number}", "cells beyond the last named column", (number,)))
            continue
        mapped = dict(cells[number])
        subject = mapped.pop(CASE_ID)
        empty = load_mapping(mapping or "default").empty
        for i, path in direct.items():
            if i < len(row) and row[i] and row[i].casefold() not in empty:
                mapped[path] = row[i]
        by_subject.setdefault(subject, []).append((number, mapped))
    found += [_of_subject(table.name, subject, rows) for subject, rows in by_subject.items()]
    return found, [*table.notes, *notes]


def _mapped(
    table: Table, others: list[int], mapping: str | None
) -> tuple[dict[int, dict[str, str]], dict[int, str], list[str]]:
    """Return the cells of each row that a mapping fills, by row number, the bad rows, and notes."""
    import pyarrow as pa

    names = [CASE_ID if table.head[i] == SUBJECT else table.head[i] for i in others]
    held = plan(load_mapping(mapping or "default"), names, table.name, more=("diagnosis.histology",))
    columns = {n: [row[i] if i < len(row) else "" for _, row in table.rows] for n, i in zip(names, others, strict=True)}
    numbers = [number for number, _ in table.rows]
    if not numbers:
        return {}, {}, []
    given = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    mapped, wrong = apply(held, given.select(held.columns), 0)
    bad = {numbers[row.row]: f"{row.where}: {row.reason}" for row in wrong}
    rows = mapped.to_pylist()
    cells = {
        numbers[row["row"]]: {k: str(v) for k, v in row.items() if k not in ("row", *_NO_KEYS) and v not in (None, "")}
        for row in rows
    }
    notes = [f"column {name!r} fills nothing" + (f"; near: {near}" if near else "") for name, near in
             held.not_read.items()]  # fmt: skip
    return cells, bad, notes


_NO_KEYS = ("requested", "reported")


def _of_subject(name: str, subject: str, rows: list[tuple[int, dict[str, str]]]) -> Arrived | Bad:
    numbers = tuple(number for number, _ in rows)
    where = f"{name}:{numbers[0]}" if len(numbers) == 1 else f"{name}:{numbers[0]}-{numbers[-1]}"
    try:
        bodies = [*_forms(rows)]
        case = case_of_rows(subject, [_case_cells(row) for _, row in rows])
        if case is not None:
            bodies.append(CaseVersion(case=case))
    except NtrkpathError as error:
        return Bad(where, reason_of(error), numbers)
    return Arrived(where, subject, tuple((body, None) for body in bodies), numbers)


def _case_cells(row: Mapping[str, str]) -> dict[str, str]:
    return {path: cell for path, cell in row.items() if path not in form_columns() and path != INSTANCE}


def _forms(rows: Iterable[tuple[int, dict[str, str]]]) -> Iterator[Form]:
    """Yield the forms of the rows of one subject; of a form that is filled in once, all rows together make it."""
    single: dict[str, dict[str, str]] = {}
    several: dict[tuple[str, int], Form] = {}
    errors: list[CaseError] = []
    unnumbered: list[Form] = []
    for _, row in rows:
        for form, cells in _by_form(row).items():
            if forms()[form].single:
                errors += _joined(form, single.setdefault(form, {}), cells)
                continue
            try:
                number = instance_of_text(row[INSTANCE]) if INSTANCE in row else None
                body = body_of(form, cells, number)
            except CaseError as error:
                errors += error.all  # type: ignore[arg-type]
                continue
            if number is None:
                unnumbered += [] if body in unnumbered else [body]
            elif several.setdefault((form, number), body) != body:
                errors.append(CaseError("two rows differ", where=f"{form} {number}", remedy="keep one of them"))
    made = []
    for form, cells in single.items():
        try:
            made.append(body_of(form, cells))
        except CaseError as error:
            errors += error.all  # type: ignore[arg-type]
    if errors:
        raise CaseError.of(errors)
    yield from (*made, *several.values(), *unnumbered)


def _by_form(row: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for path, cell in row.items():
        if path in form_columns():
            form, _, item = path.partition(".")
            found.setdefault(form, {})[item] = cell
    return found


def _joined(form: str, into: dict[str, str], cells: Mapping[str, str]) -> list[CaseError]:
    return [
        CaseError("two rows differ", where=f"{form}.{name}", value=cell, remedy="keep one of the two values")
        for name, cell in cells.items()
        if into.setdefault(name, cell) != cell
    ]


def errors_of(table: Table, bad: Iterable[Bad]) -> str:
    """Return the rows that were not taken as a table of the same columns, with their reasons in a last one."""
    from ntrkpath.model.delimited import neutral

    rows = dict(table.rows)
    reasons: dict[int, str] = {}
    for one in bad:
        for number in one.rows:
            reasons[number] = f"{reasons[number]}; {one.reason}" if number in reasons else one.reason
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*map(neutral, table.head), "error"])
    for number in sorted(reasons):
        cells = [*rows[number], *[""] * (len(table.head) - len(rows[number]))]
        writer.writerow([*map(neutral, cells[: len(table.head)]), neutral(reasons[number])])
    return out.getvalue()


def without_error_column(table: Table) -> Table:
    """Return a table without the column that ``errors_of`` added, so that a mended file of errors is read again."""
    if "error" not in table.head:
        return table
    at = table.head.index("error")
    head = [name for i, name in enumerate(table.head) if i != at]
    rows = [(n, [cell for i, cell in enumerate(row) if i != at]) for n, row in table.rows]
    return Table(table.name, head, rows, table.notes)
