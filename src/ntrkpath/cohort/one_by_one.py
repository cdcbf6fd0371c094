"""A cohort decided case by case in plain Python: what a browser does, in which the libraries of columns do not run.

The same mapping of columns, the same reading of cells and the same counts as ``Triage`` and ``summarise``; every
distinct case is decided once, by ``recommend``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ntrkpath import __version__
from ntrkpath.cases.load import decode_json
from ntrkpath.cohort.bad_rows import BadRow, bad_row
from ntrkpath.cohort.batches import DELIMITED
from ntrkpath.cohort.carried import FUSIONS, Carried
from ntrkpath.cohort.cases import case_of, without_files
from ntrkpath.cohort.cells import reader
from ntrkpath.cohort.columns import CASE_ID, raw_columns
from ntrkpath.cohort.mapping import DATES, Field, Plan, filled, plan, translated, wrong_word
from ntrkpath.cohort.mapping import Mapping as Columns
from ntrkpath.cohort.summarise import Summary, summed
from ntrkpath.cohort.tally import Tally, places
from ntrkpath.cohort.writing import SCHEMA, About
from ntrkpath.guidance import Edition
from ntrkpath.model.errors import CaseError
from ntrkpath.pathway import Pathway

Cells = Mapping[str, str | None]
#: Facts that a summary counts, beside tier and priority.
_CALLS = ("ihc", "fish", "rt_pcr", "rna", "dna", "sequence", "target", "histology_group")


class OneByOne:
    """One cohort in memory.

    Args:
        name: The name of its file, for messages.
        text: Its content.
        ending: ``.csv``, ``.tsv``, ``.txt``, ``.jsonl`` or ``.ndjson``.
        mapping: Which column fills which key; ``named`` is the name that is noted with the answers.
        as_of: The date noted with the answers.

    Attributes:
        rows: Its rows, bad ones included.
        bad: Those that were not decided.

    Raises:
        CaseError: It is empty, two of its columns share a name, or nothing fills the id or the histology.
    """

    def __init__(
        self, name: str, text: str, ending: str, mapping: Columns, edition: Edition, as_of: dt.date, named: str = ""
    ) -> None:
        self.name, self.edition, self._mapping = name, edition, mapping
        self._pathway = Pathway(edition, as_of, probability=False)
        self._carried = Carried(edition)
        self._places = places(edition)
        self._known: dict[tuple[tuple[str, str], ...], dict[str, Any] | CaseError] = {}
        self._tally = Tally()
        self._columns: tuple[str, ...] = ()
        self._given = _delimited(name, text, DELIMITED[ending]) if ending in DELIMITED else list(_lines(text, mapping))
        if not self._given:
            raise CaseError("the file is empty", where=name, remedy="write one case a line")
        self.rows, self.bad = len(self._given), list[BadRow]()
        columns = dict.fromkeys(column for cells in self._given if not isinstance(cells, BadRow) for column in cells)
        # Of JSON lines the words for an empty cell are taken out already, where they stand for one.
        read = mapping if ending in DELIMITED else msgspec.structs.replace(mapping, empty=())
        self._plan: Plan | None = plan(read, columns, name) if columns else None
        self._about = About(
            SCHEMA, __version__, {"id": edition.id, "version": edition.version, "sha256": edition.sha256}, as_of,
            edition.labels_known_to, self._pathway.reading, name, named, rows=self.rows,
            not_read=self._plan.not_read if self._plan else {},
        )  # fmt: skip

    def decide(self) -> Iterator[int]:
        """Decide every row, and yield after each one how many are done.

        Raises:
            CaseError: An id stands twice.
        """
        seen: dict[str, int] = {}
        for number, given in enumerate(self._given, 1):
            if isinstance(given, BadRow):
                self.bad.append(given)
            else:
                self._row(number, given, seen)
            yield number

    def _row(self, number: int, given: Cells, seen: dict[str, int]) -> None:
        assert self._plan is not None
        ident: str | None = None
        try:
            ident, cells = _mapped(self._plan, given)
            self._columns = ("row", *(field.path for field, _ in self._plan.fields))
            if ident in seen:
                raise _Twice(f"{ident} in rows {seen[ident]}, {number}")
            seen[ident] = number
            days = _days(cells)
            key = tuple((path, text) for path, text in cells.items() if path not in DATES and text is not None)
            if key not in self._known:
                self._known[key] = self._decided(dict(key))
            found = self._known[key]
            if isinstance(found, CaseError):
                raise found
        except _Twice as twice:
            raise CaseError(
                "a case id stands more than once", where=CASE_ID, value=str(twice),
                remedy="give every case an id of its own (for samples: the sample id, not the patient's)",
            ) from None  # fmt: skip
        except CaseError as error:
            self.bad.append(bad_row(number, ident, error))
            return
        self._tally.add({**found, "turnaround_days": days})

    def _decided(self, cells: dict[str, str]) -> dict[str, Any] | CaseError:
        """Return what a summary counts of one case, or why it cannot be decided."""
        try:
            told = self._pathway.recommend(case_of({CASE_ID: "x", **cells}))
        except CaseError as error:
            return error
        rules = [step.rule for step in told.trace]
        return {
            **{fact: told.facts[fact] for fact in _CALLS}, "tier": told.tier, "priority": told.priority,
            "actions": " ".join(f"{one.action}:{one.strength}" for one in told.actions),
            "missing": " ".join(one.fact for one in told.missing),
            "rules": tuple(rules[i] for i in self._places.values()),
            "fusions": " ".join(sorted({
                name for column in FUSIONS if column in cells for name in self._fusions(column, cells[column])
            })),
            "trk_inhibitor": self._therapy(cells.get("therapy")),
        }  # fmt: skip

    def _fusions(self, column: str, text: str) -> list[str]:
        return self._carried.named(column, reader(raw_columns()[column])(text) or ())

    def _therapy(self, text: str | None) -> str | None:
        """Return whether a TRK inhibitor was given; ``None`` where no column tells of therapy."""
        assert self._plan is not None
        if all(field.path != "therapy" for field, _ in self._plan.fields):
            return None
        value = None if text is None else reader(raw_columns()["therapy"])(text)
        return "unknown" if value is None else self._carried.given(value)

    def about(self) -> About:
        """Return how the cohort was decided, with the counts."""
        decided = self.rows - len(self.bad)
        columns = tuple(sorted(self._columns))
        return msgspec.structs.replace(self._about, decided=decided, bad=len(self.bad), columns=columns)

    def summary(self) -> Summary:
        """Return the decided cohort in numbers."""
        return summed(self._tally, self.about(), self.edition)


class _Twice(Exception):  # noqa: N818 - told as an error of the case format
    """An id stands twice."""


def _delimited(name: str, text: str, delimiter: str) -> list[Cells | BadRow]:
    """Return the rows of a table by the names of its columns."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    lines = io.StringIO(text, newline="")
    above = ""
    while delimiter != "," and (above := lines.readline()).startswith("#"):
        pass
    quoting: Any = csv.QUOTE_MINIMAL if delimiter == "," else csv.QUOTE_NONE
    if delimiter == "," and text.count('"') % 2:
        raise CaseError(
            "a quotation mark is opened and never closed", where=name,
            remedy="close it, or double it where it belongs to the text",
        )  # fmt: skip
    rows = csv.reader(io.StringIO(above + lines.read(), newline=""), delimiter=delimiter, quoting=quoting)
    head = next(rows, [])
    if twice := next((column for column in head if head.count(column) > 1), None):
        raise CaseError("two columns share a name", where=name, value=twice, remedy="rename one of them")
    return [
        dict(zip(head, row, strict=True)) if len(row) == len(head) else BadRow(
            number, None, "row", f"{len(row)} cells where the header has {len(head)}; quote cells with a comma"
        )
        for number, row in enumerate(filter(None, rows), 1)
    ]  # fmt: skip


def _lines(text: str, mapping: Columns) -> Iterator[Cells | BadRow]:
    """Yield the cases of JSON lines as columns of text, or why a line is none."""
    for number, line in enumerate(filter(str.strip, text.split("\n")), 1):
        try:
            yield _line(line.encode(), mapping)
        except CaseError as error:
            yield bad_row(number, None, error)
        except (msgspec.DecodeError, RecursionError):
            told = CaseError("not readable as JSON", remedy="check commas, quotes, brackets and encoding")
            yield bad_row(number, None, told)


def _line(line: bytes, mapping: Columns) -> Cells:
    data = msgspec.json.decode(line)
    if not isinstance(data, dict):
        raise CaseError("a line holds one JSON object", remedy="write one case a line")
    if not isinstance(data.get("diagnosis"), dict):
        return {key: filled(mapping, _text(value)) for key, value in data.items()}
    case = without_files(decode_json(line))
    parts = ("diagnosis", "patient", "disease")
    cells = {f"{part}.{key}": value for part in parts for key, value in (data.get(part) or {}).items()}
    cells |= {key: data[key] for key in ("alterations", "tests", "therapy") if key in data}
    return {CASE_ID: case.id, **{path: _text(value) for path, value in cells.items()}}


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else msgspec.json.encode(value).decode()


def _mapped(plan: Plan, given: Cells) -> tuple[str, dict[str, str | None]]:
    """Return the id and the raw columns of one row.

    Raises:
        CaseError: It has no id, or a word that the mapping does not know.
    """
    found: dict[str, str | None] = {}
    for field, names in plan.fields:
        if field.path == CASE_ID:
            found[CASE_ID] = next((text for name in names if (text := (given.get(name) or "").strip())), None)
        else:
            words = (filled(plan.mapping, given.get(name)) for name in names)
            found[field.path] = _told(field, next(filter(None, words), None))
    ident = found.pop(CASE_ID, None)
    if ident is None:
        raise CaseError("the case has no id; give every row one", where=CASE_ID)
    return ident, found


def _told(field: Field, word: str | None) -> str | None:
    try:
        if word is not None and field.path in DATES:
            dt.date.fromisoformat(word[:10])
        return translated(field, word) if word is not None and field.values else word
    except (LookupError, ValueError):
        raise CaseError(wrong_word(field, word or ""), where=field.path) from None


def _days(cells: Mapping[str, str | None]) -> int | None:
    """Return the days from request to report; ``None`` where one of the two is not stated."""
    ends = [cells.get(name) for name in DATES]
    if None in ends:
        return None
    first, last = (dt.date.fromisoformat(str(end)[:10]) for end in ends)
    return (last - first).days
