"""Totals and shares from samples of known size, with intervals that hold where few or none were found.

A stratum of ``population`` tumours of which ``verified`` were drawn and read stands for all of them: each counts
``population / verified``. Counts of a rare finding are taken as Poisson, so that the total is a weighted sum of such
counts; its interval is the gamma interval (Fay MP, Feuer EJ. Stat Med 1997;16:791-801), whose upper end grows by the
largest weight, also where nothing was found. The share that one total has of two joins the intervals of both (Fay MP,
Proschan MA, Brittain E. Biometrics 2015;71:146-156). Where every tumour was read it is the exact (Clopper-Pearson)
interval. An effective sample size instead would call a sensitivity of 100 % certain wherever no missed fusion is seen,
however few negatives were sequenced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ntrkpath.evidence.proportions import LEVEL, Interval, clopper_pearson, need
from ntrkpath.model.errors import EvidenceError


class Stratum(msgspec.Struct, frozen=True):
    """A stratum of which all or some were read.

    Args:
        name: What its tumours have in common.
        population: How many there are.
        verified: How many of them were drawn and have a result.
        found: How many of these have what is counted.
    """

    name: str
    population: int
    verified: int
    found: int

    def __post_init__(self) -> None:
        if not 0 <= self.found <= self.verified <= self.population:
            counts = f"{self.found} of {self.verified} of {self.population}"
            raise EvidenceError("counts that cannot be", where=self.name, value=counts, allowed="found <= read <= all")

    @property
    def weight(self) -> float:
        """How many tumours each verified one stands for; 0 where none was."""
        return self.population / self.verified if self.verified else 0.0

    @property
    def total(self) -> float:
        """How many of the population are reckoned to have it."""
        return self.weight * self.found


def total(strata: Sequence[Stratum], level: float = LEVEL) -> Interval:
    """Return how many of the whole population have what is counted, with its gamma interval (in tumours).

    Raises:
        EvidenceError: A stratum has tumours of which none was verified: nothing can be said of them.
    """
    _check(strata)
    alpha = (1 - level) / 2
    special = need("scipy.special")
    estimate = sum(one.total for one in strata)
    counts, weights = _counts(strata)
    ends = []
    for quantile, one_more in ((alpha, 0.0), (1 - alpha, max(weights, default=0.0))):
        shape, scale = (float(value[0]) for value in _gamma(counts, weights, one_more))
        ends.append(float(special.gammaincinv(shape, quantile)) * scale if shape else 0.0)
    low, high = ends
    return Interval(estimate, low, high)


def share(strata: Sequence[Stratum], level: float = LEVEL) -> Interval | None:
    """Return the share of the whole population that has what is counted; ``None`` where there is no population.

    Raises:
        EvidenceError: A stratum has tumours of which none was verified.
    """
    _check(strata)
    population = sum(one.population for one in strata)
    if not population:
        return None
    occupied = [one for one in strata if one.population]
    if len(occupied) == 1 or all(one.verified == one.population for one in occupied):
        return clopper_pearson(sum(one.found for one in occupied), sum(one.verified for one in occupied), level)
    found = total(strata, level)
    return Interval(*(min(1.0, value / population) for value in (found.estimate, found.low, found.high)))


def part_of_both(these: Sequence[Stratum], others: Sequence[Stratum], level: float = LEVEL) -> Interval | None:
    """Return the share that the total of ``these`` has of the total of both; ``None`` where nothing was found.

    Sensitivity is this share for the fusions among stained positives beside those among stained negatives.

    Raises:
        EvidenceError: A stratum has tumours of which none was verified.
    """
    _check(these)
    _check(others)
    first, second = sum(one.total for one in these), sum(one.total for one in others)
    if not first + second:
        return None
    low, high = lower_share(*_counts(these), *_counts(others), level), 1.0
    if second:
        high = 1 - float(lower_share(*_counts(others), *_counts(these), level)[0])
    return Interval(first / (first + second), float(low[0]), high)


def lower_share(these: Any, weights: Sequence[float], others: Any, other_weights: Sequence[float], level: float) -> Any:
    """Return the lower ends of the share that these have of both, for many samples at once.

    Args:
        these: Counts found, samples by strata; ``others`` likewise.
        weights: How many tumours each of ``these`` stands for, by stratum; ``other_weights`` likewise.
        level: Level of the interval of which this is one end.
    """
    np, special = need("numpy"), need("scipy.special")
    shape, scale = _gamma(these, weights, 0.0)
    other_shape, other_scale = _gamma(others, other_weights, max(other_weights, default=0.0))
    some = (shape > 0) & (other_shape > 0)
    q = special.betaincinv(np.where(some, shape, 1.0), np.where(some, other_shape, 1.0), (1 - level) / 2)
    joined = scale * q / np.where(some, scale * q + other_scale * (1 - q), 1.0)
    return np.where(some, joined, np.where(shape > 0, 1.0, 0.0))


def _counts(strata: Sequence[Stratum]) -> tuple[list[list[int]], list[float]]:
    return [[one.found for one in strata]], [one.weight for one in strata]


def _gamma(counts: Any, weights: Sequence[float], one_more: float) -> tuple[Any, Any]:
    """Return shapes and scales of the gammas that bound totals; ``one_more`` is the weight added for the upper end."""
    np = need("numpy")
    counts, each = np.asarray(counts, dtype=float), np.asarray(weights, dtype=float)
    mean = counts @ each + one_more
    spread = counts @ each**2 + one_more**2
    some = mean > 0
    return np.where(some, mean**2 / np.where(some, spread, 1.0), 0.0), spread / np.where(some, mean, 1.0)


def _check(strata: Sequence[Stratum]) -> None:
    for one in strata:
        if one.population and not one.verified:
            raise EvidenceError("nothing was verified", where=one.name, value=f"0 of {one.population}",
                                remedy="verify some of them, or leave the stratum out and say so")  # fmt: skip
