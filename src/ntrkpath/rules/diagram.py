"""Ordered, reduced decision diagrams over open facts: equal parts are one node, equal functions equal numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

Outcome = frozenset[str]
#: A branch (the fact, and the child for each of its levels), or a leaf: a level, rows as bits, an outcome.
Branch = tuple[str, tuple[int, ...]]
Content = Branch | str | int | Outcome


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
        self.changes: dict[tuple[int, tuple[int, ...]], tuple[dict[str, Outcome], dict[str, Outcome]]] = {}

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
        return self.rank[content[0]] if type(content) is tuple else len(self.rank)

    def follow(self, node: int, fact: str, level: int) -> int:
        """Return the child of a node for the i-th level of ``fact``, or the node where it does not branch on it."""
        content = self.nodes[node]
        return content[1][level] if type(content) is tuple and content[0] == fact else node

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

    def branches(self, root: int, leaves: set[Outcome] | None = None) -> Iterator[Branch]:
        """Yield every branch of a diagram once; outcomes at its end are added to ``leaves``."""
        seen = set()
        stack = [root]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            content = self.nodes[node]
            if isinstance(content, tuple):
                yield content
                stack.extend(content[1])
            elif leaves is not None and isinstance(content, frozenset):
                leaves.add(content)

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
                        self.union(self.follow(one, fact, i), self.follow(other, fact, i)) for i in range(len(children))
                    ),
                )
            self._unions[key] = known
        return known


class Diagram:
    """The diagram of one case: roots in a forest whose outcomes are joined, and where the case stands now.

    Args:
        forest: The nodes.
        roots: The nodes to start from; no two of them can give items of the same name.
        present: For each open fact, the index of its present level among those it may take.
    """

    def __init__(self, forest: Forest, roots: tuple[int, ...], present: Mapping[str, int]) -> None:
        self._forest, self._roots, self.present = forest, roots, present

    def changes(self) -> dict[str, Outcome]:
        """Return, for each open fact that could change the outcome, the items it could add or take away.

        Facts that change it by themselves come first, then those that matter only together with others.
        """
        alone: dict[str, Outcome] = {}
        together: dict[str, Outcome] = {}
        for root in self._roots:
            for found, items in zip((alone, together), self._changes(root), strict=True):
                for fact, changed in items.items():
                    found[fact] = found[fact] | changed if fact in found else changed
        for fact, changed in together.items():
            alone[fact] = alone[fact] | changed if fact in alone else changed
        return alone

    def alone(self) -> frozenset[str]:
        """Return the open facts that change the outcome by themselves, everything else staying as it is."""
        return frozenset(fact for root in self._roots for fact in self._changes(root)[0])

    def _changes(self, root: int) -> tuple[dict[str, Outcome], dict[str, Outcome]]:
        """Return the facts that change what a root gives, by themselves and only together, with their items."""
        forest, present = self._forest, self.present
        facts = forest.support(root)
        key = (root, tuple([present[fact] for fact in facts]))
        known = forest.changes.get(key)
        if known is None:
            items: dict[str, set[str]] = {fact: set() for fact in facts}
            widths = {}
            for fact, children in forest.branches(root):
                widths[fact] = len(children)
                now = children[present[fact]]
                for child in set(children):
                    items[fact] |= forest.difference(now, child)
            alone = {f for f, w in widths.items() if len({self._end(root, f, level) for level in range(w)}) > 1}
            known = forest.changes[key] = (
                {fact: frozenset(items[fact]) for fact in facts if fact in alone},
                {fact: frozenset(items[fact]) for fact in facts if fact not in alone},
            )
        return known

    def _end(self, root: int, fact: str, level: int) -> int:
        """Return the leaf that is reached when ``fact`` takes its i-th level and every other fact stays."""
        node = root
        while isinstance(content := self._forest.nodes[node], tuple):
            node = content[1][level if content[0] == fact else self.present[content[0]]]
        return node

    def outcomes(self) -> set[Outcome]:
        """Return every outcome that some filling-in of the open facts leads to."""
        forest = self._forest
        root = forest.leaf(frozenset())
        for other in self._roots:
            root = forest.union(root, other)
        leaves: set[Outcome] = set()
        list(forest.branches(root, leaves))
        return leaves
