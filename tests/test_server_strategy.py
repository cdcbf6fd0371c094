"""The strategy page and its JSON: shipped strategies compared, with a visitor's own costs and accuracies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from click.testing import CliRunner

from ntrkpath.cli.main import cli
from ntrkpath.model.numbers import amount
from ntrkpath.strategy import compare
from support.web import client


@pytest.fixture(scope="module")
def web() -> Iterator[Any]:
    with client() as made:
        yield made


def test_the_json_is_that_of_the_command_line(web: Any) -> None:
    answer = web.post("/api/v1/strategy/compare", json={"population": "msk2017", "strategies": ["guidance", "rna-all"]})
    words = ["strategy", "compare", "--population", "msk2017", "--strategies", "guidance,rna-all", "--format", "json"]
    assert answer.status_code == 200
    assert answer.content == CliRunner().invoke(cli, words).stdout_bytes


def test_the_page_shows_what_each_strategy_finds_and_that_costs_are_illustrative(web: Any) -> None:
    shown = unescape(web.get("/strategy").text)
    found = compare()
    for row in found.rows:
        assert re.search(
            rf'<th scope="row">{row.name}</th><td[^>]*>[^<]*</td><td[^>]*>{amount(row.outcomes["found"])}</td>', shown
        )
    most = max(found.rows, key=lambda row: row.outcomes["found"])
    assert f"{most.name} finds most" in shown
    assert shown.count("<table") - shown.count("<details") <= 1, "one table, the others folded"
    assert shown.index("ntrk-plot") < shown.index("<table"), "the plane stands on top"
    assert "Costs, times and failure rates are illustrative, without a source" in shown


def test_own_costs_change_the_answer_and_are_named_as_one_s_own(web: Any) -> None:
    shown = unescape(web.get("/strategy", params={"cost.rna_mps": "0.5", "strategy": ["rna-all", "guidance"]}).text)
    assert "Your own: cost of rna mps. All other costs, times and failure rates are illustrative." in shown
    plain, own = (
        web.post("/api/v1/strategy/compare", json={"costs": costs}).json() for costs in ({}, {"rna_mps": 0.5})
    )
    for before, after in zip(plain["rows"], own["rows"], strict=True):
        fewer = before["outcomes"].get("tests:rna_mps", 0) * (9 - 0.5)
        assert after["outcomes"]["cost"] == pytest.approx(before["outcomes"]["cost"] - fewer)
        assert after["outcomes"]["found"] == before["outcomes"]["found"]
    assert plain["costs_are_illustrative"]
    assert own["costs_are_illustrative"] and own["costs"].startswith("illustrative, with your own")


def test_own_accuracy_changes_what_is_found(web: Any) -> None:
    perfect = {"fish": {"sensitivity": 1, "specificity": 1}}
    rows = web.post("/api/v1/strategy/compare", json={"strategies": ["fish-all"], "accuracy": perfect}).json()["rows"]
    plain = web.post("/api/v1/strategy/compare", json={"strategies": ["fish-all"]}).json()["rows"]
    assert rows[0]["outcomes"]["found"] > plain[0]["outcomes"]["found"]
    assert rows[0]["outcomes"]["false_positive"] == 0


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"population": "/etc/passwd"}, "no such name here"),
        ({"strategies": ["../guidance"]}, "no such name here"),
        ({"costs": {"fish": -1}}, "a negative number"),
        ({"costs": {"crystal_ball": 1}}, "no such test"),
        ({"accuracy": {"fish": {"sensitivity": 0.9}}}, "sensitivity and specificity go together"),
        ({"accuracy": {"fish": {"sensitivity": 2, "specificity": 0.5}}}, "a proportion over 1"),
        ({"draws": 1_000_000}, "too many draws"),
        ({"patients": 0}, "not a number of patients"),
        ({"budget": 5}, "unknown field"),
        ({"population": 5}, "Expected"),
    ],
)
def test_what_cannot_be_used_is_said(web: Any, asked: dict[str, Any], problem: str) -> None:
    answer = web.post("/api/v1/strategy/compare", json=asked)
    assert answer.status_code == 422
    assert problem in answer.json()["detail"]


@pytest.mark.parametrize(
    "query", ["population=nowhere", "strategy=nothing", "cost.fish=dear", "cost.fish=nan", "patients=-1"]
)
def test_a_page_that_cannot_be_made_says_why_and_keeps_the_form(web: Any, query: str) -> None:
    answer = web.get(f"/strategy?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "<form" in answer.text


def test_draws_show_how_sure_it_is(web: Any) -> None:
    pytest.importorskip("numpy", reason="needs ntrkpath[stats]")
    shown = web.get("/strategy?draws=yes&strategy=guidance&strategy=none").text
    assert "200 draws of every unsure parameter" in shown
    assert shown.count('class="ntrk-plot"') >= 3
    assert "<style" not in shown


def test_what_may_be_chosen_is_told_to_programs(web: Any) -> None:
    known = web.get("/api/v1/strategy").json()
    assert {"guidance", "rna-all", "none"} <= set(known["strategies"])
    assert {"table1", "msk2017"} <= set(known["populations"])
    assert known["tests"]["fish"][1] == 4.0


def test_only_json_is_read(web: Any) -> None:
    assert web.post("/api/v1/strategy/compare", content=b"a", headers={"content-type": "text/plain"}).status_code == 415
    answer = web.post("/api/v1/strategy/compare", content=b"{", headers={"content-type": "application/json"})
    assert answer.status_code == 422
