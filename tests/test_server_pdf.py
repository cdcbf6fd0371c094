"""The PDF says what the recommendation says, with page numbers and intended use on every page, and clips nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("typst", reason="needs ntrkpath[pdf]")

from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway, case_from, read_case
from ntrkpath.pathway.examples import examples
from ntrkpath.report import pdf
from ntrkpath.report.pdf import PdfError, render_pdf
from support.web import AS_OF, client

CASES = {path.name[:4]: path for path in sorted(examples().glob("*.yaml"))}
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (poppler)")


@pytest.fixture(scope="module")
def pathway():
    return Pathway(load(), AS_OF)


def made(pathway, case):
    return render_pdf([pathway.recommend(case)], pathway.edition, (), [case])


def words_of(content: bytes, tmp_path: Path) -> list[str]:
    """Return the text of each page without blanks, as poppler reads it."""
    (tmp_path / "a.pdf").write_bytes(content)
    done = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", str(tmp_path / "a.pdf"), "-"], capture_output=True, text=True, check=True
    )
    return [re.sub(r"[\s\u200b-]+", "", page) for page in done.stdout.split("\f")[:-1]]


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b-]+", "", text)


@needs_poppler
@pytest.mark.parametrize("ident", ["L001", "L015", "L017", "L022"])
def test_everything_of_the_answer_stands_on_paper(ident, pathway, tmp_path):
    case = read_case(CASES[ident])
    rec = pathway.recommend(case)
    text = "".join(words_of(made(pathway, case), tmp_path))
    for action in rec.actions:
        assert squeezed(action.text) in text
    for label in rec.therapy:
        assert squeezed(label.label_date.isoformat()) in text
    assert squeezed(rec.guideline.sha256) in text
    assert squeezed(str(rec.as_of)) in text
    assert squeezed(rec.tier) in text


@needs_poppler
def test_every_page_has_its_number_and_the_intended_use(pathway, tmp_path):
    pages = words_of(made(pathway, read_case(CASES["L017"])), tmp_path)
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"Page{number}of{len(pages)}" in page
        assert squeezed(pathway.edition.intended_use) in page


@needs_poppler
def test_long_words_leave_no_column(pathway, tmp_path):
    long = "W" * 300
    case = case_from({
        "id": long[:200], "diagnosis": {"histology": "GIST"}, "disease": {"extent": "metastatic"},
        "tests": [{"method": "rna_mps", "result": "positive", "specimen": long,
                   "fusions": [{"five_prime": "A" * 40, "three_prime": "NTRK3", "frame": "in_frame"}]}],
    })  # fmt: skip
    (tmp_path / "b.pdf").write_bytes(made(pathway, case))
    done = subprocess.run(
        ["pdftotext", "-bbox", str(tmp_path / "b.pdf"), "-"], capture_output=True, text=True, check=True
    )
    rights = [float(right) for right in re.findall(r'xMax="([\d.]+)"', done.stdout)]
    assert rights
    assert max(rights) <= 595.3 - 40  # A4 in points, less most of the margin


def test_the_same_answer_gives_the_same_bytes(pathway):
    case = read_case(CASES["L022"])
    assert made(pathway, case) == made(pathway, case)


def test_what_a_case_says_is_never_read_as_markup(pathway):
    evil = '#panic("run") $x$ ] #read("/etc/passwd") *bold*'
    case = case_from({
        "id": evil, "diagnosis": {"histology": "GIST"},
        "tests": [{"method": "fish", "result": "positive", "gene": "NTRK3", "specimen": evil}],
    })  # fmt: skip
    assert made(pathway, case).startswith(b"%PDF-")


def test_drawings_are_in_plain_colours():
    drawn = pdf._drawn("<svg><style>.a{--ink:#1;}@media screen and (prefers-color-scheme:dark){.a{--ink:#2;}}"
                       ".b{fill:var(--ink)}</style></svg>")  # fmt: skip
    assert "var(" not in drawn
    assert "prefers-color-scheme" not in drawn
    assert "fill:#1b2430" in drawn


def test_the_page_hands_out_a_pdf():
    with client() as web:
        found = web.post("/case/pdf", data={"case": '{"id": "a", "diagnosis": {"histology": "GIST"}}'})
        assert found.content.startswith(b"%PDF-")
        assert found.headers["content-disposition"] == 'attachment; filename="recommendation.pdf"'
        assert web.post("/case/pdf", data={"case": "{}"}).status_code == 422
        assert web.post("/case/pdf", data={"case": "{}", "as_of": "x"}).status_code == 422


def test_the_command_line_writes_one_pdf_for_many_cases(tmp_path):
    from ntrkpath.cli.recommend import command

    out = tmp_path / "answers.pdf"
    done = CliRunner().invoke(
        command, [str(CASES["L001"]), str(CASES["L002"]), "--format", "pdf", "--out", str(out), "--as-of", str(AS_OF)]
    )
    assert done.exit_code == 0
    assert out.read_bytes().startswith(b"%PDF-")


def test_without_typst_the_error_names_what_to_install(pathway, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(PdfError, match=r"ntrkpath\[pdf\]"):
        made(pathway, read_case(CASES["L001"]))
