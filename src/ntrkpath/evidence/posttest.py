"""The arithmetic of one test: likelihood ratios and predictive values, always at a stated prevalence."""

from __future__ import annotations

import math

import msgspec

from ntrkpath.model.errors import EvidenceError


class PredictiveValues(msgspec.Struct, frozen=True):
    """What a positive and a negative result are worth at one prevalence; all are shares from 0 to 1.

    Args:
        prevalence: The share with a fusion among the tumours tested; the other two hold at it alone.
        positive: Positive predictive value: the probability of a fusion after a positive result.
        negative: Negative predictive value: the probability of none after a negative result.
    """

    prevalence: float
    positive: float
    negative: float


def share(value: float, name: str) -> float:
    """Return a share from 0 to 1, checked.

    Raises:
        EvidenceError: It is none; the error names the field.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise EvidenceError(
            "not a share", where=name, value=value, allowed="0 to 1", remedy="divide a percentage by 100"
        )
    return float(value)


def proportion(positive: int, total: int, name: str) -> float:
    """Return ``positive`` of ``total`` as a share.

    Raises:
        EvidenceError: Not whole numbers, nothing counted, or a count outside its total; the error names the field.
    """
    for value in (positive, total):
        if isinstance(value, bool) or not isinstance(value, int):
            raise EvidenceError("not a whole number", where=name, value=value)
    if total < 1:
        raise EvidenceError("nothing was counted", where=f"{name}.total", value=total, allowed="1 or more")
    if not 0 <= positive <= total:
        raise EvidenceError("a count outside its total", where=name, value=positive, allowed=f"0 to {total}")
    return positive / total


def predictive_values(sensitivity: float, specificity: float, prevalence: float) -> PredictiveValues:
    """Return the predictive values of a test at a prevalence (Bayes); shares from 0 to 1.

    Raises:
        EvidenceError: A value is no share, or a result that cannot occur would be needed (0 / 0).
    """
    sens, spec = share(sensitivity, "sensitivity"), share(specificity, "specificity")
    prev = share(prevalence, "prevalence")
    stained, unstained = prev * sens + (1 - prev) * (1 - spec), prev * (1 - sens) + (1 - prev) * spec
    for total, result in ((stained, "positive"), (unstained, "negative")):
        if total == 0:
            raise EvidenceError(f"no {result} result can occur with these figures", where="specificity", value=spec)
    return PredictiveValues(prev, prev * sens / stained, (1 - prev) * spec / unstained)


def likelihood_ratio(sensitivity: float, specificity: float, positive: bool) -> float:
    """Return the likelihood ratio of a positive or a negative result; infinite where specificity allows no other.

    Raises:
        EvidenceError: A value is no share, or the result cannot occur (0 / 0).
    """
    sens, spec = share(sensitivity, "sensitivity"), share(specificity, "specificity")
    with_fusion, without = (sens, 1 - spec) if positive else (1 - sens, spec)
    if without == 0:
        if with_fusion == 0:
            raise EvidenceError("this result cannot occur with these figures", where="specificity", value=spec)
        return math.inf
    return with_fusion / without


def after(prior: float, ratio: float) -> float:
    """Return the probability after a result with this likelihood ratio.

    Args:
        prior: The probability before it, 0 to 1.
        ratio: The likelihood ratio, 0 to infinity.

    Raises:
        EvidenceError: ``prior`` is no share, ``ratio`` is negative, or certainty meets its opposite.
    """
    before = share(prior, "prior")
    if math.isnan(ratio) or ratio < 0:
        raise EvidenceError("not a likelihood ratio", where="ratio", value=ratio, allowed="0 or more")
    if math.isinf(ratio):
        if before == 0:
            raise EvidenceError("impossible before, certain after", where="prior", value=before)
        return 1.0
    if before == 1.0 and ratio == 0:
        raise EvidenceError("certain before, impossible after", where="ratio", value=ratio)
    return min(1.0, before * ratio / (before * ratio + 1 - before))
