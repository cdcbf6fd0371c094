"""What is missing, found by parts, is what the decision diagrams over every joint filling-in find."""

from __future__ import annotations

import datetime as dt
import random
from functools import cache

import pytest

from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway, case_from
from ntrkpath.proof.filling_in import FillingIn, strongest
from support.cases import KINDS


@cache
def _pathway() -> Pathway:
    return Pathway(load(), dt.date(2026, 5, 15))


@cache
def _diagrams() -> FillingIn:
    return FillingIn(_pathway().chain, load().items(), strongest(load()), lambda item: item.partition(":")[0])


@pytest.mark.parametrize("kind", KINDS)
def test_the_parts_of_a_case_give_what_its_diagram_gives_in_the_same_order(kind: str) -> None:
    draw, pathway = random.Random(20), _pathway()
    told = 0
    for number in range(600):
        read = pathway.facts(case_from(KINDS[kind](number, draw)))
        for levels in read.choices:
            opened = pathway.unknowns.open_facts(levels, pathway.readouts.open_levels(read.called))
            changes = _diagrams().diagram(levels, opened).changes()
            assert list(pathway.unknowns.explorer.changes(levels, opened).items()) == list(changes.items())
            told += len(changes)
    assert told > 0


def test_facts_opened_at_random_are_told_as_the_diagram_tells_them() -> None:
    """Also combinations that no case has: levels drawn at random, some facts open to some of their levels."""
    draw, pathway, facts = random.Random(21), _pathway(), load().facts
    for _ in range(400):
        levels = {fact: draw.choice(facts[fact].levels) for fact in pathway.unknowns.explorer.order}
        opened = {
            fact: tuple(lv for lv in facts[fact].levels if lv == levels[fact] or draw.random() < 0.7)
            for fact in pathway.unknowns.explorer.order
            if draw.random() < 0.25
        }
        changes = _diagrams().diagram(levels, opened).changes()
        assert list(pathway.unknowns.explorer.changes(levels, opened).items()) == list(changes.items())
