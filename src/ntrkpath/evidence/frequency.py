"""How often an NTRK fusion is found in a group: each study with its intervals, pooled, and without each study."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from ntrkpath.evidence.data import Evidence
from ntrkpath.evidence.glmm import Pooled, leave_one_out, pool
from ntrkpath.evidence.inverse_variance import InverseVariance, inverse_variance
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
    the figure of the method that errs for rare events, for comparison; ``None`` for a single study.
    """

    group: FrequencyGroup
    overlap: str
    studies: tuple[StudyFrequency, ...]
    pooled: Pooled
    inverse_variance: InverseVariance | None


@lru_cache(maxsize=128)
def frequency(evidence: Evidence, group: str, overlap: str = "once") -> Frequency:
    """Return how often a fusion is found in a group, every study beside what is pooled.

    Args:
        evidence: The evidence of an edition.
        group: The id of the group.
        overlap: ``once`` pools one of the cohorts that share patients, ``all`` pools every one.

    Raises:
        EvidenceError: No such group, neither ``once`` nor ``all``, or numpy or scipy is not installed.
    """
    found = evidence.group(group)
    used = evidence.studies(group, overlap)
    x, n = [s.positive for s in used], [s.tested for s in used]
    without = dict(zip((s.id for s in used), leave_one_out(x, n), strict=False))
    rows = []
    for study in found.studies:
        why = study.why_not
        if study.pooled and study not in used and study.overlap is not None:
            shared = evidence.overlaps[study.overlap]
            kept = next(s.label for s in used if s.id == shared.keep)
            why = f"Shares patients with {kept}, which is kept. {shared.why}"
        rows.append(
            StudyFrequency(
                study=study,
                exact=clopper_pearson(study.positive, study.tested),
                wilson=wilson(study.positive, study.tested),
                used=study in used,
                why_not=why,
                without=without.get(study.id) if study in used else None,
            )
        )
    plain = inverse_variance(x, n) if len(used) > 1 else None
    return Frequency(group=found, overlap=overlap, studies=tuple(rows), pooled=pool(x, n), inverse_variance=plain)
