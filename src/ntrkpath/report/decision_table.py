"""A decision table as a table: one column for each fact it reads, one line for each row, as it is written."""

from __future__ import annotations

import difflib
import io

from rich.console import Console
from rich.table import Table as Grid

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.errors import GuidanceError
from ntrkpath.report.terms import FIDELITY
from ntrkpath.rules import Fact, Row, Table

WIDTH = 160
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
    grid = Grid(
        title=f"{table.id}: {table.question} ({_HIT[table.hit]})",
        title_justify="left", show_lines=True, expand=True, pad_edge=False,
    )  # fmt: skip
    grid.add_column("row", no_wrap=True)
    for fact in table.facts:
        grid.add_column(fact.replace("_", " "), overflow="fold", ratio=2)
    grid.add_column("then", overflow="fold", ratio=3)
    grid.add_column("says", ratio=5)
    grid.add_column("statements", overflow="fold", ratio=2)
    for row in table.rows:
        sign = FIDELITY.get(row.fidelity, ("=", ""))[0]
        grid.add_row(
            row.id, *(_cell(row, fact) for fact in table.facts), _outcome(row),
            row.says or row.emits.get("caution", ""), f"{sign} {', '.join(row.statements) or row.source}",
        )  # fmt: skip
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, markup=False, highlight=False, emoji=False)
    console.print(grid)
    signs = ", ".join(f"{sign} {said}" for sign, said in (("=", "verbatim"), *FIDELITY.values()))
    console.print(f"{signs}; {ANY} any level.")
    for group in _groups(table, facts):
        console.print(group)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


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
