"""A cohort on a real Spark session on this machine gives every case the answer that polars gives."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("pyspark")
pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java, which is not installed"),
    # py4j leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

from ntrkpath.cohort.dialects import Names  # noqa: E402
from ntrkpath.cohort.engines import decide_frame  # noqa: E402
from ntrkpath.cohort.frame import Decider  # noqa: E402
from ntrkpath.cohort.spark import decided, of_settings  # noqa: E402
from ntrkpath.cohort.sql import export, script  # noqa: E402
from ntrkpath.guidance import load  # noqa: E402
from support.cohort import cohort_frame  # noqa: E402


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session of two threads that listens on this machine only and writes nothing here."""
    from pyspark.sql import SparkSession

    # The tasks run the Python that runs the tests.
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.setattr(sys, "path", list(sys.path))  # Spark adds a folder of its own and leaves it there
    place = tmp_path_factory.mktemp("spark")
    log = place / "log4j2.properties"
    log.write_text("rootLogger.level = off\n")
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "3g")  # the look-ups are sent to every task whole
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", str(place / "warehouse"))
        .config("spark.local.dir", str(place))
        # A session of a minute is over before the second compiler of Java pays.
        .config(
            "spark.driver.extraJavaOptions",
            f"-Dlog4j2.configurationFile=file:{log} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        )
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()
    monkeypatch.undo()


@pytest.fixture(scope="module")
def cohort() -> Any:
    return cohort_frame(600, 2, bad=5)


def decider() -> Decider:
    return Decider(load(), missing=True, figure2_reading="b", kept=("target",))


def test_spark_answers_as_polars_over_many_partitions(spark: Any, cohort: Any, tmp_path: Path) -> None:
    expected = decide_frame(cohort, decider()).sort("case_id")
    file = tmp_path / "cohort.parquet"
    cohort.write_parquet(file, row_group_size=50)
    answered = decide_frame(spark.read.parquet(str(file)).repartition(7), decider())
    assert answered.columns == expected.columns
    answered.write.parquet(str(tmp_path / "answers"))
    read = pl.read_parquet(tmp_path / "answers" / "*.parquet").sort("case_id")
    assert read.cast(expected.schema).equals(expected)


def test_a_task_decides_as_the_decider_it_was_made_from(cohort: Any) -> None:
    one = decider()
    expected = decide_frame(cohort.to_arrow(), one)
    found = pa.Table.from_batches(decided(iter(cohort.to_arrow().to_batches(50)), cohort.columns, one.settings))
    assert found.sort_by("case_id").equals(expected.sort_by("case_id"))
    assert of_settings(one.settings) is of_settings(one.settings)
    assert of_settings(one.settings).settings == one.settings


def test_codes_of_rules_have_a_type_that_spark_knows(cohort: Any) -> None:
    from pyspark.sql.pandas.types import from_arrow_schema

    one = Decider(load(), rules="codes")
    table = pa.Table.from_batches(decided(iter(cohort.to_arrow().to_batches()), cohort.columns, one.settings))
    assert from_arrow_schema(table.schema).fieldNames() == table.column_names
    expected = decide_frame(cohort.to_arrow(), one)
    assert table["rule_tier"].to_pylist() == expected["rule_tier"].to_pylist()


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The look-ups of the edition with the SQL of Spark."""
    directory = tmp_path_factory.mktemp("warehouse")
    export(load(), directory, dialects=["spark"])
    return directory


@pytest.fixture(scope="module")
def facts(spark: Any, cohort: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("facts") / "facts.parquet"
    pl.DataFrame(pl.from_arrow(Decider(load()).levels(cohort.to_arrow()))).write_parquet(file)
    return spark.read.parquet(str(file))


def run(spark: Any, sql: str) -> None:
    for statement in sql.split(";\n"):
        if statement.strip():
            spark.sql(statement)


def assert_as_decided(spark: Any, view: str, cohort: Any, place: Path) -> None:
    spark.table(view).write.parquet(str(place / "answers"))
    found = pl.read_parquet(place / "answers" / "*.parquet").sort("case_id")
    assert found["problem"].null_count() == len(found)
    assert found.drop("problem").equals(Decider(load()).decide(cohort).answers.sort("case_id"))


def test_spark_decides_by_joins_what_the_tables_decide(
    spark: Any, cohort: Any, warehouse: Path, facts: Any, tmp_path: Path
) -> None:
    facts.createOrReplaceTempView(Names().source)
    run(spark, (warehouse / "spark.sql").read_text(encoding="utf-8"))
    assert_as_decided(spark, Names().decided, cohort, tmp_path)


def test_spark_decides_by_names_of_ones_own(
    spark: Any, cohort: Any, warehouse: Path, facts: Any, tmp_path: Path
) -> None:
    names = Names(source="registry.cases", schema="guidance", prefix="wsn_")
    spark.sql("CREATE SCHEMA registry")
    facts.write.saveAsTable(names.source)
    tables = {path.stem: pq.read_table(path) for path in warehouse.glob("*.parquet")}
    run(spark, script(load(), "spark", warehouse, names=names, tables=tables))
    assert_as_decided(spark, names.decided, cohort, tmp_path)
