"""Pooling proportions: the binomial-normal model with random effects, fitted by maximum likelihood.

Logit of the proportion of study i = mu + u_i, u_i normal with variance tau2, counts binomial (Stijnen T, Hamza TH,
Ozdemir P. Stat Med 2010;29:3046-3067). The likelihood is integrated by adaptive Gauss-Hermite quadrature with seven
nodes, as `rma.glmm(measure="PLO")` of R metafor does through lme4; no count is corrected by a half.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import inf, log, pi, sqrt
from typing import Any

import msgspec

from ntrkpath.evidence.proportions import LEVEL, check_studies, clopper_pearson, need, normal_quantile
from ntrkpath.model.errors import EvidenceError

NODES = 7
#: Newton steps for the modes of the studies, and the step at which they stop.
MODE_STEPS, MODE_TOLERANCE = 100, 1e-8
#: Largest standard deviation between studies that is looked at, on the logit scale.
LARGEST_TAU = 10.0


class Pooled(msgspec.Struct, frozen=True, kw_only=True):
    """A pooled proportion.

    ``estimate``, ``low``, ``high`` and the prediction interval are proportions; ``logit`` and ``logit_se`` are on the
    logit scale, as is ``tau2``, the variance between studies. ``i2`` is in percent. ``lrt`` is the likelihood-ratio
    statistic for heterogeneity with its ``lrt_p``. ``None`` where the method gives no such figure. ``method`` is
    ``glmm``, ``one study`` or ``summed counts`` (no study, or every study, has only positives or only negatives).
    """

    method: str
    studies: int
    positive: int
    tested: int
    estimate: float
    low: float
    high: float
    tau2: float | None = None
    i2: float | None = None
    lrt: float | None = None
    lrt_p: float | None = None
    prediction_low: float | None = None
    prediction_high: float | None = None
    logit: float | None = None
    logit_se: float | None = None


def expit(value: float) -> float:
    """Return the proportion whose logit is ``value``."""
    np = need("numpy")
    return float(0.5 * (1 + np.tanh(value / 2)))


def pool(x: Sequence[int], n: Sequence[int], level: float = LEVEL) -> Pooled:
    """Pool the proportions of several studies.

    One study keeps its own exact interval; where no tumour, or every tumour, is positive in all studies together the
    model has no finite answer, and the summed counts stand with their exact interval.

    Args:
        x: Positive tumours, study by study.
        n: Tumours tested, study by study.
        level: Level of confidence of the intervals.

    Raises:
        EvidenceError: Counts that cannot be, no study, studies that share nothing (the variance between them has no
            maximum), or numpy or scipy is not installed; names the field.
    """
    xs, ns = check_studies(x, n)
    if len(xs) > 1 and 0 < sum(xs) < sum(ns):
        return _glmm(xs, ns, level)
    exact = clopper_pearson(sum(xs), sum(ns), level)
    return Pooled(
        method="one study" if len(xs) == 1 else "summed counts", studies=len(xs), positive=sum(xs), tested=sum(ns),
        estimate=exact.estimate, low=exact.low, high=exact.high,
    )  # fmt: skip


def leave_one_out(x: Sequence[int], n: Sequence[int], level: float = LEVEL) -> tuple[Pooled, ...]:
    """Return what is pooled without the first study, without the second, and so on; empty for a single study.

    Raises:
        EvidenceError: As `pool`.
    """
    xs, ns = check_studies(x, n)
    if len(xs) == 1:
        return ()
    return tuple(pool(xs[:i] + xs[i + 1 :], ns[:i] + ns[i + 1 :], level) for i in range(len(xs)))


def _glmm(xs: list[int], ns: list[int], level: float) -> Pooled:
    np, stats = need("numpy"), need("scipy.stats")
    x, n = np.asarray(xs, dtype=float), np.asarray(ns, dtype=float)
    minus_log_likelihood = marginal(x, n)
    plain = log(x.sum()) - log(n.sum() - x.sum())
    mu, tau = _maximise(minus_log_likelihood, plain, x, n)
    se = _standard_error(minus_log_likelihood, mu, tau) if tau < 0.98 * LARGEST_TAU else None
    if se is None:
        raise EvidenceError(
            "the studies differ too much to be pooled", where="studies",
            value=", ".join(f"{a}/{b}" for a, b in zip(xs, ns, strict=True)), remedy="show them one by one",
        )  # fmt: skip
    fixed = _binomial(x, n, x.sum() / n.sum())
    lrt = max(0.0, 2 * (_binomial(x, n, x / n) - fixed))
    z = normal_quantile(level)
    spread = sqrt(se * se + tau * tau)
    return Pooled(
        method="glmm", studies=len(xs), positive=sum(xs), tested=sum(ns),
        estimate=expit(mu), low=expit(mu - z * se), high=expit(mu + z * se),
        tau2=tau * tau, i2=_i2(x, n, tau * tau), lrt=lrt, lrt_p=float(stats.chi2.sf(lrt, len(xs) - 1)),
        prediction_low=expit(mu - z * spread), prediction_high=expit(mu + z * spread), logit=mu, logit_se=se,
    )  # fmt: skip


#: Minus a log likelihood: of a pair (mu, tau), or of as many as the two arrays hold.
Likelihood = Callable[[Any, Any], Any]


def marginal(x: Any, n: Any, nodes: int = NODES) -> Likelihood:
    """Return minus the log likelihood of (mu, tau), up to a constant, integrated over the effects of the studies.

    Args:
        x: Array of k positive counts. n: array of k totals.
        nodes: Nodes of the quadrature, placed about each study's own mode.
    """
    np = need("numpy")
    modes = np.zeros_like(x)

    def value(mu: Any, tau: Any) -> Any:
        found, at = integrated(x, n, mu, tau, modes, nodes)
        if at.ndim > 1:
            return found
        modes[:] = at
        return float(found)

    return value


@cache
def _quadrature(nodes: int) -> tuple[Any, Any]:
    """Return the nodes and weights of the Gauss-Hermite quadrature."""
    found: tuple[Any, Any] = need("numpy").polynomial.hermite.hermgauss(nodes)
    return found


def integrated(x: Any, n: Any, mu: Any, tau: Any, start: Any = 0.0, nodes: int = NODES) -> tuple[Any, Any]:
    """Return minus the log likelihood of every pair (mu, tau), up to a constant, and the modes of the effects.

    Args:
        x: Array of k positive counts. n: array of k totals.
        mu: Number or array of one shape. tau: likewise; the two are broadcast to a shape S.
        start: Where the modes are first looked for, S x k.
        nodes: Nodes of the quadrature, placed about each study's own mode.

    Returns:
        Arrays of the shapes S and S x k.
    """
    np = need("numpy")
    mu, tau = (np.asarray(value, dtype=float)[..., None] for value in (mu, tau))
    # The effects are tau * v with v standard normal, so that tau = 0 is an ordinary point.
    v = np.zeros(np.broadcast_shapes(mu.shape, tau.shape, x.shape)) + start
    # The density of each effect has one mode, between these; a step that leaves them, or is long, is cut.
    low, high = tau * (x - n), tau * x
    longest = 2 / np.maximum(tau, 1.0)
    for _ in range(MODE_STEPS):
        p = 0.5 * (1 + np.tanh((mu + tau * v) / 2))
        slope = tau * (x - n * p) - v
        low, high = np.where(slope > 0, v, low), np.where(slope < 0, v, high)
        step = np.maximum(-longest, np.minimum(longest, slope / (tau * tau * n * p * (1 - p) + 1)))
        there = np.where((v + step < low) | (v + step > high), (low + high) / 2, v + step)
        moved = float(np.abs(there - v).max())
        v = there
        if moved < MODE_TOLERANCE:
            break
    p = 0.5 * (1 + np.tanh((mu + tau * v) / 2))
    scale = 1 / np.sqrt(tau * tau * n * p * (1 - p) + 1)
    node, weight = (values.reshape(-1, *[1] * v.ndim) for values in _quadrature(nodes))
    node = sqrt(2) * node
    at = v + scale * node
    eta = mu + tau * at
    terms = x * eta - n * np.logaddexp(0, eta) - at * at / 2 + np.log(weight) + node * node / 2 - log(pi) / 2
    top = terms.max(axis=0)
    return -(top + np.log(np.exp(terms - top).sum(axis=0)) + np.log(scale)).sum(axis=-1), v


def _maximise(minus: Likelihood, plain: float, x: Any, n: Any) -> tuple[float, float]:
    """Return mu and tau at the maximum; tau is exactly 0 where the likelihood falls from there."""
    np, optimize = need("numpy"), need("scipy.optimize")
    p = x.sum() / n.sum()
    # Slope of the log likelihood in tau2 at 0, with mu at its value there.
    rising = float(((x - n * p) ** 2 - n * p * (1 - p)).sum()) > 0

    def bounded(at: Any) -> float:
        return inf if at[1] > LARGEST_TAU else minus(float(at[0]), abs(float(at[1])))

    best = (minus(plain, 0.0), plain, 0.0)
    # Starts apart, in case the likelihood falls at tau = 0 and rises again further off.
    for start in (0.5,) if rising else (0.3, 1.5):
        simplex = np.array([[plain, start], [plain + 0.3, start], [plain, 1.5 * start]])
        found = optimize.minimize(
            bounded, simplex[0], method="Nelder-Mead",
            options={"initial_simplex": simplex, "xatol": 1e-3, "fatol": 1e-6, "maxfev": 400},
        )  # fmt: skip
        mu, tau = _polish(minus, float(found.x[0]), abs(float(found.x[1])))
        value = minus(mu, tau)
        if value < best[0] - 1e-9:
            best = (value, mu, tau)
    return best[1], best[2]


def _polish(minus: Likelihood, mu: float, tau: float) -> tuple[float, float]:
    """Take Newton steps with finite differences until they are small."""
    value = minus(mu, tau)
    for _ in range(8):
        if not 1e-3 <= tau < LARGEST_TAU:
            break
        gradient, hessian = derivatives(minus, mu, tau)
        determinant = hessian[0][0] * hessian[1][1] - hessian[0][1] ** 2
        if determinant <= 0 or hessian[0][0] <= 0:
            break
        step = (
            (hessian[1][1] * gradient[0] - hessian[0][1] * gradient[1]) / determinant,
            (hessian[0][0] * gradient[1] - hessian[0][1] * gradient[0]) / determinant,
        )
        there = minus(mu - step[0], abs(tau - step[1]))
        if there > value + 1e-10:
            break
        mu, tau, value = mu - step[0], abs(tau - step[1]), there
        if max(map(abs, step)) < 1e-8:
            break
    return mu, tau


def derivatives(
    minus: Likelihood, mu: float, tau: float, h: float = 1e-3
) -> tuple[tuple[float, float], tuple[tuple[float, float], tuple[float, float]]]:
    """Return gradient and Hessian by central differences; the function is even in tau."""
    np = need("numpy")
    steps = [(i, j) for i in range(-2, 3) for j in range(-2, 3) if i * j == 0 or abs(i) == abs(j) == 1]
    across, along = (h * np.array(step) for step in zip(*steps, strict=True))
    f = dict(zip(steps, map(float, minus(mu + across, np.abs(tau + along))), strict=True))
    first = [
        (8 * (f[1, 0] - f[-1, 0]) - (f[2, 0] - f[-2, 0])) / (12 * h),
        (8 * (f[0, 1] - f[0, -1]) - (f[0, 2] - f[0, -2])) / (12 * h),
    ]
    second = [
        (16 * (f[1, 0] + f[-1, 0]) - (f[2, 0] + f[-2, 0]) - 30 * f[0, 0]) / (12 * h * h),
        (16 * (f[0, 1] + f[0, -1]) - (f[0, 2] + f[0, -2]) - 30 * f[0, 0]) / (12 * h * h),
    ]
    mixed = (f[1, 1] - f[1, -1] - f[-1, 1] + f[-1, -1]) / (4 * h * h)
    return (first[0], first[1]), ((second[0], mixed), (mixed, second[1]))


def _standard_error(minus: Likelihood, mu: float, tau: float) -> float | None:
    """Return the standard error of mu from the inverse of the whole Hessian; ``None`` where it has none."""
    _, hessian = derivatives(minus, mu, tau)
    curvature = hessian[0][0]
    if tau > 0:
        curvature -= hessian[0][1] ** 2 / hessian[1][1] if hessian[1][1] > 0 else inf
    return 1 / sqrt(curvature) if curvature > 0 else None


def _binomial(x: Any, n: Any, p: Any) -> float:
    special = need("scipy.special")
    return float((special.xlogy(x, p) + special.xlogy(n - x, 1 - p)).sum())


def _i2(x: Any, n: Any, tau2: float) -> float:
    """Return I2 in percent, from the typical variance within studies (Higgins and Thompson 2002)."""
    np = need("numpy")
    half = np.where((x == 0) | (x == n), 0.5, 0.0)
    weight = 1 / (1 / (x + half) + 1 / (n - x + half))
    typical = (len(x) - 1) * weight.sum() / (weight.sum() ** 2 - (weight**2).sum())
    return float(100 * tau2 / (typical + tau2))


__all__ = ["Pooled", "expit", "integrated", "leave_one_out", "marginal", "pool"]
