"""REDCap in: records of a project with its data dictionary, classical or longitudinal, as a table of our columns."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import msgspec

from ntrkpath.model.errors import CaseError
from ntrkpath.registry.flat import case_columns, form_columns
from ntrkpath.registry.items import INSTANCE
from ntrkpath.registry.sheet_rows import SUBJECT, Table, read_table

#: Columns that REDCap adds to the records.
EVENT, INSTRUMENT, REPEAT = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
_OTHERS = ("redcap_data_access_group", "redcap_survey_identifier")
#: The columns of a data dictionary, in the order of REDCap.
DICTIONARY = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?",
    "Branching Logic (Show field only if...)", "Required Field?", "Custom Alignment",
    "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?", "Field Annotation",
)  # fmt: skip
#: A box: its field, three underscores and its code, in which REDCap writes a minus as one more underscore.
_BOX = re.compile(r"(.+?)___(.+)")
_YES_NO = {"yesno": {"1": "yes", "0": "no"}, "truefalse": {"1": "true", "0": "false"}}


class Field(msgspec.Struct, frozen=True):
    """A field of a project: its type, and the label of each code."""

    name: str
    form: str
    type: str
    choices: dict[str, str]


def fields_of(path: Path) -> dict[str, Field]:
    """Read a data dictionary: each field by its name.

    Raises:
        CaseError: It cannot be read, or is none.
    """
    table = read_table(path)
    short = {name.casefold(): i for i, name in enumerate(table.head)}
    try:
        at = [short[DICTIONARY[i].casefold()] for i in (0, 1, 3, 5)]
    except KeyError as error:
        raise CaseError(
            "no data dictionary of REDCap", where=table.name, value=error.args[0], remedy="export it from the project"
        ) from None
    found = {}
    for _, row in table.rows:
        name, form, kind, choices = (row[i] if i < len(row) else "" for i in at)
        codes = _YES_NO.get(kind) or (_choices(choices) if kind in ("radio", "dropdown", "checkbox") else {})
        found[name] = Field(name, form, kind, codes)
    return found


def _choices(text: str) -> dict[str, str]:
    pairs = [part.partition(",") for part in text.split("|") if part.strip()]
    return {code.strip(): label.strip() or code.strip() for code, _, label in pairs}


def path_of() -> dict[str, str]:
    """Return the path of each field of our own data dictionary."""
    return {field_of(path): path for path in (*case_columns(), *form_columns())}


def field_of(path: str) -> str:
    """Return the name of the field of a path."""
    return path.replace(".", "_").casefold()


def is_records(table: Table) -> bool:
    """Return whether a table holds records of REDCap."""
    if {EVENT, INSTRUMENT, REPEAT}.intersection(table.head):
        return True
    return table.head[:1] == ["record_id"] and any(n.endswith("_complete") or _BOX.fullmatch(n) for n in table.head)


def as_columns(table: Table, fields: dict[str, Field]) -> Table:
    """Return the records as a table of our columns.

    Codes become the words that the dictionary has for them, ticked boxes one cell; boxes of which none is ticked say
    nothing. A form of a repeating instrument or of an event keeps its number.

    Raises:
        CaseError: The records have no column of the record.
    """
    record = next(iter(fields), table.head[0] if table.head else "record_id")
    if record not in table.head:
        raise CaseError("no column of the record", where=table.name, value=record, allowed=table.head[:12])
    ours = path_of()
    head: list[str] = [SUBJECT, INSTANCE]
    columns: dict[str, list[int]] = {}
    boxes: dict[int, tuple[str, str]] = {}
    for i, name in enumerate(table.head):
        if name in (record, EVENT, INSTRUMENT, REPEAT, *_OTHERS) or name.endswith("_complete"):
            continue
        match = _BOX.fullmatch(name)
        if match is not None and match[1] not in table.head:
            boxes[i] = (match[1], match[2])
            columns.setdefault(match[1], []).append(i)
        else:
            columns[name] = [i]
    head += [ours.get(name, name) for name in columns]
    at = {name: table.head.index(name) for name in (record, EVENT, INSTRUMENT, REPEAT) if name in table.head}
    rows = []
    for number, row in table.rows:
        cells = [_cell(row, i) for i in range(len(table.head))]
        made = [cells[at[record]], _instance(cells, at)]
        for name, places in columns.items():
            told = fields.get(name)
            if places[0] in boxes:
                ticked = [boxes[i][1] for i in places if cells[i] in ("1", "Checked")]
                made.append(" ".join(_word(code, name, told, ours) for code in ticked))
            else:
                made.append(_word(cells[places[0]], name, told, ours))
        rows.append((number, made))
    return Table(table.name, head, rows, table.notes)


def _cell(row: list[str], i: int) -> str:
    return row[i].strip() if i < len(row) else ""


def _word(code: str, name: str, field: Field | None, ours: dict[str, str]) -> str:
    """Return the word of a code: ours as it stands, that of another project by its dictionary."""
    path = ours.get(name)
    if path is not None:
        item = form_columns().get(path)
        levels = item.levels if item is not None else case_columns()[path].levels
        level = next((level for level in levels if level.casefold() == code.casefold()), None)
        if level is not None:
            return level
    if field is None or not field.choices:
        return code
    words = {known.casefold(): word for known, word in field.choices.items()}
    if field.type == "checkbox":
        words = {known.replace("-", "_"): word for known, word in words.items()} | words
    return words.get(code.casefold(), code)


def _instance(cells: list[str], at: dict[str, int]) -> str:
    """Return the number of the forms of a row; with events one that is the same whichever events a file holds."""
    repeat = cells[at[REPEAT]] if REPEAT in at else ""
    event = cells[at[EVENT]] if EVENT in at else ""
    if not event:
        return repeat
    return str((zlib.crc32(event.encode()) % 1_000_000 + 1) * 1_000 + int(repeat if repeat.isdecimal() else 0))
