"""A report of sheets as PDF, laid out by typst; needs ``ntrkpath[pdf]``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ntrkpath.figures.axes import WIDTH
from ntrkpath.report.pdf import breakable, drawn
from ntrkpath.report.sheet import Draw, Report, Sheet
from ntrkpath.report.typesetting import typeset

_TEMPLATE = Path(__file__).parent / "typst" / "sheets.typ"
#: Rows of one sheet that a PDF holds; the others stand in the CSV.
MOST = 150


def report_pdf(report: Report) -> bytes:
    """Return a report as PDF; the same report gives the same bytes on every machine.

    Raises:
        PdfError: typst is not installed.
    """
    document = {
        "title": report.title,
        "use": report.use,
        "lead": [*report.cautions, *report.lead, report.source],
        "wide": report.wide,
        "sheets": [_sheet(sheet, report.pictures.get(sheet.ident, ())) for sheet in report.sheets],
    }
    return typeset(_TEMPLATE, breakable(document))


def _sheet(sheet: Sheet, pictures: Sequence[Draw | str]) -> dict[str, Any]:
    rows = sheet.rows[:MOST]
    notes = list(sheet.notes)
    if len(sheet.rows) > MOST:
        notes.append(f"The first {MOST} of {len(sheet.rows)} rows; all stand in the CSV.")
    heads = [head.removeprefix(">") for head in sheet.heads]
    return {
        "title": sheet.title,
        "heads": heads,
        "right": [head.startswith(">") for head in sheet.heads],
        "columns": [_width(heads[i], [row.cells[i] for row in rows]) for i in range(len(heads))],
        "rows": [{"cells": row.cells, "below": row.below} for row in rows],
        "notes": notes,
        "pictures": [drawn(one if isinstance(one, str) else one(WIDTH)) for one in pictures],
    }


def _width(head: str, cells: Sequence[str]) -> float:
    """Return the share of the width that a column is given: by its longest word, and by how much it holds."""
    words = [len(word) for text in (head, *cells) for word in text.split()] or [1]
    longest = max((len(text) for text in cells), default=1)
    return float(max(4, min(max(words), 14), min(longest, 60) ** 0.75))
