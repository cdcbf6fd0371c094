"""DRAGEN RNA ``fusion_candidates``: ordered 5' to 3', 1-based, strands given."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._table import Row, TableReader


def _support(row: Row) -> Support:
    if "split" in row:
        split = _cells.total(row.count("split"), row.count("clipped"))
        return Support(split, row.count("pairs"))
    # Up to version 3.7 the score is the number of supporting reads; later it is a probability.
    reads = [name for name in row["reads"].split(";") if name.strip()]
    return Support(total=len(reads) or None)


def _junction(row: Row) -> Junction:
    left, right = _cells.pair(row["name"])
    return row.junction(
        _cells.side(left, _cells.locus(row["left_at"])),
        _cells.side(right, _cells.locus(row["right_at"])),
        support=_support(row),
        filtered=_cells.failed(row["filter"]),
    )


READER = TableReader(
    "dragen",
    {
        "name": ("fusiongene",),
        "left_at": ("leftbreakpoint",),
        "right_at": ("rightbreakpoint",),
        "filter": ("filter", "filters"),
        "split": ("numsplitreads",),
        "clipped": ("numsoftclippedreads",),
        "pairs": ("numpairedreads",),
        "reads": ("readnames",),
    },
    ("name", "left_at", "right_at"),
    _junction,
)
