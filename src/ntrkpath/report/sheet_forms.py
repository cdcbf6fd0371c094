"""The evidence as a terminal shows it, as CSV, and as one HTML file that needs nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.delimited import neutral
from ntrkpath.report.columns import natural, set_side_by_side, wrapped
from ntrkpath.report.markup import Html, el
from ntrkpath.report.page import page
from ntrkpath.report.sheet import Sheet

_WIDTH = 110
#: Rules for pages that hold sheets.
SHEET_STYLE = """
section{margin:0 0 2.5rem}
.evidence td,.evidence th{font-variant-numeric:tabular-nums}
.evidence .right{text-align:right;white-space:nowrap}
.evidence tbody+tbody{border-top:1px solid var(--edge)}
.evidence tbody.pooled{border-top:2px solid var(--ink)}
.evidence tbody.pooled td,.evidence tbody.pooled th{font-weight:700}
.evidence tr.below td{border-top:0;padding-top:0;font-size:.875rem;font-weight:400;color:var(--quiet)}
main>section:first-child{margin-top:1.5rem}
.evidence tr.below p{position:sticky;left:0;width:fit-content;max-width:calc(100vw - 2.6rem)}
main{max-width:76rem}
header,footer{max-width:76rem}
"""


def sheet_text(sheet: Sheet) -> str:
    """Return a sheet as aligned text of at most 110 columns; sentences of a row stand below it, indented."""
    heads = [head.removeprefix(">") for head in sheet.heads]
    right = [head.startswith(">") for head in sheet.heads]
    # The first cell of a pooled row is a sentence: it wraps.
    asked = [heads, *(("", *row.cells[1:]) if row.kind == "pooled" else row.cells for row in sheet.rows)]
    widths = natural(asked, _WIDTH)
    lines = [sheet.title, "", *set_side_by_side(heads, widths, right=right), "-" * (sum(widths) + 2 * len(widths) - 2)]
    for row in sheet.rows:
        if row.kind != "study" and lines[-1] and not lines[-1].startswith("-"):
            lines.append("")
        lines += set_side_by_side(row.cells, widths, right=right)
        for text in row.below:
            lines += wrapped(text, _WIDTH, first="    ", later="      ")
    if sheet.notes:
        lines.append("")
    for note in sheet.notes:
        lines += wrapped(note, _WIDTH, later="  ")
    return "\n".join(lines)


def sheets_csv(sheets: Iterable[Sheet]) -> str:
    """Return the records of sheets as one CSV with a head line; a field that a record lacks is empty.

    A text that a spreadsheet would run as a formula is marked as text (``delimited.neutral``).
    """
    records = [row.record for sheet in sheets for row in sheet.rows]
    names = list(dict.fromkeys(name for record in records for name in record))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerow({name: neutral(cell) if isinstance(cell, str) else cell for name, cell in record.items()})
    return out.getvalue()


def evidence_html(
    title: str, sheets: Sequence[Sheet], edition: Edition, pictures: Mapping[str, Sequence[str]] | None = None
) -> str:
    """Return sheets as one self-contained HTML file.

    Args:
        title: Title of the page.
        sheets: In the order of the page.
        edition: The edition whose evidence it is; named at the foot with its hash.
        pictures: SVG elements by the ``ident`` of the sheet under which they stand.
    """
    sections = [sheet_section(sheet, (pictures or {}).get(sheet.ident, ()), title) for sheet in sheets]
    foot = el("p", f"Evidence of the edition {edition.id} {edition.version}, SHA-256 ", el("code", edition.sha256))
    return page(title, edition.intended_use, *sections, foot=foot, css=SHEET_STYLE)


def sheet_section(sheet: Sheet, pictures: Sequence[str], title: str) -> Html:
    """Return a sheet as a section of a page: its heading unless it is the page's ``title``, pictures, table, notes."""
    heads = [head.removeprefix(">") for head in sheet.heads]
    classes = ["right" if head.startswith(">") else None for head in sheet.heads]
    bodies = []
    for row in sheet.rows:
        first = el("th", row.cells[0], scope="row", class_=classes[0])
        cells = (el("td", cell, class_=class_) for cell, class_ in zip(row.cells[1:], classes[1:], strict=True))
        below = [
            el("tr", el("td", *(el("p", text) for text in row.below), colspan=len(heads)), class_="below")
        ] if row.below else []  # fmt: skip
        bodies.append(el("tbody", el("tr", first, *cells), *below, class_=row.kind))
    titles = (el("th", text, scope="col", class_=c) for text, c in zip(heads, classes, strict=True))
    top = el("thead", el("tr", *titles))
    table = el("table", el("caption", sheet.title, class_="quiet"), top, *bodies, class_="evidence")
    scroll = el("div", table, class_="scroll", tabindex="0", role="region", aria_label=sheet.title)
    figures = [
        el(
            "div",
            el("figure", Html(svg)),
            class_="scroll",
            tabindex="0",
            role="region",
            aria_label=f"{sheet.title}: picture {number}",
        )
        for number, svg in enumerate(pictures, 1)
    ]
    head = () if sheet.title == title else (el("h2", sheet.title, id=sheet.ident),)
    notes = (el("p", note, class_="small") for note in sheet.notes)
    return el("section", *head, *figures, scroll, *notes, aria_label=sheet.title)
