"""Takes every page of the server as pictures and as an accessibility tree, and prints how high each page is.

    python scripts/screenshots.py [WORD ...]

Into `build/screenshots`: a folder for each page with `wide-light.png`, `wide-dark.png`, `phone-light.png`,
`phone-dark.png`, `paper.png` and `tree.txt`; `index.html` shows them side by side, `heights.tsv` is the printed table.
With words, only the pages in whose name one of them stands. Needs Chromium and the package playwright.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from ntrkpath.server.app import create_app  # noqa: E402
from ntrkpath.server.kit.settings import Settings  # noqa: E402
from support.browser import PICTURES, browser, server, view  # noqa: E402
from support.web import client  # noqa: E402
from support.witness import patterns, walk  # noqa: E402

#: How each page is looked at; the screens are those of a desk and of a phone.
_DESK, _PHONE = (1440, 900), (390, 844)
SCREENS = {"wide-light": _DESK, "wide-dark": _DESK, "phone-light": _PHONE, "phone-dark": _PHONE}
READERS = ROOT / "tests" / "data" / "readers"
#: How long one picture may take on a busy machine, in ms.
PATIENCE = 240_000


def _asked(page: Any, histology: str, until: str) -> None:
    page.locator("#histology").fill(histology)
    page.get_by_role("button", name="Show the next step").click()
    page.locator(until).wait_for()


def _started(page: Any) -> None:
    page.locator("#extent").select_option("metastatic")
    _asked(page, "infantile fibrosarcoma", ".outcome h1")


def _misspelt(page: Any) -> None:
    _asked(page, "leiomyosarcoam", "[role=alert]")


def _result(page: Any, button: str) -> None:
    page.locator(button).click()
    page.locator("section.result").wait_for()


def _judged(page: Any) -> None:
    _result(page, "button:has-text('Judge the fusions')")


def _file_judged(page: Any) -> None:
    page.locator("#files").set_input_files(READERS / "arriba_v2.tsv")
    _judged(page)


def _cohort(page: Any) -> None:
    _result(page, "button[value=published]")


def _draws(page: Any) -> None:
    page.locator("svg.ntrk-plot").first.wait_for(state="attached")


def _unfolded(page: Any) -> None:
    page.evaluate("for (const d of document.querySelectorAll('details.fold')) d.open = true")


#: What a reader sees only after a step: name, address, and the step.
STEPS: dict[str, tuple[str, Callable[[Any], None]]] = {
    "case answered": ("/case?new", _started),
    "case misspelt": ("/case?new", _misspelt),
    "case L022 unfolded": ("/examples/L022", _unfolded),
    "fusions of the published cases": ("/fusions?example", _judged),
    "fusions of a file": ("/fusions", _file_judged),
    "cohort of the published cases": ("/cohort", _cohort),
    "strategy with draws": ("/strategy?draws=yes", _draws),
}


def pages() -> dict[str, tuple[str, Callable[[Any], None]]]:
    """Return every page by name: one address of each route, and those that a step leads to."""
    with client() as web:
        answers = walk(web, patterns(create_app(Settings(workers=0)).app), each=1)
    found = [a for a, answer in answers.items() if answer.headers["content-type"].startswith("text/html")]
    return {address: (address, lambda _: None) for address in found} | STEPS


def folder(name: str) -> str:
    """Return the name of a page as the name of a folder."""
    return re.sub(r"\W+", "-", name).strip("-") or "start"


def main(words: list[str]) -> int:
    """Take the pictures and print the heights."""
    wanted = {name: step for name, step in pages().items() if not words or any(word in name for word in words)}
    heights: dict[str, dict[str, int]] = {name: {} for name in wanted}
    with browser() as started, server() as served:
        for screen, size in SCREENS.items():
            with view(started, served, "phone-dark" if screen == "phone-dark" else "wide-light") as seen:
                seen.page.emulate_media(color_scheme=screen.partition("-")[2])
                _sized(seen.page, size)
                for name, (address, step) in wanted.items():
                    page = seen.go(address)
                    step(page)
                    place = PICTURES / folder(name)
                    place.mkdir(parents=True, exist_ok=True)
                    _taken(page, place / f"{screen}.png")
                    heights[name][screen] = page.evaluate("() => document.documentElement.scrollHeight")
                    if screen == "wide-light":
                        tree = page.locator("body").aria_snapshot()
                        (place / "tree.txt").write_text(tree + "\n", encoding="utf-8")
                        _on_paper(page, place / "paper.png", size)
    lines = ["page\t1440 wide\t390 wide"]
    lines += [f"{name}\t{of['wide-light']}\t{of['phone-light']}" for name, of in heights.items()]
    (PICTURES / "heights.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (PICTURES / "index.html").write_text(_index(list(wanted)), encoding="utf-8")
    print("\n".join(line.expandtabs(44) for line in lines))
    print(f"{len(wanted)} pages, {PICTURES / 'index.html'}")
    return 0


def _taken(page: Any, path: Path) -> None:
    page.screenshot(path=path, full_page=True, animations="disabled", timeout=PATIENCE)


def _sized(page: Any, size: tuple[int, int]) -> None:
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))


def _on_paper(page: Any, path: Path, screen: tuple[int, int]) -> None:
    page.emulate_media(media="print")
    _sized(page, (720, 1020))
    _taken(page, path)
    page.emulate_media(media="screen")
    _sized(page, screen)


def _index(names: list[str]) -> str:
    """Return the page that shows the pictures side by side."""
    views = [*SCREENS, "paper"]
    rows = "".join(
        f"<h2>{escape(name)}</h2><p><a href='{folder(name)}/tree.txt'>accessibility tree</a></p><div>"
        + "".join(
            f"<figure><figcaption>{shown}</figcaption><a href='{folder(name)}/{shown}.png'>"
            f"<img src='{folder(name)}/{shown}.png' alt='{escape(name)}, {shown}' loading='lazy'></a></figure>"
            for shown in views
        )
        + "</div>"
        for name in names
    )
    style = (
        "body{font:15px sans-serif;margin:2rem;background:#777;color:#fff}a{color:#fff}"
        "div{display:flex;gap:1rem;align-items:start;overflow-x:auto}figure{margin:0;flex:none}"
        "img{max-height:80vh;max-width:48rem;object-fit:cover;object-position:top}"
    )
    return (
        f"<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>Pages</title><style>{style}</style>"
        f"<h1>{len(names)} pages</h1>{rows}</html>\n"
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
