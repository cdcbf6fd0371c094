"""Ordered, reduced decision diagrams over open facts: equal parts are one node, equal functions equal numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat

from ntrkpath.rules.box import Outcome

#: A branch (rank of the fact, and the child for each of its levels), or a leaf: a level, rows as bits, an outcome.
Branch = tuple[int, tuple[int, ...]]
Content = Branch | str | int | Outcome


class Forest:
    """Ordered, reduced decision diagrams that share their nodes; nodes are integers.

    Args:
        facts: The facts in the branching order; a branch names its fact by the place here.
        normal: Brings an outcome into the form in which outcomes are compared; the same whether applied to parts
            before their union, or after.
    """

    def __init__(self, facts: Sequence[str], normal: Callable[[Outcome], Outcome]) -> None:
        self.facts, self.normal = tuple(facts), normal
        self.nodes: list[Content] = []
        self._ids: dict[Content, int] = {}
        #: Each item of an outcome is a bit; the outcome of a leaf as bits, by node.
        self._bits: dict[str, int] = {}
        self._given: dict[int, int] = {}
        self._differences: dict[tuple[int, int], int] = {}
        self._unions: dict[tuple[int, int], int] = {}
        self._supports: dict[int, tuple[int, ...]] = {}
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
        normal = self.normal(outcome)
        node = self.intern(normal)
        if node not in self._given:
            bits = self._bits
            self._given[node] = sum(1 << bits.setdefault(item, len(bits)) for item in normal)
        return node

    def items(self, bits: int) -> Outcome:
        """Return the items that stand as bits."""
        return frozenset(item for item, place in self._bits.items() if bits >> place & 1)

    def case(self, fact: int, children: tuple[int, ...]) -> int:
        """Return the node that goes to ``children[i]`` when the fact of this rank takes its i-th level.

        The children branch on facts of higher rank only; every construction here keeps to that.
        """
        if children.count(children[0]) == len(children):
            return children[0]
        return self.intern((fact, children))

    def support(self, root: int) -> tuple[int, ...]:
        """Return the ranks of the facts on which a diagram branches, in order."""
        known = self._supports.get(root)
        if known is None:
            content = self.nodes[root]
            below: set[int] = set()
            if type(content) is tuple:
                below.add(content[0])
                for child in set(content[1]):
                    below.update(self.support(child))
            known = self._supports[root] = tuple(sorted(below))
        return known

    def _beside(self, one: int, other: int) -> tuple[int, Iterable[tuple[int, int]]] | None:
        """Return the rank of the upper branch of two nodes, and the pairs below it; None for two leaves."""
        a, b = self.nodes[one], self.nodes[other]
        if type(a) is tuple and (type(b) is not tuple or a[0] <= b[0]):
            fact, children = a
            return fact, zip(children, b[1] if type(b) is tuple and b[0] == fact else repeat(other), strict=False)
        if type(b) is tuple:
            return b[0], zip(repeat(one), b[1], strict=False)
        return None

    def difference(self, one: int, other: int) -> int:
        """Return, as bits, every item that one of two nodes gives and the other does not, on any common path."""
        if one == other:
            return 0
        key = (one, other) if one < other else (other, one)
        known = self._differences.get(key)
        if known is None:
            below = self._beside(one, other)
            if below is None:
                known = self._given[one] ^ self._given[other]
            else:
                known = 0
                for a, b in below[1]:
                    if a != b:
                        known |= self.difference(a, b)
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
            if type(content) is tuple:
                yield content
                stack.extend(content[1])
            elif leaves is not None and isinstance(content, frozenset):
                leaves.add(content)

    def union(self, one: int, other: int) -> int:
        """Return the node that gives, on every path, what both nodes give."""
        if one == other:
            return one
        key = (one, other) if one < other else (other, one)
        known = self._unions.get(key)
        if known is None:
            below = self._beside(one, other)
            if below is None:
                a, b = self.nodes[one], self.nodes[other]
                assert isinstance(a, frozenset)
                assert isinstance(b, frozenset)
                known = self.leaf(a | b)
            else:
                known = self.case(below[0], tuple([self.union(a, b) for a, b in below[1]]))
            self._unions[key] = known
        return known


class Diagram:
    """The diagram of one case: roots in a forest whose outcomes are joined, and where the case stands now.

    Args:
        forest: The nodes.
        roots: The nodes to start from; no two of them can give items of the same name.
        present: For each open fact, by rank, the index of its present level among those it may take.
    """

    def __init__(self, forest: Forest, roots: tuple[int, ...], present: Mapping[int, int]) -> None:
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
            items = dict.fromkeys(facts, 0)
            widths = {}
            for fact, children in forest.branches(root):
                widths[fact] = len(children)
                now = children[present[fact]]
                for child in set(children):
                    items[fact] |= forest.difference(now, child)
            alone = {f for f, w in widths.items() if len({self._end(root, f, level) for level in range(w)}) > 1}
            named = {fact: (forest.facts[fact], forest.items(items[fact])) for fact in facts}
            known = forest.changes[key] = (
                dict(named[fact] for fact in facts if fact in alone),
                dict(named[fact] for fact in facts if fact not in alone),
            )
        return known

    def _end(self, root: int, fact: int, level: int) -> int:
        """Return the leaf that is reached when a fact takes its i-th level and every other fact stays."""
        node = root
        while type(content := self._forest.nodes[node]) is tuple:
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
