"""The exported look-ups decide by plain joins what the tables decide: in SQLite, DuckDB, PostgreSQL (Spark beside)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from math import prod
from pathlib import Path
from typing import Any

import pytest

pl = pytest.importorskip("polars")
pq = pytest.importorskip("pyarrow.parquet")

from ntrkpath.cohort.dialects import DIALECTS, Names  # noqa: E402
from ntrkpath.cohort.frame import Decider, plain  # noqa: E402
from ntrkpath.cohort.sql import catalogue_tables, decide_query, export, script  # noqa: E402
from ntrkpath.guidance import load  # noqa: E402
from ntrkpath.model.errors import CaseError  # noqa: E402
from support import postgresql  # noqa: E402
from support.cohort import cohort_frame  # noqa: E402

#: Every name of one's own: the relation that is decided, the schema, the prefix.
OWN = Names(source="registry.facts_of_cases", schema="guidance", prefix="wsn_")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("warehouse")
    export(load(), directory)
    return directory


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    return catalogue_tables(load())


@pytest.fixture(scope="module")
def owned(exported: Path, tables: dict[str, Any]) -> dict[str, str]:
    """The SQL with names of one's own over the same files."""
    return {one: script(load(), one, exported, names=OWN, tables=tables) for one in DIALECTS}


@pytest.fixture(scope="module")
def facts() -> Any:
    return Decider(load()).levels(cohort_frame(500, 4).to_arrow())


@pytest.fixture(scope="module")
def expected() -> Any:
    answers = plain(Decider(load()).answer(cohort_frame(500, 4).to_arrow()).answers)
    return pl.DataFrame(pl.from_arrow(answers)).sort("case_id")


def assert_as_decided(found: Any, expected: Any) -> None:
    """Every column is equal, ``rules`` included, and nothing was left undecided."""
    found = found.sort("case_id")
    assert found["problem"].null_count() == len(found)
    assert found.drop("problem").equals(expected)


# --- DuckDB -----------------------------------------------------------------------------------------------------------


def test_duckdb_decides_by_joins_what_the_tables_decide(exported: Path, facts: Any, expected: Any) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        connection.register("cohort_facts", facts)
        connection.execute((exported / "duckdb.sql").read_text(encoding="utf-8"))
        found = pl.DataFrame(pl.from_arrow(connection.sql("FROM ntrkpath_decided").to_arrow_table()))
    assert_as_decided(found, expected)


def test_duckdb_takes_names_of_ones_own(owned: dict[str, str], facts: Any, expected: Any) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        connection.register("given", facts)
        connection.execute("CREATE SCHEMA registry; CREATE TABLE registry.facts_of_cases AS FROM given")
        connection.execute(owned["duckdb"])
        found = pl.DataFrame(pl.from_arrow(connection.sql("FROM guidance.wsn_decided").to_arrow_table()))
    assert_as_decided(found, expected)


# --- SQLite -----------------------------------------------------------------------------------------------------------


def with_facts(database: Path, facts: Any, table: str) -> sqlite3.Connection:
    connection = sqlite3.connect(database)
    columns = facts.column_names
    connection.execute(f"CREATE TABLE {table} ({', '.join(f'{name} text' for name in columns)})")
    marks = ", ".join("?" * len(columns))
    rows = zip(*(facts[name].to_pylist() for name in columns), strict=True)
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    connection.commit()
    return connection


def decided(connection: sqlite3.Connection, view: str) -> Any:
    answers = connection.execute(f"SELECT * FROM {view}")
    names = [column[0] for column in answers.description]
    return pl.DataFrame(answers.fetchall(), schema=dict.fromkeys(names, pl.String), orient="row")


def test_sqlite_decides_by_joins_what_the_tables_decide(
    exported: Path, facts: Any, expected: Any, tmp_path: Path
) -> None:
    shutil.copy(exported / "ntrkpath.sqlite", tmp_path / "one.sqlite")
    with closing(with_facts(tmp_path / "one.sqlite", facts, "cohort_facts")) as connection:
        for _ in range(2):  # the script may be run again
            connection.executescript((exported / "sqlite.sql").read_text(encoding="utf-8"))
        assert_as_decided(decided(connection, "ntrkpath_decided"), expected)


def test_sqlite_decides_a_database_of_ones_own_beside_the_look_ups(
    exported: Path, facts: Any, expected: Any, tmp_path: Path
) -> None:
    names = Names(source="main.patients", schema="guidance")
    text = script(load(), "sqlite", exported, names=names, tables={})
    with closing(with_facts(tmp_path / "own.sqlite", facts, "patients")) as connection:
        connection.executescript(text)
        assert_as_decided(decided(connection, "ntrkpath_decided"), expected)


def test_an_empty_text_in_place_of_a_null_changes_no_answer(
    exported: Path, facts: Any, expected: Any, tmp_path: Path
) -> None:
    """Oracle holds an empty text as null, and a CSV read by SQLite gives an empty text for a null."""
    for place, change in enumerate(("rules = '' WHERE rules IS NULL", "rules = NULL WHERE rules = ''")):
        file = tmp_path / f"{place}.sqlite"
        shutil.copy(exported / "ntrkpath.sqlite", file)
        with closing(with_facts(file, facts, "cohort_facts")) as connection:
            for table in load().decisions.tables:
                connection.execute(f"UPDATE ntrkpath_{table.id} SET {change}")
            connection.executescript((exported / "sqlite.sql").read_text(encoding="utf-8"))
            assert_as_decided(decided(connection, "ntrkpath_decided"), expected)


# --- BigQuery and Snowflake, which are not run here -------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["bigquery", "snowflake", "postgres", "spark", "oracle"])
def test_the_query_means_the_same_where_it_is_not_run(
    dialect: str, facts: Any, expected: Any, exported: Path, tables: dict[str, Any]
) -> None:
    """Read as that dialect, written by a translator for it and read back, it is one query and decides the same."""
    sqlglot, duckdb = pytest.importorskip("sqlglot"), pytest.importorskip("duckdb")
    query = decide_query(load())
    written = sqlglot.transpile(query, read="duckdb", write=dialect)[0]
    as_given = sqlglot.transpile(query, read=dialect, write="duckdb")[0]
    read_back = sqlglot.transpile(written, read=dialect, write="duckdb")[0]
    assert "concat_ws" not in written.lower()
    with duckdb.connect() as connection:
        connection.register("cohort_facts", facts)
        for name in tables:
            connection.execute(f"CREATE VIEW ntrkpath_{name} AS FROM read_parquet('{exported}/{name}.parquet')")
        for text in dict.fromkeys((as_given, read_back)):
            assert_as_decided(pl.DataFrame(pl.from_arrow(connection.sql(text).to_arrow_table())), expected)


def test_what_is_only_made_is_read_by_a_parser_of_its_dialect(
    exported: Path, owned: dict[str, str], tables: dict[str, Any]
) -> None:
    sqlglot = pytest.importorskip("sqlglot")
    for dialect in ("bigquery", "snowflake"):
        for text in ((exported / f"{dialect}.sql").read_text(encoding="utf-8"), owned[dialect]):
            statements = sqlglot.parse(text, read=dialect)
            assert [type(one).__name__ for one in statements].count("Create") >= 1
            assert type(statements[-1]).__name__ == "Create"
    loaded = (exported / "bigquery.sh").read_text(encoding="utf-8")
    for name in tables:
        assert f"ntrkpath_{name} {exported}/{name}.parquet" in loaded
        assert f"COPY INTO guidance.wsn_{name} FROM @guidance.wsn_files/{name}.csv" in owned["snowflake"]


def test_no_script_has_a_place_to_be_filled_in(owned: dict[str, str]) -> None:
    for text in owned.values():
        assert not any(sign in text for sign in ("<", "${", "{{", "YOUR", "my_"))
        assert "cohort_facts" not in text and "ntrkpath_" not in text.replace("ntrkpath_path", "")


def test_a_case_with_a_fact_that_is_no_level_keeps_its_row_and_says_where(exported: Path, facts: Any) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        connection.register("given", facts.slice(0, 2))
        connection.execute(
            "CREATE TABLE cohort_facts AS SELECT * REPLACE ("
            "CASE WHEN place = 0 THEN 'far away' ELSE extent END AS extent, "
            "CASE WHEN place = 1 THEN NULL ELSE specimens END AS specimens) "
            "FROM (SELECT *, row_number() OVER () - 1 AS place FROM given)"
        )
        connection.execute((exported / "duckdb.sql").read_text(encoding="utf-8"))
        rows = connection.sql(
            "SELECT problem, d.tier, d.priority, d.actions FROM ntrkpath_decided d "
            "JOIN cohort_facts USING (case_id) ORDER BY place"
        ).fetchall()
    assert rows[0][0] == "priority"
    assert rows[0][1] is not None
    assert rows[0][2:] == (None, None)
    assert rows[1][0] == "cautions_timing"
    assert None not in rows[1][1:]


def test_every_look_up_has_a_row_for_every_state(tables: dict[str, Any]) -> None:
    edition = load()
    for table in edition.decisions.tables:
        found = pl.DataFrame(pl.from_arrow(tables[table.id]))
        assert len(found) == prod(len(edition.facts[fact].levels) for fact in table.facts)
        assert not found.select(table.facts).is_duplicated().any()
        assert set(table.sets) <= set(found.columns)


def test_rules_and_codes_are_named_by_the_catalogue(tables: dict[str, Any]) -> None:
    edition = load()
    assert set(tables["rules"]["rule"].to_pylist()) == {r.id for t in edition.decisions.tables for r in t.rows}
    cohort = cohort_frame(60, 6)
    ids = Decider(edition).decide(cohort).answers["rules"].to_list()
    coded = Decider(edition, rules="codes").decide(cohort).answers
    named = {(r["decision_table"], r["code"]): r["rules"] for r in tables["outcomes"].to_pylist()}
    order = [table.id for table in edition.decisions.tables]
    joined = [
        " ".join(text for table in order if (text := named[table, row[f"rule_{table}"]]))
        for row in coded.iter_rows(named=True)
    ]
    assert joined == ids


def test_the_export_says_which_edition_it_holds(exported: Path) -> None:
    for dialect in DIALECTS:
        text = (exported / f"{dialect}.sql").read_text(encoding="utf-8")
        assert load().sha256 in text
        assert decide_query(load()) in text


def test_names_that_would_break_out_of_the_sql_are_refused(tmp_path: Path, tables: dict[str, Any]) -> None:
    with pytest.raises(CaseError, match="not a plain name"):
        Names(source="cases; DROP TABLE x")
    with pytest.raises(CaseError, match="not a plain name"):
        Names(schema="a b")
    with pytest.raises(CaseError, match="not a plain name"):
        Names(prefix="a.b_")
    with pytest.raises(CaseError, match="dialect not known"):
        script(load(), "oracle", ".")
    with pytest.raises(CaseError, match="dialect not known"):
        export(load(), tmp_path, dialects=["duckdb", "oracle"])
    assert not list(tmp_path.iterdir())
    small = {"tier": tables["tier"]}
    assert "O''Brien" in script(load(), "duckdb", "/data/O'Brien", names=Names(source="lab.cases"), tables=small)
    assert "O\\'Brien" in script(load(), "spark", "/data/O'Brien", tables=small)


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def psql() -> Iterator[Any]:
    """A function that runs SQL in a PostgreSQL of its own, which listens on a socket only."""
    for server in postgresql.running():
        yield server.sql


def of_postgresql(psql: Any, facts: Any, table: str, sql: Path, view: str, place: Path) -> Any:
    cohort = pl.DataFrame(pl.from_arrow(facts))
    cohort.write_csv(place / "facts.csv")
    psql("-c", f"CREATE TABLE {table} ({', '.join(f'{name} text' for name in cohort.columns)})")
    psql("-c", f"\\copy {table} FROM '{place / 'facts.csv'}' WITH (FORMAT csv, HEADER)")
    psql("-f", str(sql))
    psql("-c", "ANALYZE")
    psql("-c", f"\\copy (SELECT * FROM {view}) TO '{place / 'answers.csv'}' WITH (FORMAT csv, HEADER)")
    return pl.read_csv(place / "answers.csv", infer_schema=False)


def test_postgresql_decides_by_joins_what_the_tables_decide(
    psql: Any, exported: Path, facts: Any, expected: Any, tmp_path: Path
) -> None:
    found = of_postgresql(psql, facts, "cohort_facts", exported / "postgresql.sql", "ntrkpath_decided", tmp_path)
    assert_as_decided(found, expected)


def test_postgresql_takes_names_of_ones_own(
    psql: Any, owned: dict[str, str], facts: Any, expected: Any, tmp_path: Path
) -> None:
    psql("-c", "CREATE SCHEMA registry")
    (tmp_path / "own.sql").write_text(owned["postgresql"], encoding="utf-8")
    found = of_postgresql(psql, facts, OWN.source, tmp_path / "own.sql", OWN.decided, tmp_path)
    assert_as_decided(found, expected)
