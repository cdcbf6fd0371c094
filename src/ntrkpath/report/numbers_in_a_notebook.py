"""The evidence of an edition and a decided cohort as they show themselves: text, one document, a cell of a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ntrkpath.evidence.data import Evidence
from ntrkpath.guidance import load
from ntrkpath.report.evidence_frequency import frequency_overview
from ntrkpath.report.markup import Html, el, table
from ntrkpath.report.notebook import cell
from ntrkpath.report.page import page
from ntrkpath.report.sheet_forms import SHEET_STYLE, sheet_section, sheet_text

if TYPE_CHECKING:
    from ntrkpath.cohort.summarise import Summary


def text(found: Evidence | Summary) -> str:
    """Return the frequencies by group, or the cohort in numbers, for a terminal."""
    if isinstance(found, Evidence):
        return sheet_text(frequency_overview(found))
    from ntrkpath.report.cohort_text import summary_text

    return summary_text(found, load())


def document(found: Evidence | Summary) -> str:
    """Return the same as one HTML document that needs nothing else."""
    if isinstance(found, Evidence):
        sheet = frequency_overview(found)
        return page(sheet.title, found.intended_use, sheet_section(sheet, (), sheet.title), css=SHEET_STYLE)
    from ntrkpath.report.cohort_html import summary_html

    return summary_html(found, load())


def fragment(found: Evidence | Summary) -> Html:
    """Return the frequencies by group, or the way from diagnosed to treated, for a notebook."""
    if isinstance(found, Evidence):
        return cell(sheet_section(frequency_overview(found), (), ""))
    from ntrkpath.report.cohort_text import funnel_lines, origin

    heads = ["From diagnosed to treated", "Cases", "Share of the line before"]
    return cell(el("p", origin(found.about)), table(heads[0], heads, [list(row) for row in funnel_lines(found)]))
