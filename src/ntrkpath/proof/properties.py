"""Safety properties as plain data, proved over every composed state of a chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations_with_replacement
from typing import Any

from ntrkpath.model.errors import GuidanceError
from ntrkpath.proof.reach import count_reachable
from ntrkpath.proof.report import Finding, PropertyCount
from ntrkpath.rules.box import Outcome
from ntrkpath.rules.chain import Chain
from ntrkpath.rules.explore import slice_for
from ntrkpath.rules.table import Row

_KEYS = {"id", "text", "when", "never", "always", "impossible"}
_BAD, _GOOD = "never", "always"


def actions_of(chain: Chain) -> dict[str, Outcome]:
    """Return the actions of each row, without their strength, by row id."""
    return {
        row.id: frozenset(row.emits["actions"])
        for table in chain.tables
        for row in table.rows
        if row.emits.get("actions")
    }


def _malformed(entry: Mapping[str, Any], chain: Chain, known: frozenset[str]) -> str:
    if stray := set(entry) - _KEYS:
        return f"unknown key {min(stray)}"
    if not (entry.get("never") or entry.get("always") or entry.get("impossible")):
        return "asks for nothing: never, always or impossible"
    for fact, value in dict(entry.get("when") or {}).items():
        if fact not in chain.facts:
            return f"speaks of {fact}, which is no fact"
        try:
            chain.facts[fact].expand(value)
        except KeyError as foreign:
            return f"{fact} has no level {foreign.args[0]}"
    wanted = {*entry.get("never", ()), *entry.get("always", ())} - {"any"}
    return f"no row gives {min(wanted - known)}" if wanted - known else ""


def prove(chain: Chain, entry: Mapping[str, Any]) -> tuple[PropertyCount, list[Finding]]:
    """Prove one property: where ``when`` holds, none of ``never`` occurs and one of ``always`` does.

    ``always: [any]`` asks for at least one action. ``impossible: true`` says that ``when`` holds in no state,
    although each of its conditions holds in some. Every other property speaks of at least one state.
    """
    ident, text = str(entry.get("id", "?")), str(entry.get("text", ""))
    actions = actions_of(chain)
    if wrong := _malformed(entry, chain, frozenset().union(*actions.values())):
        return PropertyCount(ident, text, 0, False), [Finding("property", ident, wrong)]
    within = {fact: chain.facts[fact].expand(value) for fact, value in dict(entry.get("when") or {}).items()}
    never, always = frozenset(entry.get("never", ())), frozenset(entry.get("always", ()))
    bad = {row: frozenset({_BAD} if given & never else ()) for row, given in actions.items()}
    good = {row: frozenset({_GOOD} if given & always or "any" in always else ()) for row, given in actions.items()}
    try:
        if entry.get("impossible"):
            return _prove_impossible(chain, ident, text, within)
        count = sum(count_reachable(chain, {}, (), within).values())
        broken = sum(n for (_, o), n in count_reachable(chain, bad, (), within).items() if _BAD in o) if never else 0
        corner: Mapping[str, frozenset[str]] = within
        if always and not broken:
            broken, corner = _without(chain, good, within)
        if not count:
            return PropertyCount(ident, text, 0, False), [
                Finding("property", ident, "is empty: no state meets its `when`")
            ]
        if not broken:
            return PropertyCount(ident, text, count, True), []
        shown = _counterexample(chain, actions, good, within, corner, never)
    except GuidanceError as error:
        return PropertyCount(ident, text, 0, False), [Finding("property", ident, f"not proved: {error}")]
    return PropertyCount(ident, text, count, False), [Finding("property", ident, f"fails in {broken} states: {shown}")]


def _without(
    chain: Chain, good: Mapping[str, Outcome], within: Mapping[str, frozenset[str]]
) -> tuple[int, Mapping[str, frozenset[str]]]:
    """Return in how many states of the first corner that has some nothing good is given, and that corner.

    A first-hit table that gives something good in nearly every row leaves few rows to look at: one of them holds
    only where its own conditions do, and each such corner is far smaller than the whole.
    """
    for row in _silent_rows(chain, good):
        corner = narrowed(within, row.when)
        if corner is not None:
            broken = sum(count_reachable(chain, good, (), corner, frozenset({_GOOD})).values())
            if broken:
                return broken, corner
    return 0, within


class _Anywhere:
    """Stands for a row without conditions."""

    when: Mapping[str, frozenset[str]] = {}


def _silent_rows(chain: Chain, good: Mapping[str, Outcome]) -> Sequence[Row | _Anywhere]:
    """Return the rows without anything good of the first-hit table that has most with it; else the whole."""
    best: tuple[int, list[Row]] = (0, [])
    for table in chain.tables:
        if table.hit == "first":
            silent = [row for row in table.rows if not good.get(row.id)]
            best = max(best, (len(table.rows) - len(silent), silent), key=lambda found: found[0])
    return best[1] if best[0] else [_Anywhere()]


def narrowed(
    within: Mapping[str, frozenset[str]], when: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]] | None:
    """Return the levels that meet both conditions; ``None`` where a fact has none left."""
    both = dict(within)
    for fact, levels in when.items():
        both[fact] = both[fact] & levels if fact in both else levels
    return None if any(not levels for levels in both.values()) else both


def _prove_impossible(
    chain: Chain, ident: str, text: str, within: Mapping[str, frozenset[str]]
) -> tuple[PropertyCount, list[Finding]]:
    empty = [fact for fact, levels in within.items() if not count_reachable(chain, {}, (), {fact: levels})]
    if empty:
        return PropertyCount(ident, text, 0, False), [
            Finding("property", ident, f"is empty: no state meets its condition on {empty[0]}")
        ]
    count = sum(count_reachable(chain, {}, (), {}).values())
    broken = sum(count_reachable(chain, {}, (), within).values())
    found = [Finding("property", ident, f"is possible in {broken} states")] if broken else []
    return PropertyCount(ident, text, count, not broken), found


def _counterexample(
    chain: Chain,
    actions: Mapping[str, Outcome],
    good: Mapping[str, Outcome],
    within: Mapping[str, frozenset[str]],
    corner: Mapping[str, frozenset[str]],
    never: frozenset[str],
) -> str:
    """Return a state in which a property fails: levels of the facts that it, or the corner of the failure, names."""
    keep = sorted(corner)
    if corner is within and never:
        relevant = {row: given & never for row, given in actions.items()}
        failing = [(levels, given) for levels, given in count_reachable(chain, relevant, keep, corner) if given]
    else:
        failing = [(levels, given) for levels, given in count_reachable(chain, good, keep, corner, frozenset({_GOOD}))]
    if not failing:
        return "no example"
    levels, given = min(failing, key=lambda state: (state[0], sorted(state[1])))
    where = ", ".join(f"{f}={lv}" for f, lv in zip(keep, levels, strict=True)) or "somewhere"
    return f"{where} gives {', '.join(sorted(given)) or 'nothing that it must'}"


def prove_independent(chain: Chain, fact: str, unread: Iterable[str]) -> list[Finding]:
    """Prove that what decides ``fact`` reads none of ``unread``, directly or through another table."""
    read = {f for table in slice_for(chain, {}, (fact,)) for f in table.table.facts}
    return [Finding("independence", fact, f"depends on {f}") for f in sorted(read & set(unread))]


def prove_exclusive(chain: Chain, group: Sequence[str]) -> tuple[int, list[Finding]]:
    """Prove that no state gives two of the actions of ``group``; returns the number of states.

    Each pair of rows that give two of them is looked at where the conditions of both hold, which is a small corner.
    """
    given = {row: actions & frozenset(group) for row, actions in actions_of(chain).items()}
    rows = [(table, row) for table in chain.tables for row in table.rows if given.get(row.id)]
    together: dict[str, str] = {}
    found: list[Finding] = []
    try:
        for action in group:
            if not any(_held(chain, (row,)) for _, row in rows if action in given[row.id]):
                found.append(Finding("exclusive", action, "no state gives it"))
        for (table, row), (other_table, other) in combinations_with_replacement(rows, 2):
            both = given[row.id] | given[other.id]
            one_of_a_table = table is other_table and table.hit == "first" and row is not other
            if len(both) > 1 and not one_of_a_table and (example := _held(chain, (row, other))):
                together.setdefault(", ".join(sorted(both)), f"{row.id} and {other.id}: {example}")
    except GuidanceError as error:
        return 0, [Finding("exclusive", ", ".join(group), f"not proved: {error}")]
    found += [Finding("exclusive", pair, f"are given together by {where}") for pair, where in sorted(together.items())]
    return sum(count_reachable(chain, {}).values()), found


def _held(chain: Chain, rows: Sequence[Row]) -> str:
    """Return a state in which all these rows hold, by the facts that they read; empty where there is none."""
    corner: dict[str, frozenset[str]] | None = {}
    for row in rows:
        corner = narrowed(corner or {}, row.when) if corner is not None else None
    if corner is None:
        return ""
    items = {row.id: frozenset({row.id}) for row in rows}
    wanted = frozenset(items)
    keep = sorted(corner)
    held = [levels for levels, outcome in count_reachable(chain, items, keep, corner) if wanted <= outcome]
    return ", ".join(f"{f}={lv}" for f, lv in zip(keep, min(held), strict=True)) if held else ""
