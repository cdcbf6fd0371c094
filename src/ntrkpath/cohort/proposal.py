"""A mapping proposed for a table: the keys and levels that its columns and words may mean, for a person to edit."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.cohort.batches import DELIMITED, FORMATS, LINES, WORKBOOKS, reading, require
from ntrkpath.cohort.columns import CASE_ID
from ntrkpath.cohort.mapping import Mapping, load_mapping, plan, shipped
from ntrkpath.cohort.naming import level_of, levels, meaning, says_nothing
from ntrkpath.cohort.regular_files import regular
from ntrkpath.cohort.sources import format_of
from ntrkpath.cohort.workbook import read_sheet
from ntrkpath.model.errors import CaseError

#: Distinct words of a column that are shown, and rows that are looked at.
_SHOWN, _ROWS = 12, 10_000
_NEEDED = (CASE_ID, "diagnosis.histology")


class Proposal(msgspec.Struct, frozen=True):
    """A proposed mapping.

    Args:
        text: The YAML, with the words seen as comments.
        told: What the user should know: columns without a key, words not understood, needed keys without a column.
    """

    text: str
    told: tuple[str, ...]


def propose(path: Path, mapping: str | None = None, *, sheet: str = "") -> Proposal:
    """Propose a mapping for a table.

    Args:
        path: A table (CSV, TSV, Parquet, a workbook).
        mapping: The mapping to begin with; by default the one that comes with ntrkpath and leaves fewest columns over.

    Raises:
        CaseError: The file cannot be read, or its rows are JSON lines, whose keys are named already.
    """
    words = words_of(path, sheet)
    base = load_mapping(mapping) if mapping else _best(list(words))
    return _Writer(path.name, base, words).proposal()


def words_of(path: Path, sheet: str = "") -> dict[str, Counter[str]]:
    """Return the columns of a table with the words of their first cells and how often each stands.

    Raises:
        CaseError: There is no such file, it cannot be read, or it is no table.
    """
    import polars as pl

    require()
    if not regular(path).is_file():
        raise CaseError(
            "no such table", where=str(path), allowed=FORMATS, remedy="give one file: of a study, its samples"
        )
    ending = format_of(str(path), path)
    if ending in LINES:
        raise CaseError("JSON lines need no mapping", where=path.name, remedy="name the keys as the case format does")
    with reading(path.name):
        if ending in WORKBOOKS:
            head, body, _ = read_sheet(path, sheet)
            columns = {name: [row[i] if i < len(row) else None for row in body[:_ROWS]] for i, name in enumerate(head)}
        elif ending == ".parquet":
            frame = pl.scan_parquet(path).head(_ROWS).collect()
            columns = {c.name: [] if c.dtype.is_nested() else c.cast(pl.String).to_list() for c in frame.iter_columns()}
        else:
            tabs = DELIMITED[ending] == "\t"
            columns = pl.read_csv(
                path, separator=DELIMITED[ending], comment_prefix="#" if tabs else None, infer_schema=False,
                n_rows=_ROWS, truncate_ragged_lines=True, quote_char=None if tabs else '"',
            ).to_dict(as_series=False)  # fmt: skip
    return {name: Counter(cell.strip() for cell in cells if cell and cell.strip()) for name, cells in columns.items()}


def _best(columns: list[str]) -> Mapping:
    """Return the mapping that fills most and leaves fewest columns over; the plain one where several do."""

    def left(mapping: Mapping) -> tuple[int, int, bool]:
        held = plan(mapping, columns, more=_NEEDED)
        return len(held.not_used) - len(held.fields), len(held.not_used), mapping.id != "default"

    known = [load_mapping(name) for name in shipped()]
    return min((m for m in known if _fits(m, columns)), key=left, default=load_mapping("default"))


def _fits(mapping: Mapping, columns: list[str]) -> bool:
    try:
        plan(mapping, columns, more=_NEEDED)
    except CaseError:
        return False
    return True


class _Writer:
    """Writes the proposal for one table."""

    def __init__(self, name: str, base: Mapping, words: dict[str, Counter[str]]) -> None:
        self.name, self.base, self.words = name, base, words
        self.told: list[str] = []
        self.empty: dict[str, None] = {}
        held = plan(base, words, name, more=_NEEDED)
        self.filled = {field.path: names for field, names in held.fields}
        self.translated = {field.path for field, _ in held.fields if field.values}
        self.unread = held.not_used

    def proposal(self) -> Proposal:
        """Return the proposal."""
        lines = [
            f"# Proposed for {self.name} by `ntrkpath cohort map`. Nothing here is applied until you give this file:",
            "# read it, correct it, then `ntrkpath cohort triage IN OUT --mapping THIS_FILE`.",
            f"extends: {self.base.id}",
        ]
        entries: list[str] = []
        for path, names in self.filled.items():
            if levels(path) and path not in self.translated:
                entries += self._entry(path, names[0], "# named as the key", always=False)
        taken = set(self.filled)
        rest: list[str] = []
        near: list[tuple[str, str]] = []
        for column in self.unread:
            path, known = meaning(column)
            if known and path not in taken:
                taken.add(path)
                entries += self._entry(path, column, "# a known name")
            elif path:
                near.append((column, path))
            else:
                rest.append(column)
        for column, path in near:
            if path in taken:
                rest.append(column)
                continue
            taken.add(path)
            entries += self._entry(path, column, f"# near: is {_quoted(column)} {path}?")
            self.told.append(f"near only: column {column} as {path}; check it")
        lines += ["columns:", *entries] if entries else ["columns: {}"]
        if self.empty:
            lines += [
                "# Words that leave a cell empty, in any column.",
                "empty:",
                *(f"- {_quoted(w)}" for w in self.empty),
            ]
        if rest:
            lines += ["# Columns that nothing is proposed for; they are not read, and triage says so:"]
            lines += [f"#   {_quoted(column)}: {self._seen(column)}" for column in rest]
            self.told.append(f"nothing proposed for: {', '.join(rest)}")
        for needed in _NEEDED:
            if needed not in taken:
                lines.append(f"# Needed and not found: {needed}. Add under columns:  {needed}: YOUR_COLUMN")
                self.told.append(f"needed and not found: a column for {needed}")
        return Proposal("\n".join(lines) + "\n", tuple(self.told))

    def _entry(self, path: str, column: str, how: str, *, always: bool = True) -> list[str]:
        """Return the lines of one key; none where its words need no translation and the name says enough."""
        words = self.words.get(column, Counter())
        known: dict[str, str] = {}
        strange: list[str] = []
        for word in words if levels(path) else ():
            if word.casefold() in self.base.empty:
                continue
            level = level_of(path, word)
            if level is not None:
                known[word] = level
            elif says_nothing(word):
                self.empty[word.casefold()] = None
            else:
                strange.append(word)
        same = all(word == level for word, level in known.items())
        if not always and same and not strange:
            return []
        lines = [f"  {how}; seen: {self._seen(column)}", f"  {path}:", f"    from: {_quoted(column)}"]
        if levels(path) and not (same and not strange):
            translated = {level: level for level in levels(path)} | known
            lines += ["    values:", *(f"      {_quoted(w)}: {_quoted(v)}" for w, v in translated.items())]
        for word in strange[:_SHOWN]:
            lines.append(f"      # not understood, its rows will be bad until you translate it: {_quoted(word)}")
        if strange:
            self.told.append(f"column {column}: {len(strange)} words not understood: {', '.join(strange[:4])}")
        return lines

    def _seen(self, column: str) -> str:
        """Return the commonest words of a column with their counts; long texts and many distinct ones are not shown."""
        words = self.words.get(column, Counter())
        if not words:
            return "nothing"
        if len(words) > 4 * _SHOWN or any(len(word) > 40 for word in words):
            return f"{len(words)} different texts"
        shown = [f"{_quoted(word)} {count}" for word, count in words.most_common(_SHOWN)]
        return ", ".join(shown) + (f", {len(words) - _SHOWN} more" if len(words) > _SHOWN else "")


def _quoted(text: Any) -> str:
    """Return a text as YAML and JSON both read it, on one line."""
    return msgspec.json.encode(str(text)).decode()
