"""Run the benchmarks, each three times, and print what `scripts/docs_speed.py` puts into the page.

    python -m benchmarks [NAME...] [--times 3] [--lines FILE]

Every repetition is a process of its own: nothing is remembered from another, and its memory is its own. Standard output
has what each benchmark prints, then its processor time and its time by the clock, at the end one line a row; `--lines`
writes these as JSON lines. The load of the machine stands at the head, at the foot and beside every row, as it was when
its benchmark began: a run beside other work is worth its ratios only. A benchmark that fails is told, the others go on,
and the exit code is 1.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import msgspec

from benchmarks.frame import Figure, Measured, rows, run

NAMES = (
    "rules", "pathway", "startup", "output", "readers", "fusion", "evidence", "cohort", "strategy", "rounds",
    "registry", "server", "static_site", "verify",
)  # fmt: skip


def main() -> int:
    """Run, print, and write the lines; 1 where a benchmark failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--times", type=int, default=3, help="repetitions (3)")
    parser.add_argument("--lines", type=Path, default=None, help="write what was measured as JSON lines")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start, {asked.times} repetitions")
    found: list[Measured] = []
    failed = False
    for name in asked.names:
        try:
            found += repeated(name, asked.times)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - what the others measured is not lost
            print(f"-- {name} failed: {type(error).__name__}: {error}", flush=True)
            failed = True
    print(f"\n{'row':<24}{'low':>14}{'high':>14}{'by the clock':>14}{'load':>6}{'bar':>14}")
    for one in found:
        row = rows()[one.row]
        clock = "" if one.clock is None else f"{one.clock:,.4g}"
        bar = "" if row.bar is None else f"{row.bar:,.4g} {row.unit}"
        figures = f"{one.low:>14,.4g}{one.high:>14,.4g}{clock:>14}{one.load:>6}"
        print(f"{one.row:<24}{figures}{bar:>14}  {row.met(one.low, one.high)}")
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    if asked.lines is not None:
        asked.lines.parent.mkdir(parents=True, exist_ok=True)
        asked.lines.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in found))
    return 1 if failed else 0


def repeated(name: str, times: int) -> list[Measured]:
    """Run a benchmark several times, each in a process of its own, and return what was measured of its rows."""
    load = round(os.getloadavg()[0], 1)
    found: dict[str, list[Figure]] = defaultdict(list)
    for _ in range(times):
        with ProcessPoolExecutor(1, get_context("spawn")) as alone:
            for row, figures in alone.submit(run, name).result().items():
                found[row] += figures
    return [measured(row, figures, load) for row, figures in found.items()]


def measured(row: str, figures: list[Figure], load: float) -> Measured:
    """Return the range of some figures, the middle of the clock, and what was said last."""
    shown, clocks, notes = zip(*figures, strict=True)
    told = [clock for clock in clocks if clock is not None]
    return Measured(
        row=row, low=min(shown), high=max(shown), date=dt.date.today().isoformat(),
        clock=statistics.median(told) if told else None, times=len(shown), load=load, note=notes[-1],
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
