"""Strategies: 10 million simulated patients under four strategies, beside numpy drawing as many numbers."""

from __future__ import annotations

import resource
import sys

import numpy as np

from benchmarks.frame import best, record
from ntrkpath.strategy.compare import build
from ntrkpath.strategy.expectation import used

STRATEGIES = ("guidance", "ihc-then-rna", "fish-all", "rna-all")
PATIENTS = 10_000_000
#: Bars: seconds on two cores, and memory in MB.
SECONDS, MEMORY = 4.0, 1000


def main() -> None:
    """Print what was measured."""
    model = build("msk2017", STRATEGIES, assumptions=["extent=metastatic"])
    drawn = 0.0
    for i, cell in enumerate(model.population.cells):
        slots = set().union(*(used(trees[i]) for trees in model.trees.values()))
        drawn += cell.share * len(slots) * PATIENTS
    took = best(lambda: model.simulate(PATIENTS, seed=1), 1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    if sys.platform == "darwin":
        memory /= 1024
    rng = np.random.Generator(np.random.SFC64(1))

    def draw() -> None:
        for left in range(int(drawn), 0, -(1 << 18)):
            rng.random(min(left, 1 << 18), dtype=np.float32)

    plain = best(draw, 1)
    print(f"{len(STRATEGIES)} strategies x {PATIENTS:,} patients: {took.processor:.2f} s of processor time, "
          f"{took.clock:.2f} s by the clock (bar {SECONDS:.0f} s)")  # fmt: skip
    print(f"memory at its highest: {memory:,.0f} MB (bar {MEMORY:,} MB)")
    print(f"numpy drawing the same {drawn:,.0f} numbers: {plain.processor:.2f} s; ratio {took.beside(plain)}")
    record("strategy.time", *took)
    record("strategy.memory", memory)
    record("strategy.peer", *took.over(plain))
    exact = best(lambda: model.evaluate(model.inputs.values()), 1)
    print(f"exact expectation of all four: {1000 * exact.processor:.1f} ms")


if __name__ == "__main__":
    main()
