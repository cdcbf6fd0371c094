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
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.frame import record
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


def rate(fresh: Callable[[], Callable[[dict[str, str]], Any]], inputs: list[dict[str, str]], repeats: int = 5) -> float:
    """Return decisions a second: the median of several passes over the inputs, each with empty memories."""
    passes = []
    for _ in range(repeats):
        decide = fresh()
        gc.collect()
        start = time.process_time()
        for levels in inputs:
            decide(levels)
        passes.append(len(inputs) / (time.process_time() - start))
    return statistics.median(passes)


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
    ours = rate(lambda: Chain(facts, [table]).decide, inputs)
    traced = rate(lambda: lambda levels: peer(levels, {"trace": True}), few, 3)
    plain = rate(lambda: peer, few, 3)
    print(f"one table of {len(table.rows)} rows x {FACTS} facts, {len(inputs)} distinct inputs, median of 5 passes")
    print(f"{'':<28}{'decisions/s':>14}{'ratio':>9}{'bar':>14}")
    print(f"{'ntrkpath, with trace':<28}{ours:>14,.0f}{'':>9}{f'>= {BAR_RATE:,}/s':>14}")
    print(f"{'zen-engine, with trace':<28}{traced:>14,.0f}{ours / traced:>8.1f}x{f'>= {BAR_RATIO}x':>14}")
    print(f"{'zen-engine, without trace':<28}{plain:>14,.0f}{ours / plain:>8.1f}x")
    record("rules.rate", ours)
    record("rules.peer", ours / traced)
    return 0 if ours >= BAR_RATE and ours / traced >= BAR_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
