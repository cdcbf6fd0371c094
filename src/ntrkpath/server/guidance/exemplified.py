"""Which constructed examples show a rule: those in which it holds, and those that miss it by one fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ntrkpath.proof.constructed import Constructed, constructed
from ntrkpath.rules import Fact, Table
from ntrkpath.rules.chain import Masks
from ntrkpath.server.guidance.entries import ExampleEntry

#: How many examples a page shows before the rest, and how many of these are near misses where there are any.
SHOWN, NEAR = 6, 2


def exemplified(table: Table, facts: Mapping[str, Fact]) -> dict[str, tuple[ExampleEntry, ...]]:
    """Return the examples of every rule of a table: first those in which it answers, then one near miss for each fact.

    A near miss differs from an example in which the rule answers in one fact, and other rows answer, or none. What
    answers is worked out from the table, not taken from the example, so that it is right for an edition that was
    changed; an example with facts or levels that the table lacks is left out.
    """
    masks = Masks(table, facts)
    held = [(one, _rows(masks, one)) for one in constructed(table.id) if _fits(masks, one)]
    beside: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    states = [tuple(one.facts[fact] for fact in table.facts) for one, _ in held]
    for i, state in enumerate(states):
        for place, fact in enumerate(table.facts):
            beside[fact, state[:place] + state[place + 1 :]].append(i)
    found: dict[str, tuple[ExampleEntry, ...]] = {}
    for row in table.rows:
        inside = [i for i, (_, rows) in enumerate(held) if row.id in rows]
        near: dict[str, int] = {}
        for i in inside:
            for place, fact in enumerate(table.facts):
                others = beside[fact, states[i][:place] + states[i][place + 1 :]]
                missed = (other for other in others if row.id not in held[other][1])
                if fact not in near and (first := next(missed, None)) is not None:
                    near[fact] = first
        entries = [_entry(*held[i]) for i in inside]
        entries += [_entry(*held[i], differs=fact) for fact, i in near.items()]
        found[row.id] = tuple(entries)
    return found


def shown(examples: tuple[ExampleEntry, ...]) -> tuple[list[ExampleEntry], list[ExampleEntry]]:
    """Return the examples that a page shows at once, near misses last, and the rest."""
    inside = [one for one in examples if one.holds]
    near = [one for one in examples if not one.holds]
    first = inside[: SHOWN - min(NEAR, len(near))]
    first += near[: SHOWN - len(first)] if len(inside) > len(first) else near[: max(NEAR, SHOWN - len(first))]
    return first, [one for one in examples if one not in first]


def _fits(masks: Masks, one: Constructed) -> bool:
    return all(one.facts.get(fact) in levels for fact, levels in masks.by_fact)


def _rows(masks: Masks, one: Constructed) -> tuple[str, ...]:
    mask = masks.matching(one.facts)
    rows = tuple(row.id for i, row in enumerate(masks.table.rows) if mask >> i & 1)
    return rows[:1] if masks.first else rows


def _entry(one: Constructed, rows: tuple[str, ...], differs: str = "") -> ExampleEntry:
    return ExampleEntry(name=one.name, facts=one.facts, rows=rows, holds=not differs, differs=differs)
