"""Parquet to Parquet: batches are read, decided and written side by side, and memory stays flat as rows grow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ntrkpath.cohort.columns import CASE_ID
from ntrkpath.cohort.frame import Answered, Decider
from ntrkpath.model.errors import CaseError

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows of a batch, and of a row group of the answers.
BATCH = 1 << 17


class Counts(msgspec.Struct, frozen=True):
    """How many cases were decided, and how many rows are bad."""

    decided: int
    bad: int


def files_of(source: Path | str) -> list[Path]:
    """Return a Parquet file, or those of a directory in the order of their paths.

    Raises:
        CaseError: There is none.
    """
    path = Path(source)
    found = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    if not found or not all(file.is_file() for file in found):
        raise CaseError("no Parquet file", where=str(path), remedy="name a .parquet file or a directory of them")
    return found


def read_batches(files: Iterable[Path], rows: int = BATCH) -> Iterator[pa.RecordBatch]:
    """Yield batches of the columns that are read; text comes as dictionaries, which are what is derived.

    Raises:
        CaseError: A file is no Parquet file, or its columns do not say enough.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    for file in files:
        try:
            schema = pq.read_schema(file)
            needed = Decider.needs(schema.names)
            texts = [
                name
                for name in needed
                if name != CASE_ID
                and (pa.types.is_string(schema.field(name).type) or pa.types.is_large_string(schema.field(name).type))
            ]
            with pq.ParquetFile(file, read_dictionary=texts, pre_buffer=False) as opened:
                yield from opened.iter_batches(rows, columns=needed)
        except (pa.ArrowInvalid, OSError) as error:
            raise CaseError(f"cannot be read ({error})", where=str(file), remedy="check the file") from None
        except CaseError as error:
            raise error.at(str(file)) from None


def decide_parquet(
    source: Path | str | Sequence[Path],
    target: Path,
    decider: Decider,
    *,
    bad: Path | None = None,
    rows: int = BATCH,
    told: Callable[[Counts], None] | None = None,
) -> Counts:
    """Decide Parquet files of raw columns into one Parquet file of answers.

    The target appears when it is whole. One batch is read and one written while one is decided.

    Args:
        source: A file, a directory, or files.
        bad: Where bad rows go; they are only counted where it is not given.
        rows: Rows that are decided together.
        told: Called after every batch with the counts so far.

    Raises:
        CaseError: A file cannot be read, or its columns do not say enough.
    """
    files = files_of(source) if isinstance(source, Path | str) else list(source)

    def answered(batch: pa.RecordBatch) -> Answered:
        found = decider.answer(batch)
        # Bad rows are told by their place in the whole run.
        first = counts.decided + counts.bad
        import pyarrow.compute as pc

        place = pc.add(found.bad["row"].cast("int64"), first)
        return Answered(found.answers, found.bad.set_column(0, "row", place))

    counts = Counts(0, 0)
    with Sink(target) as good, ExitStack() as stack:
        refused = stack.enter_context(Sink(bad)) if bad else None
        for one in ahead(read_batches(files, rows)):
            found = answered(one)
            good.write(found.answers)
            if refused is not None:
                refused.write(found.bad)
            counts = Counts(counts.decided + found.answers.num_rows, counts.bad + found.bad.num_rows)
            if told:
                told(counts)
    return counts


def ahead(batches: Iterator[Any]) -> Iterator[Any]:
    """Yield batches, the next one being read meanwhile."""
    end = object()
    with ThreadPoolExecutor(1) as pool:
        coming: Future[Any] = pool.submit(next, batches, end)
        while (batch := coming.result()) is not end:
            coming = pool.submit(next, batches, end)
            yield batch


class Sink:
    """A Parquet file that is written beside the work, one table at a time, and appears when it is whole."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._part = target.with_name(f".{target.name}.part")
        self._pool = ThreadPoolExecutor(1)
        self._writer: Any = None
        self._going: Future[Any] | None = None

    def write(self, table: pa.Table) -> None:
        """Write a table, once the one before is written."""
        import pyarrow.parquet as pq

        if self._writer is None:
            self._writer = pq.ParquetWriter(self._part, table.schema, compression="zstd")
        if self._going is not None:
            self._going.result()
        self._going = self._pool.submit(self._writer.write_table, table)

    def __enter__(self) -> Sink:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if self._going is not None:
                self._going.result()
        finally:
            self._pool.shutdown()
            if self._writer is not None:
                self._writer.close()
        if kind is None and self._writer is not None:
            self._part.replace(self._target)
        else:
            self._part.unlink(missing_ok=True)
