"""The evidence command: every form of every view, with its studies, references and intervals."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from ntrkpath.cli.main import EXIT_NO_INPUT, EXIT_USAGE, cli, main
from ntrkpath.evidence import evidence_of
from ntrkpath.guidance import load
from ntrkpath.model.numbers import percent, percent_range

VIEWS = [
    *(["table", str(n)] for n in range(1, 5)),
    ["frequency"],
    ["frequency", "unselected"],
    ["frequency", "unselected", "--overlap", "all"],
    ["frequency", "gist"],
    ["frequency", "imt"],
    ["accuracy"],
    ["accuracy", "pan_trk_ihc"],
    ["accuracy", "dna_mps"],
]


def run(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["evidence", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_the_text_fits_the_terminal_and_is_the_same_twice(view: list[str]) -> None:
    text = run(*view)
    assert max(map(len, text.splitlines())) <= 110
    assert text == run(*view)
    assert not re.search(r"\b(None|nan|inf)\b", text)


@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_json_is_one_document_that_names_the_edition(view: list[str]) -> None:
    document = json.loads(run(*view, "--format", "json"))
    assert document["guideline"]["sha256"] == load().sha256


@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_csv_has_a_line_for_each_row_and_every_study_its_reference(view: list[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(run(*view, "--format", "csv"))))
    assert rows
    for row in rows:
        if row.get("kind") == "study":
            assert row["citation"]
        for low, high in (("exact_low", "exact_high"), ("low", "high"), ("sensitivity_low", "sensitivity_high")):
            if row.get(low) and row.get("unit") != "months":
                assert 0 <= float(row[low]) <= float(row[high]) <= 100


class _Page(HTMLParser):
    void = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.seen: list[str] = []
        self.around: list[dict[str, str | None]] = []
        #: Of every picture the attributes of the boxes that it stands in, from the outermost.
        self.pictures: list[list[dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.ids += [value for key, value in attrs if key == "id" and value]
        assert tag not in ("script", "link", "img")
        if tag not in self.void:
            self.open.append(tag)
            if tag == "svg":
                self.pictures.append([box for box in self.around if "class" in box])
            self.around.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.around.pop()


@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_html_is_one_sound_file_that_loads_nothing(view: list[str]) -> None:
    html = run(*view, "--format", "html")
    page = _Page()
    page.feed(html)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {"caption", "th", "title", "main", "h1"} <= set(page.seen)
    assert not re.search(r"(src|href)=\"(?!#)", html)
    if view[0] == "frequency" and "gist" not in view:
        assert "svg" in page.seen


def test_the_page_of_many_studies_has_a_forest_and_a_funnel_and_that_of_one_has_neither() -> None:
    many, one = run("frequency", "unselected", "--format", "html"), run("frequency", "gist", "--format", "html")
    assert "forest-unselected" in many and "funnel-unselected" in many
    assert "<svg" not in one


def test_every_study_of_table_1_is_printed_with_its_interval() -> None:
    text = run("table", "1")
    for row in evidence_of(load()).table(1).rows:
        assert re.search(rf"{re.escape(row['study'])} .* {row['positive']}/{row['tested']} ", text)
    assert "38.7 to 78.9 %" in text  # Clopper-Pearson of 15 of 25
    assert "Transcription uncertain" in text


def test_the_derived_response_rate_is_said_to_be_derived() -> None:
    text = run("table", "2")
    assert "61/70" in text and "not printed" in text and "only pair" in text


def test_the_overview_has_every_group_and_csv_every_study_of_every_group() -> None:
    evidence = evidence_of(load())
    flat = " ".join(run("frequency").split())
    rows = list(csv.DictReader(io.StringIO(run("frequency", "--format", "csv"))))
    assert len(rows) == sum(len(group.studies) + 1 for group in evidence.groups.values())
    # A group stands by itself, or as a part below another: either way beside its own figures.
    shown = re.findall(r" (\d+/\d+) \d+ ([\d.]+ %)(?:(?! \d+/\d+).)*? Group (\w+)\.", flat)
    shown += re.findall(r": (\d+/\d+), ([\d.]+ %) \([^()]*\); group (\w+)\.", flat)
    pooled = {row["group"]: row for row in rows if row["kind"] != "study"}
    assert sorted(shown) == sorted(
        (f"{row['positive']}/{row['tested']}", percent(float(row["percent"]) / 100), group)
        for group, row in pooled.items()
    )
    assert pooled.keys() == evidence.groups.keys()


def test_overlapping_cohorts_are_said_to_be_pooled_once_or_all() -> None:
    once, every = run("frequency", "unselected"), run("frequency", "unselected", "--overlap", "all")
    assert "Rosen et al. *" in once and "23/3017" in once and "25.8 % higher" in once
    assert "Rosen et al. *" not in every and "39/4145" in every and "18.2 % higher" in every


def test_accuracy_names_every_study_and_why_it_is_not_pooled() -> None:
    evidence = evidence_of(load())
    flat = " ".join(run("accuracy").split())
    for study in evidence.accuracy_studies.values():
        reason = evidence.refused.get(study.id)
        assert reason is None or reason in flat
    assert "predictive value needs the prevalence" in flat


def test_a_wrong_group_or_test_is_an_error_that_lists_the_right_ones(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, allowed in ((["frequency", "sarcomas"], "unselected"), (["accuracy", "biopsy"], "pan_trk_ihc")):
        with pytest.raises(SystemExit) as caught:
            main(["evidence", *arguments])
        assert caught.value.code == EXIT_NO_INPUT
        assert allowed in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["evidence", "table", "5"])
    assert caught.value.code == EXIT_USAGE


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0, "0 %"), (1, "100 %"), (0.00762, "0.76 %"), (0.0123, "1.2 %"), (0.946, "94.6 %"), (0.9977, "99.77 %")],
)
def test_percentages_keep_the_figures_that_count(share: float, shown: str) -> None:
    assert percent(float(share)) == shown


def test_a_range_names_the_percent_once() -> None:
    assert percent_range(0.00507, 0.01145) == "0.51 to 1.1 %"


def test_every_picture_of_a_page_fits_a_narrow_screen_or_can_be_scrolled() -> None:
    page = _Page()
    page.feed(run("frequency", "unselected", "--format", "html"))
    boxes = [[box["class"] for box in around] for around in page.pictures]
    assert boxes == [["drawn", "wide"], ["drawn", "narrow"], ["scroll"]] and page.seen.count("figure") == 2
    (scrolled,) = page.pictures[-1]
    assert (scrolled["tabindex"], scrolled["role"]) == ("0", "region") and scrolled["aria-label"]


def test_the_part_of_a_row_is_not_told_twice() -> None:
    text = run("table", "1")
    assert "IMT: IMT" not in text and "(other): Sarcomas (other)" not in text
    assert "quad-negative tumors: GIST" in text


def test_a_printed_predictive_value_stands_with_its_prevalence() -> None:
    for row in csv.DictReader(io.StringIO(run("accuracy", "--format", "csv"))):
        if "PPV" in row["note"] or "NPV" in row["note"]:
            assert "prevalence of 0.68 %" in row["note"]
