"""Cohorts in tables: Parquet, block by block, and CSV or TSV, as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ntrkpath.cohort.arrays import as_mask, as_table
from ntrkpath.cohort.bad_rows import BadRow
from ntrkpath.cohort.batches import DELIMITED, Batch, ahead, ids_alone, numbered, reading
from ntrkpath.cohort.columns import CASE_ID
from ntrkpath.cohort.mapped import apply
from ntrkpath.cohort.mapping import Mapping, Plan, plan
from ntrkpath.model.errors import CaseError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    import pyarrow as pa
    from numpy.typing import NDArray

#: Text is read in blocks of this many bytes.
BLOCK_BYTES = 1 << 23


class ParquetSource:
    """Parquet files, read batch by batch; each may have columns of its own."""

    def __init__(self, path: str, mapping: Mapping) -> None:
        self.name, self.mapping = _name(path), mapping
        self._read = _parquet_files(path)
        self.files = [file for file in self._read if "://" not in file]
        #: What each file is called in an error.
        self._names = [self.name] if len(self._read) == 1 else [Path(file).name for file in self._read]
        heads = []
        for file, name in zip(self._read, self._names, strict=True):
            with reading(name):
                heads.append(_head(file))
        self.counts = [count for count, _ in heads]
        self.rows: int | None = sum(self.counts)
        self.share: float | None = None
        self.plans = [plan(mapping, names, name) for name, (_, names) in zip(self._names, heads, strict=True)]
        self.notes: list[str] = []
        self.not_read = {name: near for held in self.plans for name, near in held.not_read.items()}

    def _blocks(self, plans: list[Plan], size: int, start: int) -> Iterator[tuple[Plan, int, pa.Table]]:
        """Yield the plan of a block, its first row, and the block of at most ``size`` rows; the next is read then."""
        before = 0

        def blocks() -> Iterator[tuple[Plan, int, pa.Table]]:
            nonlocal before
            for file, name, count, held in zip(self._read, self._names, self.counts, plans, strict=True):
                at = max(start - before, 0)
                with reading(name):
                    for block in _tables(file, held, size, at) if at < count else ():
                        yield held, before + at + 1, block
                        at += block.num_rows
                before += count

        yield from ahead(blocks())

    def batches(self, size: int, start: int = 0) -> Iterator[Batch]:
        """Yield batches of at most ``size`` rows, after passing over ``start`` rows."""
        for held, first, block in self._blocks(self.plans, size, start):
            table, bad = apply(held, block, first)
            yield Batch(first, block.num_rows, table, bad)

    def ids(self, size: int) -> Iterator[tuple[int, pl.Series]]:
        """Yield the case ids alone, in runs, each with the number of its first row."""
        for held, first, block in self._blocks([ids_alone(held) for held in self.plans], size, 0):
            yield from numbered(apply(held, block, first)[0])


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

    def _parts(
        self, columns: list[str], start: int
    ) -> Iterator[tuple[int, NDArray[np.uint64], pa.Table, list[BadRow]]]:
        """Yield the last row number, the numbers of the good rows, these rows, and those of another width."""
        import numpy as np
        import pyarrow as pa

        rows = _Numbers(self.above)
        with reading(self.name), self._open() as opened:
            stream = _Quotes(opened)
            for batch in self._read(stream, columns, rows.skip):
                self.share = min(stream.tell() / self._size, 1.0) if self._size else None
                numbers, uneven = rows.of(batch.num_rows)
                kept = numbers > start
                yield (
                    rows.last,
                    numbers[kept],
                    pa.Table.from_batches([batch]).filter(as_mask(kept)),
                    [self._uneven(number, cells) for number, cells in uneven if number > start],
                )
            if bad := [self._uneven(number, cells) for number, cells in rows.rest() if number > start]:
                empty = pa.table({name: pa.nulls(0, pa.large_string()) for name in columns})
                yield rows.last, np.zeros(0, np.uint64), empty, bad
            if stream.count % 2 and self.delimiter == ",":
                self._check_last_quote()

    def _read(self, stream: _Quotes, columns: list[str], skip: Callable[[Any], str]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa
        from pyarrow import csv

        quoted = self.delimiter == ","
        options = csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.large_string()), include_columns=columns, strings_can_be_null=False
        )
        parsing = csv.ParseOptions(
            delimiter=self.delimiter, newlines_in_values=quoted, invalid_row_handler=skip,
            quote_char='"' if quoted else False,
        )  # fmt: skip
        blocks = csv.ReadOptions(skip_rows=self.above, use_threads=False, block_size=BLOCK_BYTES)
        try:
            yield from csv.open_csv(stream, blocks, parsing, options)
        except pa.ArrowInvalid:  # a quotation mark that is never closed may be met here first
            if quoted:
                self._check_last_quote()
            raise

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
        for last, numbers, given, uneven in self._parts(self.plan.columns, start):
            for at in range(0, max(given.num_rows, 1), size):
                rows = numbers[at : at + size]
                final = at + size >= given.num_rows
                end = last if final else int(rows[-1])
                if end <= passed:
                    continue
                table, bad = apply(self.plan, given.slice(at, size), rows) if len(rows) else (None, [])
                wide = [row for row in uneven if passed < row.row <= end]
                yield Batch(passed + 1, end - passed, table, bad + wide)
                passed = end

    def ids(self, size: int) -> Iterator[tuple[int, pl.Series]]:
        """Yield the case ids alone, in runs, each with the number of its first row."""
        narrow = ids_alone(self.plan)
        for _, numbers, given, _ in self._parts(narrow.columns, 0):
            if given.num_rows:
                yield from numbered(apply(narrow, given, numbers)[0])


class _Numbers:
    """The numbers of the rows of a table, of which the reader passes over those of another width.

    Attributes:
        last: The number of the last row so far.
    """

    def __init__(self, above: int) -> None:
        self._above, self._told, self.last = above, 0, 0
        self._uneven: list[tuple[int, int]] = []

    def skip(self, row: Any) -> str:
        """Note a row of another width, and its cells, and have the reader pass over it."""
        self._uneven.append((row.number - self._above - 1 if row.number else 0, row.actual_columns))
        return "skip"

    def of(self, rows: int) -> tuple[NDArray[np.uint64], list[tuple[int, int]]]:
        """Return the numbers of the next good rows, and the rows of another width before the last of them."""
        import numpy as np

        near = [n for n, _ in self._uneven[self._told :] if n <= self.last + rows + len(self._uneven)]
        every = np.arange(self.last + 1, self.last + 1 + rows + len(set(near)), dtype=np.uint64)
        numbers = every[~np.isin(every, np.array(sorted(near), dtype=np.uint64))][:rows]
        last = int(numbers[-1]) if rows else self.last
        return numbers, self._tell([one for one in self._uneven[self._told :] if one[0] <= last], last)

    def rest(self) -> list[tuple[int, int]]:
        """Return the rows of another width behind the last good one."""
        return self._tell(self._uneven[self._told :], self.last)

    def _tell(self, uneven: list[tuple[int, int]], last: int) -> list[tuple[int, int]]:
        self._told += len(uneven)
        self.last = max([last, *(number for number, _ in uneven)])
        return uneven


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


def _head(file: str) -> tuple[int, list[str]]:
    """Return how many rows a file holds, and the names of its columns.

    Raises:
        CaseError: Two columns share a name.
    """
    import polars as pl
    import pyarrow.parquet as pq

    if "://" in file:
        scan = pl.scan_parquet(file)
        return int(scan.select(pl.len()).collect().item()), scan.collect_schema().names()
    known = pq.read_metadata(file)
    names = known.schema.to_arrow_schema().names
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise CaseError("two columns share a name", where=Path(file).name, value=twice, remedy="rename one of them")
    return known.num_rows, names


def _tables(file: str, held: Plan, size: int, start: int) -> Iterator[pa.Table]:
    """Yield the rows of a file from ``start`` on in tables of at most ``size`` rows; small row groups are joined.

    Text other than ids comes as dictionaries, which are what is decided; an object store is left to polars.
    """
    import polars as pl
    import pyarrow as pa
    import pyarrow.parquet as pq

    if "://" in file:
        at = start
        while (block := pl.scan_parquet(file).select(held.columns).slice(at, size).collect()).height:
            yield as_table(block)
            at += block.height
        return
    schema = pq.read_schema(file)
    texts = [
        name
        for field, names in held.fields
        for name in names
        if field.path != CASE_ID
        and (pa.types.is_string(schema.field(name).type) or pa.types.is_large_string(schema.field(name).type))
    ]
    with pq.ParquetFile(file, read_dictionary=texts, pre_buffer=False) as opened:
        groups, passed = list(range(opened.num_row_groups)), 0
        while groups and passed + (rows := opened.metadata.row_group(groups[0]).num_rows) <= start:
            groups, passed = groups[1:], passed + rows
        waiting: list[pa.RecordBatch] = []
        for batch in opened.iter_batches(size, row_groups=groups, columns=held.columns):
            over, passed = max(start - passed, 0), passed + batch.num_rows
            if sum(one.num_rows for one in waiting) + batch.num_rows > size:
                yield pa.Table.from_batches(waiting)
                waiting = []
            if over < batch.num_rows:
                waiting.append(batch.slice(over))
        if waiting:
            yield pa.Table.from_batches(waiting)
