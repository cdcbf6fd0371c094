"""zen-engine, an independent engine for decision tables, finds the same rows in the same states."""

from __future__ import annotations

import random
from collections.abc import Iterator
from math import ceil

import pytest

from ntrkpath.guidance import load
from ntrkpath.rules import Table
from ntrkpath.rules.chain import Masks
from support.chains import assignments
from support.zen import rows_of, to_zen

zen = pytest.importorskip("zen")

EDITION = load()
#: A table with more states is sampled, evenly and from a fixed start: ``next_test`` and ``cautions_timing``.
EVERY_STATE, SAMPLE = 50_000, 6_000


def states(table: Table) -> Iterator[dict[str, str]]:
    """Return every state of a table, or a sample of one that is too large."""
    every = table.states(EDITION.facts)
    step = ceil(every / SAMPLE) if every > EVERY_STATE else 1
    draw = random.Random(table.id)
    wanted = {i + draw.randrange(step) for i in range(0, every, step)}
    facts = {fact: EDITION.facts[fact].levels for fact in table.facts}
    return (levels for i, levels in enumerate(assignments(facts)) if i in wanted)


@pytest.mark.parametrize("ident", EDITION.tables)
def test_zen_engine_finds_the_same_rows(ident: str) -> None:
    table = EDITION.tables[ident]
    masks = Masks(table, EDITION.facts)
    decision = zen.ZenEngine().create_decision(to_zen(table, EDITION.facts))
    compared = 0
    for levels in states(table):
        mask = masks.matching(levels)
        ours = [row.id for i, row in enumerate(table.rows) if mask >> i & 1]
        assert rows_of(decision.evaluate(levels)["result"]) == (ours[:1] if table.hit == "first" else ours)
        compared += 1
    every = table.states(EDITION.facts)
    assert compared == every or compared > SAMPLE * 0.9
    assert compared == every or ident in {"next_test", "cautions_timing"}
