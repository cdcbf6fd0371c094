"""Numbers that are not known exactly: a central value, random draws and quantiles of each kind of distribution.

In a file a plain number is known exactly; otherwise one of ``uniform: [low, high]``, ``triangular: [low, mode, high]``,
``gamma: [mean, sd]`` (costs, times), ``beta: [positives, total]`` (proportions, from counts),
``logit_normal: [mean, sd]`` (proportions, on the logit scale), ``lognormal: [median, sd_log]`` (ratios).
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

from ntrkpath.model.errors import StrategyError
from ntrkpath.strategy.arrays import Array, numpy, scipy_stats

#: No number of a file may be larger: beyond, sums of costs overflow.
MOST = 1e12
_NUMBERS = {"fixed": 1, "uniform": 2, "triangular": 3, "gamma": 2, "beta": 2, "logit_normal": 2, "lognormal": 2}


class Distribution(msgspec.Struct, frozen=True):
    """A kind of distribution and its numbers, in the order of the module's docstring."""

    kind: str
    numbers: tuple[float, ...]

    @property
    def value(self) -> float:
        """The central value: the mean; of ``logit_normal`` and ``lognormal`` the median, as pooled figures are."""
        a = self.numbers[0]
        b = self.numbers[1] if len(self.numbers) > 1 else 0.0
        match self.kind:
            case "uniform":
                return (a + b) / 2
            case "triangular":
                return sum(self.numbers) / 3
            case "beta":
                alpha, beta = self._beta()
                return alpha / (alpha + beta)
            case "logit_normal":
                return 1 / (1 + math.exp(-a))
            case _:
                return a

    @property
    def exact(self) -> bool:
        """Whether the number is taken as known."""
        return self.kind == "fixed"

    def _beta(self) -> tuple[float, float]:
        x, n = self.numbers
        return (x, n - x) if 0 < x < n else (x + 0.5, n - x + 0.5)

    def draw(self, rng: Any, size: int) -> Array:
        """Return an array of ``size`` independent draws from a numpy generator."""
        np = numpy()

        a = self.numbers[0]
        drawn: Array
        match self.kind:
            case "uniform":
                return rng.uniform(a, self.numbers[1], size)
            case "triangular" if self.numbers[2] > a:
                return rng.triangular(a, self.numbers[1], self.numbers[2], size)
            case "gamma" if self.numbers[1] > 0 and a > 0:
                sd = self.numbers[1]
                return rng.gamma((a / sd) ** 2, sd * sd / a, size)
            case "beta":
                return rng.beta(*self._beta(), size)
            case "logit_normal":
                drawn = 1 / (1 + np.exp(-rng.normal(a, self.numbers[1], size)))
            case "lognormal":
                drawn = a * np.exp(rng.normal(0, self.numbers[1], size))
            case _:
                drawn = np.full(size, a)
        return drawn

    def quantile(self, q: float) -> float:
        """Return the value below which a share ``q`` of the distribution lies."""
        stats = scipy_stats()

        a = self.numbers[0]
        match self.kind:
            case "uniform":
                return a + q * (self.numbers[1] - a)
            case "triangular" if self.numbers[2] > a:
                low, mode, high = self.numbers
                return float(stats.triang.ppf(q, (mode - low) / (high - low), low, high - low))
            case "gamma" if self.numbers[1] > 0 and a > 0:
                sd = self.numbers[1]
                return float(stats.gamma.ppf(q, (a / sd) ** 2, scale=sd * sd / a))
            case "beta":
                return float(stats.beta.ppf(q, *self._beta()))
            case "logit_normal":
                return float(1 / (1 + math.exp(-(a + self.numbers[1] * stats.norm.ppf(q)))))
            case "lognormal":
                return float(a * math.exp(self.numbers[1] * stats.norm.ppf(q)))
            case _:
                return a

    def words(self) -> str:
        """Return the distribution as a reader may see it."""
        shown = ", ".join(f"{n:g}" for n in self.numbers)
        match self.kind:
            case "fixed":
                return shown
            case "beta":
                return f"{self.numbers[0]:g}/{self.numbers[1]:g}"
            case _:
                return f"{self.kind.replace('_', '-')} ({shown})"


def distribution(data: Any, where: str, *, proportion: bool = False, signed: bool = False) -> Distribution:
    """Return a distribution from what a file holds: a number, or a mapping with one kind.

    Args:
        proportion: The number lies between 0 and 1; else it is only not negative.
        signed: A plain number, ``uniform`` and ``triangular`` may be negative.

    Raises:
        StrategyError: Unknown kind, wrong numbers, or a value out of range; ``where`` names the field.
    """
    if isinstance(data, (int, float)) and not isinstance(data, bool):
        found = Distribution("fixed", (_float(data),))
    elif isinstance(data, dict) and len(data) == 1 and next(iter(data)) in _NUMBERS:
        kind, numbers = next(iter(data.items()))
        numbers = numbers if isinstance(numbers, list) else [numbers]
        if len(numbers) != _NUMBERS[kind] or any(
            isinstance(n, bool) or not isinstance(n, (int, float)) for n in numbers
        ):
            raise StrategyError(f"{kind} takes {_NUMBERS[kind]} number(s)", where=where, value=numbers)
        found = Distribution(kind, tuple(_float(n) for n in numbers))
    else:
        raise StrategyError(
            "not a number or a distribution",
            where=where,
            value=data,
            allowed="a number, or one of " + ", ".join(_NUMBERS),
        )
    _check(found, where, proportion, signed)
    return found


def _float(number: int | float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _check(found: Distribution, where: str, proportion: bool, signed: bool) -> None:
    numbers, first = list(found.numbers), found.numbers[0]
    if not all(math.isfinite(n) for n in numbers):
        raise StrategyError("not a finite number", where=where, value=numbers)
    if max(abs(n) for n in numbers) > MOST or (len(numbers) == 2 and numbers[1] > _WIDEST.get(found.kind, MOST)):
        raise StrategyError("too large", where=where, value=numbers, allowed=f"at most {MOST:g}")
    match found.kind:
        case "beta":
            if not 0 <= first <= numbers[1] or numbers[1] <= 0:
                raise StrategyError("more positives than the total, or none tested", where=where, value=numbers)
        case "logit_normal":
            if abs(first) > 50:
                raise StrategyError("too large on the logit scale", where=where, value=first, allowed="-50 to 50")
            if numbers[1] < 0:
                raise StrategyError("a standard deviation is negative", where=where, value=numbers[1])
        case "gamma" | "lognormal":
            _check_without_end(found, where, proportion)
        case _:
            _check_bounded(found, where, proportion, signed)


#: The largest second number, where it is a spread on another scale.
_WIDEST = {"logit_normal": 20, "lognormal": 10}


def _check_without_end(found: Distribution, where: str, proportion: bool) -> None:
    """Check a distribution from nought upwards, which has no largest value."""
    first, second = found.numbers
    if found.kind == "gamma" and 0 < second < first * 1e-4:
        raise StrategyError("a standard deviation so small", where=where, value=second,
                            remedy="give a plain number instead")  # fmt: skip
    if min(first, second) < 0:
        raise StrategyError("a negative number", where=where, value=min(first, second), allowed="0 or more")
    if proportion:
        raise StrategyError("a proportion over 1, or one that can exceed it", where=where, value=first,
                            allowed="0 to 1")  # fmt: skip


def _check_bounded(found: Distribution, where: str, proportion: bool, signed: bool) -> None:
    """Check a number, or a distribution between bounds."""
    numbers = list(found.numbers)
    if found.kind in ("uniform", "triangular") and numbers != sorted(numbers):
        raise StrategyError("the bounds are not in order", where=where, value=numbers)
    if min(numbers) < 0 and not (signed and found.kind in ("fixed", "uniform", "triangular")):
        raise StrategyError("a negative number", where=where, value=min(numbers), allowed="0 or more")
    if proportion and max(numbers) > 1:
        raise StrategyError("a proportion over 1, or one that can exceed it", where=where, value=max(numbers),
                            allowed="0 to 1")  # fmt: skip
