"""Which column of a table fills which key of a case: mappings in YAML, held against columns of any naming."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.cohort.columns import CASE_ID, named, raw_columns
from ntrkpath.guidance.files import KNOWLEDGE
from ntrkpath.model.errors import CaseError, GuidanceError

#: Where the mappings stand that come with ntrkpath.
SHIPPED = KNOWLEDGE / "cohort" / "mappings"
#: Columns of a cohort that no decision reads: two dates that make the turnaround of the test.
DATES = ("requested", "reported")
#: ``else`` of a column whose other words stay as they are.
KEPT = "*"
#: Most bytes of a mapping that a visitor sends.
MOST_SENT = 64 * 1024
_KEYS = {"id", "title", "extends", "source", "note", "columns", "empty", "unused", "study"}
_FIELD_KEYS = {"from", "values", "else", "note"}


class Field(msgspec.Struct, frozen=True):
    """How one key of a case is filled.

    Args:
        path: The key (``diagnosis.histology``), ``case_id``, ``requested`` or ``reported``.
        columns: Columns of the table, any of which may be absent; the first that is filled counts.
        values: Words of the table to words of the case format; empty: taken as they stand.
        otherwise: What a word that is not in ``values`` becomes (``*``: it stays); ``None``: such a row is bad.
    """

    path: str
    columns: tuple[str, ...]
    values: dict[str, str]
    otherwise: str | None = None


class Mapping(msgspec.Struct, frozen=True):
    """A mapping of columns.

    Args:
        empty: Words that stand for an empty cell, in any case.
        unused: Columns known to serve nothing here, in any case; any other unknown column is named to the user.
        study: How a cBioPortal study is read (``cohort.cbioportal``); empty for plain tables.
    """

    id: str
    title: str
    fields: dict[str, Field]
    empty: tuple[str, ...]
    unused: frozenset[str]
    study: dict[str, Any]


@cache
def shipped() -> tuple[str, ...]:
    """Return the names of the mappings that come with ntrkpath."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


def load_mapping(name: str | Path | Mapping) -> Mapping:
    """Load a mapping by name, or from a YAML file; one that is loaded already is returned.

    Raises:
        GuidanceError: No such mapping, or it is malformed.
    """
    return name if isinstance(name, Mapping) else _mapping(_read(name), str(name))


def sent_mapping(name: str, content: bytes) -> Mapping:
    """Return a mapping that a visitor sent: it may extend one that comes with ntrkpath, and name no file.

    Raises:
        GuidanceError: It is malformed, too large, extends another file or reads a study in another way.
    """
    if len(content) > MOST_SENT:
        raise GuidanceError(
            "too large for a mapping", where=name, value=len(content), allowed=f"up to {MOST_SENT} bytes"
        )
    data = _checked(content, name)
    if "study" in data:
        raise GuidanceError("a mapping that is sent says nothing of the files of a study", where=name, value="study")
    if "extends" in data and data["extends"] not in shipped():
        raise GuidanceError("no such mapping", where=name, value=str(data["extends"]), allowed=shipped())
    return _mapping(_extended(data), name)


def _read(name: str | Path) -> dict[str, Any]:
    path = SHIPPED / f"{name}.yaml" if str(name) in shipped() else Path(name)
    if not path.is_file():
        raise GuidanceError("no such mapping", value=str(name), allowed=shipped(), remedy="or name a YAML file")
    return _extended(_checked(path.read_bytes(), path.name))


def _checked(content: bytes, where: str) -> dict[str, Any]:
    import yaml

    try:
        data = yaml.safe_load(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise GuidanceError("not UTF-8 text", where=where, remedy="save the mapping as UTF-8") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise GuidanceError(
            "not readable as YAML", where=f"{where}{line}", remedy="check indents, quotes and colons there"
        ) from None  # fmt: skip
    if not isinstance(data, dict):
        raise GuidanceError("a mapping is a YAML mapping with the key columns", where=where)
    for key in data:
        if key not in _KEYS:
            raise GuidanceError("unknown key", where=where, value=key, allowed=sorted(_KEYS))
    return data


def _extended(data: dict[str, Any]) -> dict[str, Any]:
    if "extends" not in data:
        return data
    base = _read(str(data["extends"]))
    return {
        **base,
        **data,
        "columns": {**(base.get("columns") or {}), **(data.get("columns") or {})},
        "empty": [*(base.get("empty") or ()), *(data.get("empty") or ())],
        "unused": [*(base.get("unused") or ()), *(data.get("unused") or ())],
        "study": {**(base.get("study") or {}), **(data.get("study") or {})},
    }


def _mapping(data: dict[str, Any], where: str) -> Mapping:
    fields = {}
    for key, entry in (data.get("columns") or {}).items():
        path = _path(str(key), f"{where}: columns")
        entry = {"from": entry} if isinstance(entry, str | list) else entry
        if not isinstance(entry, dict) or "from" not in entry or set(entry) - _FIELD_KEYS:
            raise GuidanceError("a column is a name, a list of names, or a mapping", where=f"{where}: columns.{key}",
                                allowed=sorted(_FIELD_KEYS))  # fmt: skip
        columns = [entry["from"]] if isinstance(entry["from"], str) else entry["from"]
        values = {str(k).casefold(): str(v) for k, v in (entry.get("values") or {}).items()}
        otherwise = entry.get("else")
        fields[path] = Field(path, tuple(map(str, columns)), values, None if otherwise is None else str(otherwise))
    empty = tuple(dict.fromkeys(str(word).casefold() for word in data.get("empty") or ()))
    unused = frozenset(str(name).casefold() for name in data.get("unused") or ())
    return Mapping(
        str(data.get("id") or Path(where).stem), str(data.get("title", "")), fields, empty, unused,
        data.get("study") or {},
    )  # fmt: skip


def _path(key: str, where: str) -> str:
    if key == CASE_ID or key in DATES:
        return key
    column = named(key)
    if column is None:
        known = [CASE_ID, *DATES, *raw_columns()]
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        raise GuidanceError(
            "no such key of a case", where=where, value=key, allowed=f"case_id, {', '.join(raw_columns())}",
            remedy=f"did you mean {near[0]!r}?" if near else "",
        )  # fmt: skip
    return column.path


class Plan(msgspec.Struct, frozen=True):
    """A mapping held against the columns of one table.

    Args:
        fields: Each field with the columns of this table that fill it, in order.
        not_used: Columns that fill nothing and are not known to be useless.
    """

    mapping: Mapping
    fields: tuple[tuple[Field, tuple[str, ...]], ...]
    not_used: tuple[str, ...]

    @property
    def not_read(self) -> dict[str, str]:
        """Columns that fill nothing and are not known to be useless, each with the nearest key of a case."""
        from ntrkpath.cohort.naming import nearest

        return nearest(self.not_used) if self.not_used else {}

    @property
    def columns(self) -> list[str]:
        """Every column of the table that is read."""
        return list(dict.fromkeys(name for _, names in self.fields for name in names))


def plan(mapping: Mapping, columns: Iterable[str], where: str = "", more: Iterable[str] = ()) -> Plan:
    """Hold a mapping against the columns of a table; a column named as a key of a case fills that key.

    Args:
        more: Keys that are filled from elsewhere.

    Raises:
        CaseError: Nothing fills the case id or the histology, or two columns fill one key.
    """
    columns = list(columns)
    by_name: dict[str, str] = {}
    for name in columns:
        by_name.setdefault(name.casefold(), name)
    found: dict[str, tuple[Field, tuple[str, ...]]] = {}
    for key, field in mapping.fields.items():
        names = tuple(by_name[c.casefold()] for c in field.columns if c.casefold() in by_name)
        if names:
            found[key] = (field, names)
    taken = {name for _, names in found.values() for name in names}
    for name in columns:
        path = None if name in taken else _named_as(mapping, name)
        if path is None or (path == CASE_ID and path in found):
            continue
        if path in found:
            raise CaseError(
                "two columns fill one key", where=where, value=f"{', '.join(found[path][1])} and {name}",
                allowed=f"one column for {path}", remedy="rename one, or name the one to use in a mapping",
            )  # fmt: skip
        found[path] = (Field(path, (name,), {}), (name,))
        taken.add(name)
    _check_needed(mapping, columns, {*found, *more}, where)
    unused = tuple(n for n in columns if n not in taken and n.casefold() not in mapping.unused)
    return Plan(mapping, tuple(found.values()), unused)


def _named_as(mapping: Mapping, name: str) -> str | None:
    """Return the key whose name a column bears; in a study only in small letters, since its own are in capitals."""
    if name == CASE_ID or name in DATES:
        return name
    column = None if mapping.study and name.casefold() != name else named(name)
    return column.path if column else None


def _check_needed(mapping: Mapping, columns: list[str], filled: set[str], where: str) -> None:
    for needed in (CASE_ID, "diagnosis.histology"):
        if needed not in filled:
            wanted = mapping.fields[needed].columns if needed in mapping.fields else (needed,)
            raise CaseError(
                f"no column fills {needed}", where=where, value=", ".join(columns[:12]), allowed=wanted,
                remedy="name your column in a mapping (columns: {" + needed + ": YOUR_COLUMN}), given by --mapping; "
                "`ntrkpath cohort map` proposes one",
            )  # fmt: skip


def wrong_word(field: Field, word: str) -> str:
    """Return why a word of a column is not understood."""
    allowed, remedy = "YYYY-MM-DD", "correct the cell, or leave it empty where not known"
    if field.values:
        allowed, remedy = ", ".join(field.values), "add the word to the mapping"
    return f"not understood; given: {word[:60]}; allowed: {allowed}; {remedy}"


def filled(mapping: Mapping, text: str | None) -> str | None:
    """Return a text without spaces around it; ``None`` where it stands for an empty cell."""
    word = (text or "").strip()
    return None if not word or word.lower() in mapping.empty else word


def translated(field: Field, word: str) -> str | None:
    """Return a word of a table in the words of the case format; ``None`` for one that says that it is not known.

    Raises:
        LookupError: The mapping does not know the word.
    """
    told = field.values.get(word.casefold())
    if told is None:
        if field.otherwise is None:
            raise LookupError(word)
        told = word if field.otherwise == KEPT else field.otherwise
    return None if told == "unknown" else told
