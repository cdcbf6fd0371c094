"""Results of a study as sheets: flow, turnaround, accuracy, frequency, treatment, drivers, review, material."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ntrkpath.model import numbers
from ntrkpath.registry.study.accuracy import Accuracy, Figure
from ntrkpath.registry.study.flow import FlowStage
from ntrkpath.registry.study.results import Results
from ntrkpath.registry.study.weighted import Stratum
from ntrkpath.report.sheet import Row, Sheet
from ntrkpath.report.study_care_sheets import children_sheet, safety_sheet, treatment_sheet
from ntrkpath.report.study_cells import days, of, record, shown

OTHER_LEFT_OUT = "Left out of every figure: {reasons}."


def flow_sheet(found: Results) -> Sheet:
    """Return the attrition flow."""
    rows = [*_stages(found.flow.main, "main"), *_stages(found.flow.negatives, "negatives")]
    notes = []
    if found.left_out:
        reasons = ", ".join(f"{why} {count}" for why, count in found.left_out.items())
        notes.append(OTHER_LEFT_OUT.format(reasons=reasons))
    if found.cut:
        notes.append(f"Entries and tests dated after {found.as_of}, as if not known: {found.cut}.")
    if found.faults:
        notes.append(f"Cases that cannot be read, counted as not tested: {found.faults}.")
    return Sheet(title="Attrition", heads=("Stage", ">Tumours", "Of the stage before, not here"), rows=tuple(rows),
                 notes=tuple(notes), ident="flow")  # fmt: skip


def _stages(stages: Iterable[FlowStage], arm: str) -> Iterable[Row]:
    for i, stage in enumerate(stages):
        left = ", ".join(f"{why} {count}" for why, count in stage.leaves.items())
        kind = "group" if arm == "negatives" and i == 0 else "study"
        yield Row(
            cells=(stage.label, numbers.grouped(stage.count), left), kind=kind,
            record={"sheet": "flow", "arm": arm, "stage": stage.id, "tumours": stage.count,
                    **{f"left_{why.replace(' ', '_')}": count for why, count in stage.leaves.items()}},
        )  # fmt: skip


def turnaround_sheet(found: Results) -> Sheet:
    """Return the turnaround, with those still waiting counted."""
    rows = []
    for one in found.turnaround:
        curve = one.curve
        within = numbers.percent(one.within)
        rows.append(Row(
            cells=(one.says, str(curve.followed), str(one.waiting), str(one.ended), days(curve.median),
                   "-" if one.limit is None else f"{one.limit} days", within),
            below=(f"Not counted, a date not known to the day or out of order: {one.undated}.",) if one.undated else (),
            record=record(sheet="turnaround", step=one.id, followed=curve.followed, done=curve.events,
                          waiting=one.waiting, ended=one.ended, undated=one.undated, median_days=curve.median,
                          limit_days=one.limit, within=one.within),
        ))  # fmt: skip
    return Sheet(
        title="Turnaround", heads=("From, to", ">Counted", ">Waiting", ">Ended", ">Median", ">Limit", ">Done in time"),
        rows=tuple(rows), ident="turnaround",
        notes=("Product-limit estimate: whoever still waits counts as waiting until this day, whoever can wait no "
               "longer (tissue exhausted, no more data) until the last step.",),
    )  # fmt: skip


def accuracy_sheet(found: Results) -> Sheet:
    """Return the stain against sequencing: all, then by clone and by protocol of staining."""
    rows = [_accuracy_row(found.accuracy, "All", "pooled")]
    rows += [_accuracy_row(one, f"Clone {one.name}", "group") for one in found.by_clone]
    rows += [_accuracy_row(one, f"Staining {one.name}", "group") for one in found.by_staining]
    notes = [
        "Each sequenced tumour counts for all that it was drawn to stand for; intervals hold for weighted rare counts "
        "and are exact where every tumour was sequenced. Sequencing that failed or leaves the question open is no "
        "result; those with a result stand for the others of their stratum.",
        "A predictive value holds at the prevalence beside it alone.",
    ]
    sequenced, missed = found.accuracy.outside_draw
    if sequenced:
        notes.append(f"Stained negatives sequenced without being drawn: {sequenced}, with a fusion: {missed}. Why they "
                     "were sequenced is not known; they carry no weight.")  # fmt: skip
    return Sheet(
        title="Pan-TRK stain against sequencing",
        heads=("Tumours", "Sensitivity", "Specificity", "PPV", "NPV", "Prevalence"),
        rows=tuple(rows), notes=tuple(notes), ident="accuracy",
    )  # fmt: skip


def _accuracy_row(one: Accuracy, label: str, kind: str) -> Row:
    named = {"sensitivity": one.sensitivity, "specificity": one.specificity,
             "positive_predictive": one.positive_predictive, "negative_predictive": one.negative_predictive,
             "prevalence": one.prevalence}  # fmt: skip
    below = [f"{one.sensitivity.counts} with a fusion."]
    below += dict.fromkeys(figure.why for figure in named.values() if figure.why)
    if one.uncovered and one.sensitivity.interval is not None:
        below.append(f"Holds without these strata, of which no negative was sequenced: {', '.join(one.uncovered)}.")
    return Row(
        cells=(label, *(shown(figure.interval) for figure in named.values())), below=tuple(below), kind=kind,
        record=record(sheet="accuracy", tumours=label, counts=one.sensitivity.counts,
                      **{name: figure.interval for name, figure in named.items()}),
    )  # fmt: skip


def strata_sheet(found: Results) -> Sheet:
    """Return the strata of stained negatives: drawn, sequenced, and what each sequenced one stands for."""
    every = (found.accuracy.positives, *found.accuracy.strata)
    rows = [_stratum_row(one) for one in every]
    return Sheet(
        title="What was sequenced, and what it stands for",
        heads=("Stratum", ">Tumours", ">With a result", ">Fusions", ">Each stands for"), rows=tuple(rows),
        ident="strata", notes=("The first line: stained positives. Of a stratum of negatives, those drawn.",),
    )  # fmt: skip


def _stratum_row(one: Stratum) -> Row:
    weight = f"{one.weight:.2f}" if one.verified else "nothing known"
    return Row(
        cells=(one.name, str(one.population), str(one.verified), str(one.found), weight if one.population else "-"),
        record=record(sheet="strata", stratum=one.name, tumours=one.population, with_result=one.verified,
                      fusions=one.found, weight=one.weight if one.verified else None),
    )  # fmt: skip


def frequency_sheet(found: Results) -> Sheet:
    """Return the frequency by the histology before the test."""
    rows = []
    bare, fused = found.without_stain
    for one in found.frequency:
        rows.append(Row(
            cells=(one.name, str(one.stained), str(one.sequenced), of(one.found), shown(one.reckoned.interval)),
            below=(one.reckoned.why,) if one.reckoned.why else (), kind="study" if one.histology else "pooled",
            record=record(sheet="frequency", histology=one.histology or "all", name=one.name, stained=one.stained,
                          sequenced=one.sequenced, found=one.found.count, found_of_stained=one.found.interval,
                          reckoned=one.reckoned.interval, why=one.reckoned.why or None),
        ))  # fmt: skip
    return Sheet(
        title="NTRK fusions by the histology before the test",
        heads=("Histology", ">Stained", ">Sequenced", "Found, at least", "Reckoned for all stained"),
        rows=tuple(rows), ident="frequency",
        notes=("By the diagnosis before any NTRK test, not by the one that the fusion made. Found: the least there can "
               "be, since not every negative was sequenced. Reckoned: with the weights of the draw.",
               *([f"Sequenced without a readable stain, in no line: {bare}, with a fusion: {fused}."] if bare else [])),
    )  # fmt: skip


def correlation_sheets(found: Results) -> tuple[Sheet, ...]:
    """Return the associations, a sheet a family."""
    sheets = []
    for family in found.correlations:
        rows = []
        for one in family.associations:
            table = "; ".join(f"{level}: {'/'.join(map(str, counts))}" for level, counts in one.rows[:8])
            more = f"; {len(one.rows) - 8} further levels" if len(one.rows) > 8 else ""
            rows.append(Row(
                cells=(one.says, _p(one.p), _p(one.adjusted), str(one.unknown)),
                below=(f"{' / '.join(one.columns)}: {table}{more}" if one.rows else "Nothing is known.",
                       *(() if one.exact or one.p is None else ("Estimated from 20,000 random tables.",))),
                record=record(sheet="correlation", family=one.family, trait=one.trait, p=one.p, adjusted=one.adjusted,
                              exact=one.exact, unknown=one.unknown),
            ))  # fmt: skip
        note = (f"{family.tests} exact tests (Freeman-Halton) in this family, adjusted together after Holm. They look "
                "for what goes together; none says why.")  # fmt: skip
        sheets.append(Sheet(
            title=f"Correlation: {family.family.says}",
            heads=("Trait", ">p", ">p after Holm", ">Not known"), rows=tuple(rows),
            notes=(note, *filter(None, [family.family.note.strip()])), ident=f"correlation-{family.family.id}",
        ))  # fmt: skip
    return tuple(sheets)


def _p(value: float | None) -> str:
    if value is None:
        return "-"
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}" if value < 0.01 else f"{value:.2f}"


def drivers_sheet(found: Results) -> Sheet:
    """Return NTRK fusions beside other drivers."""
    both = found.other_drivers
    rows = [
        Row(cells=(", ".join(one.fusions), ", ".join(one.drivers), one.histology,
                   f"{', '.join(one.outcome.drugs) or 'no TRK inhibitor'}; best {one.outcome.best or 'not assessed'}; "
                   f"{one.outcome.status.replace('_', ' ')}"),
            record=record(sheet="drivers", fusions=" ".join(one.fusions), drivers=" ".join(one.drivers),
                          histology=one.histology, best=one.outcome.best, status=one.outcome.status))
        for one in both.tumours
    ]  # fmt: skip
    return Sheet(
        title="NTRK fusions beside other drivers", heads=("Fusion", "Beside", "Histology before", "What became of it"),
        rows=tuple(rows), ident="drivers",
        notes=(f"Another driver: {of(both.found)} of the tumours with a fusion in which one was looked for; not looked "
               f"for in {both.not_looked_for}, which count as neither (P3-2).",),
    )  # fmt: skip


def review_sheet(found: Results) -> Sheet:
    """Return central review and its agreement."""
    one = found.review
    readers = one.readers
    rows = [Row(cells=("Diagnosis left as it was", of(one.same)),
                record=record(sheet="review", item="same", count=one.same.count, of=one.same.of,
                              share=one.same.interval))]  # fmt: skip
    if readers.samples:
        for label, found_ in (("Readers, Gwet's AC1", readers.ac1), ("Readers, Fleiss' kappa", readers.fleiss)):
            ends = f" ({found_.low:.2f} to {found_.high:.2f})" if found_.low is not None else ""
            text = "not defined" if found_.value is None else f"{found_.value:.2f}{ends}, {readers.samples} tumours"
            rows.append(Row(cells=(label, text), record=record(sheet="review", item=label, value=found_.value)))
    notes = ["Only reviews that were blinded to every NTRK result."]
    if one.unblinded:
        notes.append(f"Not blinded, or not said: {one.unblinded}, in no figure.")
    return Sheet(title="Central review", heads=("", "Tumours reviewed"), rows=tuple(rows), notes=tuple(notes),
                 ident="review")  # fmt: skip


def material_sheet(found: Results) -> Sheet:
    """Return the quality of material."""
    rows = [
        Row(cells=(group.material, of(group.not_readable), of(group.rna_failed), of(group.failed)),
            record=record(sheet="material", material=group.material, stain_not_readable=group.not_readable.count,
                          stained=group.not_readable.of, rna_failed=group.rna_failed.count,
                          sequenced=group.rna_failed.of, failed=group.failed.count))
        for group in found.material.groups if group.not_readable.of or group.rna_failed.of
    ]  # fmt: skip
    told = ", ".join(f"{why.replace('_', ' ')} {count}" for why, count in found.material.failures.items())
    return Sheet(
        title="Material", heads=("Material", "Stain not readable", "RNA failed", "Otherwise failed"), rows=tuple(rows),
        ident="material",
        notes=(f"Tissue exhausted: {found.material.exhausted}." + (f" Failures reported: {told}." if told else ""),
               "Failed RNA sequencing is no negative: those tumours have no result.")
    )  # fmt: skip


def stopping_sheet(found: Results) -> Sheet:
    """Return the stopping rules."""
    rows = [
        Row(cells=(one.says, "not estimable" if one.figure is None else numbers.significant(one.figure, 4),
                   numbers.set_number(one.limit),
                   "holds" if one.holds else "does not hold"),
            record=record(sheet="stopping", rule=one.id, figure=one.figure, limit=one.limit, holds=one.holds))
        for one in found.stopping
    ]  # fmt: skip
    return Sheet(title="Stopping rules", heads=("Rule", ">Now", ">Limit", "Now"), rows=tuple(rows), ident="stopping",
                 notes=("A rule never stops a study; people do, at an interim they have planned.",))  # fmt: skip


SHEETS: tuple[Callable[[Results], Sheet], ...] = (
    flow_sheet, accuracy_sheet, strata_sheet, frequency_sheet, turnaround_sheet, treatment_sheet, safety_sheet,
    children_sheet, drivers_sheet, review_sheet, material_sheet, stopping_sheet,
)  # fmt: skip


def sheets(found: Results) -> tuple[Sheet, ...]:
    """Return all sheets of the results that have lines."""
    made = [make(found) for make in SHEETS]
    made[8:8] = correlation_sheets(found)
    return tuple(sheet for sheet in made if sheet.rows or sheet.ident == "drivers")


def figure_why(figure: Figure) -> str:
    """Return a figure as one text: the share with its interval, or why there is none."""
    return figure.why or shown(figure.interval)
