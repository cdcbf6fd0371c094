"""What the JSON Schemas promise: outputs keep to them, and within one number nothing that was promised goes away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

jsonschema = pytest.importorskip("jsonschema")

from ntrkpath.cli.main import cli  # noqa: E402
from ntrkpath.schema import NAMES, json_schema, promised, shipped  # noqa: E402

ROOT = Path(__file__).parents[1]
GIVEN = ROOT / "tests" / "data" / "readers"
#: Every line that was ever promised under the number in its name; lines are added, never taken away.
PROMISES = ROOT / "tests" / "data" / "schemas"
FILES = sorted(path for path in GIVEN.rglob("*") if path.is_file()) if GIVEN.exists() else []


def said(*arguments: str) -> Any:
    done = CliRunner().invoke(cli, [*arguments, "--format", "json", "--allow-bad"])
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_was_promised_goes_away_within_a_number(name: str) -> None:
    kept = set((PROMISES / f"{name}-1.txt").read_text(encoding="utf-8").splitlines())
    assert kept, "the promises of a new schema: one line each of promised(shipped(name))"
    assert kept - set(promised(shipped(name))) == set(), "take a new number: docs/reference/api.md says what may change"


@pytest.mark.parametrize("name", NAMES)
def test_every_promise_is_written_down(name: str) -> None:
    kept = (PROMISES / f"{name}-1.txt").read_text(encoding="utf-8").splitlines()
    assert kept == promised(shipped(name)), f"add the new lines to {name}-1.txt"


def test_a_key_a_value_or_a_type_that_goes_away_is_noticed() -> None:
    made = json_schema("recommendation")
    whole = set(promised(made))
    properties = made["$defs"]["Recommendation"]["properties"]
    for key in tuple(properties):
        one = properties.pop(key)
        assert set(promised(made)) < whole
        properties[key] = one


def test_a_case_asks_for_nothing_new() -> None:
    required = {name: one["required"] for name, one in shipped("case")["$defs"].items() if one.get("required")}
    assert required["Case"] == ["diagnosis"] and required["Diagnosis"] == ["histology"]


@pytest.mark.parametrize("command", ["fusions", "variants"])
def test_what_the_command_says_of_files_keeps_to_the_schema(command: str, tmp_path: Path) -> None:
    (tmp_path / "no table.txt").write_text("nothing\n", encoding="utf-8")
    files = [str(path) for path in (*FILES[::6], tmp_path / "no table.txt")]
    answer = said(command, *files)
    assert answer["schema"] == shipped(command)["$id"]
    assert len(answer["files"]) == len(files)
    jsonschema.Draft202012Validator(shipped(command)).validate(answer)


def test_another_document_does_not_keep_to_the_schema() -> None:
    answer = said("fusions", str(ROOT / "packaging" / "galaxy" / "test-data" / "arriba.tsv"))
    validator = jsonschema.Draft202012Validator(shipped("fusions"))
    assert validator.is_valid(answer) and answer["events"]
    answer["events"][0]["verdict"] = "perhaps"
    assert not validator.is_valid(answer)
    assert not jsonschema.Draft202012Validator(shipped("variants")).is_valid(answer)
