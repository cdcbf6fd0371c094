"""Every joint filling-in of the open facts of one case, as points of a box, and what the tables give on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod

from ntrkpath.rules.chain import Masks
from ntrkpath.rules.residue import Residues, Rows, Step

Outcome = frozenset[str]
#: Points of a box beyond which parts are joined first.
_POINTS = 2_000


class Items:
    """What the rows of some tables can contribute, each by a number.

    Args:
        given: What each row contributes, by row id.
        named: The name of an item, and its rank among items of that name: of one name, the lowest rank counts.

    Attributes:
        names: The items in the order of their numbers.
        numbers: What each row contributes, as numbers.
        outranked: For each item, those before which it does not count.
        roots: For each item a number, the same for items of tables that can contribute items of one name.
    """

    def __init__(
        self, tables: Sequence[Masks], given: Mapping[str, Outcome], named: Callable[[str], tuple[str, int]]
    ) -> None:
        by_table = [[(row.id, items) for row in t.table.rows if (items := given.get(row.id))] for t in tables]
        self.names = sorted({item for rows in by_table for _, items in rows for item in items})
        number = {item: i for i, item in enumerate(self.names)}
        self.numbers = {ident: [number[i] for i in items] for rows in by_table for ident, items in rows}
        ranks = [named(item) for item in self.names]
        self.outranked = [[j for j, (n, r) in enumerate(ranks) if n == name and r < rank] for name, rank in ranks]
        root = _roots([{named(item)[0] for _, items in rows for item in items} for rows in by_table])
        self.roots = [root[name] for name, _ in ranks]


class Box:
    """The joint residues of the parts of one case.

    Attributes:
        base: The rows that may hold.
        parts: Parts with several residues.
        given: By item, the points on which it is contributed; -1: on all of them.
        first: By root, the first table that contributes one of its items.
    """

    __slots__ = ("all", "base", "first", "given", "items", "parts", "rows", "strides")

    def __init__(self, rows: Rows, items: Items, base: int, parts: list[Residues]) -> None:
        self.rows, self.items, self.base, self.parts = rows, items, base, parts
        self.given: dict[int, int] = {}
        self.first: dict[int, int] = {}
        waiting = self._settle()
        self._narrow(waiting)
        if prod([len(part.states) for part in self.parts]) > _POINTS:
            waiting = self._join(waiting)
        self._hold(waiting, self._span())

    def _settle(self) -> list[Step]:
        """Apply the tables that hold everywhere alike, or that one part settles; return the others."""
        rows, base, parts = self.rows, self.base, self.parts
        effects = rows.effects
        varies = unsettled = 0
        for part in parts:
            varies |= part.varies
        waiting: list[Step] = []
        for step in rows.steps:
            left = base & step.field
            if not left:
                continue
            if not step.first:
                if left & varies:
                    waiting.append(step)
                elif step.items:
                    self._give(step, left)
                continue
            certain = left & ~varies
            if certain:
                certain &= -certain
                if left & -left == certain:
                    base &= effects[certain]
                    if step.items:
                        self._give(step, certain)
                    continue
                behind = left & -(certain << 1)
                base ^= behind
                left ^= behind
            if not step.items and not unsettled & left:
                touching = [i for i, part in enumerate(parts) if part.varies & left]
                if len(touching) == 1:
                    part = parts[touching[0]] = parts[touching[0]].settled(left, effects)
                    base &= part.some
                    varies = unsettled
                    for part in parts:
                        varies |= part.varies
                    continue
            waiting.append(step)
            some, every = 0, -1
            for bit in _bits(left):
                effect = effects[bit]
                some |= effect
                every &= effect
            base &= some
            unsettled |= some & ~every
            varies |= unsettled
        self.base, self.parts = base, parts
        return waiting

    def _give(self, step: Step, held: int) -> None:
        for bit, given in step.items.items():
            if held & bit:
                for item in given:
                    self.given[item] = -1
                    self.first.setdefault(self.items.roots[item], step.number)

    def _narrow(self, waiting: Sequence[Step]) -> None:
        """Keep of each part what a table that waits still tells apart."""
        asked = 0
        for step in waiting:
            asked |= step.field
        asked &= self.base
        every = self.rows.all
        self.parts = [part.narrowed(part.varies & asked, every) for part in self.parts if part.varies & asked]

    def _join(self, waiting: Sequence[Step]) -> list[Step]:
        """Settle tables that read several parts, which makes one part of these, until the box is small enough."""
        effects = self.rows.effects
        left = list(waiting)
        unsettled = 0
        for step in waiting:
            rows = self.base & step.field
            touching = [part for part in self.parts if part.varies & rows]
            if (
                step.items or not step.first or unsettled & rows or not touching
                or prod([len(part.states) for part in touching]) > _POINTS
            ):  # fmt: skip
                for bit in _bits(rows):
                    unsettled |= ~effects[bit]
                continue
            joined = touching[0]
            for part in touching[1:]:
                joined = joined.beside(part)
            joined = joined.settled(rows, effects)
            self.parts = [*(part for part in self.parts if part not in touching), joined]
            self.base &= joined.some
            left.remove(step)
            self._narrow(left)
            if prod([len(part.states) for part in self.parts]) <= _POINTS:
                break
        return left

    def _span(self) -> list[tuple[int, list[tuple[int, int]]]]:
        """Make the box of the parts; return for each the rows it tells apart, and each residue with its points."""
        sides = []
        stride = 1
        self.strides = []
        for part in self.parts:
            self.strides.append(stride)
            stride *= len(part.states)
        self.all = (1 << stride) - 1
        repeat = 1
        for part, width in zip(reversed(self.parts), reversed(self.strides), strict=True):
            one = ((1 << width) - 1) * repeat
            sides.append((part.varies, [(state, one << i * width) for i, state in enumerate(part.states)]))
            if width > 1:
                repeat *= ((1 << width * len(part.states)) - 1) // ((1 << width) - 1)
        return sides

    def _hold(self, waiting: Sequence[Step], sides: list[tuple[int, list[tuple[int, int]]]]) -> None:
        """Find the points on which each row of the tables that wait holds."""
        effects, everywhere, given = self.rows.effects, self.all, self.given
        for step in waiting:
            left = self.base & step.field
            touching = [side for side in sides if side[0] & left]
            caused: dict[int, int] = {}
            remaining = everywhere
            while left:
                bit = left & -left
                left ^= bit
                points = remaining
                for varies, known in touching:
                    if varies & bit:
                        accepting = 0
                        for state, where in known:
                            if state & bit:
                                accepting |= where
                        points &= accepting
                if not points:
                    continue
                for item in step.items.get(bit, ()):
                    given[item] = given.get(item, 0) | points
                    root = self.items.roots[item]
                    if self.first.get(root, step.number) >= step.number:
                        self.first[root] = step.number
                if step.first:
                    effect = effects[bit]
                    caused[effect] = caused.get(effect, 0) | points
                    remaining ^= points
                    if not remaining:
                        break
            if caused:
                some, every = 0, -1
                for effect in caused:
                    some |= effect
                    every &= effect
                self.base &= some
                if some & ~every & self.base:
                    sides.append((some & ~every, list(caused.items())))

    def changes(self, rank: Mapping[str, int]) -> dict[str, Outcome]:
        """Return the items that each open fact could change, those of facts that do so by themselves first.

        Args:
            rank: The place of each fact among those that are told.
        """
        everywhere, given, items = self.all, self.given, self.items
        varying: list[int] = []
        size = everywhere.bit_length()
        packed = repeat = shift = 0
        for item, points in given.items():
            left = points & everywhere
            for other in items.outranked[item]:
                if other in given:
                    left &= ~given[other]
            if left and left != everywhere:
                varying.append(item)
                packed |= left << shift
                repeat |= 1 << shift
                shift += size
        if not varying:
            return {}
        here = 0
        for part, width in zip(self.parts, self.strides, strict=True):
            here += part.now * width
        present = packed >> here & repeat
        found: dict[str, int] = {}
        alone: dict[str, int] = {}
        for part, width in zip(self.parts, self.strides, strict=True):
            first = self._first_of(part, width) * repeat
            columns = [packed >> i * width & first for i in range(len(part.states))]
            places: dict[int, int] = {}
            place = [places.setdefault(column, i) for i, column in enumerate(columns)]
            if len(places) == 1:
                continue
            for fact, pairs in part.pairs.items():
                changed = 0
                for a, b in {(place[a], place[b]) for a, b in pairs}:
                    changed |= columns[a] ^ columns[b]
                if changed:
                    found[fact] = changed
                    by_itself = 0
                    for other in part.alone[fact]:
                        by_itself |= packed >> here + (other - part.now) * width & repeat ^ present
                    alone[fact] = by_itself
        return self._told(varying, sorted(found, key=rank.__getitem__), found, alone)

    def _first_of(self, part: Residues, width: int) -> int:
        """Return the points on which a part has its first residue."""
        block = width * len(part.states)
        one = (1 << width) - 1
        return self.all // ((1 << block) - 1) * one if block < self.all.bit_length() else one

    def _told(
        self, varying: Sequence[int], order: list[str], found: Mapping[str, int], alone: Mapping[str, int]
    ) -> dict[str, Outcome]:
        items, size = self.items, self.all.bit_length()
        names = [(items.names[item], self.all << i * size) for i, item in enumerate(varying)]
        roots = {items.roots[item] for item in varying}
        if len(roots) == 1:
            told = [fact for fact in order if alone[fact]] + order
        else:
            masks = [
                sum(self.all << i * size for i, item in enumerate(varying) if items.roots[item] == root)
                for root in sorted(roots, key=self.first.__getitem__)
            ]
            told = [fact for mask in masks for fact in order if alone[fact] & mask]
            told += [fact for mask in masks for fact in order if found[fact] & mask]
        return {fact: frozenset([name for name, mask in names if found[fact] & mask]) for fact in dict.fromkeys(told)}


def _bits(mask: int) -> Iterable[int]:
    """Yield the bits of a number, the lowest first."""
    while mask:
        low = mask & -mask
        yield low
        mask ^= low


def _roots(names: Sequence[set[str]]) -> dict[str, int]:
    """Return a number for each name, the same for names in one set, directly or through others."""
    root = list(range(len(names)))
    for i, one in enumerate(names):
        for j in range(i):
            if one & names[j] and root[i] != root[j]:
                old, new = root[i], root[j]
                root = [new if known == old else known for known in root]
    return {name: root[i] for i, one in enumerate(names) for name in one}
