"""zen-engine, an independent engine for decision tables, finds the same rows in every state of every table."""

from __future__ import annotations

import pytest

from ntrkpath.guidance import load
from ntrkpath.rules.chain import Masks
from support.chains import assignments
from support.zen import rows_of, zen_evaluator

pytest.importorskip("zen")

EDITION = load()


@pytest.mark.parametrize("ident", EDITION.tables)
def test_zen_engine_finds_the_same_rows_in_every_state(ident: str) -> None:
    table = EDITION.tables[ident]
    masks = Masks(table, EDITION.facts)
    evaluate = zen_evaluator(table, EDITION.facts)
    rows: dict[int, list[str]] = {}
    compared = 0
    for levels in assignments({fact: EDITION.facts[fact].levels for fact in table.facts}):
        mask = masks.matching(levels)
        if masks.first:
            mask &= -mask
        expected = rows.get(mask)
        if expected is None:
            expected = rows[mask] = [row.id for i, row in enumerate(table.rows) if mask >> i & 1]
        assert rows_of(evaluate(levels)["result"]) == expected
        compared += 1
    assert compared == table.states(EDITION.facts)
