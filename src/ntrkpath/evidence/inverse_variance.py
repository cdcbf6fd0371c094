"""Inverse-variance pooling of logits (REML), kept to show how far it errs for rare events; never used for an answer.

Weights depend on the estimate: a study with few positives by chance counts less, and the pooled figure rises
(Stijnen T, Hamza TH, Ozdemir P. Stat Med 2010;29:3046-3067).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import msgspec

from ntrkpath.evidence.glmm import expit
from ntrkpath.evidence.proportions import LEVEL, check_studies, need, normal_quantile


class InverseVariance(msgspec.Struct, frozen=True):
    """A pooled proportion with its interval, and the variance between studies on the logit scale."""

    estimate: float
    low: float
    high: float
    tau2: float


def inverse_variance(x: Sequence[int], n: Sequence[int], level: float = LEVEL) -> InverseVariance:
    """Pool logits by inverse variance with tau2 by REML, a half added to both cells where one is empty.

    The figures are those of `rma(measure="PLO", method="REML")` of R metafor.

    Raises:
        EvidenceError: Counts that cannot be, no study, or numpy or scipy is not installed.
    """
    np, optimize = need("numpy"), need("scipy.optimize")
    xs, ns = (np.asarray(v, dtype=float) for v in check_studies(x, n))
    half = np.where((xs == 0) | (xs == ns), 0.5, 0.0)
    yes, no = xs + half, ns - xs + half
    logit, variance = np.log(yes / no), 1 / yes + 1 / no

    def minus_restricted(tau2: float) -> float:
        weight = 1 / (variance + tau2)
        mean = (weight * logit).sum() / weight.sum()
        spread = (weight * (logit - mean) ** 2).sum()
        return float(0.5 * (np.log(variance + tau2).sum() + np.log(weight.sum()) + spread))

    found = optimize.minimize_scalar(minus_restricted, bounds=(0, 100), method="bounded", options={"xatol": 1e-12})
    tau2 = float(found.x) if minus_restricted(float(found.x)) < minus_restricted(0.0) - 1e-12 else 0.0
    weight = 1 / (variance + tau2)
    mean, se = float((weight * logit).sum() / weight.sum()), 1 / sqrt(float(weight.sum()))
    z = normal_quantile(level)
    return InverseVariance(expit(mean), expit(mean - z * se), expit(mean + z * se), tau2)
