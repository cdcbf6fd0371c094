"""Facts to decision with trace: one table of about 100 rows and 12 facts, against zen-engine in the same run.

    python -m benchmarks.rules [--inputs 40000]

The table has the shape of ``next_test``: its rows over its seven facts, and 27 of them split in two by one of five
further facts, so that 80 rows over 12 facts leave no gap and do not overlap. Every input is distinct; nothing is
remembered between inputs.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.frame import Taken, middle, record
from ntrkpath.guidance import load
from ntrkpath.rules import Chain, Fact, Row, Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

SPLITS = ("trk_therapy", "extent", "surgery_morbidity", "standard_therapy", "relapse_risk")
FACTS = 12
BAR_RATE, BAR_RATIO = 200_000, 8


def synthetic_table() -> tuple[Table, dict[str, Fact]]:
    """Return the largest table of the edition, rows of it split over further facts, and its facts."""
    edition = load()
    rows: list[Row] = []
    left = len(SPLITS)
    for i, row in enumerate(edition.tables["next_test"].rows):
        if i % 2 == 0 and left > 0:
            left -= 1
            fact = edition.facts[SPLITS[(i // 2) % len(SPLITS)]]
            half = frozenset(fact.levels[: len(fact.levels) // 2])
            for part, levels in (("a", half), ("b", frozenset(fact.levels) - half)):
                rows.append(msgspec.structs.replace(row, id=f"{row.id}{part}", when={**row.when, fact.id: levels}))
        else:
            rows.append(row)
    read = {fact for row in rows for fact in row.when}
    facts = tuple(fact for fact in edition.facts if fact in read)
    return Table("synthetic", "", "first", tuple(rows), facts, ()), {fact: edition.facts[fact] for fact in facts}


def distinct_inputs(facts: dict[str, Fact], number: int) -> list[dict[str, str]]:
    """Return that many distinct states, from a fixed start."""
    draw = random.Random(7)
    found: dict[tuple[str, ...], None] = {}
    while len(found) < number:
        found[tuple(draw.choice(fact.levels) for fact in facts.values())] = None
    return [dict(zip(facts, levels, strict=True)) for levels in found]


def passes(fresh: Callable[[], Callable[[dict[str, str]], Any]], inputs: list[dict[str, str]], times: int = 5) -> Taken:
    """Return what a decision takes: the median of several passes over the inputs, each with empty memories."""

    def run() -> None:
        decide = fresh()
        for levels in inputs:
            decide(levels)

    gc.collect()
    taken = middle(run, times)
    return Taken(taken.processor / len(inputs), taken.clock / len(inputs))


def main() -> int:
    """Measure, check that both engines find the same rows, and print the ratios; 1 where a bar is missed."""
    from support.zen import rows_of, zen_evaluator

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=40_000)
    inputs_wanted = parser.parse_args().inputs
    table, facts = synthetic_table()
    chain = Chain(facts, [table])
    assert len(table.facts) == FACTS
    inputs = distinct_inputs(facts, inputs_wanted)
    peer = zen_evaluator(table, facts)
    few = inputs[:10_000]
    for levels in few:
        assert rows_of(peer(levels)["result"]) == [hit.row.id for hit in chain.decide(levels).hits]
    ours = passes(lambda: Chain(facts, [table]).decide, inputs)
    traced = passes(lambda: lambda levels: peer(levels, {"trace": True}), few, 3)
    plain = passes(lambda: peer, few, 3)
    rate, ratio = ours.rate(1), traced.over(ours)
    print(f"one table of {len(table.rows)} rows x {FACTS} facts, {len(inputs)} distinct inputs, median of 5 passes")
    print(f"{'':<28}{'us, processor':>14}{'us, clock':>14}")
    for name, taken in (("ntrkpath", ours), ("zen-engine", traced), ("zen-engine, no trace", plain)):
        print(f"{name:<28}{1e6 * taken.processor:>14.2f}{1e6 * taken.clock:>14.2f}  {taken.beside(ours)}")
    print(f"{rate[0]:,.0f} decisions a second (bar {BAR_RATE:,}), {ratio[0]:.1f} x (bar {BAR_RATIO})")
    record("rules.rate", *rate)
    record("rules.peer", *ratio)
    return 0 if rate[0] >= BAR_RATE and ratio[0] >= BAR_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
