"""Evidence, a decided cohort and a comparison of strategies as they show themselves: text, document, notebook cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ntrkpath.evidence.data import Evidence
from ntrkpath.figures.screens import once
from ntrkpath.guidance import loaded
from ntrkpath.report.evidence_frequency import frequency_overview
from ntrkpath.report.markup import Html, el
from ntrkpath.report.notebook import cell
from ntrkpath.report.sheet import Report, rests_on
from ntrkpath.report.sheet_forms import report_html, report_parts, report_text
from ntrkpath.strategy.compare import Comparison

if TYPE_CHECKING:
    from ntrkpath.cohort.summarise import Summary


def _report(found: Evidence | Comparison | Summary, *, whole: bool = True) -> Report:
    """Return what is shown, in the words of the edition that gave it."""
    if isinstance(found, Evidence):
        sheet, edition = frequency_overview(found), found.edition
        source = f"Evidence of the edition {rests_on(edition)}"
        return Report(title=sheet.title, sheets=(sheet,), source=source, use=edition.intended_use)
    if isinstance(found, Comparison):
        from ntrkpath.report.strategy_sheets import comparison_report

        return comparison_report(found, parameters=whole)
    from ntrkpath.report.cohort_sheets import summary_report

    return summary_report(found, loaded(found.about.guideline["sha256"]))


def text(found: Evidence | Comparison | Summary) -> str:
    """Return the frequencies by group, the cohort in numbers, or the comparison, for a terminal."""
    return report_text(_report(found, whole=False))


def document(found: Evidence | Comparison | Summary) -> str:
    """Return the same as one HTML document that needs nothing else."""
    return report_html(_report(found))


def fragment(found: Evidence | Comparison | Summary) -> Html:
    """Return the same for a notebook, each picture drawn once; of a cohort the way from diagnosed to treated alone."""
    report = _report(found)
    if not isinstance(found, Evidence | Comparison):
        report = msgspec.structs.replace(report, sheets=report.sheets[:1])
    source = el("p", f"{report.source}. {report.use}".rstrip(), class_="quiet small")
    return cell(el("h2", report.title), report_parts(report, drawn=once), source)
