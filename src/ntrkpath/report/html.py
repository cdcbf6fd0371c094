"""Recommendations as one HTML file that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from tempfile import SpooledTemporaryFile

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.report import probability_picture, sections, terms
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
        ),
        probability_picture.section(rec, edition, ident),
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


def _entry(rec: Recommendation, position: int) -> Html:
    """Return the line of the contents that leads to a case."""
    return el(
        "li",
        el("a", f"Case {plain(rec.case_id)}", href=f"#case-{position}"),
        f": {terms.tier_words(rec.priority)}. {rec.actions[0].text if rec.actions else 'No next step.'}",
    )


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
    return "".join(html_chunks(recommendations, edition, fusions))


def html_chunks(
    recommendations: Iterable[Recommendation],
    edition: Edition,
    fusions: Sequence[Sequence[FusionVerdict]] = (),
) -> Iterator[str]:
    """Yield the same file piece by piece; of many answers only the lines of the contents are held in memory.

    Args:
        recommendations: The answers, read once.
        edition: The edition that gave them.
        fusions: As for ``render_html``; may be filled while the answers are read.

    Raises:
        GuidanceError: The edition has no figure.
    """
    entries: list[Html] = []
    with SpooledTemporaryFile(_IN_MEMORY, mode="w+", encoding="utf-8", newline="") as sections:
        for position, rec in enumerate(recommendations, 1):
            sections.write(_case(rec, edition, position, fusions[position - 1] if fusions else ()))
            entries.append(_entry(rec, position))
        count = len(entries)
        title = f"NTRK fusions in sarcoma: {count} case{'' if count == 1 else 's'}"
        contents = el("nav", el("ol", *entries), aria_label="Cases") if count > 1 else Html("")
        before, after = page(title, edition.intended_use, Html(_HERE), under=contents).split(_HERE)
        yield before
        sections.seek(0)
        while piece := sections.read(_PIECE):
            yield piece
        yield after


#: Where the sections of the cases stand in the page around them; no text of a case holds this character.
_HERE = "\x00"
#: Bytes of sections before a file on disk takes them, and characters that are read back at a time.
_IN_MEMORY, _PIECE = 16_000_000, 1 << 20
