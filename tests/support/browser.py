"""A real server and a real browser: `ntrkpath serve` as a process, Chromium through Playwright, and axe-core."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("litestar", reason="needs ntrkpath[server]")
pytest.importorskip("jinja2", reason="needs ntrkpath[server]")

ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2026-11-01"
#: Where pictures of the pages are kept; build output, not committed.
PICTURES = ROOT / "build" / "screenshots"

#: How a page is looked at: name, width, height, colours.
VIEWS = {
    "phone-light": (390, 844, "light"),
    "phone-dark": (390, 844, "dark"),
    "wide-light": (1280, 900, "light"),
    "wide-dark": (1280, 900, "dark"),
}
_ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


@dataclass
class Served:
    """A server that runs: its address, its process and what it wrote."""

    address: str
    process: subprocess.Popen[bytes]
    home: Path

    @property
    def port(self) -> int:
        """The port it listens at."""
        return int(self.address.rpartition(":")[2])

    def written(self) -> str:
        """Return what the server wrote to standard output and error so far."""
        return (self.home / "log").read_text(encoding="utf-8", errors="replace")


def free_port() -> int:
    """Return a port that nothing listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def server(*options: str, environment: dict[str, str] | None = None) -> Iterator[Served]:
    """Yield `ntrkpath serve` on a free port, as a process with an empty home, and end it afterwards."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="ntrkpath-test-") as home:
        (Path(home) / "work").mkdir()
        (Path(home) / "tmp").mkdir()
        surroundings = {**os.environ, "HOME": home, "TMPDIR": str(Path(home) / "tmp"), **(environment or {})}
        command = [sys.executable, "-m", "ntrkpath", "serve", "--port", str(port), "--as-of", AS_OF, *options]
        with (Path(home) / "log").open("wb") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, cwd=Path(home) / "work", env=surroundings
            )
            served = Served(f"http://127.0.0.1:{port}", process, Path(home))
            try:
                _await(served)
                yield served
            finally:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(5)


def _await(served: Served) -> None:
    """Wait until the server decides cases: it holds the question until then, once it listens."""
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(served.address + "/ready", timeout=60) as answer:
                assert answer.status == 200
            return
        except OSError:  # nothing listens yet: asked again, unless the server ends meanwhile
            if time.monotonic() > until:
                raise
        with suppress(subprocess.TimeoutExpired):
            served.process.wait(0.05)
            raise RuntimeError(f"the server ended: {served.written()[-2000:]}")


def chromium() -> str:
    """Return the path of Chromium; the test is skipped where there is none."""
    pytest.importorskip("playwright", reason="needs the package playwright")
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    return found


@contextmanager
def browser() -> Iterator[Any]:
    """Yield Chromium, headless and without any connection of its own."""
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        started = player.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        try:
            yield started
        finally:
            started.close()


@dataclass
class Seen:
    """A page in one view, and what went wrong in it: messages of the console, failed and foreign requests."""

    page: Any
    address: str
    wrong: list[str] = field(default_factory=list)

    def go(self, path: str) -> Any:
        """Open a page of the server and return it, settled."""
        self.page.goto(self.address + path, wait_until="load")
        return self.page


@contextmanager
def view(started: Any, served: Served, name: str = "wide-light", **options: Any) -> Iterator[Seen]:
    """Yield a fresh page in one of ``VIEWS``; requests to anywhere but the server are stopped and noted.

    Args:
        started: The browser.
        served: The server.
        name: One of ``VIEWS``.
        options: More for the context, as ``java_script_enabled=False``.
    """
    width, height, colours = VIEWS[name]
    context = started.new_context(
        viewport={"width": width, "height": height}, color_scheme=colours, reduced_motion="reduce", locale="en-GB",
        accept_downloads=True, has_touch=width < 600, **options,
    )  # fmt: skip
    context.set_default_timeout(45_000)
    page = context.new_page()
    seen = Seen(page, served.address)

    def _routed(route: Any) -> None:
        if route.request.url.startswith((served.address, "data:", "blob:")):
            route.continue_()
        else:
            seen.wrong.append(f"asked elsewhere: {route.request.url}")
            route.abort()

    context.route("**/*", _routed)
    page.on("console", lambda m: seen.wrong.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: seen.wrong.append(f"script: {e}"))
    page.on("response", lambda r: seen.wrong.append(f"{r.status} {r.url}") if r.status >= 500 else None)
    try:
        yield seen
    finally:
        context.close()


def picture(page: Any, name: str) -> None:
    """Keep a picture of the whole page under ``PICTURES``, where NTRKPATH_PICTURES asks for them: no test reads one."""
    if os.environ.get("NTRKPATH_PICTURES"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True, animations="disabled")


@cache
def _axe_core() -> str:
    pytest.importorskip("axe_playwright_python", reason="needs the package axe-playwright-python")
    import axe_playwright_python

    return Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8") + "\n;void 0"


def axe(page: Any) -> list[str]:
    """Return what axe-core finds on a page at WCAG 2.2 level AA, a line for each element; empty where nothing.

    Skipped where the package axe-playwright-python, which carries axe-core, is not installed.
    """
    page.evaluate(_axe_core())
    options = {
        "runOnly": {"type": "tag", "values": _RULES}, "rules": {"target-size": {"enabled": True}},
        "resultTypes": ["violations"],
    }  # fmt: skip
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {node['target']} {node.get('failureSummary', '')}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def spills(page: Any) -> list[str]:
    """Return what makes a page scroll sideways: elements that reach beyond the window and are in no scrolling box."""
    found: list[str] = page.evaluate(
        """() => {
          const wide = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= wide) return [];
          const inBox = (e) => { for (let p = e.parentElement; p; p = p.parentElement) {
            if (p !== document.body && getComputedStyle(p).overflowX !== 'visible') return true; } return false; };
          return [...document.querySelectorAll('body *')]
            .filter((e) => e.getBoundingClientRect().right > wide + 1 && !inBox(e))
            .map((e) => e.tagName.toLowerCase() + '.' + e.getAttribute('class') + ' '
              + (e.textContent || '').slice(0, 40))
            .slice(0, 5).concat(['scrolls sideways']);
        }"""
    )
    return found
