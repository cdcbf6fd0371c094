"""The help of every command: two real lines that its own options accept."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ntrkpath.cli.command_examples import EXAMPLES
from ntrkpath.cli.main import cli
from ntrkpath.guidance.files import KNOWLEDGE
from ntrkpath.rounds.templates import new_round


def leaves(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from leaves(below, f"{path} {name}")
    else:
        yield path, command


LEAVES = dict(leaves(cli, "ntrkpath"))


@pytest.mark.parametrize("path", LEAVES)
def test_help_shows_two_lines_that_the_command_accepts(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for asks in ("confirm", "prompt"):
        monkeypatch.setattr(click.core, asks, lambda *_, **__: True)
    command = LEAVES[path]
    help_text = click.Context(command, info_name=path, max_content_width=200).get_help()
    lines = [line.strip() for line in help_text.splitlines() if re.match(rf"\s+{path}(?:\s|$)", line)]
    assert len(set(lines)) >= 2, help_text
    for line in lines:
        words = shlex.split(line.partition(" > ")[0])[len(path.split()) :]
        with command.make_context(path, words, resilient_parsing=False):
            pass


def test_every_example_is_of_a_command() -> None:
    assert {f"ntrkpath {path}" for path in EXAMPLES} <= set(LEAVES)


#: Lines that are not run here: they need a server, a database or minutes; the tests of those commands run their like.
_ELSEWHERE = ("ntrkpath serve", "ntrkpath registry", "ntrkpath verify", "ntrkpath cohort")
_LINES = [line for lines in EXAMPLES.values() for line in lines if not line.startswith(_ELSEWHERE)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files that the examples name."""
    folder = tmp_path_factory.mktemp("desk")
    root = Path(__file__).resolve().parent
    readers = root / "data" / "readers"
    (folder / "case.yaml").write_text("id: a\ndiagnosis: {histology: UPS}\n")
    shutil.copy(readers / "arriba_v2.tsv", folder / "fusions.tsv")
    header = "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\tHGVSp_Short\tTranscript_ID\n"
    (folder / "data_mutations.txt").write_text(header + "NTRK1\tMissense_Mutation\tS1\tp.G595R\tNM_002529\n")
    shutil.copy(folder / "data_mutations.txt", folder / "tumour.vcf")
    (folder / "cohort.csv").write_text("case_id,histology,extent\nC1,Leiomyosarcoma,metastatic\n")
    costs = (KNOWLEDGE / "strategy" / "costs" / "illustrative.yaml").read_text(encoding="utf-8")
    (folder / "costs.yaml").write_text(re.sub("^name: .*$", "name: synthetic", costs, flags=re.MULTILINE))
    for name in ("my-edition", "one-edition", "other-edition"):
        shutil.copytree(KNOWLEDGE / "wsn2020", folder / name)
    for name in ("round-2026", "round-2027"):
        new_round(folder / name, example=True)
    return folder


@pytest.mark.parametrize("line", _LINES)
def test_an_example_of_the_help_runs(line: str, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    words: list[str] = []
    for word in shlex.split(line.partition(" > ")[0])[1:]:
        words += sorted(path.name for path in desk.glob(word)) if "*" in word else [word]
    if words[:2] == ["rounds", "new"]:
        monkeypatch.chdir(tmp_path)
    laboratory = next((desk / "round-2027" / "submissions").glob("*.csv")).stem
    words = [word.replace("lab-1", laboratory) for word in words]
    done = CliRunner().invoke(cli, words, standalone_mode=False)
    assert done.exception is None, done.exception
    assert done.return_value in ((0, 1) if "--fail-on" in words or "check" in words else (0,)), done.output
