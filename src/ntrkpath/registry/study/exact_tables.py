"""Exact tests of tables of counts, and what several tests together allow to be said.

The exact probability of a table with these margins, summed over all that are no more probable (Freeman GH, Halton JH.
Biometrika 1951;38:141-149; Fisher's test for two by two). Where there are too many tables it is estimated from random
ones with the same margins, from a fixed seed, and that is said. Several tests: Holm S. Scand J Stat 1979;6:65-70.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp, lgamma

import msgspec

from ntrkpath.evidence.proportions import need
from ntrkpath.model.errors import EvidenceError

#: Most tables that are gone through one by one; above it, so many are drawn.
MOST_TABLES = 30_000
DRAWS = 20_000
_SEED = 1935
#: Tables as probable as the one seen, within rounding, count with it.
_SLACK = 1e-7


class Tested(msgspec.Struct, frozen=True):
    """A probability of a table as uneven as this one where nothing is associated; ``exact``, or drawn."""

    p: float
    exact: bool


def exact_test(table: Sequence[Sequence[int]]) -> Tested | None:
    """Return the exact test of a table of counts, rows by columns; ``None`` where one row or column alone has counts.

    Raises:
        EvidenceError: A count is below zero, or rows differ in length.
    """
    if any(len(row) != len(table[0]) for row in table) or any(count < 0 for row in table for count in row):
        raise EvidenceError("not a table of counts", where="table", allowed="rows of the same length, no count below 0")
    rows = [row for row in table if sum(row)]
    columns = [column for column in zip(*rows, strict=True) if sum(column)]
    if len(rows) < 2 or len(columns) < 2:
        return None
    by_row, by_column = list(map(sum, zip(*columns, strict=True))), list(map(sum, columns))
    limit = -sum(_log_factorials(column) for column in columns) + _SLACK
    return _enumerated(by_row, by_column, limit) or _drawn(by_row, by_column, limit)


def _log_factorials(counts: Sequence[int]) -> float:
    return sum(lgamma(count + 1) for count in counts)


def _enumerated(by_row: Sequence[int], by_column: Sequence[int], limit: float) -> Tested | None:
    """Return the test over every table with these margins; ``None`` where there are too many."""
    fixed = _log_factorials([*by_row, *by_column]) - lgamma(sum(by_row) + 1)
    total = 0.0
    for seen, inverse in enumerate(_tables(tuple(by_row), sorted(by_column))):
        if seen == MOST_TABLES:
            return None
        if inverse <= limit:
            total += exp(fixed + inverse)
    return Tested(min(1.0, total), True)


def _tables(left: tuple[int, ...], columns: Sequence[int]) -> Iterator[float]:
    """Yield, for every table with these margins, less the logarithms of the factorials of its counts."""
    if len(columns) == 1:
        yield -_log_factorials(left)
        return
    for column in _compositions(columns[0], left):
        weight = -_log_factorials(column)
        rest = tuple(a - b for a, b in zip(left, column, strict=True))
        for further in _tables(rest, columns[1:]):
            yield weight + further


def _compositions(total: int, limits: Sequence[int]) -> Iterator[tuple[int, ...]]:
    if len(limits) == 1:
        if total <= limits[0]:
            yield (total,)
        return
    room = sum(limits[1:])
    for count in range(max(0, total - room), min(total, limits[0]) + 1):
        for rest in _compositions(total - count, limits[1:]):
            yield (count, *rest)


def _drawn(by_row: Sequence[int], by_column: Sequence[int], limit: float) -> Tested:
    np = need("numpy")
    rng = np.random.default_rng(_SEED)
    # Columns are drawn one after the other from what the earlier ones left, all tables at once.
    left = np.tile(np.asarray(by_row), (DRAWS, 1))
    inverse = np.zeros(DRAWS)
    gammaln = need("scipy.special").gammaln
    for size in by_column[:-1]:
        column, open_ = np.zeros_like(left), np.full(DRAWS, size)
        for i in range(len(by_row)):
            others = left[:, i + 1 :].sum(axis=1)
            column[:, i] = rng.hypergeometric(left[:, i], others, open_)
            open_ = open_ - column[:, i]
        left = left - column
        inverse -= gammaln(column + 1.0).sum(axis=1)
    inverse -= gammaln(left + 1.0).sum(axis=1)
    return Tested((1 + int((inverse <= limit).sum())) / (1 + DRAWS), False)


def holm(values: Sequence[float]) -> tuple[float, ...]:
    """Return the probabilities of several tests after Holm, in their order."""
    order = sorted(range(len(values)), key=values.__getitem__)
    adjusted, highest = [0.0] * len(values), 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[i]))
        adjusted[i] = highest
    return tuple(adjusted)
