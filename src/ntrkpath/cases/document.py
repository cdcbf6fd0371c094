"""A case as plain data: each key read by its kind, all errors at once, and what was read otherwise than written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ntrkpath.cases import sequences
from ntrkpath.cases.values import allowed_of, read_value
from ntrkpath.model.case import Case
from ntrkpath.model.case_keys import LISTED, METHODS, PARTS, Key, keys_of
from ntrkpath.model.errors import CaseError
from ntrkpath.vocabulary.case_words import fold
from ntrkpath.vocabulary.cleaning import clean

_KINDS = {list: "a list", str: "text", int: "a number", float: "a number", bool: "true or false"}
_LONGEST_KEY = 40
_NONE = frozenset({"none", "no", "keine", "aucune", "aucun", "ninguna", "ninguno", "nessuna", "nessuno"})
_MARKER = re.compile(r"(.+?)[ :]*(\+{1,3}|-|\bpos(?:itive)?|\bneg(?:ative)?)", re.IGNORECASE)


class Document:
    """The plain data of one case, read.

    Attributes:
        plain: The case in the words of the format.
        errors: Everything that cannot be read, in the order of the case.
        read_as: What was written otherwise, as mappings of ``ReadAs``.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.errors: list[CaseError] = []
        self.read_as: list[dict[str, Any]] = []
        given = data.get("read_as")
        self.plain = self._part("", {key: value for key, value in data.items() if key != "read_as"}, Case)
        before = [entry for entry in given or () if isinstance(entry, dict)] if isinstance(given, list) else []
        if before or self.read_as:
            self.plain["read_as"] = [*before, *self.read_as]

    def _fail(self, where: str, error: CaseError) -> None:
        error.where = f"{where}.{error.where}" if error.where and where else error.where or where
        self.errors.append(error)

    def _said(self, where: str, stated: Any, read: Any, note: str | None = None) -> None:
        entry = {"where": where, "stated": as_text(stated), "read_as": as_text(read)}
        self.read_as.append({**entry, "note": note} if note else entry)

    def _part(self, where: str, data: Any, owner: type[msgspec.Struct], tag: str | None = None) -> dict[str, Any]:
        """Read one mapping by the keys of its type; ``tag`` is the method of a test."""
        if not isinstance(data, dict):
            self._fail(where, CaseError("not an allowed value", allowed="a mapping of keys", remedy=_REMEDY))
            return {}
        keys = keys_of(owner)
        read: dict[str, Any] = {"method": tag} if tag else {}
        for name, value in data.items():
            place = f"{where}.{name}" if where else str(name)
            key = keys.get(name) if isinstance(name, str) else None
            if key is not None and value is None:
                read[name] = None
            elif key is not None:
                self._value(place, name, key, value, read)
            elif not (tag and name == "method"):
                self._unknown(where, name, owner, tag)
        for name, key in keys.items():
            if key.required and data.get(name) is None and name not in self._failed(where):
                place = f"{where}.{name}" if where else name
                allowed = allowed_of(key) if key.levels else ()
                remedy = f"add `{name}`"
                self._fail(place, CaseError("required key is missing", allowed=allowed, remedy=remedy))
        return read

    def _failed(self, where: str) -> set[str]:
        """Return the keys of a part that already have an error of their own."""
        start = f"{where}." if where else ""
        return {e.where.removeprefix(start).partition(".")[0] for e in self.errors if e.where.startswith(start)}

    def _value(self, place: str, name: str, key: Key, value: Any, into: dict[str, Any]) -> None:
        if key.kind == "part":
            into[name] = self._part(place, value, PARTS[name])
        elif name == "tests":
            into[name] = self._list(place, value, self._test)
        elif key.kind == "parts":
            into[name] = self._list(place, value, lambda at, item: self._listed(at, item, name))
        elif key.kind == "map":
            into[name] = self._map(place, key, value)
        else:
            try:
                into[name] = read = read_value(key, value)
            except CaseError as error:
                error.where = ""
                self._fail(place, error)
                return
            if read != value and isinstance(value, str | list | bool):
                self._said(place, value, read)

    def _list(self, place: str, value: Any, item: Callable[[str, Any], Any]) -> list[Any]:
        if isinstance(value, str):
            if fold(value) in _NONE:
                self._said(place, value, "none")
                return []
            value = sequences.apart(value)
        if not isinstance(value, list):
            self._fail(place, CaseError("not an allowed value", allowed="a list", remedy=_REMEDY))
            return []
        return [item(f"{place}[{i}]", entry) for i, entry in enumerate(value)]

    def _test(self, place: str, data: Any) -> Any:
        if not isinstance(data, dict):
            self._fail(place, CaseError("not an allowed value", allowed="a mapping of keys", remedy=_REMEDY))
            return {}
        stated = data.get("method")
        if stated is None:
            error = CaseError("required key is missing", allowed=list(METHODS), remedy="add `method`")
            self._fail(f"{place}.method", error)
            return {}
        try:
            method = read_value(_METHOD, stated)
        except CaseError as error:
            self._fail(f"{place}.method", error)
            return {}
        if method != stated:
            self._said(f"{place}.method", stated, method)
        return self._part(place, data, METHODS[method], method)

    def _listed(self, place: str, data: Any, name: str) -> Any:
        """Read one fusion, mutation, alteration or line of therapy; the first two may be one text."""
        try:
            item = sequences.whole(name, data)
        except CaseError as error:
            self._fail(place, error)
            return {}
        if item.said:
            self._said(place, data, item.said, item.note)
        return self._part(place, item.data, LISTED[name])

    def _map(self, place: str, key: Key, value: Any) -> dict[str, Any]:
        if isinstance(value, str | list):
            parts = re.split(r"\s*[,;]\s*", clean(value)) if isinstance(value, str) else value
            marked = [_MARKER.fullmatch(clean(part)) if isinstance(part, str) else None for part in parts]
            if all(marked):
                stated, value = value, {m[1].strip(): m[2] for m in marked if m}
                self._said(place, stated, ", ".join(f"{marker} {told}" for marker, told in value.items()))
        if not isinstance(value, dict):
            self._fail(place, CaseError("not an allowed value", allowed="a mapping of markers", remedy=_REMEDY))
            return {}
        read: dict[str, Any] = {}
        inner = msgspec.structs.replace(key, kind="choice")
        for marker, told in value.items():
            self._value(f"{place}.{short(str(marker))}", clean(str(marker)), inner, told, read)
        return read

    def _unknown(self, where: str, name: Any, owner: type[msgspec.Struct], tag: str | None) -> None:
        known = [*(["method"] if tag else []), *(key for key in keys_of(owner) if key != "read_as")]
        if owner is Case:
            known.sort(key=lambda key: ("id", "diagnosis").index(key) if key in ("id", "diagnosis") else 2)
        if not isinstance(name, str):
            self._fail(where, CaseError("a key is text", value=name, allowed=known, remedy="correct the key"))
            return
        import difflib  # only for a bad case

        shown = short(name)
        near = difflib.get_close_matches(shown, known, n=1, cutoff=0.5)
        remedy = f"did you mean {near[0]!r}?" if near else "remove it"
        place = f"{where}.{shown}" if where else shown
        self._fail(place, CaseError(f"unknown key {shown!r}", allowed=known, remedy=remedy))


_REMEDY = "correct the value, or leave out what is not known"
_METHOD = Key("Test", "method", "choice", tuple(METHODS), words="methods")


def short(key: str) -> str:
    """Return a key on one line, cut where it is longer than any key of ours."""
    line = " ".join(key.split())
    return line if len(line) <= _LONGEST_KEY else f"{line[: _LONGEST_KEY - 3]}..."


def as_text(value: Any) -> str:
    """Return a value of a case as one short text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(as_text, value)) or "none"
    if isinstance(value, dict):
        return "; ".join(f"{str(key).replace('_', ' ')} {as_text(entry)}" for key, entry in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
