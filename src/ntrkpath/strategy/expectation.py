"""The exact expectation: the probability tree of every cell, walked once, for numbers or for arrays of draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ntrkpath.strategy.arrays import numpy
from ntrkpath.strategy.inputs import CellInputs
from ntrkpath.strategy.population import Cell
from ntrkpath.strategy.tree import End, Step, Tree, Workup, steps

#: What is reckoned per patient of the population, besides ``tests:NAME`` and ``workups:NAME``.
OUTCOMES = {
    "tested": "patients tested",
    "handled": "patients with a test or a work-up",
    "fusions": "patients with a fusion",
    "found": "fusions found",
    "missed": "fusions missed",
    "missed_undecided": "fusions missed in patients not tested because a fact is missing",
    "false_positive": "fusions reported that are none",
    "treatable": "fusions found where the treatment gate is open",
    "false_positives_treated": "false positives where the treatment gate is open",
    "unresolved": "patients tested without a reliable answer",
    "undecided": "patients not tested because a fact is missing",
    "cost": "cost of tests and work-ups",
    "days": "days from the first request to the end",
}
#: A number, or an array of draws.
Number = Any


def chance(names: Sequence[str], values: Mapping[str, Number]) -> Number:
    """Return the share of a cell's patients with a fusion: the product of its parameters, at most 1."""
    product: Number = 1.0
    for name in names:
        product = product * values[name]
    return product if isinstance(product, float) and product <= 1 else _at_most_one(product)


def _at_most_one(product: Number) -> Number:
    if isinstance(product, float):
        return min(product, 1.0)
    np = numpy()

    return np.minimum(product, 1.0)


def outcome_chances(
    test: str, fusion: bool, cell: CellInputs, values: Mapping[str, Number]
) -> tuple[Number, Number, Number]:
    """Return the chances that a test is positive, negative, failed in a patient with or without a fusion."""
    sensitivity, specificity = cell.accuracy[test]
    failure = values[f"failure:{test}"]
    positive = values[sensitivity] if fusion else 1 - values[specificity]
    return (1 - failure) * positive, (1 - failure) * (1 - positive), failure


def expectation(
    cells: Sequence[Cell], inputs: Sequence[CellInputs], trees: Sequence[Tree], values: Mapping[str, Number]
) -> dict[str, Number]:
    """Return the expectation of every outcome per patient of the population.

    Args:
        trees: What the strategy does with each cell.
        values: A number, or an array of draws, for every parameter.
    """
    found: dict[str, Number] = dict.fromkeys(OUTCOMES, 0.0)
    for cell, given, tree in zip(cells, inputs, trees, strict=True):
        frequency = chance(given.frequency, values)
        for fusion, weight in ((True, cell.share * frequency), (False, cell.share * (1 - frequency))):
            if fusion:
                found["fusions"] = found["fusions"] + weight
            _walk(tree, weight, fusion, given, values, found)
    if any(name.startswith("treatment:") for name in values):
        _treatment(found, values)
    return found


def _walk(
    tree: Tree,
    weight: Number,
    fusion: bool,
    cell: CellInputs,
    values: Mapping[str, Number],
    found: dict[str, Number],
    tested: bool = False,
    handled: bool = False,
) -> None:
    if isinstance(tree, End):
        for name in end_outcomes(tree.kind, fusion, cell.treatable):
            found[name] = found[name] + weight
        return
    key = tree.costs if isinstance(tree, Workup) else tree.test
    name = f"workups:{key}" if isinstance(tree, Workup) else f"tests:{key}"
    found[name] = found.get(name, 0.0) + weight
    found["cost"] = found["cost"] + weight * values[f"cost:{key}"]
    found["days"] = found["days"] + weight * values[f"days:{key}"]
    if not handled:
        found["handled"] = found["handled"] + weight
    if isinstance(tree, Workup):
        _walk(tree.next, weight, fusion, cell, values, found, tested, True)
        return
    if not tested:
        found["tested"] = found["tested"] + weight
    chances = outcome_chances(tree.test, fusion, cell, values)
    for after, share in zip((tree.positive, tree.negative, tree.failed), chances, strict=True):
        if not (isinstance(share, float) and share == 0):
            _walk(after, weight * share, fusion, cell, values, found, True, True)


def end_outcomes(kind: str, fusion: bool, treatable: bool) -> tuple[str, ...]:
    """Return the outcomes that an end counts for, in a patient with or without a fusion."""
    names: list[str] = []
    if kind == "found":
        names.append("found" if fusion else "false_positive")
        if treatable:
            names.append("treatable" if fusion else "false_positives_treated")
    elif fusion:
        names.append("missed")
        if kind == "undecided":
            names.append("missed_undecided")
    if kind in ("unresolved", "undecided"):
        names.append(kind)
    return tuple(names)


def _treatment(found: dict[str, Number], values: Mapping[str, Number]) -> None:
    good, bad = found["treatable"], found["false_positives_treated"]
    found["qaly"] = good * values["treatment:fusion:qaly"] + bad * values["treatment:no_fusion:qaly"]
    found["treatment_cost"] = good * values["treatment:fusion:cost"] + bad * values["treatment:no_fusion:cost"]


def used(tree: Tree) -> set[tuple[str, int]]:
    """Return the tests of a tree with the number of the attempt."""
    return {(step.test, step.attempt) for step in steps(tree) if isinstance(step, Step)}
