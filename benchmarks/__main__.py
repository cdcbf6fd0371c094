"""Run the benchmarks, each three times, and print what `scripts/docs_speed.py` puts into the page.

    python -m benchmarks [NAME...] [--times 3] [--lines FILE]

Every repetition is a process of its own: nothing is remembered from another, and its memory is its own. Standard output
has what each benchmark prints, then its processor time and its time by the clock, at the end one line a row; `--lines`
writes these as JSON lines. The load of the machine stands at the head and at the foot: a run beside other work is worth
its ratios only. A benchmark that fails is told, the others go on, and the exit code is 1.
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
    load, today = os.getloadavg()[0], dt.date.today().isoformat()
    print(f"{os.cpu_count()} processors, load {load:.1f} at the start, {asked.times} repetitions")
    found: dict[str, list[Figure]] = defaultdict(list)
    failed = []
    for name in asked.names:
        for _ in range(asked.times):
            try:
                with ProcessPoolExecutor(1, get_context("spawn")) as alone:
                    figures = alone.submit(run, name).result()
            except (Exception, SystemExit) as error:  # noqa: BLE001 - what the others measured is not lost
                print(f"-- {name} failed: {type(error).__name__}: {error}", flush=True)
                failed.append(name)
                break
            for ident, some in figures.items():
                found[ident] += some
    lines = [_measured(row, figures, load, today) for row, figures in found.items()]
    print(f"\n{'row':<24}{'low':>14}{'high':>14}{'by the clock':>14}{'bar':>14}")
    for line in lines:
        row = rows()[line.row]
        clock = "" if line.clock is None else f"{line.clock:,.4g}"
        bar = "" if row.bar is None else f"{row.bar:,.4g} {row.unit}"
        print(
            f"{line.row:<24}{line.low:>14,.4g}{line.high:>14,.4g}{clock:>14}{bar:>14}  {row.met(line.low, line.high)}"
        )
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    if asked.lines is not None:
        asked.lines.parent.mkdir(parents=True, exist_ok=True)
        asked.lines.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    return 1 if failed else 0


def _measured(row: str, figures: list[Figure], load: float, today: str) -> Measured:
    shown, clocks, notes = zip(*figures, strict=True)
    told = [clock for clock in clocks if clock is not None]
    return Measured(
        row=row, low=min(shown), high=max(shown), date=today, clock=statistics.median(told) if told else None,
        times=len(shown), load=round(load, 1), note=notes[-1],
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
