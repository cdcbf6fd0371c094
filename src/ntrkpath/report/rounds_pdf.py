"""Reports of a round as PDF: the same sheets as the HTML, laid out by typst; needs ``ntrkpath[pdf]``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ntrkpath.guidance.edition import Edition
from ntrkpath.report.pdf import breakable, drawn
from ntrkpath.report.rounds_laboratory import LaboratoryReport
from ntrkpath.report.rounds_organiser import heading, lead, matrix, places, sheets
from ntrkpath.report.sheet import Sheet
from ntrkpath.report.typesetting import typeset
from ntrkpath.rounds.score import Score

_TEMPLATE = Path(__file__).parent / "typst" / "sheets.typ"
#: Rows of one sheet that a PDF holds; the others stand in the CSV.
MOST = 150


def organiser_pdf(score: Score, edition: Edition) -> bytes:
    """Return the organiser's report.

    Raises:
        PdfError: typst is not installed.
    """
    first = Sheet(title="Laboratories by samples", heads=(), rows=(), ident="matrix")
    pictures = {"matrix": [matrix(score)], "places": places(score)}
    found = [first, *sheets(score)]
    return _compiled(heading(score), lead(score), found, pictures, edition, _day(score), wide=True)


def laboratory_pdf(report: LaboratoryReport, score: Score, edition: Edition) -> bytes:
    """Return the report for one laboratory.

    Raises:
        PdfError: typst is not installed.
    """
    return _compiled(report.title, report.lead, report.sheets, {}, edition, _day(score), wide=False)


def _day(score: Score) -> dt.date:
    """Return the day that the PDF carries: one of the round, so that the same round gives the same bytes."""
    return score.round.deadline or score.round.sent or dt.date(2020, 9, 3)


def _compiled(
    title: str, said: Sequence[str], found: Sequence[Sheet], pictures: Mapping[str, Sequence[str]], edition: Edition,
    day: dt.date, wide: bool,
) -> bytes:  # fmt: skip
    document = {
        "title": title,
        "use": edition.intended_use,
        "lead": list(said),
        "wide": wide,
        "sheets": [_sheet(sheet, pictures.get(sheet.ident, ())) for sheet in found],
    }
    return typeset(_TEMPLATE, breakable(document), day)


def _sheet(sheet: Sheet, pictures: Sequence[str]) -> dict[str, Any]:
    rows = [list(row.cells) for row in sheet.rows[:MOST]]
    notes = list(sheet.notes)
    if len(sheet.rows) > MOST:
        notes.append(f"The first {MOST} of {len(sheet.rows)} rows; all stand in the CSV.")
    heads = [head.removeprefix(">") for head in sheet.heads]
    return {
        "title": sheet.title,
        "heads": heads,
        "right": [head.startswith(">") for head in sheet.heads],
        "columns": [_width(heads[i], [row[i] for row in rows]) for i in range(len(heads))],
        "rows": rows,
        "notes": notes,
        "pictures": [drawn(svg) for svg in pictures],
    }


def _width(head: str, cells: Sequence[str]) -> float:
    """Return the share of the width that a column is given: by its longest word, and by how much it holds."""
    words = [len(word) for text in (head, *cells) for word in text.split()] or [1]
    longest = max((len(text) for text in cells), default=1)
    return float(max(4, min(max(words), 14), min(longest, 60) ** 0.75))
