"""The edition as data: compiled form, schemas, look-up, comparison, public names, and every command once."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
from copy import deepcopy as copy_of
from pathlib import Path

import msgspec
import pytest
import yaml

import ntrkpath
from ntrkpath.guidance import available, load
from ntrkpath.guidance.compare import differences
from ntrkpath.guidance.files import COMPILED, KNOWLEDGE, parse, read, ready, write_compiled
from ntrkpath.guidance.lookup import LISTS, look_up
from ntrkpath.model.errors import GuidanceError
from ntrkpath.proof.groups import check_groups
from ntrkpath.rules import load_tables
from ntrkpath.schema import NAMES, json_schema, shipped

EDITION = load()
AS_OF = dt.date(2026, 5, 15)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the edition that may be edited."""
    target = tmp_path / "edited"
    shutil.copytree(KNOWLEDGE / "wsn2020", target, ignore=shutil.ignore_patterns(COMPILED))
    return target


def edit(directory: Path, file: str, old: str, new: str) -> None:
    path = directory / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# --- the compiled form ----------------------------------------------------------------------------------------------


def test_the_compiled_form_says_the_same_as_the_yaml(copy: Path) -> None:
    plain = parse(copy)
    write_compiled(copy)
    found = read(copy)
    assert (found.sha256, found.check_sum, dict(found.files)) == (plain.sha256, plain.check_sum, plain.files)
    assert ready(found.files) == ready(plain.files)


def test_the_compiled_form_that_is_in_use_holds_the_tables_as_they_are_checked_today() -> None:
    contents = read(KNOWLEDGE / "wsn2020")
    assert ready(contents.files) == ready(dict(contents.files))


def test_an_edited_copy_of_the_files_is_checked_anew() -> None:
    files = copy_of(load().data)
    files["triage"]["tables"][0]["rows"][0]["says"] = "edited"
    assert ready(files).tables["triage"][0].rows[0].says == "edited"
    assert ready(load().data).tables["triage"][0].rows[0].says != "edited"


def test_an_outdated_compiled_form_is_not_used(copy: Path) -> None:
    write_compiled(copy)
    edit(copy, "guideline.yaml", 'version: "1.0.0"', 'version: "1.0.1"')
    assert load(str(copy)).version == "1.0.1"


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x80"])
def test_a_damaged_compiled_form_is_not_used(copy: Path, content: bytes) -> None:
    (copy / COMPILED).write_bytes(content)
    assert read(copy) == parse(copy)


def test_a_file_that_is_not_yaml_is_named_with_its_line(copy: Path) -> None:
    edit(copy, "triage.yaml", "tables:", "tables: [")
    with pytest.raises(GuidanceError) as caught:
        parse(copy)
    assert str(caught.value).startswith("triage.yaml:")


def test_an_edition_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(GuidanceError, match="wsn2020"):
        load("wsn1999")
    assert available() == ["wsn2020"]


# --- schemas and public names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_schema_is_that_of_the_type(name: str) -> None:
    assert shipped(name) == msgspec.json.decode(msgspec.json.encode(json_schema(name)))


def test_public_names_exist_and_are_few() -> None:
    assert len(ntrkpath.__all__) <= 30
    assert ntrkpath.__all__ == sorted(ntrkpath.__all__)
    assert all(getattr(ntrkpath, name).__doc__ for name in ntrkpath.__all__)
    with pytest.raises(AttributeError):
        _ = ntrkpath.nothing  # type: ignore[attr-defined]


# --- looking up -------------------------------------------------------------------------------------------------------


def test_everything_with_an_id_can_be_looked_up() -> None:
    ids = [*EDITION.rows, *EDITION.statements, *EDITION.tables, *EDITION.facts, *EDITION.actions, *LISTS]
    ids += [label.id for label in EDITION.labels] + list(EDITION.fusion_tables) + list(EDITION.fusion_facts)
    for ident in ids:
        assert "".join(look_up(EDITION, ident, AS_OF)).strip(), ident


def test_a_statement_names_the_rules_that_cite_it() -> None:
    (text,) = look_up(EDITION, "p1-6", AS_OF)
    assert "NEXT-30" in text


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(GuidanceError, match="NEXT-30"):
        list(look_up(EDITION, "NEXT30", AS_OF))


# --- comparing editions ----------------------------------------------------------------------------------------------


def test_an_edition_does_not_differ_from_itself() -> None:
    assert differences(EDITION, EDITION) == []


def test_a_changed_row_is_named_with_the_states_it_changes(copy: Path) -> None:
    row = 'tier: "{}"\n      workup: none\n      entity: infantile_fibrosarcoma\n'
    edit(copy, "triage.yaml", row.format("+++"), row.format("++"))
    found = differences(EDITION, load(str(copy)))
    assert any(line.startswith("rule TIER-1: then") for line in found)
    assert "table tier: the outcome changes in 450 of 4500 states" in found


def test_changed_wording_is_told_from_a_changed_outcome(copy: Path) -> None:
    edit(copy, "triage.yaml", "Infantile fibrosarcoma is a priority", "Infantile fibrosarcoma remains a priority")
    found = differences(EDITION, load(str(copy)))
    assert found == [
        "rule TIER-1: wording, fidelity or source changed",
        "table tier: the outcome changes in 0 of 4500 states",
    ]


def test_changed_facts_labels_and_statements_are_named(copy: Path) -> None:
    edit(copy, "facts.yaml", "threshold_percent: 1", "threshold_percent: 5")
    edit(copy, "labels.yaml", "until: 2025-04-10", "until: 2025-04-11")
    edit(copy, "statements.yaml", "at least 1 % of tumour cells", "at least 5 % of tumour cells")
    found = differences(EDITION, load(str(copy)))
    assert any(line.startswith("fact ihc_percent: derived by") for line in found)
    assert "label larotrectinib-fda-2018 changed" in found
    assert "statement IHC-2 changed" in found


# --- every command once -----------------------------------------------------------------------------------------------

CASE = yaml.safe_dump({"id": "synthetic", "diagnosis": {"histology": "IMT"}})


def run(*arguments: str, directory: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ntrkpath", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=directory)


def test_every_command_explains_itself() -> None:
    from ntrkpath.cli.main import COMMANDS

    for command in COMMANDS:
        done = run(command, "--help")
        assert done.returncode == 0
        assert "Usage: ntrkpath " + command in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["recommend", "case.yaml"], 0),
        (["recommend", "case.yaml", "--format", "json", "--as-of", "2020-09-03"], 0),
        (["recommend", "case.yaml", "--format", "html", "--out", "report.html"], 0),
        (["recommend", "case.yaml", "--fail-on", "order_alk_ros1"], 1),
        (["recommend", "case.yaml", "--fail-on", "order_mps"], 0),
        (["recommend", "case.yaml", "--fail-on", "nothing"], 2),
        (["recommend", "case.yaml", "--as-of", "yesterday"], 2),
        (["recommend", "nowhere.yaml"], 65),
        (["recomend", "case.yaml"], 2),
        (["histology", "spindle cell sarcoma NOS"], 0),
        (["histology", "qqqq"], 65),
        (["guideline", "show", "IHC-8"], 0),
        (["guideline", "figure", "--format", "svg", "--case", "case.yaml"], 0),
        (["guideline", "diff", "wsn2020", "wsn2020"], 0),
        (["demo", "--format", "json"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_a_command_ends_with_its_code(arguments: list[str], code: int, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    done = run(*arguments, directory=tmp_path)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_one_case_is_an_object_and_two_are_an_array(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(CASE, encoding="utf-8")
    assert isinstance(json.loads(run("recommend", "a.yaml", "--format", "json", directory=tmp_path).stdout), dict)
    both = json.loads(run("recommend", "a.yaml", "b.yaml", "--format", "json", directory=tmp_path).stdout)
    assert [answer["case_id"] for answer in both] == ["synthetic", "synthetic"]


@pytest.mark.long
def test_verify_of_a_copied_edition_finds_nothing(copy: Path) -> None:
    done = run("verify", "--edition", str(copy))
    assert done.returncode == 0, done.stdout


def test_verify_of_an_edited_edition_finds_the_fault_and_signs_off_beside_it(copy: Path) -> None:
    edit(copy, "testing.yaml", "actions: {no_routine_testing: recommended}", "actions: {}")
    done = run("verify", "--edition", str(copy))
    assert done.returncode == 1
    assert "SAFE-15" in done.stdout
    assert "lock" in done.stdout


# --- rules that can be reviewed -------------------------------------------------------------------------------------


def test_no_line_of_the_knowledge_is_longer_than_a_page_is_wide() -> None:
    lines = [
        f"{path.relative_to(KNOWLEDGE)}:{number}"
        for path in sorted(KNOWLEDGE.rglob("*.yaml"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 120
    ]
    assert not lines


def test_a_table_is_printed_as_a_table() -> None:
    printed = run("guideline", "show", "--table", "priority").stdout
    rows = [row.id for row in EDITION.tables["priority"].rows]
    assert [line.split("|")[0].strip() for line in printed.splitlines() if line.startswith("PRIO")] == rows
    assert "for diagnosis, not yes: no, unknown" in printed


def test_a_table_that_does_not_exist_names_the_nearest() -> None:
    failed = run("guideline", "show", "--table", "prioritty")
    assert failed.returncode != 0 and "priority" in failed.stderr and "cautions" not in failed.stderr


def test_a_group_stands_for_its_levels_and_never_for_an_outcome() -> None:
    fact = EDITION.facts["sequence"]
    weak = {"weak_negative", "unqualified_negative", "not_productive_unqualified"}
    assert fact.groups["inconclusive"] == {"not_done", "unknown", "failed", *weak}
    with pytest.raises(GuidanceError, match="not a group"):
        load_tables(
            [{"table": "t", "rows": [{"id": "R", "then": {"sequence": "against"}, "fidelity": "verbatim"}]}],
            EDITION.facts, "file.yaml",
        )  # fmt: skip


def test_levels_that_recur_together_have_a_name() -> None:
    assert not [finding for finding in check_groups(EDITION.facts, EDITION.tables.values()) if finding.check == "list"]
