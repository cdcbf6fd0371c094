"""The decision tables of rounds, ready to be read once per result."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ntrkpath.rounds.knowledge import knowledge
from ntrkpath.rules import Fact, Row, Table, load_facts, load_tables
from ntrkpath.rules.chain import Masks

_FILE = "tables.yaml"


@cache
def facts() -> dict[str, Fact]:
    """Return the facts of every table of rounds."""
    return load_facts(knowledge("tables")["facts"], _FILE)


@cache
def tables() -> dict[str, Table]:
    """Return the tables by id."""
    return {table.id: table for table in load_tables(knowledge("tables")["tables"], facts(), _FILE)}


@cache
def settings() -> Mapping[str, Any]:
    """Return the limits that the facts rest on."""
    return dict(knowledge("tables")["settings"])


@cache
def _masks(table: str) -> Masks:
    return Masks(tables()[table], facts())


@cache
def _first(table: str, key: tuple[str, ...]) -> Row:
    masks = _masks(table)
    return masks.held(dict(zip(masks.table.facts, key, strict=True)))[1][0].row


def decide(table: str, levels: Mapping[str, str]) -> Row:
    """Return the row of a first-hit table that holds; answers are remembered.

    Raises:
        GuidanceError: No row holds, which ``verify`` rules out for levels that the facts have.
        KeyError: A fact of the table is missing.
    """
    return _first(table, tuple(levels[fact] for fact in _masks(table).table.facts))


@cache
def _every(table: str, key: tuple[str, ...]) -> tuple[Row, ...]:
    masks = _masks(table)
    return tuple(hit.row for hit in masks.held(dict(zip(masks.table.facts, key, strict=True)))[1])


def holding(table: str, levels: Mapping[str, str]) -> tuple[Row, ...]:
    """Return every row of a table that holds."""
    return _every(table, tuple(levels[fact] for fact in _masks(table).table.facts))


def rows() -> dict[str, tuple[Table, Row]]:
    """Return every row by id, with its table."""
    return {row.id: (table, row) for table in tables().values() for row in table.rows}
