"""Ordered, reduced decision diagrams over open facts: equal parts are one node, so equal functions are equal numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

Outcome = frozenset[str]
#: A branch (the fact, and the child for each of its levels), or a leaf: a level, rows as bits, an outcome.
Content = tuple[str, tuple[int, ...]] | str | int | Outcome


class Forest:
    """Ordered, reduced decision diagrams that share their nodes; nodes are integers.

    Args:
        rank: Position of each fact in the branching order.
        normal: Brings an outcome into the form in which outcomes are compared; the same whether applied to parts
            before their union, or after.
    """

    def __init__(self, rank: Mapping[str, int], normal: Callable[[Outcome], Outcome]) -> None:
        self.rank, self.normal = rank, normal
        self.nodes: list[Content] = []
        self._ids: dict[Content, int] = {}
        self._differences: dict[tuple[int, int], Outcome] = {}
        self._unions: dict[tuple[int, int], int] = {}
        self._supports: dict[int, tuple[str, ...]] = {}
        self.changes: dict[tuple[int, tuple[int, ...]], dict[str, Outcome]] = {}

    def intern(self, node: Content) -> int:
        """Return the number of a node, the same for equal nodes."""
        ident = self._ids.get(node)
        if ident is None:
            ident = self._ids[node] = len(self.nodes)
            self.nodes.append(node)
        return ident

    def leaf(self, outcome: Outcome) -> int:
        """Return the node of an outcome."""
        return self.intern(self.normal(outcome))

    def top(self, node: int) -> int:
        """Return the rank of the fact that a node branches on; past every fact for a leaf."""
        content = self.nodes[node]
        return self.rank[content[0]] if isinstance(content, tuple) else len(self.rank)

    def follow(self, node: int, fact: str, level: int) -> int:
        """Return the child of a node for the i-th level of ``fact``, or the node where it does not branch on it."""
        content = self.nodes[node]
        return content[1][level] if isinstance(content, tuple) and content[0] == fact else node

    def case(self, fact: str, children: tuple[int, ...]) -> int:
        """Return the node that goes to ``children[i]`` when ``fact`` takes its i-th level.

        The children branch on facts of higher rank only; every construction here keeps to that.
        """
        if children.count(children[0]) == len(children):
            return children[0]
        return self.intern((fact, children))

    def support(self, root: int) -> tuple[str, ...]:
        """Return the facts on which a diagram branches, in rank order."""
        known = self._supports.get(root)
        if known is None:
            content = self.nodes[root]
            known = ()
            if isinstance(content, tuple):
                below = {fact for child in set(content[1]) for fact in self.support(child)}
                known = tuple(sorted(below | {content[0]}, key=self.rank.__getitem__))
            self._supports[root] = known
        return known

    def difference(self, one: int, other: int) -> Outcome:
        """Return every item that one of two nodes gives and the other does not, on any common path."""
        if one == other:
            return frozenset()
        if one > other:
            one, other = other, one
        key = (one, other)
        known = self._differences.get(key)
        if known is None:
            a, b = self.nodes[one], self.nodes[other]
            if isinstance(a, frozenset) and isinstance(b, frozenset):
                known = a ^ b
            else:
                upper = a if self.top(one) <= self.top(other) else b
                assert isinstance(upper, tuple)
                fact = upper[0]
                known = frozenset().union(
                    *(
                        self.difference(self.follow(one, fact, i), self.follow(other, fact, i))
                        for i in range(len(upper[1]))
                    )
                )
            self._differences[key] = known
        return known

    def union(self, one: int, other: int) -> int:
        """Return the node that gives, on every path, what both nodes give."""
        if one == other:
            return one
        if one > other:
            one, other = other, one
        key = (one, other)
        known = self._unions.get(key)
        if known is None:
            a, b = self.nodes[one], self.nodes[other]
            if isinstance(a, frozenset) and isinstance(b, frozenset):
                known = self.leaf(a | b)
            else:
                upper = a if self.top(one) <= self.top(other) else b
                assert isinstance(upper, tuple)
                fact, children = upper
                known = self.case(
                    fact,
                    tuple(
                        self.union(self.follow(one, fact, i), self.follow(other, fact, i))
                        for i in range(len(children))
                    ),
                )
            self._unions[key] = known
        return known


class Diagram:
    """The diagram of one case: a root in a forest, and where the case stands now.

    Args:
        forest: The nodes.
        root: The node to start from.
        present: For each open fact, the index of its present level among those it may take.
    """

    def __init__(self, forest: Forest, root: int, present: Mapping[str, int]) -> None:
        self._forest, self.root, self.present = forest, root, present

    def changes(self) -> dict[str, Outcome]:
        """Return, for each open fact that could change the outcome, the items it could add or take away.

        Facts that change it by themselves come first, then those that matter only together with others.
        """
        forest, present = self._forest, self.present
        facts = forest.support(self.root)
        key = (self.root, tuple([present[fact] for fact in facts]))
        known = forest.changes.get(key)
        if known is None:
            found: dict[str, set[str]] = {fact: set() for fact in facts}
            for fact, children in self._branches():
                now = children[present[fact]]
                for child in set(children):
                    found[fact] |= forest.difference(now, child)
            alone = self.alone()
            first = sorted(facts, key=lambda fact: fact not in alone)
            known = forest.changes[key] = {fact: frozenset(found[fact]) for fact in first}
        return known

    def alone(self) -> frozenset[str]:
        """Return the open facts that change the outcome by themselves, everything else staying as it is."""
        widths = {fact: len(children) for fact, children in self._branches()}
        return frozenset(
            fact for fact, width in widths.items() if len({self._end(fact, level) for level in range(width)}) > 1
        )

    def _end(self, fact: str, level: int) -> int:
        node = self.root
        while isinstance(content := self._forest.nodes[node], tuple):
            node = content[1][level if content[0] == fact else self.present[content[0]]]
        return node

    def outcomes(self) -> set[Outcome]:
        """Return every outcome that some filling-in of the open facts leads to."""
        found: set[Outcome] = set()
        list(self._branches(found))
        return found

    def _branches(self, leaves: set[Outcome] | None = None) -> Iterator[tuple[str, tuple[int, ...]]]:
        seen = set()
        stack = [self.root]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            content = self._forest.nodes[node]
            if isinstance(content, tuple):
                yield content
                stack.extend(content[1])
            elif leaves is not None and isinstance(content, frozenset):
                leaves.add(content)
