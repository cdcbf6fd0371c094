"""A report as a terminal shows it, as CSV, as one HTML file that needs nothing else, and as a part of a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from ntrkpath.figures.screens import for_screens
from ntrkpath.model.delimited import neutral
from ntrkpath.report.columns import natural, set_side_by_side, wrapped
from ntrkpath.report.markup import Html, el, join, scrolling
from ntrkpath.report.page import page
from ntrkpath.report.sheet import Draw, Report, Sheet

WIDTH = 110
#: Rules for sheets, also as parts of a page.
SHEET_PARTS = """
table.evidence{width:auto;min-width:min(100%,36rem)}
.evidence caption.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.evidence td,.evidence th{font-variant-numeric:tabular-nums}
.evidence .right{text-align:right;white-space:nowrap}
.evidence tbody.pooled{border-top:2px solid var(--ink)}
.evidence tbody.pooled tr:first-child>*{font-weight:700}
.evidence tr.below td{border-top:0;padding-top:0;font-size:.875rem;font-weight:400;color:var(--quiet)}
"""
_STYLE = (
    SHEET_PARTS
    + """
section{margin:0 0 2.5rem}
.evidence tbody+tbody{border-top:1px solid var(--edge)}
main>section:first-child{margin-top:1.5rem}
.evidence tr.below p{position:sticky;left:0;width:fit-content;max-width:calc(100vw - 2.6rem)}
.lead{font-size:1.1rem}
figure{margin:1rem 0}
main,header,footer{max-width:76rem}
"""
)


def report_text(report: Report) -> str:
    """Return a report as text of at most 110 columns: its title, what is said first, its sheets, what it rests on."""
    own = bool(report.sheets) and report.sheets[0].title == report.title
    lines = [] if own else wrapped(report.title, WIDTH)
    if report.lead:
        lines.append("")
    for said in report.lead:
        lines += wrapped(said, WIDTH)
    if report.cautions:
        lines.append("")
    for caution in report.cautions:
        lines += wrapped(caution, WIDTH, first="! ", later="  ")
    for sheet in report.sheets:
        lines += ["", "", sheet_text(sheet)]
    return "\n".join([*lines, "", "", *wrapped(report.source, WIDTH)]).lstrip("\n") + "\n"


def sheet_text(sheet: Sheet) -> str:
    """Return a sheet as aligned text of at most 110 columns; sentences of a row stand below it, indented."""
    heads = [head.removeprefix(">") for head in sheet.heads]
    right = [head.startswith(">") for head in sheet.heads]
    lines = [sheet.title, ""]
    if sheet.rows:
        lines += _rows(sheet, heads, right)
    if sheet.rows and sheet.notes:
        lines.append("")
    for note in sheet.notes:
        lines += wrapped(note, WIDTH, later="  ")
    return "\n".join(lines)


def _rows(sheet: Sheet, heads: list[str], right: list[bool]) -> list[str]:
    # The first cell of a pooled row is a sentence: it wraps.
    asked = [heads, *(("", *row.cells[1:]) if row.kind == "pooled" else row.cells for row in sheet.rows)]
    widths = natural(asked, WIDTH)
    lines = [*set_side_by_side(heads, widths, right=right), "-" * (sum(widths) + 2 * len(widths) - 2)]
    for row in sheet.rows:
        if row.kind != "study" and lines[-1] and not lines[-1].startswith("-"):
            lines.append("")
        lines += set_side_by_side(row.cells, widths, right=right)
        for text in row.below:
            lines += wrapped(text, WIDTH, first="    ", later="      ")
    return lines


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


def report_html(report: Report) -> str:
    """Return a report as one self-contained HTML file."""
    return page(report.title, report.use, report_parts(report), foot=el("p", report.source), css=_STYLE)


def report_parts(report: Report, fold_beyond: int | None = None, drawn: Callable[[Draw], str] = for_screens) -> Html:
    """Return what a report says, with pictures and sheets, as it stands below the title of a page.

    Args:
        fold_beyond: A table of more rows than this is opened on request.
        drawn: Makes the markup of a picture from what draws it at a width.
    """
    return join(
        *(el("p", said, class_="lead") for said in report.lead),
        *(el("p", caution, class_="warn") for caution in report.cautions),
        *(
            sheet_section(
                sheet,
                figures(sheet, report.pictures.get(sheet.ident, ()), drawn),
                heading=sheet.title != report.title,
                fold_beyond=fold_beyond,
            )
            for sheet in report.sheets
        ),
    )


def figures(sheet: Sheet, pictures: Sequence[Draw | str], drawn: Callable[[Draw], str] = for_screens) -> list[Html]:
    """Return the pictures of a sheet for a page: drawn for every screen, or, where there is one drawing, scrolling."""
    return [
        scrolling(f"{sheet.title}: picture {number}", el("figure", Html(one)))
        if isinstance(one, str)
        else el("figure", Html(drawn(one)))
        for number, one in enumerate(pictures, 1)
    ]


def sheet_section(
    sheet: Sheet,
    pictures: Sequence[Html] = (),
    *,
    heading: bool = True,
    fold_beyond: int | None = None,
    link: Callable[[str], str] | None = None,
) -> Html:
    """Return a sheet as a section of a page: heading, pictures, table, notes.

    Args:
        pictures: As ``figures`` makes them.
        heading: Whether its title stands above it, and not only with the table for those who do not see it.
        fold_beyond: With more rows than this the table is opened on request.
        link: The address behind the first cell of a row, by that cell; empty for none.
    """
    head = el("h2", sheet.title, id=sheet.ident or None)
    told = [
        *pictures,
        *([_table(sheet, fold_beyond, link)] if sheet.rows else []),
        *(el("p", note, class_="small quiet") for note in sheet.notes),
    ]
    if sheet.folded:
        body = el("details", el("summary", el("span", sheet.title, id=sheet.ident or None)), *told)
    else:
        body = join(*([head] if heading else []), *told)
    return el("section", body, aria_label=sheet.title)


def _table(sheet: Sheet, fold_beyond: int | None, link: Callable[[str], str] | None) -> Html:
    heads = [head.removeprefix(">") for head in sheet.heads]
    classes = ["right" if head.startswith(">") else None for head in sheet.heads]
    bodies = []
    for row in sheet.rows:
        name, address = row.cells[0], link(row.cells[0]) if link else ""
        first = el("th", el("a", name, href=address) if address else name, scope="row", class_=classes[0])
        cells = (el("td", cell, class_=class_) for cell, class_ in zip(row.cells[1:], classes[1:], strict=True))
        below = [
            el("tr", el("td", *(el("p", text) for text in row.below), colspan=len(heads)), class_="below")
        ] if row.below else []  # fmt: skip
        bodies.append(el("tbody", el("tr", first, *cells), *below, class_=row.kind))
    titles = (
        el("th", text, scope="col", class_=c) if text else el("td") for text, c in zip(heads, classes, strict=True)
    )
    caption = el("caption", sheet.title, class_="hidden")
    table = scrolling(sheet.title, el("table", caption, el("thead", el("tr", *titles)), *bodies, class_="evidence"))
    if fold_beyond is not None and len(sheet.rows) > fold_beyond:
        return el("details", el("summary", f"All {len(sheet.rows)} rows"), table, class_="fold")
    return table
