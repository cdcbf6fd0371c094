"""REDCap out: the data dictionary of all forms and of the case, and the records that fill it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ntrkpath.model.case_keys import METHODS, Key
from ntrkpath.registry.dictionary import csv_of
from ntrkpath.registry.entries import KINDS
from ntrkpath.registry.flat import case_columns, form_cells, instance_of, scalars, tests
from ntrkpath.registry.items import Item, forms
from ntrkpath.registry.redcap import DICTIONARY, INSTRUMENT, REPEAT, field_of
from ntrkpath.registry.subjects import Subject

#: The first field of every record, and the instrument of what is said once of a case.
RECORD, CASE = "record_id", "case"


def instruments() -> dict[str, list[Item | Key]]:
    """Return the fields of each instrument: the forms, the case, and one instrument for each method of testing."""
    found: dict[str, list[Item | Key]] = {name: list(form.items.values()) for name, form in forms().items()}
    for path, key in case_columns().items():
        part = path.partition(".")[0]
        found.setdefault(part if part in METHODS else CASE, []).append(key)
    return found


def repeating() -> tuple[str, ...]:
    """Return the instruments that are filled in several times; a project has to be told so once."""
    return tuple(name for name in instruments() if name != CASE and (name in METHODS or not forms()[name].single))


def dictionary() -> str:
    """Return the data dictionary as REDCap reads it."""
    rows = [[RECORD, "registration", "", "text", "Subject", *[""] * 13]]
    paths = iter(case_columns())
    for name, form in forms().items():
        rows += [_field(item.path, name, item) for item in form.items.values()]
    for path in paths:
        part = path.partition(".")[0]
        rows.append(_field(path, part if part in METHODS else CASE, case_columns()[path]))
    return csv_of(DICTIONARY, rows)


def _field(path: str, form: str, item: Item | Key) -> list[str]:
    validation, low, high = "", "", ""
    kind, choices = "text", ""
    if item.kind in ("choice", "flag", "choices"):
        kind = "checkbox" if item.kind == "choices" else "radio"
        choices = " | ".join(f"{level}, {_said(level)}" for level in item.levels)
    elif item.kind in ("number", "count"):
        validation = "integer" if item.kind == "count" else "number"
        low = "" if item.low is None else f"{item.low:g}"
        high = "" if item.high is None else f"{item.high:g}"
    elif item.kind in ("parts", "genes", "pairs", "map", "one_or_more_genes") or path in ("note", "registration.note"):
        kind = "notes"
    note = item.meaning if len(item.meaning) <= 200 else item.meaning[:197] + "..."
    row = dict.fromkeys(DICTIONARY, "")
    row |= dict(
        zip(DICTIONARY[:9], (field_of(path), form, "", kind, item.label, choices, note, validation, low), strict=True)
    )
    row[DICTIONARY[9]] = high
    row[DICTIONARY[12]] = "y" if item.required else ""
    return list(row.values())


def _said(level: str) -> str:
    return level.replace("_", " ").replace(",", " ").replace("|", "/")


def records(subjects: Iterable[Subject]) -> str:
    """Return the records: one row for what is said once, one row for each number of a repeating instrument.

    The rows of a subject come together; record, instrument and number are the one key of each row.
    """
    columns = list(_columns())
    return csv_of(
        [RECORD, INSTRUMENT, REPEAT, *columns],
        ([r.pop(RECORD), r.pop(INSTRUMENT, ""), r.pop(REPEAT, ""), *(r.get(c, "") for c in columns)]
         for r in _rows(subjects)),
    )  # fmt: skip


def _columns() -> Iterator[str]:
    for form in forms().values():
        for item in form.items.values():
            if item.kind == "choices":
                yield from (_box(item.path, level) for level in item.levels)
            else:
                yield field_of(item.path)
    yield from map(field_of, case_columns())


def _box(path: str, level: str) -> str:
    return f"{field_of(path)}___{level}"


def _rows(subjects: Iterable[Subject]) -> Iterator[dict[str, str]]:
    for subject in subjects:
        base = {RECORD: subject.id}
        if subject.registration is not None:
            base |= _cells(form_cells(subject.registration))
        if subject.case is not None:
            base |= _cells(scalars(subject.case))
        yield base
        for name in forms():
            if name not in repeating():
                continue
            bodies = [entry.body for entry in subject.of(KINDS[name])]
            taken = {number for body in bodies if (number := instance_of(body)) is not None}
            free = (n for n in range(1, 1 << 30) if n not in taken)
            for body in bodies:
                number = instance_of(body) or next(free)
                yield {RECORD: subject.id, INSTRUMENT: name, REPEAT: str(number)} | _cells(form_cells(body))
        if subject.case is not None:
            count: dict[str, int] = {}
            for method, cells in tests(subject.case):
                count[method] = count.get(method, 0) + 1
                yield {RECORD: subject.id, INSTRUMENT: method, REPEAT: str(count[method])} | _cells(cells)


def _cells(cells: dict[str, str]) -> dict[str, str]:
    """Return the cells by field; every box of a form that is filled in, ticked or not, has one of its own."""
    found: dict[str, str] = {}
    for path, cell in cells.items():
        form, _, name = path.partition(".")
        item = forms()[form].items.get(name) if form in forms() else None
        if item is not None and item.kind == "choices":
            found |= {_box(path, level): "1" if level in cell.split() else "0" for level in item.levels}
        else:
            found[field_of(path)] = cell
    return found
