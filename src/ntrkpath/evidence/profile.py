"""Intervals that stand beside Wald's: the profile likelihood of a pooled share, and a further study by Student's t.

Wald's interval is symmetric on the logit scale; the profile likelihood is not, and is better where studies are few. A
further study has the t quantile with k - 2 degrees of freedom (Higgins JPT, Thompson SG, Spiegelhalter DJ. J R Stat Soc
A 2009;172:137-159), since the variance between k studies is estimated, not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from ntrkpath.evidence.glmm import LARGEST_TAU, Pooled, expit, marginal
from ntrkpath.evidence.proportions import LEVEL, Interval, check_studies, need

#: Fewest studies for Student's t: with one degree of freedom, that of three, the interval is the whole line.
FEWEST = 4
#: The grid of the standard deviation between studies, and how closely its best point is found.
TAUS, WITHIN = 25, 1e-3
#: The pooled logit is looked for within this many standard errors.
FARTHEST = 40


def profile(x: Sequence[int], n: Sequence[int], fitted: Pooled, level: float = LEVEL) -> Interval | None:
    """Return the profile-likelihood interval of a pooled share; ``None`` where nothing was fitted.

    Args:
        x: Positive tumours, study by study.
        n: Tumours tested, study by study.
        fitted: What `glmm.pool` gives for them.
        level: Level of confidence.

    Raises:
        EvidenceError: Counts that cannot be, or numpy or scipy is not installed.
    """
    np, optimize, stats = need("numpy"), need("scipy.optimize"), need("scipy.stats")
    if fitted.logit is None or fitted.logit_se is None or fitted.tau2 is None:
        return None
    xs, ns = check_studies(x, n)
    minus = marginal(np.asarray(xs, dtype=float), np.asarray(ns, dtype=float))

    def best(mu: float) -> float:
        """Return the least value over the variance between studies, which may be nil: the grid is drawn in on it."""
        low, high, least = 0.0, LARGEST_TAU, 0.0
        while high - low > WITHIN:
            taus = np.linspace(low, high, TAUS)
            values = minus(np.full(TAUS, mu), taus)
            at = int(values.argmin())
            low, high, least = taus[max(at - 1, 0)], taus[min(at + 1, TAUS - 1)], float(values[at])
        return least

    bound = min(minus(fitted.logit, sqrt(fitted.tau2)), best(fitted.logit)) + float(stats.chi2.ppf(level, 1)) / 2

    def end(direction: int) -> float:
        step = fitted.logit_se or 1.0
        far = fitted.logit or 0.0
        for _ in range(FARTHEST):
            near, far = far, far + direction * step
            if best(far) > bound:
                return float(optimize.brentq(lambda mu: best(mu) - bound, near, far, xtol=1e-5))
        return far

    return Interval(fitted.estimate, expit(end(-1)), expit(end(1)))


def further_study(fitted: Pooled, level: float = LEVEL) -> Interval | None:
    """Return where the share in a further study would lie by Student's t; ``None`` below four studies."""
    stats = need("scipy.stats")
    if fitted.logit is None or fitted.logit_se is None or fitted.tau2 is None or fitted.studies < FEWEST:
        return None
    half = float(stats.t.ppf(0.5 + level / 2, fitted.studies - 2)) * sqrt(fitted.logit_se**2 + fitted.tau2)
    return Interval(fitted.estimate, expit(fitted.logit - half), expit(fitted.logit + half))
