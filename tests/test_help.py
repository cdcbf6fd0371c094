"""The help of every command: two real lines that its own options accept."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from ntrkpath.cli.command_examples import EXAMPLES
from ntrkpath.cli.main import cli


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
