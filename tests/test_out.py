"""`--out`: what a command would print goes into a file, whole or not at all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from ntrkpath.cli.main import EXIT_NO_INPUT, EXIT_NO_OUTPUT, cli, main
from test_help import LEAVES

#: Commands without the option: what they make stands where an argument or a database says; they print what was done.
PLACED = {
    "cohort triage", "cohort sql", "rounds new", "registry init", "registry import", "registry rebuild",
    "registry backup", "registry restore", "registry erase", "registry export", "registry answer",
    "registry own-evidence", "registry enter", "registry study", "serve",
}  # fmt: skip
#: Commands that print without an input of their own.
PRINTED = (
    ("histology", "UPS"),
    ("histology", "UPS", "--format", "json"),
    ("histology", "no such tumour at all"),
    ("guideline", "show"),
    ("guideline", "show", "NEXT-30"),
    ("guideline", "show", "--table", "priority"),
    ("guideline", "figure"),
    ("guideline", "figure", "--format", "svg"),
    ("guideline", "diff", "wsn2020", "wsn2020"),
    ("evidence", "table", "1", "--format", "csv"),
    ("evidence", "table", "1", "--format", "json"),
    ("evidence", "accuracy", "ihc", "--format", "html"),
    ("evidence", "frequency"),
    ("strategy", "list"),
    ("strategy", "show", "none"),
    ("strategy", "compare", "--strategies", "guidance,none", "--format", "json"),
    ("rounds", "rules"),
    ("rounds", "published", "--format", "json"),
    ("registry", "protocol"),
    ("registry", "plan", "--frequency", "0.007", "--width", "0.01"),
    ("demo", "--as-of", "2026-01-01"),
    ("demo", "--format", "json", "--as-of", "2026-01-01"),
    ("ask", "UPS", "--metastatic", "--as-of", "2026-01-01"),
    ("recommend", "--histology", "UPS", "--as-of", "2026-01-01", "--format", "tsv"),
)


def has_out(command: click.Command) -> bool:
    return any("--out" in parameter.opts for parameter in command.params)


def run(*words: str) -> Any:
    return CliRunner().invoke(cli, list(words), standalone_mode=False)


def test_every_command_that_prints_an_answer_can_write_it_to_a_file() -> None:
    without = {path.removeprefix("ntrkpath ") for path, command in LEAVES.items() if not has_out(command)}
    assert without == PLACED
    assert len(LEAVES) > len(PLACED)


@pytest.mark.parametrize("words", PRINTED, ids=" ".join)
def test_the_file_holds_what_would_be_printed(words: tuple[str, ...], tmp_path: Path) -> None:
    target = tmp_path / "answer"
    printed = run(*words)
    written = run(*words, "--out", str(target))
    assert printed.stdout
    assert (written.return_value, written.stdout) == (printed.return_value, "")
    assert target.read_text(encoding="utf-8") == re.sub(r"\x1b\[[0-9;]*m", "", printed.stdout)
    assert sorted(tmp_path.iterdir()) == [target]


def test_a_place_that_cannot_be_written_is_said_and_an_error_leaves_the_file_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "kept"
    target.write_text("before")
    for words, code in (
        (("guideline", "show", "NO-SUCH-RULE", "--out", str(target)), EXIT_NO_INPUT),
        (("histology", "UPS", "--out", str(tmp_path / "nowhere" / "answer")), EXIT_NO_OUTPUT),
        (("evidence", "frequency", "no_such_group", "--out", str(target)), EXIT_NO_INPUT),
    ):
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        assert ended.value.code == code
        assert "error: " in capsys.readouterr().err
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]
