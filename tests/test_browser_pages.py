"""Every page in a real browser: telephone and desk, light and dark, without script, by keyboard, on paper."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import msgspec
import pytest

from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway
from ntrkpath.pathway.examples import published
from ntrkpath.report.html import render_html
from ntrkpath.report.page import page as page_of
from ntrkpath.report.sheet import Report, Row, Sheet
from ntrkpath.report.sheet_forms import report_html, sheet_section
from ntrkpath.server.app import create_app
from ntrkpath.server.kit.settings import Settings
from support.browser import AS_OF, VIEWS, Served, axe, picture, spills, view
from support.web import client
from support.witness import patterns, walk


@pytest.fixture(scope="module")
def addresses() -> list[str]:
    """One address of every route that shows a page."""
    routes = patterns(create_app(Settings(workers=0)).app)
    with client() as web:
        answers = walk(web, routes, each=1)
    return [a for a, answer in answers.items() if answer.headers["content-type"].startswith("text/html")]


def _file(address: str) -> str:
    return re.sub(r"\W+", "-", address).strip("-") or "start"


def test_axe_notices_what_is_wrong(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/about")
        page.evaluate(
            "document.querySelector('main').innerHTML += '<p id=pale>pale</p><img src=/static/mark.svg><input>'"
        )
        page.evaluate("document.getElementById('pale').style.color = '#eee'")
        found = " ".join(axe(page))
    assert "color-contrast" in found and "image-alt" in found and "label" in found


@pytest.mark.parametrize("name", VIEWS)
def test_every_page_in_every_view(name: str, chromium: Any, served: Served, addresses: list[str]) -> None:
    wrong: dict[str, list[str]] = {}
    with view(chromium, served, name) as seen:
        for address in addresses:
            if name == "phone-dark" and address.count("/") > 1:
                continue  # narrow pages and dark colours are each looked at above
            page = seen.go(address)
            found = axe(page) + spills(page)
            headings = page.locator("h1").count()
            found += [f"{headings} headings of the first level"] * (headings != 1)
            found += ["no title"] * (not page.title().strip())
            found += seen.wrong
            seen.wrong.clear()
            if found:
                wrong[address] = found
            picture(page, f"{_file(address)}-{name}")
    assert wrong == {}


def test_every_page_reads_without_script(chromium: Any, served: Served, addresses: list[str]) -> None:
    short: list[str] = []
    with (
        view(chromium, served, java_script_enabled=False) as bare,
        view(chromium, served) as full,
    ):
        for address in addresses:
            texts = [re.sub(r"\s+", " ", seen.go(address).inner_text("main")) for seen in (bare, full)]
            if len(texts[0]) < 0.9 * len(texts[1]):
                short.append(address)
        assert bare.wrong == full.wrong == []
    assert short == []


#: The folded parts whose content is not shown; what a print leaves out as a whole is not among them.
_FOLDED = """() => [...document.querySelectorAll("details")].filter(
  part => part.checkVisibility() && [...part.children].some(
    one => !one.matches("summary, .narrow, .on-screen, .no-print, form, [hidden]") && !one.checkVisibility())
  ).map(part => part.querySelector("summary").textContent)"""


def test_what_is_folded_in_a_file_is_on_paper(chromium: Any, served: Served) -> None:
    edition = load()
    answers = [Pathway(edition, dt.date.fromisoformat(AS_OF)).recommend(published()["L022"].case)]
    rows = tuple(Row(cells=(f"synthetic {i}", str(i))) for i in range(9))
    folded = Sheet(title="Folded", heads=("Name", ">Count"), rows=rows, folded=True)
    report = Report(title="Synthetic", sheets=(folded,), source="synthetic", use=edition.intended_use)
    long = page_of("Synthetic", "", sheet_section(msgspec.structs.replace(folded, folded=False), fold_beyond=5))
    with view(chromium, served) as seen:
        for text in (render_html(answers, edition), report_html(report), long):
            seen.page.emulate_media(media="screen")
            seen.page.set_content(text)
            assert seen.page.evaluate(_FOLDED)
            seen.page.emulate_media(media="print")
            assert seen.page.evaluate(_FOLDED) == []


def test_every_page_can_be_printed(chromium: Any, served: Served, addresses: list[str]) -> None:
    wrong: dict[str, Any] = {}
    with view(chromium, served, "wide-dark") as seen:
        seen.page.emulate_media(media="print")
        seen.page.set_viewport_size({"width": 720, "height": 1000})
        for address in addresses:
            page = seen.go(address)
            found = spills(page)
            found += ["navigation on paper"] * page.locator("header.site").is_visible()
            found += [f"folded on paper: {summary}" for summary in page.evaluate(_FOLDED)]
            # Paper is white also where the screen is dark.
            ground, ink = page.evaluate(
                """() => [getComputedStyle(document.body).backgroundColor,
                  getComputedStyle(document.querySelector('h1')).color]"""
            )
            found += [f"{ink} on {ground}"] * (not _dark(ink) or (_opaque(ground) and _dark(ground)))
            if found:
                wrong[address] = found
            if address.count("/") < 2:
                picture(page, f"{_file(address)}-print")
    assert wrong == {}


def _numbers(colour: str) -> list[float]:
    return [float(n) for n in re.findall(r"[\d.]+", colour)]


def _opaque(colour: str) -> bool:
    numbers = _numbers(colour)
    return len(numbers) < 4 or numbers[3] > 0


def _dark(colour: str) -> bool:
    return sum(_numbers(colour)[:3]) < 3 * 128


def test_every_control_is_reached_by_keyboard_and_shows_it(chromium: Any, served: Served, addresses: list[str]) -> None:
    wrong: dict[str, Any] = {}
    with view(chromium, served) as seen:
        for address in [a for a in addresses if a.count("/") < 2]:
            page = seen.go(address)
            # A page may begin in its first field; the way by keyboard is followed from the top.
            page.evaluate(
                "() => { const b = document.body; b.tabIndex = -1; b.focus(); b.removeAttribute('tabindex'); }"
            )
            page.keyboard.press("Tab")
            first = page.evaluate("() => document.activeElement.textContent.trim()")
            reached, hidden = set(), []
            for _ in range(400):
                told = page.evaluate(
                    """() => { const e = document.activeElement; if (!e || e === document.body) return null;
                      if (!e.dataset.seen) e.dataset.seen = String(Math.random());
                      const s = getComputedStyle(e); const b = e.getBoundingClientRect();
                      return [e.dataset.seen, e.outerHTML.slice(0, 80),
                              s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
                              b.width > 0 && b.height > 0 && b.left >= -1 && b.left < innerWidth]; }"""
                )
                if told is None or told[0] in reached:
                    break
                reached.add(told[0])
                hidden += [told[1]] * (not (told[2] and told[3]))
                page.keyboard.press("Tab")
            missed = page.evaluate(
                """() => [...document.querySelectorAll('a[href],button,input,select,textarea,summary')]
                  .filter((e) => e.checkVisibility({visibilityProperty: true, checkVisibilityCSS: true})
                    && !e.disabled && e.type !== 'hidden'
                    && e.tabIndex >= 0 && !e.dataset.seen && !(e.type === 'radio' && !e.checked))
                  .map((e) => e.outerHTML.slice(0, 80))"""
            )
            if hidden or (missed and len(reached) < 400) or first != "To the content":
                wrong[address] = {"first": first, "no focus to be seen": hidden[:5], "not reached": missed[:5]}
    assert wrong == {}


def test_the_skip_link_leads_to_the_content(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go("/examples")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("() => document.activeElement.id") == "main"


def test_pages_are_light(chromium: Any, served: Served, addresses: list[str]) -> None:
    """A page with everything it needs stays under 300 kB."""
    heavy = {}
    with view(chromium, served) as seen:
        sizes: list[int] = []
        seen.page.on("response", lambda r: sizes.append(len(r.body())) if r.status == 200 else None)
        for address in addresses:
            sizes.clear()
            seen.go(address)
            if sum(sizes) > 300_000:
                heavy[address] = sum(sizes)
    assert heavy == {}


@pytest.mark.parametrize("scale", [2.0])
def test_text_can_be_enlarged(chromium: Any, served: Served, addresses: list[str], scale: float) -> None:
    """At 1280 pixels and double size nothing is lost and nothing scrolls sideways (WCAG 1.4.4, 1.4.10)."""
    wrong = {}
    with view(chromium, served) as seen:
        for address in [a for a in addresses if a.count("/") < 2]:
            page = seen.go(address)
            page.evaluate(f"document.documentElement.style.fontSize = '{100 * scale}%'")
            if found := spills(page):
                wrong[address] = found
    assert wrong == {}
