"""Frequencies as sheets: every group in a line, or one group study by study."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ntrkpath.evidence.data import Evidence
from ntrkpath.evidence.frequency import Frequency, StudyFrequency, frequency
from ntrkpath.evidence.glmm import Pooled
from ntrkpath.evidence.predictive import prior_note
from ntrkpath.model.numbers import percent, percent_range, percent_with_range, significant
from ntrkpath.report.sheet import Row, Sheet, ends, noted

#: Below this the likelihood-ratio test shows that the studies differ; a pooled variance may stand above it.
SHOWN = 0.05


def frequency_overview(evidence: Evidence, overlap: str = "once") -> Sheet:
    """Return every group with its pooled figure, a line each.

    Raises:
        EvidenceError: Neither ``once`` nor ``all``, or numpy or scipy is not installed.
    """
    found = [frequency(evidence, group, overlap, without_each=False) for group in evidence.groups]
    rows = [
        Row(
            cells=(sentence(one.group.says), *_pooled_cells(one)), kind="group",
            below=(f"Group {one.group.id}.", *(_below(part) for part in found if part.group.below == one.group.id)),
            record={"group": one.group.id, "says": one.group.says, "overlap": overlap, **_pooled_record(one)},
        )
        for one in found
        if one.group.below is None
    ]  # fmt: skip
    heads = ("Tumours", ">Found", ">Studies", ">Frequency", ">95 % interval", ">A new centre, 95 %")
    return Sheet(
        title="NTRK fusions in sarcoma: frequency by group", heads=heads, rows=tuple(rows), ident="frequency",
        notes=(
            "Pooled by a binomial-normal model with random effects; a single study has its exact interval. A new "
            "centre: where the share in a centre that is none of these would lie, the variance between studies taken "
            "as uncertain.",
            _overlap_note(overlap),
        ),
    )  # fmt: skip


def sentence(says: str) -> str:
    """Return words with a capital first letter."""
    return says[:1].upper() + says[1:]


def _pooled_cells(found: Frequency) -> tuple[str, ...]:
    p, centre = found.pooled, found.new_centre
    return (
        f"{p.positive}/{p.tested}", str(p.studies), percent(p.estimate), percent_range(p.low, p.high),
        percent_range(centre.low, centre.high),
    )  # fmt: skip


def _below(part: Frequency) -> str:
    """Return a group that is shown below another, in one line."""
    p = part.pooled
    return (
        f"{sentence(part.group.says)}: {p.positive}/{p.tested}, {percent_with_range(p.estimate, p.low, p.high)}; "
        f"group {part.group.id}."
    )


def frequency_sheet(evidence: Evidence, group: str, overlap: str = "once") -> Sheet:
    """Return a group: its studies, what is pooled, and what is pooled without each of them.

    Raises:
        EvidenceError: No such group, neither ``once`` nor ``all``, or numpy or scipy is not installed.
    """
    found = frequency(evidence, group, overlap)
    p = found.pooled
    rows = [_study_row(evidence, row) for row in found.studies]
    rows.append(
        Row(
            cells=("Pooled" if p.studies > 1 else "The one study", "", f"{p.positive}/{p.tested}", percent(p.estimate),
                   percent_range(p.low, p.high), "", ""),
            kind="pooled", record={"group": group, "kind": "pooled", "overlap": overlap, **_pooled_record(found)},
        )
    )  # fmt: skip
    return Sheet(
        title=f"NTRK fusions: {found.group.says}",
        heads=("Study", "Method", ">Found", ">Frequency", ">95 % exact", ">95 % Wilson", ">Pooled without it"),
        rows=tuple(rows), notes=tuple(_notes(found)), ident=f"frequency-{group}",
    )  # fmt: skip


def _study_row(evidence: Evidence, row: StudyFrequency) -> Row:
    study = row.study
    below = [f"Not pooled: {row.why_not}"] if not row.used else []
    if study.derived:
        below.append(f"Derived: {study.note}")
    else:
        below += noted(study.transcription, study.print_note, study.note)
    without = percent(row.without.estimate) if row.without is not None else ""
    return Row(
        cells=(study.label + ("" if row.used else " *"), study.method, f"{study.positive}/{study.tested}",
               percent(row.exact.estimate), percent_range(row.exact.low, row.exact.high),
               percent_range(row.wilson.low, row.wilson.high), without),
        below=(f"{evidence.citation(study.reference)}.", *below),
        record={
            "group": study.group, "kind": "study", "study": study.label, "id": study.id, "reference": study.reference,
            "citation": evidence.citation(study.reference), "method": study.method, "positive": study.positive,
            "tested": study.tested, "percent": 100 * row.exact.estimate, **ends(row.exact, "exact"),
            **ends(row.wilson, "wilson"), "pooled": row.used, "why_not": row.why_not, "derived": study.derived,
            "transcription": study.transcription, "note": study.note,
            "pooled_without_percent": 100 * row.without.estimate if row.without else None,
        },
    )  # fmt: skip


def _pooled_record(found: Frequency) -> dict[str, Any]:
    p, centre = found.pooled, found.new_centre
    return {
        "positive": p.positive, "tested": p.tested, "studies": p.studies, "method": p.method,
        "percent": 100 * p.estimate, "low": 100 * p.low, "high": 100 * p.high, "tau2": p.tau2, "i2": p.i2,
        "lrt_p": p.lrt_p, "prediction_low": _in_percent(p.prediction_low),
        "prediction_high": _in_percent(p.prediction_high),
        **(ends(found.profile, "profile") if found.profile else {}),
        **(ends(found.further_t, "prediction_t") if found.further_t else {}),
        "new_centre_percent": 100 * centre.estimate, "new_centre_low": 100 * centre.low,
        "new_centre_high": 100 * centre.high,
    }  # fmt: skip


def _in_percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def spread(p: Pooled) -> str:
    """Return where a further study would lie, or nothing where the studies differ no more than by chance."""
    if p.tau2 and p.prediction_low is not None and p.prediction_high is not None:
        return percent_range(p.prediction_low, p.prediction_high)
    return ""


def _notes(found: Frequency) -> Iterable[str]:
    p = found.pooled
    if found.group.note:
        yield found.group.note
    if p.method == "glmm":
        assert p.tau2 is not None and p.lrt_p is not None and p.i2 is not None
        differ = f"tau2 {p.tau2:.3f}, I2 {percent(p.i2 / 100)}, likelihood-ratio test p = {significant(p.lrt_p, 2)}"
        if p.tau2 > 0:
            how = "differ" if p.lrt_p < SHOWN else "may differ"
            yield f"The studies {how} ({differ}); a further one would lie in {spread(p)}."
        else:
            yield f"No more difference between the studies than chance makes ({differ})."
            if p.studies < 5:
                yield f"{p.studies} studies can hardly show a difference: the interval may be too narrow."
        if found.inverse_variance is not None and 0 < p.estimate < 0.1:
            other = found.inverse_variance.estimate
            above = other / p.estimate - 1
            yield (
                f"Pooled by inverse variance the figure would be {percent(other)}, {percent(above)} higher: that"
                " method is biased for rare findings and is not used."
            )
    yield from _ranges(found)
    if any(row.study.overlap for row in found.studies):
        yield _overlap_note(found.overlap)
    if any(not row.used for row in found.studies):
        yield "* not pooled."


def _ranges(found: Frequency) -> Iterable[str]:
    """Yield what stands beside Wald's interval, and where a further study would lie by what is taken as known."""
    if found.profile is not None:
        yield f"95 % by profile likelihood: {percent_range(found.profile.low, found.profile.high)}."
    if found.further_t is not None:
        yield f"A further study by Student's t: {percent_range(found.further_t.low, found.further_t.high)}."
    yield (
        f"A new centre, the variance between studies taken as uncertain ({prior_note()}):"
        f" {percent_range(found.new_centre.low, found.new_centre.high)}. This is the range that probabilities use."
    )


def _overlap_note(overlap: str) -> str:
    if overlap == "all":
        return "Cohorts that share patients are all pooled, as asked: the interval is too narrow."
    return "Cohorts that share patients are pooled once."
