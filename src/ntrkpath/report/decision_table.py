"""A decision table as a table: one column for each fact it reads, one line for each row, as it is written."""

from __future__ import annotations

import difflib

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.errors import GuidanceError
from ntrkpath.report.columns import set_side_by_side, wide, wrapped
from ntrkpath.report.terms import FIDELITY
from ntrkpath.rules import Fact, Row, Table

WIDTH = 160
_GAP = " | "
#: Columns that a part of the room has at least.
_PART = 5
#: What stands in a cell where every level of the fact is accepted.
ANY = "-"
_HIT = {"first": "the first row that holds decides", "all": "every row that holds counts"}


def table_text(edition: Edition, name: str, width: int = WIDTH) -> str:
    """Return a decision table as text, its conditions in the names of levels and groups in which they are written.

    Raises:
        GuidanceError: The edition has no such table.
    """
    tables = edition.tables | edition.fusion_tables
    if name not in tables:
        near = difflib.get_close_matches(name, tables, n=3, cutoff=0.4)
        raise GuidanceError(
            "no such table", value=name, allowed=near, remedy="`ntrkpath guideline show tables` lists them"
        )
    table = tables[name]
    facts = edition.fusion_facts if name in edition.fusion_tables else edition.facts
    heads = ["row", *(fact.replace("_", " ") for fact in table.facts), "then", "says", "statements"]
    rows = [
        (
            row.id, *(_cell(row, fact) for fact in table.facts), _outcome(row),
            row.says or row.emits.get("caution", ""),
            f"{FIDELITY.get(row.fidelity, ('=', ''))[0]} {', '.join(row.statements) or row.source}",
        )
        for row in table.rows
    ]  # fmt: skip
    first = max(wide(row[0]) for row in rows)
    parts = [*(2 for _ in table.facts), 3, 5, 2]
    widths = [first, *_shared(max(width - first - len(_GAP) * len(parts), _PART * sum(parts)), parts)]
    rule = "-|-".join("-" * each for each in widths)
    lines = wrapped(f"{table.id}: {table.question} ({_HIT[table.hit]})", width)
    for cells in (heads, *rows):
        lines += [*set_side_by_side(cells, widths, gap=_GAP), rule]
    signs = ", ".join(f"{sign} {said}" for sign, said in (("=", "verbatim"), *FIDELITY.values()))
    for told in (f"{signs}; {ANY} any level.", *_groups(table, facts)):
        lines += wrapped(told, width)
    return "\n".join(lines)


def _shared(room: int, parts: list[int]) -> list[int]:
    """Return a room shared among columns by their parts of it; the last takes what is left."""
    widths = [room * part // sum(parts) for part in parts]
    return [*widths[:-1], room - sum(widths[:-1])]


def _cell(row: Row, fact: str) -> str:
    names = row.written.get(fact)
    return "\n".join(name.replace("_", " ") for name in names) if names else ANY


def _outcome(row: Row) -> str:
    told = [f"{fact}: {level}" for fact, level in row.sets.items()]
    told += [f"{action} ({strength})" for action, strength in row.emits.get("actions", {}).items()]
    return "\n".join(told).replace("_", " ") or ("caution" if "caution" in row.emits else "nothing")


def _groups(table: Table, facts: dict[str, Fact]) -> list[str]:
    """Return each group that the table names, with its levels."""
    named = {(fact, name) for row in table.rows for fact, names in row.written.items() for name in names}
    return [
        f"{fact.replace('_', ' ')}, {name.replace('_', ' ')}: "
        + ", ".join(level.replace("_", " ") for level in facts[fact].levels if level in facts[fact].groups[name])
        for fact in table.facts
        for name in facts[fact].groups
        if (fact, name) in named
    ]
