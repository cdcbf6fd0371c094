"""The data dictionary of what goes in and comes out: every column with its label, levels, unit, meaning and codes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from ntrkpath.model.delimited import neutral
from ntrkpath.registry.flat import case_columns
from ntrkpath.registry.items import INSTANCE, forms
from ntrkpath.registry.sheet_rows import SUBJECT

COLUMNS = ("column", "form", "label", "kind", "levels", "unit", "required", "code_system", "meaning")


def rows() -> list[dict[str, str]]:
    """Return one row a column: first what tells rows apart, then the forms, then the case."""
    found = [
        _row(SUBJECT, "", "Subject", "id", (), "", True, "", "The pseudonym that the site gave."),
        _row(INSTANCE, "", "Number", "count", (), "", False, "", "Numbers a form that is filled in several times."),
    ]
    for form in forms().values():
        for item in form.items.values():
            found.append(
                _row(item.path, form.title, item.label, item.kind, item.levels, item.unit, item.required, item.system,
                     item.meaning)
            )  # fmt: skip
    for path, key in case_columns().items():
        part = path.partition(".")[0] if "." in path else "case"
        required = path == "diagnosis.histology"
        found.append(_row(path, part, key.label, key.kind, key.levels, key.unit, required, "", key.meaning))
    return found


def _row(
    column: str, form: str, label: str, kind: str, levels: Iterable[str], unit: str, required: bool, system: str,
    meaning: str,
) -> dict[str, str]:  # fmt: skip
    told = (column, form, label, kind, "|".join(levels), unit, "yes" if required else "", system, meaning)
    return dict(zip(COLUMNS, told, strict=True))


def dictionary_csv() -> str:
    """Return the dictionary as CSV."""
    return csv_of(COLUMNS, (row.values() for row in rows()))


def template_csv() -> str:
    """Return an empty table with every column that may be filled; those that are not needed are left out by hand."""
    return csv_of([row["column"] for row in rows()], ())


def csv_of(head: Iterable[str], body: Iterable[Iterable[str]]) -> str:
    """Return a table as CSV; a cell that a spreadsheet would run begins with a mark (``model.delimited``)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([neutral(cell) for cell in head])
    for row in body:
        writer.writerow([neutral(str(cell)) for cell in row])
    return out.getvalue()
