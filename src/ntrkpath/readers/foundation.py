"""Foundation Medicine report XML: the ``rearrangement`` elements; not ordered 5' to 3', DNA."""

from __future__ import annotations

import re
from xml.parsers import expat

from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._table import Header
from ntrkpath.readers._text import Document

#: Deepest nesting of elements that is read.
MAX_DEPTH = 100


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _place(cell: str) -> str:
    """Return a locus; some reports write ``ch2`` for ``chr2``; of a range of positions the lower end is taken."""
    return re.sub(r"^ch(?=[\dXYM])", "chr", cell.strip())


def looks(document: Document) -> bool:
    """Whether a document starts as XML does."""
    first = next((line for line in document.lines if line.strip()), "").lstrip()
    return first.startswith("<")


def elements(document: Document, wanted: set[str]) -> list[tuple[str, dict[str, str], int]]:
    """Return the wanted elements in order: local name, attributes and line.

    Raises:
        ReaderError: The XML is malformed, too deep, or declares a document type or entities, which is refused
            before anything is expanded.
    """
    parser = expat.ParserCreate("utf-8")
    found: list[tuple[str, dict[str, str], int]] = []
    depth = 0

    def refuse(*_: object) -> None:
        raise ReaderError(
            "the XML declares a document type or entities",
            where=document.where(parser.CurrentLineNumber),
            remedy="remove the declaration; it is refused because it can be used to attack the reader",
        )

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise ReaderError("the XML is nested too deeply", where=document.name, allowed=f"{MAX_DEPTH} levels")
        if _local(name) in wanted:
            found.append((_local(name), attributes, parser.CurrentLineNumber))

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = lambda *_: False
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse("\n".join(document.lines).encode(), True)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise ReaderError(
            f"the XML cannot be read ({error})", where=document.name, remedy="give the report as it was delivered"
        ) from None
    return found


class _Foundation:
    name = "foundation-xml"

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read the rearrangements of the report."""
        for _, attributes, line in elements(document, {"rearrangement"}):
            self._rearrangement(attributes, line, document, collector)

    @staticmethod
    def _rearrangement(attributes: dict[str, str], line: int, document: Document, collector: Collector) -> None:
        raw = document.lines[line - 1].strip() if 0 < line <= len(document.lines) else ""
        text = " ".join(attributes.values())
        if not collector.wants(text):
            return
        try:
            frame = attributes.get("in-frame", "")
            status = _cells.value(attributes.get("status", ""))
            first = attributes.get("targeted-gene", "")
            second = attributes.get("other-gene", "")
            junction = collector.junction(
                _cells.side(first, _cells.locus(_place(attributes.get("pos1", "")))),
                _cells.side(second, _cells.locus(_place(attributes.get("pos2", "")))),
                line,
                raw,
                level="dna",
                ordered=False,
                frame=_cells.frame(frame),
                call=_cells.value(frame) and f"in-frame {frame}",
                support=Support(None, _cells.count(attributes.get("supporting-read-pairs", ""))),
                filtered=status if status == "ambiguous" else None,
                intragenic=first != "" and first == second,
            )
            collector.add(junction)
        except RowError as error:
            collector.problem(line, raw, error)


READER = _Foundation()
