"""The pages of a registry in a real browser, on a real book: found, read, ruled on by keyboard, printed, on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="needs ntrkpath[registry]")

from ntrkpath.guidance import load
from ntrkpath.registry.book import Book
from ntrkpath.registry.entries import Draft, Proposal
from ntrkpath.registry.study.synthetic import fill
from support.browser import Served, axe, picture, server, spills, view
from support.study import protocol

#: A real browser takes minutes: run by `make test-long`.
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a synthetic study and two imported values that wait."""
    folder = tmp_path_factory.mktemp("registry")
    fill(folder, protocol(), load(), 500)
    with Book.open(folder) as opened:
        for one in [s for s in opened.subjects() if s.status == "active"][:2]:
            stands = next(e for e in one.entries if e.kind == "registration")
            body = Proposal(
                proposed={"kind": "registration", "collection": "prospective", "histology_before": "angiosarcoma"},
                stands=stands.seq, differs=("histology_before",), source="import.csv",
            )  # fmt: skip
            opened.append(Draft(site=one.site, subject=one.id, body=body, author="t", request=f"p/{one.id}"))
    return folder


@pytest.fixture(scope="module")
def served(book: Path) -> Iterator[Served]:
    with server("--registry", "--database", str(book)) as running:
        yield running


def first_page(served: Served) -> str:
    """Return the path of the address that the server printed."""
    found = re.search(r"http://127\.0\.0\.1:\d+(/registry/\S+)", served.written())
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", ["wide-light", "wide-dark", "phone-light", "phone-dark"])
def test_every_page_is_sound(name: str, chromium: Any, served: Served) -> None:
    base = first_page(served)
    with view(chromium, served, name) as seen:
        page = seen.go(base)
        page.locator("#flow").wait_for()
        for path in ("", "/worklists", "/worklists?list=to_review", "/subjects?find=S0001", "/imports"):
            page = seen.go(base + path)
            assert axe(page) == []
            assert spills(page) == []
            picture(page, f"registry{path.replace('/', '-').partition('?')[0]}-{name}")
        page = seen.go(base + "/subjects?find=S0001")
        page.locator("tbody a").first.click()
        page.wait_for_url(re.compile(r"/subject\?site="))
        assert axe(page) == [] and spills(page) == []
        assert seen.wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_the_results_come_with_and_without_script(script: bool, chromium: Any, book: Path) -> None:
    with server("--registry", "--database", str(book)) as fresh, view(
        chromium, fresh, java_script_enabled=script
    ) as seen:  # fmt: skip
        page = seen.go(first_page(fresh))
        # A quick machine has the results before the page comes; without script a link leads to them.
        if not script and page.locator("progress").count():
            page.get_by_role("link", name="Show them when they are ready").click()
        page.locator("#flow").wait_for()
        assert "Turnaround" in page.locator("main").inner_text()
        assert seen.wrong == []


def test_an_imported_value_is_ruled_on_by_keyboard(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go(first_page(served) + "/imports")
        assert "2 wait" in page.locator(".lead").inner_text()
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.value") == "take":
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/imports")
        page.get_by_text("1 waits").wait_for()
        assert seen.wrong == []


def test_the_study_prints_without_navigation(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = seen.go(first_page(served))
        page.locator("#flow").wait_for()
        page.emulate_media(media="print")
        assert not page.locator("nav.sections").is_visible()
        assert not page.locator("header.site").is_visible()
        assert page.locator("#flow").is_visible()
        assert page.locator("details:has(#treatment) table").is_visible(), "what is folded on the screen is on paper"
        page.emulate_media(media="screen")
        assert not page.locator("details:has(#treatment) table").is_visible()
