"""pbfusion ``breakpoints.groups.bed``: ordered by the read, BED 0-based (shifted here), positions averaged."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _info(cell: str) -> dict[str, str]:
    return {key: text for key, found, text in (part.partition("=") for part in cell.split(";")) if found}


def _junction(row: Row) -> Junction:
    info = _info(row["info"])
    first = _cells.chromosome(row["chr1"]), _cells.position(row["start1"], 1), _cells.strand(row["strand1"])
    second = _cells.chromosome(row["chr2"]), _cells.position(row["start2"], 1), _cells.strand(row["strand2"])
    names = [name.strip() for name in info.get("GN", "").split(",")]
    genes = (names[0], names[-1])
    if len(names) > 2:
        genes = _cells.by_locus(genes, first[:2], second[:2])
    standing, words = _cells.judged(row["score"], accepted=("high", "medium"), doubted=("low",))
    kind = info.get("CL", "").partition(":")[0]
    return row.junction(
        _cells.side(genes[0], first),
        _cells.side(genes[1], second),
        ordered=first[2] is not None and second[2] is not None,
        tolerance=5,
        call=kind or None,
        support=Support(total=_cells.count(info.get("RC", ""))),
        standing=standing,
        filtered=words and f"{words} confidence",
        antisense="ANTISENSE" in kind.upper(),
    )


READER = TableReader(
    "pbfusion",
    {
        "chr1": ("chr1",),
        "start1": ("start1",),
        "chr2": ("chr2",),
        "start2": ("start2",),
        "score": ("score",),
        "strand1": ("strand1",),
        "strand2": ("strand2",),
        "info": ("info",),
    },
    ("chr1", "start1", "chr2", "start2", "info"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="`breakpoints.groups.bed`",
        standing="`score`",
        seen="real",
        also=(
            "strand1",
            "strand2",
        ),
        order="by the read",
        base="0 (BED)",
        off_by="3",
        tolerance="5",
        support="long reads",
        specimen=tabbed(
            "#chr1|start1|chr2|start2|score|strand1|strand2|info",
            "chr12|12022899|chr15|88483986|MEDIUM|+|-|"
            "RC=20;GN=ETV6,NTRK3;GI=ENSG00000139083.9,ENSG00000140538.15;GC=20,20;CL=FUSION:20;MQ=60,60",
        ),
    ),
)
