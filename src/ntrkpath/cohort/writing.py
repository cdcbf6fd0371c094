"""Where a decided cohort goes: one Parquet, CSV, TSV or JSON lines file, or a directory of Parquet parts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ntrkpath.cohort.columns import CARRIED, CASE_ID
from ntrkpath.cohort.durable import to_disk
from ntrkpath.model.delimited import FORMULA, MARK
from ntrkpath.model.errors import CaseError, OutputError

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

SCHEMA = "https://ntrkpath.org/schema/cohort-1.json"
#: The key of ``About`` among the metadata of a Parquet file, and its file beside other formats and directories: a
#: directory holds Parquet parts and nothing else, so that any library reads it as one data set.
KEY, ABOUT = "ntrkpath", "about.json"
#: Columns whose text comes from the input; in CSV and TSV it is made such that no spreadsheet runs it.
FOREIGN = (CASE_ID, "fusions")
#: Columns of an output that may hold empty cells; every other one says something of every case.
EMPTY = (*CARRIED, "labels")
OUTPUTS = (".parquet", ".csv", ".tsv", ".jsonl", ".ndjson")
_ABSENT: dict[bytes, bytes] = {}
_OURS = re.compile(r"part-\d{5,}\.parquet|journal\.(jsonl|new)|bad\.jsonl|ids|all\.[a-z]+")


class About(msgspec.Struct, frozen=True):
    """How a cohort was decided.

    Args:
        ntrkpath: Version of this software.
        guideline: Edition, its version and the SHA-256 of its files.
        as_of: The date given for the run.
        labels_known_to: The newest label date of the edition.
        figure2_reading: The reading of figure 2 that was applied.
        source: Name of what was read, without its path.
        mapping: The mapping of columns; empty for the default.
        rows: Rows read; ``decided`` of them were good, ``bad`` are in the side file.
        columns: Keys of a case that the input told of, in at least one row.
        not_read: Columns of the input that filled no key, each with the nearest key, or ``""``.
    """

    schema: str
    ntrkpath: str
    guideline: dict[str, str]
    as_of: dt.date
    labels_known_to: dt.date
    figure2_reading: str
    source: str
    mapping: str = ""
    rows: int = 0
    decided: int = 0
    bad: int = 0
    columns: tuple[str, ...] = ()
    not_read: dict[str, str] = {}


def ending_of(path: Path) -> str:
    """Return the format of an output by its name; empty for a directory of parts.

    Raises:
        CaseError: The name has an ending that is none of ours.
    """
    if path.suffix == "" or path.is_dir():
        return ""
    if path.suffix.casefold() not in OUTPUTS:
        raise CaseError(
            "format not known by the name", where=path.name, value=path.suffix, allowed=OUTPUTS,
            remedy="a name without an ending makes a directory of Parquet parts",
        )  # fmt: skip
    return path.suffix.casefold()


class Sheet:
    """One file that decided rows are written to.

    Args:
        path: The file; its format is ``ending``.
        columns: The columns, in order; ``text`` all but those in ``numbers``.
    """

    def __init__(self, path: Path, ending: str) -> None:
        self.path, self.ending = path, ending or ".parquet"
        self.rows = 0
        self._parquet: Any = None
        self._text: Any = None

    def write(self, table: pa.Table) -> None:
        """Write some rows; all tables of a sheet have the same columns."""
        self.rows += table.num_rows
        if self.ending == ".parquet":
            import pyarrow as pa
            import pyarrow.parquet as pq

            table = _uniform(table)
            if self._parquet is None:
                words = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
                self._parquet = pq.ParquetWriter(
                    self.path, table.schema, compression="zstd", compression_level=1, use_dictionary=words,
                    write_statistics=[name for name in table.column_names if name not in words],
                )  # fmt: skip
            self._parquet.write_table(table, row_group_size=max(table.num_rows, 1))
            return
        import polars as pl

        frame = pl.DataFrame(pl.from_arrow(table))
        frame = frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
        first = self._text is None
        if first:
            self._text = self.path.open("wb")
        if self.ending in (".csv", ".tsv"):
            frame = frame.with_columns(_neutral(name) for name in FOREIGN if name in frame.columns)
            frame.write_csv(self._text, include_header=first, separator="," if self.ending == ".csv" else "\t")
        else:
            frame.write_ndjson(self._text)

    def close(self, about: About) -> None:
        """Close the file; Parquet carries ``about`` among its metadata."""
        if self._parquet is not None:
            self._parquet.add_key_value_metadata({KEY: msgspec.json.encode(about).decode()})
            self._parquet.close()
        if self._text is not None:
            self._text.close()
        if self.rows:
            to_disk(self.path)
            if self._parquet is not None:
                counted(self.path, self.rows)

    def abandon(self) -> None:
        """Close and remove the file."""
        for file in (self._parquet, self._text):
            if file is not None:
                with suppress(OSError):
                    file.close()
        self.path.unlink(missing_ok=True)


def counted(path: Path, rows: int) -> None:
    """Check that a Parquet file holds as many rows as were written to it.

    Raises:
        OutputError: It does not.
    """
    import pyarrow.parquet as pq

    try:
        found = pq.read_metadata(path).num_rows
    except (OSError, ValueError):
        found = None
    if found != rows:
        raise OutputError(
            "rows are missing from the output", where=path.name, value="not readable" if found is None else found,
            allowed=f"{rows} rows", remedy="something else changed the file; run again with --resume",
        )  # fmt: skip


def _neutral(name: str) -> pl.Expr:
    """Return a column as ``delimited.neutral`` writes it."""
    import polars as pl

    runs = pl.col(name).str.head(1).is_in(FORMULA)
    return pl.when(runs).then(pl.lit(MARK) + pl.col(name)).otherwise(pl.col(name)).alias(name)


@contextmanager
def writable(place: Path) -> Iterator[None]:
    """Turn what the system says of a place that cannot be written to into one error."""
    try:
        yield
    except OSError as error:
        reason = f": {error.strerror[:1].lower()}{error.strerror[1:]}" if error.strerror else ""
        raise OutputError(
            f"cannot be written{reason}", where=str(place),
            remedy="check space and permission there, or choose another place",
        ) from error  # fmt: skip


class Behind:
    """Writes to a sheet in a thread of its own, at most two batches behind."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._pool = ThreadPoolExecutor(1)
        self._waiting: list[Future[None]] = []

    def __enter__(self) -> Behind:
        return self

    def write(self, table: Any) -> None:
        """Write some rows; ``None`` is none."""
        if table is not None and table.num_rows:
            if len(self._waiting) > 1:
                self._waiting.pop(0).result()
            self._waiting.append(self._pool.submit(self.sheet.write, table))

    def wait(self) -> None:
        """Wait until everything is written."""
        self._pool.shutdown()

    def __exit__(self, *_: object) -> None:
        self.wait()
        for future in self._waiting:
            future.result()


def _uniform(table: pa.Table) -> pa.Table:
    """Return a table whose columns have one type whatever a batch holds; what is never empty is written as such."""
    import pyarrow as pa

    wide = pa.dictionary(pa.int32(), pa.large_string())
    fields = [f.with_type(wide) if pa.types.is_dictionary(f.type) else f for f in table.schema]
    return table.cast(pa.schema([f.with_nullable(f.name in EMPTY) for f in fields]))


def only_ours(directory: Path) -> bool:
    """Return whether a directory holds nothing but what ``cohort triage`` writes."""
    return all(_OURS.fullmatch(file.name) for file in directory.iterdir())


def write_about(path: Path, about: About) -> None:
    """Write ``about`` as JSON."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(about)) + b"\n")


def about_path(out: Path) -> Path:
    """Return where ``about`` stands: beside a directory, or beside a file that cannot carry it."""
    return out.with_name(f"{out.resolve().name if out.name in ('', '.', '..') else out.name}.{ABOUT}")


def read_about(out: Path) -> About:
    """Return how a decided cohort came about.

    Raises:
        CaseError: The file was not written by ``cohort triage``.
    """
    data: bytes | None = None
    if not out.exists():
        raise CaseError("no such file or directory", where=str(out), remedy="give what `ntrkpath cohort triage` wrote")
    if out.is_file() and out.suffix.casefold() == ".parquet":
        import pyarrow.parquet as pq

        try:
            data = (pq.read_metadata(out).metadata or _ABSENT).get(KEY.encode())
        except (OSError, ValueError) as error:
            raise CaseError("cannot be read as Parquet", where=out.name, remedy=str(error)[:120]) from None
    elif about_path(out).is_file():
        data = about_path(out).read_bytes()
    if data is None:
        raise CaseError(
            "this is no decided cohort", where=str(out),
            allowed="what `ntrkpath cohort triage` wrote, with its about.json",
            remedy="run `ntrkpath cohort triage IN OUT` first",
        )  # fmt: skip
    return msgspec.json.decode(data, type=About)


def scan(out: Path) -> pl.LazyFrame:
    """Return a decided cohort as a polars query, all words as text."""
    import polars as pl

    if out.is_dir():
        if not any(out.glob("part-*.parquet")):
            raise CaseError("no case was decided here", where=str(out), remedy="see the bad rows of that run")
        return pl.scan_parquet(str(out / "part-*.parquet")).with_columns(pl.col(pl.Categorical).cast(pl.String))
    ending = ending_of(out)
    if ending == ".parquet":
        return pl.scan_parquet(out).with_columns(pl.col(pl.Categorical).cast(pl.String))
    if ending in (".csv", ".tsv"):
        rows = pl.scan_csv(
            out, separator="," if ending == ".csv" else "\t", infer_schema=False, missing_columns="insert"
        )  # fmt: skip
        marked = [name for name in FOREIGN if name in rows.collect_schema().names()]
        return rows.with_columns(pl.col(name).str.strip_prefix(MARK) for name in marked)
    return pl.scan_ndjson(out, infer_schema_length=None)
