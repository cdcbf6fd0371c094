"""Recommendations as one HTML file that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

from collections.abc import Sequence

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.report import probability, sections, terms
from ntrkpath.report.markup import Html, el
from ntrkpath.report.page import page
from ntrkpath.report.terms import plain


def _case(rec: Recommendation, edition: Edition, position: int, verdicts: Sequence[FusionVerdict]) -> Html:
    ident = f"case-{position}"
    return el(
        "section",
        el("h2", f"Case {plain(rec.case_id)}", id=ident),
        sections.first(rec, edition),
        sections.record(rec, edition),
        el(
            "details",
            el("summary", "All actions, reasons, cautions and questions"),
            sections.answer(rec, edition),
            sections.why(rec, edition),
            sections.weigh(rec),
            sections.beside_order(rec, edition),
            sections.cautions(rec, edition),
            sections.missing(rec, edition),
            sections.readings(rec, edition),
            class_="on-paper whole",
        ),
        probability.section(rec, edition, ident),
        sections.fusions(verdicts, ident),
        sections.therapy(rec, edition),
        sections.pathway(rec, edition, ident),
        sections.provenance(rec, edition),
        sections.statements(rec, edition),
        sections.labels(rec),
        sections.trace(rec),
        class_="case",
        aria_labelledby=ident,
    )


def _contents(recommendations: Sequence[Recommendation]) -> Html:
    if len(recommendations) < 2:
        return Html("")
    entries = [
        el(
            "li",
            el("a", f"Case {plain(rec.case_id)}", href=f"#case-{i}"),
            f": {terms.tier_words(rec.priority)}. {rec.actions[0].text if rec.actions else 'No next step.'}",
        )
        for i, rec in enumerate(recommendations, 1)
    ]
    return el("nav", el("ol", *entries), aria_label="Cases")


def render_html(
    recommendations: Sequence[Recommendation],
    edition: Edition,
    fusions: Sequence[Sequence[FusionVerdict]] = (),
) -> str:
    """Return one self-contained HTML file with a section for each recommendation, in the order given.

    Args:
        recommendations: The answers.
        edition: The edition that gave them.
        fusions: For each answer, our verdicts on the events of its caller files, which are drawn.

    Raises:
        GuidanceError: The edition has no figure.
    """
    count = len(recommendations)
    title = f"NTRK fusions in sarcoma: {count} case{'' if count == 1 else 's'}"
    sections = (_case(rec, edition, i, fusions[i - 1] if fusions else ()) for i, rec in enumerate(recommendations, 1))
    return page(title, edition.intended_use, *sections, under=_contents(recommendations))
