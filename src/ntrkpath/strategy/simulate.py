"""Microsimulation: patients drawn one by one, the same patients and test results under every strategy.

Needs numpy (``pip install 'ntrkpath[stats]'``). A patient is a cell, a fusion or none, and a result of each test that
any strategy may order; a strategy then reads the results it asks for. Equal seeds give equal patients, whatever the
number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from ntrkpath.model.errors import StrategyError
from ntrkpath.strategy.arrays import Array, numpy
from ntrkpath.strategy.expectation import chance, end_outcomes, outcome_chances, used
from ntrkpath.strategy.inputs import CellInputs
from ntrkpath.strategy.population import Cell
from ntrkpath.strategy.tree import End, Tree, Workup

#: Patients drawn at a time; small enough that a chunk stays in the cache of a core.
CHUNK = 1 << 18
#: Results that fit into a code of 16 bits, and those that a table is made for at all.
_SLOTS_16, _SLOTS = 10, 12


class Spread(msgspec.Struct, frozen=True):
    """One outcome of one strategy over simulated patients.

    Args:
        mean: Per patient.
        error: Standard error of the mean, from the exact variance where it is known.
        quantiles: 5 %, 50 %, 95 % and 100 % over patients; cost and days only.
    """

    mean: float
    error: float
    quantiles: tuple[float, float, float, float] | None = None


class Simulation(msgspec.Struct, frozen=True):
    """Outcomes per patient: strategy, then outcome."""

    patients: int
    seed: int
    outcomes: dict[str, dict[str, Spread]]


class _Group(msgspec.Struct, frozen=True):
    """Patients of one cell with, or without, a fusion; a code holds the result of each slot as a digit to base 3."""

    slots: tuple[tuple[str, int], ...]
    chances: tuple[tuple[float, float, float], ...]
    tables: dict[str, dict[str, Any]]


def simulate(
    cells: Sequence[Cell],
    inputs: Sequence[CellInputs],
    trees: Mapping[str, Sequence[Tree]],
    values: Mapping[str, float],
    *,
    patients: int,
    seed: int,
    threads: int | None = None,
) -> Simulation:
    """Draw patients and send them through every strategy.

    Args:
        trees: Strategy to what it does with each cell.
        values: A number for every parameter.
        patients: How many patients are drawn.
        seed: Of the random numbers.
        threads: At most so many at a time; the number of processors where not given.

    Raises:
        StrategyError: numpy is missing, or a cell meets more different tests than can be tabulated.
    """
    np = numpy()
    groups: list[_Group] = []
    weights: list[float] = []
    for i, (cell, given) in enumerate(zip(cells, inputs, strict=True)):
        mine = {name: strategy[i] for name, strategy in trees.items()}
        slots = tuple(sorted(set().union(*(used(tree) for tree in mine.values()))))
        if len(slots) > _SLOTS:
            raise StrategyError(
                "too many different tests at once",
                where=f"simulate: cell {cell.name!r}",
                value=len(slots),
                allowed=f"at most {_SLOTS} in one cell, each repeat counted",
                remedy="fewer strategies at once, or fewer repeats",
            )
        share = chance(given.frequency, values)
        for fusion, part in ((True, share), (False, 1 - share)):
            chances = tuple(outcome_chances(test, fusion, given, values) for test, _ in slots)
            tables = {name: _tabulate(tree, slots, fusion, given, values) for name, tree in mine.items()}
            groups.append(_Group(slots, chances, tables))
            weights.append(cell.share * part)
    shares = np.array(weights)
    shares = shares / shares.sum()
    sizes = [CHUNK] * (patients // CHUNK) + ([patients % CHUNK] if patients % CHUNK else [])
    seeds = np.random.SeedSequence(seed).spawn(len(sizes))
    totals = [np.zeros(3 ** len(group.slots), dtype=np.int64) for group in groups]
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for counts in pool.map(lambda job: _chunk(groups, shares, *job), zip(sizes, seeds, strict=True)):
            for total, count in zip(totals, counts, strict=True):
                total += count
    found = {name: _summary(name, groups, totals, shares, patients) for name in trees}
    return Simulation(patients, seed, found)


def _chunk(groups: list[_Group], shares: Array, size: int, seed: Any) -> list[Array]:
    np = numpy()
    rng = np.random.Generator(np.random.SFC64(seed))
    counts = []
    for group, n in zip(groups, rng.multinomial(size, shares), strict=True):
        kind = np.uint16 if len(group.slots) <= _SLOTS_16 else np.uint32
        codes = np.zeros(n, dtype=kind)
        for i, (positive, negative, _) in enumerate(group.chances):
            drawn = rng.random(n, dtype=np.float32)
            digit = (drawn >= positive).view(np.uint8) + (drawn >= positive + negative).view(np.uint8)
            codes += digit * kind(3**i)
        counts.append(np.bincount(codes, minlength=3 ** len(group.slots)))
    return counts


def _tabulate(
    tree: Tree, slots: tuple[tuple[str, int], ...], fusion: bool, cell: CellInputs, values: Mapping[str, float]
) -> dict[str, Any]:
    """Return, for every code of a patient, each outcome under one strategy."""
    np = numpy()
    codes = np.arange(3 ** len(slots))
    digits = {slot: codes // 3**i % 3 for i, slot in enumerate(slots)}
    table: dict[str, Any] = {"cost": np.zeros(len(codes)), "days": np.zeros(len(codes))}
    if fusion:
        table["fusions"] = np.ones(len(codes))

    def add(name: str, mask: Any, amount: float = 1.0) -> None:
        table.setdefault(name, np.zeros(len(codes)))[mask] += amount

    def walk(node: Tree, mask: Any, tested: bool = False, handled: bool = False) -> None:
        if isinstance(node, End):
            for name in end_outcomes(node.kind, fusion, cell.treatable):
                add(name, mask)
            return
        key = node.costs if isinstance(node, Workup) else node.test
        add(f"workups:{key}" if isinstance(node, Workup) else f"tests:{key}", mask)
        add("cost", mask, values[f"cost:{key}"])
        add("days", mask, values[f"days:{key}"])
        if not handled:
            add("handled", mask)
        if isinstance(node, Workup):
            walk(node.next, mask, tested, True)
            return
        if not tested:
            add("tested", mask)
        digit = digits[node.test, node.attempt]
        for i, below in enumerate((node.positive, node.negative, node.failed)):
            part = mask & (digit == i)
            if part.any():
                walk(below, part, True, True)

    walk(tree, np.ones(len(codes), dtype=bool))
    if any(name.startswith("treatment:") for name in values):
        zero = np.zeros(len(codes))
        good, bad = table.get("treatable", zero), table.get("false_positives_treated", zero)
        for name, key in (("qaly", "qaly"), ("treatment_cost", "cost")):
            table[name] = good * values[f"treatment:fusion:{key}"] + bad * values[f"treatment:no_fusion:{key}"]
    return table


def _summary(name: str, groups: list[_Group], totals: list[Any], shares: Array, patients: int) -> dict[str, Spread]:
    np = numpy()
    outcomes = sorted({outcome for group in groups for outcome in group.tables[name]})
    found: dict[str, Spread] = {}
    for outcome in outcomes:
        total = expected = square = 0.0
        for group, counts, share in zip(groups, totals, shares, strict=True):
            values = group.tables[name].get(outcome)
            if values is not None:
                likely = share * _likelihood(group)
                total += float(values @ counts)
                expected += float(values @ likely)
                square += float(values**2 @ likely)
        error = (max(square - expected**2, 0.0) / patients) ** 0.5
        quantiles = None
        if outcome in ("cost", "days"):
            seen = np.concatenate([group.tables[name][outcome] for group in groups])
            order = np.argsort(seen, kind="stable")
            reached = np.cumsum(np.concatenate(totals)[order])
            places = [np.searchsorted(reached, max(1, round(q * patients))) for q in (0.05, 0.5, 0.95, 1)]
            a, b, c, d = (float(seen[order][place]) for place in places)
            quantiles = (a, b, c, d)
        found[outcome] = Spread(total / patients, error, quantiles)
    return found


def _likelihood(group: _Group) -> Array:
    """Return the chance of every code within a group."""
    np = numpy()
    likely: Array = np.ones(1)
    for chances in group.chances:
        likely = np.outer(np.array(chances), likely).ravel()
    return likely
