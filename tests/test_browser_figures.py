"""The drawings on a phone and on a desk in a real browser: each fits its screen, is cut nowhere, and can be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.browser import ROOT, Served, view

READERS = ROOT / "tests" / "data" / "readers"
#: Smallest text of a drawing as it is shown, in px: on a phone, and on a desk, where figure 2 fills the page.
LEAST, LEAST_ON_A_DESK = 11.0, 9.5
#: What of a drawing reaches beyond the window or its own edges, and which of its text is too small to read.
_LOOKED_AT = """least => {
  const found = [];
  for (const svg of document.querySelectorAll('main svg[role=img]')) {
    const box = svg.getBoundingClientRect();
    if (!box.width) continue;
    const name = svg.id || svg.querySelector('title')?.textContent;
    found.push(['seen', name]);
    if (box.right > document.documentElement.clientWidth + 1 || box.left < -1) found.push(['beyond the window', name]);
    for (let p = svg.parentElement; p && p.tagName !== 'MAIN'; p = p.parentElement)
      if (p.scrollWidth > p.clientWidth + 1 && getComputedStyle(p).overflowX !== 'visible')
        found.push(['scrolled', name]);
    for (const text of svg.querySelectorAll('text')) {
      const at = text.getScreenCTM(), size = parseFloat(getComputedStyle(text).fontSize) * Math.hypot(at.a, at.b);
      const here = text.getBoundingClientRect();
      if (size < least) found.push(['small', name, text.textContent, size]);
      if (here.left < box.left - 1 || here.right > box.right + 1) found.push(['cut', name, text.textContent]);
    }
  }
  return found; }"""


def _unfolded(page: Any) -> None:
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")


def _judged(page: Any) -> None:
    page.locator("#files").set_input_files([READERS / "arriba_v1.tsv", READERS / "arriba_v2.tsv"])
    page.get_by_role("button", name="Judge the fusions").click()
    page.locator("section.result").wait_for()
    _unfolded(page)


def _cohort(page: Any) -> None:
    page.locator("button[value=published]").click()
    page.locator("section.result").wait_for()


#: Address, what leads to the drawings, and how many there are at least.
PAGES: dict[str, tuple[str, Callable[[Any], None], int]] = {
    "pathway, probability and time of a case": ("/examples/L015", _unfolded, 2),
    "fusions": ("/fusions", _judged, 2),
    "figure 2": ("/guidance/figure", _unfolded, 1),
    "figure 2 with the lines of a rule": ("/guidance/rules/TREAT-16", _unfolded, 1),
    "labels in time": ("/guidance/labels", _unfolded, 1),
    "frequencies": ("/evidence", _unfolded, 1),
    "frequency in a group": ("/evidence/frequency/infantile_fibrosarcoma", _unfolded, 1),
    "accuracy": ("/evidence/accuracy/pan_trk_ihc", _unfolded, 1),
    "one test": ("/evidence/test", _unfolded, 1),
    "strategies with draws": ("/strategy?draws=yes", _unfolded, 4),
    "a cohort": ("/cohort", _cohort, 2),
}


@pytest.mark.parametrize("width", [360, 390, 1440])
@pytest.mark.parametrize("name", PAGES)
def test_a_drawing_fits_its_screen_and_can_be_read(name: str, width: int, chromium: Any, served: Served) -> None:
    address, step, least = PAGES[name]
    with view(chromium, served, "phone-light" if width < 600 else "wide-light") as seen:
        seen.page.set_viewport_size({"width": width, "height": 844})
        page = seen.go(address)
        step(page)
        found = page.evaluate(_LOOKED_AT, LEAST if width < 600 else LEAST_ON_A_DESK)
        assert [one for one in found if one[0] != "seen"] == []
        assert len(found) >= least
        assert seen.wrong == []


def test_of_two_layouts_of_a_drawing_one_is_shown_and_told(chromium: Any, served: Served) -> None:
    for width in (390, 1440):
        with view(chromium, served) as seen:
            seen.page.set_viewport_size({"width": width, "height": 844})
            page = seen.go("/evidence")
            assert page.locator(".drawn svg").count() == 2 * page.locator(".drawn").count()
            assert page.locator(".drawn svg:visible").count() == page.locator(".drawn").count()
            assert page.get_by_role("img").count() == page.locator(".drawn").count()


def test_paper_has_the_wide_drawing(chromium: Any, served: Served) -> None:
    with view(chromium, served, "phone-light") as seen:
        page = seen.go("/evidence")
        page.emulate_media(media="print")
        assert page.locator(".drawn .wide svg").first.is_visible()
        assert not page.locator(".drawn .narrow svg").first.is_visible()
