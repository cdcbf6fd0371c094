"""A run over a cohort that is stopped at any moment goes on, and ends as one run: no row is lost, none stands twice."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pl = pytest.importorskip("polars", reason="needs the extra batch")
pytest.importorskip("pyarrow", reason="needs the extra batch")

from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from ntrkpath import load  # noqa: E402
from ntrkpath.cohort import durable, resume  # noqa: E402
from ntrkpath.cohort.bad_rows import read_bad_rows  # noqa: E402
from ntrkpath.cohort.outcome import Outcome, Progress  # noqa: E402
from ntrkpath.cohort.sources import open_source  # noqa: E402
from ntrkpath.cohort.triage import Triage  # noqa: E402
from ntrkpath.cohort.writing import read_about, scan  # noqa: E402
from ntrkpath.model.errors import CaseError, OutputError  # noqa: E402

DAY = dt.date(2020, 9, 3)
ROWS, PART = 60, 10
#: A run of this size has about so many moments at which it touches the disk.
MOMENTS = 80


class StoppedError(BaseException):
    """The process is gone: nothing of it cleans up any more."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic cohort, some rows of which are bad, one part of which holds no good row."""
    path = tmp_path_factory.mktemp("source") / "in.parquet"
    words = ["GIST", "infantile fibrosarcoma", "IMT", "nothing known"]
    pl.DataFrame(
        {
            "case_id": [f"case {i:03d}" for i in range(ROWS)],
            "histology": ["nothing known" if 20 <= i < 30 else words[i * 7 % 4] for i in range(ROWS)],
            "extent": [[None, "localized", "metastatic"][i % 3] for i in range(ROWS)],
        }
    ).write_parquet(path)
    return path


def run(source: Path, out: Path, **more: Any) -> Outcome:
    return Triage(open_source(str(source), load()), out, load(), DAY, part_rows=PART, missing=False, **more).run()


class Whole(tuple[Any, ...]):
    """What one run comes to: outcome, decided rows, bad rows."""

    def __repr__(self) -> str:
        return "one run"


@pytest.fixture(scope="module")
def whole(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    out = tmp_path_factory.mktemp("whole") / "out"
    outcome = run(source, out)
    assert outcome.bad_rows is not None
    return Whole((outcome, scan(out).collect().to_dicts(), list(read_bad_rows(outcome.bad_rows))))


def check(outcome: Outcome, whole: Whole) -> None:
    assert outcome.about == whole[0].about
    assert scan(outcome.out).collect().to_dicts() == whole[1]
    assert outcome.bad_rows is not None
    assert list(read_bad_rows(outcome.bad_rows)) == whole[2]


def stop_at(moment: int, patch: pytest.MonkeyPatch) -> None:
    """Let the process end at the given moment of those at which it has something on the disk or notes it."""
    left = [moment]
    sync = os.fsync

    def end(handle: int) -> None:
        if left[0] == 0:
            raise StoppedError
        left[0] -= 1
        sync(handle)

    patch.setattr(durable.os, "fsync", end)


@given(moments=st.lists(st.integers(0, MOMENTS), min_size=1, max_size=4), seed=st.integers(0, 2**32))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_run_stopped_at_any_moments_ends_as_one_run(
    moments: list[int], seed: int, source: Path, whole: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("stopped") / "out"
    draw = random.Random(seed)
    for moment in moments:
        with pytest.MonkeyPatch.context() as patch:
            stop_at(moment, patch)
            try:
                check(run(source, out, resume=out.with_name("out.partial").is_dir() and noted(out)), whole)
                return
            except StoppedError:
                if out.exists():  # stopped after the last step: what stands there is whole
                    assert scan(out).collect().to_dicts() == whole[1]
                    assert read_about(out) == whole[0].about
                    return
                lose(out.with_name("out.partial"), draw)
    check(run(source, out, resume=noted(out)), whole)


def noted(out: Path) -> bool:
    return (out.with_name("out.partial") / resume.JOURNAL).is_file()


def lose(work: Path, draw: random.Random) -> None:
    """Lose what a crash may lose: the end of files that no line of the journal speaks of."""
    journal = work / resume.JOURNAL
    told = journal.read_bytes().count(b"\n") - 1 if journal.is_file() else 0
    for path in work.glob("part-*.parquet"):
        if int(path.stem[5:]) >= told and draw.random() < 0.5:
            path.write_bytes(path.read_bytes()[: draw.randint(0, 200)])
    for path in (work / "ids").glob("*"):
        path.write_bytes(b"")


@pytest.mark.parametrize("damage", ["deleted", "truncated", "changed"])
@pytest.mark.parametrize("which", ["part-00000.parquet", "part-00003.parquet", "bad.jsonl"])
def test_what_is_gone_or_changed_since_is_noticed_and_done_again(
    which: str, damage: str, source: Path, whole: Any, tmp_path: Path
) -> None:
    def stop(at: Progress) -> None:
        if at.rows >= 55:
            raise StoppedError

    with pytest.raises(StoppedError):
        run(source, tmp_path / "out", told=stop)
    path = tmp_path / "out.partial" / which
    if damage == "deleted":
        path.unlink()
    else:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(bytes(data) if damage == "changed" else bytes(data[:-1]))
    outcome = run(source, tmp_path / "out", resume=True)
    assert outcome.lost > 0
    check(outcome, whole)


KILLED = """
import datetime, os, pathlib, signal, sys
from ntrkpath import load
from ntrkpath.cohort.sources import open_source
from ntrkpath.cohort.triage import Triage
def told(at):
    if at.rows > 40:
        os.kill(os.getpid(), signal.SIGKILL)
Triage(open_source(sys.argv[1], load()), pathlib.Path(sys.argv[2]), load(), datetime.date(2020, 9, 3), part_rows=10,
       missing=False, told=told).run()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no such signal")
def test_a_run_that_was_killed_goes_on(source: Path, whole: Any, tmp_path: Path) -> None:
    words = [sys.executable, "-c", KILLED, str(source), str(tmp_path / "out")]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    outcome = run(source, tmp_path / "out", resume=True)
    assert outcome.resumed == 40
    check(outcome, whole)


def test_a_part_that_vanishes_during_the_run_is_never_passed_over(source: Path, tmp_path: Path) -> None:
    def remove(at: Progress) -> None:
        if at.rows == ROWS:
            (tmp_path / "out.partial" / "part-00001.parquet").unlink()

    with pytest.raises(OutputError, match="rows are missing"):
        run(source, tmp_path / "out", told=remove)
    assert not (tmp_path / "out").exists()


def test_two_runs_never_work_on_one_output(source: Path, whole: Any, tmp_path: Path) -> None:
    pytest.importorskip("fcntl", reason="this system has no such locks")
    first = Triage(open_source(str(source), load()), tmp_path / "out", load(), DAY, part_rows=PART, missing=False)
    for more in ({}, {"resume": True}):
        with pytest.raises(OutputError, match="another run works"):
            run(source, tmp_path / "out", **more)
    check(first.run(), whole)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "out.about.json", "out.bad.jsonl"]


def test_an_output_is_an_ordinary_data_set(source: Path, whole: Any, tmp_path: Path) -> None:
    from pyarrow import dataset

    run(source, tmp_path / "out")
    ids = [row["case_id"] for row in whole[1]]
    assert pl.read_parquet(tmp_path / "out")["case_id"].to_list() == ids
    assert dataset.dataset(tmp_path / "out").to_table()["case_id"].to_pylist() == ids


def test_every_row_of_the_input_is_in_the_output_or_among_the_bad_rows(source: Path, whole: Any) -> None:
    ids = pl.read_parquet(source)["case_id"].to_list()
    assert sorted([row["case_id"] for row in whole[1]] + [row.case_id for row in whole[2]]) == ids


def test_a_run_whose_journal_is_another_ones_does_not_go_on(source: Path, tmp_path: Path) -> None:
    def stop(at: Progress) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        run(source, tmp_path / "out", told=stop)
    (tmp_path / "out.partial" / resume.JOURNAL).write_text("0" * 64 + "\n")
    with pytest.raises(CaseError, match="another one"):
        run(source, tmp_path / "out", resume=True)
