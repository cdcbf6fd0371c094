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
from ntrkpath.cohort.parquet import Counts, decide_parquet  # noqa: E402
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


# --- Parquet to Parquet -----------------------------------------------------------------------------------------------


def test_parquet_files_are_decided_into_one_with_every_id_beside_its_answer(
    cohort: Any, expected: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "cohort"
    folder.mkdir()
    for number, part in enumerate(cohort.iter_slices(250)):
        part.write_parquet(folder / f"part-{number}.parquet", row_group_size=30)
    told: list[Counts] = []
    target, bad = tmp_path / "answers.parquet", tmp_path / "bad.parquet"
    one = Decider(load(), missing=True, kept=("sequence",), threads=3)
    counts = decide_parquet(folder, target, one, bad=bad, rows=64, told=told.append)
    assert counts == Counts(595, 5) == told[-1]
    found = pl.read_parquet(target).with_columns(pl.all().cast(pl.String)).sort("case_id")
    assert found.equals(expected.filter(pl.col("problem").is_null()).drop("problem"))
    refused = pl.read_parquet(bad)
    assert [cohort["case_id"][row] for row in refused["row"]] == refused["case_id"].to_list()
    assert refused["where"].unique().to_list() == ["diagnosis.histology"]


def test_columns_cells_and_codes_may_differ_from_file_to_file(tmp_path: Path) -> None:
    pl.DataFrame({"case_id": ["a"], "histology": ["GIST"], "age": [4]}).write_parquet(tmp_path / "1.parquet")
    pl.DataFrame({"case_id": ["b"], "diagnosis.histology": ["IMT"], "extent": ["metastatic"]}).write_parquet(
        tmp_path / "2.parquet"
    )
    target = tmp_path / "out" / "answers.parquet"
    target.parent.mkdir()
    files = [tmp_path / "1.parquet", tmp_path / "2.parquet"]
    assert decide_parquet(files, target, Decider(load(), rules="codes")) == Counts(2, 0)
    assert pl.read_parquet(target)["histology_group"].cast(pl.String).to_list() == ["gist", "imt"]


def test_a_run_that_fails_leaves_no_answers_behind(tmp_path: Path) -> None:
    pl.DataFrame({"case_id": ["a"], "histology": ["GIST"]}).write_parquet(tmp_path / "1.parquet")
    (tmp_path / "2.parquet").write_text("no Parquet at all")
    target = tmp_path / "out" / "answers.parquet"
    target.parent.mkdir()
    files = [tmp_path / "1.parquet", tmp_path / "2.parquet"]
    with pytest.raises(CaseError, match=r"2\.parquet: cannot be read"):
        decide_parquet(files, target, Decider(load()))
    assert list(target.parent.iterdir()) == []
    with pytest.raises(CaseError, match="no Parquet file"):
        decide_parquet(tmp_path / "out", target, Decider(load()))
    pl.DataFrame({"case_id": ["a"]}).write_parquet(tmp_path / "3.parquet")
    with pytest.raises(CaseError, match=r"3\.parquet: diagnosis\.histology: column is missing"):
        decide_parquet(tmp_path / "3.parquet", target, Decider(load()))
