"""The same cohort on every engine gives the same answer to every case, whatever the order of the rows."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")
pytest.importorskip("narwhals")

from ntrkpath.cohort.engines import BATCH, answer_schema, decide_frame, gathered  # noqa: E402
from ntrkpath.cohort.frame import Decider  # noqa: E402
from ntrkpath.guidance import load  # noqa: E402
from ntrkpath.model.errors import CaseError  # noqa: E402
from support.cohort import cohort_frame  # noqa: E402


def decider() -> Decider:
    return Decider(load(), missing=True, kept=("sequence",))


@pytest.fixture(scope="module")
def cohort() -> Any:
    """Synthetic cases, a few of them bad."""
    return cohort_frame(600, 1, bad=5)


@pytest.fixture(scope="module")
def expected(cohort: Any) -> Any:
    """The answers of polars in one batch, by case id."""
    return decide_frame(cohort, decider()).sort("case_id")


def by_id(table: Any) -> Any:
    frame = table if isinstance(table, pl.DataFrame) else pl.DataFrame(pl.from_arrow(table))
    return frame.sort("case_id")


def test_polars_answers_every_row_and_says_why_not(cohort: Any, expected: Any) -> None:
    assert expected["case_id"].to_list() == sorted(cohort["case_id"])
    bad = expected.filter(pl.col("problem").is_not_null())
    assert len(bad) == 5
    assert bad["tier"].null_count() == 5
    assert expected.filter(pl.col("problem").is_null())["actions"].null_count() == 0


def test_arrow_answers_as_polars(cohort: Any, expected: Any) -> None:
    answered = decide_frame(cohort.to_arrow(), decider())
    assert isinstance(answered, pa.Table)
    assert by_id(answered).equals(expected)


def test_a_lazy_polars_frame_answers_as_an_eager_one(cohort: Any, expected: Any, tmp_path: Path) -> None:
    file = tmp_path / "cohort.parquet"
    cohort.write_parquet(file, row_group_size=50)
    lazy = decide_frame(pl.scan_parquet(file), decider())
    assert isinstance(lazy, pl.LazyFrame)
    for engine in ("streaming", "in-memory"):
        assert by_id(lazy.collect(engine=engine)).equals(expected)
    lazy.sink_parquet(tmp_path / "answers.parquet")
    assert by_id(pl.read_parquet(tmp_path / "answers.parquet")).equals(expected)


def test_duckdb_answers_as_polars_over_many_row_groups_and_threads(cohort: Any, expected: Any, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    file = tmp_path / "cohort.parquet"
    cohort.write_parquet(file, row_group_size=20)
    with duckdb.connect(config={"threads": 4, "preserve_insertion_order": False}) as connection:
        relation = connection.read_parquet(str(file))
        answered = decide_frame(relation, decider())
        assert isinstance(answered, duckdb.DuckDBPyRelation)
        assert by_id(answered.to_arrow_table()).equals(expected)
        decide_frame(relation, decider()).write_parquet(str(tmp_path / "answers.parquet"))
        assert by_id(pl.read_parquet(tmp_path / "answers.parquet")).equals(expected)


def test_rows_in_any_order_keep_their_answers(cohort: Any, expected: Any) -> None:
    """Shuffled rows, cut into many batches: each id keeps what it got in the first order."""
    one = decider()
    shuffled = cohort.sample(fraction=1, shuffle=True, seed=11)
    parts = [decide_frame(part, one) for part in shuffled.iter_slices(23)]
    assert by_id(pl.concat(parts)).equals(expected)


def test_a_thing_that_is_no_frame_is_refused() -> None:
    with pytest.raises(CaseError, match="not a frame of a known engine"):
        decide_frame({"case_id": ["a"]})


def test_columns_that_are_missing_are_named_before_anything_is_read() -> None:
    with pytest.raises(CaseError, match=r"diagnosis\.histology"):
        decide_frame(pl.LazyFrame({"case_id": ["a"]}))


def test_small_batches_are_gathered_and_none_is_lost() -> None:
    draw = random.Random(2)
    sizes = [draw.randint(0, 40) for _ in range(50)]
    batches = [pa.record_batch({"n": pa.array(range(size))}) for size in sizes]
    tables = list(gathered(batches, 100))
    assert sum(table.num_rows for table in tables) == sum(sizes)
    assert all(table.num_rows >= 100 for table in tables[:-1])
    assert BATCH >= 1 << 16


def test_the_schema_is_that_of_the_answers(cohort: Any) -> None:
    one = decider()
    assert decide_frame(cohort.to_arrow(), one).schema == answer_schema(one)
