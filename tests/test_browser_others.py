"""The flows of the other pages in a real browser: guidance, fusions, evidence, strategies, a cohort."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ntrkpath.server.cohort.page import published_lines
from support.browser import ROOT, Served, axe, picture, spills, view

READERS = ROOT / "tests" / "data" / "readers"


def _sound(page: Any, name: str) -> None:
    assert axe(page) == []
    assert spills(page) == []
    picture(page, name)


def _kept(page: Any, button: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize("script", [True, False])
def test_a_rule_is_found_by_search_and_read(script: bool, chromium: Any, served: Served) -> None:
    with view(chromium, served, "phone-light", java_script_enabled=script) as seen:
        page = seen.go("/guidance")
        page.get_by_role("searchbox").first.fill("NEXT-5")
        page.keyboard.press("Enter")
        page.wait_for_url("**/guidance/**q=NEXT-5*")
        page.locator("main a[href='/guidance/rules/NEXT-5']").first.click()
        page.wait_for_url("**/guidance/rules/NEXT-5")
        assert "confirm that it is in frame" in page.locator("main").inner_text()
        page.locator("main a[href='/guidance/statements/P1-5']").first.click()
        page.wait_for_url("**/guidance/statements/P1-5")
        page.go_back()
        assert "NEXT-5" in page.locator("h1").inner_text()
        assert seen.wrong == []


def test_labels_of_another_day(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/guidance/labels")
        before = page.locator(".lead").first.inner_text()
        page.locator("#date").fill("2018-12-01")
        page.get_by_role("button", name="Show").click()
        page.wait_for_url("**date=2018-12-01*")
        assert page.locator(".lead").first.inner_text() != before
        assert seen.wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_fusions_are_judged_drawn_and_taken_away(script: bool, chromium: Any, served: Served) -> None:
    with view(chromium, served, "wide-light" if script else "phone-dark", java_script_enabled=script) as seen:
        page = seen.go("/fusions")
        page.locator("#files").set_input_files([READERS / "arriba_v2.tsv"])
        page.get_by_role("button", name="Judge the fusions").click()
        page.locator("section.result").wait_for()
        assert "productive" in page.locator("main").inner_text()
        assert page.locator("main svg").count() >= 1
        if script:
            _sound(page, "flow-fusions-wide-light")
        assert json.loads(_kept(page, "JSON"))["events"][0]["verdict"]
        assert b"\t" in _kept(page, "TSV").splitlines()[0]
        assert json.loads(_kept(page, "VICC JSON"))
        assert seen.wrong == []


def test_a_file_that_is_none_is_told_on_the_page(chromium: Any, served: Served, tmp_path: Path) -> None:
    odd = tmp_path / "odd.tsv"
    odd.write_text("no caller writes this\n")
    for address, field, button in (
        ("/fusions", "#files", "Judge the fusions"),
        ("/cohort", "#file", "Decide and sum up"),
    ):
        with view(chromium, served, "phone-light") as seen:
            page = seen.go(address)
            page.locator(field).set_input_files(odd)
            page.get_by_role("button", name=button).click()
            page.wait_for_load_state("load")
            text = page.locator("main").inner_text()
            assert "odd.tsv" in text or "format" in text.casefold()
            assert page.locator(field).count() == 1, "the form is there to try again"
            assert axe(page) == []
            assert not any(told.startswith("5") for told in seen.wrong)


@pytest.mark.parametrize("script", [True, False])
def test_a_test_before_and_after(script: bool, chromium: Any, served: Served) -> None:
    with view(chromium, served, java_script_enabled=script) as seen:
        page = seen.go("/evidence/test")
        before = page.locator("#result").inner_text()
        field = page.locator("input[type=number]").first
        field.fill("35")
        if not script:
            page.get_by_role("button", name="Show").click()
            page.wait_for_load_state("load")
        else:
            page.wait_for_function("before => document.getElementById('result').innerText !== before", arg=before)
        assert page.locator("#result").inner_text() != before
        assert page.locator("#result svg, main svg").count() >= 1
        assert seen.wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_strategies_are_compared_at_other_costs(script: bool, chromium: Any, served: Served) -> None:
    with view(chromium, served, java_script_enabled=script) as seen:
        page = seen.go("/strategy")
        before = page.locator("#result").inner_text()
        field = page.locator("input[type=number][name^='cost.']").last
        field.fill("1")
        if script:
            field.press("Tab")
            page.wait_for_function("before => document.getElementById('result').innerText !== before", arg=before)
        else:
            page.get_by_role("button", name="Compare").click()
            page.wait_for_load_state("load")
        text = page.locator("main").inner_text()
        assert page.locator("#result").inner_text() != before
        assert "illustrative" in text
        assert seen.wrong == []


def test_a_cohort_is_summed_up_and_its_rows_taken_away(chromium: Any, served: Served, tmp_path: Path) -> None:
    pytest.importorskip("polars", reason="needs ntrkpath[batch]")
    cases = tmp_path / "cases.csv"
    cases.write_text(
        "case_id,diagnosis.histology,disease.extent\n"
        "A,infantile fibrosarcoma,metastatic\nB,GIST,localized\nC,no tumour,\n"
    )
    with view(chromium, served) as seen:
        page = seen.go("/cohort")
        page.get_by_role("button", name=re.compile("Try the")).click(no_wait_after=True)
        page.locator("section.result").wait_for(timeout=30_000)
        told = page.locator("section.result").inner_text()
        assert f"{len(published_lines().splitlines())} rows" in told
        assert "not read" not in told, "every column of our own cases is read"
        _sound(page, "flow-cohort-wide-light")
        page.locator("#file").set_input_files(cases)
        page.get_by_role("button", name="Decide and sum up").click()
        page.wait_for_load_state("load")
        text = page.locator("main").inner_text()
        assert "could not be decided" in text or "cases.csv" in text
        assert not any(told.startswith("5") for told in seen.wrong)
