"""The page on speed: made from what the benchmarks recorded; a row that was not measured again keeps its day."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from benchmarks import frame  # noqa: E402
from benchmarks.__main__ import NAMES, measured  # noqa: E402

import docs_speed  # noqa: E402 - beside the product, not in it


def kept() -> list[frame.Measured]:
    return docs_speed.lines(frame.MEASURED.read_bytes())


def test_the_page_is_made_whole_from_what_was_measured() -> None:
    page = docs_speed.PAGE.read_text(encoding="utf-8")
    assert docs_speed.page(kept()) == page, "renew it: python scripts/docs_speed.py"
    assert len(kept()) > 20


def test_a_bar_that_is_missed_without_a_reason_makes_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    missed = [frame.Measured(row="rules.rate", low=1.0, high=1.0, date="2030-01-01")]
    with pytest.raises(ValueError, match=r"rules\.rate: misses its bar"):
        docs_speed.page(missed)
    why = {row.id: msgspec.structs.replace(row, why="it is so.") for row in frame.rows().values()}
    monkeypatch.setattr(docs_speed, "rows", lambda: why)
    assert f"- *{why['rules.rate'].what}*: it is so." in docs_speed.page(missed)
    assert "it is so." not in docs_speed.page([msgspec.structs.replace(missed[0], low=9e9, high=9e9)])


def test_a_reason_is_told_without_figures() -> None:
    assert [row.id for row in frame.rows().values() if re.search(r"\d", row.why)] == []


def test_new_figures_take_the_place_of_their_row_and_the_others_keep_their_day() -> None:
    new = frame.Measured(row="rules.rate", low=3.0, high=4.0, date="2030-01-01", clock=2.5, times=3, load=0.5)
    found = docs_speed.merged(kept(), [new])
    assert [one for one in found if one.row == "rules.rate"] == [new]
    assert [one for one in found if one.row != "rules.rate"] == [one for one in kept() if one.row != "rules.rate"]
    (line,) = (line for line in docs_speed.table(found) if "2030-01-01" in line)
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


def calls(text: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "record"
    ]


def test_every_row_of_the_page_is_recorded_by_a_benchmark_and_every_row_recorded_is_of_the_page() -> None:
    areas = "|".join({row.partition(".")[0] for row in frame.rows()})
    texts = sources()
    named = {row for text in texts.values() for row in re.findall(rf'"((?:{areas})\.[a-z_0-9]+)"', text)}
    assert named == set(frame.rows())
    assert all(calls(text) for text in texts.values())


def test_a_figure_of_processor_time_is_recorded_with_the_clock_beside_it() -> None:
    for name, text in sources().items():
        for call in calls(text):
            row = frame.rows().get(getattr(call.args[0], "value", ""))
            given = sum(2 if isinstance(one, ast.Starred) else 1 for one in call.args[1:])
            assert row is None or given == (2 if row.by == "processor" else 1), f"{name}: {ast.unparse(call)}"
    frame.recorded.clear()
    with pytest.raises(AssertionError, match="by processor"):
        frame.record("rules.rate", 1.0)
    with pytest.raises(AssertionError, match="by no time"):
        frame.record("output.memory", 1.0, 1.0)
    assert not frame.recorded


def test_cases_are_measured_as_drawn_at_random_and_as_a_clinic_refers_them() -> None:
    texts = sources()
    for name in ("pathway", "output"):
        assert "random_case" in texts[name] and "clinic_case" in texts[name]
    assert '("clinic", "random")' in texts["cohort"]
    for row in ("pathway.{}cases", "pathway.{}bytes", "output.{}text", "output.{}html", "output.{}memory"):
        assert {row.format(""), row.format("clinic_")} <= set(frame.rows())
    assert {"cohort.lines", "cohort.lines_random"} <= set(frame.rows())


def test_a_run_tells_load_both_times_and_every_repetition(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    file = tmp_path / "lines.jsonl"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "strategy", "no_such_bench", "--times", "3", "--lines", str(file)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and "no_such_bench failed" in done.stdout
    assert len(re.findall(r"^-- [\d.]+ s of processor time, [\d.]+ s by the clock$", done.stdout, re.MULTILINE)) == 3
    assert len(re.findall(r"ratio [\d.]+ x \([\d.]+ x by the clock\)", done.stdout)) == 3
    assert re.search(r"load [\d.]+ at the start, 3 repetitions", done.stdout)
    assert re.search(r"load [\d.]+ at the end", done.stdout)
    found = {one.row: one for one in docs_speed.lines(file.read_bytes())}
    assert found.keys() == {"strategy.time", "strategy.memory", "strategy.peer"}
    assert all(one.times == 3 and one.load is not None and one.low <= one.high for one in found.values())
    assert {row for row, one in found.items() if one.clock is not None} == {"strategy.time", "strategy.peer"}


def test_of_several_repetitions_the_range_stands_and_the_middle_of_the_clock() -> None:
    found = measured("rules.rate", [(3.0, 9.0, ""), (1.0, 5.0, ""), (2.0, 1.0, "last")], 0.5)
    assert (found.low, found.high, found.clock, found.times, found.load, found.note) == (1.0, 3.0, 5.0, 3, 0.5, "last")
    assert measured("output.memory", [(1.0, None, "")], 0.5).clock is None


def test_a_row_without_figures_says_that_it_was_not_measured() -> None:
    (line,) = (line for line in docs_speed.table([]) if line.startswith("| the slowest page |"))
    assert line == "| the slowest page | not measured | 100 ms |  |  |"
    assert sum("| not measured |" in line for line in docs_speed.table([])) == len(frame.rows())


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
    cohort.keeper("memory", cohort.NAMED["memory"])("cohort.memory", 1.0, 1.0)
    assert frame.recorded.pop("cohort.memory") == [(1.0, 1.0, "")]
    for bench, row in (("memory", "memory"), ("triage", "triage"), ("growth", "growth"), ("spark", "spark")):
        assert f"{cohort.NAMED[bench] // 1_000_000} million" in frame.rows()[f"cohort.{row}"].what
    assert "1 million" in frame.rows()["cohort.agreement"].what and "20,000" in frame.rows()["cohort.lines"].what


def test_a_figure_is_kept_under_its_row_and_no_other() -> None:
    frame.recorded.clear()
    frame.record("rules.rate", 1.0, 2.0)
    assert frame.recorded.pop("rules.rate") == [(1.0, 2.0, "")]
    with pytest.raises(AssertionError, match=r"rows\.yaml"):
        frame.record("no.row", 1.0)
