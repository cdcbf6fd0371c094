"""The evaluator: tables in order, each reading case facts or facts that an earlier table set.

Every level of every fact has, per table, a bit mask of the rows that accept it. The rows that hold in a state
are the AND of the masks of its levels; the first hit is the lowest bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter

import msgspec

from ntrkpath.model.errors import GuidanceError
from ntrkpath.model.remembered import Remembered
from ntrkpath.rules.facts import Fact
from ntrkpath.rules.table import Row, Table


class Hit(msgspec.Struct, frozen=True, gc=False):
    """A row that held, and the table it stands in."""

    table: str
    row: Row


class Decision(msgspec.Struct, frozen=True, gc=False):
    """What the chain makes of a case: the level of every fact, and the rows that held, in table order."""

    levels: dict[str, str]
    hits: list[Hit]


#: Keys of one table that are remembered.
_REMEMBERED = 20_000


def _no_facts(_: object) -> object:
    return ()


class Masks:
    """One table, ready to be evaluated: a mask of accepting rows per fact and level."""

    __slots__ = ("_rows", "all_rows", "by_fact", "first", "hits", "key", "table")

    def __init__(self, table: Table, facts: Mapping[str, Fact]) -> None:
        self.table = table
        self.first = table.hit == "first"
        self.all_rows = (1 << len(table.rows)) - 1
        self.hits = [Hit(table.id, row) for row in table.rows]
        #: Reads the levels of the facts of the table, as one key.
        self.key: Callable[[Mapping[str, str]], object] = itemgetter(*table.facts) if table.facts else _no_facts
        self._rows: Remembered[object, Row] = Remembered(_REMEMBERED)
        self.by_fact: list[tuple[str, dict[str, int]]] = []
        for ident in table.facts:
            named = [(1 << i, row.when[ident]) for i, row in enumerate(table.rows) if ident in row.when]
            masks = dict.fromkeys(facts[ident].levels, self.all_rows & ~sum(bit for bit, _ in named))
            for bit, levels in named:
                for level in levels:
                    masks[level] |= bit
            self.by_fact.append((ident, masks))

    def matching(self, levels: Mapping[str, str]) -> int:
        """Return the mask of the rows that hold in ``levels``."""
        mask = self.all_rows
        for ident, masks in self.by_fact:
            mask &= masks[levels[ident]]
            if not mask:
                break
        return mask

    def row(self, levels: Mapping[str, str]) -> Row:
        """Return the first row that holds in ``levels``.

        Raises:
            GuidanceError: No row holds (``verify`` proves that this cannot happen).
        """
        key = self.key(levels)
        row = self._rows.get(key)
        if row is None:
            mask = self.matching(levels)
            if not mask:
                raise GuidanceError("no row holds", where=self.table.id, value=dict(levels))
            row = self._rows.keep(key, self.hits[(mask & -mask).bit_length() - 1].row)
        return row

    def held(self, levels: Mapping[str, str]) -> Held:
        """Return the levels that the table sets in ``levels``, and the rows that hold.

        Raises:
            GuidanceError: No row of a first-hit table holds.
        """
        mask = self.matching(levels)
        if self.first:
            if not mask:
                raise GuidanceError("no row holds", where=self.table.id, value=dict(levels))
            hit = self.hits[(mask & -mask).bit_length() - 1]
            return hit.row.sets, [hit]
        return {}, [hit for i, hit in enumerate(self.hits) if mask >> i & 1]


#: What a table sets, and its rows that hold.
Held = tuple[dict[str, str], list[Hit]]
class Chain:
    """Tables in the order in which they are evaluated.

    Args:
        facts: Every fact by id.
        tables: The tables, ready or not; one that reads a fact which a table sets stands after that table.

    Raises:
        GuidanceError: Two tables set one fact, or a table reads a fact before it is set.
    """

    def __init__(self, facts: Mapping[str, Fact], tables: Iterable[Table | Masks]) -> None:
        self.facts = dict(facts)
        self.masks = tuple(t if isinstance(t, Masks) else Masks(t, self.facts) for t in tables)
        self.tables = tuple(masks.table for masks in self.masks)
        setter: dict[str, str] = {}
        for table in self.tables:
            for ident in table.sets:
                if ident in setter:
                    raise GuidanceError("fact is set by two tables", where=table.id, value=ident)
                setter[ident] = table.id
        ready: set[str] = set(self.facts) - set(setter)
        for table in self.tables:
            if early := set(table.facts) - ready:
                raise GuidanceError("table reads a fact that a later table sets", where=table.id, value=min(early))
            ready |= set(table.sets)
        self.derived = frozenset(setter)
        read = {ident for table in self.tables for ident in table.facts}
        #: Facts that come from the case and are read by some table, in the order of the edition.
        self.base = tuple(ident for ident in self.facts if ident not in setter and ident in read)
        #: Each table with the levels it reads as one key, and what was found for such keys before.
        self._plan: list[tuple[Masks, Callable[[Mapping[str, str]], object], Remembered[object, Held]]] = [
            (masks, masks.key, Remembered(_REMEMBERED)) for masks in self.masks
        ]
        self._rows = {row.id: Hit(table.id, row) for table in self.tables for row in table.rows}

    def row(self, ident: str) -> Hit:
        """Return a row by id, with its table; raises ``KeyError`` for an id that no table has."""
        return self._rows[ident]

    def decide(self, levels: Mapping[str, str]) -> Decision:
        """Evaluate every table on a complete assignment of the base facts.

        Raises:
            GuidanceError: No row of a first-hit table holds (``verify`` proves that this cannot happen).
        """
        state = dict(levels)
        hits: list[Hit] = []
        for masks, key, known in self._plan:
            read = key(state)
            held = known.get(read)
            if held is None:
                held = known.keep(read, masks.held(state))
            sets, rows = held
            if sets:
                state.update(sets)
            if rows:
                hits += rows
        return Decision(state, hits)
