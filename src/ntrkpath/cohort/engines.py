"""One cohort on the machine people already run: polars, Arrow, DuckDB or Spark, told apart by narwhals."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import TYPE_CHECKING, Any

from ntrkpath.cohort.frame import Decider
from ntrkpath.cohort.tabulated import BATCH, answer_schema, gathered, together
from ntrkpath.model.errors import CaseError
from ntrkpath.model.extras import require_extra

if TYPE_CHECKING:
    import pyarrow as pa


def decide_frame(frame: Any, decider: Decider | None = None) -> Any:
    """Decide a frame of any engine and return a frame of the same engine.

    The answers are those of ``Decider`` as text, and ``problem``: why a row is bad (its other columns are null then).
    Rows are told apart by ``case_id``; no engine promises their order.

    Args:
        frame: A polars frame (eager or lazy), Arrow table, DuckDB relation or Spark frame, with raw
            columns.
        decider: How to decide; by default the newest edition.

    Returns:
        An eager frame for an eager one. For a lazy polars frame a lazy one; for a DuckDB relation one that can be read
        once, on a connection of its own; for a Spark frame a Spark frame. Nothing is decided before they are read.

    Raises:
        CaseError: The engine is not known, or the columns do not say enough.
        NtrkpathError: The engine's extra is not installed.
    """
    require_extra("narwhals", extra="batch", what="cohorts")
    import narwhals as nw

    chosen = decider or Decider()
    try:
        known = nw.from_native(frame)
    except TypeError:
        raise CaseError("not a frame of a known engine", value=type(frame).__name__, allowed=_ENGINES) from None
    engine, needed = known.implementation, Decider.needs(known.collect_schema().names())
    if isinstance(known, nw.DataFrame):
        answered = together(chosen, known.select(needed).to_arrow())
        return nw.from_arrow(answered, backend=engine).to_native()
    if engine is nw.Implementation.POLARS:
        return _lazy(known.select(needed).to_native(), chosen)
    if engine is nw.Implementation.DUCKDB:
        return _duckdb(known.select(needed).to_native(), chosen)
    if engine in (nw.Implementation.PYSPARK, nw.Implementation.PYSPARK_CONNECT):
        from ntrkpath.cohort.spark import decide_spark

        return decide_spark(known.to_native(), needed, chosen)
    raise CaseError("engine is not supported", value=str(engine), allowed=_ENGINES)


_ENGINES = "polars, Arrow, DuckDB, Spark"


def _lazy(frame: Any, decider: Decider) -> Any:
    import polars as pl

    one_at_a_time = Lock()

    def decide(part: pl.DataFrame) -> pl.DataFrame:
        with one_at_a_time:
            return pl.DataFrame(pl.from_arrow(together(decider, part.to_arrow())))

    schema = pl.DataFrame(pl.from_arrow(answer_schema(decider).empty_table())).schema
    return frame.map_batches(decide, schema=schema, streamable=True)


def _duckdb(relation: Any, decider: Decider) -> Any:
    import duckdb
    import pyarrow as pa

    schema = answer_schema(decider)

    def batches() -> Iterator[pa.RecordBatch]:
        for table in gathered(relation.to_arrow_reader(BATCH)):
            yield from together(decider, table).cast(schema).to_batches()

    # A connection reads one stream at a time: what is read here pulls from the connection of the relation.
    return duckdb.connect().from_arrow(pa.RecordBatchReader.from_batches(schema, batches()))
