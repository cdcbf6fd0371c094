"""Parts of the evidence pages: sheets with their forests, made once for each edition; the arithmetic of one test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from ntrkpath.evidence import evidence_of
from ntrkpath.evidence.accuracy import pooled_accuracy
from ntrkpath.evidence.frequency import Frequency, frequency
from ntrkpath.evidence.posttest import likelihood_ratio, predictive_values
from ntrkpath.figures.prepost import PrePostRow, prepost_svg
from ntrkpath.figures.screens import for_screens
from ntrkpath.guidance.edition import Edition
from ntrkpath.model.errors import EvidenceError
from ntrkpath.model.numbers import grouped, percent, ratio
from ntrkpath.report.evidence_accuracy import accuracy_sheets
from ntrkpath.report.evidence_figures import accuracy_forests, frequency_forest, groups_forest
from ntrkpath.report.evidence_frequency import frequency_overview, frequency_sheet
from ntrkpath.report.evidence_tables import table_sheets
from ntrkpath.report.sheet import Draw, Sheet
from ntrkpath.report.sheet_forms import figures
from ntrkpath.server.kit.drawing import on_a_page
from ntrkpath.server.kit.kept import kept

TABLES = (1, 2, 3, 4)
#: How cohorts that share patients may be counted.
OVERLAP = {"once": "each patient once", "all": "every cohort"}


class Part(msgspec.Struct, frozen=True):
    """A sheet with the drawings that stand above it."""

    sheet: Sheet
    drawings: tuple[str, ...] = ()


def _overall(edition: Edition) -> list[Frequency]:
    evidence = evidence_of(edition)
    return [frequency(evidence, group, without_each=False) for group in evidence.groups]


@kept
def overview(edition: Edition) -> Part:
    """Return the frequency in every group."""
    shown = [one for one in _overall(edition) if one.group.below is None]
    return _part(frequency_overview(evidence_of(edition)), [groups_forest(shown)])


def _part(sheet: Sheet, pictures: Sequence[Draw | str] = ()) -> Part:
    """Return a sheet with its drawings made for a page."""
    with on_a_page():
        return Part(sheet, tuple(map(str, figures(sheet, pictures))))


@kept
def lead(edition: Edition) -> str:
    """Return the frequency in one sentence: where it is highest, and where most tumours were tested."""
    found = _overall(edition)
    highest = max(found, key=lambda one: one.pooled.estimate)
    largest = max(found, key=lambda one: one.pooled.tested)
    told = [
        f"in {one.group.says} {percent(one.pooled.estimate)} ({one.pooled.positive} of {grouped(one.pooled.tested)})"
        for one in (highest, largest)
    ]
    return f"{told[0][:1].upper()}{told[0][1:]}; {told[1]}."


@kept
def group(edition: Edition, ident: str, overlap: str) -> Part:
    """Return the frequency in one group, study by study.

    Raises:
        EvidenceError: No such group or way to treat cohorts that share patients.
    """
    evidence = evidence_of(edition)
    found = frequency(evidence, ident, overlap)
    return _part(frequency_sheet(evidence, ident, overlap), frequency_forest(found))


@kept
def accuracy(edition: Edition, test: str) -> tuple[Part, ...]:
    """Return the accuracy of one test, study by study and pooled.

    Raises:
        EvidenceError: No study of such a test.
    """
    sheets = accuracy_sheets(evidence_of(edition), test)
    return tuple(_part(sheet, accuracy_forests(sheet)) for sheet in sheets)


@kept
def table(edition: Edition, number: int) -> tuple[Part, ...]:
    """Return a table of the guidance.

    Raises:
        EvidenceError: The guidance has no such table.
    """
    return tuple(Part(sheet) for sheet in table_sheets(evidence_of(edition), number))


@kept
def tests(edition: Edition) -> dict[str, str]:
    """Return the tests whose accuracy is known: id and name."""
    evidence = evidence_of(edition)
    idents = dict.fromkeys(study.test for study in evidence.accuracy_studies.values())
    return {ident: evidence.tests.get(ident, ident) for ident in idents}


class OneTest(msgspec.Struct, frozen=True):
    """What one test says at one prevalence; every share from 0 to 1.

    Args:
        prevalence: The share with a fusion among the tumours tested; everything else holds at it alone.
        positive_ratio: Likelihood ratio of a positive result; ``None`` where no false positive can occur.
        negative_ratio: Likelihood ratio of a negative result; ``None`` where no true negative can occur.
        after_positive: Probability of a fusion after a positive result, the positive predictive value.
        after_negative: Probability of a fusion after a negative result, 1 less the negative predictive value.
    """

    prevalence: float
    sensitivity: float
    specificity: float
    positive_ratio: float | None
    negative_ratio: float | None
    after_positive: float
    after_negative: float


def one_test(prevalence: float, sensitivity: float, specificity: float) -> OneTest:
    """Return what a test says at a prevalence.

    Raises:
        EvidenceError: A value is no share, or a result cannot occur with these figures.
    """
    for name, value in (("prevalence", prevalence), ("sensitivity", sensitivity), ("specificity", specificity)):
        if not 0 <= value <= 1:
            raise EvidenceError("not a share", where=name, value=value, allowed="0 to 1 (0 to 100 %)")
    values = predictive_values(sensitivity, specificity, prevalence)
    ratios = [likelihood_ratio(sensitivity, specificity, positive) for positive in (True, False)]
    up, down = (None if factor == float("inf") else factor for factor in ratios)
    return OneTest(prevalence, sensitivity, specificity, up, down, values.positive, 1 - values.negative)


def one_test_drawing(found: OneTest) -> str:
    """Return the picture of one test: before it, after a positive and after a negative result."""

    def row(label: str, value: float, factor: float | None) -> PrePostRow:
        said = "beyond all" if factor is None else ratio(factor)
        return PrePostRow(label, value, value, value, "next", said, start=0)

    before = found.prevalence
    rows = [
        PrePostRow("Before the test", before, before, before, "before"),
        row("Test positive", found.after_positive, found.positive_ratio),
        row("Test negative", found.after_negative, found.negative_ratio),
    ]
    with on_a_page():
        return for_screens(
            lambda width: prepost_svg(rows, title="Before and after the test", ident="one-test", width=width)
        )


@kept
def starts(edition: Edition) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """Return published figures to start from, in percent: prevalence by group, sensitivity and specificity by pool."""
    evidence = evidence_of(edition)
    groups = {one.group.says: 100 * one.pooled.estimate for one in _overall(edition)}
    pools: dict[str, tuple[float, float]] = {}
    for pool in evidence.pools.values():
        joint = pooled_accuracy(evidence, pool.id).bivariate
        if joint is not None:
            pools[f"{pool.says}, pooled"] = (100 * joint.sensitivity.estimate, 100 * joint.specificity.estimate)
    for sheet in accuracy_sheets(evidence):
        test = sheet.title.removeprefix("Accuracy of ")
        for row in sheet.rows:
            said = row.record
            both = [said.get(f"{side}_percent") for side in ("sensitivity", "specificity")]
            if row.kind == "study" and said["gene"] == "any" and None not in both:
                pools[f"{test}: {said['study']}, {said['tumours']}"] = (float(both[0]), float(both[1]))  # type: ignore[arg-type]
    return groups, pools


@kept
def panels() -> Part:
    """Return what panels with a design that was read can see of every known event; what decides is listed."""
    from ntrkpath.report.rounds_panels import TITLE, panels_picture
    from ntrkpath.report.rounds_samples import coverage_sheet
    from ntrkpath.rounds.coverage import coverage

    seen = coverage()
    known = {one.panel.id for one in seen if one.sight.call != "cannot_tell"}
    told = [one for one in seen if one.panel.id in known]
    sheet = coverage_sheet([one for one in told if one.sight.call != "cannot_tell"], TITLE)
    with on_a_page():
        return _part(sheet, [panels_picture(told)])


def every(edition: Edition) -> Iterator[tuple[Callable[..., object], tuple[object, ...]]]:
    """Yield every function here that needs statistics, with all that the pages ask it."""
    for work in (overview, lead, tests, starts):
        yield work, (edition,)
    for ident in evidence_of(edition).groups:
        for overlap in OVERLAP:
            yield group, (edition, ident, overlap)
    for test in tests(edition):
        yield accuracy, (edition, test)
    for number in TABLES:
        yield table, (edition, number)
    yield panels, ()
