"""A proportion with its interval: Clopper-Pearson (exact) and Wilson, from counts that are checked.

Clopper CJ, Pearson ES. Biometrika 1934;26:404-413. Wilson EB. J Am Stat Assoc 1927;22:209-212.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from math import isfinite, sqrt
from numbers import Integral
from statistics import NormalDist
from typing import Any

import msgspec

from ntrkpath.model.errors import EvidenceError
from ntrkpath.model.extras import from_extra

LEVEL = 0.95


class Interval(msgspec.Struct, frozen=True):
    """An estimate with its lower and upper bound, all proportions between 0 and 1."""

    estimate: float
    low: float
    high: float


def need(module: str) -> Any:
    """Return a module of the extra ``stats``.

    Raises:
        EvidenceError: numpy or scipy is not installed.
    """
    return from_extra(module, "stats", "intervals and pooling", EvidenceError)


def check_counts(x: object, n: object, field: str = "positive", total: str = "tested") -> tuple[int, int]:
    """Return two counts as whole numbers.

    Args:
        x: How many of them; a whole number from 0 to ``n``.
        n: How many in all; 1 or more.
        field: The name under which an error speaks of ``x``.
        total: The name under which it speaks of ``n``.

    Raises:
        EvidenceError: Not whole numbers, negative, nothing counted, or a count over its total; names the field.
    """
    whole = []
    for name, value in ((total, n), (field, x)):
        if isinstance(value, bool) or not isinstance(value, int | float | Integral) or not isfinite(value) or value % 1:
            raise EvidenceError("not a whole number", where=name, value=value)
        whole.append(int(value))
    if whole[0] < 1:
        raise EvidenceError("nothing was counted", where=total, value=n, allowed="1 or more")
    if whole[1] < 0:
        raise EvidenceError("a negative count", where=field, value=x, allowed=f"0 to {whole[0]}")
    if whole[1] > whole[0]:
        raise EvidenceError(f"more than {total}", where=field, value=x, allowed=f"0 to {whole[0]}")
    return whole[1], whole[0]


def check_studies(x: Sequence[object], n: Sequence[object]) -> tuple[list[int], list[int]]:
    """Return the counts of several studies as whole numbers.

    Raises:
        EvidenceError: No study, unequal numbers of counts, or a count that cannot be; names the field.
    """
    if len(x) != len(n):
        raise EvidenceError("as many counts as totals are needed", where="tested", value=f"{len(x)} and {len(n)}")
    if len(x) == 0:
        raise EvidenceError("a group without studies", where="studies", allowed="one study or more")
    pairs = [
        check_counts(a, b, f"studies[{i}].positive", f"studies[{i}].tested")
        for i, (a, b) in enumerate(zip(x, n, strict=True))
    ]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _check_level(level: float) -> float:
    if not 0 < level < 1:
        raise EvidenceError("not a level of confidence", where="level", value=level, allowed="between 0 and 1")
    return level


def clopper_pearson(x: int, n: int, level: float = LEVEL) -> Interval:
    """Return ``x`` of ``n`` with its exact (Clopper-Pearson) interval.

    Raises:
        EvidenceError: Counts or level that cannot be.
    """
    x, n = check_counts(x, n)
    alpha = (1 - _check_level(level)) / 2
    quantile = _beta_quantile()
    low = 0.0 if x == 0 else float(quantile(x, n - x + 1, alpha))
    high = 1.0 if x == n else float(quantile(x + 1, n - x, 1 - alpha))
    return Interval(x / n, low, high)


@cache
def _beta_quantile() -> Callable[[float, float, float], float]:
    """Return the quantile of a beta distribution: that of scipy, where it is installed."""
    try:
        found: Callable[[float, float, float], float] = import_module("scipy.special").betaincinv
    except ImportError:
        from ntrkpath.evidence.beta import quantile as found
    return found


def wilson(x: int, n: int, level: float = LEVEL) -> Interval:
    """Return ``x`` of ``n`` with its Wilson (score) interval.

    Raises:
        EvidenceError: Counts or level that cannot be.
    """
    x, n = check_counts(x, n)
    z = normal_quantile(_check_level(level))
    p = x / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(p, 0.0 if x == 0 else max(0.0, centre - half), 1.0 if x == n else min(1.0, centre + half))


def normal_quantile(level: float = LEVEL) -> float:
    """Return the two-sided standard normal quantile of a level: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + _check_level(level) / 2)
