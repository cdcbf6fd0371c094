"""What every benchmark shares: time by both clocks, and the rows that stand in `docs/reference/speed.md`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
import yaml

ROWS = Path(__file__).with_name("rows.yaml")
MEASURED = Path(__file__).with_name("measured.jsonl")


class Taken(NamedTuple):
    """Seconds of processor time, of all threads and children, and by the clock."""

    processor: float
    clock: float

    def beside(self, other: Taken) -> str:
        """Return how many times as long as another this took, by both."""
        return f"{self.processor / other.processor:.2f} x ({self.clock / other.clock:.2f} x by the clock)"

    def each(self, rows: int) -> str:
        """Return the microseconds a row, by both."""
        return f"{self.processor / rows * 1e6:.2f} us a row ({self.clock / rows * 1e6:.2f} by the clock)"


def best(run: Callable[[], object], times: int = 3) -> Taken:
    """Return the shortest of several runs, by both clocks."""
    found = []
    for _ in range(times):
        before, started = _processor(), time.perf_counter()
        run()
        found.append(Taken(_processor() - before, time.perf_counter() - started))
    return Taken(max(min(one.processor for one in found), 1e-9), min(one.clock for one in found))


def _processor() -> float:
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


def command(*arguments: str) -> tuple[float, int]:
    """Run `ntrkpath` as a process of its own; return its seconds of processor time and its greatest memory in MB.

    Raises:
        SystemExit: It ended with an error.
    """
    program = "from ntrkpath.cli.main import main; main()"
    line = [sys.executable, "-c", program, *arguments]
    running = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"ntrkpath {' '.join(arguments[:2])} ended with {running.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def tree_seconds(root: str) -> float:
    """Return the processor seconds of a process and of all that it started and that still run.

    Args:
        root: Its number, or words of its command that no other process has.
    """
    parents, seconds, found = {}, {}, {root}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
            if not root.isdigit() and root.encode() in (place / "cmdline").read_bytes():
                found.add(place.name)
        except OSError:  # it has ended meanwhile
            continue
        parents[place.name], seconds[place.name] = fields[1], int(fields[11]) + int(fields[12])

    def ours(one: str) -> bool:
        return one in found or (one in parents and ours(parents[one]))

    return sum(spent for one, spent in seconds.items() if ours(one)) / os.sysconf("SC_CLK_TCK")


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the page.

    Args:
        id: Benchmark and figure: ``pathway.cases``.
        what: What is measured, as the page says it.
        unit: ``/s``, ``x``, ``ms``, ``s``, ``MB``, ``%`` and the like.
        bar: The figure to be reached; none: it is shown only.
        sense: Whether the figure is to be at least or at most the bar.
    """

    id: str
    what: str
    unit: str
    bar: float | None = None
    sense: Literal["at_least", "at_most"] = "at_least"

    def met(self, low: float, high: float) -> str:
        """Return whether figures from ``low`` to ``high`` reach the bar: yes, no, in part; nothing without a bar."""
        if self.bar is None:
            return ""
        reached = [one >= self.bar if self.sense == "at_least" else one <= self.bar for one in (low, high)]
        return "yes" if all(reached) else "in part" if any(reached) else "**no**"


class Measured(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was measured of a row: by processor time where the benchmark can, lowest to highest of the repetitions.

    Args:
        row: Its id.
        low: The lowest of the repetitions.
        high: The highest.
        clock: The middle of the repetitions by the clock, where the benchmark measures both.
        times: How many repetitions.
        load: Load of the machine at the start, where it was kept.
        date: The day, YYYY-MM-DD.
        note: What else is to be said.
    """

    row: str
    low: float
    high: float
    date: str
    clock: float | None = None
    times: int = 1
    load: float | None = None
    note: str = ""


def rows() -> dict[str, Row]:
    """Return every row of the page by its id, in their order."""
    listed = msgspec.convert(yaml.safe_load(ROWS.read_text(encoding="utf-8")), list[Row])
    return {row.id: row for row in listed}


#: What the benchmarks of this process have recorded, by row: figure, and figure by the clock.
recorded: dict[str, list[tuple[float, float | None]]] = {}


def record(row: str, figure: float, clock: float | None = None) -> None:
    """Keep a figure of a row for the page.

    Args:
        row: Its id in `rows.yaml`.
        figure: By processor time where the benchmark can.
        clock: The same by the clock.
    """
    assert row in rows(), f"{row}: no row of benchmarks/rows.yaml"
    recorded.setdefault(row, []).append((figure, clock))
