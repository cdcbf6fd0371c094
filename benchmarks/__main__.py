"""Run the benchmarks, each three times, and print what `scripts/docs_speed.py` puts into the page.

    python -m benchmarks [NAME...] [--times 3] [--lines FILE]

Standard output has what each benchmark prints, then its processor time and its time by the clock, at the end one line a
row; `--lines` writes these as JSON lines. The load of the machine stands at the head and at the foot: a run beside
other work is worth its ratios only.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import sys
from importlib import import_module
from pathlib import Path

import msgspec

from benchmarks.frame import Measured, best, recorded, rows

NAMES = (
    "rules", "pathway", "startup", "output", "readers", "fusion", "evidence", "cohort", "strategy", "rounds",
    "registry", "server", "static_site", "verify",
)  # fmt: skip


def main() -> None:
    """Run, print, and write the lines."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--times", type=int, default=3, help="repetitions (3)")
    parser.add_argument("--lines", type=Path, default=None, help="write what was measured as JSON lines")
    asked = parser.parse_args()
    load, today = os.getloadavg()[0], dt.date.today().isoformat()
    print(f"{os.cpu_count()} processors, load {load:.1f} at the start, {asked.times} repetitions")
    for name in asked.names:
        module = import_module(f"benchmarks.{name}")
        print(f"\n== {(module.__doc__ or '').splitlines()[0]}", flush=True)
        sys.argv = [name]
        for _ in range(asked.times):
            took = best(module.main, times=1)
            print(f"-- {took.processor:.1f} s of processor time, {took.clock:.1f} s by the clock", flush=True)
    lines = [_measured(row, figures, load, today) for row, figures in recorded.items()]
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


def _measured(row: str, figures: list[tuple[float, float | None]], load: float, today: str) -> Measured:
    clocks = [clock for _, clock in figures if clock is not None]
    shown = [figure for figure, _ in figures]
    return Measured(
        row=row, low=min(shown), high=max(shown), date=today, clock=statistics.median(clocks) if clocks else None,
        times=len(shown), load=round(load, 1),
    )  # fmt: skip


if __name__ == "__main__":
    main()
