"""EricScript results: ordered 5' to 3', 1-based, off by one within a homology (measured), strands given."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader

#: Real rows miss the exon boundary by one base on both sides (ETV6::NTRK3, PAN3::NTRK2, BTBD1::NTRK3).
TOLERANCE = 1


def _junction(row: Row) -> Junction:
    return row.junction(
        _cells.side(
            row["gene1"] or row["id1"],
            (_cells.chromosome(row["chr1"]), _cells.position(row["pos1"]), _cells.strand(row["strand1"])),
        ),
        _cells.side(
            row["gene2"] or row["id2"],
            (_cells.chromosome(row["chr2"]), _cells.position(row["pos2"]), _cells.strand(row["strand2"])),
        ),
        tolerance=TOLERANCE,
        support=Support(row.count("split"), row.count("pairs")),
    )


READER = TableReader(
    "ericscript",
    {
        "gene1": ("genename1",),
        "gene2": ("genename2",),
        "id1": ("ensemblgene1",),
        "id2": ("ensemblgene2",),
        "chr1": ("chr1",),
        "pos1": ("breakpoint1",),
        "strand1": ("strand1",),
        "chr2": ("chr2",),
        "pos2": ("breakpoint2",),
        "strand2": ("strand2",),
        "pairs": ("crossingreads",),
        "split": ("spanningreads",),
    },
    ("gene1", "gene2", "chr1", "pos1", "chr2", "pos2"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="`results.filtered.tsv`",
        seen="real",
        off_by="1",
        tolerance="1",
        support="split, pairs",
        maintained="legacy",
        specimen=tabbed(
            "GeneName1|GeneName2|chr1|Breakpoint1|strand1|chr2|Breakpoint2|strand2|EnsemblGene1|EnsemblGene2|"
            "crossingreads|spanningreads",
            "ETV6|NTRK3|12|12022904|+|15|88483983|-|ENSG00000139083|ENSG00000140538|7|24",
        ),
    ),
)
