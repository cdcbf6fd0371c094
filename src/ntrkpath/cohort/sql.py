"""The guidance for a warehouse: every table as a look-up with names, and the SQL that decides by plain joins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from ntrkpath.cohort.catalogue import Catalogue, catalogue_of
from ntrkpath.cohort.columns import CASE_ID
from ntrkpath.cohort.dialects import (
    DIALECTS,
    SQLITE_FILE,
    Names,
    bigquery_commands,
    loads,
    view_statement,
    write_sqlite,
)
from ntrkpath.guidance import Edition
from ntrkpath.model.errors import CaseError
from ntrkpath.model.extras import require_extra

if TYPE_CHECKING:
    import pyarrow as pa

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
    require_extra("pyarrow", extra="batch", what="cohorts")
    import pyarrow as pa

    catalogue = catalogue_of(edition)
    tables = dict(_lookups(catalogue))
    tables["action_sets"] = pa.table(
        {
            "action_key": pa.array(range(catalogue.action_keys), pa.int32()),
            "actions": catalogue.action_texts(),
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


def export(
    edition: Edition, directory: Path, *, names: Names | None = None, dialects: Sequence[str] = DIALECTS
) -> list[Path]:
    """Write the look-ups, the catalogue and the SQL of the dialects into a directory, and return the files.

    Parquet for DuckDB, Spark and BigQuery, CSV (in ``csv/``) for PostgreSQL and Snowflake, one file for SQLite; the
    SQL as ``DIALECT.sql``, for BigQuery with ``bigquery.sh``, which loads. Paths are those of ``directory`` as given.

    Args:
        edition: What decides.
        directory: Made where it is not there.
        names: How things are called in the warehouse.
        dialects: Those that are written for; all by default.

    Raises:
        NtrkpathError: pyarrow is not installed.
        CaseError: A dialect is not known.
    """
    require_extra("pyarrow", extra="batch", what="cohorts")
    import pyarrow.csv as pa_csv
    import pyarrow.parquet as pq

    names = names or Names()
    for dialect in dialects:
        _known(dialect)
    wanted = set(dialects)
    tables = catalogue_tables(edition)
    scripts = {
        f"{dialect}.sql": script(edition, dialect, directory, names=names, tables=tables)
        for dialect in DIALECTS
        if dialect in wanted
    }
    if "bigquery" in wanted:
        scripts["bigquery.sh"] = bigquery_commands(tables, directory, names)
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    if {"duckdb", "spark", "bigquery"}.intersection(wanted):
        for name, table in tables.items():
            written.append(directory / f"{name}.parquet")
            pq.write_table(table, written[-1])
    if {"postgresql", "snowflake"}.intersection(wanted):
        (directory / "csv").mkdir(exist_ok=True)
        for name, table in tables.items():
            written.append(directory / "csv" / f"{name}.csv")
            pa_csv.write_csv(table, written[-1])
    if "sqlite" in wanted:
        written.append(directory / SQLITE_FILE)
        keys = {table.id: tuple(table.facts) for table in edition.decisions.tables} | {"action_sets": ("action_key",)}
        write_sqlite(written[-1], tables, keys, names)
    for name, text in scripts.items():
        written.append(directory / name)
        written[-1].write_text(text, encoding="utf-8")
    return written


def script(
    edition: Edition,
    dialect: str,
    directory: Path | str,
    *,
    names: Names | None = None,
    tables: Mapping[str, pa.Table] | None = None,
) -> str:
    """Return the SQL of a dialect: the look-ups loaded, and the view of the answers over the source.

    Args:
        edition: What decides.
        dialect: One of ``DIALECTS``.
        directory: Where the files of ``export`` stand.
        names: How things are called in the warehouse.
        tables: The tables of the export where they are at hand.

    Raises:
        CaseError: The dialect is not known.
    """
    names = names or Names()
    _known(dialect)
    head = [
        f"-- {edition.title}: edition {edition.id} {edition.version}",
        f"-- sha256 {edition.sha256}",
        f"-- Reads {names.source}: {CASE_ID}, and the level of every fact as text. Gives {names.decided}.",
    ]
    loaded = loads(dialect, catalogue_tables(edition) if tables is None else tables, directory, names)
    return "\n".join([*head, "", *loaded, "", view_statement(dialect, names), f"{decide_query(edition, names)};", ""])


def _known(dialect: str) -> None:
    if dialect not in DIALECTS:
        raise CaseError("dialect not known", value=dialect, allowed=DIALECTS)


def decide_query(edition: Edition, names: Names | None = None) -> str:
    """Return the query that decides; the same text in every dialect.

    It keeps to what all of them read alike: joins by equality, ``CASE``, ``||``, ``LENGTH`` and ``TRIM``. Where a
    warehouse holds an empty text as null, or a null as an empty text, the answer is the same.

    A case of which some fact is null or no level of it keeps its row: what cannot be decided is null, and
    ``problem`` names the first table that found no row.
    """
    names = names or Names()
    catalogue = catalogue_of(edition)
    holder: dict[str, str] = dict.fromkeys(catalogue.facts, "c")
    joins, rules, problems, keys = [], [], [], []
    shares = {position for position, _ in catalogue.shares}
    for position, table in enumerate(catalogue.tables):
        alias = f"t{position + 1}"
        on = " AND ".join(f"{alias}.{fact} = {holder[fact]}.{fact}" for fact in table.facts)
        joins.append(f"LEFT JOIN {names.table(table.table.id)} {alias} ON {on}")
        holder |= dict.fromkeys(table.table.sets, alias)
        rules.append(f"CASE WHEN LENGTH({alias}.rules) > 0 THEN {alias}.rules || ' ' ELSE '' END")
        problems.append(f"WHEN {alias}.{table.facts[0]} IS NULL THEN '{table.table.id}'")
        if position in shares:
            keys.append(f"{alias}.{_SHARE}")
    joins.append(f"LEFT JOIN {names.table('action_sets')} a ON a.action_key = {' + '.join(keys)}")
    return "\n".join(
        [
            "SELECT",
            f"  c.{CASE_ID},",
            *(f"  {holder[fact]}.{fact} AS {fact}," for fact in ("tier", "priority", "histology_group")),
            "  a.actions AS actions,",
            "  TRIM(",
            "    " + "\n    || ".join(rules),
            "  ) AS rules,",
            "  CASE",
            *(f"    {problem}" for problem in problems),
            "  END AS problem",
            f"FROM {names.source} c",
            *joins,
        ]
    )
