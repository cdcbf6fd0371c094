"""What an unknown fact could still change: the tables over every joint filling-in of the open facts, by parts.

An open fact is one that is unknown in the case and may take any level. The facts of one part (the tumour, a stain, a
panel) leave few different residues of the rows, however many fillings-in they have; the residues of all parts span a
box, one point for each joint filling-in that some table could tell apart. A set of points is one number, a bit a
point: a row holds on the AND of the points on which each part accepts it. A fact could change an outcome where it
leads from a residue to another one whose points give something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter

from ntrkpath.model.remembered import Remembered
from ntrkpath.rules.box import Box, Items, Outcome
from ntrkpath.rules.chain import Chain, Masks
from ntrkpath.rules.residue import Residues, Rows, Step, residues, settled

#: Parts of one group, and answers, that are remembered.
_REMEMBERED = 5_000


def slice_for(chain: Chain, items: Mapping[str, Outcome], facts: Iterable[str] = ()) -> list[Masks]:
    """Return the tables, in order, on which the items of some row (by row id) or ``facts`` depend."""
    wanted = set(facts)
    kept: list[Masks] = []
    for table in reversed(chain.masks):
        if wanted & set(table.table.sets) or any(items.get(row.id) for row in table.table.rows):
            kept.append(table)
            wanted |= set(table.table.facts)
    return kept[::-1]


class _Group:
    """Case facts that are one part of a case, and the tables that read nothing else.

    Attributes:
        facts: The facts, in the order of the explorer.
        own: First-hit tables that read only these facts, and what such tables set of them.
    """

    __slots__ = ("_derived", "_fields", "_known", "_levels", "_reduced", "_rows", "facts", "own")

    def __init__(self, rows: Rows, facts: Sequence[str], derived: int) -> None:
        self.facts = tuple(facts)
        self._rows, self._derived = rows, derived
        self._levels = itemgetter(*facts)
        self.own: list[Step] = []
        read = set(facts)
        for step in rows.steps:
            if step.first and not step.items and read.issuperset(step.masks.table.facts):
                self.own.append(step)
                read.update(step.masks.table.sets)
        self._fields = [step.field for step in self.own]
        self._known: Remembered[tuple[object, ...], Residues] = Remembered(_REMEMBERED)
        self._reduced: Remembered[tuple[object, ...], Residues] = Remembered(_REMEMBERED)

    def part(self, levels: Mapping[str, str], open_facts: Mapping[str, tuple[str, ...]]) -> Residues:
        """Return the part of a case."""
        key = (self._levels(levels), *map(open_facts.get, self.facts))
        part = self._known.get(key)
        if part is None:
            part = self._known.keep(key, self._part(levels, open_facts))
        return part

    def _part(self, levels: Mapping[str, str], open_facts: Mapping[str, tuple[str, ...]]) -> Residues:
        rows = self._rows
        start = rows.all
        later = self._derived
        for fact in self.facts:
            accepts = rows.accepts[fact]
            if fact in open_facts:
                later |= rows.needs[fact]
                some = 0
                for level in open_facts[fact]:
                    some |= accepts[level]
                start &= some
            else:
                start &= accepts[levels[fact]]
        start = settled(start, self._fields, later)
        moving = []
        for fact in self.facts:
            if fact in open_facts and rows.needs[fact] & start:
                accepts = rows.accepts[fact]
                left = frozenset([accepts[level] & start for level in open_facts[fact]])
                if len(left) > 1:
                    moving.append((fact, accepts[levels[fact]] & start, left))
        key = (start, *moving)
        part = self._reduced.get(key)
        if part is None:
            part = self._reduced.keep(key, self._residues(start, moving))
        return part

    def _residues(self, start: int, moving: Sequence[tuple[str, int, frozenset[int]]]) -> Residues:
        rows = self._rows
        found = residues(rows, start, moving, self._fields, self._derived) if moving else Residues([start], 0, {}, {})
        for step in self.own:
            found = found.settled(step.field & start, rows.effects)
        return found


class Explorer:
    """Finds the open facts that could change what the rows of a chain contribute.

    Args:
        chain: The tables.
        items: What each row contributes to the outcome, by row id; rows that are absent contribute nothing.
        named: The name of an item, and its rank among items of that name: of one name, the lowest rank counts.
        together: Groups of tables whose case facts are one part. Answers do not depend on it, speed does.
    """

    def __init__(
        self,
        chain: Chain,
        items: Mapping[str, Outcome],
        named: Callable[[str], tuple[str, int]] = lambda item: (item, 0),
        together: Iterable[Iterable[str]] = (),
    ) -> None:
        tables = slice_for(chain, items)
        order = dict.fromkeys(f for masks in tables for f in masks.table.facts if f not in chain.derived)
        #: The facts that can matter at all, in the order in which they are told.
        self.order = tuple(order)
        self._rank = {fact: i for i, fact in enumerate(order)}
        self._items = Items(tables, items, named)
        self._rows = Rows(tables, self._items.numbers)
        derived = 0
        for fact in {fact for masks in tables for fact in masks.table.facts} - order.keys():
            derived |= self._rows.needs[fact]
        by_id = {masks.table.id: masks.table for masks in tables}
        self._groups: list[_Group] = []
        self._known: Remembered[tuple[Residues, ...], dict[str, Outcome]] = Remembered(_REMEMBERED)
        free = dict(order)
        for idents in [*together, *([fact] for fact in order)]:
            read = {fact for ident in idents if ident in by_id for fact in by_id[ident].facts} or set(idents)
            if facts := [fact for fact in free if fact in read]:
                self._groups.append(_Group(self._rows, facts, derived))
                free = {fact: None for fact in free if fact not in read}

    def changes(self, levels: Mapping[str, str], open_facts: Mapping[str, tuple[str, ...]]) -> dict[str, Outcome]:
        """Return, for each open fact that could change the outcome, the items it could add or take away.

        Facts that change it by themselves come first, then those that matter only together with others.

        Args:
            levels: A level for every case fact.
            open_facts: For each fact that may be filled in, every level it may take, the present one included.
        """
        parts = tuple([group.part(levels, open_facts) for group in self._groups])
        known = self._known.get(parts)
        if known is None:
            base = self._rows.all
            for part in parts:
                base &= part.some
            several = [part for part in parts if part.varies]
            found = Box(self._rows, self._items, base, several).changes(self._rank) if several else {}
            known = self._known.keep(parts, found)
        return known
