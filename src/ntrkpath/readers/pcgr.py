"""PCGR input of RNA fusions: ordered as named, 1-based, no strands; a side may be without a gene."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._table import Row, TableReader


def _junction(row: Row) -> Junction:
    left, right = _cells.pair(row["name"])
    return row.junction(
        _cells.side(left, _cells.locus(row["left_at"])),
        _cells.side(right, _cells.locus(row["right_at"])),
        support=Support(row.count("split"), row.count("spanning")),
        filtered="low confidence" if row["confidence"].strip().lower() == "low" else None,
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
