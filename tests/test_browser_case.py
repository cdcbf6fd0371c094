"""The flows of a case in a real browser: step by step, by keyboard, without script; dropped in, linked, printed."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ntrkpath import recommend
from ntrkpath.cases.load import decode_json
from support.browser import AS_OF, ROOT, Served, axe, picture, server, spills, view

DAY = dt.date.fromisoformat(AS_OF)
CASES = ROOT / "examples" / "cases"
_CHANGED = "before => { const e = document.querySelector('#case input[name=case]'); return e && e.value !== before }"
#: The name of the field that has the focus, once the page was drawn anew: what an event starts has begun by then.
_DRAWN = (
    "() => new Promise((found) => requestAnimationFrame(() => requestAnimationFrame("
    "() => found(document.activeElement.name))))"
)
READERS = ROOT / "tests" / "data" / "readers"


def _start(page: Any, histology: str, extent: str = "") -> None:
    """Fill in the first form and send it."""
    page.get_by_label("Histology").first.fill(histology)
    if extent:
        page.get_by_label("How far has the disease spread?").select_option(extent)
    page.get_by_role("button", name="Show the next step").click()
    page.wait_for_load_state("load")


def _kept(page: Any, button: str) -> bytes:
    """Return the file that a button of the answer gives."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


def _sound(page: Any, name: str) -> None:
    """Look at a page: nothing found by axe, nothing that spills; keep its picture."""
    assert axe(page) == []
    assert spills(page) == []
    picture(page, name)


@pytest.mark.parametrize("name", ["wide-light", "phone-dark"])
def test_a_case_is_entered_step_by_step(name: str, chromium: Any, served: Served) -> None:
    with view(chromium, served, name) as seen:
        page = seen.go("/")
        _start(page, "infantile fibrosarcoma", "metastatic")
        assert page.url == f"{served.address}/case"
        asked: list[str] = []
        for _ in range(12):
            if page.locator("#asked-later:not([open])").count():
                page.locator("#asked-later > summary").click()
            selects = page.locator("#asked select")
            if selects.count() == 0:
                break
            asked.append(selects.first.get_attribute("name") or "")
            # The first answer that the list offers, given with the pointer.
            value = selects.first.locator("option").nth(1).get_attribute("value")
            before = page.locator("#case input[name=case]").get_attribute("value")
            selects.first.select_option(value)
            if page.locator("#case input[name=case]").get_attribute("value") == before:
                page.get_by_role("button", name="Update the answer").first.click()
            page.wait_for_function(
                _CHANGED,
                arg=before,
            )
        assert len(asked) == len(set(asked)), "a question came twice"
        assert asked
        case = decode_json(_kept(page, "Case file"))
        answer = recommend(case, as_of=DAY)
        assert answer.actions[0].text in re.sub(r"\s+", " ", page.locator(".outcome").inner_text())
        assert json.loads(_kept(page, "JSON"))["actions"][0]["action"] == answer.actions[0].action
        assert seen.wrong == []
        _sound(page, f"flow-entered-{name}")


def test_the_same_answer_without_script(chromium: Any, served: Served) -> None:
    shown = []
    for script in (True, False):
        with view(chromium, served, java_script_enabled=script) as seen:
            page = seen.go("/")
            _start(page, "uterine leiomyosarcoma", "metastatic")
            page.get_by_role("button", name="FISH", exact=True).click()
            page.wait_for_load_state("load")
            page.locator("details[open] select[name='f:tests.0.result']").select_option("positive")
            page.get_by_role("button", name="Update the answer").first.click()
            page.wait_for_function("() => !document.querySelector('.htmx-request')") if script else None
            page.wait_for_load_state("load")
            page.locator(".outcome h1").wait_for()
            page.locator("text=Test 1: FISH").first.wait_for()
            shown.append(re.sub(r"\s+", " ", page.locator(".outcome .answer, .outcome section").first.inner_text()))
            if not script:
                picture(page, "flow-without-script")
            assert seen.wrong == []
    assert shown[0] == shown[1]


def test_a_case_is_entered_by_keyboard_alone(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/")

        def to(selector: str) -> None:
            for _ in range(120):
                if page.evaluate("s => document.activeElement.matches(s)", selector):
                    return
                page.keyboard.press("Tab")
            raise AssertionError(f"not reached by keyboard: {selector}")

        to("#histology")
        page.keyboard.type("GIST")
        to("#extent")
        page.keyboard.type("meta")
        to("form:has(#histology) button")
        page.keyboard.press("Enter")
        page.locator("#case").wait_for()
        # A list of choices is walked through with the arrow keys: the page waits until the field is left.
        to("#asked select")
        name = page.evaluate("() => document.activeElement.name")
        page.evaluate("() => document.addEventListener('htmx:beforeRequest', () => { window.testSent = true })")
        page.keyboard.press("ArrowDown")
        assert page.evaluate(_DRAWN) == name
        assert page.evaluate("() => window.testSent") is None
        page.keyboard.press("ArrowDown")
        chosen = page.evaluate("() => document.activeElement.value")
        before = page.locator("#case input[name=case]").get_attribute("value")
        page.keyboard.press("Tab")
        page.wait_for_function(
            _CHANGED,
            arg=before,
        )
        assert page.evaluate("() => window.testSent") is True
        assert chosen.split(":")[0] in page.locator("#case input[name=case]").get_attribute("value")
        # Focus is not lost when the answer is renewed.
        assert page.evaluate("() => document.activeElement !== document.body")
        # A test that is added is written into at once, and what was unfolded stays so.
        page.locator("summary", has_text="Immunoprofile").press("Enter")
        page.locator("button[value='add:fish']").press("Enter")
        page.wait_for_function("() => document.activeElement.name === 'f:tests.0.result'")
        assert page.locator("#marker").is_visible()
        assert seen.wrong == []


def test_a_typing_error_is_told_and_nothing_is_lost(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/")
        _start(page, "solitry fibrus tumr", "metastatic")
        alert = page.get_by_role("alert")
        assert "solitary fibrous tumor" in alert.inner_text().casefold()
        assert page.locator("select[name='f:disease.extent']").input_value() == "metastatic"
        _sound(page, "flow-typing-error")
        page.locator("input[name='f:diagnosis.histology']").fill("solitary fibrous tumour")
        page.get_by_role("button", name="Update the answer").first.click()
        page.locator(".outcome .case").wait_for()
        assert page.get_by_role("alert").count() == 0


def test_a_refresh_and_the_way_back_keep_what_was_entered(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/")
        _start(page, "GIST")
        before = page.locator("#case input[name=case]").get_attribute("value")
        page.locator("#asked select[name='f:disease.extent']").select_option("metastatic")
        page.wait_for_function(_CHANGED, arg=before)
        kept = "() => document.querySelector('#case input[name=case]')?.value.includes('metastatic')"
        page.reload()
        page.wait_for_function(kept)
        page.get_by_role("link", name="Evidence").click()
        page.wait_for_url("**/evidence")
        page.go_back()
        page.wait_for_function(kept)
        page.get_by_role("link", name="New case").click()
        page.wait_for_url("**/case?new")
        page.locator("#histology").wait_for()
        assert page.locator("#case").count() == 0
        page.go_back()
        page.wait_for_function(kept)
        assert seen.wrong == []


def test_answers_given_in_quick_succession_all_count(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/")
        _start(page, "GIST")
        page.evaluate(
            """() => { for (const [name, value] of [["f:disease.extent", "metastatic"], ["f:disease.surgery_morbidity",
              "severe"]]) { const e = document.querySelector(`#asked [name='${name}']`); e.value = value;
              e.dispatchEvent(new Event("change", { bubbles: true })); } }"""
        )
        page.wait_for_function("() => document.querySelector('#case input[name=case]').value.includes('severe')")
        assert "metastatic" in (page.locator("#case input[name=case]").get_attribute("value") or "")
        assert seen.wrong == []


def test_a_rule_opens_beside_the_case(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/examples/L016")
        with page.context.expect_page() as opened:
            page.locator("#why > summary").click()
            page.locator("#why a.id").first.click()
        opened.value.wait_for_load_state()
        assert "/guidance/rules/" in opened.value.url
        assert page.url.endswith("/examples/L016")


def test_a_case_file_and_what_is_kept_of_the_answer(chromium: Any, served: Served) -> None:
    path = CASES / "L022-eml4-ntrk3-infantile-fibrosarcoma.yaml"
    with view(chromium, served) as seen:
        page = seen.go("/")
        page.locator("#bring > summary").click()
        page.get_by_label("Case file, caller files, or both").set_input_files(path)
        page.get_by_role("button", name="Open", exact=True).click()
        page.locator(".outcome .case").wait_for()
        assert "in frame" in page.locator(".outcome .case").inner_text()
        assert page.locator("svg").count() >= 1
        assert _kept(page, "PDF").startswith(b"%PDF-")
        told = json.loads(_kept(page, "JSON"))
        assert told["case_id"] == "L022" and told["as_of"] == AS_OF
        again = decode_json(_kept(page, "Case file"))
        assert recommend(again, as_of=DAY).actions[0].action == told["actions"][0]["action"]
        assert seen.wrong == []


def test_a_caller_file_is_judged_and_drawn(chromium: Any, served: Served) -> None:
    with view(chromium, served, "phone-light") as seen:
        page = seen.go("/")
        page.locator("#bring > summary").click()
        page.get_by_label("Case file, caller files, or both").set_input_files(READERS / "arriba_v2.tsv")
        page.get_by_label("Histology").last.fill("infantile fibrosarcoma")
        page.get_by_label("The caller files come from").select_option("rna_mps")
        page.get_by_role("button", name="Open", exact=True).click()
        page.locator(".outcome h1").wait_for()
        text = page.locator("main").inner_text()
        assert "NTRK" in text
        assert "productive" in text
        # The next form knows the file without sending it again.
        page.locator("select[name='f:disease.extent']").select_option("metastatic")
        page.get_by_role("button", name="Update the answer").first.click()
        page.wait_for_function("() => document.querySelector('#case input[name=case]').value.includes('metastatic')")
        assert "arriba_v2.tsv" in page.locator("main").inner_text()
        assert seen.wrong == []
        _sound(page, "flow-caller-file-phone-light")


@pytest.mark.parametrize("demo", [False, True])
def test_a_link_carries_the_case_and_the_server_never_sees_it_in_an_address(demo: bool, chromium: Any) -> None:
    with server(*(["--demo"] if demo else [])) as served:
        with view(chromium, served) as seen:
            asked: list[str] = []
            seen.page.context.on("request", lambda request: asked.append(request.url))
            page = seen.go("/case")
            _start(page, "infantile fibrosarcoma", "metastatic")
            first = page.locator(".outcome h1").inner_text()
            page.get_by_role("button", name="Link", exact=True).click()
            link = page.locator("#link input").input_value()
            assert "#case=" in link and link.startswith(served.address)
            other = page.context.new_page()
            other.goto(link)
            other.locator(".outcome .case").wait_for()
            assert other.locator(".outcome h1").inner_text() == first
            assert "#case=" not in other.url
            # The same link followed once more in a page that is open already.
            other.goto(f"{served.address}/case")
            other.evaluate("link => { location.href = link }", link)
            other.locator(".outcome .case").wait_for()
            damaged = page.context.new_page()
            damaged.goto(served.address + "/case#case=%%%")
            assert "damaged" in damaged.get_by_role("alert").inner_text()
            assert seen.wrong == []
        held = link.partition("#case=")[2]
        assert asked and not any(held[:40] in url.partition("#")[0] for url in asked)
        assert held[:40] not in served.written()


def test_nothing_stays_in_the_browser(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/")
        _start(page, "infantile fibrosarcoma", "metastatic")
        kept = page.evaluate(
            """async () => [localStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length,
              document.cookie, (await navigator.serviceWorker.getRegistrations()).length]"""
        )
        assert kept == [0, 0, 0, "", 0]
        # htmx notes the path of the page that is open, which holds nothing of a case.
        assert page.evaluate("() => Object.entries(sessionStorage)") in (
            [],
            [["htmx-current-path-for-history", "/case"]],
        )
        assert page.context.cookies() == []


def test_a_hostile_case_runs_no_script(chromium: Any, served: Served) -> None:
    evil = "<img src=x onerror=alert(1)><svg onload=alert(2)><script>alert(3)</script>{{7*7}}${7*7}"
    case = {
        "id": evil, "source": evil, "diagnosis": {"histology": "infantile fibrosarcoma", "site": evil},
        "tests": [{"method": "rna_mps", "result": "negative", "panel": evil, "specimen": evil}],
    }  # fmt: skip
    with view(chromium, served) as seen:
        dialogs: list[str] = []
        seen.page.on("dialog", lambda d: (dialogs.append(d.message), d.dismiss()))
        page = seen.go("/")
        page.evaluate("document.getElementById('bring').open = true")
        page.evaluate("document.querySelector('form[data-start] details').open = true")
        page.locator("form[data-start] textarea").fill(json.dumps(case))
        page.get_by_role("button", name="Open", exact=True).click()
        page.locator("#case").wait_for()
        page.wait_for_load_state("networkidle")
        assert dialogs == []
        assert "49" not in page.locator("h1").inner_text()
        assert [told for told in seen.wrong if "422" not in told] == []


@pytest.mark.parametrize("name", ["wide-light", "wide-dark", "phone-light", "phone-dark"])
def test_an_answer_is_sound_in_every_view(name: str, chromium: Any, served: Served) -> None:
    with view(chromium, served, name) as seen:
        for ident in ("L015", "L016"):
            page = seen.go(f"/examples/{ident}")
            page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
            _sound(page, f"answer-{ident}-{name}")
        assert seen.wrong == []


def test_an_answer_is_printed_on_one_page(chromium: Any, served: Served, tmp_path: Path) -> None:
    with view(chromium, served, "wide-dark") as seen:
        page = seen.go("/examples/L022")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 720, "height": 1000})
        assert not page.locator("header.site").is_visible()
        assert not page.locator("#case").is_visible()
        assert spills(page) == []
        text = page.locator("main").inner_text()
        heads = ("Patient", "Next", "Steps", "Why", "Caution", "Read and approved", "SHA-256")
        for wanted in (*heads, "not a medical device", AS_OF):
            assert wanted.casefold() in text.casefold(), wanted
        picture(page, "print-answer")
        printed = page.pdf(format="A4", path=tmp_path / "answer.pdf")
        assert printed.startswith(b"%PDF-")
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_a_print_holds_every_caution_and_says_what_it_leaves_out(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/examples/L014")
        every = page.locator("#cautions li").evaluate_all("all => all.map(one => one.querySelector('p').textContent)")
        assert page.get_by_text("Not on this page").is_hidden()
        page.emulate_media(media="print")
        text = page.locator("main").inner_text()
        assert len(every) > 3
        assert [one for one in every if one not in text] == []
        assert "Not on this page: 3 reasons, 15 things to weigh, 6 questions" in text
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) <= 2


def test_an_error_of_the_server_wipes_nothing_out(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/")
        _start(page, "GIST")
        page.locator("#text").evaluate("e => { e.closest('details').open = true; e.value = 'x'.repeat(300000) }")
        page.get_by_role("button", name="Update the answer").first.click()
        alert = page.get_by_role("alert")
        alert.wait_for()
        assert "What was entered is still here" in alert.inner_text()
        assert page.locator("#case").count() == 1
        assert axe(page) == []
        page.locator("#text").evaluate("e => { e.value = '' }")
        page.locator("select[name='f:disease.extent']").select_option("metastatic")
        page.wait_for_function("() => document.querySelector('#case input[name=case]').value.includes('metastatic')")
        alert.wait_for(state="detached")
