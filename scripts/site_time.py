"""How long the static site takes in Chromium: `python scripts/site_time.py [DIRECTORY] [RUNS]`, the median of five.

A first answer is timed from the address that is opened to the answer of a case that is typed and sent at once: with an
empty cache, and in a browser that is started anew after an earlier visit. Beside each time stands the processor time
of the whole browser, which says more on a machine that does other work.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]

from benchmarks.frame import tree_seconds  # noqa: E402

from serve_site import made  # noqa: E402

#: Pages beside that of a case, each asked for the first time after the first answer; the longest counts.
FURTHER = ("/guidance", "/examples", "/fusions", "/evidence", "/strategy", "/cohort")
#: What is measured, in the order in which it is printed, with the most seconds that it may take.
BARS = {
    "first answer, empty cache": 6.0, "first answer, full cache": 3.0, "a later answer": 0.1,
    "a further page, asked first": 0.8, "a further page, asked first, after 5 s": 0.1,
}  # fmt: skip
_ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
_ASK = """async ([address, form]) => { const start = performance.now();
  const found = await fetch(address, form ? {method: "POST", body: new URLSearchParams(form)} : {});
  await found.text(); if (!found.ok) throw new Error(address + " " + found.status);
  return (performance.now() - start) / 1000; }"""


@contextmanager
def _browser(player: Any, profile: str) -> Iterator[Any]:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    context = player.chromium.launch_persistent_context(profile, executable_path=found, args=list(_ARGUMENTS))
    context.set_default_timeout(120_000)
    try:
        yield context.pages[0] if context.pages else context.new_page()
    finally:
        context.close()


def _first(page: Any, address: str, profile: str) -> tuple[float, float]:
    """Open the site, send a case, and return the seconds until its answer, and the processor seconds."""
    before, started = tree_seconds(f"--user-data-dir={profile}"), time.perf_counter()
    page.goto(address)
    page.locator("#histology").fill("infantile fibrosarcoma")
    page.get_by_role("button", name="Show the next step").click()
    page.locator(".outcome .case").wait_for()
    return time.perf_counter() - started, tree_seconds(f"--user-data-dir={profile}") - before


def measured(directory: Path, runs: int = 5) -> dict[str, tuple[float, float | None]]:
    """Return the median seconds of what ``BARS`` names, each with the median processor seconds where these are known.

    Args:
        directory: A site that was built.
    """
    from playwright.sync_api import sync_playwright

    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in BARS}
    later = {"f:diagnosis.histology": "GIST", "f:disease.extent": "metastatic"}
    with made(directory, 0) as server, sync_playwright() as player:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        for _ in range(runs):
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
                with _browser(player, profile) as page:
                    taken["first answer, empty cache"].append(_first(page, address, profile))
                    page.wait_for_timeout(5_000)
                for wait in ("", ", after 5 s"):
                    with _browser(player, profile) as page:
                        taken["first answer, full cache"].append(_first(page, address, profile))
                        page.wait_for_timeout(5_000 if wait else 0)
                        longest = max(page.evaluate(_ASK, [other, None]) for other in FURTHER)
                        taken[f"a further page, asked first{wait}"].append((longest, 0))
                        for _ in range(5):
                            taken["a later answer"].append((page.evaluate(_ASK, ["/case", later]), 0))
        server.shutdown()
    return {
        name: (statistics.median(one for one, _ in found), statistics.median(two for _, two in found) or None)
        for name, found in taken.items()
    }


if __name__ == "__main__":
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    for name, (seconds, processor) in measured(Path(sys.argv[1] if len(sys.argv) > 1 else "site"), runs).items():
        told = f", {processor:.1f} s of processor time" if processor else ""
        print(f"{name:<45} {seconds:6.2f} s (bar {BARS[name]:g} s){told}")
    print(f"{runs} runs; load of the machine {os.getloadavg()[0]:.1f}")
