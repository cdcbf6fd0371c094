"""Agreement between laboratories without a reference: per cent, Fleiss' kappa, Gwet's AC1, Krippendorff's alpha.

A table of samples by classes, each cell the number of laboratories that gave the class, is all that these read; results
that are absent (failed, not sent) are simply not counted. Kappa falls to nothing where nearly all samples are alike, so
AC1 always stands beside it.

Fleiss JL. Psychol Bull 1971;76:378. Gwet KL. Br J Math Stat Psychol 2008;61:29 (AC1 and the variances).
Krippendorff K. Content Analysis, 2004 (nominal alpha).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from ntrkpath.evidence.proportions import LEVEL, need


class Coefficient(msgspec.Struct, frozen=True):
    """A coefficient with its standard error and interval (Student, samples less one); ``None`` where not defined."""

    value: float | None
    error: float | None = None
    low: float | None = None
    high: float | None = None


class Agreement(msgspec.Struct, frozen=True):
    """Agreement of laboratories on samples.

    Args:
        samples: Samples with two results or more; ``results`` all results of these.
        per_cent: Pairs of laboratories that agree, as a share of all pairs, averaged over samples.
    """

    samples: int
    results: int
    per_cent: float | None
    fleiss: Coefficient
    ac1: Coefficient
    alpha: Coefficient


_NONE = Coefficient(None)


def agreement(ratings: Iterable[Sequence[object | None]]) -> Agreement:
    """Return the agreement of ratings, one sequence a sample with one class a laboratory (``None``: no result)."""
    np = need("numpy")
    rows = [[rating for rating in row if rating is not None] for row in ratings]
    classes = sorted({str(rating) for row in rows for rating in row})
    place = {name: i for i, name in enumerate(classes)}
    table = np.zeros((len(rows), len(classes)))
    for i, row in enumerate(rows):
        for rating in row:
            table[i, place[str(rating)]] += 1
    return agreement_of(table)


def agreement_of(table: Any) -> Agreement:
    """Return the agreement of a table of samples by classes that counts laboratories."""
    np = need("numpy")
    table = np.asarray(table, dtype=float)
    table = table[table.sum(axis=1) > 0] if table.size else table
    if table.size == 0 or not (table.sum(axis=1) >= 2).any():
        return Agreement(0, 0, None, _NONE, _NONE, _NONE)
    rated = table.sum(axis=1)
    paired = rated >= 2
    agree = np.zeros(len(table))
    agree[paired] = (table * (table - 1)).sum(axis=1)[paired] / (rated * (rated - 1))[paired]
    observed = float(agree[paired].mean())
    share = table / rated[:, None]
    mean = share.mean(axis=0)
    by_kappa = _coefficient(observed, agree, paired, float((mean**2).sum()), share @ mean)
    classes = table.shape[1]
    by_ac1 = (
        _coefficient(
            observed, agree, paired, float((mean * (1 - mean)).sum() / (classes - 1)),
            share @ (1 - mean) / (classes - 1),
        )
        if classes > 1
        else _NONE
    )  # fmt: skip
    return Agreement(
        int(paired.sum()), int(rated[paired].sum()), observed, by_kappa, by_ac1, Coefficient(_alpha(table[paired]))
    )


def _coefficient(observed: float, agree: Any, paired: Any, chance: float, chances: Any) -> Coefficient:
    """Return (observed - chance) / (1 - chance) with its linearised standard error over samples (Gwet)."""
    np = need("numpy")
    if chance >= 1:
        return _NONE
    value = (observed - chance) / (1 - chance)
    count = len(agree)
    if count < 2:
        return Coefficient(value)
    each = count / paired.sum() * np.where(paired, agree - chance, 0.0) / (1 - chance)
    each = each - 2 * (1 - value) * (chances - chance) / (1 - chance)
    error = float(np.sqrt(((each - value) ** 2).sum() / (count * (count - 1))))
    half = float(need("scipy.special").stdtrit(count - 1, 0.5 + LEVEL / 2)) * error
    return Coefficient(value, error, max(-1.0, value - half), min(1.0, value + half))


def _alpha(table: Any) -> float | None:
    """Return Krippendorff's alpha for classes without order: one less observed by expected disagreement."""
    rated = table.sum(axis=1)
    total = float(rated.sum())
    by_class = table.sum(axis=0)
    expected = total**2 - float((by_class**2).sum())
    if expected == 0:
        return None
    differing = float(((rated**2 - (table**2).sum(axis=1)) / (rated - 1)).sum())
    return 1 - (total - 1) * differing / expected
