"""What goes into a cohort and what comes out: the raw columns of a case, the answers, and the rows that are bad.

A raw column is named by the path of the case key that it fills: ``diagnosis.histology``, ``disease.extent``,
``patient.age``; for these three parts the last word alone will do (``histology``, ``extent``, ``age``). One test of
each method may stand in columns of its own, named by method and key: ``pan_trk_ihc.percent``, ``rna_mps.fusions``; more
tests of one method stand in the list column ``tests``. A cell that is null says what an absent key says. A frame of
cases is decided by ``frame.Decider``; what comes out is keyed by ``case_id``, never by position.
"""

from __future__ import annotations

import types
import typing
from functools import cache
from typing import Any

import msgspec

from ntrkpath.model import case as model
from ntrkpath.model.errors import CaseError

#: The column that tells cases apart.
CASE_ID = "case_id"
#: What every answer carries, in order; ``missing`` follows where it is asked for. ``actions`` are ``action:strength``,
#: most important first; ``rules`` are rule ids in the order of the tables; ``missing`` are facts. Words are separated
#: by one space.
ANSWERS = (CASE_ID, "tier", "priority", "histology_group", "actions", "rules")
#: What is said of a bad row: its position in the frame given (from 0), its id, the place, and the reason.
BAD = ("row", CASE_ID, "where", "reason")

METHODS: dict[str, type[msgspec.Struct]] = {
    str(kind.__struct_config__.tag): kind for kind in typing.get_args(model.Test)
}
_PARTS: dict[str, type[msgspec.Struct]] = {
    "patient": model.Patient,
    "diagnosis": model.Diagnosis,
    "disease": model.Disease,
}
#: Keys of a case that no decision reads, and the output of a caller, which a cohort does not open.
_LEFT_OUT = {"id", "source", "note", "read_as", "file", "sample", "caller", "assembly", "panel"}


class Column(msgspec.Struct, frozen=True):
    """One raw column.

    Args:
        path: Its name.
        short: The last part of the path where that is enough to know it (patient, diagnosis, disease), else empty.
        kind: ``text``, ``number``, ``flag``, ``date`` or ``nested``.
        annotation: The declared type of the key.
    """

    path: str
    short: str
    kind: str
    annotation: Any


def _kind(annotation: Any) -> str:
    options: list[Any] = []
    todo = [annotation]
    while todo:
        option = todo.pop()
        if typing.get_origin(option) is typing.Annotated:
            todo.append(typing.get_args(option)[0])
        elif typing.get_origin(option) in (typing.Union, types.UnionType):
            todo += typing.get_args(option)
        else:
            options.append(option)
    if any(typing.get_origin(o) in (list, dict) for o in options):
        return "nested"
    if bool in options:
        return "flag"
    if any(getattr(o, "__name__", "") == "date" for o in options):
        return "date"
    return "number" if {int, float} & set(options) else "text"


@cache
def raw_columns() -> dict[str, Column]:
    """Return every raw column by its path, in the order of the case format (``case_id`` is not among them)."""
    paths: dict[str, Any] = {}
    for part, kind in _PARTS.items():
        paths |= {f"{part}.{key}": hint for key, hint in typing.get_type_hints(kind, include_extras=True).items()}
    whole = typing.get_type_hints(model.Case, include_extras=True)
    paths |= {key: hint for key, hint in whole.items() if key not in _PARTS}
    for method, kind in METHODS.items():
        paths |= {f"{method}.{key}": hint for key, hint in typing.get_type_hints(kind, include_extras=True).items()}
    paths = {path: hint for path, hint in paths.items() if path.rpartition(".")[2] not in _LEFT_OUT}
    ends = [path.rpartition(".")[2] for path in paths]
    return {
        path: Column(path, end if path.split(".")[0] in _PARTS and ends.count(end) == 1 else "", _kind(hint), hint)
        for (path, hint), end in zip(paths.items(), ends, strict=True)
    }


def named(column: str) -> Column | None:
    """Return the raw column of a name, long or short; ``None`` for any other name."""
    known = raw_columns()
    return known.get(column) or next((c for c in known.values() if c.short == column), None)


def resolve(columns: list[str]) -> dict[str, str]:
    """Return the raw column of each path that a frame fills, as path to name in the frame; other columns are left.

    Raises:
        CaseError: There is no ``case_id`` or no histology, or two columns fill one key.
    """
    found: dict[str, str] = {}
    for name in columns:
        column = named(name)
        if column is None:
            continue
        if column.path in found:
            raise CaseError(
                "two columns fill one key", where=column.path, value=f"{found[column.path]}, {name}",
                remedy="keep one of the two",
            )  # fmt: skip
        found[column.path] = name
    for needed, short in ((CASE_ID, CASE_ID), ("diagnosis.histology", "histology")):
        if needed not in found and needed not in columns:
            raise CaseError(
                "column is missing", where=needed, allowed=sorted(columns)[:40], remedy=f"name one column {short!r}"
            )
    return found
