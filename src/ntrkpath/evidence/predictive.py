"""What several studies say of a new centre: the variance between studies is uncertain, and a weak prior says so.

Maximum likelihood may put the standard deviation between studies (tau, on the logit scale) at zero from ten studies; a
range that takes this as known is too narrow for a centre that was not among them. Here tau has a half-normal prior
(Röver C, Bender R, Dias S, et al. Res Synth Methods 2021;12:448-474), the pooled logit a flat one, and the logit of a
new centre is averaged over both. The likelihood is that of `glmm`. A single study tells of its own centre (posterior of
the Jeffreys prior), from which another differs by the spread of both. No sampling: the same counts give the same
digits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from math import log, pi, sqrt
from typing import Any

import msgspec

from ntrkpath.evidence.glmm import integrated, marginal
from ntrkpath.evidence.proportions import check_studies, need

#: Scale of the half-normal prior of tau on the logit scale: half of it below 0.34, 95 % below 0.98, that is, centres
#: whose odds differ by a factor of up to about seven either way.
SCALE = 0.5
#: Largest tau looked at, in scales; points of the grid of tau; points of the pooled logit, coarse and fine.
FARTHEST, TAUS, COARSE, FINE = 4.0, 24, 25, 161
#: Midpoints of the logit of one study.
ONE = 400
#: Points of the logit of a new centre; points of the distance between two centres, which ends so many of the largest
#: standard deviations away.
GRID, DISTANCES, SATURATED = 1201, 8001, 7.0
#: The mean of the centres is not known from one of them: two centres lie apart by the spread of both.
APART = sqrt(2)
#: What lies this much below the highest log likelihood weighs nothing.
NOTHING = 14.0
#: The pooled logit is looked for within this distance of the logit of all counts together.
HALF_WIDEST = 12.0


class Predicted(msgspec.Struct, frozen=True, kw_only=True):
    """The share of positive tumours in a new centre: median and 95 % range, with the median of tau."""

    estimate: float
    low: float
    high: float
    tau: float


def one_study(x: int, n: int, points: int) -> Any:
    """Return midpoints of equal probability of the logit in one study: its posterior by the Jeffreys prior.

    Raises:
        EvidenceError: scipy is not installed.
    """
    np, stats = need("numpy"), need("scipy.stats")
    at = (np.arange(points) + 0.5) / points
    # The complement has a Beta distribution too; its quantiles keep the digits that 1 - p would lose.
    share, rest = stats.beta(x + 0.5, n - x + 0.5), stats.beta(n - x + 0.5, x + 0.5)
    return np.log(share.ppf(at)) - np.log(rest.isf(at))


def _taus(scale: float) -> tuple[Any, Any]:
    """Return the grid of tau and the prior weight of each point."""
    np = need("numpy")
    # Close together near zero, where the likelihood of tau is often highest.
    part = (np.arange(TAUS) + 0.5) / TAUS
    taus = FARTHEST * scale * part**2
    return taus, 2 * FARTHEST * scale * part / TAUS * np.exp(-((taus / scale) ** 2) / 2)


@lru_cache(maxsize=256)
def _weights(x: tuple[int, ...], n: tuple[int, ...], scale: float) -> tuple[Any, Any, Any]:
    """Return the grids of the pooled logit and of tau, and the posterior weight of each pair."""
    np = need("numpy")
    taus, prior = _taus(scale)
    if len(x) == 1:
        logit = one_study(x[0], n[0], ONE)
        weight = np.outer(prior, np.ones_like(logit))
        return logit, taus, weight / weight.sum()
    xs, ns = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    minus = marginal(xs, ns)
    middle = log(sum(x) + 0.5) - log(sum(n) - sum(x) + 0.5)
    least = minus(middle, SCALE)
    ends = []
    for direction in (-1, 1):
        far = 0.5
        while far < HALF_WIDEST and minus(middle + direction * far, float(taus[-1])) < least + NOTHING:
            far *= 1.4
        ends.append(middle + direction * far)
    coarse = np.linspace(*ends, COARSE)
    values, _ = integrated(xs, ns, coarse[None, :], taus[:, None])
    mus = np.linspace(coarse[0], coarse[-1], FINE)
    # The likelihood is smooth in the pooled logit, so that few points of it and a spline between them are enough.
    spline = need("scipy.interpolate").CubicSpline(coarse, values, axis=1)
    weight = np.exp(-(spline(mus) - values.min())) * prior[:, None]
    return mus, taus, weight / weight.sum()


def logits(x: Sequence[int], n: Sequence[int], points: int, scale: float = SCALE) -> Any:
    """Return midpoints of equal probability of the logit of a new centre.

    Args:
        x: Positive tumours, study by study.
        n: Tumours tested, study by study.
        points: How many midpoints.
        scale: Scale of the half-normal prior of tau.

    Raises:
        EvidenceError: Counts that cannot be, or numpy or scipy is not installed.
    """
    np = need("numpy")
    xs, ns = check_studies(x, n)
    at, below = _cumulative(tuple(xs), tuple(ns), scale)
    middle = (np.arange(points) + 0.5) / points
    rising = np.concatenate([[True], np.diff(below) > 0])
    return np.interp(middle, below[rising], at[rising])


@lru_cache(maxsize=256)
def _cumulative(x: tuple[int, ...], n: tuple[int, ...], scale: float) -> tuple[Any, Any]:
    """Return a grid of the logit of a new centre, and the chance that it lies below each point."""
    np, special = need("numpy"), need("scipy.special")
    mus, taus, weight = _weights(x, n, scale)
    beyond = FARTHEST * scale * (APART if len(x) == 1 else 1.0)
    at = np.linspace(mus[0] - beyond, mus[-1] + beyond, GRID)
    if len(x) == 1:
        # One study tells nothing of tau: its centre and the distance to another are independent, and tau is averaged
        # over once, whatever the counts.
        chance, farthest = _distance(scale)
        between = np.clip(at[:, None] - mus[None, :], -farthest, farthest)
        return at, chance(between).mean(axis=1)
    below = np.zeros_like(at)
    for tau, row in zip(taus, weight, strict=True):
        keep = row > row.sum() * 1e-9
        below += special.ndtr((at[:, None] - mus[None, keep]) / tau) @ row[keep]
    return at, below


@lru_cache(maxsize=8)
def _distance(scale: float) -> tuple[Any, Any]:
    """Return the chance that another centre lies less than a distance above a first, and the largest distance asked.

    Between points that are dense about zero the chance is interpolated with its slope, to eleven digits.
    """
    np, special = need("numpy"), need("scipy.special")
    taus, prior = _taus(scale)
    spread, share = APART * taus, prior / prior.sum()
    farthest = SATURATED * spread[-1]
    distance = farthest * np.linspace(-1, 1, DISTANCES) ** 3
    apart = distance[:, None] / spread
    slope = np.exp(-apart * apart / 2) @ (share / (spread * sqrt(2 * pi)))
    chance = need("scipy.interpolate").CubicHermiteSpline(distance, special.ndtr(apart) @ share, slope)
    return chance, float(farthest)


def predicted(x: Sequence[int], n: Sequence[int], scale: float = SCALE) -> Predicted:
    """Return the range of the share of positive tumours in a new centre.

    Raises:
        EvidenceError: Counts that cannot be, or numpy or scipy is not installed.
    """
    np = need("numpy")
    xs, ns = check_studies(x, n)
    low, middle, high = np.interp((0.025, 0.5, 0.975), (np.arange(2000) + 0.5) / 2000, logits(x, n, 2000, scale))
    _, taus, weight = _weights(tuple(xs), tuple(ns), scale)
    by_tau = weight.sum(axis=1)
    tau = float(np.interp(0.5, np.cumsum(by_tau) - by_tau / 2, taus))
    estimate, lowest, highest = (float(0.5 * (1 + np.tanh(value / 2))) for value in (middle, low, high))
    return Predicted(estimate=estimate, low=lowest, high=highest, tau=tau)


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """One study and the others: its counts, and how many positives the others let one expect (95 % range)."""

    positive: int
    tested: int
    expected: float
    low: int
    high: int

    @property
    def covered(self) -> bool:
        """Whether the count lies in the range."""
        return self.low <= self.positive <= self.high


def left_out(x: Sequence[int], n: Sequence[int], scale: float = SCALE) -> tuple[LeftOut, ...]:
    """Return each study as the others predict it: the range holds the chance of the count itself too.

    Raises:
        EvidenceError: Counts that cannot be, or numpy or scipy is not installed.
    """
    xs, ns = check_studies(x, n)
    return tuple(expected_in(xs[:i] + xs[i + 1 :], ns[:i] + ns[i + 1 :], xs[i], ns[i], scale) for i in range(len(xs)))


def expected_in(x: Sequence[int], n: Sequence[int], positive: int, tested: int, scale: float = SCALE) -> LeftOut:
    """Return what these studies let one expect in another series of ``tested`` tumours, beside what was found.

    Raises:
        EvidenceError: Counts that cannot be, or numpy or scipy is not installed.
    """
    np, stats = need("numpy"), need("scipy.stats")
    share = 0.5 * (1 + np.tanh(logits(x, n, 600, scale) / 2))

    def least(chance: float) -> int:
        """Return the least count up to which this chance, or more, lies."""
        return bisect_left(
            range(tested + 1), chance, key=lambda count: float(stats.binom.cdf(count, tested, share).mean())
        )

    return LeftOut(
        positive=positive, tested=tested, expected=float(share.mean() * tested), low=least(0.025), high=least(0.975)
    )


def prior_note(scale: float = SCALE) -> str:
    """Return the prior in words."""
    return f"half-normal prior of scale {scale:g} for the standard deviation between studies on the logit scale"


__all__ = ["SCALE", "LeftOut", "Predicted", "expected_in", "left_out", "logits", "one_study", "predicted", "prior_note"]
