"""STAR-SEQR candidates: ordered 5' to 3', 0-based (shifted here), strands given."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _junction(row: Row) -> Junction:
    left, right = row["left"], row["right"]
    if not (left or right):
        left, right = _cells.pair(row["name"])
    standing, words = _cells.filtered(row["disposition"])
    return row.junction(
        _cells.side(left, _cells.locus(row["left_at"], 1)),
        _cells.side(right, _cells.locus(row["right_at"], 1)),
        support=Support(
            _cells.total(row.count("split_left"), row.count("split_right")),
            row.count("pairs"),
        ),
        standing=standing,
        filtered=words,
    )


READER = TableReader(
    "star-seqr",
    {
        "name": ("name",),
        "left": ("left_symbol",),
        "right": ("right_symbol",),
        "left_at": ("brkpt_left",),
        "right_at": ("brkpt_right",),
        "pairs": ("nread_spans",),
        "split_left": ("nread_jxnleft",),
        "split_right": ("nread_jxnright",),
        "disposition": ("disposition",),
    },
    ("left_at", "right_at"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="`candidates.txt`",
        standing="`DISPOSITION`",
        seen="real",
        also=("left_symbol|name",),
        base="0",
        off_by="0",
        support="split, pairs",
        maintained="legacy",
        specimen=tabbed(
            "NAME|NREAD_SPANS|NREAD_JXNLEFT|NREAD_JXNRIGHT|BRKPT_LEFT|BRKPT_RIGHT|LEFT_SYMBOL|RIGHT_SYMBOL|DISPOSITION",
            "ETV6--NTRK3|17|5|4|chr12:12022902:+|chr15:88483983:-|ETV6|NTRK3|PASS",
        ),
    ),
)
