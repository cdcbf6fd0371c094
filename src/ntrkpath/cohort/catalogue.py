"""The catalogue: what the small numbers of a decided cohort stand for, in names of rules, actions and levels."""

from __future__ import annotations

from functools import cached_property, lru_cache

from ntrkpath.guidance import Edition
from ntrkpath.model.errors import GuidanceError
from ntrkpath.rules.compile import CompiledChain, CompiledTable
from ntrkpath.rules.diagram import Outcome

#: Codes are one byte each; a table with more distinct outcomes, or a fact with more levels, does not fit.
BYTE = 256


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
        self._weights: dict[str, tuple[str, tuple[int, bool, str]]] = {}
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
    def _folded(self) -> tuple[list[int], list[Outcome]]:
        keep = self._strongest
        codes, sets = [0], [frozenset[str]()]
        for _, given, _ in self._contributions:
            found: dict[Outcome, int] = {}
            kept: dict[Outcome, int] = {}  # by the whole set: many pairs of sets together give the same one

            def place(both: Outcome, kept: dict[Outcome, int] = kept, found: dict[Outcome, int] = found) -> int:
                if (code := kept.get(both)) is None:
                    code = kept[both] = found.setdefault(keep(both), len(found))
                return code

            step = [[place(one | more) for more in given] for one in sets]
            codes = [code for before in codes for code in step[before]]
            sets = list(found)
        return codes, sets

    @cached_property
    def _answers(self) -> tuple[list[int], list[tuple[tuple[str, str], ...]]]:
        """For each action key, an index into the distinct answers; one answer may follow from several sets of rows."""
        codes, sets = self._folded
        every = {item: (*self.split(item), item.rpartition(":")[2]) for items in sets for item in items}
        ranks = [{item: self.edition.rank(*part, treated) for item, part in every.items()} for treated in (False, True)]
        treats = {item for item, part in every.items() if self.edition.action_kinds[part[0]] == "treatment"}
        found: dict[tuple[tuple[str, str], ...], int] = {}
        of_set = []
        for items in sets:
            ordered = sorted(items, key=ranks[not treats.isdisjoint(items)].__getitem__)
            answer = tuple(every[item][:2] for item in ordered)
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

    def _strongest(self, items: Outcome) -> Outcome:
        """Keep, of the same action, the strongest, and of equal ones the one that its row gives a place."""
        best: dict[str, tuple[tuple[int, bool, str], str]] = {}
        for item in items:
            action, weight = self._weights.get(item) or self._weigh(item)
            if action not in best or weight < best[action][0]:
                best[action] = weight, item
        return frozenset(item for _, item in best.values())

    def _weigh(self, item: str) -> tuple[str, tuple[int, bool, str]]:
        action, strength, place = item.split(":")
        found = self._weights[item] = action, (self.edition.strengths.index(strength), not place, place)
        return found

    @cached_property
    def action_texts(self) -> list[str]:
        """Every set of actions as text: ``action:strength``, separated by spaces."""
        return [" ".join(f"{action}:{strength}" for action, strength in actions) for actions in self.action_sets]

    @staticmethod
    def split(item: str) -> tuple[str, str]:
        """Return the action and the strength of ``action:strength``, whatever place follows."""
        action, strength = item.split(":")[:2]
        return action, strength


@lru_cache(maxsize=4)
def catalogue_of(edition: Edition) -> Catalogue:
    """Return the catalogue of an edition, compiled once a process."""
    return Catalogue(edition)
