"""Bars: the static site in Chromium, as `make site` built it; nothing where it was not built.

python -m benchmarks.static_site [DIRECTORY]
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.frame import record

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

#: Rows of the page by what `scripts/site_time.py` measures.
ROWS = {
    "first answer, empty cache": "site.first",
    "first answer, full cache": "site.again",
    "a later answer": "site.later",
    "a further page, asked first": "site.further",
    "a further page, asked first, after 5 s": "site.warmed",
}


def main(directory: str = "") -> None:
    """Measure and print."""
    from site_time import BARS, measured

    place = Path(directory) if directory else ROOT / "site"
    if not (place / "sw.js").is_file():
        print(f"no site stands in {place}: make site")
        return
    for name, (seconds, processor) in measured(place, 3).items():
        told = f", {processor:.1f} s of processor time" if processor else ""
        print(f"{name:<45} {seconds:6.2f} s (bar {BARS[name]:g} s){told}")
        record(ROWS[name], seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
