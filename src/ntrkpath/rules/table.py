"""Decision tables: rows of conditions over facts, checked on loading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from ntrkpath.model.errors import GuidanceError
from ntrkpath.rules.facts import SILENT, Fact

FIDELITIES = ("verbatim", "inferred", "resolved", "ambiguous")
_TABLE_KEYS = {"table", "question", "hit", "rows"}
_ROW_KEYS = {"id", "when", "then", "says", "statements", "source", "fidelity", "note", "yields_to"}


class Row(msgspec.Struct, frozen=True):
    """One row: where it holds, what it sets and emits, and what it rests on.

    Args:
        when: Accepted levels by fact, as stored; a fact that is not named accepts every level.
        sets: Levels of derived facts.
        emits: What the row contributes beside facts, in order, by name (``actions``, ``caution``).
        says: One sentence for the reader.
        yields_to: Earlier rows of a first-hit table that this row overlaps and gives way to.
        written: The names of levels and groups in which each condition is written.
    """

    id: str
    when: dict[str, frozenset[str]]
    sets: dict[str, str]
    emits: dict[str, Any]
    says: str
    statements: tuple[str, ...]
    source: str
    fidelity: str
    note: str
    yields_to: tuple[str, ...]
    written: dict[str, tuple[str, ...]] = {}


class Table(msgspec.Struct, frozen=True):
    """A decision table.

    Args:
        facts: The facts its rows read, in the order of the edition's facts.
        sets: The facts its rows set (the same ones in every row).
        hit: ``first``: the first matching row decides. ``all``: every matching row contributes.
    """

    id: str
    question: str
    hit: Literal["first", "all"]
    rows: tuple[Row, ...]
    facts: tuple[str, ...]
    sets: tuple[str, ...]

    def states(self, facts: Mapping[str, Fact]) -> int:
        """Return the number of states: the product of the level counts of the facts it reads."""
        total = 1
        for ident in self.facts:
            total *= len(facts[ident].levels)
        return total


def written(condition: Any, where: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether a condition is negated, and the names of levels and groups it is written in.

    Raises:
        GuidanceError: It is neither a name, nor a list of names, nor ``{not: ...}``.
    """
    negated = isinstance(condition, Mapping)
    if negated and set(condition) != {"not"}:
        raise GuidanceError("condition is neither levels nor {not: ...}", where=where, value=dict(condition))
    named = condition["not"] if negated else condition
    return negated, (named,) if isinstance(named, str) else tuple(named)


def accepted(condition: Any, fact: Fact, where: str) -> frozenset[str]:
    """Return the levels of ``fact`` that ``condition`` accepts: a level, a group, a list of these, or ``{not: ...}``.

    ``{not: X}`` leaves out X and every silent level (``unknown``, ``not_done``, ``failed``,
    ``not_interpretable``); a row that means to cover one of those names it.

    Raises:
        GuidanceError: A level is not one of the fact's, or the condition accepts nothing.
    """
    negated, names = written(condition, where)
    try:
        named = fact.expand(names)
    except KeyError as missing:
        raise GuidanceError(
            f"fact {fact.id} has no such level",
            where=where,
            value=missing.args[0],
            allowed=(*fact.levels, *fact.groups),
        ) from None
    chosen = frozenset(fact.levels) - named - SILENT if negated else named
    if not chosen:
        raise GuidanceError("condition accepts no level", where=where, value=condition)
    return chosen


def _load_row(entry: Mapping[str, Any], facts: Mapping[str, Fact], where: str) -> Row:
    if unknown := set(entry) - _ROW_KEYS:
        raise GuidanceError("unknown key", where=where, value=min(unknown), allowed=sorted(_ROW_KEYS))
    if not entry.get("id"):
        raise GuidanceError("a row needs an id", where=where)
    for key in ("when", "then"):
        if not isinstance(entry.get(key) or {}, Mapping):
            raise GuidanceError(f"{key} is not a mapping of facts to levels", where=where, value=entry[key])
    when: dict[str, frozenset[str]] = {}
    names: dict[str, tuple[str, ...]] = {}
    for ident, condition in dict(entry.get("when") or {}).items():
        if ident not in facts:
            raise GuidanceError("row reads a fact that is not defined", where=where, value=ident)
        when[ident] = accepted(condition, facts[ident], f"{where}.when.{ident}")
        names[ident] = written(condition, where)[1]
    sets: dict[str, str] = {}
    emits: dict[str, Any] = {}
    for key, value in dict(entry.get("then") or {}).items():
        if key in facts:
            (sets[key],) = _one_level(str(value), facts[key], f"{where}.then.{key}")
        else:
            emits[key] = value
    fidelity = str(entry.get("fidelity", ""))
    if fidelity not in FIDELITIES:
        raise GuidanceError("row does not say its fidelity", where=where, value=fidelity, allowed=FIDELITIES)
    if fidelity != "verbatim" and not entry.get("note"):
        raise GuidanceError(f"a row of fidelity {fidelity} needs a note", where=where)
    return Row(
        id=str(entry["id"]),
        when=when,
        sets=sets,
        emits=emits,
        says=str(entry.get("says", "")).strip(),
        statements=tuple(entry.get("statements", ())),
        source=str(entry.get("source", "")),
        fidelity=fidelity,
        note=str(entry.get("note", "")).strip(),
        yields_to=tuple(entry.get("yields_to", ())),
        written=names,
    )


def _one_level(value: str, fact: Fact, where: str) -> frozenset[str]:
    """Return the level that a row sets: one, never a group."""
    if value in fact.groups:
        raise GuidanceError("a row sets one level, not a group", where=where, value=value, allowed=fact.levels)
    return accepted(value, fact, where)


def load_tables(entries: Iterable[Mapping[str, Any]], facts: Mapping[str, Fact], file: str) -> tuple[Table, ...]:
    """Check the tables of one file and return them in file order.

    Raises:
        GuidanceError: A key, fact or level is unknown, an id is repeated, rows of one table set
            different facts, or a row yields to one that does not stand before it.
    """
    tables = []
    seen: set[str] = set()
    for entry in entries:
        name = str(entry.get("table", "?"))
        if unknown := set(entry) - _TABLE_KEYS:
            raise GuidanceError("unknown key", where=f"{file}: {name}", value=min(unknown), allowed=sorted(_TABLE_KEYS))
        hit = entry.get("hit", "first")
        if hit not in ("first", "all"):
            raise GuidanceError("unknown hit policy", where=f"{file}: {name}", value=hit, allowed=("first", "all"))
        if not entry.get("rows"):
            raise GuidanceError("a table needs rows", where=f"{file}: {name}")
        rows: list[Row] = []
        for raw in entry["rows"]:
            where = f"{file}: {raw.get('id', '?')}"
            row = _load_row(raw, facts, where)
            if row.id in seen:
                raise GuidanceError("row id is used twice", where=where)
            seen.add(row.id)
            earlier = {r.id for r in rows}
            if stray := set(row.yields_to) - earlier:
                raise GuidanceError("yields to a row that does not stand before it", where=where, value=min(stray))
            rows.append(row)
        sets = tuple(sorted(rows[0].sets))
        for row in rows:
            if tuple(sorted(row.sets)) != sets:
                raise GuidanceError(
                    "rows of one table set the same facts", where=f"{file}: {row.id}", value=sorted(row.sets)
                )
        read = {ident for row in rows for ident in row.when}
        tables.append(
            Table(
                id=name,
                question=str(entry.get("question", "")),
                hit=hit,
                rows=tuple(rows),
                facts=tuple(ident for ident in facts if ident in read),
                sets=sets,
            )
        )
    return tuple(tables)
