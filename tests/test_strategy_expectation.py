"""The exact expectation by hand, by brute force, by microsimulation; the frontier; what holds for any numbers."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntrkpath.guidance import load
from ntrkpath.strategy import compare
from ntrkpath.strategy.compare import DEFAULT, Model, build
from ntrkpath.strategy.expectation import OUTCOMES, chance, outcome_chances
from ntrkpath.strategy.frontier import frontier
from ntrkpath.strategy.tree import End, Tree, Workup

ALL = [*DEFAULT, "guidance-stain-first", "rt-pcr-ifs"]


def population(**facts: str) -> dict[str, Any]:
    known = {"histology_group": "complex_genomics", "extent": "metastatic", "canonical_alteration": "absent", **facts}
    return {"title": "one kind of patient", "cells": [{"share": 1.0, "facts": known, "frequency": "unselected"}]}


def costs(**tests: dict[str, Any]) -> dict[str, Any]:
    return {"name": "mine", "currency": "EUR", "tests": tests}


def test_two_tests_in_a_row_are_what_one_reckons_by_hand() -> None:
    table = costs(
        pan_trk_ihc={"cost": 100, "days": 2, "failure": 0},
        rna_mps={"cost": 900, "days": 14, "failure": 0},
    ) | {
        "accuracy": {"pan_trk_ihc": {"sensitivity": 0.8, "specificity": 0.9}},
        "frequency": {"unselected": 0.01},
    }
    row = compare(population(), ["ihc-then-rna"], table, patients=10_000).rows[0]
    positive = 10_000 * (0.01 * 0.8 + 0.99 * 0.1)
    assert row.outcomes["found"] == pytest.approx(80)
    assert row.outcomes["missed"] == pytest.approx(20)
    assert row.outcomes["false_positive"] == pytest.approx(0, abs=1e-9)
    assert row.outcomes["tests:rna_mps"] == pytest.approx(positive)
    assert row.outcomes["cost"] == pytest.approx(100 * 10_000 + 900 * positive)
    assert row.cost_per_found == pytest.approx((100 * 10_000 + 900 * positive) / 80)
    assert row.needed_to_test == pytest.approx(125)
    assert row.days_per_handled == pytest.approx(2 + 14 * positive / 10_000)


def test_a_failed_test_is_repeated_paid_twice_and_no_negative() -> None:
    table = costs(rna_mps={"cost": 10, "days": 7, "failure": 0.2}) | {"frequency": {"unselected": 0.5}}
    row = compare(population(), ["rna-all"], table, patients=100).rows[0]
    assert row.outcomes["tests:rna_mps"] == pytest.approx(120)
    assert row.outcomes["cost"] == pytest.approx(1200)
    assert row.outcomes["found"] == pytest.approx(50 * 0.96)
    assert row.outcomes["unresolved"] == pytest.approx(4)


def test_testing_none_finds_none_and_costs_nothing() -> None:
    row = compare("synthetic", ["none"]).rows[0]
    assert row.outcomes["cost"] == row.outcomes["found"] == row.outcomes["tested"] == 0
    assert row.outcomes["missed"] == pytest.approx(row.outcomes["fusions"])
    assert row.needed_to_test is None and row.cost_per_found is None


def brute_force(model: Model, name: str) -> dict[str, float]:
    """Send every kind of patient through every joint result of all tests, without the walk of the model."""
    values = model.inputs.values()
    found = dict.fromkeys(OUTCOMES, 0.0)
    for cell, own, tree in zip(model.population.cells, model.inputs.cells, model.trees[name], strict=True):
        frequency = chance(own.frequency, values)
        for fusion, weight in ((True, cell.share * frequency), (False, cell.share - cell.share * frequency)):
            slots = sorted(slots_of(tree))
            for results in itertools.product(range(3), repeat=len(slots)):
                joint = dict(zip(slots, results, strict=True))
                likely = weight
                for (test, _), result in joint.items():
                    likely *= outcome_chances(test, fusion, own, values)[result]
                if not likely:
                    continue
                node, cost, days, tests = tree, 0.0, 0.0, 0
                while not isinstance(node, End):
                    key = node.costs if isinstance(node, Workup) else node.test
                    cost, days = cost + values[f"cost:{key}"], days + values[f"days:{key}"]
                    if isinstance(node, Workup):
                        node = node.next
                    else:
                        tests += 1
                        node = (node.positive, node.negative, node.failed)[joint[node.test, node.attempt]]
                found["cost"] += likely * cost
                found["days"] += likely * days
                found["tested"] += likely * (tests > 0)
                found["found"] += likely * (node.kind == "found" and fusion)
                found["false_positive"] += likely * (node.kind == "found" and not fusion)
                found["missed"] += likely * (node.kind != "found" and fusion)
                found["unresolved"] += likely * (node.kind == "unresolved")
                found["undecided"] += likely * (node.kind == "undecided")
    return found


def slots_of(tree: Tree) -> set[tuple[str, int]]:
    if isinstance(tree, End):
        return set()
    if isinstance(tree, Workup):
        return slots_of(tree.next)
    below = slots_of(tree.positive) | slots_of(tree.negative) | slots_of(tree.failed)
    return {(tree.test, tree.attempt)} | below


@pytest.mark.parametrize("name", ALL)
def test_the_walk_agrees_with_every_joint_result_of_all_tests(name: str) -> None:
    model = build("synthetic", [name])
    ours = model.evaluate(model.inputs.values())[name]
    for outcome, expected in brute_force(model, name).items():
        if outcome in ("cost", "days", "tested", "found", "false_positive", "missed", "unresolved", "undecided"):
            assert ours[outcome] == pytest.approx(expected, rel=1e-9, abs=1e-12), outcome


@pytest.mark.parametrize(("mix", "seed"), [("synthetic", 1), ("table1", 2), ("msk2017", 3)])
def test_the_microsimulation_lies_within_4_5_standard_errors_of_every_expectation(mix: str, seed: int) -> None:
    pytest.importorskip("numpy")
    model = build(mix, ALL, assumptions=["extent=metastatic"] if mix == "msk2017" else [])
    exact = model.evaluate(model.inputs.values())
    drawn = model.simulate(400_000, seed)
    compared = 0
    for name, outcomes in exact.items():
        for outcome, expected in outcomes.items():
            spread = drawn.outcomes[name].get(outcome)
            if spread is None or spread.error == 0:
                mean = spread.mean if spread else 0.0
                assert mean == pytest.approx(expected, abs=1e-9), (name, outcome)
            else:
                assert abs(spread.mean - expected) <= 4.5 * spread.error, (name, outcome)
                compared += 1
    assert compared > 50


def test_the_microsimulation_notices_a_wrong_expectation() -> None:
    pytest.importorskip("numpy")
    model = build("table1", ["ihc-then-rna"])
    wrong = {**model.inputs.values(), "failure:rna_mps": 0.25}
    expected = model.evaluate(wrong)["ihc-then-rna"]["unresolved"]
    spread = model.simulate(400_000, 2).outcomes["ihc-then-rna"]["unresolved"]
    assert abs(spread.mean - expected) > 4.5 * spread.error


def test_equal_seeds_give_equal_patients_whatever_the_number_of_threads() -> None:
    pytest.importorskip("numpy")
    model = build("synthetic", ["guidance", "rna-all"])
    one, two = model.simulate(600_000, 5, threads=1), model.simulate(600_000, 5, threads=2)
    assert one == two
    assert one != model.simulate(600_000, 6, threads=2)


def test_strategies_see_the_same_simulated_patients() -> None:
    pytest.importorskip("numpy")
    model = build("synthetic", ["rna-all", "ihc-then-rna", "none"])
    outcomes = model.simulate(100_000, 4).outcomes
    assert len({strategy["fusions"].mean for strategy in outcomes.values()}) == 1
    # Every RNA test of a positive stain is one that testing all by RNA does too, with the same result.
    assert outcomes["ihc-then-rna"]["found"].mean < outcomes["rna-all"]["found"].mean


shares = st.floats(0, 1)
amounts = st.floats(0, 1e4)


@settings(max_examples=60, deadline=None)
@given(shares, shares, shares, shares, amounts, amounts, amounts, st.sampled_from(["complex_genomics", "imt", "gist"]))
def test_whatever_the_numbers_patients_and_fusions_are_conserved(
    frequency: float, sensitivity: float, specificity: float, failure: float, a: float, b: float, c: float, group: str
) -> None:
    cells = population(histology_group=group, alk_ros1="absent")
    entry = {"cost": a, "days": b, "failure": failure}
    tests = dict.fromkeys(("pan_trk_ihc", "fish", "dna_mps", "rna_mps"), entry)
    accuracy = {t: {"sensitivity": sensitivity, "specificity": specificity} for t in tests}
    table = costs(**tests) | {"accuracy": accuracy, "frequency": {"unselected": frequency}, "workups": {}}
    table["workups"] = {"drivers": {"cost": c, "days": 1}}
    model = build(cells, ["guidance", "guidance-stain-first", "ihc-then-rna", "fish-all", "dna-then-rna"], table)
    for name, o in model.evaluate(model.inputs.values()).items():
        assert o["found"] + o["missed"] == pytest.approx(frequency, abs=1e-9), name
        assert o["fusions"] == pytest.approx(frequency, abs=1e-9)
        assert 0 <= o["false_positive"] <= 1 - frequency + 1e-9
        assert 0 <= o["unresolved"] + o["undecided"] <= 1 + 1e-9
        assert 0 <= o["tested"] <= o["handled"] + 1e-9 <= 1 + 1e-8
        assert o["treatable"] <= o["found"] + 1e-9
        assert o["false_positives_treated"] <= o["false_positive"] + 1e-9
        ordered = sum(v for k, v in o.items() if k.startswith("tests:"))
        assert o["cost"] == pytest.approx(a * ordered + c * o.get("workups:drivers", 0), rel=1e-6, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 0.95), st.floats(0, 0.04))
def test_a_more_sensitive_stain_never_misses_more(sensitivity: float, more: float) -> None:
    def missed(value: float) -> float:
        table = costs(
            pan_trk_ihc={"cost": 1, "days": 1, "failure": 0.02}, rna_mps={"cost": 9, "days": 9, "failure": 0.1}
        ) | {"accuracy": {"pan_trk_ihc": {"sensitivity": value, "specificity": 0.8}}}
        model = build(population(), ["ihc-then-rna"], table)
        return float(model.evaluate(model.inputs.values())["ihc-then-rna"]["missed"])

    assert missed(sensitivity + more) <= missed(sensitivity) + 1e-12


def test_the_order_of_strategies_and_of_cells_changes_no_number() -> None:
    forth = {r.name: r for r in compare("synthetic", ALL).rows}
    back = {r.name: r for r in compare("synthetic", ALL[::-1]).rows}
    assert {n: r.outcomes for n, r in forth.items()} == {n: r.outcomes for n, r in back.items()}
    assert {n: r.place.status for n, r in forth.items()} == {n: r.place.status for n, r in back.items()}


def test_strategies_beside_it_do_not_change_a_strategy() -> None:
    alone = compare("table1", ["fish-all"]).rows[0].outcomes
    beside = next(r for r in compare("table1", ALL).rows if r.name == "fish-all").outcomes
    assert alone == beside


def test_what_finds_less_for_more_is_dominated() -> None:
    places = frontier({"none": (0, 0), "good": (0.02, 10), "bad": (0.01, 20), "best": (0.03, 40)})
    assert places["bad"].status == "dominated" and places["bad"].against == "good"
    assert places["good"].per_additional == pytest.approx(500)
    assert places["best"].per_additional == pytest.approx(3000)
    assert places["none"].per_additional is None


def test_what_a_mix_of_two_others_beats_is_extendedly_dominated() -> None:
    places = frontier({"none": (0, 0), "middle": (0.01, 30), "high": (0.03, 40)})
    assert places["middle"].status == "extendedly_dominated"
    assert places["high"].against == "none"


def test_the_mix_that_dominates_is_of_strategies_that_stay_on_the_frontier() -> None:
    places = frontier({"none": (0, 0), "a": (0.010, 30), "b": (0.012, 34), "high": (0.03, 40)})
    assert {n: p.against for n, p in places.items() if p.status == "extendedly_dominated"} == {"a": "high", "b": "high"}


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8))
def test_the_frontier_is_the_lower_convex_hull(points: list[tuple[int, int]]) -> None:
    named = {str(i): (float(a), float(b)) for i, (a, b) in enumerate(points)}
    places = frontier(named)
    on = sorted((named[n] for n, p in places.items() if p.status == "frontier"))
    assert len(set(on)) == len(on) >= 1
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in itertools.pairwise(on)]
    assert all(s > 0 for s in slopes) and all(x < y for x, y in itertools.pairwise(slopes))
    for found, cost in named.values():
        # No strategy finds more for less than the frontier at any price of a fusion.
        for price in (0.0, 0.5, 1.0, 3.0, 100.0):
            assert price * found - cost <= max(price * f - c for f, c in on) + 1e-9


def test_the_frontier_ends_at_what_finds_most() -> None:
    rows = compare("table1", ALL).rows
    most = max(rows, key=lambda r: r.outcomes["found"])
    assert most.place.status == "frontier"
    assert all(math.isfinite(r.place.per_additional) for r in rows if r.place.per_additional is not None)


def test_a_comparison_names_the_edition_it_rests_on() -> None:
    found = compare("table1", ["guidance"])
    assert found.edition_sha256 == load().sha256
