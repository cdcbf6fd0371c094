"""The evidence of an edition and a decided cohort as they show themselves: text, one document, a cell of a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ntrkpath.evidence.data import Evidence
from ntrkpath.guidance import load
from ntrkpath.report.evidence_frequency import frequency_overview
from ntrkpath.report.markup import Html, el
from ntrkpath.report.notebook import cell
from ntrkpath.report.sheet import Report
from ntrkpath.report.sheet_forms import report_html, report_text, sheet_section

if TYPE_CHECKING:
    from ntrkpath.cohort.summarise import Summary


def _report(found: Evidence | Summary) -> Report:
    edition = load()
    if isinstance(found, Evidence):
        sheet = frequency_overview(found)
        return Report(title=sheet.title, sheets=(sheet,), source="", use=edition.intended_use)
    from ntrkpath.report.cohort_sheets import summary_report

    return summary_report(found, edition)


def text(found: Evidence | Summary) -> str:
    """Return the frequencies by group, or the cohort in numbers, for a terminal."""
    return report_text(_report(found))


def document(found: Evidence | Summary) -> str:
    """Return the same as one HTML document that needs nothing else."""
    return report_html(_report(found))


def fragment(found: Evidence | Summary) -> Html:
    """Return the frequencies by group, or the way from diagnosed to treated, for a notebook."""
    report = _report(found)
    return cell(*(el("p", said) for said in report.lead), sheet_section(report.sheets[0]))
