"""The tables of a cBioPortal study as rows of text, and whether a file is one at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ntrkpath.model.errors import CaseError

if TYPE_CHECKING:
    import polars as pl

_POINTER = b"version https://git-lfs.github.com/spec/"


def is_pointer(path: Path) -> bool:
    """Return whether a file is a Git LFS pointer, which stands where the data was never fetched."""
    with path.open("rb") as file:
        return file.read(len(_POINTER)) == _POINTER


def table_of(path: Path) -> pl.DataFrame:
    """Return a tab-separated table as text, without the lines that start with ``#``."""
    import polars as pl

    try:
        return pl.read_csv(path, separator="\t", comment_prefix="#", infer_schema=False, quote_char=None)
    except pl.exceptions.PolarsError as error:
        raise CaseError("not a table", where=str(path), remedy=str(error).split("\n")[0]) from None


def rows_of(
    path: Path, needed: tuple[str, ...], genes: frozenset[str], keep_case: bool = False
) -> Iterator[dict[str, str]]:
    """Yield the rows of a table whose gene is wanted, by column name (lower case unless kept)."""
    head: list[str] = []
    at = 0
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            cells = line.rstrip("\r\n").split("\t")
            if not head:
                if line.startswith("#") or not line.strip():
                    continue
                head = [c.strip() if keep_case else c.strip().casefold() for c in cells]
                lowered = [c.casefold() for c in head]
                for name in needed:
                    if name not in lowered:
                        raise CaseError("column is missing", where=str(path), value=name, allowed=head[:20])
                at = lowered.index("hugo_symbol")
                head[at] = "Hugo_Symbol" if keep_case else "hugo_symbol"
            elif len(cells) > at and cells[at].strip() in genes:
                yield dict(zip(head, (c.strip() for c in cells), strict=False))
