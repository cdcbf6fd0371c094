"""Reports of a round: for laboratories and organisers, the same sheets as HTML, PDF, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ntrkpath.cli.main import COMMANDS, cli
from ntrkpath.figures.round_matrix import Meaning, matrix_svg
from ntrkpath.figures.round_places import MOST, Standing, places_svg
from ntrkpath.guidance import load
from ntrkpath.model.errors import RoundError
from ntrkpath.report.rounds_files import files, laboratory_files, score_json
from ntrkpath.report.rounds_laboratory import Reports, laboratory_report
from ntrkpath.report.rounds_organiser import organiser_report, sheets
from ntrkpath.report.rounds_panels import panels_html, panels_text
from ntrkpath.report.rounds_terms import meanings
from ntrkpath.report.rounds_text import score_text
from ntrkpath.report.sheet_forms import report_html
from ntrkpath.rounds.check import check
from ntrkpath.rounds.coverage import coverage
from ntrkpath.rounds.score import Score, score
from ntrkpath.rounds.templates import data_dictionary, example_folder, new_round
from support.rounds import ETV6, fusion, none, write_round

EDITION = load()


@pytest.fixture(scope="module")
def demo() -> Score:
    return score(example_folder())


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, ["rounds", *args], standalone_mode=False)


def test_a_report_needs_nothing_from_elsewhere_and_no_script(demo: Score) -> None:
    pages = [report_html(organiser_report(demo, EDITION)), panels_html(coverage(), EDITION)]
    pages += [report_html(laboratory_report(Reports(demo).of(name), EDITION)) for name in demo.laboratories]
    for page in pages:
        assert "<script" not in page and "<link" not in page and "@import" not in page
        assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page)
        assert page.count("<h1>") == 1 and 'lang="en-GB"' in page
        idents = re.findall(r'\bid="([^"]+)"', page)
        assert len(idents) == len(set(idents))
        assert EDITION.intended_use.split(".")[0] in page


def test_a_synthetic_round_is_called_so_on_every_report(demo: Score) -> None:
    for name in demo.laboratories:
        assert "(synthetic)" in Reports(demo).of(name).title
    assert "(synthetic)" in report_html(organiser_report(demo, EDITION)) and "(synthetic)" in score_text(demo)


def test_the_report_of_a_laboratory_names_no_other_laboratory(demo: Score) -> None:
    for name in demo.laboratories:
        page = report_html(laboratory_report(Reports(demo).of(name), EDITION))
        others = [other for other in demo.laboratories if other != name]
        assert not [other for other in others if re.search(rf"\b{other}\b", page)]


def test_a_laboratory_reads_result_reference_cause_standing_and_what_to_do(demo: Score) -> None:
    report = Reports(demo).of("L07")
    assert [sheet.ident for sheet in report.sheets] == ["results", "standing", "advice"]
    page = report_html(laboratory_report(report, EDITION))
    for part in (
        "WNK2::NTRK2", "partner not on the panel (certain)", "doi:10.1016/j.jmoldx.2022.12.004",
        "a gap in the design that the report does not state", "State in every report that only listed partners",
        "lead to expect",
    ):  # fmt: skip
        assert part in page
    with pytest.raises(RoundError) as error:
        Reports(demo).of("L99")
    assert "L01" in error.value.allowed


def test_the_pdf_of_a_laboratory_is_one_page_and_the_same_bytes_each_time(demo: Score) -> None:
    pytest.importorskip("typst")
    reports = Reports(demo)
    for name in demo.laboratories:
        made = {file: content() for file, content in laboratory_files(reports, name, EDITION, ["pdf"])}
        again = {file: content() for file, content in laboratory_files(reports, name, EDITION, ["pdf"])}
        assert made == again
        (pdf,) = made.values()
        assert isinstance(pdf, bytes) and pdf.startswith(b"%PDF")
        pages = re.findall(rb"/Type\s*/Page\b", pdf)
        assert len(pages) <= 2 if name == "L08" else len(pages) == 1, name


def test_every_format_carries_the_same_results(demo: Score) -> None:
    made = dict(files(demo, EDITION, ["csv", "json", "html"]))
    rows = list(csv.DictReader(io.StringIO(str(made["results.csv"]()))))
    told = json.loads(made["score.json"]())
    assert len(rows) == len(demo.results) == len(told["results"])
    for row, plain, result in zip(rows, told["results"], demo.results, strict=True):
        assert row["outcome"] == plain["outcome"] == result.outcome
        assert (row["laboratory"], row["assay"], row["sample"]) == result.key
    assert told["synthetic"] is True and told["schema"].startswith("ntrkpath-round-score")
    page = str(made["organiser.html"]())
    for sheet in sheets(demo):
        assert f">{sheet.title}<" in page
    assert {f"laboratories/{name}.html" for name in demo.laboratories} <= set(made)
    assert score_json(demo) == score_json(score(example_folder()))


def test_the_matrix_is_read_without_colour_and_without_sight(demo: Score) -> None:
    page = report_html(organiser_report(demo, EDITION))
    svg = page[page.index("<svg") : page.index("</svg>")]
    assert 'role="img"' in svg and "<title" in svg and "<desc" in svg
    for outcome in {one.outcome for one in demo.results}:
        assert meanings()[outcome].says in svg
    assert svg.count("<rect") >= len(demo.results)
    assert "L03 rna, S04: fusion missed" in svg


def test_a_large_matrix_is_drawn_as_areas() -> None:
    rows, columns = [f"L{i}" for i in range(300)], [f"S{i}" for i in range(90)]
    kinds = {"a": Meaning("+", "right", "right"), "b": Meaning("M", "missed", "wrong")}
    cells = {
        (row, column): "b" if (i + j) % 7 == 0 else "a"
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
    }
    svg = matrix_svg(rows, columns, cells, kinds, title="T")
    assert svg.count("<path") == 2 and "<rect" in svg and len(svg) < 600_000
    assert "wrong" in svg


def test_hostile_names_stay_text() -> None:
    bad = "<script>alert(1)</script>"
    kinds = {"a": Meaning("+", bad, "right")}
    svg = matrix_svg([bad], [bad], {(bad, bad): "a"}, kinds, title=bad)
    assert "<script" not in svg
    assert "<script" not in places_svg([Standing(bad, 1, 2, 1.0, 0, 2, False)], title=bad)


def test_of_many_laboratories_those_furthest_below_are_drawn() -> None:
    many = [Standing(f"L{i}", i % 10, 10, 8.0, 5, 10, i % 10 < 5) for i in range(MOST * 2)]
    svg = places_svg(many, title="T")
    assert "L0" in svg and svg.count("<circle") == MOST
    with pytest.raises(ValueError, match="no laboratory"):
        places_svg([], title="T")


def test_a_laboratory_reads_what_became_of_its_appeals(demo: Score) -> None:
    assert "which the log shows" in report_html(laboratory_report(Reports(demo).of("L02"), EDITION))
    assert "Appeals" not in report_html(laboratory_report(Reports(demo).of("L01"), EDITION))


def test_a_hostile_submission_stays_text_in_every_report(tmp_path: Path) -> None:
    rows = [{"sample": "S1", "assay": "a", "result": "positive", "fusion": "<img src=x onerror=alert(1)>"}]
    laboratory = {"laboratory": "L1", "assay": "a", "method": "rna_mps", "panel": "<b>panel</b>"}
    found = score(write_round(tmp_path, {"S1": fusion(ETV6)}, [laboratory], {"L1": rows}, title="<i>round</i>"))
    own = laboratory_report(Reports(found).of("L1"), EDITION)
    for page in map(report_html, (organiser_report(found, EDITION), own)):
        assert "<img" not in page and "<b>panel" not in page and "<i>round" not in page


def test_the_panels_page_gives_every_cell_with_its_reason() -> None:
    seen = coverage()
    page = panels_html(seen, EDITION)
    for one in seen:
        if one.sight.call != "cannot_tell":
            assert one.panel.name in page
    text = panels_text(seen, detailed=False)
    assert "WNK2::NTRK2" in text and "Oncomine Focus" in text
    assert max(map(len, text.splitlines())) <= 110
    told = panels_text(coverage(["WNK2::NTRK2"], ["Oncomine Focus"]), detailed=True)
    assert "not seen" in told and "CANTRK" in told


def test_the_command_is_registered_and_every_part_of_it_helps() -> None:
    assert "rounds" in COMMANDS
    for name in ("new", "check", "score", "report", "panels", "rules", "published"):
        found = CliRunner().invoke(cli, ["rounds", name, "--help"])
        assert found.exit_code == 0 and "Usage" in found.output


def test_a_round_from_nothing_to_its_reports(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    assert run("new", str(folder), "--example").return_value == 0
    assert (tmp_path / "demo-key.csv").is_file() and not list(folder.rglob("*key*"))
    assert run("check", str(folder)).return_value == 0
    told = run("score", str(folder))
    assert told.return_value == 0 and "outside the design" in told.output
    assert run("report", str(folder), "--format", "html", "--format", "csv").return_value == 0
    assert (folder / "reports" / "organiser.html").is_file()
    assert (folder / "reports" / "laboratories" / "L07.html").is_file()
    one = run("report", str(folder), "--laboratory", "L07", "--format", "html", "--out", str(tmp_path / "mine"))
    assert one.return_value == 0 and [p.name for p in (tmp_path / "mine").iterdir()] == ["L07.html"]
    with pytest.raises(RoundError):
        new_round(folder)


def test_a_new_round_is_a_round_that_can_be_checked(tmp_path: Path) -> None:
    new_round(tmp_path / "mine")
    assert check(tmp_path / "mine").ok
    found = score(tmp_path / "mine")
    assert found.results == ()
    assert "round.yaml" in {path.name for path in (tmp_path / "mine").iterdir()}
    kit = (tmp_path / "mine" / "kit" / "data-dictionary.md").read_text(encoding="utf-8")
    assert kit == data_dictionary() and "`limits_stated`" in kit and "`aiom-siapec-2014`" in kit


def test_what_cannot_be_read_gives_65_and_the_rest_comes_out(tmp_path: Path) -> None:
    rows = [{"sample": "S1", "assay": "a", "result": "maybe"}, {"sample": "S2", "assay": "a", "result": "negative"}]
    laboratory = {"laboratory": "L1", "assay": "a", "method": "rna_mps"}
    folder = str(write_round(tmp_path, {"S1": fusion(ETV6), "S2": none()}, [laboratory], {"L1": rows}))
    told = run("score", folder, "--format", "json")
    assert told.return_value == 65
    assert run("score", folder, "--allow-bad").return_value == 0
    assert run("check", folder).return_value == 1
    assert "1 of 1, 100 %" in run("score", folder, "--allow-bad").output


def test_the_change_since_an_earlier_round_is_told(tmp_path: Path) -> None:
    laboratory = {"laboratory": "L1", "assay": "a", "method": "rna_mps"}
    folders = []
    for name, result in (("before", "positive"), ("now", "negative")):
        rows = [{"sample": f"S{i}", "assay": "a", "result": result} for i in range(8)]
        samples = {f"S{i}": none() for i in range(8)}
        folders.append(write_round(tmp_path / name, samples, [laboratory], {"L1": rows}))
    found = score(folders[1], folders[0])
    change = next(one for one in found.changes if one.laboratory == "L1")
    assert (change.before.count, change.now.count) == (0, 8)
    assert change.p is not None and change.p < 0.001
    assert "Change since Test" in report_html(organiser_report(found, EDITION))


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("name", ["rules", "published"])
def test_rules_and_published_figures_are_listed(name: str, form: str) -> None:
    found = run(name, "--format", form)
    assert found.return_value == 0
    assert json.loads(found.output) if form == "json" else found.output
