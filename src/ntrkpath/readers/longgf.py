"""LongGF log: ``SumGF`` lines (or ``GF`` where there is no summary); not ordered, up to four bases off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._signature import Format, Opening
from ntrkpath.readers._table import Header
from ntrkpath.readers._text import Document

_LOCUS = re.compile(r"(?:^|\s)([\w.*-]+:\d+)(?=\s|$)")


def _junction(line: str, number: int, collector: Collector) -> Junction:
    text = line.split("\t", 1)[1].strip()
    name, _, rest = text.partition(" ")
    first, second = _cells.pair(name, (":",))
    places = _LOCUS.findall(rest)
    if len(places) != 2:
        raise RowError(f"expected two breakpoints (chr:position), found {len(places)}")
    return collector.junction(
        _cells.side(first, _cells.locus(places[0])),
        _cells.side(second, _cells.locus(places[1])),
        number,
        line,
        ordered=False,
        tolerance=5,
        support=Support(total=_cells.count(rest.split(" ", 1)[0])),
    )


class _LongGF:
    name = "longgf"

    @staticmethod
    def _records(document: Document) -> Iterator[tuple[int, str]]:
        lines = document.lines
        mark = "SumGF\t" if any(line.startswith("SumGF\t") for line in lines) else "GF\t"
        return ((number, line) for number, line in enumerate(lines, 1) if line.startswith(mark))

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read the summary lines."""
        for number, line in self._records(document):
            if not collector.wants(line):
                continue
            try:
                collector.add(_junction(line, number, collector))
            except RowError as error:
                collector.problem(number, line, error)


READER = _LongGF()


FORMATS = (
    Format(
        reader=READER,
        file="log with `SumGF` lines",
        seen="real",
        opening=Opening("any", r"(Sum)?GF\t"),
        order="not ordered",
        off_by="3",
        tolerance="5",
        support="long reads",
        specimen=(
            "GF\tETV6:NTRK3 20 20 supporting reads=20/20 12022902:20 88483986:20 chr12:12022902 0/20:80:"
            "21 chr15:88483986 0/20:80:20\n"
            "SumGF\tETV6:NTRK3 20 chr12:12022902 chr15:88483986\n"
        ),
    ),
)
