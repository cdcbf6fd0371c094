"""Checks of single tables and of the vocabulary: gaps, dead rows, overlaps, unused facts and levels, citations."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from itertools import product

from ntrkpath.model.errors import GuidanceError
from ntrkpath.proof.reach import reachable
from ntrkpath.proof.report import Finding, TableCount
from ntrkpath.rules.chain import Chain, Masks
from ntrkpath.rules.compile import CompiledTable
from ntrkpath.rules.facts import SILENT, Fact
from ntrkpath.rules.table import Row, Table

MAX_STATES = 1_000_000
#: Cases drawn at random; four rows in five are reached by some of them.
_DRAWS = 500
_NUMBER = re.compile(r"[<>=≤≥%]|^[-+]?\d+([.,]\d+)?$")


def distinct_masks(masks: Masks) -> dict[int, int]:
    """Return every set of rows that hold together in some state, as a mask, with its number of states."""
    current = {masks.all_rows: 1}
    for _, columns in masks.by_fact:
        following: dict[int, int] = {}
        for column in columns.values():
            for mask, count in current.items():
                narrowed = mask & column
                following[narrowed] = following.get(narrowed, 0) + count
        current = following
    return current


def witness(masks: Masks, wanted: int) -> dict[str, str]:
    """Return the first state in which exactly the rows of ``wanted`` hold; empty if there is none."""
    failed: set[tuple[int, int]] = set()

    def search(depth: int, mask: int) -> list[str] | None:
        if depth == len(masks.by_fact):
            return [] if mask == wanted else None
        if (depth, mask) not in failed:
            for level, column in masks.by_fact[depth][1].items():
                rest = search(depth + 1, mask & column)
                if rest is not None:
                    return [level, *rest]
            failed.add((depth, mask))
        return None

    levels = search(0, masks.all_rows)
    return dict(zip(masks.table.facts, levels or (), strict=False))


def _shown(state: Mapping[str, str]) -> str:
    return ", ".join(f"{fact}={level}" for fact, level in state.items())


def check_table(masks: Masks, facts: Mapping[str, Fact]) -> tuple[TableCount, list[Finding]]:
    """Look at every state of one table for gaps, dead rows, undeclared overlaps and stale ``yields_to``."""
    table = masks.table
    states = table.states(facts)
    found: list[Finding] = []
    if states >= MAX_STATES:
        found.append(Finding("size", table.id, f"{states} states; a table stays under {MAX_STATES}"))
    held = distinct_masks(masks)
    gaps = held.get(0, 0) if masks.first else 0
    if gaps:
        found.append(Finding("gap", table.id, f"no row holds in {gaps} states, such as {_shown(witness(masks, 0))}"))
    used = 0
    for mask in held:
        used |= mask & -mask if masks.first else mask
    dead = [row.id for i, row in enumerate(table.rows) if not used >> i & 1]
    verb = "decides" if masks.first else "holds"
    found += [Finding("dead row", row, f"never {verb} in {table.id}") for row in dead]
    overlaps = (
        _overlaps(masks, held)
        if masks.first
        else [
            Finding("overlap", row.id, "yields_to has no meaning where every row counts")
            for row in table.rows
            if row.yields_to
        ]
    )
    found += overlaps
    return TableCount(table.id, table.hit, states, len(table.rows), gaps, len(dead), len(overlaps)), found


def _overlaps(masks: Masks, held: Iterable[int]) -> list[Finding]:
    rows = masks.table.rows
    pairs: dict[tuple[int, int], int] = {}
    for mask in held:
        together = [i for i in range(len(rows)) if mask >> i & 1] if mask & (mask - 1) else []
        for a, first in enumerate(together):
            for second in together[a + 1 :]:
                pairs.setdefault((first, second), mask)
    found = []
    for (first, second), mask in sorted(pairs.items()):
        if rows[first].id not in rows[second].yields_to:
            state = _shown(witness(masks, mask))
            found.append(Finding("overlap", rows[second].id, f"overlaps {rows[first].id}, not in yields_to: {state}"))
    place = {row.id: i for i, row in enumerate(rows)}
    for second, row in enumerate(rows):
        for earlier in row.yields_to:
            if (place.get(earlier, -1), second) not in pairs:
                found.append(Finding("overlap", row.id, f"yields to {earlier}, which it does not overlap"))
    return found


def compare(masks: Masks, facts: Mapping[str, Fact]) -> tuple[int, list[Finding]]:
    """Evaluate every state of a table and compare the rows that hold with the compiled look-up."""
    compiled = CompiledTable(masks, facts)
    wanted = [sum(1 << i for i in rows) for rows in compiled.row_sets]
    names = compiled.facts
    key = 0
    for levels in product(*(facts[f].levels for f in names)):
        mask = masks.matching(dict(zip(names, levels, strict=True)))
        if masks.first:
            mask &= -mask
        if mask != wanted[compiled.lookup[key]]:
            state = _shown(dict(zip(names, levels, strict=True)))
            return key, [Finding("compiler", masks.table.id, f"the look-up differs from the evaluator: {state}")]
        key += 1
    if key != len(compiled.lookup):
        return key, [Finding("compiler", masks.table.id, f"{len(compiled.lookup)} entries for {key} states")]
    return key, []


def check_vocabulary(
    facts: Mapping[str, Fact], tables: Iterable[Table], chain: Chain, answers: Iterable[str]
) -> tuple[dict[str, tuple[str, ...]], list[Finding]]:
    """Look for facts and levels without use, and for rows and levels that no case can reach.

    A level is of use where a condition names it, or where it is what remains when every other one is named. Where only
    hit-all tables read a fact, several levels may remain: a warning is about what it names.

    Args:
        tables: Every table, those of the chain and those read once per item.
        answers: Facts that are part of the answer, so that no table needs to read them.

    Returns:
        The levels that no condition names, by fact; and the findings.
    """
    tables = tuple(tables)
    found: list[Finding] = []
    produced = _produced(facts, tables, chain, found)
    answered = set(answers)
    quiet: dict[str, tuple[str, ...]] = {}
    for ident, fact in facts.items():
        readers = [table for table in tables if ident in table.facts]
        if not readers and ident not in answered:
            unless = ", and it is not part of the answer" if ident in produced else ""
            found.append(Finding("fact", ident, f"no table reads it{unless}"))
        if ident in produced:
            lacking = [level for level in fact.levels if level not in produced[ident]]
            found += [Finding("level", ident, f"no reachable row sets {level}") for level in lacking]
        elif readers:
            unnamed, told_apart = _unnamed(ident, fact, readers)
            if not told_apart:
                found.append(Finding("level", ident, f"no condition tells apart {', '.join(unnamed)}"))
            elif unnamed:
                quiet[ident] = unnamed
    return quiet, found


def _produced(
    facts: Mapping[str, Fact], tables: Iterable[Table], chain: Chain, found: list[Finding]
) -> dict[str, set[str]]:
    """Return the levels that reachable rows set, for each fact that a table sets; adds findings of other rows."""
    in_chain = {table.id for table in chain.tables}
    produced: dict[str, set[str]] = {fact: set() for table in tables for fact in table.sets}
    drawn = _drawn(chain)
    for table in tables:
        scope = chain if table.id in in_chain else Chain(facts, [table])
        for row in _reached(scope, table, drawn, found):
            for ident, level in row.sets.items():
                produced[ident].add(level)
    return produced


def _unnamed(ident: str, fact: Fact, readers: Iterable[Table]) -> tuple[tuple[str, ...], bool]:
    """Return the levels that no condition names, and whether the conditions tell enough of the fact apart."""
    named = _named(ident, fact, readers)
    unnamed = tuple(level for level in fact.levels if level not in named)
    telling = [level for level in unnamed if level not in SILENT]
    only_all = all(table.hit != "first" for table in readers)
    return unnamed, bool(named) and (len(telling) <= 1 or only_all)


def _named(ident: str, fact: Fact, readers: Iterable[Table]) -> set[str]:
    """Return the levels that a row accepts which does not accept all of them."""
    conditions = (row.when.get(ident, frozenset()) for table in readers for row in table.rows)
    return {level for accepted in conditions if len(accepted) < len(fact.levels) for level in accepted}


def _drawn(chain: Chain) -> set[str]:
    """Return the rows that cases drawn at random reach, each a witness; only the others need to be sought."""
    levels = {ident: fact.levels for ident, fact in chain.facts.items() if ident not in chain.derived}
    draw = random.Random(0)  # noqa: S311 - the same cases every time
    rows: set[str] = set()
    with suppress(GuidanceError):  # a gap, which is a finding of its own
        for _ in range(_DRAWS):
            state = {ident: draw.choice(one) for ident, one in levels.items()}
            rows.update(hit.row.id for hit in chain.decide(state).hits)
    return rows


def _reached(scope: Chain, table: Table, drawn: Collection[str], found: list[Finding]) -> list[Row]:
    """Return the rows of ``table`` that some case reaches, and add a finding for each other row.

    Args:
        drawn: Rows that are known to be reached.
    """
    try:
        reached = [row for row in table.rows if row.id in drawn or _reaches(scope, row)]
    except GuidanceError as error:  # a gap, which is a finding of its own, leaves this question open
        found.append(Finding("reach", table.id, f"not computed: {error}"))
        return list(table.rows)
    lost = {row.id for row in table.rows} - {row.id for row in reached}
    found += [Finding("unreachable row", row.id, "no case leads to it") for row in table.rows if row.id in lost]
    return reached


def _reaches(scope: Chain, row: Row) -> bool:
    """Whether some case leads to a row; looked for where its own conditions hold, a small corner of all states."""
    return any(held for _, held in reachable(scope, {row.id: frozenset({row.id})}, (), row.when))


def check_sources(
    tables: Iterable[Table], statements: Mapping[str, str], cited_elsewhere: Iterable[str], must_cite: Iterable[str]
) -> tuple[int, list[Finding]]:
    """Look for statements that are cited and do not exist, are not cited and should be, and for rows without a note.

    Args:
        statements: The kind of each statement, by id.
        cited_elsewhere: Statements that something other than a row of ``tables`` cites.
        must_cite: The kinds of which every statement is cited.

    Returns:
        The number of statements that are cited, and the findings.
    """
    found: list[Finding] = []
    cited = set(cited_elsewhere)
    found += [Finding("statement", ident, "is cited and does not exist") for ident in sorted(cited - set(statements))]
    for table in tables:
        for row in table.rows:
            cited |= set(row.statements)
            for ident in row.statements:
                if ident not in statements:
                    found.append(Finding("statement", row.id, f"cites {ident}, which does not exist"))
            if not row.statements and not row.source:
                found.append(Finding("source", row.id, "cites no statement and names no source"))
            if row.fidelity != "verbatim" and not row.note:
                found.append(Finding("note", row.id, f"is {row.fidelity} and has no note"))
    kinds = set(must_cite)
    for ident, kind in statements.items():
        if kind in kinds and ident not in cited:
            found.append(Finding("statement", ident, f"no row cites this {kind}"))
    return len(cited & set(statements)), found


def check_quotations(tables: Iterable[Table], quoted: Collection[str]) -> list[Finding]:
    """Look for verbatim rows that do not stand beside the words they repeat.

    Args:
        quoted: The statements of which words are quoted, or which name the figure or table they stand in.
    """
    found: list[Finding] = []
    for row in (row for table in tables for row in table.rows if row.fidelity == "verbatim"):
        if not row.statements:
            found.append(Finding("quotation", row.id, "is verbatim and cites no statement"))
        for ident in row.statements:
            if ident not in quoted:
                found.append(Finding("quotation", row.id, f"is verbatim and cites {ident}, of which nothing is quoted"))
    return found


def check_thresholds(tables: Iterable[Table]) -> list[Finding]:
    """Look for numbers and comparisons in conditions: those belong in the definitions of the facts."""
    return [
        Finding("threshold", row.id, f"{fact} is compared with {level!r}; a threshold belongs in the facts")
        for table in tables
        for row in table.rows
        for fact, levels in row.when.items()
        for level in sorted(levels)
        if _NUMBER.search(level)
    ]
