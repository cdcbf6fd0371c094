"""The accuracy of tests as sheets: every study, what is pooled, and why the rest is not."""

from __future__ import annotations

from typing import Any

import msgspec

from ntrkpath.evidence.accuracy import PooledAccuracy, StudyAccuracy, pooled_accuracy, study_accuracy
from ntrkpath.evidence.data import Evidence
from ntrkpath.evidence.proportions import Interval
from ntrkpath.evidence.studies import AccuracyStudy
from ntrkpath.model.numbers import percent, percent_range, percent_with_range, printed_percent, ratio_with_range
from ntrkpath.report.evidence_frequency import spread
from ntrkpath.report.sheet import Row, Sheet


def accuracy_sheets(evidence: Evidence, test: str | None = None) -> tuple[Sheet, ...]:
    """Return, test by test, its studies and what is pooled.

    Raises:
        EvidenceError: No study of such a test, or numpy or scipy is not installed.
    """
    studies = evidence.accuracy(test)
    return tuple(
        _accuracy_sheet(evidence, name, [s for s in studies if s.test == name])
        for name in dict.fromkeys(s.test for s in studies)
    )


def pooled_sentences(sheet: Sheet) -> list[str]:
    """Return what a sheet of accuracy pools, a sentence each."""
    said = []
    for row in sheet.rows:
        sides = [
            f"{side} {percent_with_range(*(row.record[f'{side}_{end}'] / 100 for end in ('percent', 'low', 'high')))}"
            for side in ("sensitivity", "specificity")
            if row.kind == "pooled" and row.record.get(f"{side}_percent") is not None
        ]
        if sides:
            said.append(f"{row.cells[0]}: {', '.join(sides)}.")
    return said


def _accuracy_sheet(evidence: Evidence, test: str, studies: list[AccuracyStudy]) -> Sheet:
    rows = [_accuracy_row(evidence, study_accuracy(evidence, study)) for study in studies]
    pools = [pooled_accuracy(evidence, p.id) for p in evidence.pools.values() if p.test == test]
    rows += [_pool_row(found) for found in pools]
    notes = [
        "Intervals of studies are exact (Clopper-Pearson).",
        "A predictive value needs the prevalence of the tumours tested: none is given here.",
    ]
    if pools:
        notes.append("Pooled are only studies with one antibody and one threshold, each tumour once.")
        notes += [f"{found.pool.says}: {found.pool.note}" for found in pools if found.pool.note]
    else:
        notes.append("Nothing is pooled: the studies do not allow it.")
    return Sheet(
        title=f"Accuracy of {evidence.tests.get(test, test)}",
        heads=("Study", "Tumours", "Gene", ">Sensitivity", ">95 %", ">Specificity", ">95 %"),
        rows=tuple(rows), notes=tuple(notes), ident=f"accuracy-{test}",
    )  # fmt: skip


def _side(counts: tuple[int, int] | None, found: Interval | None) -> tuple[str, str]:
    if counts is None or found is None:
        return "", ""
    return f"{counts[0]}/{counts[1]} {percent(found.estimate)}", percent_range(found.low, found.high)


def _accuracy_row(evidence: Evidence, row: StudyAccuracy) -> Row:
    study = row.study
    sensitivity, specificity = _side(study.sensitivity, row.sensitivity), _side(study.specificity, row.specificity)
    printed = study.printed
    if study.part_of is None:
        below = [f"{evidence.citation(study.reference)}. {_how(evidence, study)}"]
    else:
        below = [f"Part of the tumours of {evidence.accuracy_studies[study.part_of].label}."]
    if printed is not None:
        if printed.sensitivity is not None:
            sensitivity = (f"{printed_percent(printed.sensitivity)} printed", "")
        elif printed.sensitivity_at_least:
            sensitivity = (f"{printed_percent(printed.sensitivity_at_least)} or more", "")
        if printed.specificity is not None:
            specificity = (f"{printed_percent(printed.specificity)} printed", "")
    if study.design == "stained_only":
        below.append(f"Of {(study.true_positive or 0) + (study.false_positive or 0)} positive tumours "
                     f"{study.true_positive} had a fusion.")  # fmt: skip
    if study.derived:
        below.append("Not all counts are printed: some are derived.")
    below += [study.note] if study.note else []
    below += [f"Not pooled: {row.why_not}"] if row.why_not else []
    return Row(
        cells=(study.label, evidence.contexts[study.context], study.gene, *sensitivity, *specificity),
        below=tuple(below),
        record={
            "kind": "study", "test": study.test, "study": study.label, "id": study.id, "reference": study.reference,
            "citation": evidence.citation(study.reference), "context": study.context,
            "tumours": evidence.contexts[study.context], "gene": study.gene,
            "clone": study.clone, "threshold": study.threshold, "design": study.design, "standard": study.standard,
            "true_positive": study.true_positive, "false_negative": study.false_negative,
            "false_positive": study.false_positive, "true_negative": study.true_negative,
            **_side_record("sensitivity", row.sensitivity), **_side_record("specificity", row.specificity),
            "printed": "; ".join(
                f"{k} {printed_percent(v)}" for k, v in msgspec.structs.asdict(printed).items() if v is not None
            ) if printed else "",
            "derived": ", ".join(study.derived), "pools": ", ".join(row.pools), "why_not": row.why_not,
            "source": study.source, "note": study.note,
        },
    )  # fmt: skip


def _how(evidence: Evidence, study: AccuracyStudy) -> str:
    clone = {"": "", "several": "several antibodies", "not stated": "antibody not stated"}.get(
        study.clone, f"clone {study.clone}"
    )
    standard = "standard not stated" if study.standard == "not stated" else f"compared with {study.standard}"
    parts = (clone, f"positive: {study.threshold}", standard, evidence.designs[study.design])
    text = "; ".join(part for part in parts if part)
    return f"{text[0].upper()}{text[1:]}."


def _side_record(name: str, found: Interval | None) -> dict[str, Any]:
    return {
        f"{name}_percent": 100 * found.estimate if found else None,
        f"{name}_low": 100 * found.low if found else None, f"{name}_high": 100 * found.high if found else None,
    }  # fmt: skip


def _ratio(found: Interval) -> str:
    return ratio_with_range(found.estimate, found.low, found.high)


def _pool_row(found: PooledAccuracy) -> Row:
    pool, sides = found.pool, {"sensitivity": ("", ""), "specificity": ("", "")}
    intervals: dict[str, Interval] = {}
    below = [f"{len(found.studies)} studies: {', '.join(s.label for s in found.studies)}."]
    if found.bivariate is not None:
        both = found.bivariate
        intervals = {"sensitivity": both.sensitivity, "specificity": both.specificity}
        below.append(
            f"Likelihood ratio of a positive result {_ratio(both.positive_ratio)}, of a negative one "
            f"{_ratio(both.negative_ratio)}."
        )
    elif found.single is not None:
        one = found.single
        intervals = {pool.kind: Interval(one.estimate, one.low, one.high)}
        further = spread(one)
        below.append(f"A further study would lie in {further}." if further else "No more difference than by chance.")
    for name, interval in intervals.items():
        sides[name] = (percent(interval.estimate), percent_range(interval.low, interval.high))
    return Row(
        cells=(f"Pooled: {pool.says}", "", pool.gene, *sides["sensitivity"], *sides["specificity"]), below=tuple(below),
        kind="pooled",
        record={
            "kind": "pooled", "test": pool.test, "id": pool.id, "study": pool.says, "gene": pool.gene,
            **_side_record("sensitivity", intervals.get("sensitivity")),
            **_side_record("specificity", intervals.get("specificity")),
            "pools": pool.id, "note": pool.note,
        },
    )  # fmt: skip
