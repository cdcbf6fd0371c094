"""Drawings and fragments inside our pages, whose style sheet holds the style of all and which show every rule."""

from __future__ import annotations

from contextlib import AbstractContextManager

from ntrkpath.figures.host import Host, within
from ntrkpath.guidance import Edition
from ntrkpath.server.kit.addresses import at


def styles() -> str:
    """Return the style of the reports and of every kind of drawing."""
    from ntrkpath.figures import axes, fusion_pen, pathway_marks, patient_flow, round_matrix, series
    from ntrkpath.report.sheet_forms import SHEET_PARTS
    from ntrkpath.report.style import CSS

    drawings = (pathway_marks.STYLE, fusion_pen.STYLE, axes.STYLE, round_matrix.STYLE, patient_flow.STYLE, series.CSS)
    return "".join((CSS, SHEET_PARTS, *drawings))


def on_a_page(edition: Edition | None = None) -> AbstractContextManager[None]:
    """Have everything made meanwhile as a part of our pages: without styles of its own, rules and statements as links.

    Args:
        edition: Whose rules and statements have pages; without it none is linked.
    """

    def address(ident: str) -> str:
        if edition is None:
            return ""
        kind = "rules" if ident in edition.rows else "statements" if ident in edition.statements else ""
        return at(f"/guidance/{kind}/{ident}") if kind else ""

    return within(Host(styles=True, address=address))
