"""Lists of fusion names: one a line, with or without a header, and FusionCatcher's summary of them.

Sources: fusion-report ``fusion_list.tsv`` (real file seen); FusionCatcher ``summary_candidate_fusions.txt`` as EasyFuse
reads it (TRON-Bioinformatics/EasyFuse, ``parse_fusioncatcher.py``) and as published runs show it (no real file read
in the tests). No positions: no verdict on the frame.
"""

from __future__ import annotations

import re

from ntrkpath.model.fusion import Junction, Standing
from ntrkpath.readers import _cells, _fusion_name
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._columns import meaning
from ntrkpath.readers._gene_symbols import is_symbol
from ntrkpath.readers._signature import Format, Opening
from ntrkpath.readers._table import Header
from ntrkpath.readers._text import Document

_SUMMARY = re.compile(r"very short summary of found candidate", re.IGNORECASE)
_ITEM = re.compile(r"^\s*\*\s+(\S+)\s*(?:\((.*)\))?\s*$")
#: Lines looked at before a text is taken for a list, and the longest name.
_LOOKED_AT = 50
_LONGEST = 120


def _clean(line: str) -> str:
    return line.strip().strip('",;').strip()


def _junction(collector: Collector, name: str, line: int, raw: str, *, filtered: str | None = None,
              standing: Standing = "not_stated") -> Junction:  # fmt: skip
    pair = _fusion_name.parse(name)
    first, second = (
        _cells.side(side.gene, exon=side.exon, transcript=side.transcript) for side in (pair.first, pair.second)
    )
    return collector.junction(
        first,
        second,
        line,
        raw,
        ordered=pair.ordered,
        intragenic=pair.intragenic,
        filtered=filtered,
        standing=standing,
    )


class _Names:
    """One fusion name a line; ``fusion-names`` are written ``A--B`` or ``A::B``, a ``name-list`` as people do."""

    def __init__(self, name: str) -> None:
        self.name = name

    def recognises(self, document: Document) -> bool:
        """Whether most of the first lines are names of fusions of two genes and nothing else."""
        lines = [line for line in document.lines[:_LOOKED_AT] if line.strip() and not line.startswith("#")]
        if lines and self._is_header(lines[0]):
            return True
        return 2 * sum(map(_is_pair, lines)) > len(lines)

    @staticmethod
    def _is_header(line: str) -> bool:
        meant = meaning(_clean(line)) if len(line) <= _LONGEST else None
        return meant is not None and meant.role == "fusion"

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read every line."""
        started = False
        for number, line in enumerate(document.lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            if not started:
                started = True
                if self._is_header(line):
                    continue
            if not collector.wants(line) or _fusion_name.says_none(_clean(line)):
                continue
            try:
                collector.add(_junction(collector, _clean(line), number, line))
            except RowError as error:
                collector.problem(number, line, error)


def _is_pair(line: str) -> bool:
    text = _clean(line)
    if not 3 <= len(text) <= _LONGEST or any(mark in text for mark in "\t,;"):
        return False
    try:
        pair = _fusion_name.parse(text)
    except RowError:
        return False
    if "::" in text or "--" in text:
        return " " not in text or is_symbol(pair.first.gene) or is_symbol(pair.second.gene)
    return is_symbol(pair.first.gene) and (is_symbol(pair.second.gene) or pair.intragenic)


class _Summary:
    """FusionCatcher ``summary_candidate_fusions.txt``: names with remarks in brackets, 5' gene first."""

    name = "fusioncatcher-summary"

    def recognises(self, document: Document) -> bool:
        """Whether the text opens as FusionCatcher's summary does."""
        return any(_SUMMARY.search(line) for line in document.lines[:_LOOKED_AT])

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read every item of the list; a summary without items found none."""
        for number, line in enumerate(document.lines, 1):
            found = _ITEM.match(line)
            if found is None or not collector.wants(line):
                continue
            remarks = found[2]
            doubted = remarks is not None and "false positive" in remarks.lower()
            try:
                collector.add(
                    _junction(
                        collector,
                        found[1],
                        number,
                        line,
                        filtered=remarks if doubted else None,
                        standing="doubted" if doubted else "not_stated",
                    )
                )
            except RowError as error:
                collector.problem(number, line, error)


NAMES = _Names("fusion-names")
LIST = _Names("name-list")
SUMMARY = _Summary()


FORMATS = (
    Format(
        reader=NAMES,
        file="`fusion_list.tsv`: one name a line",
        seen="real",
        callers=("fusion-report",),
        opening=Opening("most", r"(?=\S{2,120}$)[^\s,;]*?(--|::)[^\s,;]*$"),
        rank=-1,
        level=None,
        order="as named",
        base="no positions",
        tolerance="-",
        specimen="ETV6--NTRK3\nFGFR3--TACC3\n--NTRK1\n",
    ),
    Format(
        reader=LIST,
        file="names as people write them, one a line (`ETV6-NTRK3`)",
        seen="built",
        opening=Opening("asked"),
        rank=-4,
        level=None,
        order="as named where the separator says so (`::`, `--`, `>`)",
        base="no positions",
        tolerance="-",
        specimen="ETV6-NTRK3\nTPM3-NTRK1\n",
    ),
    Format(
        reader=SUMMARY,
        file="`summary_candidate_fusions.txt`",
        seen="built (published runs)",
        callers=("fusioncatcher",),
        opening=Opening("any", r"very short summary of found candidate"),
        rank=1,
        base="no positions",
        tolerance="-",
        standing="remark `probably false positive`",
        specimen="Very short summary of found candidate fusion genes\n\n"
        "Found 1 fusion gene(s), which are as follows:\n  * ETV6--NTRK3  (already known fusion)\n",
    ),
)
