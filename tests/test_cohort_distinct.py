"""Distinct combinations of numbers, and which columns of a cohort may count as what they come to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

np = pytest.importorskip("numpy")
pytest.importorskip("pyarrow")

from ntrkpath.cohort.columns import raw_columns  # noqa: E402
from ntrkpath.cohort.distinct import distinct_rows  # noqa: E402
from ntrkpath.cohort.fact_columns import PARTS  # noqa: E402


@given(st.lists(st.sampled_from([1, 2, 5, 300, 70_000]), min_size=1, max_size=20), st.integers(0, 60), st.data())
def test_rows_share_a_number_where_all_their_numbers_are_equal(
    widths: list[int], rows: int, data: st.DataObject
) -> None:
    """Widths whose product passes 32 and 64 bits are among these."""
    drawn = [st.sampled_from(sorted({0, width // 2, width - 1})) for width in widths]
    table = data.draw(st.lists(st.tuples(*drawn), min_size=rows, max_size=rows))
    numbers = [np.array([row[i] for row in table], np.int32) for i in range(len(widths))]
    place, first = distinct_rows(numbers, widths)
    assert [table[first[number]] for number in place] == table
    assert len(first) == len(set(table))
    assert all(table.index(table[row]) == row for row in first)


def test_a_number_that_counts_as_what_it_comes_to_is_read_by_one_part() -> None:
    alone = [part.columns[0] for part in PARTS if len(part.columns) == 1]
    numbers = [column for column in alone if raw_columns()[column].kind == "number"]
    assert {"patient.age", "pan_trk_ihc.percent"} <= set(numbers)
    assert all(sum(column in part.columns for part in PARTS) == 1 for column in numbers)
