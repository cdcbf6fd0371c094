"""The PDF says what the recommendation says, with page numbers and intended use on every page, and clips nothing."""

from __future__ import annotations

import html
import os
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
from ntrkpath.report.ordering import ordering
from ntrkpath.report.pdf import render_pdf
from ntrkpath.report.screen import not_on_paper, screen
from ntrkpath.report.typesetting import FONTS, PdfError
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
@pytest.mark.parametrize("ident", CASES)
def test_one_page_to_hand_over_holds_patient_findings_steps_source_and_signature(ident, pathway, tmp_path):
    case = read_case(CASES[ident])
    rec = pathway.recommend(case)
    pages = words_of(render_pdf([rec], pathway.edition, (), [case], whole=False), tmp_path)
    assert len(pages) == 1
    shown = screen(rec, pathway.edition)
    wanted = ["Patient", "Born", "Read and approved", "Date", rec.guideline.sha256[:12], str(rec.as_of)]
    wanted += [f"Case {rec.case_id}", *(said for _, said in shown.sentences), *(said for _, said in shown.found)]
    wanted += [action.text for action in rec.actions]
    wanted += [caution.text for caution in rec.cautions]
    left = not_on_paper(shown, "in the PDF with all reasons")
    assert [
        name for name in ("reason", "question") if (f" {shown.more[name]} {name}" in left) != (shown.more[name] > 0)
    ] == []
    wanted.append(left)
    assert [text for text in wanted if squeezed(text) not in pages[0]] == []


@needs_poppler
@pytest.mark.parametrize("ident", ["L001", "L017"])
def test_what_stands_beside_an_order_stands_on_paper(ident, pathway, tmp_path):
    case = read_case(CASES[ident])
    rec = pathway.recommend(case)
    told = ordering(rec, pathway.edition)
    text = "".join(words_of(made(pathway, case), tmp_path))
    assert [line for one in told for _, line in one.lines if squeezed(line) not in text] == []
    assert bool(told) == ("Besidetheorder" in text)


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
                   "fusions": [{"five_prime": "ETV6", "three_prime": "NTRK3", "frame": "in_frame"}]}],
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
    drawn = pdf.drawn("<svg><style>.a{--ink:#1;}@media screen and (prefers-color-scheme:dark){.a{--ink:#2;}}"
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


_ON_A_MACHINE = """
import hashlib, sys
import typst
from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway, read_case
from ntrkpath.report.ordering import ordering
from ntrkpath.report.pdf import render_pdf
from ntrkpath.report.screen import screen
import datetime as dt

case, day = read_case(sys.argv[1]), dt.date.fromisoformat(sys.argv[2])
pathway = Pathway(load(), day)
print(hashlib.sha256(render_pdf([pathway.recommend(case)], pathway.edition, (), [case])).hexdigest())
plain = b'#set text(font: "Source Sans Pro")\\nat least 1 % of tumour cells'
print(hashlib.sha256(bytes(typst.compile(plain, timestamp=0))).hexdigest())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="where a machine's fonts lie is known for Linux")
def test_the_fonts_of_a_machine_change_no_byte(tmp_path):
    """Two homes, one with fonts of the families that are used, in other styles: the same bytes.

    What is set without our fonts differs between them, so that the two really are two.
    """
    own = tmp_path / "with" / ".local" / "share" / "fonts"
    own.mkdir(parents=True)
    (tmp_path / "without").mkdir()
    for style in ("BoldIt", "It"):
        shutil.copy(FONTS / f"SourceSansPro-{style}.otf", own)
    told = []
    for home in ("with", "without"):
        done = subprocess.run(
            [sys.executable, "-c", _ON_A_MACHINE, str(CASES["L017"]), str(AS_OF)],
            env={"HOME": str(tmp_path / home), "PATH": os.environ["PATH"]},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        told.append(done.stdout.split())
    (ours, plain), (theirs, bare) = told
    assert ours == theirs
    assert plain != bare


@pytest.mark.skipif(shutil.which("pdffonts") is None, reason="needs pdffonts (poppler)")
def test_every_sign_on_paper_is_in_a_font_that_comes_along(pathway, tmp_path):
    names = subprocess.run(
        ["pdffonts", "-"], input=made(pathway, read_case(CASES["L017"])), capture_output=True, check=True
    ).stdout.decode()
    families = {re.sub(r"^[A-Z]{6}\+|-.*$", "", line.split()[0]) for line in names.splitlines()[2:]}
    assert families <= {"SourceSansPro", "DejaVuSansMono", "LibertinusSerif"}


def test_the_page_gives_one_page_to_hand_over_and_the_whole_report_on_request():
    with client() as web:
        held = web.get("/examples/L001").text
        fields = {
            name: html.unescape(value)
            for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', held)
        }
        pages = [
            len(re.findall(rb"/Type\s*/Page\b", web.post("/case/pdf", data=fields | more).content))
            for more in ({}, {"whole": "yes"})
        ]
    assert pages[0] == 1 < pages[1]
