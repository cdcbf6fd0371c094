"""Every row of every decision table has examples that a pathologist can read; the tables answer as they say.

An example (``tests/examples/<table>.yaml``) names the row that is to answer, every fact that the table reads, the
outcome that the guidance asks for, and the statement behind it. In a table that shows every matching row, ``also``
names the other rows that hold, and ``row: none`` says that none does.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ntrkpath.guidance.edition import load
from ntrkpath.rules.chain import Masks
from ntrkpath.rules.table import Row, Table

Example = dict[str, Any]

DIRECTORY = Path(__file__).parent / "examples"
EDITION = load()
MASKS = {ident: Masks(table, EDITION.facts) for ident, table in EDITION.tables.items()}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NONE = "none"
KEYS = {"name", "row", "facts", "expect", "statement"}


def _read(path: Path) -> list[Example]:
    return list(yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER))


EXAMPLES: dict[str, list[Example]] = {path.stem: _read(path) for path in sorted(DIRECTORY.glob("*.yaml"))}


def answering(ident: str, levels: Mapping[str, str]) -> list[Row]:
    """Return the rows of one table that answer: the first that holds, or all of them, by its hit policy."""
    table, mask = EDITION.tables[ident], MASKS[ident].matching(levels)
    rows = [row for i, row in enumerate(table.rows) if mask >> i & 1]
    return rows[:1] if table.hit == "first" else rows


def named(example: Example) -> set[str]:
    """Return the ids of the rows that an example says hold."""
    return {example["row"], *example.get("also", ())} - {NONE}


def complaint(table: Table, example: Example) -> str:
    """Return what is wrong with an example, or nothing."""
    facts, expect = example["facts"], example["expect"]
    if missing := set(table.facts) - set(facts):
        return f"omits {sorted(missing)}, which the table reads"
    if stray := set(facts) - set(table.facts):
        return f"names {sorted(stray)}, which the table does not read"
    for ident, level in facts.items():
        if level not in EDITION.facts[ident].levels:
            return f"{ident} has no level {level!r}"
    rows = answering(table.id, facts)
    if {row.id for row in rows} != named(example):
        return f"{sorted(row.id for row in rows) or 'no row'} answers instead of {sorted(named(example)) or 'none'}"
    if example["row"] == NONE:
        return "" if not expect else "expects an outcome where no row holds"
    row = next(row for row in rows if row.id == example["row"])
    outcome = {**row.sets, **row.emits}
    if "caution" in expect:
        said = str(outcome.get("caution", ""))
        return "" if said.startswith(expect["caution"]) else f"{row.id} says {said!r}"
    return "" if outcome == expect else f"{row.id} gives {outcome}"


@pytest.mark.parametrize("table", EDITION.tables)
def test_the_table_answers_as_its_examples_say(table: str) -> None:
    wrong = [
        f"{example['row']}: {example['name']}\n    {problem}"
        for example in EXAMPLES.get(table, [])
        if (problem := complaint(EDITION.tables[table], example))
    ]
    assert not wrong, f"{len(wrong)} of {len(EXAMPLES[table])} examples fail:\n" + "\n".join(wrong)


@pytest.mark.parametrize("table", EDITION.tables)
def test_every_row_has_an_example(table: str) -> None:
    shown = {ident for example in EXAMPLES.get(table, []) for ident in named(example)}
    assert {row.id for row in EDITION.tables[table].rows} == shown


@pytest.mark.parametrize("table", EDITION.tables)
def test_every_row_has_a_near_miss(table: str) -> None:
    """Another answer one fact away: a condition that is widened or dropped then fails an example."""
    examples = EXAMPLES.get(table, [])
    for row in EDITION.tables[table].rows:
        inside = [e["facts"] for e in examples if row.id in named(e)]
        outside = [e["facts"] for e in examples if row.id not in named(e)]
        assert any(sum(a[k] != b[k] for k in a) == 1 for a in inside for b in outside), row.id


def test_examples_are_well_formed_and_belong_to_a_table() -> None:
    assert set(EXAMPLES) == set(EDITION.tables)
    for table, examples in EXAMPLES.items():
        names = [example["name"] for example in examples]
        assert len(set(names)) == len(names), f"{table}: a name is used twice"
        for example in examples:
            assert KEYS <= set(example) <= KEYS | {"also"}, example["name"]


def test_examples_cite_statements_that_exist() -> None:
    for examples in EXAMPLES.values():
        for example in examples:
            source = str(example["statement"])
            assert source in EDITION.statements or source in {"case", "labels.yaml"}, example["name"]
