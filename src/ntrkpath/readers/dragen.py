"""DRAGEN RNA ``fusion_candidates``: ordered 5' to 3', 1-based, strands given."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
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
    standing, words = _cells.filtered(row["filter"])
    return row.junction(
        _cells.side(left, _cells.locus(row["left_at"])),
        _cells.side(right, _cells.locus(row["right_at"])),
        support=_support(row),
        standing=standing,
        filtered=words,
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


FORMATS = (
    Format(
        reader=READER,
        file="`fusion_candidates`",
        standing="`Filter`",
        seen="real (no NTRK row), built (newer columns)",
        also=("score",),
        support="reads, or split and pairs",
        specimen=tabbed(
            "#FusionGene|Score|LeftBreakpoint|RightBreakpoint|Filter|NumSplitReads|NumSoftClippedReads|"
            "NumPairedReads|ReadNames",
            "ETV6--NTRK3|0.98|chr12:12022903:+|chr15:88483984:-|PASS|6|4|3|read:1;read:2;",
        ),
    ),
)
