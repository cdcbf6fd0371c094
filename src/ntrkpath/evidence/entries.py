"""Entries of the files of evidence: read into their types, by their ids, checked; an error names its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ntrkpath.model.errors import GuidanceError


def converted(entry: Any, kind: Any, where: str) -> Any:
    """Return an entry as a value of its type; what does not fit is an error that names the place."""
    try:
        return msgspec.convert(entry, kind)
    except msgspec.ValidationError as error:
        raise GuidanceError(str(error), where=where) from None


def by_id(entries: Iterable[Mapping[str, Any]], where: str) -> dict[str, Mapping[str, Any]]:
    """Return entries by their ids, in their order; an entry without one, or a second of one id, is an error."""
    found: dict[str, Mapping[str, Any]] = {}
    for number, entry in enumerate(entries):
        ident = entry.get("id")
        if not isinstance(ident, str):
            raise GuidanceError("an entry without an id", where=f"{where}[{number}].id", value=ident)
        if ident in found:
            raise GuidanceError("a second entry of this id", where=f"{where}: {ident}.id", value=ident)
        found[ident] = entry
    return found


def check_percentage(value: Any, where: str) -> None:
    """Check that a value is a percentage."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise GuidanceError("not a percentage", where=where, value=value, allowed="0 to 100")


def check_entry(x: Any, n: Any, where: str, names: tuple[str, str] = ("positive", "tested")) -> None:
    """Check a count and its total; ``names`` are the fields that hold them."""
    for name, value in zip(names, (x, n), strict=True):
        if isinstance(value, bool) or not isinstance(value, int):
            raise GuidanceError("not a whole number", where=f"{where}.{name}", value=value)
    if n < 1:
        raise GuidanceError("nothing was counted", where=f"{where}.{names[1]}", value=n, allowed="1 or more")
    if not 0 <= x <= n:
        raise GuidanceError("a count outside its total", where=f"{where}.{names[0]}", value=x, allowed=f"0 to {n}")
