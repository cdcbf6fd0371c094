"""The published patients: each is decided, as it was when a pathologist last read the answers, and always the same."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

from ntrkpath.cases.load import decode_json
from ntrkpath.guidance import load
from ntrkpath.model.case import Case
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.pathway import Pathway, read_case, read_cases
from ntrkpath.schema import shipped

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples" / "cases"
FILES = sorted(EXAMPLES.glob("*.yaml"))
EXPECTED = Path(__file__).parent / "data" / "cases" / "expected.yaml"
TODAY = dt.date(2026, 11, 1)
AS_THE_PAPER = dt.date(2020, 9, 3)

each_file = pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
HEAD = """\
# What ntrkpath answers to each published patient (examples/cases), to be read by a pathologist before it is accepted.
# Written by: UPDATE_EXPECTED=1 pytest tests/test_cases.py
"""


@cache
def pathway(as_of: dt.date = TODAY) -> Pathway:
    return Pathway(load(), as_of)


def summary(answer: Recommendation) -> dict[str, Any]:
    return {
        "read as": answer.histology.name,
        "tier": answer.tier,
        "priority": answer.priority,
        "actions": {action.action: action.strength for action in answer.actions},
        "target": answer.facts["target"],
        "missing": [missing.fact for missing in answer.missing],
    }


def test_the_answers_are_those_that_were_accepted() -> None:
    answers = {file.stem: summary(pathway().recommend(read_case(file))) for file in FILES}
    if os.environ.get("UPDATE_EXPECTED"):
        text = "\n".join(
            yaml.safe_dump({name: entry}, sort_keys=False, width=118, allow_unicode=True)
            for name, entry in answers.items()
        )
        EXPECTED.write_text(f"{HEAD}\n{text}", encoding="utf-8")
    assert answers == yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))


def test_all_27_published_patients_are_there_or_accounted_for() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (L\d{3}) \| (.+?) \| (.+?) \|$", readme, flags=re.MULTILINE)
    assert [row[0] for row in rows] == [f"L{number:03}" for number in range(1, 28)]
    linked = {match[1] for _, file, _ in rows if (match := re.match(r"\[(.+)\]\(\1\)", file))}
    assert linked == {file.name for file in FILES}


def test_the_directory_is_read_whole_and_without_an_error() -> None:
    cases = list(read_cases(EXAMPLES))
    assert len(cases) == len(FILES)
    assert all(isinstance(case, Case) for case in cases)


@each_file
def test_a_case_carries_its_source_and_says_how_the_answer_compares(file: Path) -> None:
    case = read_case(file)
    comment = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    assert case.source
    assert comment[0] == f"# {case.source}" or case.source.startswith(comment[0].removeprefix("# "))
    assert any(line.startswith("# Authors: ") for line in comment)
    assert any(line.startswith("# ntrkpath: ") for line in comment)
    assert file.name.startswith(f"{case.id}-")


#: Drugs that were given before the decision of which the case speaks.
GIVEN_BEFORE = {"L025": ["larotrectinib"], "L027": ["vincristine"]}


@each_file
def test_what_the_authors_gave_afterwards_is_not_in_the_case(file: Path) -> None:
    case = read_case(file)
    assert [line.drug for line in case.therapy or ()] == GIVEN_BEFORE.get(case.id, [])


@each_file
@pytest.mark.parametrize("as_of", [AS_THE_PAPER, TODAY], ids=["as the paper", "today"])
def test_a_case_is_decided_on_any_date(file: Path, as_of: dt.date) -> None:
    answer = pathway(as_of).recommend(read_case(file))
    assert answer.actions
    assert answer.as_of == as_of
    assert all(label.label_date <= as_of for label in answer.therapy)


@each_file
def test_the_actions_do_not_depend_on_the_date(file: Path) -> None:
    case = read_case(file)
    assert pathway(AS_THE_PAPER).recommend(case).actions == pathway(TODAY).recommend(case).actions


@each_file
def test_the_same_case_gives_the_same_bytes(file: Path) -> None:
    encode: Callable[[Any], bytes] = msgspec.json.encode
    first = encode(Pathway(load(), TODAY).recommend(read_case(file)))
    second = encode(Pathway(load(), TODAY).recommend(read_case(file)))
    assert first == second


@each_file
def test_the_answer_survives_json(file: Path) -> None:
    answer = pathway().recommend(read_case(file))
    data = msgspec.json.encode(answer)
    again = msgspec.json.decode(data, type=Recommendation)
    assert again == answer
    assert msgspec.json.encode(again) == data


@each_file
def test_the_case_survives_json(file: Path) -> None:
    case = read_case(file)
    assert decode_json(msgspec.json.encode(case)) == case


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(shipped(name), format_checker=Draft202012Validator.FORMAT_CHECKER)


@each_file
def test_case_and_answer_follow_the_shipped_schemas(file: Path) -> None:
    case = read_case(file)
    validator("case").validate(msgspec.json.decode(msgspec.json.encode(case)))
    validator("recommendation").validate(msgspec.json.decode(msgspec.json.encode(pathway().recommend(case))))


@each_file
def test_every_rule_and_statement_of_the_answer_exists(file: Path) -> None:
    edition = load()
    rules = {row.id for table in edition.tables.values() for row in table.rows}
    answer = pathway().recommend(read_case(file))
    for item in (*answer.actions, *answer.cautions):
        assert item.rule in rules
        assert set(item.statements) <= edition.statements.keys()
    assert {step.rule for step in answer.trace} <= rules
