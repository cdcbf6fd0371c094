"""GeneFuse text output: DNA reads across a junction, in the order of the read, 0-based, strand of the read given.

Source: OpenGene/GeneFuse (``fusionresult.cpp``, ``gene.cpp``, ``indexer.cpp``). A sign of the position is the strand
of the genome that the read follows, so that it tells which side of the chromosome is kept; the read may run against
the transcript. A gene is cut from the reference at its start without the step from 1-based to 0-based, hence
positions are one too low. ``Deletion:`` joins two places of one gene. No real file was read.
"""

from __future__ import annotations

import re

from ntrkpath.model.fusion import Breakpoint, Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._signature import Format, Opening
from ntrkpath.readers._table import Header
from ntrkpath.readers._text import Document

_TITLE = re.compile(r"^#\s*(?P<kind>Fusion|Deletion):\s*(?P<left>.+?)___(?P<right>.+?)\s*(?:\((?P<counts>.*)\))?\s*$")
_PLACE = re.compile(
    r"^(?P<gene>[^:]+):(?:(?P<part>exon|intron):(?P<number>\d{1,4})\|)?(?P<strand>[+-])(?P<chromosome>[^:]+):(?P<at>\d+)$"
)
_ACCESSION = re.compile(r"^(.+?)_((?:ENST|NM_|NR_|XM_)[\w.]+)$")
_LONGEST = 2000
_COUNT = re.compile(r"(total|unique):\s*(\d+)")


def _side(text: str, *, left: bool) -> Breakpoint:
    found = _PLACE.match(text.strip())
    if found is None:
        raise RowError(f"not a place of GeneFuse (GENE_TRANSCRIPT:intron:5|+chr12:11875000): {text[:80]!r}")
    named = _ACCESSION.match(found["gene"])
    gene, transcript = (named[1], named[2]) if named else (found["gene"], None)
    number = int(found["number"]) if found["number"] else None
    # The read goes up to its left place and on from its right one.
    keeps_left = (found["strand"] == "+") == left
    return _cells.side(
        gene,
        (_cells.chromosome(found["chromosome"]), _cells.position(found["at"], 1), None),
        exon=number if found["part"] == "exon" else None,
        intron=number if found["part"] == "intron" else None,
        transcript=transcript,
        keeps="left" if keeps_left else "right",
    )


def _junction(collector: Collector, line: str, number: int) -> Junction:
    found = _TITLE.match(line) if len(line) <= _LONGEST else None
    if found is None:
        raise RowError(f"not a fusion of GeneFuse (A___B): {line[:80]!r}")
    left, right = _side(found["left"], left=True), _side(found["right"], left=False)
    counts = {name: int(count) for name, count in _COUNT.findall(found["counts"] or "")}
    return collector.junction(
        left,
        right,
        number,
        line,
        ordered=False,
        support=Support(counts.get("unique", counts.get("total"))),
        intragenic=left.gene is not None and left.gene == right.gene,
    )


class _GeneFuse:
    name = "genefuse"

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read every title; the reads below it are passed over."""
        for number, line in enumerate(document.lines, 1):
            if not line.startswith(("#Fusion:", "#Deletion:", "# Fusion:", "# Deletion:")):
                continue
            if not collector.wants(line):
                continue
            try:
                collector.add(_junction(collector, line, number))
            except RowError as error:
                collector.problem(number, line, error)


READER = _GeneFuse()


FORMATS = (
    Format(
        reader=READER,
        file="text output",
        seen="built (its source)",
        opening=Opening("any", r"# ?(Fusion|Deletion): .*___|# GeneFuse\b"),
        rank=1,
        level="dna",
        order="by the read; its strand gives the kept side",
        base="0, by its source",
        support="unique reads",
        specimen="\n# GeneFuse 0.8.0\n\n"
        "#Fusion: ETV6_ENST00000396373.4:exon:5|+chr12:12022902___NTRK3_ENST00000360948.2:exon:15|-chr15:88483983"
        "  (total: 11, unique:7)\n>1, r1\nACGT\n",
    ),
)
