"""JAFFA and JAFFAL ``jaffa_results.csv``: ordered 5' to 3', 1-based, strands given."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
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
    standing, words = _cells.judged(row["class"], accepted=("highconfidence", "mediumconfidence"), otherwise="doubted")
    return row.junction(
        five,
        three,
        sample=row.value("sample"),
        frame=_cells.frame(inframe or ""),
        call=None if inframe is None else f"inframe {inframe}",
        support=Support(row.count("reads"), row.count("pairs")),
        standing=standing,
        filtered=words,
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


FORMATS = (
    Format(
        reader=READER,
        file="`jaffa_results.csv`",
        standing="`classification`",
        seen="real (both)",
        callers=(
            "jaffa",
            "jaffal",
        ),
        off_by="0",
        frame="`inframe`",
        support="split, pairs",
        specimen=tabbed(
            "sample|fusion genes|chrom1|base1|strand1|chrom2|base2|strand2|spanning pairs|spanning reads|"
            "inframe|classification",
            "S1|ETV6:NTRK3|chr12|12022903|+|chr15|88483984|-|6|5|TRUE|HighConfidence",
        ),
    ),
)
