"""Batches of a cohort, and what every source of them shares: numbers of rows, ids alone, one error for any library."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

from ntrkpath.cohort.arrays import as_numpy
from ntrkpath.cohort.bad_rows import BadRow
from ntrkpath.cohort.columns import CASE_ID
from ntrkpath.cohort.mapping import Mapping, Plan
from ntrkpath.model.errors import CaseError
from ntrkpath.model.extras import require_extra

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

#: Endings of the formats; a directory holds Parquet files, or is a cBioPortal study.
DELIMITED = {".csv": ",", ".tsv": "\t", ".txt": "\t"}
LINES = (".jsonl", ".ndjson")
WORKBOOKS = (".xlsx", ".xlsm")
FORMATS = (".parquet", *DELIMITED, *LINES, *WORKBOOKS)
Block = TypeVar("Block")


class Batch(msgspec.Struct, frozen=True):
    """Some rows of a cohort.

    Args:
        first: The number of the first row, from 1.
        rows: How many rows of the source these are, bad ones included.
        table: Raw columns (an Arrow table) of the rows that could be mapped, with ``row``, their number.
        bad: The rows that could not.
    """

    first: int
    rows: int
    table: Any
    bad: list[BadRow]


class Source(Protocol):
    """A cohort that can be read in batches, from any row on.

    Attributes:
        name: What it is called in messages: the last part of its path.
        rows: Its number of rows; ``None`` where only reading tells.
        share: How much of it has been read, 0 to 1, where only its size in bytes tells; else ``None``.
        notes: What the user should know before the run, such as files that are missing.
        not_read: Columns that fill nothing and are not known to be useless, each with the nearest key, or ``""``.
        files: The local files that it is read from; none where it stands in an object store.
        mapping: Which column fills which key.
    """

    name: str
    files: list[str]
    mapping: Mapping
    rows: int | None
    share: float | None
    notes: list[str]
    not_read: dict[str, str]

    def batches(self, size: int, start: int = 0) -> Iterator[Batch]:
        """Yield batches of ``size`` rows, after passing over ``start`` rows."""

    def ids(self, size: int) -> Iterator[tuple[int, pl.Series]]:
        """Yield the case ids alone, in batches, each with the number of its first row."""


def require(*modules: str, extra: str = "batch") -> None:
    """Check that an extra is installed.

    Raises:
        CaseError: It is not.
    """
    require_extra(*(modules or ("polars", "numpy", "pyarrow")), extra=extra, what="cohorts", error=CaseError)


def numbered(table: pa.Table) -> Iterator[tuple[int, pl.Series]]:
    """Yield the ids of a mapped batch in runs without a gap in the row numbers."""
    import numpy as np
    import polars as pl

    ids, numbers = pl.Series(table[CASE_ID].to_pylist(), dtype=pl.String), as_numpy(table["row"].combine_chunks())
    starts = [0, *(np.flatnonzero(np.diff(numbers.astype(np.int64)) != 1) + 1).tolist(), len(ids)]
    for begin, end in itertools.pairwise(starts):
        if end > begin:
            yield int(numbers[begin]), ids.slice(begin, end - begin)


def ids_alone(held: Plan) -> Plan:
    """Return a plan that reads the case id alone."""
    return msgspec.structs.replace(held, fields=tuple(entry for entry in held.fields if entry[0].path == CASE_ID))


def ahead(blocks: Iterator[Block]) -> Iterator[Block]:
    """Yield blocks, the next one being read meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = pool.submit(next, blocks, None)
            yield block


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn whatever a library says of a file into one error; its words may hold cells of the file and are not shown."""
    import polars as pl
    import pyarrow as pa

    try:
        yield
    except UnicodeDecodeError as error:
        raise CaseError("not UTF-8 text", where=name, remedy="save the file as UTF-8") from error
    except (pl.exceptions.PolarsError, pa.ArrowException, OSError, EOFError) as error:
        if "UTF8" in str(error) or "UTF-8" in str(error):
            raise CaseError("not UTF-8 text", where=name, remedy="save the file as UTF-8") from error
        if "straddling object" in str(error):
            raise CaseError(
                "a cell is too long for a table (over 8 MB)", where=name,
                remedy="look for a quotation mark that is opened and never closed",
            ) from error  # fmt: skip
        raise CaseError(
            "cannot be read",
            where=name,
            allowed=FORMATS,
            remedy=f"check that the file is whole ({type(error).__name__})",
        ) from error
