"""zen-engine, an independent engine for decision tables, finds the same rows in every state of every table."""

from __future__ import annotations

import itertools

import pytest

from ntrkpath.guidance import load
from ntrkpath.rules.chain import Masks
from support.chains import assignments
from support.zen import rows_of, zen_evaluator

pytest.importorskip("zen")

EDITION = load()

#: Tables of more states than this are gone through whole in the long run; else every so many-th state is compared, a
#: prime above the number of levels of any fact, so that no level is left out.
MANY, EVERY = 100_000, 31
LARGE = [ident for ident, table in EDITION.tables.items() if table.states(EDITION.facts) > MANY]


def compare(ident: str, every: int) -> None:
    """Compare the rows that both engines find in every state, or in one of so many."""
    table = EDITION.tables[ident]
    masks = Masks(table, EDITION.facts)
    evaluate = zen_evaluator(table, EDITION.facts)
    rows: dict[int, list[str]] = {}
    compared = 0
    states = assignments({fact: EDITION.facts[fact].levels for fact in table.facts})
    for levels in itertools.islice(states, 0, None, every):
        mask = masks.matching(levels)
        if masks.first:
            mask &= -mask
        expected = rows.get(mask)
        if expected is None:
            expected = rows[mask] = [row.id for i, row in enumerate(table.rows) if mask >> i & 1]
        assert rows_of(evaluate(levels)["result"]) == expected
        compared += 1
    assert compared == -(-table.states(EDITION.facts) // every)


@pytest.mark.parametrize("ident", EDITION.tables)
def test_zen_engine_finds_the_same_rows_in_every_state(ident: str) -> None:
    compare(ident, EVERY if ident in LARGE else 1)


@pytest.mark.long
@pytest.mark.parametrize("ident", LARGE)
def test_zen_engine_finds_the_same_rows_in_every_state_of_the_large_tables(ident: str) -> None:
    compare(ident, 1)
