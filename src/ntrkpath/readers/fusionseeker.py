"""FusionSeeker ``confident_genefusion.txt``: not ordered 5' to 3', positions up to four bases off (measured)."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _junction(row: Row) -> Junction:
    return row.junction(
        _cells.side(row["gene1"], (_cells.chromosome(row["chr1"]), _cells.position(row["pos1"]), None)),
        _cells.side(row["gene2"], (_cells.chromosome(row["chr2"]), _cells.position(row["pos2"]), None)),
        ordered=False,
        tolerance=5,
        support=Support(total=row.count("reads")),
    )


READER = TableReader(
    "fusionseeker",
    {
        "gene1": ("gene1",),
        "gene2": ("gene2",),
        "reads": ("numsupp",),
        "chr1": ("chrom1",),
        "pos1": ("breakpoint1",),
        "chr2": ("chrom2",),
        "pos2": ("breakpoint2",),
    },
    ("gene1", "gene2", "chr1", "pos1", "chr2", "pos2"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="`confident_genefusion.txt`",
        seen="real",
        order="not ordered",
        off_by="4",
        tolerance="5",
        support="long reads",
        specimen=tabbed(
            "Gene1|Gene2|NumSupp|Chrom1|Breakpoint1|Chrom2|Breakpoint2",
            "NTRK3|ETV6|20|chr15|88483986|chr12|12022902",
        ),
    ),
)
