"""The compiler, the explorer and the reachable states agree with brute force on random chains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntrkpath.proof.filling_in import FillingIn
from ntrkpath.proof.reach import count_reachable
from ntrkpath.rules import Chain
from ntrkpath.rules.compile import CompiledChain
from ntrkpath.rules.explore import Explorer
from support.chains import Outcome, assignments, brute_changes, chains, evaluate, outcome

RANDOM = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def _case_facts(chain: Chain) -> dict[str, tuple[str, ...]]:
    return {fact: chain.facts[fact].levels for fact in chain.facts if fact not in chain.derived}


@RANDOM
@given(chains())
def test_evaluator_and_compiler_read_the_rows_as_written(built: tuple[Chain, dict[str, Outcome]]) -> None:
    chain, _ = built
    compiled = CompiledChain(chain)
    for levels in assignments(_case_facts(chain)):
        state, rows = evaluate(chain, levels)
        decision = chain.decide(levels)
        assert decision.levels == state
        assert [hit.row.id for hit in decision.hits] == rows
        indices = {fact: chain.facts[fact].index(level) for fact, level in levels.items()}
        final, held = compiled.decide(indices)
        assert {fact: chain.facts[fact].levels[i] for fact, i in final.items()} == state
        assert [t.rows[i].id for t, found in zip(chain.tables, held, strict=True) for i in found] == rows


@RANDOM
@given(chains(), st.data())
def test_reachable_states_and_their_number_are_those_of_brute_force(
    built: tuple[Chain, dict[str, Outcome]], data: st.DataObject
) -> None:
    chain, items = built
    keep = data.draw(st.lists(st.sampled_from(list(chain.facts)), max_size=2, unique=True))
    restricted = data.draw(st.lists(st.sampled_from(list(chain.facts)), max_size=2, unique=True))
    within = {
        fact: frozenset(data.draw(st.lists(st.sampled_from(chain.facts[fact].levels), min_size=1, unique=True)))
        for fact in restricted
    }
    counted = {*chain.base, *((set(keep) | set(within)) - chain.derived)}
    facts = {fact: levels for fact, levels in _case_facts(chain).items() if fact in counted}
    blank = {fact: levels[0] for fact, levels in _case_facts(chain).items()}
    expected: Counter[tuple[tuple[str, ...], Outcome]] = Counter()
    for assigned in assignments(facts):
        levels = {**blank, **assigned}
        state, _ = evaluate(chain, levels)
        if all(state[fact] in allowed for fact, allowed in within.items()):
            expected[tuple(state[fact] for fact in keep), outcome(chain, items, levels)] += 1
    assert count_reachable(chain, items, keep, within) == expected


@RANDOM
@given(chains(), st.data())
def test_the_explorer_and_the_diagrams_find_what_every_joint_refinement_would_change(
    built: tuple[Chain, dict[str, Outcome]], data: st.DataObject
) -> None:
    chain, items = built
    facts = _case_facts(chain)
    parts = data.draw(st.lists(st.sampled_from([table.id for table in chain.tables]), unique=True, max_size=3))
    explorer, diagrams = Explorer(chain, items, together=[parts]), FillingIn(chain, items)
    for _ in range(4):  # one explorer over several cases, with its memory
        levels = {fact: data.draw(st.sampled_from(found)) for fact, found in facts.items()}
        names = data.draw(st.lists(st.sampled_from(list(facts)), unique=True))
        opened = {
            fact: tuple(lv for lv in facts[fact] if lv == levels[fact] or data.draw(st.booleans())) for fact in names
        }
        changes, outcomes = brute_changes(chain, items, levels, opened)
        diagram = diagrams.diagram(levels, opened)
        assert explorer.changes(levels, opened) == diagram.changes() == changes
        assert list(explorer.changes(levels, opened)) == list(diagram.changes())
        assert diagram.outcomes() == outcomes
        here = outcome(chain, items, levels)
        alone = {f for f in opened for lv in opened[f] if outcome(chain, items, {**levels, f: lv}) != here}
        assert diagram.alone() == alone


@cache
def _first_two(items: Outcome) -> Outcome:
    return items - {"z"} if "y" in items else items


@RANDOM
@given(chains(), st.data())
def test_the_explorer_and_the_diagrams_compare_outcomes_in_their_normal_form(
    built: tuple[Chain, dict[str, Outcome]], data: st.DataObject
) -> None:
    chain, items = built
    facts = _case_facts(chain)
    explorer = Explorer(chain, items, lambda item: ("yz" if item in "yz" else item, "yz".find(item)))
    diagrams = FillingIn(chain, items, _first_two, lambda _: "one name")
    levels: Mapping[str, str] = {fact: data.draw(st.sampled_from(found)) for fact, found in facts.items()}
    present = {fact: levels[fact] for fact in facts}
    changes: dict[str, Outcome] = {}
    for other in assignments(facts):
        here = _first_two(outcome(chain, items, other))
        for fact in facts:
            kept = _first_two(outcome(chain, items, {**other, fact: present[fact]}))
            if here != kept:
                changes[fact] = changes.get(fact, frozenset()) | (here ^ kept)
    assert explorer.changes(levels, facts) == diagrams.diagram(levels, facts).changes() == changes
