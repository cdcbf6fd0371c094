"""What every benchmark shares: time by both clocks, and the rows that stand in `docs/reference/speed.md`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Literal, NamedTuple

import msgspec
import yaml

ROWS = Path(__file__).with_name("rows.yaml")
MEASURED = Path(__file__).with_name("measured.jsonl")
#: Around a process that is measured: it may keep what Python compiles of its modules, as an installed one does.
AROUND = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Taken(NamedTuple):
    """Seconds of processor time, of all threads and children, and by the clock."""

    processor: float
    clock: float

    def beside(self, other: Taken) -> str:
        """Return how many times as long as another this took, by both."""
        return f"{self.processor / other.processor:.2f} x ({self.clock / other.clock:.2f} x by the clock)"

    def over(self, other: Taken) -> tuple[float, float]:
        """Return the ratio to another by both clocks, as `record` takes it."""
        return self.processor / other.processor, self.clock / other.clock

    def rate(self, count: int) -> tuple[float, float]:
        """Return how many a second, by both clocks."""
        return count / self.processor, count / self.clock

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


def middle(run: Callable[[], object], times: int) -> Taken:
    """Return the median of several runs, by both clocks."""
    found = [best(run, 1) for _ in range(times)]
    return Taken(median(one.processor for one in found), median(one.clock for one in found))


#: `ntrkpath`, which tells its greatest memory in kB at its end: the system counts a child's with its parent's.
PROGRAM = """
import sys
from ntrkpath.cli.main import main
try:
    main()
finally:
    print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
"""


def command(*arguments: str) -> tuple[Taken, int]:
    """Run `ntrkpath` as a process of its own; return what it took and its greatest memory in MB.

    Raises:
        SystemExit: It ended with an error.
    """
    line, started = [sys.executable, "-c", PROGRAM, *arguments], time.perf_counter()
    running = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=AROUND)
    assert running.stderr is not None
    told = running.stderr.read().split()
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"ntrkpath {' '.join(arguments[:2])} ended with {running.returncode}")
    return Taken(used.ru_utime + used.ru_stime, time.perf_counter() - started), int(told[-1]) // 1024


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
        by: What the figure is of: processor time, beside which the clock stands; the clock alone, where other processes
            do the work or a reader waits for it; or no time at all (memory, weight, counts).
        why: Why the bar is missed, where it is; without figures, which are measured and not told.
    """

    id: str
    what: str
    unit: str
    bar: float | None = None
    sense: Literal["at_least", "at_most"] = "at_least"
    by: Literal["processor", "clock", "no time"] = "processor"
    why: str = ""

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


#: A figure, the same by the clock, and what else is to be said.
Figure = tuple[float, float | None, str]
#: What the benchmarks of this process have recorded, by row.
recorded: dict[str, list[Figure]] = {}


def record(row: str, figure: float, clock: float | None = None, *, note: str = "") -> None:
    """Keep a figure of a row for the page.

    Args:
        row: Its id in `rows.yaml`.
        figure: By processor time where the benchmark can.
        clock: The same by the clock; given if and only if the row is by processor time.
        note: What else was measured.
    """
    assert row in rows(), f"{row}: no row of benchmarks/rows.yaml"
    assert (clock is not None) == (rows()[row].by == "processor"), f"{row}: by {rows()[row].by}"
    recorded.setdefault(row, []).append((figure, clock, note))


def run(name: str) -> dict[str, list[Figure]]:
    """Run one benchmark once, and return what it recorded."""
    module = import_module(f"benchmarks.{name}")
    print(f"\n== {(module.__doc__ or '').splitlines()[0]}", flush=True)
    sys.argv = [name]
    took = best(module.main, times=1)
    print(f"-- {took.processor:.1f} s of processor time, {took.clock:.1f} s by the clock", flush=True)
    return recorded
