"""Which combinations of levels and outcomes a chain can reach at all, over every state of its case facts.

Tables are applied one after the other to sets of partial states; a fact that only one table reads is
summed out there, and a fact that nothing later reads is forgotten. This is exact, and fast enough to prove a
property over more states than could be listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from ntrkpath.rules.chain import Chain, Masks
from ntrkpath.rules.explore import Outcome, slice_for

State = tuple[tuple[str, ...], Outcome]


def _image(
    table: Masks, shared: list[str], chain: Chain, items: Mapping[str, Outcome], allowed: Mapping[str, frozenset[str]]
) -> dict[tuple[str, ...], set[tuple[tuple[str, ...], Outcome]]]:
    """Map each assignment of the shared facts to the (levels set, items) that its other facts can lead to."""
    masks = dict(table.by_fact)
    private = [f for f in masks if f not in shared]
    rows = table.table.rows
    image: dict[tuple[str, ...], set[tuple[tuple[str, ...], Outcome]]] = {}
    for chosen in product(*(chain.facts[f].levels for f in shared)):
        start = table.all_rows
        for fact, level in zip(shared, chosen, strict=True):
            start &= masks[fact][level]
        current = {start}
        for fact in private:
            levels = [lv for lv in chain.facts[fact].levels if fact not in allowed or lv in allowed[fact]]
            current = {mask & masks[fact][level] for mask in current for level in levels}
        results = set()
        for mask in current:
            if table.first:
                row = rows[(mask & -mask).bit_length() - 1]
                results.add((tuple(row.sets[f] for f in table.table.sets), items.get(row.id, frozenset())))
            else:
                held: Outcome = frozenset().union(*(items.get(r.id, frozenset()) for i, r in enumerate(rows) if mask >> i & 1))
                results.add(((), held))
        image[chosen] = results
    return image


def reachable(
    chain: Chain,
    items: Mapping[str, Outcome],
    keep: Iterable[str] = (),
    within: Mapping[str, frozenset[str]] | None = None,
) -> set[State]:
    """Return every (levels of ``keep``, outcome) that some state of the case facts leads to.

    Args:
        items: What each row contributes to the outcome, by row id.
        keep: Facts, of the case or derived, whose levels stay in the answer, in this order.
        within: Restricts facts, of the case or derived, to these levels.
    """
    keep = list(keep)
    allowed = dict(within or {})
    wanted = set(keep) | set(allowed)
    steps = slice_for(chain, items, wanted)
    uses: dict[str, int] = {}
    for step in steps:
        for fact, _ in step.by_fact:
            uses[fact] = uses.get(fact, 0) + 1
    last = {fact: i for i, step in enumerate(steps) for fact, _ in step.by_fact}
    last.update(dict.fromkeys(keep, len(steps)))
    names: list[str] = [f for f in keep if f not in chain.derived]
    states: set[State] = {
        (values, frozenset())
        for values in product(
            *([lv for lv in chain.facts[f].levels if f not in allowed or lv in allowed[f]] for f in names)
        )
    }
    for index, step in enumerate(steps):
        read = [f for f, _ in step.by_fact]
        shared = [f for f in read if f in chain.derived or uses[f] > 1 or f in keep]
        fresh = [f for f in shared if f not in names]
        image = _image(step, shared, chain, items, allowed)
        options = [[lv for lv in chain.facts[f].levels if f not in allowed or lv in allowed[f]] for f in fresh]
        after = [f for f in (*names, *fresh, *step.table.sets) if last.get(f, -1) > index]
        extended = [*names, *fresh, *step.table.sets]
        select = [extended.index(f) for f in after]
        where = [([*names, *fresh]).index(f) for f in shared]
        limits = [(extended.index(f), allowed[f]) for f in step.table.sets if f in allowed]
        following: set[State] = set()
        for values, outcome in states:
            for extra in product(*options):
                full = values + extra
                for sets, held in image[tuple(full[i] for i in where)]:
                    whole = full + sets
                    if all(whole[i] in levels for i, levels in limits):
                        following.add((tuple(whole[i] for i in select), outcome | held))
        states, names = following, after
    select = [names.index(f) for f in keep]
    return {(tuple(values[i] for i in select), outcome) for values, outcome in states}
