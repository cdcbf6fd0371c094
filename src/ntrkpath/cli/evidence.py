"""`ntrkpath evidence`: the numbers behind the guidance, each with its study and its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ntrkpath.cli.main import EXIT_OK
from ntrkpath.cli.options import edition_option, out_option
from ntrkpath.cli.reports import report_form_option, write_report

if TYPE_CHECKING:
    from ntrkpath.evidence.frequency import Frequency
    from ntrkpath.guidance import Edition
    from ntrkpath.report.sheet import Draw, Sheet

#: A funnel of fewer studies than this shows nothing.
FEWEST_FUNNEL = 5


@click.group("evidence")
def command() -> None:
    """Show the evidence: tables 1 to 4, frequency by group, accuracy of the tests, validation; studies, references.

    Intervals and pooling need numpy and scipy (pip install 'ntrkpath[stats]').
    """


@command.command("table")
@click.argument("number", type=click.IntRange(1, 4), metavar="N")
@report_form_option
@out_option
@edition_option
def table(number: int, form: str, out: Path | None, edition: str) -> int:
    """Show table N (1 to 4) of the guidance, row by row, with references and exact intervals."""
    from ntrkpath.evidence import evidence_of
    from ntrkpath.guidance import load
    from ntrkpath.report.evidence_tables import table_sheets

    guidance = load(edition)
    sheets = table_sheets(evidence_of(guidance), number)
    content = {"table": number, "rows": [row.record for row in sheets[0].rows]}
    if len(sheets) > 1:
        content["derived"] = [row.record for row in sheets[1].rows]
    return _print(form, out, sheets[0].title, sheets, guidance, content)


@command.command("frequency")
@click.argument("group", required=False)
@click.option(
    "--overlap", type=click.Choice(["once", "all"]), default="once", show_default=True,
    help="Cohorts that share patients: pool the largest once, or all of them.",
)  # fmt: skip
@report_form_option
@out_option
@edition_option
def frequency(group: str | None, overlap: str, form: str, out: Path | None, edition: str) -> int:
    """Show how often NTRK fusions are found in GROUP, study by study and pooled; without GROUP, in every group."""
    from ntrkpath.evidence import evidence_of
    from ntrkpath.evidence import frequency as frequencies
    from ntrkpath.guidance import load
    from ntrkpath.report.evidence_frequency import frequency_overview, frequency_sheet

    guidance = load(edition)
    evidence = evidence_of(guidance)
    groups = [evidence.group(_id(group)).id] if group else list(evidence.groups)
    every = group is None
    if every and form == "text":
        sheets, found = [frequency_overview(evidence, overlap)], []
    else:
        sheets = [frequency_sheet(evidence, g, overlap) for g in groups]
        found = [frequencies.frequency(evidence, g, overlap) for g in groups]
        if every and form in ("html", "pdf"):
            sheets = [frequency_overview(evidence, overlap), *sheets]
    pictures = _pictures(found, overview=every) if form in ("html", "pdf") else {}
    title = sheets[0].title
    return _print(form, out, title, sheets, guidance, {"overlap": overlap, "groups": found}, pictures)


@command.command("accuracy")
@click.argument("test", required=False)
@report_form_option
@out_option
@edition_option
def accuracy(test: str | None, form: str, out: Path | None, edition: str) -> int:
    """Show how accurate TEST is (ihc, fish, rt_pcr, dna, rna), study by study and pooled; without TEST, every test."""
    from ntrkpath.evidence import evidence_of
    from ntrkpath.evidence.accuracy import pooled_accuracy, study_accuracy
    from ntrkpath.guidance import load
    from ntrkpath.report.evidence_accuracy import accuracy_sheets
    from ntrkpath.report.evidence_figures import accuracy_forests
    from ntrkpath.vocabulary.methods import by_facts

    guidance = load(edition)
    evidence = evidence_of(guidance)
    if test is not None:
        known = by_facts().get(_id(test))
        test = known.id if known else _id(test)
    sheets = accuracy_sheets(evidence, test)
    content = {
        "studies": [study_accuracy(evidence, study) for study in evidence.accuracy(test)],
        "pools": [pooled_accuracy(evidence, p.id) for p in evidence.pools.values() if test in (None, p.test)],
    }
    title = sheets[0].title if test else "Accuracy of tests for NTRK fusions"
    pictures = {sheet.ident: accuracy_forests(sheet) for sheet in sheets} if form in ("html", "pdf") else {}
    return _print(form, out, title, sheets, guidance, content, pictures)


@command.command("validation")
@report_form_option
@out_option
@edition_option
def validation(form: str, out: Path | None, edition: str) -> int:
    """Show what the frequencies foretell of series left out in turn, or never pooled, beside what was found there."""
    from ntrkpath.evidence import evidence_of
    from ntrkpath.evidence.validation import validations
    from ntrkpath.guidance import load
    from ntrkpath.report.evidence_validation import validation_sheets

    guidance = load(edition)
    evidence = evidence_of(guidance)
    title = "What the frequencies foretell"
    return _print(form, out, title, validation_sheets(evidence), guidance, {"groups": validations(evidence)})


def _id(text: str) -> str:
    """Return an id from a name as one writes it: ``infantile fibrosarcoma``, ``GIST``, ``RT-PCR``."""
    return text.strip().casefold().replace(" ", "_").replace("-", "_")


def _print(
    form: str,
    out: Path | None,
    title: str,
    sheets: Sequence[Sheet],
    edition: Edition,
    content: Mapping[str, Any],
    pictures: Mapping[str, Sequence[Draw | str]] | None = None,
) -> int:
    import msgspec

    from ntrkpath.report.sheet import Report, rests_on

    report = Report(
        title=title, sheets=tuple(sheets), pictures=pictures or {},
        source=f"Evidence of the edition {rests_on(edition)}", use=edition.intended_use,
    )  # fmt: skip
    named = {"id": edition.id, "version": edition.version, "sha256": edition.sha256}
    write_report(form, lambda: report, lambda: msgspec.json.encode({"guideline": named, **content}) + b"\n", out)
    return EXIT_OK


def _pictures(found: Sequence[Frequency], *, overview: bool) -> dict[str, list[Draw | str]]:
    """Return the forest plot of each group, and the funnel where three or more studies stand in one."""
    from ntrkpath.figures.funnel_plot import FunnelPoint, funnel_svg
    from ntrkpath.report.evidence_figures import frequency_forest, groups_forest

    made: dict[str, list[Draw | str]] = {f"frequency-{one.group.id}": [*frequency_forest(one)] for one in found}
    for one in found:
        if len(one.studies) >= FEWEST_FUNNEL and 0 < one.pooled.estimate < 1:
            points = [
                FunnelPoint(row.study.label, row.study.positive, row.study.tested, hollow=not row.used)
                for row in one.studies
            ]
            title = f"Funnel of the studies: {one.group.says}"
            note = "Hollow: not pooled."
            svg = funnel_svg(
                points, one.pooled.estimate, title=title, notes_below=(note,), ident=f"funnel-{one.group.id}"
            )
            made[f"frequency-{one.group.id}"].append(svg)
    if overview:
        made["frequency"] = [groups_forest([one for one in found if one.group.below is None])]
    return made
