"""What an unknown fact could still change: the chain over open facts, as a reduced decision diagram.

An open fact is one that is unknown in the case and may take any level. The diagram branches only on open facts
that matter, in one fixed order, and equal parts are one node: so the facts that occur in it are exactly the facts
that could change the outcome, alone or together with others, and its leaves are every outcome that is possible.

Each table is applied to the diagrams of the facts it reads, which gives the diagrams of the facts it sets, and of what
it contributes. Tables that can contribute the same item share one diagram; the others have one each, since what they
contribute is told apart. Parts recur from case to case and are remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter

from ntrkpath.guidance import Edition
from ntrkpath.proof.diagram import Branch, Diagram, Forest
from ntrkpath.rules.box import Outcome
from ntrkpath.rules.chain import Chain, Masks
from ntrkpath.rules.explore import slice_for


def strongest(edition: Edition) -> Callable[[Outcome], Outcome]:
    """Return a function that keeps, of the same action in several strengths, the strongest."""
    rank = {strength: i for i, strength in enumerate(edition.strengths)}

    def keep(items: Outcome) -> Outcome:
        best: dict[str, str] = {}
        for item in items:
            action, _, strength = item.partition(":")
            if action not in best or rank[strength] < rank[best[action]]:
                best[action] = strength
        return items if len(best) == len(items) else frozenset(f"{a}:{s}" for a, s in best.items())

    return keep


class _Step:
    """One table of the slice, with what each row contributes and which rows set a condition on each fact."""

    __slots__ = ("all_rows", "emits", "first", "ident", "items", "key", "masks", "memo", "needs", "rows", "sets")

    def __init__(self, ident: int, masks: Masks, items: Mapping[str, Outcome]) -> None:
        self.ident = ident
        #: Reads the nodes of the facts of the table, as one key.
        self.key = itemgetter(*masks.table.facts) if masks.table.facts else lambda _: ()
        #: For each such key: the nodes of the facts it sets, and of what it contributes (-1: nothing).
        self.memo: dict[object, tuple[dict[str, int], int]] = {}
        self.all_rows = masks.all_rows
        self.first = masks.first
        self.rows = masks.table.rows
        self.sets = masks.table.sets
        self.items = [items.get(row.id, frozenset()) for row in self.rows]
        self.emits = any(self.items)
        #: For each fact: its position, id, the rows that accept each level, and the rows that do not accept every one.
        self.masks: list[tuple[int, str, dict[str, int], int]] = []
        for i, (fact, by_level) in enumerate(masks.by_fact):
            common = self.all_rows
            for mask in by_level.values():
                common &= mask
            self.masks.append((i, fact, by_level, self.all_rows & ~common))
        self.needs = [needs for _, _, _, needs in self.masks]


#: Nodes kept between cases before the memory is emptied.
_REMEMBERED = 300_000


class FillingIn:
    """Decision diagrams over the open facts of a case.

    Args:
        chain: The tables.
        items: What each row contributes to the outcome, by row id; rows that are absent contribute nothing.
        normal: Brings an outcome into the form in which outcomes are compared; it must give the same whether it is
            applied to parts before their union, or after.
        name: What items are told apart by: ``normal`` drops an item only for another of the same name.
    """

    def __init__(
        self,
        chain: Chain,
        items: Mapping[str, Outcome],
        normal: Callable[[Outcome], Outcome] = lambda o: o,
        name: Callable[[str], str] = lambda item: item,
    ) -> None:
        self._normal = normal
        self._steps = [_Step(i, masks, items) for i, masks in enumerate(slice_for(chain, items))]
        order: list[str] = []
        for step in self._steps:
            order += [f for _, f, _, _ in step.masks if f not in order and f not in chain.derived]
        #: The facts that can matter at all, in the order in which a diagram branches on them.
        self.order = tuple(order)
        self.rank = {ident: i for i, ident in enumerate(order)}
        self._group = _groups([{name(item) for items in step.items for item in items} for step in self._steps])
        self.clear()

    def clear(self) -> None:
        """Forget what earlier cases left behind; answers never depend on it."""
        self._forest = Forest(self.order, self._normal)
        self._nothing = self._forest.leaf(frozenset())
        self._levels: dict[str, int] = {}
        for step in self._steps:
            step.memo.clear()
        self._chosen: dict[tuple[int, int, tuple[tuple[int, int], ...]], int] = {}
        self._mapped: dict[tuple[int, int, str], int] = {}
        self._open: dict[tuple[int, tuple[str, ...]], int] = {}

    def diagram(self, levels: Mapping[str, str], open_facts: Mapping[str, tuple[str, ...]]) -> Diagram:
        """Return the diagram of a case.

        Args:
            levels: A level for every case fact.
            open_facts: For each fact that may be filled in, every level it may take, the present one included.
        """
        forest = self._forest
        if len(forest.nodes) > _REMEMBERED:
            self.clear()
            forest = self._forest
        known = self._levels
        values: dict[str, int] = {}
        present: dict[int, int] = {}
        for rank, fact in enumerate(self.order):
            level = levels[fact]
            if fact in open_facts:
                taken = open_facts[fact]
                values[fact] = self._fact(rank, taken)
                present[rank] = taken.index(level)
            else:
                node = known.get(level)
                if node is None:
                    node = known[level] = forest.intern(level)
                values[fact] = node
        roots: dict[int, int] = {}
        for step in self._steps:
            key = step.key(values)
            found = step.memo.get(key)
            if found is None:
                found = step.memo[key] = self._apply(step, values)
            sets, part = found
            values.update(sets)
            if part >= 0:
                group = self._group[step.ident]
                roots[group] = forest.union(roots[group], part) if group in roots else part
        return Diagram(forest, tuple(roots.values()), present)

    def _apply(self, step: _Step, values: Mapping[str, int]) -> tuple[dict[str, int], int]:
        """Return the diagrams of the facts that a table sets, and of what it contributes (-1: nothing)."""
        chosen = self._choose(step, step.all_rows, [(i, values[fact]) for i, fact, _, _ in step.masks])
        part = self._map(step, chosen, "") if step.emits else self._nothing
        return {fact: self._map(step, chosen, fact) for fact in step.sets}, part if part != self._nothing else -1

    def _fact(self, fact: int, levels: tuple[str, ...]) -> int:
        """Return the diagram of an open fact: one branch for each level."""
        node = self._open.get((fact, levels))
        if node is None:
            forest = self._forest
            node = self._open[fact, levels] = forest.case(fact, tuple(forest.intern(level) for level in levels))
        return node

    def _choose(self, step: _Step, mask: int, moving: list[tuple[int, int]]) -> int:
        """Return the diagram of the rows that hold (as bits), given the diagrams of the facts that are not fixed.

        Args:
            mask: The rows that the fixed facts leave.
            moving: Position of each other fact in the table, and its diagram.
        """
        forest = self._forest
        nodes, needs = forest.nodes, step.needs
        rest = []
        touched = 0
        for i, node in moving:
            content = nodes[node]
            if type(content) is tuple:
                touched |= needs[i]
                rest.append((i, node))
            else:
                mask &= step.masks[i][2][content]  # type: ignore[index]
        rows = mask & -mask if step.first else mask
        if not touched & rows:
            return forest.intern(rows)
        rest = [(i, node) for i, node in rest if needs[i] & mask]
        key = (step.ident, mask, tuple(rest))
        known = self._chosen.get(key)
        if known is None:
            contents = [(i, nodes[node], node) for i, node in rest]
            upper: Branch | None = None
            for _, content, _ in contents:
                if type(content) is tuple and (upper is None or content[0] < upper[0]):
                    upper = content
            assert upper is not None
            fact, children = upper
            split = [
                (i, c[1] if type(c) is tuple and c[0] == fact else (node,) * len(children)) for i, c, node in contents
            ]
            known = self._chosen[key] = forest.case(
                fact,
                tuple(
                    [
                        self._choose(step, mask, [(i, below[level]) for i, below in split])
                        for level in range(len(children))
                    ]
                ),
            )
        return known

    def _contribution(self, step: _Step, rows: object) -> Outcome:
        assert isinstance(rows, int)
        if step.first:
            return step.items[rows.bit_length() - 1]
        return frozenset().union(*(items for i, items in enumerate(step.items) if rows >> i & 1))

    def _map(self, step: _Step, node: int, fact: str) -> int:
        """Turn a diagram of rows into one of the levels of ``fact``, or of contributions where ``fact`` is empty."""
        key = (step.ident, node, fact)
        known = self._mapped.get(key)
        if known is None:
            forest = self._forest
            content = forest.nodes[node]
            if type(content) is tuple:
                known = forest.case(content[0], tuple(self._map(step, child, fact) for child in content[1]))
            elif fact:
                assert isinstance(content, int)
                known = forest.intern(step.rows[content.bit_length() - 1].sets[fact])
            else:
                known = forest.leaf(self._contribution(step, content))
            self._mapped[key] = known
        return known


def _groups(names: list[set[str]]) -> list[int]:
    """Return a group for each set of names, the same for sets that share a name, directly or through others."""
    group = list(range(len(names)))
    for i, one in enumerate(names):
        for j in range(i):
            if one & names[j] and group[i] != group[j]:
                old, new = group[i], group[j]
                group = [new if g == old else g for g in group]
    return group
