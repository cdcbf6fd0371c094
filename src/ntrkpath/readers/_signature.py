"""What a format says of itself: how it is recognised, what its files can tell, how it was tested, and a specimen."""

from __future__ import annotations

from typing import Any, Literal, Protocol, runtime_checkable

import msgspec

from ntrkpath.model.fusion import Level
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._header_names import key
from ntrkpath.readers._result import Tells
from ntrkpath.readers._table import Header, TableReader
from ntrkpath.readers._text import Document


@runtime_checkable
class Reader(Protocol):
    """What reads a document of one format."""

    name: str

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read a document into the collector; ``header`` is the recognised header line of a table."""


class Opening(msgspec.Struct, frozen=True):
    """How a format without column names begins.

    Args:
        where: Which lines the pattern has to fit from their start: ``any`` of the first 200, the ``first`` that is
            not blank, or ``most`` of the first 50 that are neither blank nor comments. ``asked``: where nothing else
            fits, the reader's own ``recognises(document)`` is asked; the highest rank first.
        pattern: Regular expression, without regard to case.
    """

    where: Literal["any", "first", "most", "asked"]
    pattern: str = ""


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """One format, as its module signs it.

    Args:
        reader: Reads it; its ``name`` is the name of the format.
        file: The file as its caller names it, with versions.
        seen: ``real`` output files were read in tests, or ``built`` ones: from what.
        specimen: A few lines of such a file, made up, with one NTRK event.
        callers: Callers whose files have this format, as ``--caller`` accepts them; the first stands on junctions.
            Without: the name of the format.
        also: Columns that a header must have beside the required ones of the reader; ``a|b`` means either.
        opening: For formats without column names: how they begin.
        rank: Of several formats that fit, the highest rank wins; equal ranks are undecidable.
        level: Level of its events, where all of them are of one level.
        level_stated: Whether that level is certain, so that it wins over the method of a test.
        tells: What its files can tell; ``None``: fusions of its level.
        cannot: What its files cannot tell, in a sentence without full stop.
        order, base, off_by, tolerance, frame, support, standing: For the page of formats: order of the sides, base of
            coordinates, distance in bases between real rows and known junctions, what may be snapped to an exon
            boundary, and the columns of the caller's frame, of its reads and of what it says of the row itself.
        maintained: Whether anybody still writes such files, as far as known.
    """

    reader: Any
    file: str
    seen: str
    specimen: str
    callers: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    opening: Opening | None = None
    rank: int = 0
    level: Level | None = "rna"
    level_stated: bool = True
    tells: tuple[Tells, ...] | None = None
    cannot: str = ""
    order: str = "5'-3'"
    base: str = "1"
    off_by: str = "-"
    tolerance: str = "0"
    frame: str = "-"
    support: str = "-"
    standing: str = "-"
    maintained: str = "yes"

    @property
    def name(self) -> str:
        """The name of the format."""
        return str(self.reader.name)

    @property
    def all_callers(self) -> tuple[str, ...]:
        """The callers; without any the format's own name."""
        return self.callers or (self.name,)

    @property
    def all_tells(self) -> tuple[Tells, ...]:
        """What its files can tell."""
        if self.tells is not None:
            return self.tells
        return (f"{self.level}_fusions",) if self.level is not None and self.level_stated else ("fusions",)  # type: ignore[return-value]

    @property
    def header(self) -> tuple[tuple[str, ...], ...]:
        """The columns a header must have, each with the names that mean it; empty for formats without columns."""
        reader = self.reader
        required = tuple(reader.columns[field] for field in reader.required) if isinstance(reader, TableReader) else ()
        more = tuple(tuple(map(key, names.split("|"))) for names in self.also)
        return (*(names for names in required), *more)


def tabbed(*lines: str) -> str:
    """Return lines of a tab-separated specimen, whose cells are written with ``|`` between them."""
    return "".join(f"{line.replace('|', chr(9))}\n" for line in lines)
