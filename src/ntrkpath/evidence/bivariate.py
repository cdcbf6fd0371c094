"""Sensitivity and specificity pooled together: the bivariate binomial-normal model with correlated random effects.

Logit sensitivity and logit specificity of study i are normal with means mu, covariance T; the counts are binomial
(Reitsma JB et al. J Clin Epidemiol 2005;58:982-990; with the exact likelihood, Chu H, Cole SR. J Clin Epidemiol
2006;59:1331-1332). The likelihood is integrated by Laplace's method, as `glmer` of R lme4 does for two random effects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, inf, isfinite, sqrt
from numbers import Integral
from typing import Any

import msgspec

from ntrkpath.evidence.glmm import expit
from ntrkpath.evidence.proportions import LEVEL, Interval, check_counts, need, normal_quantile
from ntrkpath.model.errors import EvidenceError

MODE_STEPS, MODE_TOLERANCE = 100, 1e-8
#: A log likelihood that is lower by this part of itself is no worse: that is rounding.
ROUNDING = 1e-11
FEWEST = 3
#: Below this a standard deviation between studies, or the room left by the correlation, counts as none.
SINGULAR = 1e-4
#: Largest standard deviation between studies that is looked at, on the logit scale.
LARGEST_SPREAD = 10.0


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """Pooled sensitivity and specificity, with what joins them.

    ``logit`` are the two means on the logit scale, ``covariance`` the 2 x 2 covariance of their estimates;
    ``between`` the 2 x 2 covariance between studies, ``correlation`` its correlation (``None`` where a variance is
    nil). ``positive_ratio`` and ``negative_ratio`` are likelihood ratios. ``singular`` says that the data do not
    support all five parameters: the estimate stands, the spread between studies is not known from them.
    """

    studies: int
    sensitivity: Interval
    specificity: Interval
    positive_ratio: Interval
    negative_ratio: Interval
    logit: tuple[float, float]
    covariance: tuple[tuple[float, float], tuple[float, float]]
    between: tuple[tuple[float, float], tuple[float, float]]
    correlation: float | None
    log_likelihood: float
    singular: bool


def pool_accuracy(
    true_positive: Sequence[int],
    false_negative: Sequence[int],
    false_positive: Sequence[int],
    true_negative: Sequence[int],
    level: float = LEVEL,
) -> Accuracy:
    """Pool sensitivity and specificity of three or more studies.

    Args:
        true_positive: Tumours with a fusion that tested positive, study by study.
        false_negative: Tumours with a fusion that tested negative.
        false_positive: Tumours without a fusion that tested positive.
        true_negative: Tumours without a fusion that tested negative.
        level: Level of confidence of the intervals.

    Raises:
        EvidenceError: Unequal numbers of studies, fewer than three, a study without tumours with or without a fusion,
            counts that cannot be, a sensitivity or specificity of 0 or 100 % in every study, studies that differ too
            much for an answer, or numpy or scipy is not installed; names the field.
    """
    np = need("numpy")
    hits, totals = _checked(true_positive, false_negative, false_positive, true_negative)
    x, n = np.asarray(hits, dtype=float), np.asarray(totals, dtype=float)
    minus = laplace(x, n)
    at = _maximise(minus, x, n)
    factor = np.array([[at[2], 0.0], [at[3], at[4]]])
    between = factor @ factor.T
    covariance = _covariance(minus, at)
    spread = np.sqrt(np.diag(between))
    proper = bool((spread > SINGULAR).all())
    correlation = float(between[0, 1] / spread.prod()) if proper else None
    z = normal_quantile(level)
    if max(at[2], at[4], abs(at[3])) > 0.98 * LARGEST_SPREAD or not (np.diag(covariance) > 0).all():
        raise EvidenceError(
            "the studies differ too much, or are too few, to be pooled", where="studies",
            value=", ".join(f"{a}/{b} and {c}/{d}" for (a, c), (b, d) in zip(hits, totals, strict=True)),
            remedy="show them one by one",
        )  # fmt: skip
    se = np.sqrt(np.diag(covariance))
    sensitivity, specificity = (
        Interval(expit(at[i]), expit(at[i] - z * se[i]), expit(at[i] + z * se[i])) for i in (0, 1)
    )
    return Accuracy(
        studies=len(hits), sensitivity=sensitivity, specificity=specificity,
        positive_ratio=_ratio(at, covariance, z, positive=True),
        negative_ratio=_ratio(at, covariance, z, positive=False),
        logit=(float(at[0]), float(at[1])), covariance=_pairs(covariance), between=_pairs(between),
        correlation=correlation, log_likelihood=-minus(at), singular=bool(min(at[2], at[4]) < SINGULAR),
    )  # fmt: skip


def _checked(*counts: Sequence[int]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    names = ("true_positive", "false_negative", "false_positive", "true_negative")
    for name, values in zip(names, counts, strict=True):
        if len(values) != len(counts[0]):
            raise EvidenceError("as many counts as studies are needed", where=name, value=len(values))
    if len(counts[0]) < FEWEST:
        raise EvidenceError(
            "too few studies for sensitivity and specificity together", where="studies", value=len(counts[0]),
            allowed=f"{FEWEST} or more", remedy="pool sensitivity alone, or show the studies",
        )  # fmt: skip
    hits, totals = [], []
    for i, (tp, fn, fp, tn) in enumerate(zip(*counts, strict=True)):
        for name, value in zip(names, (tp, fn, fp, tn), strict=True):
            if (
                isinstance(value, bool)
                or not isinstance(value, int | float | Integral)
                or not isfinite(value)
                or value % 1
                or value < 0
            ):
                raise EvidenceError("not a count", where=f"studies[{i}].{name}", value=value)
        with_fusion = check_counts(tp, tp + fn, "true_positive", f"studies[{i}] with a fusion")
        without = check_counts(tn, fp + tn, "true_negative", f"studies[{i}] without a fusion")
        hits.append((with_fusion[0], without[0]))
        totals.append((with_fusion[1], without[1]))
    for side, where in enumerate(("sensitivity", "specificity")):
        found, tested = sum(hit[side] for hit in hits), sum(total[side] for total in totals)
        if found in (0, tested):
            raise EvidenceError(
                "the same in every study: the model has no finite answer", where=where,
                value="0 %" if found == 0 else "100 %", remedy="show the studies with their exact intervals",
            )  # fmt: skip
    return hits, totals


def laplace(x: Any, n: Any) -> Callable[[Any], float]:
    """Return minus the Laplace log likelihood of (mu, mu', l11, l21, l22), up to a constant.

    Args:
        x: k x 2 array: true positives, true negatives. n: k x 2 array: tumours with, and without, a fusion.
    """
    np = need("numpy")
    modes = np.zeros_like(x)

    def value(at: Any) -> float:
        mu, l11, l21, l22 = np.asarray(at[:2]), at[2], at[3], at[4]
        factor = np.array([[l11, 0.0], [l21, l22]])
        v = modes.copy()
        best = _joint(np, x, n, mu, factor, v)
        for _ in range(MODE_STEPS):
            p = 0.5 * (1 + np.tanh((mu + v @ factor.T) / 2))
            w = n * p * (1 - p)
            gradient = (x - n * p) @ factor - v
            a, b, c = _information(w, l11, l21, l22)
            det = a * c - b * b
            step = np.stack([(c * gradient[:, 0] - b * gradient[:, 1]) / det,
                             (a * gradient[:, 1] - b * gradient[:, 0]) / det], axis=1)  # fmt: skip
            length = np.ones(len(x))
            there = _joint(np, x, n, mu, factor, v + step)
            for _half in range(20):
                worse = there < best - ROUNDING * np.abs(best)
                if not worse.any():
                    break
                length[worse] /= 2
                there = _joint(np, x, n, mu, factor, v + length[:, None] * step)
            v = v + length[:, None] * step
            best = there
            if np.abs(step).max() < MODE_TOLERANCE:
                break
        modes[:] = v
        p = 0.5 * (1 + np.tanh((mu + v @ factor.T) / 2))
        a, b, c = _information(n * p * (1 - p), l11, l21, l22)
        return -float((best - 0.5 * np.log(a * c - b * b)).sum())

    return value


def _joint(np: Any, x: Any, n: Any, mu: Any, factor: Any, v: Any) -> Any:
    eta = mu + v @ factor.T
    return (x * eta - n * np.logaddexp(0, eta) - v * v / 2).sum(axis=1)


def _information(w: Any, l11: float, l21: float, l22: float) -> tuple[Any, Any, Any]:
    return 1 + w[:, 0] * l11 * l11 + w[:, 1] * l21 * l21, w[:, 1] * l21 * l22, 1 + w[:, 1] * l22 * l22


def _maximise(minus: Callable[[Any], float], x: Any, n: Any) -> Any:
    """Return (mu, mu', l11, l21, l22) at the maximum, both diagonal entries at least 0."""
    np, optimize = need("numpy"), need("scipy.optimize")
    shrunk = (x.sum(axis=0) + 0.5) / (n.sum(axis=0) + 1)
    start = np.log(shrunk / (1 - shrunk))
    wide = LARGEST_SPREAD
    bounds = [(-20, 20), (-20, 20), (0, wide), (-wide, wide), (0, wide)]
    best: tuple[float, Any] = (inf, None)
    for spread in ((0.5, 0.0, 0.5), (0.5, -0.4, 0.3)):
        found = optimize.minimize(minus, np.concatenate([start, spread]), method="L-BFGS-B", bounds=bounds,
                                  jac=lambda p: _gradient(minus, p),
                                  options={"ftol": 1e-14, "gtol": 1e-8, "maxiter": 200})  # fmt: skip
        if found.fun < best[0] - 1e-10:
            best = (float(found.fun), found.x)
    return best[1]


def _gradient(minus: Callable[[Any], float], at: Any, h: float = 1e-5) -> Any:
    np = need("numpy")
    slope = np.empty(len(at))
    for i in range(len(at)):
        e = np.zeros(len(at))
        e[i] = h
        slope[i] = (minus(at + e) - minus(at - e)) / (2 * h)
    return slope


def _covariance(minus: Callable[[Any], float], at: Any, h: float = 1e-3) -> Any:
    """Return the covariance of the two means from the inverse of the whole Hessian, without what is singular."""
    np = need("numpy")
    free = [0, 1, *(i for i in (2, 3, 4) if abs(at[i]) >= SINGULAR or (i == 3 and at[2] >= SINGULAR))]
    hessian = np.empty((len(free), len(free)))
    for a, i in enumerate(free):
        for b, j in enumerate(free[: a + 1]):
            d, e = np.zeros(len(at)), np.zeros(len(at))
            d[i], e[j] = h, h
            mixed = minus(at + d + e) - minus(at + d - e) - minus(at - d + e) + minus(at - d - e)
            hessian[a, b] = hessian[b, a] = mixed / (4 * h * h)
    return np.linalg.inv(hessian)[:2, :2]


def _ratio(at: Any, covariance: Any, z: float, *, positive: bool) -> Interval:
    """Return a likelihood ratio with its interval on the log scale, by the delta method."""
    sensitivity, specificity = expit(at[0]), expit(at[1])
    if positive:
        estimate = sensitivity / (1 - specificity)
        slope = (1 - sensitivity, specificity)
    else:
        estimate = (1 - sensitivity) / specificity
        slope = (-sensitivity, -(1 - specificity))
    variance = sum(slope[i] * slope[j] * float(covariance[i, j]) for i in (0, 1) for j in (0, 1))
    half = z * sqrt(variance)
    return Interval(estimate, estimate * exp(-half), estimate * exp(half))


def _pairs(matrix: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    return (float(matrix[0][0]), float(matrix[0][1])), (float(matrix[1][0]), float(matrix[1][1]))
