"""Random facts, tables and chains for property tests, and answers by brute force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from hypothesis import strategies as st

from ntrkpath.rules import Chain, Fact, Row, Table

Outcome = frozenset[str]
ITEMS = ("w", "x", "y", "z")


def make_fact(ident: str, levels: int) -> Fact:
    """Return a fact with levels ``l0``, ``l1``, ..."""
    return Fact(ident, f"{ident}?", tuple(f"l{i}" for i in range(levels)), {}, None, "case", "")


def make_row(ident: str, when: Mapping[str, frozenset[str]], sets: Mapping[str, str], **emits: Any) -> Row:
    """Return a row that is verbatim and cites nothing."""
    return Row(ident, dict(when), dict(sets), dict(emits), "", (), "test", "verbatim", "", ())


@st.composite
def chains(draw: st.DrawFn, tables: int = 3, base: int = 4, levels: int = 3) -> tuple[Chain, dict[str, Outcome]]:
    """Return a chain whose first-hit tables have no gap, and what each row contributes to the outcome."""
    facts = {f"b{i}": make_fact(f"b{i}", draw(st.integers(2, levels))) for i in range(draw(st.integers(2, base)))}
    available = list(facts)
    built: list[Table] = []
    items: dict[str, Outcome] = {}
    for number in range(draw(st.integers(1, tables))):
        first = draw(st.booleans())
        reads = draw(st.lists(st.sampled_from(available), min_size=1, max_size=3, unique=True))
        sets: tuple[str, ...] = ()
        if first:
            fact = make_fact(f"d{number}", draw(st.integers(2, levels)))
            facts[fact.id] = fact
            sets = (fact.id,)
        rows = []
        count = draw(st.integers(1, 4))
        for i in range(count):
            when = {
                f: frozenset(draw(st.lists(st.sampled_from(facts[f].levels), min_size=1, unique=True)))
                for f in reads
                if draw(st.booleans())
            }
            if first and i == count - 1:
                when = {}
            given = {f: draw(st.sampled_from(facts[f].levels)) for f in sets}
            row = make_row(f"t{number}r{i}", when, given)
            rows.append(row)
            items[row.id] = frozenset(draw(st.sets(st.sampled_from(ITEMS), max_size=2)))
        read = tuple(f for f in facts if any(f in row.when for row in rows))
        built.append(Table(f"t{number}", "", "first" if first else "all", tuple(rows), read, sets))
        available += sets
    return Chain(facts, built), items


def holds(row: Row, levels: Mapping[str, str]) -> bool:
    """Whether a row holds, by its conditions alone."""
    return all(levels[fact] in accepted for fact, accepted in row.when.items())


def evaluate(chain: Chain, levels: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the level of every fact and the rows that hold, by reading the rows one after the other."""
    state, rows = dict(levels), []
    for table in chain.tables:
        matching = [row for row in table.rows if holds(row, state)]
        if table.hit == "first":
            matching = matching[:1]
            state.update(matching[0].sets)
        rows += [row.id for row in matching]
    return state, rows


def outcome(chain: Chain, items: Mapping[str, Outcome], levels: Mapping[str, str]) -> Outcome:
    """Return what all rows that hold contribute."""
    return frozenset[str]().union(*(items.get(row, frozenset()) for row in evaluate(chain, levels)[1]))


def assignments(facts: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Return every assignment of levels to facts."""
    for levels in product(*facts.values()):
        yield dict(zip(facts, levels, strict=True))


def brute_changes(
    chain: Chain, items: Mapping[str, Outcome], levels: Mapping[str, str], opened: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, Outcome], set[Outcome]]:
    """Return, over all joint refinements, what each open fact could change, and every outcome."""
    changes: dict[str, Outcome] = {}
    outcomes = set()
    for other in assignments(dict(opened)):
        here = outcome(chain, items, {**levels, **other})
        outcomes.add(here)
        for fact in opened:
            present = outcome(chain, items, {**levels, **other, fact: levels[fact]})
            if here != present:
                changes[fact] = changes.get(fact, frozenset()) | (here ^ present)
    return changes, outcomes
