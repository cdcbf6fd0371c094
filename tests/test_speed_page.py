"""The page on speed: made from what the benchmarks recorded; a row that was not measured again keeps its day."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from benchmarks import frame  # noqa: E402
from benchmarks.__main__ import NAMES  # noqa: E402

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


def sources() -> dict[str, str]:
    """Return the benchmarks by the name that `python -m benchmarks` takes."""
    return {name: (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8") for name in NAMES}


def test_every_row_of_the_page_is_recorded_by_a_benchmark_and_every_row_recorded_is_of_the_page() -> None:
    areas = "|".join({row.partition(".")[0] for row in frame.rows()})
    named = {row for text in sources().values() for row in re.findall(rf'"((?:{areas})\.[a-z_0-9]+)"', text)}
    assert named == set(frame.rows())


def test_a_row_without_figures_says_that_it_was_not_measured() -> None:
    (line,) = (line for line in docs_speed.table([]).splitlines() if line.startswith("| the slowest page |"))
    assert line == "| the slowest page | not measured | 100 ms |  |  |"
    shown = docs_speed.table([]).splitlines()
    assert sum("| not measured |" in line for line in shown) == len(frame.rows())


def test_every_benchmark_that_a_page_or_a_docstring_names_can_be_run() -> None:
    places = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.py"), *(ROOT / "scripts").glob("*.py"),
              ROOT / "Makefile", ROOT / "CONTRIBUTING.md", ROOT / "README.md"]  # fmt: skip
    said = "\n".join(place.read_text(encoding="utf-8") for place in places)
    assert re.findall(r"python3? (?:\./)?benchmarks\S*", said) == [], "run as a module: python -m benchmarks.NAME"
    modules = set(re.findall(r"python3? -m (benchmarks(?:\.\w+)*)", said))
    assert {f"benchmarks.{name}" for name in ("rules", "fusion", "evidence", "cohort")} <= modules
    for module in sorted(modules):
        assert importlib.util.find_spec(module) is not None, module
    for module in [*(f"benchmarks.{name}" for name in NAMES), "benchmarks.__main__"]:
        assert callable(importlib.import_module(module).main), module


def test_a_cohort_is_kept_for_the_page_only_at_the_size_that_its_row_names() -> None:
    cohort = pytest.importorskip("benchmarks.cohort", reason="needs the extra batch")
    frame.recorded.clear()
    for bench, rows in cohort.NAMED.items():
        cohort.keeper(bench, rows - 1)(f"cohort.{bench}", 1.0)
    assert not frame.recorded
    cohort.keeper("memory", cohort.NAMED["memory"])("cohort.memory", 1.0)
    assert frame.recorded.pop("cohort.memory") == [(1.0, None)]
    for bench, row in (("memory", "memory"), ("triage", "triage"), ("growth", "growth"), ("spark", "spark")):
        assert f"{cohort.NAMED[bench] // 1_000_000} million" in frame.rows()[f"cohort.{row}"].what
    assert "1 million" in frame.rows()["cohort.agreement"].what and "20,000" in frame.rows()["cohort.lines"].what


def test_a_figure_is_kept_under_its_row_and_no_other() -> None:
    frame.recorded.clear()
    frame.record("rules.rate", 1.0, 2.0)
    assert frame.recorded.pop("rules.rate") == [(1.0, 2.0)]
    with pytest.raises(AssertionError, match=r"rows\.yaml"):
        frame.record("no.row", 1.0)
