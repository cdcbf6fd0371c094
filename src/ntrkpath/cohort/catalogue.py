"""The catalogue: what the small numbers of a decided cohort stand for, in names of rules, actions and levels."""

from __future__ import annotations

from functools import cached_property, lru_cache
from math import prod
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
        self._answers: dict[int, tuple[tuple[str, str], ...]] = {}
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
    def _masks(self) -> list[tuple[int, list[int]]]:
        """For each table that gives actions: the stride of its share in an action key, its sets as bits of items."""
        bit = {one.item: 1 << i for i, one in enumerate(self._items)}
        found, stride = [], 1
        for _, given, _ in reversed(self._contributions):
            found.append((stride, [sum(bit[item] for item in items) for items in given]))
            stride *= len(given)
        return found

    @cached_property
    def action_keys(self) -> int:
        """How many action keys there are: the sums of the ``shares``."""
        return prod(len(given) for _, given, _ in self._contributions)

    def actions(self, key: int) -> tuple[tuple[str, str], ...]:
        """Return the actions of an action key as (action, strength): of one action the strongest, most important first.

        Args:
            key: The sum of the ``shares`` of the outcomes of every table.
        """
        items = 0
        for stride, masks in self._masks:
            items |= masks[key // stride % len(masks)]
        return self._of_items(items)

    def _of_items(self, items: int) -> tuple[tuple[str, str], ...]:
        known = self._answers.get(items)
        if known is None:
            known = self._answers[items] = self._ordered([one for i, one in enumerate(self._items) if items >> i & 1])
        return known

    def _ordered(self, items: list[_Item]) -> tuple[tuple[str, str], ...]:
        """Return the strongest of each action, and of equal ones the one that its row gives a place, in their order."""
        best: dict[str, _Item] = {}
        for one in items:
            if one.action not in best or one.weight < best[one.action].weight:
                best[one.action] = one
        treated = any(self.edition.action_kinds[action] == "treatment" for action in best)
        held = sorted(best.values(), key=lambda one: (one.ranks[treated], one.ranks[0], one.weight))
        return tuple((one.action, one.strength) for one in held)

    def action_text(self, key: int) -> str:
        """Return the actions of an action key as text: ``action:strength``, separated by spaces."""
        return _text(self.actions(key))

    def action_texts(self) -> list[str]:
        """Return the texts of every action key, in their order; a cohort holds few of them."""
        every = [0]
        for _, masks in reversed(self._masks):
            every = [before | more for before in every for more in masks]
        texts = {items: _text(self._of_items(items)) for items in set(every)}
        return [texts[items] for items in every]


def _text(actions: tuple[tuple[str, str], ...]) -> str:
    return " ".join(f"{action}:{strength}" for action, strength in actions)


@lru_cache(maxsize=4)
def catalogue_of(edition: Edition) -> Catalogue:
    """Return the catalogue of an edition, compiled once a process."""
    return Catalogue(edition)
