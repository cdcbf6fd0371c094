"""The evidence pages and their JSON: the figures of the command line, and one test before and after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from click.testing import CliRunner

pytest.importorskip("scipy", reason="needs ntrkpath[stats]")

from ntrkpath.cli.main import cli
from ntrkpath.evidence import evidence_of
from ntrkpath.guidance import load
from support.web import client

EVIDENCE = evidence_of(load())


@pytest.fixture(scope="module")
def web() -> Iterator[Any]:
    with client() as made:
        yield made


def _cli(*words: str) -> bytes:
    result = CliRunner().invoke(cli, ["evidence", *words, "--format", "json"])
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("tables/1", ["table", "1"]), ("tables/2", ["table", "2"]), ("tables/4", ["table", "4"]),
        ("frequency", ["frequency"]), ("frequency?overlap=all", ["frequency", "--overlap", "all"]),
        ("frequency/gist", ["frequency", "gist"]), ("accuracy", ["accuracy"]), ("accuracy/fish", ["accuracy", "fish"]),
    ],
)  # fmt: skip
def test_the_json_is_that_of_the_command_line(web: Any, address: str, words: list[str]) -> None:
    answer = web.get(f"/api/v1/evidence/{address}")
    assert answer.status_code == 200
    assert answer.content == _cli(*words)


def test_every_group_has_a_page_with_each_study_its_counts_and_a_forest(web: Any) -> None:
    overview = unescape(web.get("/evidence").text)
    for group in EVIDENCE.groups.values():
        assert f'href="/evidence/frequency/{group.id}"' in overview
        shown = unescape(web.get(f"/evidence/frequency/{group.id}").text)
        for study in group.studies:
            assert study.label in shown
            assert f"{study.positive}/{study.tested}" in shown
        assert ('class="ntrk-plot"' in shown) == (len(group.studies) > 1)


def test_every_test_and_table_has_a_page(web: Any) -> None:
    for test in {study.test for study in EVIDENCE.accuracy_studies.values()}:
        shown = unescape(web.get(f"/evidence/accuracy/{test}").text)
        for study in EVIDENCE.accuracy(test):
            assert study.label in shown
    for number in EVIDENCE.tables:
        assert f"Table {number}." in web.get(f"/evidence/tables/{number}").text


@pytest.mark.parametrize("address", ["/evidence/frequency/nope", "/evidence/accuracy/nope", "/evidence/tables/5"])
def test_what_there_is_not_is_not_found(web: Any, address: str) -> None:
    assert web.get(address).status_code == 404
    assert web.get(f"/api/v1{address}").status_code == 404


def test_one_test_reproduces_the_published_predictive_values_at_their_prevalence(web: Any) -> None:
    # 21 of 28 positive, 3,941 of 4,108 negative (clone EPR17341): PPV 11.2 %, NPV 99.8 % at 28 of 4,136.
    asked = {"prevalence": 28 / 4136, "sensitivity": 21 / 28, "specificity": 3941 / 4108}
    found = web.get("/api/v1/evidence/test", params=asked).json()
    assert found["after_positive"] == pytest.approx(0.112, abs=0.0005)
    assert 1 - found["after_negative"] == pytest.approx(0.998, abs=0.0005)
    shown = web.get("/evidence/test", params={name: 100 * value for name, value in asked.items()}).text
    assert "Positive: 11.2 % have a fusion." in shown
    assert "they hold at this prevalence alone" in shown


def test_a_number_that_cannot_be_used_is_said_and_the_rest_shown(web: Any) -> None:
    for value in ("many", "-1", "101", "nan"):
        shown = web.get("/evidence/test", params={"prevalence": value})
        assert shown.status_code == 200
        assert 'role="alert"' in shown.text, value
        assert 'value="0.76"' in shown.text
    assert web.get("/api/v1/evidence/test?prevalence=2&sensitivity=1&specificity=1").status_code == 400


def test_a_comma_is_a_decimal_point(web: Any) -> None:
    assert 'value="2.5"' in web.get("/evidence/test?prevalence=2,5").text


def test_a_result_that_cannot_occur_is_said(web: Any) -> None:
    shown = web.get("/evidence/test?prevalence=0&sensitivity=50&specificity=100").text
    assert "no positive result can occur" in shown


def test_published_figures_lead_to_the_same_page_with_them_filled_in(web: Any) -> None:
    page = web.get("/evidence/test").text
    links = [unescape(link) for link in re.findall(r'href="(/evidence/test\?[^"]+)"', page)]
    assert len(links) > 15
    for link in links:
        assert web.get(link).status_code == 200


def test_the_page_of_panels_names_where_each_answer_was_read(web: Any) -> None:
    shown = unescape(web.get("/evidence/panels").text)
    assert "WNK2::NTRK2" in shown and "doi:10.1016/j.jmoldx.2022.12.004" in shown
    assert "Oncomine Focus" in shown and "<svg" in shown and "<style" not in shown
    assert 'href="/evidence/panels" aria-current="page"' in shown
