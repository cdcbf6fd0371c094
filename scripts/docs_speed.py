"""Write `docs/reference/speed.md` from what `make bench` measured; rows not measured anew keep their figures and day.

    python -m benchmarks --lines lines.jsonl && python scripts/docs_speed.py lines.jsonl

Without an argument it writes the page anew from `benchmarks/measured.jsonl`. All that the page says stands in that
file, in `benchmarks/rows.yaml`, in the first lines of the benchmarks, or here.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.__main__ import NAMES  # noqa: E402
from benchmarks.frame import MEASURED, Measured, Row, rows  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "speed.md"
_HEAD = """\
# Speed

What `make bench` measures: each benchmark three times, with empty memories and distinct inputs, beside the load of
the machine. A range is lowest to highest. A figure is of processor time, with the clock beside it; where other
processes do the work, or a reader waits, it is of the clock alone, and says so. What stands beside something else was
measured with it in one run, as a ratio by both. Cases are drawn at random over every key, and as a clinic refers
them, where diagnoses, stages and protocols recur. The machine was a shared one with two cores (CPython 3.11), where
the same run varies by up to two thirds; its load is the number of processes that wanted a processor when the benchmark
began. A row that was not measured again keeps its figures and its day.
"""
_FOOT = """\
`python -m benchmarks NAME... --lines FILE`, then `python scripts/docs_speed.py FILE`, renews the rows of some. Of
cohorts, what takes many minutes is measured only where it is named: `python -m benchmarks.cohort growth spark`.
Cohorts of another size than their row names, and other numbers of cases, are printed and not kept. The registry needs
a PostgreSQL server that writes to the disk, named by `NTRKPATH_BENCH_POSTGRESQL`; `NTRKPATH_BENCH_CASES` are the
cases of its lists. AGFusion is measured where it is installed, in an environment of its own: `pip install
agfusion==1.5.0 pyensembl==2.3.13`, then `python -m benchmarks.fusion`.
"""


def lines(content: bytes) -> list[Measured]:
    """Return what was measured, from JSON lines."""
    return [msgspec.json.decode(line, type=Measured) for line in content.splitlines() if line.strip()]


def merged(before: list[Measured], new: list[Measured]) -> list[Measured]:
    """Return the newest figures of every row, in the order of the page.

    Raises:
        ValueError: A row is not one of the page.
    """
    known = rows()
    found = {one.row: one for one in (*before, *new)}
    if strange := set(found) - set(known):
        raise ValueError(f"no row of benchmarks/rows.yaml: {', '.join(sorted(strange))}")
    return [found[row] for row in known if row in found]


def page(measured: list[Measured]) -> str:
    """Return the whole page."""
    missed = reasons(measured)
    told = ["The bars that are not met, or in part:", "", *missed, ""] if missed else []
    return "\n".join([_HEAD, *table(measured), "", *told, "The benchmarks:", "", *benches(), "", _FOOT])


def table(measured: list[Measured]) -> list[str]:
    """Return every row as a line of the table, below its head; one without figures says so."""
    found = {one.row: one for one in measured}
    shown = [_line(row, found.get(row.id)) for row in rows().values()]
    return ["| what | measured | bar | met | on |", "|---|---|---|---|---|", *shown]


def reasons(measured: list[Measured]) -> list[str]:
    """Return why bars are missed, one line a reason with the rows that it is of.

    Raises:
        ValueError: No reason stands for a row that misses its bar.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for one in measured:
        row = rows()[one.row]
        if row.met(one.low, one.high) in ("", "yes"):
            continue
        if not row.why:
            raise ValueError(f"{row.id}: misses its bar, and benchmarks/rows.yaml does not say why")
        found[row.why].append(row.what)
    return [f"- *{'*; *'.join(of)}*: {why}" for why, of in found.items()]


def benches() -> list[str]:
    """Return what each benchmark says of itself, by the name that `python -m benchmarks` takes."""
    said = {
        name: ast.get_docstring(ast.parse((ROOT / "benchmarks" / f"{name}.py").read_text("utf-8"))) for name in NAMES
    }
    return [f"- `{name}`: {(text or '').splitlines()[0]}" for name, text in said.items()]


def _line(row: Row, one: Measured | None) -> str:
    bar = "" if row.bar is None else f"{_figure(row.bar)} {row.unit}"
    if one is None:
        return f"| {row.what} | not measured | {bar} |  |  |"
    figures = _figure(one.low) if one.low == one.high else f"{_figure(one.low)} to {_figure(one.high)}"
    beside = ["by the clock"] if row.by == "clock" else []
    beside += [f"{_figure(one.clock)} by the clock"] if one.clock is not None else []
    beside += [f"load {one.load:g}"] if one.load is not None else []
    beside += [one.note] if one.note else []
    told = f" ({'; '.join(beside)})" if beside else ""
    return f"| {row.what} | {figures} {row.unit}{told} | {bar} | {row.met(one.low, one.high)} | {one.date} |"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def main() -> None:
    """Merge, write the kept figures, and write the page."""
    new = lines(Path(sys.argv[1]).read_bytes()) if len(sys.argv) > 1 else []
    before = lines(MEASURED.read_bytes()) if MEASURED.is_file() else []
    found = merged(before, new)
    MEASURED.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in found))
    PAGE.write_text(page(found), encoding="utf-8")
    print(f"{len(new)} rows measured anew, {len(found)} of {len(rows())} on the page have figures")


if __name__ == "__main__":
    main()
