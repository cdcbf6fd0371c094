"""Differences between laboratories and between samples, and the share right over the round, only above a stated size.

The share right has a bootstrap interval that draws laboratories and samples anew, since results share both. The spread
of laboratories and of samples is that of a logistic model with a normal effect of each (on the scale of log odds),
fitted by the Laplace approximation with the intercept integrated; intervals are those of the profile likelihood. Their
coverage is measured in `benchmarks/rounds.py` and shown in the documentation. Below the size nothing is fitted, and it
is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ntrkpath.evidence.proportions import Interval, need

#: Fewest laboratories, samples, results, and results of the rarer kind, for a fit and a bootstrap.
LEAST = {"laboratories": 8, "samples": 8, "results": 100, "wrong or right": 8}
DRAWS = 2000
#: Most laboratories and samples that the spreads are fitted to; of more, so many are drawn.
MOST = (150, 40)
#: Largest standard deviation looked at, in log odds: odds of 55 between neighbours.
WIDEST = 4.0
_HALF_CHI = 1.9207


class Spread(msgspec.Struct, frozen=True):
    """Standard deviation of an effect in log odds; ``high`` is ``None`` where it runs beyond ``WIDEST``."""

    estimate: float
    low: float
    high: float | None


class Effects(msgspec.Struct, frozen=True):
    """What is fitted (``fitted``: to so many laboratories and samples), or why nothing is (``why``)."""

    laboratories: int
    samples: int
    results: int
    share: Interval | None = None
    laboratory_spread: Spread | None = None
    sample_spread: Spread | None = None
    why: str = ""
    fitted: tuple[int, int] | None = None


def effects(results: Iterable[tuple[str, str, bool]], draws: int = DRAWS, seed: int = 1) -> Effects:
    """Return the spread of laboratories and samples, from results as (laboratory, sample, right)."""
    np = need("numpy")
    found = list(results)
    laboratories = {name: i for i, name in enumerate(dict.fromkeys(one[0] for one in found))}
    samples = {name: i for i, name in enumerate(dict.fromkeys(one[1] for one in found))}
    right, total = (np.zeros((len(laboratories), len(samples))) for _ in range(2))
    for laboratory, sample, well in found:
        total[laboratories[laboratory], samples[sample]] += 1
        right[laboratories[laboratory], samples[sample]] += well
    sizes = (len(laboratories), len(samples), len(found))
    rarer = int(min(right.sum(), total.sum() - right.sum()))
    for (name, least), got in zip(LEAST.items(), (*sizes, rarer), strict=True):
        if got < least:
            return Effects(*sizes, why=f"{got} {name}, fewer than {least}")
    share = _bootstrap(right, total, draws, seed)
    rng = np.random.default_rng(seed)
    kept = [np.sort(rng.permutation(size)[:most]) for size, most in zip(right.shape, MOST, strict=True)]
    some = np.ix_(*kept)
    return Effects(*sizes, share, *spread(right[some], total[some]), fitted=(len(kept[0]), len(kept[1])))


def _bootstrap(right: Any, total: Any, draws: int, seed: int) -> Interval:
    np = need("numpy")
    rng = np.random.default_rng(seed)
    laboratories, samples = right.shape
    by_laboratory = rng.multinomial(laboratories, np.full(laboratories, 1 / laboratories), draws)
    by_sample = rng.multinomial(samples, np.full(samples, 1 / samples), draws)
    counted = ((by_laboratory @ total) * by_sample).sum(axis=1)
    shares = ((by_laboratory @ right) * by_sample).sum(axis=1)[counted > 0] / counted[counted > 0]
    low, high = np.quantile(shares, (0.025, 0.975))
    return Interval(float(right.sum() / total.sum()), float(low), float(high))


def spread(right: Any, total: Any) -> tuple[Spread, Spread]:
    """Return the spread of laboratories (rows) and of samples (columns) from tables of counts."""
    np = need("numpy")
    fit = _Fit(right, total)
    rows = columns = np.linspace(0, WIDEST, 9)
    for _ in range(2):
        surface = fit.surface(rows, columns)
        near = surface >= surface.max() - 2 * _HALF_CHI
        rows, columns = _zoom(rows, near.any(axis=1)), _zoom(columns, near.any(axis=0))
    surface = fit.surface(rows, columns)
    return _profile(rows, surface.max(axis=1)), _profile(columns, surface.max(axis=0))


def _zoom(grid: Any, near: Any) -> Any:
    np = need("numpy")
    inside = np.flatnonzero(near)
    first, last = max(inside[0] - 1, 0), min(inside[-1] + 1, len(grid) - 1)
    return np.linspace(grid[first], grid[last], 9)


def _profile(grid: Any, values: Any) -> Spread:
    """Return the highest point of a profile and where it falls by half the chi-square quantile on either side."""
    best = int(values.argmax())
    limit = values[best] - _HALF_CHI
    low, high = float(grid[0]), None
    for i in range(best, 0, -1):
        if values[i - 1] < limit:
            low = float(grid[i] - (grid[i] - grid[i - 1]) * (values[i] - limit) / (values[i] - values[i - 1]))
            break
    for i in range(best, len(grid) - 1):
        if values[i + 1] < limit:
            high = float(grid[i] + (grid[i + 1] - grid[i]) * (values[i] - limit) / (values[i] - values[i + 1]))
            break
    return Spread(float(grid[best]), low, high)


class _Fit:
    """The Laplace approximation of the likelihood of two spreads; effects of laboratories are eliminated by blocks."""

    def __init__(self, right: Any, total: Any) -> None:
        self.np = need("numpy")
        self.right, self.total = right, total
        self.start = self.np.zeros(right.shape[0]), self.np.zeros(right.shape[1] + 1)

    def surface(self, rows: Any, columns: Any) -> Any:
        """Return the log likelihood over a grid of the two spreads."""
        return self.np.array([[self.likelihood(a, b) for b in columns] for a in rows])

    def likelihood(self, by_row: float, by_column: float) -> float:
        """Return the log likelihood at two standard deviations, up to a constant."""
        np = self.np
        row, column = (part.copy() for part in self.start)
        prior = np.ones(len(column))
        prior[0] = 0.0
        for _ in range(40):
            eta = by_row * row[:, None] + column[0] + by_column * column[None, 1:]
            chance = 1 / (1 + np.exp(-np.clip(eta, -30, 30)))
            weight = self.total * chance * (1 - chance)
            residual = self.right - self.total * chance
            across = np.concatenate([weight.sum(axis=1, keepdims=True), by_column * weight], axis=1) * by_row
            diagonal = by_row**2 * weight.sum(axis=1) + 1
            block = np.zeros((len(column), len(column)))
            block[0, 0] = weight.sum()
            block[0, 1:] = block[1:, 0] = by_column * weight.sum(axis=0)
            block[np.arange(1, len(column)), np.arange(1, len(column))] = by_column**2 * weight.sum(axis=0) + 1
            schur = block - across.T @ (across / diagonal[:, None])
            slope_row = by_row * residual.sum(axis=1) - row
            slope_column = np.concatenate([[residual.sum()], by_column * residual.sum(axis=0)]) - prior * column
            step_column = np.linalg.solve(schur, slope_column - across.T @ (slope_row / diagonal))
            step_row = (slope_row - across @ step_column) / diagonal
            size = max(np.abs(step_row).max(), np.abs(step_column).max())
            shrink = min(1.0, 3.0 / size) if size > 0 else 1.0
            row, column = row + shrink * step_row, column + shrink * step_column
            if size < 1e-6:
                break
        self.start = row, column
        loss = self.total * np.logaddexp(0, eta) - self.right * eta
        penalty = 0.5 * ((row**2).sum() + (column[1:] ** 2).sum())
        value = -loss.sum() - penalty
        return float(value - 0.5 * (np.log(diagonal).sum() + np.linalg.slogdet(schur)[1]))
