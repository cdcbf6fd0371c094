"""Good and bad rows of a batch as one table of text, as every engine hands them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ntrkpath.cohort.columns import CASE_ID
from ntrkpath.cohort.frame import Decider, plain

if TYPE_CHECKING:
    import pyarrow as pa

#: Why a row has no answer; null in a row that has one.
PROBLEM = "problem"
#: Rows that are decided together where an engine hands over less at a time.
BATCH = 1 << 17


def together(decider: Decider, batch: pa.Table | pa.RecordBatch) -> pa.Table:
    """Return good and bad rows of a batch as one table of text."""
    import pyarrow as pa

    answered = decider.answer(batch)
    good, bad = plain(answered.answers), answered.bad
    good = good.append_column(PROBLEM, pa.nulls(good.num_rows, pa.large_string()))
    if not bad.num_rows:
        return good
    bad = pa.table({CASE_ID: bad[CASE_ID], PROBLEM: bad["reason"]})
    return pa.concat_tables([good, bad], promote_options="default")


def answer_schema(decider: Decider) -> pa.Schema:
    """Return the schema of ``together``."""
    import pyarrow as pa

    nothing = pa.table({CASE_ID: pa.array([], pa.string()), "diagnosis.histology": pa.array([], pa.string())})
    return together(decider, nothing).schema


def gathered(batches: Iterable[pa.RecordBatch], rows: int = BATCH) -> Iterator[pa.Table]:
    """Yield tables of about ``rows`` rows from batches of any size."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        waiting.append(batch)
        count += batch.num_rows
        if count >= rows:
            yield pa.Table.from_batches(waiting)
            waiting, count = [], 0
    if count:
        yield pa.Table.from_batches(waiting)
