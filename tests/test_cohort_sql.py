"""The exported look-ups decide by plain joins what the tables decide: in DuckDB and in PostgreSQL (Spark beside)."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

import pytest

pl = pytest.importorskip("polars")
pq = pytest.importorskip("pyarrow.parquet")

from ntrkpath.cohort import sql as cohort_sql  # noqa: E402
from ntrkpath.cohort.frame import Decider, plain  # noqa: E402
from ntrkpath.cohort.sql import catalogue_tables, decide_query, export, script  # noqa: E402
from ntrkpath.guidance import load  # noqa: E402
from ntrkpath.model.errors import CaseError  # noqa: E402
from support.cohort import cohort_frame  # noqa: E402


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("warehouse")
    export(load(), directory)
    return directory


@pytest.fixture(scope="module")
def facts() -> Any:
    return Decider(load()).levels(cohort_frame(500, 4).to_arrow())


@pytest.fixture(scope="module")
def expected() -> Any:
    answers = plain(Decider(load()).answer(cohort_frame(500, 4).to_arrow()).answers)
    return pl.DataFrame(pl.from_arrow(answers)).sort("case_id")


def test_duckdb_decides_by_joins_what_the_tables_decide(exported: Path, facts: Any, expected: Any) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        connection.register("cohort_facts", facts)
        connection.execute((exported / "duckdb.sql").read_text(encoding="utf-8"))
        found = pl.DataFrame(pl.from_arrow(connection.sql("FROM ntrkpath_decided").to_arrow_table())).sort("case_id")
    assert found["problem"].null_count() == len(found)
    assert found.drop("problem").equals(expected)


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


def test_every_look_up_has_a_row_for_every_state() -> None:
    edition, tables = load(), catalogue_tables(load())
    for table in edition.decisions.tables:
        found = pl.DataFrame(pl.from_arrow(tables[table.id]))
        assert len(found) == prod(len(edition.facts[fact].levels) for fact in table.facts)
        assert not found.select(table.facts).is_duplicated().any()
        assert set(table.sets) <= set(found.columns)


def test_rules_and_codes_are_named_by_the_catalogue() -> None:
    edition, tables = load(), catalogue_tables(load())
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
    for dialect in cohort_sql.DIALECTS:
        text = (exported / f"{dialect}.sql").read_text(encoding="utf-8")
        assert load().sha256 in text
        assert decide_query(load()) in text


def test_names_that_would_break_out_of_the_sql_are_refused() -> None:
    with pytest.raises(CaseError, match="not a plain name"):
        script(load(), "duckdb", ".", source="cases; DROP TABLE x")
    with pytest.raises(CaseError, match="dialect not known"):
        script(load(), "oracle", ".")
    small = {"tier": catalogue_tables(load())["tier"]}
    assert "O''Brien" in script(load(), "duckdb", "/data/O'Brien", source="lab.cases", tables=small)
    assert "O\\'Brien" in script(load(), "spark", "/data/O'Brien", tables=small)


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


def _program(name: str) -> str | None:
    # The server's own programs lie beside each other; what Debian puts on the path wraps them.
    installed = sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")))
    return installed[-1] if installed else shutil.which(name)


@pytest.fixture(scope="module")
def psql() -> Iterator[Any]:
    """A function that runs SQL in a PostgreSQL of its own, which listens on a socket only."""
    programs = [_program(name) for name in ("initdb", "pg_ctl", "psql")]
    if None in programs:
        pytest.skip("PostgreSQL is not installed")
    initdb, pg_ctl, client = (str(program) for program in programs)
    as_user: list[str] = []
    place = Path(tempfile.mkdtemp(prefix="ntrkpath-pg-"))
    if os.getuid() == 0:
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        os.chown(place, owner.pw_uid, owner.pw_gid)
        as_user = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    data = str(place / "data")

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, capture_output=True, cwd=place)

    run(initdb, "-D", data, "-A", "trust", "-U", "ntrkpath", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-k {place} -c listen_addresses='' -c fsync=off"
    run(pg_ctl, "-D", data, "-w", "-l", str(place / "log"), "-o", options, "start")

    def sql(*arguments: str) -> str:
        command = [client, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(place), "-U", "ntrkpath", "-d", "postgres"]
        return subprocess.run([*command, *arguments], check=True, capture_output=True, text=True).stdout

    yield sql
    run(pg_ctl, "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(place)


def test_postgresql_decides_by_joins_what_the_tables_decide(
    psql: Any, exported: Path, facts: Any, expected: Any, tmp_path: Path
) -> None:
    cohort = pl.DataFrame(pl.from_arrow(facts))
    cohort.write_csv(tmp_path / "facts.csv")
    psql("-c", f"CREATE TABLE cohort_facts ({', '.join(f'{name} text' for name in cohort.columns)})")
    psql("-c", f"\\copy cohort_facts FROM '{tmp_path / 'facts.csv'}' WITH (FORMAT csv, HEADER)")
    psql("-f", str(exported / "postgresql.sql"))
    psql("-c", "ANALYZE")
    answers = tmp_path / "answers.csv"
    psql("-c", f"\\copy (SELECT * FROM ntrkpath_decided) TO '{answers}' WITH (FORMAT csv, HEADER)")
    found = pl.read_csv(answers, infer_schema=False).sort("case_id")
    assert found["problem"].null_count() == len(found)
    assert found.drop("problem").equals(expected)
