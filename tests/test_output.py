"""What a command writes: whole or not at all, to a file, a pipe or a terminal; and nothing that a terminal obeys."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.cli.output import write
from ntrkpath.cohort.dialects import DIALECTS
from ntrkpath.cohort.regular_files import regular
from ntrkpath.model.errors import InputError, OutputError
from ntrkpath.model.printable import printable

CASE = 'id: "L{}"\ndiagnosis: {{histology: infantile fibrosarcoma}}\n'
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(CASE.format(1))
    return path


def run(*words, **kwargs):
    return subprocess.run(
        [sys.executable, "-m", "ntrkpath", *map(str, words)], capture_output=True, check=False, **kwargs
    )  # fmt: skip


def names(directory):
    return sorted(path.name for path in directory.iterdir())


def test_a_file_holds_all_that_was_written(tmp_path):
    out = tmp_path / "out"
    write(["a", b"\xff", "é\n"], out)
    assert out.read_bytes() == b"a\xff\xc3\xa9\n"
    assert names(tmp_path) == ["out"]


def test_a_file_keeps_its_old_content_where_the_new_breaks_off(tmp_path):
    out = tmp_path / "out"
    out.write_text("old")

    def chunks():
        yield "new"
        raise ValueError

    with pytest.raises(ValueError):
        write(chunks(), out)
    assert out.read_text() == "old"
    assert names(tmp_path) == ["out"]


def test_no_chunk_touches_nothing(tmp_path):
    write([], tmp_path / "out")
    assert not names(tmp_path)


def test_a_link_still_points_to_the_file_that_was_replaced(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    write("new", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("out", ["absent/out", "."])
def test_an_output_that_cannot_be_written_is_one_error(tmp_path, out):
    with pytest.raises(OutputError) as caught:
        write("x", tmp_path / out)
    assert caught.value.where
    assert caught.value.remedy


@needs_full
def test_a_full_device_is_an_error_of_the_output():
    with pytest.raises(OutputError):
        write("x", FULL)


@needs_full
@pytest.mark.parametrize(
    "words",
    [
        ["recommend", "CASE"], ["recommend", "CASE", "--format", "json"], ["--help"],
        ["guideline", "show", "actions"], ["histology", "GIST"],
    ],
)  # fmt: skip
def test_every_command_ends_with_74_on_a_full_disk_and_says_so_in_one_line(case, words):
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ntrkpath", *(str(case) if w == "CASE" else w for w in words)],
            stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert done.returncode == 74
    assert done.stderr.count(b"\n") == 1


@needs_full
def test_out_to_a_full_device_ends_with_74(case):
    assert run("recommend", case, "--out", FULL).returncode == 74


def test_a_closed_pipe_ends_quietly(case):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "ntrkpath", "recommend", str(case)], stdout=pipe, stderr=subprocess.PIPE, check=False
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_disk_that_takes_no_more_leaves_the_old_file(case, tmp_path):
    resource = pytest.importorskip("resource", reason="this system limits no file sizes")
    out = tmp_path / "out.txt"
    out.write_text("old")

    def little():
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))

    done = run("recommend", case, "--out", out, preexec_fn=little)
    assert done.returncode == 74
    assert out.read_text() == "old"
    assert names(tmp_path) == ["case.yaml", "out.txt"]


@given(st.text())
def test_printable_text_holds_nothing_that_a_terminal_obeys_and_loses_no_other_character(text):
    shown = printable(text)
    assert all(c in "\t\n" or ord(c) >= 32 for c in shown)
    assert not any("\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" for c in shown)
    assert printable(shown) == shown
    if text.isprintable():
        assert shown == text
    shown.encode()


@pytest.mark.parametrize("words", [["histology"], ["recommend"], ["guideline", "show"], ["fusions"]])
def test_an_escape_sequence_of_the_user_never_reaches_the_terminal(tmp_path, words):
    done = run(*words, "\x1b]0;owned\x07\x1b[2Jx", cwd=tmp_path)
    assert not {0x1B, 0x07} & set(done.stdout + done.stderr)


def test_an_escape_sequence_in_the_name_of_a_folder_never_reaches_the_terminal(tmp_path):
    without_look_ups = (  # which take ten seconds; every script is written and named all the same
        "import sys; from ntrkpath.cohort import sql; from ntrkpath.cli.main import main\n"
        "sql.catalogue_tables = lambda edition: {}\n"
        "main(['cohort', 'sql', sys.argv[1]])\n"
    )
    folder = "\x1b]0;owned\x07\x1b[2Jx"
    command = [sys.executable, "-c", without_look_ups, folder]
    done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path)
    assert done.returncode == 0
    scripts = sorted(path.name for path in (tmp_path / folder).iterdir() if path.suffix in (".sql", ".sh"))
    assert scripts == sorted([*(f"{dialect}.sql" for dialect in DIALECTS), "bigquery.sh"])
    assert sorted(line.rpartition("/")[2] for line in done.stdout.decode().splitlines()) == scripts
    assert b"files in" in done.stderr
    assert not {0x1B, 0x07} & set(done.stdout + done.stderr)


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_an_escape_sequence_in_a_case_never_reaches_the_terminal(tmp_path, form):
    path = tmp_path / "case.json"
    path.write_text(
        '{"id": "a\\u001b[2Jb\\u009bc", "diagnosis": {"histology": "infantile fibrosarcoma", "site": "x\\u001b[8my"}}'
    )
    done = run("recommend", path, "--format", form)
    assert b"\x1b" not in done.stdout + done.stderr
    if form != "json":
        assert "\x9b" not in done.stdout.decode()


def test_a_pipe_or_a_device_is_no_file_to_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(InputError):
            regular(path)
    for path in (tmp_path, tmp_path / "absent"):
        assert regular(path) == path
