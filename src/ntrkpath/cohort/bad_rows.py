"""Rows of a cohort that cannot be decided: each with its number, its case id, the place and the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO

import msgspec

from ntrkpath.cohort.durable import Mark, to_disk
from ntrkpath.model.errors import NtrkpathError


class BadRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row that was not decided.

    Args:
        row: Its number in the input, from 1; a header is not counted.
        where: Column, or path of the key inside the case.
        reason: What is wrong, with the value, what is allowed and the remedy.
    """

    row: int
    case_id: str | None
    where: str
    reason: str


def bad_row(row: int, case_id: str | None, error: NtrkpathError) -> BadRow:
    """Return the bad row that an error makes."""
    where, error.where = error.where, ""
    reason = str(error)
    error.where = where
    return BadRow(row, case_id, where, reason)


class BadRows:
    """Writes bad rows as JSON lines to a side file, which exists only where there is one, and counts them.

    Args:
        path: The side file.
        size: Bytes to keep of an earlier run that is continued.
        count: Rows that these hold.
    """

    def __init__(self, path: Path, size: int = 0, count: int = 0) -> None:
        self.path, self.count = path, count
        #: How many rows each place made bad in this run, most first by ``most_common``.
        self.places: Counter[str] = Counter()
        self._file: IO[bytes] | None = None
        self._held = sha256()
        self._size = size
        if path.exists():
            with path.open("r+b") as file:
                file.truncate(size)
                while block := file.read(1 << 20):
                    self._held.update(block)
            if size == 0:
                path.unlink()

    def write(self, rows: list[BadRow]) -> None:
        """Write some rows, in the order of their numbers."""
        if not rows:
            return
        if self._file is None:
            self._file = self.path.open("ab")
        encode = msgspec.json.encode
        written = b"".join(encode(row) + b"\n" for row in sorted(rows, key=lambda r: r.row))
        self._file.write(written)
        self._file.flush()
        self._held.update(written)
        self._size += len(written)
        self.count += len(rows)
        self.places.update(row.where for row in rows)

    @property
    def mark(self) -> Mark:
        """What the side file holds so far."""
        return Mark(self._size, self._held.hexdigest())

    def to_disk(self) -> None:
        """Have what was written on the disk."""
        if self.path.exists():
            to_disk(self.path)

    def close(self) -> None:
        """Close the side file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def read_bad_rows(path: Path) -> Iterator[BadRow]:
    """Yield the bad rows of a side file."""
    with path.open("rb") as lines:
        for line in lines:
            yield msgspec.json.decode(line, type=BadRow)
