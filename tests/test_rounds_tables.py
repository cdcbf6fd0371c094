"""The tables of rounds are proved like those of the guidance, and answer as their constructed examples say."""

from __future__ import annotations

import msgspec
import pytest

from ntrkpath.guidance import load
from ntrkpath.proof.constructed import NO_ROW, constructed, directory
from ntrkpath.proof.lock import table_hash
from ntrkpath.rounds import proof, tables
from ntrkpath.rounds.knowledge import knowledge
from ntrkpath.rules.chain import Masks
from ntrkpath.rules.table import Table

TABLES = tables.tables()


def rows_of(table: Table, levels: dict[str, str]) -> list[str]:
    found = [row.id for row in tables.holding(table.id, levels)]
    return found[:1] if table.hit == "first" else found


def test_the_tables_are_proved_without_a_finding() -> None:
    report = proof.verify()
    assert report.ok, [str(finding) for finding in report.findings]
    assert len(report.tables) == len(TABLES) and all(t.compared == t.states for t in report.tables)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda one: one.id)
def test_the_table_answers_as_its_examples_say(table: Table) -> None:
    examples = constructed(f"rounds/{table.id}")
    assert examples
    for example in examples:
        assert set(example.facts) == set(table.facts), example.name
        assert set(rows_of(table, example.facts)) == example.rows, example.name
        if example.row == NO_ROW:
            assert example.expect == {}
            continue
        row = next(row for row in table.rows if row.id == example.row)
        assert {**row.sets, **row.emits} == example.expect, example.name
        assert example.statement in load().statements or example.statement == "case"


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda one: one.id)
def test_every_row_has_an_example_and_a_near_miss(table: Table) -> None:
    examples = constructed(f"rounds/{table.id}")
    names = [example.name for example in examples]
    assert len(set(names)) == len(names)
    for row in table.rows:
        inside = [one.facts for one in examples if row.id in one.rows]
        outside = [one.facts for one in examples if row.id not in one.rows]
        assert inside, row.id
        assert any(sum(a[k] != b[k] for k in a) == 1 for a in inside for b in outside), row.id


def test_every_file_of_examples_belongs_to_a_table() -> None:
    assert {path.stem for path in (directory() / "rounds").glob("*.yaml")} == set(TABLES)


def test_every_outcome_cause_and_critical_error_of_the_tables_has_words() -> None:
    words = knowledge("wording")
    assert [entry["id"] for entry in words["outcomes"]] == list(tables.facts()["outcome"].levels)
    assert list(words["named"]) == list(tables.facts()["event_named"].levels)
    emitted = {"cause": set(), "certainty": set(), "critical": set()}
    for table in TABLES.values():
        for row in table.rows:
            for key, value in row.emits.items():
                emitted[key].add(value)
    assert emitted["cause"] - {"none"} == {entry["id"] for entry in words["causes"]}
    assert emitted["certainty"] == set(words["certainty"])
    assert emitted["critical"] == set(words["critical"])
    assert len({entry["sign"] for entry in words["outcomes"]}) == len(words["outcomes"])


def test_a_changed_outcome_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    row = TABLES["result_worth"].rows[11]
    assert row.sets == {"outcome": "out_of_design"}
    monkeypatch.setitem(row.sets, "outcome", "right")
    findings = proof.verify().findings
    assert any(finding.check == "lock" and finding.where == "result_worth" for finding in findings)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda one: one.id)
def test_no_row_can_say_otherwise_without_a_finding(table: Table) -> None:
    """Mutants: each row with the outcome of another one changes what was signed off."""
    signed = table_hash(Masks(table, tables.facts()), tables.facts())
    for i, row in enumerate(table.rows):
        told = next(other for other in table.rows if (other.sets, other.emits) != (row.sets, row.emits))
        changed = msgspec.structs.replace(row, sets=told.sets, emits=told.emits)
        mutant = msgspec.structs.replace(table, rows=(*table.rows[:i], changed, *table.rows[i + 1 :]))
        assert table_hash(Masks(mutant, tables.facts()), tables.facts()) != signed, row.id


def test_what_stands_beside_is_never_among_the_wrong() -> None:
    kinds = {entry["id"]: entry["counts"] for entry in knowledge("wording")["outcomes"]}
    assert {kinds[o] for o in ("out_of_design", "failed", "not_tested", "inconclusive", "unreadable")} == {"beside"}
    for row in TABLES["result_worth"].rows:
        if "not_seen" in row.when.get("assay_sight", ()):
            assert row.sets["outcome"] == "out_of_design"
        if "not_tested" in row.when.get("reported", ()) and len(row.when["reported"]) == 1:
            assert row.sets["outcome"] == "not_tested"
