"""Put what `make bench` measured into `docs/reference/speed.md`; other rows keep their figures and their date.

    python -m benchmarks --lines lines.jsonl && python scripts/docs_speed.py lines.jsonl

Without an argument it makes the table anew from `benchmarks/measured.jsonl`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.frame import MEASURED, Measured, Row, rows  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "speed.md"
_TABLE = re.compile(
    r"(?<=<!-- measured: made by scripts/docs_speed.py -->\n).*?(?=<!-- end of measured -->)", re.DOTALL
)


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


def table(measured: list[Measured]) -> str:
    """Return every row as a table of the page; one without figures says so."""
    found = {one.row: one for one in measured}
    shown = [_line(row, found.get(row.id)) for row in rows().values()]
    return "\n".join(["", "| what | measured | bar | met | on |", "|---|---|---|---|---|", *shown, "", ""])


def _line(row: Row, one: Measured | None) -> str:
    bar = "" if row.bar is None else f"{_figure(row.bar)} {row.unit}"
    if one is None:
        return f"| {row.what} | not measured | {bar} |  |  |"
    figures = _figure(one.low) if one.low == one.high else f"{_figure(one.low)} to {_figure(one.high)}"
    beside = [f"{_figure(one.clock)} by the clock"] if one.clock is not None else []
    beside += [f"load {one.load:g}"] if one.load is not None else []
    beside += [one.note] if one.note else []
    told = f" ({'; '.join(beside)})" if beside else ""
    return f"| {row.what} | {figures} {row.unit}{told} | {bar} | {row.met(one.low, one.high)} | {one.date} |"


def _figure(figure: float) -> str:
    """Return a figure to three digits, a large one in groups."""
    return f"{figure:,.0f}" if abs(figure) >= 1000 else f"{figure:.3g}"


def main() -> None:
    """Merge, and write the page."""
    before = lines(MEASURED.read_bytes())
    new = [one for name in sys.argv[1:] for one in lines(Path(name).read_bytes())]
    found = merged(before, new)
    MEASURED.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in found))
    PAGE.write_text(_TABLE.sub(lambda _: table(found), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{len(new)} rows measured anew, {len(found)} of {len(rows())} on the page have figures")


if __name__ == "__main__":
    main()
