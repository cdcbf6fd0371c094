"""Cohorts in tables: Parquet, block by block, and CSV or TSV, as a stream."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ntrkpath.cohort.bad_rows import BadRow
from ntrkpath.cohort.batches import DELIMITED, Batch, ids_alone, numbered, reading
from ntrkpath.cohort.mapping import Mapping, Plan, apply, plan
from ntrkpath.model.errors import CaseError

if TYPE_CHECKING:
    import polars as pl

#: Parquet is read in blocks of this many batches.
BLOCKS = 4
#: Text is read in blocks of this many bytes.
BLOCK_BYTES = 1 << 23


class ParquetSource:
    """Parquet files, read block by block: the query engine alone would read ahead without end."""

    def __init__(self, path: str, mapping: Mapping) -> None:
        self.name, self.mapping = _name(path), mapping
        self._read = _parquet_files(path)
        self.files = [file for file in self._read if "://" not in file]
        with reading(self.name):
            self.counts = [_count(file) for file in self._read]
            names = _scan(self._read[0]).collect_schema().names()
        self.rows: int | None = sum(self.counts)
        self.share: float | None = None
        self.plan: Plan = plan(mapping, names, self.name)
        self.notes: list[str] = []
        self.not_read = self.plan.not_read

    def _blocks(self, columns: list[str], size: int, start: int) -> Iterator[tuple[int, pl.DataFrame]]:
        """Yield rows passed over and a block, the next one being read meanwhile."""
        places = []
        before = 0
        for file, count in zip(self._read, self.counts, strict=True):
            begin = max(start - before, 0)
            places += [(before + at, file, at, min(size, count - at)) for at in range(begin, count, size)]
            before += count
        with reading(self.name), ThreadPoolExecutor(1) as ahead:
            waiting: tuple[int, Future[pl.DataFrame]] | None = None
            for place in [*places, None]:
                following = None if place is None else (place[0], ahead.submit(_block, columns, *place[1:]))
                if waiting is not None:
                    yield waiting[0], waiting[1].result()
                waiting = following

    def batches(self, size: int, start: int = 0) -> Iterator[Batch]:
        """Yield batches of at most ``size`` rows, after passing over ``start`` rows."""
        for before, block in self._blocks(self.plan.columns, BLOCKS * size, start):
            for at in range(0, block.height, size):
                part = block.slice(at, size)
                table, bad = apply(self.plan, part, before + at + 1)
                yield Batch(before + at + 1, part.height, table, bad)

    def ids(self, size: int) -> Iterator[tuple[int, pl.Series]]:
        """Yield the case ids alone, in runs, each with the number of its first row."""
        narrow = ids_alone(self.plan)
        for before, block in self._blocks(narrow.columns, size, 0):
            yield from numbered(apply(narrow, block, before + 1)[0])


class DelimitedSource:
    """CSV and TSV, every cell as text, as a stream; a row of another width than the header is bad."""

    def __init__(self, path: str, mapping: Mapping, ending: str) -> None:
        self.name, self.path, self.delimiter = _name(path), path, DELIMITED[ending]
        self.files, self.mapping = ([] if "://" in path else [path]), mapping
        self.rows: int | None = None
        self.share: float | None = None
        plain = "://" not in path and not path.endswith(".gz")
        self._size = Path(path).stat().st_size if plain else 0
        with reading(self.name):
            self.head, self.above = self._header(ending != ".csv")
        if len(set(self.head)) < len(self.head):
            twice = next(name for name in self.head if self.head.count(name) > 1)
            raise CaseError("two columns share a name", where=self.name, value=twice, remedy="rename one of them")
        self.plan: Plan = plan(mapping, self.head, self.name)
        self.notes: list[str] = []
        self.not_read = self.plan.not_read

    def _open(self) -> Any:
        import pyarrow as pa
        from pyarrow import fs

        if "://" in self.path:
            store, inside = fs.FileSystem.from_uri(self.path)
            return store.open_input_stream(inside)
        return pa.input_stream(self.path)

    def _header(self, comments: bool) -> tuple[list[str], int]:
        """Return the names of the columns, and how many lines of comment stand above them."""
        import csv
        import io

        with self._open() as stream:
            lines = io.TextIOWrapper(io.BufferedReader(stream), encoding="utf-8-sig", newline="")
            above = 0
            for line in lines:
                if comments and line.startswith("#"):
                    above += 1
                    continue
                return next(csv.reader([line], delimiter=self.delimiter), []), above
        raise CaseError("the file is empty", where=self.name, remedy="write a line of column names and one case a line")

    def _parts(self, columns: list[str], start: int) -> Iterator[tuple[int, Any, pl.DataFrame, list[BadRow]]]:
        """Yield the last row number, the numbers of the good rows, these rows, and those of another width."""
        import numpy as np
        import polars as pl
        import pyarrow as pa
        from pyarrow import csv

        uneven: list[tuple[int, int]] = []

        def skip(row: Any) -> str:
            uneven.append((row.number - self.above - 1 if row.number else 0, row.actual_columns))
            return "skip"

        options = csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.large_string()), include_columns=columns, strings_can_be_null=False
        )
        parsing = csv.ParseOptions(
            delimiter=self.delimiter, newlines_in_values=self.delimiter == ",", invalid_row_handler=skip,
            quote_char='"' if self.delimiter == "," else False,
        )  # fmt: skip
        at = 0
        told = 0
        with reading(self.name), self._open() as opened:
            stream = _Quotes(opened)
            reading_options = csv.ReadOptions(skip_rows=self.above, use_threads=False, block_size=BLOCK_BYTES)

            def blocks() -> Iterator[Any]:
                try:
                    yield from csv.open_csv(stream, reading_options, parsing, options)
                except pa.ArrowInvalid:  # a quotation mark that is never closed may be met here first
                    if self.delimiter == ",":
                        self._check_last_quote()
                    raise

            for batch in itertools.chain(blocks(), [None]):
                height = 0 if batch is None else batch.num_rows
                self.share = min(stream.tell() / self._size, 1.0) if self._size else None
                new = (
                    uneven[told:] if batch is None else [u for u in uneven[told:] if u[0] <= at + height + len(uneven)]
                )
                wrong = {number for number, _ in new}
                numbers = np.array([], dtype=np.uint64)
                if batch is not None:
                    every = np.arange(at + 1, at + 1 + height + len(wrong), dtype=np.uint64)
                    numbers = every[~np.isin(every, np.array(sorted(wrong), dtype=np.uint64))][:height]
                last = int(numbers[-1]) if height else at
                new = new if batch is None else [u for u in new if u[0] <= last]
                told += len(new)
                last = max([last, *(number for number, _ in new)])
                at = last
                bad = [self._uneven(number, cells) for number, cells in new if number > start]
                if batch is not None:
                    kept = numbers > start
                    frame = pl.DataFrame(pl.from_arrow(batch))
                    yield last, numbers[kept], frame.filter(pl.Series(kept)), bad
                elif bad:
                    yield last, numbers, pl.DataFrame(schema=dict.fromkeys(columns, pl.String)), bad
            if stream.count % 2 and self.delimiter == ",":
                self._check_last_quote()

    def _check_last_quote(self) -> None:
        """Raise where a cell is never closed: it would have swallowed every row after it."""
        import csv
        import io

        with self._open() as stream:
            lines = io.TextIOWrapper(io.BufferedReader(stream), encoding="utf-8-sig", newline="")
            row = -1
            try:
                csv.field_size_limit(max(csv.field_size_limit(), 1 << 30))
                for row, _ in enumerate(csv.reader(lines, strict=True)):  # noqa: B007
                    pass
            except csv.Error as error:
                if "unexpected end" in str(error):
                    raise CaseError(
                        "a quotation mark is opened and never closed", where=f"{self.name}, row {row + 1}",
                        remedy="close it, or double it where it belongs to the text",
                    ) from None  # fmt: skip

    def _uneven(self, number: int, cells: int) -> BadRow:
        return BadRow(
            number, None, "row", f"{cells} cells where the header has {len(self.head)}; quote cells with a comma"
        )

    def batches(self, size: int, start: int = 0) -> Iterator[Batch]:
        """Yield batches of at most ``size`` rows, after passing over ``start`` rows."""
        passed = start
        for last, numbers, frame, uneven in self._parts(self.plan.columns, start):
            for at in range(0, max(frame.height, 1), size):
                rows = numbers[at : at + size]
                final = at + size >= frame.height
                end = last if final else int(rows[-1])
                if end <= passed:
                    continue
                table, bad = apply(self.plan, frame.slice(at, size), rows) if len(rows) else (None, [])
                wide = [row for row in uneven if passed < row.row <= end]
                yield Batch(passed + 1, end - passed, table, bad + wide)
                passed = end

    def ids(self, size: int) -> Iterator[tuple[int, pl.Series]]:
        """Yield the case ids alone, in runs, each with the number of its first row."""
        narrow = ids_alone(self.plan)
        for _, numbers, frame, _ in self._parts(narrow.columns, 0):
            if frame.height:
                yield from numbered(apply(narrow, frame, numbers)[0])


class _Quotes:
    """A stream of bytes that counts its quotation marks; an odd number may mean a cell that is never closed."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.count, self.closed = stream, 0, False

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data: bytes = self.stream.read(size)
        self.count += data.count(b'"')
        return data

    def tell(self) -> int:
        """Return how many bytes were read."""
        return int(self.stream.tell())

    def close(self) -> None:
        """The stream is closed by whoever opened it."""
        self.closed = True


def _name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _parquet_files(path: str) -> list[str]:
    """Return the files of a path, in name order; an address of an object store is left to polars."""
    if "://" in path:
        return [path]
    local = Path(path)
    if local.is_dir():
        return [str(file) for file in sorted(local.glob("**/*.parquet"))]
    if "*" in path:
        fixed = next(i for i, part in enumerate(local.parts) if "*" in part)
        found = sorted(str(f) for f in Path(*local.parts[:fixed]).glob(str(Path(*local.parts[fixed:]))))
        if not found:
            raise CaseError("no file of this pattern", where=path, remedy="check the path")
        return found
    return [path]


def _scan(file: str) -> pl.LazyFrame:
    import polars as pl

    return pl.scan_parquet(file, glob="://" in file)


def _block(columns: list[str], file: str, at: int, size: int) -> pl.DataFrame:
    return _scan(file).select(columns).slice(at, size).collect()


def _count(file: str) -> int:
    import polars as pl

    return int(_scan(file).select(pl.len()).collect().item())
