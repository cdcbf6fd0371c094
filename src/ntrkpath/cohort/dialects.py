"""What differs between warehouses: how each is told of a look-up table; the query that decides is one text for all."""

from __future__ import annotations

import re
import shlex
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ntrkpath.model.errors import CaseError

if TYPE_CHECKING:
    import pyarrow as pa

#: What is run here by the tests, then what is only made.
DIALECTS = ("sqlite", "duckdb", "postgresql", "spark", "bigquery", "snowflake")
#: The file that holds every look-up for SQLite.
SQLITE_FILE = "ntrkpath.sqlite"
#: Where Snowflake takes the files from.
_STAGE = "files"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class Names(msgspec.Struct, frozen=True):
    """How things are called in the warehouse.

    Args:
        source: The relation that is decided, with its schema where it has one.
        schema: The schema (dataset, database) of the look-ups and of the view; none: the one in use.
        prefix: How every look-up and the view begin.

    Raises:
        CaseError: A name has other signs than letters, digits and ``_``.
    """

    source: str = "cohort_facts"
    schema: str = ""
    prefix: str = "ntrkpath_"

    def __post_init__(self) -> None:
        for given in (self.source, self.schema or "a", f"{self.prefix}a"):
            parts = given.split(".")
            if len(parts) > 3 or not all(_NAME.match(part) for part in parts):
                raise CaseError(
                    "not a plain name", value=given,
                    allowed="letters, digits and _, not a digit first, with a schema before a dot",
                )  # fmt: skip
        if "." in self.prefix:
            raise CaseError("not a plain name", value=self.prefix, remedy="the schema is given by itself")

    def table(self, name: str) -> str:
        """Return the name of a look-up, with its schema."""
        return f"{self.schema}.{self.prefix}{name}" if self.schema else f"{self.prefix}{name}"

    @property
    def decided(self) -> str:
        """The view that holds the answers."""
        return self.table("decided")


def loads(dialect: str, tables: Mapping[str, pa.Table], directory: Path | str, names: Names) -> list[str]:
    """Return the statements that make every table of the export known to a warehouse."""
    place = str(directory)
    schema = [f"CREATE SCHEMA IF NOT EXISTS {names.schema};"] if names.schema else []
    if dialect == "sqlite":
        return [f"ATTACH DATABASE {_quoted(f'{place}/{SQLITE_FILE}')} AS {names.schema};"] if names.schema else []
    if dialect == "bigquery":
        return []
    if dialect == "snowflake":
        stage = names.table(_STAGE)
        address = _quoted(f"file://{Path(place).resolve()}/csv/*.csv")
        schema += [f"CREATE OR REPLACE TEMPORARY STAGE {stage};", f"PUT {address} @{stage} OVERWRITE = TRUE;"]
    load = _LOADS[dialect]
    return [*schema, *(load(name, table, place, names) for name, table in tables.items())]


def view_statement(dialect: str, names: Names) -> str:
    """Return the beginning of the statement that makes the view."""
    if dialect == "sqlite":
        # A view of one file may read another only while it is temporary, and then stands in no schema.
        view = f"{names.prefix}decided"
        return f"DROP VIEW IF EXISTS {view};\nCREATE {'TEMP ' if names.schema else ''}VIEW {view} AS"
    temporary = "TEMPORARY " if dialect == "spark" and not names.schema else ""
    return f"CREATE OR REPLACE {temporary}VIEW {names.decided} AS"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _duckdb(name: str, _: pa.Table, place: str, names: Names) -> str:
    return f"CREATE OR REPLACE VIEW {names.table(name)} AS FROM read_parquet({_quoted(f'{place}/{name}.parquet')});"


def _spark(name: str, _: pa.Table, place: str, names: Names) -> str:
    # What stands in a schema is sought from the folder of the warehouse, not from the one that the session began in.
    path = str(Path(place).resolve()) if names.schema else place
    escaped = path.replace("\\", "\\\\").replace("'", "\\'")
    given = f"USING parquet OPTIONS (path '{escaped}/{name}.parquet')"
    if names.schema:
        return f"DROP TABLE IF EXISTS {names.table(name)};\nCREATE TABLE {names.table(name)} {given};"
    return f"CREATE OR REPLACE TEMPORARY VIEW {names.table(name)} {given};"


def _columns(table: pa.Table) -> str:
    import pyarrow as pa

    return ", ".join(f"{f.name} {'integer' if pa.types.is_integer(f.type) else 'text'}" for f in table.schema)


def _postgresql(name: str, table: pa.Table, place: str, names: Names) -> str:
    there = names.table(name)
    return (
        f"DROP TABLE IF EXISTS {there} CASCADE;\n"
        f"CREATE TABLE {there} ({_columns(table)});\n"
        f"\\copy {there} FROM {_quoted(f'{place}/csv/{name}.csv')} WITH (FORMAT csv, HEADER)"
    )


def _snowflake(name: str, table: pa.Table, _: str, names: Names) -> str:
    there = names.table(name)
    return (
        f"CREATE OR REPLACE TABLE {there} ({_columns(table)});\n"
        f"COPY INTO {there} FROM @{names.table(_STAGE)}/{name}.csv "
        "FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"');"
    )


_LOADS: dict[str, Callable[[str, pa.Table, str, Names], str]] = {
    "duckdb": _duckdb, "spark": _spark, "postgresql": _postgresql, "snowflake": _snowflake,
}  # fmt: skip


def bigquery_commands(tables: Mapping[str, pa.Table], directory: Path | str, names: Names) -> str:
    """Return the shell commands that load every table into BigQuery and make the view: its SQL reads no local file."""
    place = shlex.quote(str(directory))
    schema = [f"bq mk --force --dataset {names.schema}"] if names.schema else []
    loaded = [
        f"bq load --replace --source_format=PARQUET {names.table(name)} {place}/{name}.parquet" for name in tables
    ]
    query = f"bq query --use_legacy_sql=false < {place}/bigquery.sql"
    return "\n".join(["#!/bin/sh", "set -eu", *schema, *loaded, query, ""])


def write_sqlite(
    file: Path, tables: Mapping[str, pa.Table], facts: Mapping[str, tuple[str, ...]], names: Names
) -> None:
    """Write every table into one file of SQLite.

    Args:
        file: Replaced where it is there.
        tables: The tables of the export.
        facts: The columns that a look-up is joined by, by table; they become its key.
        names: The prefix; a schema is the name under which the file is attached, and does not stand in it.
    """
    file.unlink(missing_ok=True)
    connection = sqlite3.connect(file)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        for name, table in tables.items():
            key = facts.get(name, ())
            held = f", PRIMARY KEY ({', '.join(key)})) WITHOUT ROWID" if key else ")"
            connection.execute(f"CREATE TABLE {names.prefix}{name} ({_columns(table)}{held}")
            marks = ", ".join("?" * table.num_columns)
            for batch in table.to_batches(20_000):
                rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
                connection.executemany(f"INSERT INTO {names.prefix}{name} VALUES ({marks})", rows)  # noqa: S608 - checked names
        connection.commit()
    finally:
        connection.close()
