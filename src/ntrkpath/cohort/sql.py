"""The guidance for a warehouse: every table as a look-up with names, and the SQL that decides by plain joins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from ntrkpath.cohort.catalogue import Catalogue
from ntrkpath.cohort.columns import CASE_ID
from ntrkpath.cohort.kernel import need
from ntrkpath.guidance import Edition
from ntrkpath.model.errors import CaseError

if TYPE_CHECKING:
    import pyarrow as pa

DIALECTS = ("duckdb", "postgresql", "spark")
#: Every object in the warehouse begins so.
PREFIX = "ntrkpath_"
#: The relation that is decided: ``case_id``, and the level of every fact as text.
INPUT = "cohort_facts"
#: The view that holds the answers.
OUTPUT = f"{PREFIX}decided"
_SHARE = "action_share"


def catalogue_tables(edition: Edition) -> dict[str, pa.Table]:
    """Return every table of the export by name.

    One table for each decision table, by its id: the facts it reads as columns of levels, one row for each
    combination of them, with the facts it sets, the ids of its rules that hold (null where none does), and for a
    table that gives actions its ``action_share``. Beside these:

    - ``action_sets``: the sum of the shares as ``action_key``, and the ``actions`` it stands for, as text;
    - ``outcomes``: ``decision_table``, ``code`` and ``rules``, for answers of ``Decider(rules="codes")``;
    - ``rules``: every rule with its table, sentence, statements, fidelity, source and note;
    - ``levels``: every fact with its question and levels.

    Raises:
        NtrkpathError: pyarrow is not installed.
    """
    need("pyarrow", "batch")
    import pyarrow as pa

    catalogue = Catalogue(edition)
    tables = dict(_lookups(catalogue))
    tables["action_sets"] = pa.table(
        {
            "action_key": pa.array(range(len(catalogue.action_lookup)), pa.int32()),
            "actions": [catalogue.action_texts[code] for code in catalogue.action_lookup],
        }
    )
    outcomes = [
        {"decision_table": table.table.id, "code": code, "rules": " ".join(held)}
        for table, rules in zip(catalogue.tables, catalogue.rules, strict=True)
        for code, held in enumerate(rules)
    ]
    tables["outcomes"] = pa.Table.from_pylist(outcomes)
    tables["rules"] = pa.Table.from_pylist(
        [
            {
                "rule": row.id, "decision_table": table.table.id, "says": row.says,
                "statements": " ".join(row.statements), "fidelity": row.fidelity, "source": row.source,
                "note": row.note,
            }
            for table in catalogue.tables
            for row in table.table.rows
        ]
    )  # fmt: skip
    tables["levels"] = pa.Table.from_pylist(
        [
            {"fact": fact, "question": edition.facts[fact].question, "code": code, "level": level,
             "says": edition.facts[fact].says.get(level, "")}
            for fact, levels in catalogue.levels.items()
            for code, level in enumerate(levels)
        ]
    )  # fmt: skip
    return tables


def _lookups(catalogue: Catalogue) -> Iterator[tuple[str, pa.Table]]:
    import pyarrow as pa

    shares = dict(catalogue.shares)
    for position, (table, rules) in enumerate(zip(catalogue.tables, catalogue.rules, strict=True)):
        states = list(product(*(catalogue.levels[fact] for fact in table.facts)))
        codes = list(table.lookup)
        columns = dict(zip(table.facts, map(list, zip(*states, strict=True)), strict=True))
        columns |= {
            fact: [catalogue.levels[fact][level] for level in map(catalogue.sets(table, fact).__getitem__, codes)]
            for fact in table.table.sets
        }
        given = {name: pa.array(values, pa.string()) for name, values in columns.items()}
        given["rules"] = pa.array([" ".join(rules[code]) or None for code in codes], pa.string())
        if position in shares:
            given[_SHARE] = pa.array([shares[position][code] for code in codes], pa.int32())
        yield table.table.id, pa.table(given)


def export(edition: Edition, directory: Path, *, source: str = INPUT) -> list[Path]:
    """Write the look-ups, the catalogue and the SQL of every dialect into a directory, and return the files.

    Parquet for DuckDB and Spark, CSV (in ``csv/``) for PostgreSQL, and ``duckdb.sql``, ``postgresql.sql``,
    ``spark.sql``. Paths in the SQL are those of ``directory`` as given.

    Raises:
        NtrkpathError: pyarrow is not installed.
        CaseError: ``source`` is no plain name.
    """
    need("pyarrow", "batch")
    import pyarrow.csv as pa_csv
    import pyarrow.parquet as pq

    tables = catalogue_tables(edition)
    scripts = {dialect: script(edition, dialect, directory, source=source, tables=tables) for dialect in DIALECTS}
    (directory / "csv").mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in tables.items():
        written += [directory / f"{name}.parquet", directory / "csv" / f"{name}.csv"]
        pq.write_table(table, written[-2])
        pa_csv.write_csv(table, written[-1])
    for dialect, text in scripts.items():
        written.append(directory / f"{dialect}.sql")
        written[-1].write_text(text, encoding="utf-8")
    return written


def script(
    edition: Edition,
    dialect: str,
    directory: Path | str,
    *,
    source: str = INPUT,
    tables: Mapping[str, pa.Table] | None = None,
) -> str:
    """Return the SQL of a dialect: the look-ups loaded, and the view ``ntrkpath_decided`` over ``source``.

    Args:
        directory: Where the files of ``export`` stand.
        tables: The tables of the export where they are at hand.

    Raises:
        CaseError: The dialect is not known, or ``source`` is no plain name.
    """
    if dialect not in DIALECTS:
        raise CaseError("dialect not known", value=dialect, allowed=DIALECTS)
    if not all(part.isidentifier() for part in source.split(".")):
        raise CaseError("not a plain name", value=source, allowed="letters, digits and _, with a schema before a dot")
    head = [
        f"-- {edition.title}: edition {edition.id} {edition.version}",
        f"-- sha256 {edition.sha256}",
        f"-- Reads {source}: {CASE_ID}, and the level of every fact as text. Gives {OUTPUT}.",
    ]
    loads = [
        load_statement(dialect, name, table, str(directory))
        for name, table in (tables or catalogue_tables(edition)).items()
    ]
    view = "CREATE OR REPLACE TEMPORARY VIEW" if dialect == "spark" else "CREATE OR REPLACE VIEW"
    return "\n".join([*head, "", *loads, "", f"{view} {OUTPUT} AS", f"{decide_query(edition, source)};", ""])


def load_statement(dialect: str, name: str, table: pa.Table, directory: str) -> str:
    """Return the statement that makes a table of the export known to a warehouse."""
    import pyarrow as pa

    quoted = directory.replace("'", "''")
    if dialect == "duckdb":
        return f"CREATE OR REPLACE VIEW {PREFIX}{name} AS FROM read_parquet('{quoted}/{name}.parquet');"
    if dialect == "spark":
        escaped = directory.replace("\\", "\\\\").replace("'", "\\'")
        options = f"USING parquet OPTIONS (path '{escaped}/{name}.parquet')"
        return f"CREATE OR REPLACE TEMPORARY VIEW {PREFIX}{name} {options};"
    columns = ", ".join(f"{f.name} {'integer' if pa.types.is_integer(f.type) else 'text'}" for f in table.schema)
    return (
        f"DROP TABLE IF EXISTS {PREFIX}{name} CASCADE;\n"
        f"CREATE TABLE {PREFIX}{name} ({columns});\n"
        f"\\copy {PREFIX}{name} FROM '{quoted}/csv/{name}.csv' WITH (FORMAT csv, HEADER)"
    )


def decide_query(edition: Edition, source: str = INPUT) -> str:
    """Return the query that decides ``source``; the same text in every dialect.

    A case of which some fact is null or no level of it keeps its row: what cannot be decided is null, and
    ``problem`` names the first table that found no row.
    """
    catalogue = Catalogue(edition)
    holder: dict[str, str] = dict.fromkeys(catalogue.facts, "c")
    joins, rules, problems, keys = [], [], [], []
    shares = {position for position, _ in catalogue.shares}
    for position, table in enumerate(catalogue.tables):
        alias = f"t{position + 1}"
        on = " AND ".join(f"{alias}.{fact} = {holder[fact]}.{fact}" for fact in table.facts)
        joins.append(f"LEFT JOIN {PREFIX}{table.table.id} {alias} ON {on}")
        holder |= dict.fromkeys(table.table.sets, alias)
        rules.append(f"{alias}.rules")
        problems.append(f"WHEN {alias}.{table.facts[0]} IS NULL THEN '{table.table.id}'")
        if position in shares:
            keys.append(f"{alias}.{_SHARE}")
    joins.append(f"LEFT JOIN {PREFIX}action_sets a ON a.action_key = {' + '.join(keys)}")
    return "\n".join(
        [
            "SELECT",
            f"  c.{CASE_ID},",
            *(f"  {_column(holder, fact)} AS {fact}," for fact in ("tier", "priority", "histology_group")),
            "  a.actions,",
            f"  concat_ws(' ', {', '.join(rules)}) AS rules,",
            "  CASE",
            *(f"    {problem}" for problem in problems),
            "  END AS problem",
            f"FROM {source} c",
            *joins,
        ]
    )


def _column(holder: Mapping[str, str], fact: str) -> str:
    return f"{holder[fact]}.{fact}"
