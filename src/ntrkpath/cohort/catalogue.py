"""The catalogue: what the small numbers of a decided cohort stand for, in names of rules, actions and levels."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import NamedTuple

from ntrkpath.guidance import Edition
from ntrkpath.model.errors import GuidanceError
from ntrkpath.rules.box import Outcome
from ntrkpath.rules.compile import CompiledChain, CompiledTable

#: Codes are one byte each; a table with more distinct outcomes, or a fact with more levels, does not fit.
BYTE = 256


class _Item(NamedTuple):
    """One action as a row gives it: its ranks without and with a treatment, and how strongly it is given."""

    item: str
    action: str
    strength: str
    ranks: tuple[tuple[float, int], ...]
    weight: tuple[int, bool, str]


class Catalogue:
    """Rules, action sets and levels by code.

    Args:
        edition: The edition whose ``decisions`` are compiled.

    Attributes:
        facts: The case facts in the order of a matrix of codes.
        levels: The levels of every fact; a level code is an index here.
        tables: The compiled tables, in order.
        rules: For each table (as ordered), the rule ids of each outcome code.

    Raises:
        GuidanceError: A table has more outcomes, or a fact more levels, than one byte tells apart.
    """

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        chain = edition.decisions
        self.facts: tuple[str, ...] = chain.base
        self.levels: dict[str, tuple[str, ...]] = {ident: fact.levels for ident, fact in chain.facts.items()}
        self.tables: list[CompiledTable] = CompiledChain(chain).tables
        self.rules = [[tuple(t.table.rows[i].id for i in held) for held in t.row_sets] for t in self.tables]
        for table in self.tables:
            if len(table.row_sets) > BYTE:
                raise GuidanceError("too many outcomes for a cohort", where=table.table.id, value=len(table.row_sets))
        for ident in self.facts:
            if len(self.levels[ident]) >= BYTE:
                raise GuidanceError("too many levels for a cohort", where=ident, value=len(self.levels[ident]))

    def sets(self, table: CompiledTable, fact: str) -> list[int]:
        """Return the level code of ``fact`` for each outcome code of the table that sets it."""
        levels = self.levels[fact]
        return [levels.index(table.table.rows[held[0]].sets[fact]) for held in table.row_sets]

    @cached_property
    def _contributions(self) -> list[tuple[int, list[Outcome], list[int]]]:
        """Each table that gives actions: its position, the distinct sets it gives, and which one for each outcome."""
        items = self.edition.items()
        found = []
        for position, table in enumerate(self.tables):
            given: dict[Outcome, int] = {}
            by_code = []
            for held in table.row_sets:
                rows = [table.table.rows[i] for i in held]
                actions: Outcome = frozenset(
                    f"{item}:{row.emits.get('place', '')}" for row in rows for item in items.get(row.id, frozenset())
                )
                by_code.append(given.setdefault(actions, len(given)))
            if any(given):
                found.append((position, list(given), by_code))
        return found

    @cached_property
    def shares(self) -> list[tuple[int, list[int]]]:
        """For each table that gives actions: its position, and for each outcome code its share of the action key."""
        found, stride = [], 1
        for position, given, by_code in reversed(self._contributions):
            found.append((position, [code * stride for code in by_code]))
            stride *= len(given)
        return found[::-1]

    @cached_property
    def _items(self) -> tuple[_Item, ...]:
        """Every item that a table gives, most important first where no treatment is given; its place is its bit."""
        every = {item for _, given, _ in self._contributions for items in given for item in items}
        made = []
        for item in every:
            action, strength, place = item.split(":")
            ranks = tuple(self.edition.rank(action, strength, place, treated) for treated in (False, True))
            weight = (self.edition.strengths.index(strength), not place, place)
            made.append(_Item(item, action, strength, ranks, weight))
        return tuple(sorted(made, key=lambda one: (one.ranks[0], one.weight)))

    @cached_property
    def _folded(self) -> tuple[list[int], list[int]]:
        """For each action key, an index into the distinct sets of items; a set is a number, one bit an item."""
        bit = {one.item: 1 << i for i, one in enumerate(self._items)}
        # Of the same action the strongest stays, and of equal ones the one that its row gives a place.
        weaker = [
            (bit[one.item], ~sum(bit[o.item] for o in self._items if o.action == one.action and o.weight > one.weight))
            for one in self._items
        ]
        yielding = [(here, kept) for here, kept in weaker if kept != -1]
        codes, sets = [0], [0]
        for _, given, _ in self._contributions:
            masks = [sum(bit[item] for item in items) for items in given]
            found: dict[int, int] = {}
            step = []
            for one in sets:
                row = []
                for more in masks:
                    both = one | more
                    for here, kept in yielding:
                        if both & here:
                            both &= kept
                    row.append(found.setdefault(both, len(found)))
                step.append(row)
            codes = [code for before in codes for code in step[before]]
            sets = list(found)
        return codes, sets

    @cached_property
    def _answers(self) -> tuple[list[int], list[tuple[tuple[str, str], ...]]]:
        """For each action key, an index into the distinct answers; one answer may follow from several sets of rows."""
        codes, sets = self._folded
        pairs = [(one.action, one.strength) for one in self._items]
        treated = [one.ranks[1] for one in self._items]
        treats = sum(1 << i for i, (action, _) in enumerate(pairs) if self.edition.action_kinds[action] == "treatment")
        moves = sum(1 << i for i, one in enumerate(self._items) if one.ranks[0] != one.ranks[1])
        found: dict[tuple[tuple[str, str], ...], int] = {}
        of_set = []
        for items in sets:
            held, left = [], items
            while left:
                lowest = left & -left
                held.append(lowest.bit_length() - 1)
                left ^= lowest
            if items & treats and items & moves:
                held.sort(key=treated.__getitem__)
            answer = tuple([pairs[i] for i in held])
            of_set.append(found.setdefault(answer, len(found)))
        return [of_set[code] for code in codes], list(found)

    @property
    def action_lookup(self) -> list[int]:
        """For each action key (the sum of the ``shares``), an index into ``action_sets``."""
        return self._answers[0]

    @property
    def action_sets(self) -> list[tuple[tuple[str, str], ...]]:
        """Every set of actions, each as (action, strength): of one action the strongest, most important first."""
        return self._answers[1]

    @cached_property
    def action_texts(self) -> list[str]:
        """Every set of actions as text: ``action:strength``, separated by spaces."""
        return [" ".join(f"{action}:{strength}" for action, strength in actions) for actions in self.action_sets]


@lru_cache(maxsize=4)
def catalogue_of(edition: Edition) -> Catalogue:
    """Return the catalogue of an edition, compiled once a process."""
    return Catalogue(edition)
