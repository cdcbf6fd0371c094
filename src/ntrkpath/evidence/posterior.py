"""Spreads of uncertain log odds and log likelihood ratios, and of their sum: what carries the credible ranges.

A proportion is that of a new centre, with a weak prior on the variance between centres (`predictive`). The log odds
after a result are the log odds before it plus the log likelihood ratio; independent terms are convolved on a grid. No
sampling: the same counts give the same digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log, log1p
from typing import Any

from ntrkpath.evidence.predictive import logits
from ntrkpath.evidence.proportions import need

#: Step and half width of the grid, in log odds; midpoints in which one term is cut.
STEP, HALF = 0.005, 24.0
POINTS = 3000
#: Tails of a 95 % range.
TAILS = (0.025, 0.5, 0.975)


class Uncertain:
    """A proportion that is known with uncertainty: midpoints of equal probability on the logit scale."""

    def __init__(self, logits: Any) -> None:
        self.logits = logits

    @classmethod
    def new_centre(cls, x: Sequence[int], n: Sequence[int], points: int = POINTS) -> Uncertain:
        """Return what studies, or a single one, say of a centre that is not among them."""
        return cls(logits(x, n, points))

    @classmethod
    def certain(cls, share: float) -> Uncertain:
        """Return a proportion that is taken as it stands."""
        np = need("numpy")
        return cls(np.array([log(share) - log1p(-share)]))

    def range(self) -> tuple[float, float, float]:
        """Return median and 95 % range as proportions: estimate, low, high."""
        np = need("numpy")
        if len(self.logits) == 1:
            only = float(_expit(self.logits)[0])
            return only, only, only
        at = (np.arange(len(self.logits)) + 0.5) / len(self.logits)
        low, middle, high = (float(v) for v in _expit(np.interp(TAILS, at, np.sort(self.logits))))
        return middle, low, high

    def spread(self) -> Spread:
        """Return the log odds on the grid."""
        return Spread.of(self.logits)


def _expit(odds: Any) -> Any:
    np = need("numpy")
    return 0.5 * (1 + np.tanh(np.asarray(odds) / 2))


class Spread:
    """A distribution on the grid of log odds: probabilities that add up to 1."""

    def __init__(self, mass: Any) -> None:
        self.mass = mass

    @classmethod
    def of(cls, values: Any, weights: Any = None) -> Spread:
        """Return values of equal probability (or of ``weights``) on the grid, each shared by its two neighbours."""
        np = need("numpy")
        size = 2 * round(HALF / STEP) + 1
        place = np.clip((np.asarray(values, dtype=float) + HALF) / STEP, 0, size - 1.001)
        below = place.astype(int)
        part = place - below
        weights = np.full(place.shape, 1 / place.size) if weights is None else weights
        mass = np.bincount(below.ravel(), (weights * (1 - part)).ravel(), size)
        return cls(mass + np.bincount(below.ravel() + 1, (weights * part).ravel(), size))

    @classmethod
    def ratio(cls, sensitivity: Uncertain, specificity: Uncertain, positive: bool) -> Spread:
        """Return the log likelihood ratio of a result; sensitivity and specificity are taken as independent."""
        np = need("numpy")

        def log_share(logits: Any) -> Any:
            return -np.logaddexp(0, -logits)

        sign = 1 if positive else -1
        with_fusion, without = log_share(sign * _thin(sensitivity.logits)), log_share(-sign * _thin(specificity.logits))
        return cls.of(with_fusion[:, None] - without[None, :])

    def plus(self, other: Spread) -> Spread:
        """Return the spread of the sum of two independent terms."""
        np = need("numpy")
        size = len(self.mass)
        length = 1 << (2 * size - 1).bit_length()
        both = np.fft.irfft(np.fft.rfft(self.mass, length) * np.fft.rfft(other.mass, length), length)[: 2 * size - 1]
        start = (size - 1) // 2
        mass = np.clip(both[start : start + size], 0, None)
        return Spread(mass / mass.sum())

    def quantiles(self, levels: Iterable[float] = TAILS) -> list[float]:
        """Return quantiles of the log odds."""
        np = need("numpy")
        cumulative = np.cumsum(self.mass) - self.mass / 2
        keep = self.mass > 1e-15
        grid = np.linspace(-HALF, HALF, len(self.mass))
        return [float(v) for v in np.interp(list(levels), cumulative[keep], grid[keep])]

    def range(self) -> tuple[float, float, float]:
        """Return median and 95 % range as proportions: estimate, low, high."""
        low, middle, high = (float(v) for v in _expit(self.quantiles()))
        return middle, low, high

    def ratio_range(self) -> tuple[float, float, float]:
        """Return median and 95 % range as ratios: estimate, low, high."""
        np = need("numpy")
        low, middle, high = (float(v) for v in np.exp(self.quantiles()))
        return middle, low, high


def _thin(logits: Any, points: int = 600) -> Any:
    """Return fewer midpoints of the same spread, so that pairs of them stay few."""
    np = need("numpy")
    if len(logits) <= points:
        return logits
    at = (np.arange(points) + 0.5) / points
    return np.interp(at, (np.arange(len(logits)) + 0.5) / len(logits), np.sort(logits))
