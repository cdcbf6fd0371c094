"""The guidance as a strategy: generated from the tables, and what the tables say is what each cell goes through."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from ntrkpath.guidance import load
from ntrkpath.pathway import case_from
from ntrkpath.pathway.decide import Pathway
from ntrkpath.strategy.compare import build
from ntrkpath.strategy.from_cohort import leading_facts
from ntrkpath.strategy.generated import load_readouts, walker_of
from ntrkpath.strategy.plan import TablesPlan, load_plan
from ntrkpath.strategy.population import Cell
from ntrkpath.strategy.tree import End, Step, Tree, Workup, steps

EDITION = load()
READOUTS = load_readouts()
PLANS = ["guidance", "guidance-stain-first"]


def tree(name: str = "guidance", workup: dict[str, str] | None = None, **facts: str) -> Tree:
    plan = load_plan(name, EDITION, READOUTS.tests)
    assert isinstance(plan, TablesPlan)
    return walker_of(EDITION).tree(Cell("cell", 1.0, facts, workup or {}), plan)


def first(found: Tree) -> str:
    return found.kind if isinstance(found, End) else found.test if isinstance(found, Step) else found.name


def test_priority_1_is_tested_at_any_extent() -> None:
    for extent in EDITION.facts["extent"].levels:
        assert first(tree(histology_group="infantile_fibrosarcoma", extent=extent)) == "rna_mps"


def test_a_stain_comes_first_where_it_is_preferred() -> None:
    assert first(tree("guidance-stain-first", histology_group="infantile_fibrosarcoma")) == "pan_trk_ihc"


def test_priority_2_is_screened_by_a_stain_and_confirmed_by_rna() -> None:
    found = tree(histology_group="complex_genomics", extent="metastatic", differentiation="none")
    assert isinstance(found, Step) and found.test == "pan_trk_ihc" and found.rule == "NEXT-51"
    assert first(found.positive) == "rna_mps"
    assert found.negative == End("excluded", "NEXT-45")


def test_myogenic_tumours_go_to_sequencing_without_a_stain() -> None:
    found = tree(histology_group="complex_genomics", extent="metastatic", differentiation="myogenic")
    assert {s.test for s in steps(found) if isinstance(s, Step)} == {"rna_mps"}


def test_resectable_disease_and_known_drivers_are_not_tested() -> None:
    assert tree(histology_group="complex_genomics", extent="localized") == End("not_tested", "NEXT-65")
    assert first(tree(histology_group="gist", extent="metastatic", canonical_alteration="present")) == "not_tested"


def test_unknown_drivers_are_worked_up_first_and_stay_undecided_where_nobody_says_what_that_shows() -> None:
    assert first(tree(histology_group="gist", extent="metastatic")) == "undecided"
    found = tree(histology_group="gist", extent="metastatic", workup={"canonical_alteration": "absent"})
    assert isinstance(found, Workup) and found.costs == "drivers"
    assert first(found.next) == "pan_trk_ihc"


def test_unknown_extent_is_settled_before_the_test() -> None:
    found = tree(histology_group="complex_genomics", workup={"extent": "localized"})
    assert isinstance(found, Workup) and found.costs == "staging"
    assert first(found.next) == "not_tested"


def test_alk_and_ros1_come_before_the_test_of_an_inflammatory_myofibroblastic_tumour() -> None:
    found = tree(histology_group="imt", extent="metastatic", workup={"alk_ros1": "absent"})
    assert isinstance(found, Workup) and found.name == "order_alk_ros1"
    assert first(found.next) == "rna_mps"


def cells() -> list[Cell]:
    """Every state of the facts that lead the way, with what a work-up would show where one is unknown."""
    levels = {f: EDITION.facts[f].levels for f in ("histology_group", "extent", "canonical_alteration", "alk_ros1")}
    found = []
    for group in levels["histology_group"]:
        for extent in levels["extent"]:
            for canonical in levels["canonical_alteration"]:
                for alk in levels["alk_ros1"] if group == "imt" else ["unknown"]:
                    for how in ("none", "myogenic", "unknown"):
                        facts = {"histology_group": group, "extent": extent, "canonical_alteration": canonical}
                        facts |= {"alk_ros1": alk, "differentiation": how}
                        workup = {"extent": "metastatic", "canonical_alteration": "absent", "alk_ros1": "absent"}
                        found.append(Cell("c", 1.0, facts, workup))
    return found


def walks(found: Tree, path: tuple[tuple[str, str], ...] = ()) -> list[tuple[tuple[tuple[str, str], ...], End]]:
    if isinstance(found, End):
        return [(path, found)]
    if isinstance(found, Workup):
        return walks(found.next, path)
    return [
        walk
        for outcome in ("positive", "negative", "failed")
        for walk in walks(found.after(outcome), (*path, (found.test, outcome)))
    ]


@pytest.mark.parametrize("name", PLANS)
def test_on_every_path_of_every_cell_the_rules_of_safety_hold(name: str) -> None:
    plan = load_plan(name, EDITION, READOUTS.tests)
    assert isinstance(plan, TablesPlan)
    walker = walker_of(EDITION)
    seen = 0
    for cell in cells():
        grown = walker.tree(cell, plan)
        upfront = walker.triage(cell)[0] == "+++"
        for path, end in walks(grown):
            seen += 1
            results = dict(path)
            for test, outcome in path:
                # A test is repeated only after it failed, and once.
                assert [t for t, _ in path].count(test) <= 2
                assert outcome in ("positive", "negative", "failed")
            if end.kind == "found":
                sequenced = "positive" in (results.get("rna_mps"), results.get("dna_mps"), results.get("rt_pcr"))
                assert sequenced or (upfront and "positive" in (results.get("fish"), results.get("pan_trk_ihc")))
            if results.get("rna_mps") == "positive":
                assert end.kind == "found"
            if results.get("rna_mps") == "negative":
                assert end.kind == "excluded"
            if path and all(outcome == "failed" for _, outcome in path):
                assert end.kind == "unresolved"
            if upfront and path:
                # Testing of a priority +++ tumour ends without a fusion only on RNA.
                assert end.kind != "excluded" or results.get("rna_mps") == "negative"
    assert seen > 1000


@pytest.mark.parametrize("name", PLANS)
def test_every_step_and_every_end_names_the_row_behind_it(name: str) -> None:
    for grown in build("synthetic", [name]).trees[name]:
        for step in steps(grown):
            assert step.rule in EDITION.rows
        for _, end in walks(grown):
            assert end.rule in EDITION.rows


def test_a_changed_table_changes_the_strategy() -> None:
    """The pathway is not written twice: another reading of figure 2 changes the tree by itself."""
    both = tree(histology_group="complex_genomics", extent="metastatic", differentiation="none")
    only_b = tree(histology_group="complex_genomics", extent="metastatic", differentiation="none", figure2_reading="b")
    assert isinstance(both, Step) and isinstance(only_b, Step)
    assert both.negative == End("excluded", "NEXT-45")
    assert only_b.negative == End("unresolved", "NEXT-47")


def test_every_readout_is_made_of_facts_and_levels_of_the_edition() -> None:
    for test, outcomes in READOUTS.facts.items():
        assert set(outcomes) == {"positive", "negative", "failed"}
        for facts in outcomes.values():
            for fact, level in facts.items():
                assert level in EDITION.facts[fact].levels, (test, fact)
    for action in (*READOUTS.actions, *READOUTS.workups, READOUTS.repeat):
        assert action in EDITION.actions
    assert set(READOUTS.facts) == set(READOUTS.tests) == set(READOUTS.summary)
    assert {*READOUTS.found, *READOUTS.excluded} <= set(EDITION.facts["target"].levels)


def test_every_action_that_orders_a_test_for_a_fusion_is_known_to_the_strategy() -> None:
    known = {*READOUTS.actions, *READOUTS.workups}
    ordering = {a for a in EDITION.actions if re.match(r"order_(?!resistance)", a)}
    assert ordering <= known


def test_nobody_is_treatable_whom_the_treatment_gate_keeps_out() -> None:
    walker = walker_of(EDITION)
    localised = Cell(
        "c",
        1.0,
        {"histology_group": "infantile_fibrosarcoma", "extent": "localized", "surgery_morbidity": "acceptable"},
    )
    severe = Cell("c", 1.0, {**localised.facts, "surgery_morbidity": "severe"})
    spread = Cell("c", 1.0, {**localised.facts, "extent": "metastatic"})
    unknown = Cell("c", 1.0, {**localised.facts, "extent": "unknown"})
    assert [walker.treatable(c) for c in (localised, severe, spread, unknown)] == [False, True, True, False]


def test_a_repeat_is_of_the_test_that_the_row_speaks_of() -> None:
    found = tree(
        "guidance-stain-first", histology_group="complex_genomics", extent="metastatic", differentiation="none"
    )
    paths = {path for path, _ in walks(found)}
    # Stain positive, sequencing failed twice, FISH failed: the row asks to repeat the sequencing, not the FISH.
    stuck = (("pan_trk_ihc", "positive"), ("rna_mps", "failed"), ("rna_mps", "failed"), ("fish", "failed"))
    assert stuck in paths
    assert not any(path[: len(stuck)] == stuck and len(path) > len(stuck) for path in paths)
    # A stain that cannot be read is repeated itself.
    assert any(path[:2] == (("pan_trk_ihc", "failed"), ("pan_trk_ihc", "negative")) for path in paths)


def test_a_test_that_the_strategy_does_not_do_is_no_missing_fact() -> None:
    data = {"title": "stain only", "decision_tables": True, "prefer": ["pan_trk_ihc"], "follow": ["recommended"]}
    facts = {"histology_group": "complex_genomics", "extent": "metastatic", "differentiation": "myogenic"}
    model = build({"title": "one", "cells": [{"share": 1.0, "facts": facts}]}, [data])
    ((grown,),) = model.trees.values()
    assert isinstance(grown, End) and grown.kind == "not_tested"


# --- the same case, asked step by step
HISTOLOGIES = {
    "infantile_fibrosarcoma": ("Infantile fibrosarcoma", []),
    "imt": ("Inflammatory myofibroblastic tumour", []),
    "ntrk_associated": ("Lipofibromatosis-like neural tumour", []),
    "gist": ("GIST", [("KIT", "mutation"), ("PDGFRA", "mutation"), ("NF1", "mutation"), ("BRAF", "mutation"),
                      ("SDHA", "deficiency"), ("SDHB", "deficiency")]),
    "wd_dd_liposarcoma": ("Dedifferentiated liposarcoma", [("MDM2", "amplification"), ("CDK4", "amplification")]),
    "recurrent_fusion": ("Synovial sarcoma", [("SS18", "fusion")]),
    "complex_genomics": ("Undifferentiated pleomorphic sarcoma", []),
    "myogenic": ("Leiomyosarcoma", []),
    "other_sarcoma": ("Chordoma", []),
}  # fmt: skip
GENES = ["NTRK1", "NTRK2", "NTRK3"]
RESULTS: dict[str, dict[str, list[dict[str, Any]]]] = {
    "pan_trk_ihc": {
        "positive": [{"result": "positive", "percent": 90, "distribution": "diffuse", "control": "adequate"}],
        "negative": [{"result": "negative", "percent": 0, "control": "adequate"}],
        "failed": [{"result": "failed"}],
    },
    "fish": {
        "positive": [
            {"gene": g, "probe": "break_apart", "result": "positive" if g == "NTRK3" else "negative"} for g in GENES
        ],
        "negative": [{"gene": g, "probe": "break_apart", "result": "negative"} for g in GENES],
        "failed": [{"gene": g, "probe": "break_apart", "result": "failed"} for g in GENES],
    },
    "rna_mps": {
        "positive": [{
            "result": "positive", "rna_quality": "adequate", "genes_covered": GENES,
            "fusions": [{"five_prime": "ETV6", "three_prime": "NTRK3", "exon_five_prime": 5, "exon_three_prime": 15}],
        }],
        "negative": [{"result": "negative", "rna_quality": "adequate", "genes_covered": GENES}],
        "failed": [{"result": "failed", "rna_quality": "poor"}],
    },
}  # fmt: skip


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("group", HISTOLOGIES)
def test_step_by_step_the_strategy_does_what_the_case_is_recommended(name: str, group: str) -> None:
    """Each step is an action that the pathway recommends for that case with those results, by the same row."""
    plan = load_plan(name, EDITION, READOUTS.tests)
    assert isinstance(plan, TablesPlan)
    walker, pathway = walker_of(EDITION), Pathway(EDITION, dt.date(2026, 1, 1))
    histology, markers = HISTOLOGIES[group]
    asked = 0

    def follow(tree: Tree, data: dict[str, Any], results: dict[str, list[dict[str, Any]]]) -> None:
        nonlocal asked
        asked += 1
        tests = [{"method": test, **one} for test, several in results.items() for one in several]
        answer = pathway.recommend(case_from({**data, "tests": tests}))
        actions = {action.action: action for action in answer.actions}
        treats = any(EDITION.action_kinds[action] == "treatment" for action in actions)
        assert not isinstance(tree, Workup)
        if isinstance(tree, Step):
            wanted = {
                a.rule
                for n, a in actions.items()
                if a.strength in plan.follow
                and (tree.test in READOUTS.actions.get(n, ()) or (tree.attempt > 1 and n == READOUTS.repeat))
            }
            assert tree.rule in wanted, (data, results, tree.test)
            for outcome in ("positive", "negative", "failed"):
                follow(tree.after(outcome), data, {**results, tree.test: RESULTS[tree.test][outcome]})
            return
        left = [n for n, a in actions.items() if a.strength in plan.follow and n in READOUTS.actions]
        assert all(set(READOUTS.actions[n]) & set(results) for n in left), (data, results, left)
        if tree.kind == "found":
            assert treats == walker.treatable(cell)
        else:
            assert not treats

    for extent in ("localized", "metastatic", "unknown"):
        for status in ("present", "absent", "unknown"):
            if status != "unknown" and not markers and group != "imt":
                continue
            given = [("ALK", "fusion"), ("ROS1", "fusion")] if group == "imt" else markers
            data = {
                "id": "c",
                "diagnosis": {"histology": histology},
                "disease": {"extent": extent},
                "alterations": [{"gene": g, "kind": k, "status": status} for g, k in given if status != "unknown"],
            }
            levels = pathway.facts(case_from(data)).levels
            known = {f: levels[f] for f in leading_facts(EDITION) if levels[f] != "unknown"}
            cell = Cell("cell", 1.0, known)
            follow(walker.tree(cell, plan), data, {})
    assert asked >= 3
