"""Facts, tables and the evaluator: what they accept, what they refuse, and how rows are chosen."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest

from ntrkpath.guidance import load
from ntrkpath.model.errors import GuidanceError
from ntrkpath.proof.filling_in import FillingIn
from ntrkpath.rules import Chain, Fact, Row, Table, load_facts, load_tables
from ntrkpath.rules.chain import Masks
from ntrkpath.rules.compile import CompiledChain
from ntrkpath.rules.explore import Explorer
from ntrkpath.rules.table import accepted
from support.chains import assignments, brute_changes, evaluate

FACTS: list[dict[str, Any]] = [
    {"id": "stain", "question": "?", "levels": ["positive", "negative", "failed", "not_done", "unknown"], "derive": {}},
    {"id": "stage", "question": "?", "levels": ["early", "late", "unknown"], "derive": {}},
    {"id": "call", "question": "?", "levels": ["yes", "no"]},
]


def row(ident: str = "R-1", **changes: Any) -> dict[str, Any]:
    """Return a sound row with changes."""
    plain = {
        "id": ident,
        "when": {"stain": "positive"},
        "then": {"call": "yes"},
        "statements": ["S"],
        "fidelity": "verbatim",
    }
    return {**plain, **changes}


def tables(*rows: Mapping[str, Any], **changes: Any) -> tuple[Table, ...]:
    """Return the loaded tables of a file that holds one table of these rows."""
    entry = {"table": "t", "question": "?", "hit": "first", "rows": list(rows), **changes}
    return load_tables([entry], load_facts(FACTS), "file.yaml")


def chain(*rows: Mapping[str, Any], hit: str = "first") -> Chain:
    """Return a chain of one table of these rows."""
    return Chain(load_facts(FACTS), tables(*rows, hit=hit))


def test_the_first_row_that_holds_decides() -> None:
    both = chain(row("R-1"), row("R-2", when={}, then={"call": "no"}))
    for stain, ident, call in (("positive", "R-1", "yes"), ("failed", "R-2", "no")):
        decision = both.decide({"stain": stain})
        assert [(hit.table, hit.row.id) for hit in decision.hits] == [("t", ident)]
        assert decision.levels == {"stain": stain, "call": call}


def test_every_row_that_holds_counts_where_all_are_asked_for() -> None:
    emit = {"then": {"caution": "x"}}
    every = chain(
        row("R-1", **emit), row("R-2", when={"stage": "late"}, **emit), row("R-3", when={}, **emit), hit="all"
    )
    held = [hit.row.id for hit in every.decide({"stain": "positive", "stage": "early"}).hits]
    assert held == ["R-1", "R-3"]


def test_a_state_without_a_row_is_an_error_in_a_first_hit_table_only() -> None:
    with pytest.raises(GuidanceError, match="no row holds"):
        chain(row()).decide({"stain": "negative"})
    assert chain(row(then={"caution": "x"}), hit="all").decide({"stain": "negative"}).hits == []


def test_the_case_is_left_as_it_was() -> None:
    levels = {"stain": "positive"}
    chain(row()).decide(levels)
    assert levels == {"stain": "positive"}


def test_a_row_is_found_by_its_id() -> None:
    assert chain(row()).row("R-1").table == "t"
    with pytest.raises(KeyError):
        chain(row()).row("R-9")


@pytest.mark.parametrize(
    ("condition", "levels"),
    [
        ("positive", {"positive"}),
        (["positive", "failed"], {"positive", "failed"}),
        ({"not": "positive"}, {"negative"}),
        ({"not": ["negative"]}, {"positive"}),
        ({"not": "unknown"}, {"positive", "negative"}),
        (["unknown"], {"unknown"}),
    ],
)
def test_not_never_matches_a_silent_level(condition: Any, levels: set[str]) -> None:
    assert accepted(condition, load_facts(FACTS)["stain"], "here") == levels


BAD_ROWS = {
    "unknown fact": (row(when={"colour": "red"}), "reads a fact that is not defined", "colour"),
    "unknown level": (row(when={"stain": "purple"}), "has no such level", "purple"),
    "unknown level in not": (row(when={"stain": {"not": "purple"}}), "has no such level", "purple"),
    "unknown level set": (row(then={"call": "maybe"}), "has no such level", "maybe"),
    "unknown key": (row(wen={}), "unknown key", "wen"),
    "neither levels nor not": (row(when={"stain": {"above": 1}}), "neither levels nor", "above"),
    "accepts nothing": (row(when={"stain": {"not": ["positive", "negative"]}}), "accepts no level", "not"),
    "accepts an empty list": (row(when={"stain": []}), "accepts no level", "[]"),
    "no id": ({k: v for k, v in row().items() if k != "id"}, "needs an id", "file.yaml: ?"),
    "when is no mapping": (row(when=["stain"]), "is not a mapping", "stain"),
    "then is no mapping": (row(then="yes"), "is not a mapping", "yes"),
    "no fidelity": (row(fidelity=""), "does not say its fidelity", "allowed: verbatim"),
    "fidelity unknown": (row(fidelity="certain"), "does not say its fidelity", "certain"),
    "no note": (row(fidelity="inferred"), "needs a note", "R-1"),
    "yields to a later row": (row(yields_to=["R-2"]), "does not stand before it", "R-2"),
    "yields to itself": (row(yields_to=["R-1"]), "does not stand before it", "R-1"),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_is_one_clear_error(case: str) -> None:
    bad, problem, named = BAD_ROWS[case]
    with pytest.raises(GuidanceError) as caught:
        tables(bad)
    text = str(caught.value)
    assert text.startswith("file.yaml: ?" if case == "no id" else "file.yaml: R-1")
    assert problem in text
    assert named in text


def test_bad_tables_are_one_clear_error_each() -> None:
    for changed, problem in (
        ((row(), row()), "used twice"),
        ((row(), row("R-2", then={"caution": "x"})), "set the same facts"),
    ):
        with pytest.raises(GuidanceError, match=problem):
            tables(*changed)
    bad_keys: tuple[tuple[str, Any, str], ...] = (
        ("hit", "some", "unknown hit policy"),
        ("colour", "red", "unknown key"),
        ("rows", [], "needs rows"),
    )
    for key, value, problem in bad_keys:
        with pytest.raises(GuidanceError, match=problem):
            tables(row(), **{key: value})


def test_an_id_is_used_once_in_a_file() -> None:
    entries = [{"table": name, "hit": "first", "rows": [row()]} for name in ("t", "u")]
    with pytest.raises(GuidanceError, match="used twice"):
        load_tables(entries, load_facts(FACTS), "file.yaml")


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"id": "a", "levels": ["x", "y"], "colour": 1}, "unknown key"),
        ({"id": "stain", "levels": ["x", "y"]}, "defined twice"),
        ({"id": "a", "levels": ["x"]}, "two or more distinct levels"),
        ({"id": "a", "levels": ["x", "x"]}, "two or more distinct levels"),
        ({"id": "a", "levels": ["x", "y"], "says": {"z": "?"}}, "says a level it lacks"),
    ],
)
def test_a_bad_fact_is_one_clear_error(entry: dict[str, Any], problem: str) -> None:
    with pytest.raises(GuidanceError, match=problem):
        load_facts([*FACTS, entry])


def test_tables_stand_in_the_order_in_which_they_read() -> None:
    facts = load_facts(FACTS)
    setter = Table("a", "", "first", (_plain("A-1", {}, {"call": "yes"}),), (), ("call",))
    reader = Table("b", "", "all", (_plain("B-1", {"call": frozenset({"yes"})}, {}),), ("call",), ())
    Chain(facts, [setter, reader])
    with pytest.raises(GuidanceError, match="a later table sets"):
        Chain(facts, [reader, setter])
    with pytest.raises(GuidanceError, match="set by two tables"):
        Chain(facts, [setter, setter])


def _plain(ident: str, when: dict[str, frozenset[str]], sets: dict[str, str]) -> Row:
    return Row(ident, when, sets, {}, "", ("S",), "", "verbatim", "", ())


def test_a_fact_finds_its_levels() -> None:
    fact = Fact("a", "", ("x", "y"), {}, None, "case", "")
    assert fact.index("y") == 1
    with pytest.raises(ValueError, match="not in tuple"):
        fact.index("z")


def test_masks_of_the_edition_read_the_rows_as_written() -> None:
    """The evaluator against the conditions themselves, on states drawn from every table."""
    edition, draw = load(), random.Random(1)
    for table in edition.tables.values():
        masks = Masks(table, edition.facts)
        for _ in range(200):
            levels = {fact: draw.choice(edition.facts[fact].levels) for fact in table.facts}
            written = sum(
                1 << i for i, r in enumerate(table.rows) if all(levels[f] in found for f, found in r.when.items())
            )
            assert masks.matching(levels) == written


def test_the_chain_of_the_edition_decides_as_its_rows_are_written_and_as_it_is_compiled() -> None:
    edition, draw = load(), random.Random(2)
    compiled = CompiledChain(edition.chain)
    for _ in range(300):
        levels = {fact: draw.choice(edition.facts[fact].levels) for fact in edition.chain.base}
        decision = edition.chain.decide(levels)
        state, rows = evaluate(edition.chain, levels)
        assert (decision.levels, [hit.row.id for hit in decision.hits]) == (state, rows)
        indices, held = compiled.decide({fact: edition.facts[fact].index(level) for fact, level in levels.items()})
        assert {fact: edition.facts[fact].levels[i] for fact, i in indices.items()} == state
        found = [t.rows[i].id for t, indexed in zip(edition.chain.tables, held, strict=True) for i in indexed]
        assert found == rows


def test_the_explorer_agrees_with_brute_force_on_the_edition() -> None:
    """Sampled cases with up to six open facts, over all their joint refinements."""
    edition, draw = load(), random.Random(3)
    items = edition.items()
    explorer, diagrams = Explorer(edition.chain, items), FillingIn(edition.chain, items)
    decided = {f for f in explorer.order if len(edition.facts[f].levels) <= 5}
    told = 0
    for size in (1, 2, 3, 4, 5, 6, 6, 6):
        levels = {fact: draw.choice(edition.facts[fact].levels) for fact in edition.chain.base}
        names = draw.sample(sorted(decided), size)
        opened = {f: edition.facts[f].levels for f in explorer.order if f in names}
        while sum(1 for _ in assignments(opened)) > 400:
            opened.popitem()
        diagram = diagrams.diagram(levels, opened)
        changes, outcomes = brute_changes(edition.chain, items, levels, opened)
        assert explorer.changes(levels, opened) == diagram.changes() == changes
        assert diagram.outcomes() == outcomes
        told += len(changes)
    assert told > 0
