"""The page on speed: made from what the benchmarks recorded; a row that was not measured again keeps its day."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from benchmarks import frame  # noqa: E402

import docs_speed  # noqa: E402 - beside the product, not in it


def kept() -> list[frame.Measured]:
    return docs_speed.lines(frame.MEASURED.read_bytes())


def test_the_table_of_the_page_is_made_from_what_was_measured() -> None:
    page = docs_speed.PAGE.read_text(encoding="utf-8")
    assert docs_speed.table(kept()) in page, "renew it: python scripts/docs_speed.py"
    assert len(kept()) > 20


def test_new_figures_take_the_place_of_their_row_and_the_others_keep_their_day() -> None:
    new = frame.Measured(row="rules.rate", low=3.0, high=4.0, date="2030-01-01", clock=2.5, times=3, load=0.5)
    found = docs_speed.merged(kept(), [new])
    assert [one for one in found if one.row == "rules.rate"] == [new]
    assert [one for one in found if one.row != "rules.rate"] == [one for one in kept() if one.row != "rules.rate"]
    (line,) = (line for line in docs_speed.table(found).splitlines() if "2030-01-01" in line)
    assert "| 3 to 4 /s (2.5 by the clock; load 0.5) | 200,000 /s | **no** | 2030-01-01 |" in line
    with pytest.raises(ValueError, match=r"rows\.yaml"):
        docs_speed.merged([], [frame.Measured(row="no.row", low=1, high=1, date="2030-01-01")])


def test_a_bar_is_met_wholly_in_part_or_not() -> None:
    least = frame.Row(id="a", what="a", unit="x", bar=5)
    most = frame.Row(id="a", what="a", unit="x", bar=5, sense="at_most")
    assert [least.met(*pair) for pair in ((5, 6), (4, 6), (3, 4))] == ["yes", "in part", "**no**"]
    assert [most.met(*pair) for pair in ((4, 5), (4, 6), (6, 7))] == ["yes", "in part", "**no**"]
    assert frame.Row(id="a", what="a", unit="x").met(1, 2) == ""


def test_every_row_that_a_benchmark_records_is_one_of_the_page() -> None:
    recorded = {
        row
        for module in (ROOT / "benchmarks").glob("*.py")
        for row in re.findall(r'\brecord\("([\w.]+)"', module.read_text(encoding="utf-8"))
    }
    assert recorded <= set(frame.rows())
    assert recorded


def test_a_figure_is_kept_under_its_row_and_no_other() -> None:
    frame.recorded.clear()
    frame.record("rules.rate", 1.0, 2.0)
    assert frame.recorded.pop("rules.rate") == [(1.0, 2.0)]
    with pytest.raises(AssertionError, match=r"rows\.yaml"):
        frame.record("no.row", 1.0)
