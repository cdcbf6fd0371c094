"""Which combinations of levels and outcomes a chain can reach at all, over every state of its case facts.

Two levels that nothing asked for tells apart are one class, found from the last table back to the first. Tables are
then applied one after the other to sets of partial states over classes; a fact that only one table reads is summed
out there, and a fact that nothing later reads is forgotten. This is exact, it counts the states it speaks of, and it
is fast enough to prove a property over more states than could be listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from math import prod
from operator import itemgetter

from ntrkpath.model.errors import GuidanceError
from ntrkpath.rules.box import Outcome
from ntrkpath.rules.chain import Chain, Masks
from ntrkpath.rules.explore import slice_for

State = tuple[tuple[str, ...], Outcome]
Result = tuple[tuple[int, ...], Outcome]
Classes = tuple[tuple[str, ...], ...]
#: The classes of the live facts with the outcome so far, and the number of states behind each.
_Partial = dict[tuple[tuple[int, ...], Outcome], int]
_NOTHING: Outcome = frozenset()


class _Part:
    """One table of the slice, over classes of levels.

    Args:
        later: For each fact that the table sets and something later reads, the class of each allowed level.
        levels: The allowed levels of each fact that the table reads.
    """

    def __init__(
        self,
        table: Masks,
        items: Mapping[str, Outcome],
        later: Mapping[str, Mapping[str, int]],
        levels: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.table = table
        self.masks = dict(table.by_fact)
        self.start = table.all_rows
        self.sets = tuple(f for f in table.table.sets if f in later)
        self._rows = [
            (tuple(later[f].get(row.sets[f], -1) for f in self.sets), items.get(row.id, _NOTHING))
            for row in table.table.rows
        ]
        self._results: dict[int, Result | None] = {}
        self._levels = levels

    @property
    def says_nothing(self) -> bool:
        """Whether no row sets or contributes anything that matters."""
        return not self.sets and not any(held for _, held in self._rows)

    def result(self, mask: int) -> Result | None:
        """Return what the rows of ``mask`` set and contribute; ``None`` where a fact leaves its allowed levels."""
        known = self._results.get(mask, ...)
        if known is ...:
            if self.table.first:
                if not mask:
                    raise GuidanceError("no row holds in some state", where=self.table.table.id)
                known = self._rows[(mask & -mask).bit_length() - 1]
                known = None if -1 in known[0] else known
            else:
                held = [items for i, (_, items) in enumerate(self._rows) if mask >> i & 1]
                known = ((), _NOTHING.union(*held))
            self._results[mask] = known
        return known

    def forget(self, fact: str) -> None:
        """Stop reading a fact of which every allowed level leads to the same results."""
        self.start &= self.masks.pop(fact)[self._levels[fact][0]]

    def classes(self, fact: str) -> Classes:
        """Return the allowed levels of ``fact`` in classes whose members lead to the same results throughout."""
        others = [[self.masks[f][level] for level in self._levels[f]] for f in self.masks if f != fact]
        ids: dict[object, int] = {}
        memo: dict[tuple[int, int], int] = {}

        def node(depth: int, mask: int) -> int:
            known = memo.get((depth, mask))
            if known is None:
                content: object
                if depth == len(others):
                    content = self.result(mask)
                else:
                    branches = {node(depth + 1, mask & column) for column in others[depth]}
                    content = (
                        (depth, *(node(depth + 1, mask & column) for column in others[depth]))
                        if len(branches) > 1
                        else next(iter(branches), None)
                    )
                    if isinstance(content, int):
                        memo[(depth, mask)] = content
                        return content
                known = memo[(depth, mask)] = ids.setdefault(content, len(ids))
            return known

        found: dict[int, list[str]] = {}
        for level in self._levels[fact]:
            found.setdefault(node(0, self.table.all_rows & self.masks[fact][level]), []).append(level)
        return tuple(tuple(group) for group in found.values())

    def image(
        self, shared: tuple[str, ...], chosen: tuple[str, ...], classes: Mapping[str, Classes]
    ) -> list[tuple[tuple[int, ...], Outcome, int]]:
        """Return what ``chosen`` levels of the shared facts lead to, with the number of states of the other facts."""
        mask = self.start
        for fact, level in zip(shared, chosen, strict=True):
            mask &= self.masks[fact][level]
        current = {mask: 1}
        for fact, masks in self.masks.items():
            if fact not in shared:
                following: dict[int, int] = {}
                for group in classes[fact]:
                    for mask, count in current.items():
                        narrowed = mask & masks[group[0]]
                        following[narrowed] = following.get(narrowed, 0) + count * len(group)
                current = following
        total: dict[Result, int] = {}
        for mask, count in current.items():
            result = self.result(mask)
            if result is not None:
                total[result] = total.get(result, 0) + count
        return [(sets, held, count) for (sets, held), count in total.items()]


def _refine(one: Classes, other: Classes) -> Classes:
    """Return the coarsest classes that are finer than both."""
    place = {level: i for i, group in enumerate(other) for level in group}
    found: dict[tuple[int, int], list[str]] = {}
    for i, group in enumerate(one):
        for level in group:
            found.setdefault((i, place[level]), []).append(level)
    return tuple(tuple(group) for group in found.values())


def _parts(
    chain: Chain, items: Mapping[str, Outcome], keep: list[str], allowed: Mapping[str, frozenset[str]]
) -> tuple[list[_Part], dict[str, Classes]]:
    """Return the tables that matter, in order, and the classes of every fact, from the last table back."""
    levels = {
        f: tuple(lv for lv in fact.levels if f not in allowed or lv in allowed[f]) for f, fact in chain.facts.items()
    }
    classes: dict[str, Classes] = {f: tuple((level,) for level in levels[f]) for f in keep}
    for fact in allowed:
        classes.setdefault(fact, (levels[fact],))
    parts = []
    for table in reversed(slice_for(chain, items, {*keep, *allowed})):
        later = {
            f: {level: i for i, group in enumerate(classes[f]) for level in group}
            for f in table.table.sets
            if f in allowed or f in keep or len(classes.get(f, ())) > 1
        }
        part = _Part(table, items, later, levels)
        if part.says_nothing:
            continue
        parts.append(part)
        for fact, found in [(fact, part.classes(fact)) for fact in part.masks]:
            if len(found) > 1:
                classes[fact] = _refine(classes.get(fact, (levels[fact],)), found)
            else:
                part.forget(fact)
    return parts[::-1], classes


def _order(parts: list[_Part], classes: Mapping[str, Classes], keep: list[str]) -> list[_Part]:
    """Return the parts so that few facts stay live: of those whose facts are set, the one that leaves fewest states."""
    waiting, ordered = list(parts), []
    known: set[str] = set()
    while waiting:
        unset = {f for part in waiting for f in part.sets}
        sizes = {}
        for i, part in enumerate(waiting):
            if not unset & set(part.masks):
                needed = {f for other in waiting if other is not part for f in other.masks} | set(keep)
                live = (known | set(part.masks) | set(part.sets)) & needed
                sizes[i] = prod(len(classes[f]) for f in live)
        best = waiting[min(sizes, key=sizes.__getitem__)]
        waiting.remove(best)
        ordered.append(best)
        needed = {f for other in waiting for f in other.masks} | set(keep)
        known = (known | set(best.masks) | set(best.sets)) & needed
    return ordered


def _picker(places: list[int]) -> Callable[[tuple[int, ...]], tuple[int, ...]]:
    """Return a function that takes these places of a tuple."""
    if len(places) > 1:
        return itemgetter(*places)
    if places:
        place = places[0]
        return lambda values: (values[place],)
    return lambda _: ()


def count_reachable(
    chain: Chain,
    items: Mapping[str, Outcome],
    keep: Iterable[str] = (),
    within: Mapping[str, frozenset[str]] | None = None,
    unless: Outcome = _NOTHING,
) -> dict[State, int]:
    """Return every (levels of ``keep``, outcome) that can be reached, with its number of states.

    The states counted are the assignments of all case facts of the chain.

    Args:
        items: What each row contributes to the outcome, by row id.
        keep: Facts, of the case or derived, whose levels stay in the answer, in this order.
        within: Restricts facts, of the case or derived, to these levels.
        unless: Leaves out the states whose outcome has one of these items.

    Raises:
        GuidanceError: A first-hit table has a state in which no row holds.
    """
    kept, allowed = list(keep), dict(within or {})
    parts, classes = _parts(chain, items, kept, allowed)
    parts = _order(parts, classes, kept)
    uses = Counter(fact for part in parts for fact in part.masks)
    shared = {f for part in parts for f in part.sets} | {f for f, times in uses.items() if times > 1} | set(kept)
    names: list[str] = []
    states: _Partial = {((), _NOTHING): 1}
    for index, part in enumerate(parts):
        later = {*kept, *(fact for other in parts[index + 1 :] for fact in other.masks)}
        names, states = _apply(part, names, states, shared, later, classes, unless)
    case = {*chain.base, *(f for f in (*kept, *allowed) if f not in chain.derived)}
    factor = prod(len(chain.facts[f].levels if f not in allowed else allowed[f]) for f in case - set(uses) - set(kept))
    return _named(states, names, kept, classes, factor)


def _apply(
    part: _Part,
    names: list[str],
    states: _Partial,
    shared: set[str],
    later: set[str],
    classes: Mapping[str, Classes],
    unless: Outcome,
) -> tuple[list[str], _Partial]:
    """Return the live facts and the partial states after one table.

    Args:
        names: The facts of ``states``.
        shared: Facts that something beside one table reads or sets; the others are summed out within their table.
        later: Facts that something after this table reads; the others are forgotten.
    """
    reads = tuple(f for f in part.masks if f in shared)
    fresh = [f for f in reads if f not in names]
    options = [
        (choice, prod(len(classes[f][i]) for f, i in zip(fresh, choice, strict=True)))
        for choice in product(*(range(len(classes[f])) for f in fresh))
    ]
    known, extended = [*names, *fresh], [*names, *fresh, *part.sets]
    after = [f for f in extended if f in later]
    project = _picker([extended.index(f) for f in after])
    chosen_of = _picker([known.index(f) for f in reads])
    images: dict[tuple[int, ...], list[tuple[tuple[int, ...], Outcome, int]]] = {}
    following: _Partial = {}
    for (values, outcome), count in states.items():
        for choice, size in options:
            full = values + choice
            chosen = chosen_of(full)
            image = images.get(chosen)
            if image is None:
                levels = tuple(classes[f][i][0] for f, i in zip(reads, chosen, strict=True))
                image = images[chosen] = [r for r in part.image(reads, levels, classes) if not unless & r[1]]
            for done, held, times in image:
                state = (project(full + done), outcome | held if held else outcome)
                following[state] = following.get(state, 0) + count * size * times
    return after, following


def _named(
    states: _Partial,
    names: list[str],
    kept: list[str],
    classes: Mapping[str, Classes],
    factor: int,
) -> dict[State, int]:
    """Return the states with level names, and with the facts of ``keep`` that no table reads."""
    free = [f for f in kept if f not in names]
    found: dict[State, int] = {}
    for (values, outcome), count in states.items():
        for extra in product(*(classes[f] for f in free)):
            level = {f: classes[f][i][0] for f, i in zip(names, values, strict=True)}
            level.update({f: group[0] for f, group in zip(free, extra, strict=True)})
            state = (tuple(level[f] for f in kept), outcome)
            found[state] = found.get(state, 0) + count * factor
    return found


def reachable(
    chain: Chain,
    items: Mapping[str, Outcome],
    keep: Iterable[str] = (),
    within: Mapping[str, frozenset[str]] | None = None,
) -> set[State]:
    """Return every (levels of ``keep``, outcome) that some state leads to; arguments as in ``count_reachable``."""
    return set(count_reachable(chain, items, keep, within))
