"""One way to HTML: small functions make fragments, templates make pages, and nothing takes finished markup apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ntrkpath
from ntrkpath.figures import series
from ntrkpath.figures.host import Host, within
from ntrkpath.figures.pathway import pathway_svg
from ntrkpath.guidance import load
from ntrkpath.report.markup import el
from ntrkpath.report.sheet import Row, Sheet
from ntrkpath.report.sheet_forms import figures, sheet_section

SOURCE = Path(ntrkpath.__file__).parent
#: Modules of the server that read text by patterns, with what they read; none reads markup.
PATTERNS = {"kit/http.py": "addresses with places for words", "case/apply.py": "names and values of form fields"}


def _modules(folder: str) -> list[Path]:
    return sorted((SOURCE / folder).rglob("*.py"))


def test_no_module_of_the_server_acts_on_markup_by_patterns() -> None:
    found = {
        str(path.relative_to(SOURCE / "server"))
        for path in _modules("server")
        if re.search(r"^\s*(import re\b|from re import|from html.parser)", path.read_text(), re.MULTILINE)
    }
    assert found == set(PATTERNS)
    for path in _modules("server"):
        text = path.read_text()
        assert not re.search(r"\.(replace|split|partition|removeprefix|removesuffix)\(\s*['\"f]*\s*</?\w", text), path


def test_the_frame_of_a_page_is_made_in_two_places_alone() -> None:
    files = [p for p in _modules("report") + _modules("server") if re.search(r"DOCTYPE|el\(\"html\"", p.read_text())]
    assert [str(path.relative_to(SOURCE)) for path in files] == ["report/page.py"]
    frames = [
        p for p in (SOURCE / "server").rglob("*.html") if "<!DOCTYPE" in p.read_text() or "<head" in p.read_text()
    ]
    assert [str(path.relative_to(SOURCE)) for path in frames] == ["server/kit/base.html"]


def test_no_template_writes_a_sheet_or_a_drawing_of_its_own() -> None:
    for path in (SOURCE / "server").rglob("*.html"):
        text = path.read_text()
        assert "sheet.rows" not in text and "sheet.heads" not in text and "row.cells" not in text, path
        assert "<style" not in text, path


def test_elements_are_written_by_el_alone_in_reports() -> None:
    for path in _modules("report"):
        if path.name not in ("markup.py", "page.py"):
            assert not re.search(r"f?[\"']<(?!svg)[a-z]+[ >]", path.read_text()), path


def test_a_drawing_brings_its_style_unless_the_page_around_has_it() -> None:
    edition = load()
    with within(Host(styles=True)):
        inside = pathway_svg(edition)
    assert "<style" not in inside and "<style>" in pathway_svg(edition)


def test_a_host_is_left_also_after_an_error() -> None:
    with pytest.raises(ValueError, match="x"), within(Host(styles=True)):
        raise ValueError("x")
    assert "<style>" in pathway_svg(load())


def test_a_sheet_is_a_section_with_a_name_for_each_region_and_what_is_asked_of_it() -> None:
    rows = tuple(Row(cells=(f"<{i}>", "1")) for i in range(3))
    sheet = Sheet(title="A & B", heads=("Name", ">Cases"), rows=rows, ident="ab")
    drawn = figures(sheet, ["<svg></svg>", lambda width: f"<svg width='{width:g}'></svg>"])
    made = sheet_section(sheet, drawn, fold_beyond=2, link=lambda name: f"/x?{name}")
    names = re.findall(r'aria-label="([^"]*)"', made)
    assert names == ["A &amp; B", "A &amp; B: picture 1", "A &amp; B"]
    assert made.count("<svg width=") == 2, "one that fits is drawn for a page and for a phone"
    assert '<a href="/x?&lt;0&gt;">&lt;0&gt;</a>' in made and "<summary>All 3 rows</summary>" in made
    assert "<h2" in made and "<h2" not in sheet_section(sheet, heading=False)
    assert el("p", "<b>") == "<p>&lt;b&gt;</p>"


def test_a_mark_in_outline_keeps_the_colour_of_its_series_where_it_is_a_mean() -> None:
    assert ".ntrk-plot .mean{" not in series.CSS and ".solid.mean{stroke:var(--paper)" in series.CSS
