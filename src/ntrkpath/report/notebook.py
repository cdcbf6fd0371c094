"""Results as HTML for a cell of a notebook: the first screen, with a style that touches nothing else on the page."""

from __future__ import annotations

from ntrkpath.figures.fusion import fusion_svg
from ntrkpath.figures.svg import FONT, colour_rules
from ntrkpath.guidance import load
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.report import sections
from ntrkpath.report.markup import Html, el
from ntrkpath.report.terms import plain

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
.ntrkpath .on-screen{display:none}
"""
)


def _cell(*parts: object) -> Html:
    return el("div", el("style", Html(_STYLE)), *parts, class_="ntrkpath")


def recommendation(rec: Recommendation) -> Html:
    """Return the first screen of an answer and its source; of an edition that is not shipped the sentences alone."""
    guideline = f"{rec.guideline.id} {rec.guideline.version}, sha256 {rec.guideline.sha256[:12]}; as of {rec.as_of}"
    source = el("p", f"{guideline}. {rec.intended_use}", class_="quiet small")
    edition = load()
    if edition.sha256 != rec.guideline.sha256:
        told = (rec.answer.target, rec.answer.trk_inhibitor, rec.answer.next)
        return _cell(*(el("p", plain(sentence)) for sentence in told), source)
    return _cell(sections.first(rec, edition), source)


def verdict(event: FusionVerdict) -> Html:
    """Return the drawing of an event, which names its verdict and the reasons."""
    return _cell(Html(fusion_svg(event)))
