"""What reading a file gives: junctions, the rows that could not be read, and counts."""

from __future__ import annotations

import msgspec

from ntrkpath.model.fusion import Junction


class RowProblem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A row that could not be read; the others went on.

    Args:
        file: File name without directory.
        line: 1-based line; ``None`` where the format has no lines of its own (JSON, XML).
        raw: The row as it stands in the file.
        message: What is wrong with it.
    """

    file: str
    line: int | None
    raw: str
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}"


class ReadResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One file, read.

    Args:
        junctions: Every event of the file (or those that touch the wanted genes), in the order of the file.
        problems: Rows that could not be read, with place and raw text.
        caller: The caller, as recognised or as given by the user.
        format: The format the file was read as.
        rows_read: Records looked at, without header, comments and blank lines.
        rows_other: Records left out because they touch none of the wanted genes.
        notes: What a reader says of the file as a whole, such as the mapping of columns that it took.
    """

    junctions: tuple[Junction, ...]
    problems: tuple[RowProblem, ...]
    caller: str
    format: str
    rows_read: int = 0
    rows_other: int = 0
    notes: tuple[str, ...] = ()
