"""What goes into a cohort and what comes out: the raw columns of a case, the answers, and the rows that are bad.

A raw column is named by the path of the case key that it fills: ``diagnosis.histology``, ``disease.extent``,
``patient.age``; for these three parts the last word alone will do (``histology``, ``extent``, ``age``). One test of
each method may stand in columns of its own, named by method and key: ``pan_trk_ihc.percent``, ``rna_mps.fusions``; more
tests of one method stand in the list column ``tests``. A cell that is null says what an absent key says. A frame of
cases is decided by ``frame.Decider``; what comes out is keyed by ``case_id``, never by position.
"""

from __future__ import annotations

from functools import cache

import msgspec

from ntrkpath.model.case import Case
from ntrkpath.model.case_keys import METHODS, PARTS, keys_of
from ntrkpath.model.errors import CaseError

#: The column that tells cases apart.
CASE_ID = "case_id"
#: What every answer carries, in order; ``missing`` follows where it is asked for. ``actions`` are ``action:strength``,
#: most important first; ``rules`` are rule ids in the order of the tables; ``missing`` are facts. Words are separated
#: by one space.
ANSWERS = (CASE_ID, "tier", "priority", "histology_group", "actions", "rules")
#: What an answer carries for summaries where its source tells of it, in order.
CARRIED = ("fusions", "trk_inhibitor", "turnaround_days")
#: What is said of a bad row: its position in the frame given (from 0), its id, the place, and the reason.
BAD = ("row", CASE_ID, "where", "reason")

#: Keys of a case that no decision reads, and the output of a caller, which a cohort does not open.
_LEFT_OUT = {"id", "source", "note", "read_as", "file", "sample", "caller", "assembly", "panel"}


class Column(msgspec.Struct, frozen=True):
    """One raw column.

    Args:
        path: Its name.
        short: The last part of the path where that is enough to know it (patient, diagnosis, disease), else empty.
        kind: ``text``, ``number``, ``flag``, ``date`` or ``nested``.
        levels: The words that its cells take, where they take only some.
    """

    path: str
    short: str
    kind: str
    levels: tuple[str, ...]


#: What a column holds by the kind of its key; every other kind is text.
_KINDS = {
    "flag": "flag", "date": "date", **dict.fromkeys(("number", "count", "position", "age"), "number"),
    **dict.fromkeys(("map", "genes", "one_or_more_genes", "pairs", "parts"), "nested"),
}  # fmt: skip


@cache
def raw_columns() -> dict[str, Column]:
    """Return every raw column by its path, in the order of the case format (``case_id`` is not among them)."""
    keys = {f"{part}.{name}": key for part, kind in PARTS.items() for name, key in keys_of(kind).items()}
    keys |= {name: key for name, key in keys_of(Case).items() if name not in PARTS}
    keys |= {f"{method}.{name}": key for method, kind in METHODS.items() for name, key in keys_of(kind).items()}
    keys = {path: key for path, key in keys.items() if key.name not in _LEFT_OUT}
    ends = [key.name for key in keys.values()]
    return {
        path: Column(
            path, key.name if path.split(".")[0] in PARTS and ends.count(key.name) == 1 else "",
            _KINDS.get(key.kind, "text"), key.levels if key.kind == "choice" else (),
        )
        for path, key in keys.items()
    }  # fmt: skip


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
