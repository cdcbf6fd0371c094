"""How commands print a report of sheets: as text, CSV, JSON, one HTML file or PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ntrkpath.cli.output import write

if TYPE_CHECKING:
    from ntrkpath.report.sheet import Report

report_form_option = click.option(
    "--format", "form", type=click.Choice(["text", "csv", "json", "html", "pdf"]), default="text", show_default=True,
    help="csv holds every row as plain data; html and pdf are one file with the pictures.",
)  # fmt: skip


def write_report(form: str, report: Callable[[], Report], as_json: Callable[[], bytes], out: Path | None) -> None:
    """Write a result in the form asked for.

    Args:
        report: Makes the report that text, CSV, HTML and PDF show.
        as_json: Makes the JSON of the result itself.

    Raises:
        OutputError: It could not be written.
        PdfError: typst is not installed.
    """
    if form == "json":
        write(as_json(), out)
        return
    from ntrkpath.report import sheet_forms

    if form == "pdf":
        from ntrkpath.report.sheet_pdf import report_pdf

        write(report_pdf(report()), out)
    elif form == "csv":
        write(sheet_forms.sheets_csv(report().sheets), out)
    else:
        write(sheet_forms.report_html(report()) if form == "html" else sheet_forms.report_text(report()), out)
