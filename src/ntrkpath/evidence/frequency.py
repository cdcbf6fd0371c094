"""How often an NTRK fusion is found in a group: each study with its intervals, pooled, and without each study."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from ntrkpath.evidence.data import Evidence
from ntrkpath.evidence.glmm import Pooled, leave_one_out, pool
from ntrkpath.evidence.inverse_variance import InverseVariance, inverse_variance
from ntrkpath.evidence.predictive import Predicted, predicted
from ntrkpath.evidence.profile import further_study, profile
from ntrkpath.evidence.proportions import Interval, clopper_pearson, wilson
from ntrkpath.evidence.studies import FrequencyGroup, Study


class StudyFrequency(msgspec.Struct, frozen=True, kw_only=True):
    """One study with its exact (Clopper-Pearson) and its Wilson interval.

    ``used`` says whether it is pooled, ``why_not`` why it is not; ``without`` is what is pooled when it is left out.
    """

    study: Study
    exact: Interval
    wilson: Interval
    used: bool
    why_not: str = ""
    without: Pooled | None = None


class Frequency(msgspec.Struct, frozen=True, kw_only=True):
    """The frequency of NTRK fusions in a group of sarcomas.

    ``overlap`` is ``once`` or ``all``: whether cohorts that share patients were pooled once. ``inverse_variance`` is
    the figure of the method that errs for rare events, for comparison. Beside Wald's interval stands that of the
    ``profile`` likelihood; a further study is shown by Student's t too (``further_t``), and, with the variance between
    studies taken as uncertain, as a ``new_centre``: the range that probabilities use. ``None`` where there are too few
    studies for it.
    """

    group: FrequencyGroup
    overlap: str
    studies: tuple[StudyFrequency, ...]
    pooled: Pooled
    inverse_variance: InverseVariance | None
    profile: Interval | None
    further_t: Interval | None
    new_centre: Predicted


def frequency(evidence: Evidence, group: str, overlap: str = "once", *, without_each: bool = True) -> Frequency:
    """Return how often a fusion is found in a group, every study beside what is pooled.

    Args:
        evidence: The evidence of an edition.
        group: The id of the group.
        overlap: ``once`` pools one of the cohorts that share patients, ``all`` pools every one.
        without_each: Whether each study also tells what is pooled without it.

    Raises:
        EvidenceError: No such group, neither ``once`` nor ``all``, or numpy or scipy is not installed.
    """
    return _worked_out(evidence, group, overlap, without_each)  # once, whether the way is named or not


@lru_cache(maxsize=128)
def _worked_out(evidence: Evidence, group: str, overlap: str, without_each: bool) -> Frequency:
    found = evidence.group(group)
    used = evidence.studies(group, overlap)
    x, n = [s.positive for s in used], [s.tested for s in used]
    without = dict(zip((s.id for s in used), leave_one_out(x, n) if without_each else (), strict=False))
    rows = []
    for study in found.studies:
        rows.append(
            StudyFrequency(
                study=study,
                exact=clopper_pearson(study.positive, study.tested),
                wilson=wilson(study.positive, study.tested),
                used=study in used,
                why_not="" if study in used else evidence.why_not(study),
                without=without.get(study.id) if study in used else None,
            )
        )
    pooled, several = pool(x, n), len(used) > 1
    return Frequency(
        group=found, overlap=overlap, studies=tuple(rows), pooled=pooled,
        inverse_variance=inverse_variance(x, n) if several else None, profile=profile(x, n, pooled),
        further_t=further_study(pooled), new_centre=predicted(x, n),
    )  # fmt: skip
