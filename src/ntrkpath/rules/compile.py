"""The compiler: one dense look-up per table, chained. A mixed-radix key of level indices gives the row.

A first-hit table maps a state to the index of its row; a hit-all table to an index into ``row_sets``.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from ntrkpath.rules.chain import Chain, Masks
from ntrkpath.rules.facts import Fact


def dense(masks: Masks, value: Callable[[int], Hashable]) -> tuple[array[int], list[Any]]:
    """Return the value of every state of a table: for each key an index, and the values in order of first appearance.

    Args:
        value: What a set of rows that hold together, as a mask, comes to.
    """
    columns = [list(levels.values()) for _, levels in masks.by_fact]
    found: dict[Hashable, int] = {}
    memo: dict[tuple[int, int], array[int]] = {}

    def expand(depth: int, mask: int) -> array[int]:
        known = memo.get((depth, mask))
        if known is None:
            if depth == len(columns):
                known = array("H", [found.setdefault(value(mask), len(found))])
            else:
                known = array("H")
                for column in columns[depth]:
                    known.extend(expand(depth + 1, mask & column))
            memo[(depth, mask)] = known
        return known

    return expand(0, masks.all_rows), list(found)


class CompiledTable:
    """A table as a flat array.

    Attributes:
        facts: The facts it reads; the last one varies fastest.
        strides: Weight of each fact's level index in the key.
        lookup: For each key, an index into ``row_sets`` (16 bits, length: the number of states).
        row_sets: The distinct sets of rows that hold, each as row indices; of one row in a first-hit table.
    """

    __slots__ = ("facts", "lookup", "row_sets", "strides", "table")

    def __init__(self, masks: Masks, facts: Mapping[str, Fact]) -> None:
        self.table = masks.table
        self.facts = masks.table.facts
        sizes = [len(facts[f].levels) for f in self.facts]
        self.strides: list[int] = [1] * len(sizes)
        for i in range(len(sizes) - 2, -1, -1):
            self.strides[i] = self.strides[i + 1] * sizes[i + 1]
        self.lookup, held = dense(masks, lambda mask: mask & -mask if masks.first else mask)
        self.row_sets = [tuple(i for i in range(len(self.table.rows)) if mask >> i & 1) for mask in held]

    def rows(self, indices: Sequence[int]) -> tuple[int, ...]:
        """Return the rows that hold where the i-th fact has its ``indices[i]``-th level."""
        return self.row_sets[self.lookup[sum(i * s for i, s in zip(indices, self.strides, strict=True))]]


class CompiledChain:
    """The tables of a chain, compiled; facts are level indices throughout."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.tables = [CompiledTable(masks, chain.facts) for masks in chain.masks]
        self._sets = [
            {fact: [chain.facts[fact].index(row.sets[fact]) for row in table.table.rows] for fact in table.table.sets}
            for table in self.tables
        ]

    def decide(self, levels: Mapping[str, int]) -> tuple[dict[str, int], list[tuple[int, ...]]]:
        """Return the level index of every fact, and for each table the indices of the rows that hold."""
        state = dict(levels)
        held = []
        for table, sets in zip(self.tables, self._sets, strict=True):
            rows = table.rows([state[f] for f in table.facts])
            for fact, by_row in sets.items():
                state[fact] = by_row[rows[0]]
            held.append(rows)
        return state, held
