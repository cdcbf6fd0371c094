"""Every row of every decision table has examples that a pathologist can read; the tables answer as they say.

An example (``examples/rules/<table>.yaml``) names the row that is to answer, every fact that the table reads, the
outcome that the guidance asks for, and the statement behind it. In a table that shows every matching row, ``also``
names the other rows that hold, and ``row: none`` says that none does.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ntrkpath.guidance.edition import load
from ntrkpath.proof.constructed import NO_ROW, Constructed, constructed, directory
from ntrkpath.rules.chain import Masks
from ntrkpath.rules.table import Row, Table

EDITION = load()
TABLES = {**EDITION.tables, **EDITION.fusion_tables}
FACTS = {ident: EDITION.fusion_facts if ident in EDITION.fusion_tables else EDITION.facts for ident in TABLES}
MASKS = {ident: Masks(table, FACTS[ident]) for ident, table in TABLES.items()}


def answering(ident: str, levels: Mapping[str, str]) -> list[Row]:
    """Return the rows of one table that answer: the first that holds, or all of them, by its hit policy."""
    table, mask = TABLES[ident], MASKS[ident].matching(levels)
    rows = [row for i, row in enumerate(table.rows) if mask >> i & 1]
    return rows[:1] if table.hit == "first" else rows


def complaint(table: Table, example: Constructed) -> str:
    """Return what is wrong with an example, or nothing."""
    facts, expect = example.facts, example.expect
    if missing := set(table.facts) - set(facts):
        return f"omits {sorted(missing)}, which the table reads"
    if stray := set(facts) - set(table.facts):
        return f"names {sorted(stray)}, which the table does not read"
    for ident, level in facts.items():
        if level not in FACTS[table.id][ident].levels:
            return f"{ident} has no level {level!r}"
    rows = answering(table.id, facts)
    if {row.id for row in rows} != example.rows:
        return f"{sorted(row.id for row in rows) or 'no row'} answers instead of {sorted(example.rows) or 'none'}"
    if example.row == NO_ROW:
        return "" if not expect else "expects an outcome where no row holds"
    row = next(row for row in rows if row.id == example.row)
    outcome = {**row.sets, **row.emits}
    if "caution" in expect:
        said = str(outcome.get("caution", ""))
        return "" if said.startswith(expect["caution"]) else f"{row.id} says {said!r}"
    return "" if outcome == expect else f"{row.id} gives {outcome}"


@pytest.mark.parametrize("table", TABLES)
def test_the_table_answers_as_its_examples_say(table: str) -> None:
    wrong = [
        f"{example.row}: {example.name}\n    {problem}"
        for example in constructed(table)
        if (problem := complaint(TABLES[table], example))
    ]
    assert not wrong, f"{len(wrong)} of {len(constructed(table))} examples fail:\n" + "\n".join(wrong)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_an_example(table: str) -> None:
    shown = {ident for example in constructed(table) for ident in example.rows}
    assert {row.id for row in TABLES[table].rows} == shown


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_near_miss(table: str) -> None:
    """Another answer one fact away: a condition that is widened or dropped then fails an example."""
    examples = constructed(table)
    for row in TABLES[table].rows:
        inside = [e.facts for e in examples if row.id in e.rows]
        outside = [e.facts for e in examples if row.id not in e.rows]
        assert any(sum(a[k] != b[k] for k in a) == 1 for a in inside for b in outside), row.id


def test_examples_belong_to_a_table_and_have_names_of_their_own() -> None:
    assert {path.stem for path in directory().glob("*.yaml")} == set(TABLES)
    for table in TABLES:
        names = [example.name for example in constructed(table)]
        assert len(set(names)) == len(names), f"{table}: a name is used twice"


def test_examples_cite_statements_that_exist() -> None:
    for table in TABLES:
        for example in constructed(table):
            assert example.statement in EDITION.statements or example.statement in {"case", "labels.yaml"}, example.name
