"""An answer and a verdict as they show themselves: text, one document, and a cell of a notebook."""

from __future__ import annotations

from ntrkpath.figures.fusion import fusion_svg
from ntrkpath.figures.svg import FONT, colour_rules
from ntrkpath.guidance import load, loaded
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.report import sections
from ntrkpath.report.html import render_html
from ntrkpath.report.markup import Html, el
from ntrkpath.report.page import page
from ntrkpath.report.sheet_forms import SHEET_PARTS
from ntrkpath.report.terms import plain
from ntrkpath.report.text import render
from ntrkpath.report.verdict_text import verdict_text

_STYLE = (
    colour_rules(".ntrkpath")
    + f".ntrkpath{{font-family:{FONT};color:var(--ink);background:var(--paper);max-width:56rem;padding:.6rem .9rem}}"
    + """
.ntrkpath dl{margin:.5rem 0}
.ntrkpath dl>div{display:grid;grid-template-columns:5rem 1fr;gap:.2rem .9rem;margin:.25rem 0}
.ntrkpath dt,.ntrkpath .quiet{color:var(--quiet);font-weight:400}
.ntrkpath dd{margin:0}
.ntrkpath p{margin:.15rem 0}
.ntrkpath .who{font-weight:700}
.ntrkpath .small{font-size:.875rem}
.ntrkpath ul.found{list-style:none;margin:.2rem 0;padding:0}
.ntrkpath svg{max-width:100%;height:auto}
.ntrkpath .on-screen,.ntrkpath .in-print{display:none}
.ntrkpath .warn{font-weight:700}
.ntrkpath .scroll{overflow-x:auto}
.ntrkpath table{border-collapse:collapse}
.ntrkpath th,.ntrkpath td{padding:.2rem .6rem;text-align:left;vertical-align:top}
"""
    + f".ntrkpath{{{SHEET_PARTS}}}"
)


def cell(*parts: object) -> Html:
    """Return parts with a style that touches nothing else on the page."""
    return el("div", el("style", Html(_STYLE)), *parts, class_="ntrkpath")


def fragment(found: object) -> Html:
    """Return the first screen of an answer with its source, or the drawing of an event, which names its verdict.

    Of an answer by an edition that is not here there are the three sentences alone.
    """
    if isinstance(found, FusionVerdict):
        return cell(Html(fusion_svg(found)))
    assert isinstance(found, Recommendation)
    given = found.guideline
    source = f"{given.id} {given.version}, sha256 {given.sha256[:12]}; as of {found.as_of}. {found.intended_use}"
    edition = loaded(found.guideline.sha256)
    first = [sections.first(found, edition)] if edition else [el("p", plain(said)) for said in _sentences(found)]
    return cell(*first, el("p", source, class_="quiet small"))


def _sentences(rec: Recommendation) -> tuple[str, str, str]:
    return rec.answer.target, rec.answer.trk_inhibitor, rec.answer.next


def text(found: object) -> str:
    """Return the first screen of an answer, or a verdict, as text."""
    if isinstance(found, FusionVerdict):
        return verdict_text(found) + "\n"
    assert isinstance(found, Recommendation)
    edition = loaded(found.guideline.sha256)
    return render(found, edition) if edition else "\n".join(map(plain, _sentences(found))) + "\n"


def document(found: object) -> str:
    """Return an answer, or the drawing of an event, as one HTML document that needs nothing else."""
    if isinstance(found, Recommendation) and (edition := loaded(found.guideline.sha256)):
        return render_html([found], edition)
    if isinstance(found, FusionVerdict):
        return page(plain(found.name), load().intended_use, fragment(found))
    assert isinstance(found, Recommendation)
    return page(plain(found.case_id), found.intended_use, fragment(found))
