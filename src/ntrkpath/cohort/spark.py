"""A cohort on Spark: each task decides its own partitions with the same tables, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ntrkpath.cohort.frame import Decider, Rules
from ntrkpath.cohort.tabulated import answer_schema, gathered, together
from ntrkpath.guidance import load
from ntrkpath.model.extras import require_extra

if TYPE_CHECKING:
    import pyarrow as pa

#: Everything that makes a decider, as plain words that travel to a task.
Settings = tuple[str, str, bool, Rules, tuple[str, ...]]


def decide_spark(frame: Any, columns: Sequence[str], decider: Decider) -> Any:
    """Decide a Spark frame of raw columns; ``ntrkpath[spark]`` must be installed where the tasks run.

    Args:
        columns: The columns that are read.

    Raises:
        NtrkpathError: pyspark is not installed.
    """
    # Spark itself asks for pandas wherever it calls Python
    require_extra("pyspark", "pandas", extra="spark", what="cohorts on Spark")
    from pyspark.sql.functions import col
    from pyspark.sql.pandas.types import from_arrow_schema

    names, settings = list(columns), decider.settings

    def decide(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return decided(batches, names, settings)

    # Spark takes a dot in a name for a key of a struct: on the way to a task the columns bear numbers.
    quoted = (f"`{name.replace('`', '``')}`" for name in names)
    read = frame.select([col(name).alias(f"c{i}") for i, name in enumerate(quoted)])
    return read.mapInArrow(decide, from_arrow_schema(task_schema(decider)))


def decided(batches: Iterator[pa.RecordBatch], names: Sequence[str], settings: Settings) -> Iterator[pa.RecordBatch]:
    """Yield the answers of a task's batches, whose columns are to bear ``names``."""
    decider = of_settings(settings)
    schema = task_schema(decider)
    for table in gathered(batches):
        yield from together(decider, table.rename_columns(list(names))).cast(schema).to_batches()


def task_schema(decider: Decider) -> pa.Schema:
    """Return the schema of what a task yields: that of the answers, without the unsigned numbers Spark lacks."""
    import pyarrow as pa

    fields = answer_schema(decider)
    return pa.schema([f.with_type(pa.int16()) if f.type == pa.uint8() else f for f in fields])


@lru_cache(maxsize=4)
def of_settings(settings: Settings) -> Decider:
    """Return the decider of a task: one thread, since Spark runs as many tasks as there are processors."""
    edition, reading, missing, rules, kept = settings
    return Decider(load(edition), figure2_reading=reading, missing=missing, rules=rules, kept=kept, threads=1)
