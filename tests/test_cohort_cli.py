"""`ntrkpath cohort`: data on standard output, everything else on standard error, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pl = pytest.importorskip("polars", reason="needs the extra batch")
pytest.importorskip("scipy", reason="needs the extra stats")

from ntrkpath.cli import cohort as module  # noqa: E402
from ntrkpath.cli.main import main  # noqa: E402
from ntrkpath.cohort.outcome import Progress  # noqa: E402


def call(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "c.csv").write_text("id,histology,extent,ward\na,LMS,metastatic,1\nb,LMS,stage IV,1\nc,GIST,,2\n")
    return tmp_path / "c.csv"


def test_triage_tells_counts_notes_and_bad_rows_on_standard_error(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = table.parent / "o.parquet"
    assert call("cohort", "triage", table, out, "--as-of", "2020-09-03") == 65
    told = capsys.readouterr()
    assert told.out == ""
    assert f"2 of 3 rows decided, 1 bad; column ward not read: {out}" in told.err
    assert f"1 bad rows: {out}.bad.jsonl (disease.extent 1)" in told.err


def test_a_cohort_without_a_good_row_ends_with_65(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.csv").write_text("id,histology\na,nothing known\n")
    assert call("cohort", "triage", tmp_path / "c.csv", tmp_path / "o.csv") == 65
    assert "0 of 1 rows decided, 1 bad: nothing is written" in capsys.readouterr().err


def test_input_that_cannot_be_read_and_repeated_ids_end_with_65(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("cohort", "triage", tmp_path / "nothing.csv", tmp_path / "o.csv") == 65
    (tmp_path / "c.csv").write_text("id,histology\na,ES\na,ES\n")
    assert call("cohort", "triage", tmp_path / "c.csv", tmp_path / "o.csv") == 65
    told = capsys.readouterr().err
    assert "no such file" in told and "a in rows 1, 2" in told


def test_wrong_usage_ends_with_2(table: Path) -> None:
    assert call("cohort", "triage", table) == 2
    assert call("cohort", "summarise", "x", "--format", "xml") == 2
    assert call("cohort", "sum") == 2


def test_json_is_one_document(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = table.parent / "a.parquet", table.parent / "b"
    for out in (one, two):
        assert call("cohort", "triage", table, out, "--as-of", "2020-09-03", "--allow-bad") == 0
    capsys.readouterr()
    assert call("cohort", "summarise", one, "--format", "json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["funnel"]["diagnosed"] == 2 and summary["schema"].endswith("cohort-summary-1.json")
    assert call("cohort", "diff", one, two, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["both"] == 2


def test_reports_go_to_a_file_where_asked(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = table.parent / "a.parquet"
    call("cohort", "triage", table, out)
    for words in (("summarise", out), ("diff", out, out)):
        page = table.parent / "page.html"
        assert call("cohort", *words, "--format", "html", "--out", page) == 0
        assert page.read_text().startswith("<!DOCTYPE html>")
        assert capsys.readouterr().out == ""


def test_text_is_the_default(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = table.parent / "a.parquet"
    call("cohort", "triage", table, out)
    capsys.readouterr()
    assert call("cohort", "summarise", out) == 0
    assert "From diagnosed to treated" in capsys.readouterr().out
    assert call("cohort", "diff", out, out) == 0
    assert "2 cases in both" in capsys.readouterr().out


def test_progress_tells_rate_and_time_left(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    bar = module._Bar()
    bar.last -= 11
    bar.show(Progress(1_500_000, 9_000_000, 3, 50_000.0, 150.0))
    bar.show(Progress(1_600_000, 9_000_000, 3, 50_000.0, 148.0))
    bar.end()
    assert capsys.readouterr().err == "1,500,000 of 9,000,000 rows, 50,000 a second, 2 min left, 3 bad\n"


def test_no_error_tells_a_case_more_than_its_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.csv").write_text("id,histology,name\na,ES,Jane Example\nb,nonsense,Jane Example\n")
    call("cohort", "triage", tmp_path / "c.csv", tmp_path / "o.csv")
    assert "Jane" not in capsys.readouterr().err
    assert "Jane" not in (tmp_path / "o.csv.bad.jsonl").read_text() + (tmp_path / "o.csv").read_text()


def test_without_the_extra_the_error_names_it(
    table: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ntrkpath.model import extras

    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    assert call("cohort", "triage", table, table.parent / "o.csv") == 65
    assert "pip install 'ntrkpath[batch]'" in capsys.readouterr().err
