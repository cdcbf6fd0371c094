"""What a report of sheets says on a screen stands on paper too: sentences of a row, and tables that are folded."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ntrkpath.guidance import load
from ntrkpath.report.sheet import Report, Row, Sheet

EDITION = load()


def report(rows: int = 3) -> Report:
    made = [Row(cells=(f"row {i}", str(i)), below=(f"Not pooled: the reason of {i}.",)) for i in range(rows)]
    sheet = Sheet(title="Synthetic", heads=("Name", ">Count"), rows=tuple(made))
    return Report(title="Synthetic", sheets=(sheet,), source="synthetic", use=EDITION.intended_use)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (poppler)")
def test_the_sentences_of_a_row_stand_below_it_in_the_pdf(tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="needs ntrkpath[pdf]")
    from ntrkpath.report.sheet_pdf import report_pdf

    made = tmp_path / "made.pdf"
    made.write_bytes(report_pdf(report(90)))
    text = subprocess.run(["pdftotext", "-layout", str(made), "-"], capture_output=True, text=True, check=True).stdout
    places = [text.find(part) for i in range(90) for part in (f"row {i} ", f"Not pooled: the reason of {i}.")]
    assert -1 not in places
    assert places == sorted(places)


def test_a_report_on_paper_carries_no_clock() -> None:
    pytest.importorskip("typst", reason="needs ntrkpath[pdf]")
    from ntrkpath.report.sheet_pdf import report_pdf

    for marked in (b"/CreationDate", b"/ModDate", b"CreateDate", b"ModifyDate"):
        assert marked not in report_pdf(report())
