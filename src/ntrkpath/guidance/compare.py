"""What differs between two editions: rows, by content and by the states whose outcome changes; facts, labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ntrkpath.guidance.edition import Edition
from ntrkpath.rules import Row, Table
from ntrkpath.rules.chain import Masks
from ntrkpath.rules.compile import CompiledTable


def differences(one: Edition, other: Edition) -> list[str]:
    """Return the differences from ``one`` to ``other``, a sentence each; an empty list where they say the same."""
    found = _keys("table", one.tables, other.tables)
    for ident in one.tables:
        if ident in other.tables:
            found += _table(one, other, one.tables[ident], other.tables[ident])
    found += _keys("fact", one.facts, other.facts)
    for ident, fact in one.facts.items():
        new = other.facts.get(ident)
        if new is not None and new != fact:
            if new.levels != fact.levels:
                found.append(f"fact {ident}: levels {list(fact.levels)} -> {list(new.levels)}")
            if new.derive != fact.derive:
                found.append(f"fact {ident}: derived by {fact.derive} -> {new.derive}")
            if (new.question, new.says) != (fact.question, fact.says):
                found.append(f"fact {ident}: wording changed")
    found += _entries("statement", one.statements, other.statements)
    found += _entries("action", one.actions, other.actions)
    found += _entries("label", {lb.id: lb for lb in one.labels}, {lb.id: lb for lb in other.labels})
    found += _entries("histology", {h.id: h for h in one.vocabulary}, {h.id: h for h in other.vocabulary})
    return found


def _keys(what: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return [f"{what} {ident} removed" for ident in one if ident not in other] + [
        f"{what} {ident} added" for ident in other if ident not in one
    ]


def _entries(what: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return _keys(what, one, other) + [
        f"{what} {ident} changed" for ident, entry in one.items() if ident in other and other[ident] != entry
    ]


def _outcomes(edition: Edition, table: Table) -> list[Any]:
    compiled = CompiledTable(Masks(table, edition.facts), edition.facts)
    outcome = [
        [(sorted(table.rows[i].sets.items()), sorted(table.rows[i].emits.items(), key=repr)) for i in rows]
        for rows in compiled.row_sets
    ]
    return [outcome[index] for index in compiled.lookup]


def _table(one: Edition, other: Edition, old: Table, new: Table) -> list[str]:
    found = []
    before, after = {r.id: r for r in old.rows}, {r.id: r for r in new.rows}
    found += _keys("rule", before, after)
    for ident, row in before.items():
        if ident in after and after[ident] != row:
            found.append(f"rule {ident}: {_row(row, after[ident])}")
    same_space = old.facts == new.facts and all(one.facts[f].levels == other.facts[f].levels for f in old.facts)
    if (found or old.hit != new.hit) and same_space:
        pairs = zip(_outcomes(one, old), _outcomes(other, new), strict=True)
        changed = sum(a != b for a, b in pairs)
        found.append(f"table {old.id}: the outcome changes in {changed} of {old.states(one.facts)} states")
    elif found:
        found.append(f"table {old.id}: it reads other facts or levels now, so states cannot be compared one by one")
    return found


def _row(old: Row, new: Row) -> str:
    parts = []
    for fact in dict.fromkeys([*old.when, *new.when]):
        a, b = old.when.get(fact), new.when.get(fact)
        if a != b:
            parts.append(f"when {fact}: {_levels(a)} -> {_levels(b)}")
    if old.sets != new.sets or old.emits != new.emits:
        parts.append(f"then {old.sets or old.emits} -> {new.sets or new.emits}")
    if old.statements != new.statements:
        parts.append(f"statements {list(old.statements)} -> {list(new.statements)}")
    if (old.says, old.note, old.fidelity, old.source) != (new.says, new.note, new.fidelity, new.source):
        parts.append("wording, fidelity or source changed")
    return "; ".join(parts) or "order of precedence changed"


def _levels(levels: frozenset[str] | None) -> str:
    return "any" if levels is None else "|".join(sorted(levels))
