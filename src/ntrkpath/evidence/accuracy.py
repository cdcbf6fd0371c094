"""How accurate a test is: each study with its intervals, what may be pooled, and why the rest is not."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from ntrkpath.evidence.bivariate import Accuracy, pool_accuracy
from ntrkpath.evidence.data import COUNTS, Evidence
from ntrkpath.evidence.glmm import Pooled, pool
from ntrkpath.evidence.proportions import Interval, clopper_pearson
from ntrkpath.evidence.studies import AccuracyStudy, Pool
from ntrkpath.model.errors import EvidenceError


class StudyAccuracy(msgspec.Struct, frozen=True, kw_only=True):
    """One study with exact (Clopper-Pearson) intervals; ``None`` where it has no such counts.

    ``pools`` are the ids of the pools that use it; ``why_not`` says why none does.
    """

    study: AccuracyStudy
    sensitivity: Interval | None
    specificity: Interval | None
    pools: tuple[str, ...] = ()
    why_not: str = ""


class PooledAccuracy(msgspec.Struct, frozen=True, kw_only=True):
    """What is pooled: ``bivariate`` for sensitivity and specificity together, ``single`` for one of them."""

    pool: Pool
    studies: tuple[AccuracyStudy, ...]
    bivariate: Accuracy | None = None
    single: Pooled | None = None


def study_accuracy(evidence: Evidence, study: AccuracyStudy) -> StudyAccuracy:
    """Return a study of accuracy with its intervals.

    Raises:
        EvidenceError: scipy is not installed.
    """
    sensitivity, specificity = study.sensitivity, study.specificity
    return StudyAccuracy(
        study=study,
        sensitivity=clopper_pearson(*sensitivity) if sensitivity else None,
        specificity=clopper_pearson(*specificity) if specificity else None,
        pools=tuple(p.id for p in evidence.pools.values() if study.id in p.studies),
        why_not=evidence.refused.get(study.id, ""),
    )


@lru_cache(maxsize=64)
def pooled_accuracy(evidence: Evidence, ident: str) -> PooledAccuracy:
    """Return what a pool gives.

    Raises:
        EvidenceError: No such pool, or numpy or scipy is not installed.
    """
    if ident not in evidence.pools:
        raise EvidenceError("no such pool", value=ident, allowed=evidence.pools)
    found = evidence.pools[ident]
    studies = tuple(evidence.accuracy_studies[s] for s in found.studies)
    if found.kind == "bivariate":
        tp, fn, fp, tn = ([getattr(s, name) for s in studies] for name in COUNTS)
        return PooledAccuracy(pool=found, studies=studies, bivariate=pool_accuracy(tp, fn, fp, tn))
    pairs = [pair for s in studies if (pair := getattr(s, found.kind)) is not None]
    return PooledAccuracy(pool=found, studies=studies, single=pool([x for x, _ in pairs], [n for _, n in pairs]))
