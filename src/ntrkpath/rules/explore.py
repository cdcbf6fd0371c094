"""What an unknown fact could still change: the chain over open facts, as a reduced decision diagram.

An open fact is one that is unknown in the case and may take any level. The diagram branches only on open facts
that matter, in one fixed order, and equal parts are one node: so the facts that occur in it are exactly the facts
that could change the outcome, alone or together with others, and its leaves are every outcome that is possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ntrkpath.rules.chain import Chain, Masks
from ntrkpath.rules.table import Row

Outcome = frozenset[str]


def slice_for(chain: Chain, items: Mapping[str, Outcome], facts: Iterable[str] = ()) -> list[Masks]:
    """Return the tables, in order, on which the items of some row (by row id) or ``facts`` depend."""
    wanted = set(facts)
    kept: list[Masks] = []
    for table in reversed(chain.masks):
        if wanted & set(table.table.sets) or any(items.get(row.id) for row in table.table.rows):
            kept.append(table)
            wanted |= set(table.table.facts)
    return kept[::-1]


class _Step:
    """One table of the slice: which facts it reads, and which later steps still read what is known so far."""

    __slots__ = ("first", "items", "live", "masks", "needs", "rows")

    def __init__(self, masks: Masks, bit: Mapping[str, int], items: Mapping[str, Outcome], chain: Chain) -> None:
        self.masks = masks.by_fact
        self.first = masks.first
        self.rows: tuple[Row, ...] = masks.table.rows
        self.items = [items.get(row.id, frozenset()) for row in self.rows]
        #: For each row, the facts (as bits) on which it sets a condition.
        self.needs = [
            sum(bit[f] for f, levels in row.when.items() if len(levels) < len(chain.facts[f].levels))
            for row in self.rows
        ]
        self.live: frozenset[str] = frozenset()


class Explorer:
    """Decision diagrams over the open facts of a case.

    Args:
        chain: The tables.
        items: What each row contributes to the outcome, by row id; rows that are absent contribute nothing.
        normal: Brings a finished outcome into the form in which outcomes are compared.
    """

    def __init__(
        self, chain: Chain, items: Mapping[str, Outcome], normal: Callable[[Outcome], Outcome] = lambda o: o
    ) -> None:
        self.chain, self.normal = chain, normal
        tables = slice_for(chain, items)
        self._bit = {ident: 1 << i for i, ident in enumerate(chain.facts)}
        self._steps = [_Step(table, self._bit, items, chain) for table in tables]
        needed: set[str] = set()
        for step in reversed(self._steps):
            step.live = frozenset(needed)
            needed |= {f for f, _ in step.masks}
        order: list[str] = []
        for step in self._steps:
            order += [f for f, _ in step.masks if f not in order and f not in chain.derived]
        #: The facts that can matter at all, in the order in which a diagram branches on them.
        self.order = tuple(order)
        self.rank = {ident: i for i, ident in enumerate(order)}

    def diagram(self, levels: Mapping[str, str], open_facts: Mapping[str, tuple[str, ...]]) -> Diagram:
        """Return the diagram of a case.

        Args:
            levels: A level for every base fact.
            open_facts: For each fact that may be filled in, every level it may take, the present one included.
        """
        opened = {f: open_facts[f] for f in self.order if f in open_facts}
        diagram = Diagram(self.rank, {f: lv.index(levels[f]) for f, lv in opened.items()})
        fixed = []
        for step in self._steps:
            mask = (1 << len(step.rows)) - 1
            varying = []
            for ident, masks in step.masks:
                if ident in opened or ident in self.chain.derived:
                    varying.append((ident, masks))
                else:
                    mask &= masks[levels[ident]]
            fixed.append((mask, varying))
        walk = _Walk(self._steps, fixed, opened, diagram, self._bit, self.normal)
        diagram.root = walk.table(0, {}, frozenset())
        return diagram


class _Walk:
    """One construction of a diagram."""

    def __init__(
        self,
        steps: list[_Step],
        fixed: list[tuple[int, list[tuple[str, dict[str, int]]]]],
        opened: Mapping[str, tuple[str, ...]],
        diagram: Diagram,
        bit: Mapping[str, int],
        normal: Callable[[Outcome], Outcome],
    ) -> None:
        self.steps, self.fixed, self.opened, self.diagram, self.bit = steps, fixed, opened, diagram, bit
        self.normal = normal
        self.memo: dict[tuple[int, frozenset[tuple[str, str]], Outcome], int] = {}

    def table(self, index: int, state: dict[str, str], outcome: Outcome) -> int:
        """Evaluate the tables from ``index`` on; ``state`` holds derived facts and open facts already branched on."""
        if index == len(self.steps):
            return self.diagram.leaf(self.normal(outcome))
        key = (index, frozenset(state.items()), outcome)
        known = self.memo.get(key)
        if known is None:
            mask, varying = self.fixed[index]
            pending = []
            for ident, masks in varying:
                level = state.get(ident)
                if level is None:
                    pending.append((ident, masks))
                else:
                    mask &= masks[level]
            known = self.memo[key] = self.branch(index, mask, pending, state, outcome)
        return known

    def branch(
        self,
        index: int,
        mask: int,
        pending: list[tuple[str, dict[str, int]]],
        state: dict[str, str],
        outcome: Outcome,
    ) -> int:
        """Branch on the first pending open fact that can still change which rows hold."""
        step = self.steps[index]
        if step.first and mask:
            low = mask & -mask
            needs = step.needs[low.bit_length() - 1]
            if not any(needs & self.bit[ident] for ident, _ in pending):
                return self.leave(index, low, state, outcome)
        while pending:
            ident, masks = pending[0]
            pending = pending[1:]
            levels = self.opened[ident]
            if any(mask & masks[level] != mask for level in levels):
                later = ident in step.live
                children = []
                by_mask: dict[int, int] = {}
                for level in levels:
                    narrowed = mask & masks[level]
                    if later:
                        child = self.branch(index, narrowed, pending, {**state, ident: level}, outcome)
                    elif narrowed in by_mask:
                        child = by_mask[narrowed]
                    else:
                        child = by_mask[narrowed] = self.branch(index, narrowed, pending, state, outcome)
                    children.append(child)
                return self.diagram.case(ident, tuple(children))
        return self.leave(index, mask, state, outcome)

    def leave(self, index: int, mask: int, state: dict[str, str], outcome: Outcome) -> int:
        """Apply the rows of ``mask`` and go on with the next table, forgetting what no later table reads."""
        step = self.steps[index]
        sets: dict[str, str] = {}
        if step.first:
            row = (mask & -mask).bit_length() - 1
            sets = step.rows[row].sets
            outcome |= step.items[row]
        else:
            while mask:
                low = mask & -mask
                outcome |= step.items[low.bit_length() - 1]
                mask ^= low
        live = step.live
        state = {f: v for f, v in state.items() if f in live}
        for fact, level in sets.items():
            if fact in live:
                state[fact] = level
        return self.table(index + 1, state, outcome)


class Diagram:
    """An ordered, reduced decision diagram over open facts; nodes are integers.

    Args:
        rank: Position of each fact in the branching order.
        present: For each open fact, the index of its present level among those it may take.
    """

    def __init__(self, rank: Mapping[str, int], present: Mapping[str, int]) -> None:
        self.rank, self.present = rank, present
        self.root = -1
        self._nodes: list[tuple[str, tuple[int, ...]] | Outcome] = []
        self._ids: dict[tuple[str, tuple[int, ...]] | Outcome, int] = {}
        self._cases: dict[tuple[str, tuple[int, ...]], int] = {}
        self._differences: dict[tuple[int, int], Outcome] = {}

    def _intern(self, node: tuple[str, tuple[int, ...]] | Outcome) -> int:
        ident = self._ids.get(node)
        if ident is None:
            ident = self._ids[node] = len(self._nodes)
            self._nodes.append(node)
        return ident

    def leaf(self, outcome: Outcome) -> int:
        """Return the node of an outcome."""
        return self._intern(outcome)

    def _top(self, node: int) -> int:
        content = self._nodes[node]
        return self.rank[content[0]] if isinstance(content, tuple) else len(self.rank)

    def _follow(self, node: int, fact: str, level: int) -> int:
        content = self._nodes[node]
        return content[1][level] if isinstance(content, tuple) and content[0] == fact else node

    def case(self, fact: str, children: tuple[int, ...]) -> int:
        """Return the node that goes to ``children[i]`` when ``fact`` takes its i-th level."""
        if children.count(children[0]) == len(children):
            return children[0]
        key = (fact, children)
        known = self._cases.get(key)
        if known is None:
            earliest = min(self._top(child) for child in children)
            if earliest > self.rank[fact]:
                known = self._intern(key)
            else:
                names = [c[0] for c in (self._nodes[n] for n in children) if isinstance(c, tuple)]
                above = next(n for n in names if self.rank[n] == earliest)
                width = next(
                    len(c[1]) for c in (self._nodes[n] for n in children) if isinstance(c, tuple) and c[0] == above
                )
                if above == fact:
                    known = self.case(fact, tuple(self._follow(n, fact, i) for i, n in enumerate(children)))
                else:
                    known = self.case(
                        above,
                        tuple(self.case(fact, tuple(self._follow(n, above, i) for n in children)) for i in range(width)),
                    )
            self._cases[key] = known
        return known

    def _difference(self, one: int, other: int) -> Outcome:
        """Return every item that one of two nodes gives and the other does not, on any common path."""
        if one == other:
            return frozenset()
        if one > other:
            one, other = other, one
        key = (one, other)
        known = self._differences.get(key)
        if known is None:
            a, b = self._nodes[one], self._nodes[other]
            if not isinstance(a, tuple) and not isinstance(b, tuple):
                known = a ^ b
            else:
                upper = a if self._top(one) <= self._top(other) else b
                assert isinstance(upper, tuple)
                fact = upper[0]
                known = frozenset().union(
                    *(
                        self._difference(self._follow(one, fact, i), self._follow(other, fact, i))
                        for i in range(len(upper[1]))
                    )
                )
            self._differences[key] = known
        return known

    def changes(self) -> dict[str, Outcome]:
        """Return, for each open fact that could change the outcome, the items it could add or take away."""
        found: dict[str, Outcome] = {}
        seen = set()
        stack = [self.root]
        while stack:
            node = stack.pop()
            content = self._nodes[node]
            if node in seen or not isinstance(content, tuple):
                continue
            seen.add(node)
            fact, children = content
            now = children[self.present[fact]]
            items = found.get(fact, frozenset())
            for child in set(children):
                items |= self._difference(now, child)
            found[fact] = items
            stack.extend(children)
        return {fact: found[fact] for fact in sorted(found, key=self.rank.__getitem__)}

    def outcomes(self) -> set[Outcome]:
        """Return every outcome that some filling-in of the open facts leads to."""
        found: set[Outcome] = set()
        seen = set()
        stack = [self.root]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            content = self._nodes[node]
            if isinstance(content, tuple):
                stack.extend(content[1])
            else:
                found.add(content)
        return found
