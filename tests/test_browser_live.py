"""The live page of a case in a real browser: where the reader is after each step, and what an answer on it is worth."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ntrkpath.server.app import create_app
from ntrkpath.server.kit.settings import Settings
from support.browser import ROOT, Served, axe, picture, spills, view
from support.web import client
from support.witness import patterns, walk

READERS = ROOT / "tests" / "data" / "readers"
#: No page is longer than this on a phone.
MOST_HIGH = 8000
#: Whether the answer is marked as not renewed.
_STALE = "() => document.getElementById('workspace').classList.contains('stale')"
_CASE = "() => document.querySelector('#case input[name=case]').value"


def _start(page: Any, histology: str, extent: str = "metastatic") -> None:
    page.locator("#histology").fill(histology)
    page.locator("#extent").select_option(extent)
    page.get_by_role("button", name="Show the next step").click()
    page.locator(".outcome h1").wait_for()
    page.wait_for_load_state("load")


def _renewed(page: Any, word: str) -> None:
    """Wait until the page carries a case that holds a word."""
    page.wait_for_function("word => document.querySelector('#case input[name=case]').value.includes(word)", arg=word)
    page.wait_for_function("() => !document.querySelector('.htmx-request')")


def test_a_first_answer_takes_a_handful_of_keys(chromium: Any, served: Served) -> None:
    """Nothing but the keyboard: the first field has the focus, and Enter asks."""
    with view(chromium, served) as seen:
        for histology, first in (("UPS", ""), ("IFS", "meta"), ("GIST", "meta")):
            page = seen.go("/case?new")
            assert page.evaluate("() => document.activeElement.id") == "histology"
            page.keyboard.type(histology)
            page.keyboard.press("Tab")
            page.keyboard.type(first)
            page.keyboard.press("Enter") if not first else page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.tagName") == "BUTTON":
                page.keyboard.press("Enter")
            else:
                page.locator("form:has(#histology) button.first").press("Enter")
            page.locator(".outcome h1").wait_for()
            assert page.locator(".outcome dl.answer").is_visible()
        assert seen.wrong == []


@pytest.mark.parametrize("name", ["wide-light", "phone-light"])
def test_after_an_update_the_reader_is_at_the_answer(name: str, chromium: Any, served: Served) -> None:
    with view(chromium, served, name) as seen:
        page = seen.go("/case?new")
        _start(page, "GIST")
        last = page.get_by_role("button", name="Update the answer").last
        last.scroll_into_view_if_needed()
        before = page.locator("#asked").inner_text()
        last.click()
        page.wait_for_function("() => document.activeElement.matches('.outcome h1')")
        assert page.evaluate("() => scrollY") == 0
        assert page.locator(".outcome dl.answer").bounding_box()["y"] < page.viewport_size["height"]
        assert page.locator("#asked").inner_text() == before
        assert seen.wrong == []


def test_every_field_renews_the_answer_or_dims_it_until_then(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/case?new")
        _start(page, "infantile fibrosarcoma")
        page.locator("#known > summary").click()
        age = page.locator("#known input[name='f:patient.age'], #asked input[name='f:patient.age']").first
        age.press_sequentially("9 months")
        assert page.evaluate(_STALE)
        assert page.locator(".stale-note").is_visible()
        age.press("Tab")
        _renewed(page, "9 months")
        assert not page.evaluate(_STALE)
        page.mouse.click(5, 5)  # with the pointer a choice counts at once
        extent = page.locator("select[name='f:disease.extent']")
        extent.select_option("localized")
        _renewed(page, "localized")
        assert not page.evaluate(_STALE)
        page.locator("#say-method").select_option("rna_mps")
        page.locator("#say-text").fill("ETV6::NTRK3 in frame")
        assert page.evaluate(_STALE)
        page.locator("#say-text").press("Tab")
        _renewed(page, "ETV6")
        assert "ETV6::NTRK3" in page.locator(".outcome").inner_text()
        assert not page.evaluate(_STALE)
        assert seen.wrong == []


def test_on_a_phone_the_answer_stays_in_view(chromium: Any, served: Served) -> None:
    with view(chromium, served, "phone-light") as seen:
        page = seen.go("/case?new")
        _start(page, "GIST")
        page.locator("#given").scroll_into_view_if_needed()
        page.evaluate("() => scrollTo(0, document.getElementById('given').offsetTop - 400)")
        bar = page.locator("#standing")
        box = bar.bounding_box()
        assert 0 <= box["y"] < 5
        assert len(bar.inner_text()) > 20


def test_a_test_opens_with_what_decides_and_a_fusion_is_one_text(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/case?new")
        _start(page, "uterine leiomyosarcoma")
        page.get_by_role("button", name="pan-TRK IHC", exact=True).click()
        page.wait_for_function("() => document.activeElement.name === 'n:tests.0.percent'")
        shown = page.locator("#test-0 :is(input, select):visible")
        assert shown.count() <= 3
        page.keyboard.type("40")
        page.keyboard.press("Tab")
        _renewed(page, '"percent":40')
        page.get_by_role("button", name="RNA sequencing", exact=True).click()
        page.wait_for_function("() => document.activeElement.name === 'x:tests.1.fusions.0'")
        page.keyboard.type("TPM3 exon 8::NTRK1 exon 10, in frame")
        page.keyboard.press("Tab")
        _renewed(page, "TPM3")
        case = page.evaluate(_CASE)
        assert '"exon_five_prime":8' in case and '"frame":"in_frame"' in case
        assert seen.wrong == []


def test_a_misspelling_is_mended_by_a_click(chromium: Any, served: Served) -> None:
    with view(chromium, served, "phone-light") as seen:
        page = seen.go("/case?new")
        page.locator("#histology").fill("leiomyosarcoam")
        page.get_by_role("button", name="Show the next step").click()
        alert = page.get_by_role("alert")
        assert "ntrkpath histology" not in alert.inner_text()
        alert.get_by_role("button", name="Leiomyosarcoma", exact=True).click()
        page.locator(".outcome dl.answer").wait_for()
        assert page.locator(".outcome h1").inner_text() == "Leiomyosarcoma"
        assert not [told for told in seen.wrong if "422" not in told]


def test_a_caller_file_is_dropped_anywhere(chromium: Any, served: Served) -> None:
    text = (READERS / "arriba_v2.tsv").read_text(encoding="utf-8")
    with view(chromium, served) as seen:
        page = seen.go("/case?new")
        _start(page, "infantile fibrosarcoma")
        page.evaluate(
            """text => { const held = new DataTransfer(); held.items.add(new File([text], "arriba_v2.tsv"));
              document.querySelector("footer").dispatchEvent(
                new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: held})); }""",
            text,
        )
        page.wait_for_function("() => document.activeElement.name === 'level'")
        page.keyboard.press("Tab")
        page.locator("#more-level").select_option("rna_mps")
        _renewed(page, "arriba_v2.tsv")
        assert "arriba_v2.tsv" in page.locator("main").inner_text()
        assert seen.wrong == []


def test_the_answer_is_copied_as_two_lines_or_whole(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = seen.go("/examples/L022")
        for button, lines in (("Copy two lines", 2), ("Copy all", 8)):
            page.get_by_role("button", name=button, exact=True).click()
            page.wait_for_function("() => document.getElementById('kept').textContent === 'Copied.'")
            held = page.evaluate("() => navigator.clipboard.readText()")
            assert len(held.strip().splitlines()) >= lines
            assert "EML4::NTRK3" in held
            page.evaluate("() => { document.getElementById('kept').textContent = ''; }")


def test_the_common_case_prints_on_one_page(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/case?new")
        _start(page, "infantile fibrosarcoma")
        printed = page.pdf(format="A4")
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
        page.emulate_media(media="print")
        text = page.locator("main").inner_text()
        assert "Read and approved" in text and "SHA-256" in text
        picture(page, "flow-printed-case")


def test_no_page_is_longer_than_a_few_screens_and_figures_fit_a_phone(chromium: Any, served: Served) -> None:
    routes = patterns(create_app(Settings(workers=0)).app)
    with client() as web:
        answers = walk(web, routes, each=1)
    pages = [a for a, answer in answers.items() if answer.headers["content-type"].startswith("text/html")]
    high = {}
    with view(chromium, served, "phone-light") as seen:
        page = seen.go("/cohort")
        page.locator("button[value=published]").click()
        page.locator("section.result").wait_for()
        assert page.evaluate("() => document.documentElement.scrollHeight") <= MOST_HIGH
        for address in pages:
            page = seen.go(address)
            if (found := page.evaluate("() => document.documentElement.scrollHeight")) > MOST_HIGH:
                high[address] = found
        page = seen.go("/examples/L022")
        page.locator("#pathway > summary").click()
        assert page.locator("#pathway .path li").count() > 2
        assert not page.locator("#pathway svg").first.is_visible()
        assert axe(page) == []
        assert spills(page) == []
    assert high == {}


def test_examples_are_filtered_by_badge_and_words(chromium: Any, served: Served) -> None:
    with view(chromium, served, java_script_enabled=False) as seen:
        page = seen.go("/examples")
        whole = page.locator(".cards > li").count()
        page.locator("ul.chips a", has_text="differs").click()
        some = page.locator(".cards > li").count()
        assert 0 < some < whole
        assert page.locator(".badge").all_inner_texts() == ["differs"] * some
        page.goto(f"{served.address}/examples?q=NTRK3")
        assert 0 < page.locator(".cards > li").count() < whole
