"""PCGR input of RNA fusions: ordered as named, 1-based, no strands; a side may be without a gene."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _junction(row: Row) -> Junction:
    left, right = _cells.pair(row["name"])
    standing, words = _cells.judged(row["confidence"], accepted=("high", "medium"), doubted=("low",))
    return row.junction(
        _cells.side(left, _cells.locus(row["left_at"])),
        _cells.side(right, _cells.locus(row["right_at"])),
        support=Support(row.count("split"), row.count("spanning")),
        standing=standing,
        filtered=words and f"{words} confidence",
    )


READER = TableReader(
    "pcgr",
    {
        "name": ("fusiongene",),
        "left_at": ("leftbreakpoint",),
        "right_at": ("rightbreakpoint",),
        "split": ("splitreads",),
        "spanning": ("spanningreads", "spanningpairs"),
        "confidence": ("confidence",),
    },
    ("name", "left_at", "right_at"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="RNA fusion input",
        standing="`Confidence`",
        seen="real",
        also=("splitreads",),
        rank=-1,
        order="as named",
        support="split",
        specimen=tabbed(
            "FusionGene|LeftBreakpoint|RightBreakpoint|SplitReads",
            "ETV6--NTRK3|12:12022903|15:88483984|40",
        ),
    ),
)
