"""JAFFA and JAFFAL ``jaffa_results.csv``: ordered 5' to 3', 1-based, strands given."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._table import Row, TableReader


def _junction(row: Row) -> Junction:
    first, second = _cells.pair(row["name"], (":", "--"))
    five = _cells.side(
        first, (_cells.chromosome(row["chr1"]), _cells.position(row["pos1"]), _cells.strand(row["strand1"]))
    )
    three = _cells.side(
        second, (_cells.chromosome(row["chr2"]), _cells.position(row["pos2"]), _cells.strand(row["strand2"]))
    )
    inframe = row.value("inframe")
    group = row.value("class")
    weak = group is not None and group.lower() not in {"highconfidence", "mediumconfidence"}
    return row.junction(
        five,
        three,
        sample=row.value("sample"),
        frame=_cells.frame(inframe or ""),
        call=None if inframe is None else f"inframe {inframe}",
        support=Support(row.count("reads"), row.count("pairs")),
        filtered=group if weak else None,
    )


READER = TableReader(
    "jaffa",
    {
        "sample": ("sample",),
        "name": ("fusion genes",),
        "chr1": ("chrom1",),
        "pos1": ("base1", "base 1"),
        "strand1": ("strand1",),
        "chr2": ("chrom2",),
        "pos2": ("base2", "base 2"),
        "strand2": ("strand2",),
        "pairs": ("spanning pairs",),
        "reads": ("spanning reads",),
        "inframe": ("inframe",),
        "class": ("classification",),
    },
    ("name", "chr1", "pos1", "chr2", "pos2"),
    _junction,
)
