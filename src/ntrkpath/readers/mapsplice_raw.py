"""MapSplice fusion files as the program writes them, without header: donor to acceptor, 1-based, strands given.

Source: the positions that EasyFuse reads (TRON-Bioinformatics/EasyFuse, ``parse_mapsplice.py``): 1 chromosomes, 2 donor
end, 3 acceptor start, 5 coverage, 6 strands, 28 encompassing pairs, 61 and 62 genes. No real file was read.
"""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._signature import Format, Opening, tabbed
from ntrkpath.readers._table import Header
from ntrkpath.readers._text import Document

_PAIRS, _DONOR, _ACCEPTOR = 27, 60, 61


def _junction(collector: Collector, line: str, number: int) -> Junction:
    cells = line.split("\t")
    chromosome1, found, chromosome2 = cells[0].partition("~")
    if not found or len(cells) < 6 or len(cells[5].strip()) != 2:
        raise RowError("expected two chromosomes (chr12~chr15) and two strands (+-)")
    marks = cells[5].strip()
    cells += [""] * (_ACCEPTOR + 1 - len(cells))
    donor = _cells.side(
        cells[_DONOR].strip(" ,"), (_cells.chromosome(chromosome1), _cells.position(cells[1]), _cells.strand(marks[0]))
    )
    acceptor = _cells.side(
        cells[_ACCEPTOR].strip(" ,"),
        (_cells.chromosome(chromosome2), _cells.position(cells[2]), _cells.strand(marks[1])),
    )
    return collector.junction(
        donor,
        acceptor,
        number,
        line,
        caller="mapsplice",
        support=Support(_cells.count(cells[4]), _cells.count(cells[_PAIRS])),
        intragenic=donor.gene is not None and donor.gene == acceptor.gene,
    )


class _Raw:
    name = "mapsplice-raw"

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read every line."""
        for number, line in enumerate(document.lines, 1):
            if not line.strip() or line.startswith("#") or not collector.wants(line):
                continue
            try:
                collector.add(_junction(collector, line, number))
            except RowError as error:
                collector.problem(number, line, error)


READER = _Raw()


FORMATS = (
    Format(
        reader=READER,
        file="fusion files without header",
        seen="built (the positions EasyFuse reads)",
        callers=("mapsplice",),
        opening=Opening("most", r"[\w.]+~[\w.]+\t\d+\t\d+\t\S+\t\d+\t[+-]{2}\t"),
        order="donor-acceptor",
        support="split, pairs",
        maintained="legacy",
        specimen=tabbed(
            "chr12~chr15|12022903|88483984|JUNC_1|9|+-|" + "0|" * 21 + "4|" + "0|" * 32 + "ETV6,|NTRK3,",
        ),
    ),
)
