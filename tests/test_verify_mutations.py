"""Every mutation of a row that changes an outcome is caught: by the logic, by an example, or by the lock.

Each row of each table is dropped, swapped with the next, widened by each of its conditions, and, in a first-hit table,
narrowed by each accepted level. Where the dense look-up of outcomes differs from that of the edition, some check must
object; where it does not, the mutant is equivalent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec
import pytest

from ntrkpath.guidance import load
from ntrkpath.model.errors import GuidanceError
from ntrkpath.proof import edition as proof
from ntrkpath.proof.checks import check_sources, check_table
from ntrkpath.proof.constructed import constructed
from ntrkpath.proof.lock import outcomes, table_hash
from ntrkpath.proof.properties import prove
from ntrkpath.proof.verify import MUST_CITE, Scope
from ntrkpath.rules import Chain, Fact, Row, Table
from ntrkpath.rules.chain import Masks

EDITION = load()
SUBJECT = proof.subject_of(EDITION)
SCOPES = {table.id: scope for scope in (SUBJECT.scope, *SUBJECT.beside) for table in scope.tables}
TALLY: dict[str, Counter[str]] = {}


def mutants(table: Table, facts: Mapping[str, Fact]) -> Iterator[tuple[str, Row, tuple[Row, ...]]]:
    """Return every mutation: its kind, the row it is about, and the rows that are left."""
    rows = table.rows
    for i, row in enumerate(rows):
        yield "drop", row, rows[:i] + rows[i + 1 :]
        if i + 1 < len(rows):
            yield "swap", row, (*rows[:i], rows[i + 1], row, *rows[i + 2 :])
        for fact, accepted in row.when.items():
            if len(accepted) == len(facts[fact].levels):
                continue
            rest = {f: levels for f, levels in row.when.items() if f != fact}
            yield "widen", row, _replaced(rows, i, rest)
            if table.hit == "first" and len(accepted) > 1:
                for level in sorted(accepted):
                    yield "narrow", row, _replaced(rows, i, {**row.when, fact: accepted - {level}})


def _replaced(rows: tuple[Row, ...], index: int, when: dict[str, frozenset[str]]) -> tuple[Row, ...]:
    return (*rows[:index], msgspec.structs.replace(rows[index], when=when), *rows[index + 1 :])


def example_fails(masks: Masks) -> bool:
    """Whether an example of the table is answered by other rows than it says."""
    rows = masks.table.rows
    bits = {row.id: 1 << i for i, row in enumerate(rows)}
    for example in constructed(masks.table.id):
        mask = masks.matching(example.facts)
        if masks.first:
            mask &= -mask
        if mask != sum(bits.get(ident, 0) for ident in example.rows) or example.rows - bits.keys():
            return True
    return False


def uncited(mutant: Table) -> bool:
    """Whether the mutant leaves a statement without a row that cites it."""
    tables = tuple(
        mutant if t.id == mutant.id else t for scope in (SUBJECT.scope, *SUBJECT.beside) for t in scope.tables
    )
    return bool(check_sources(tables, SUBJECT.statements, SUBJECT.cited, MUST_CITE)[1])


def unsafe(scope: Scope, kind: str, row: Row, mutant: Table) -> bool:
    """Whether a safety property that the mutation can touch no longer holds.

    In a hit-all table a dropped row takes actions away, so only ``always`` can fail; a widened one adds, so only
    ``never`` can.
    """
    actions = set(row.emits.get("actions", {}))
    if not actions or kind == "swap":
        return False
    chain = Chain(scope.facts, [mutant if t.id == mutant.id else t for t in scope.chain.tables])
    for entry in SUBJECT.properties:
        asked = set(entry.get("always" if kind == "drop" else "never", ()))
        if (asked & actions or "any" in asked) and prove(chain, entry)[1]:
            return True
    return False


def objection(scope: Scope, kind: str, row: Row, masks: Masks, signed: str) -> str:
    """The first check that objects to a mutant, the cheapest first: table, example, property, lock; empty if none."""
    table = masks.table
    if check_table(masks, scope.facts)[1] or (kind == "drop" and uncited(table)):
        return "table"
    if example_fails(masks):
        return "example"
    if table.hit == "all" and unsafe(scope, kind, row, table):
        return "property"
    return "lock" if table_hash(masks, scope.facts) != signed else ""


@pytest.mark.parametrize("ident", SCOPES)
def test_no_mutation_that_changes_an_outcome_escapes(ident: str) -> None:
    scope = SCOPES[ident]
    table = next(t for t in scope.tables if t.id == ident)
    original = outcomes(Masks(table, scope.facts))
    signed = table_hash(Masks(table, scope.facts), scope.facts)
    tally: Counter[str] = Counter()
    escaped = []
    for kind, row, rows in mutants(table, scope.facts):
        masks = Masks(msgspec.structs.replace(table, rows=rows), scope.facts)
        tally["mutants"] += 1
        tally[kind] += 1
        if outcomes(masks) == original:
            tally["equivalent"] += 1
            continue
        objected = objection(scope, kind, row, masks, signed)
        tally[objected] += 1
        if not objected:
            escaped.append(f"{kind} {row.id}")
    TALLY[ident] = tally
    assert escaped == []
    if table.hit == "first" and not any(row.yields_to for row in table.rows):  # no row falls through to another
        assert tally["table"] == tally["mutants"] - tally["equivalent"]


def test_the_examples_catch_what_logic_cannot() -> None:
    """Over all tables that have examples: what only the lock would notice is nothing, or next to it."""
    if set(TALLY) != set(SCOPES):
        pytest.skip("needs the test of every table before it")
    shown = [tally for ident, tally in TALLY.items() if constructed(ident)]
    total = sum(shown, Counter[str]())
    print(dict(sum(TALLY.values(), Counter[str]())), dict(total))
    assert total["lock"] <= (total["mutants"] - total["equivalent"]) // 100


def test_a_mutation_in_a_chain_without_a_row_is_refused() -> None:
    table = EDITION.tables["tier"]
    chain = Chain(EDITION.facts, [msgspec.structs.replace(table, rows=table.rows[1:])])
    with pytest.raises(GuidanceError, match="no row holds"):
        chain.decide(dict.fromkeys(table.facts, "unknown") | {"histology_group": "infantile_fibrosarcoma"})
