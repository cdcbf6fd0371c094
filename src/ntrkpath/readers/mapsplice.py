"""MapSplice ``fusions_well_annotated.txt`` (with header): donor to acceptor, 1-based, strands given."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _junction(row: Row) -> Junction:
    chromosome1, found, chromosome2 = row["chrom"].partition("~")
    marks = row["strand"].strip()
    if not found or len(marks) != 2:
        raise RowError("expected two chromosomes (chr12~chr15) and two strands (+-)")
    donor = _cells.side(
        row["donor"], (_cells.chromosome(chromosome1), _cells.position(row["pos5"]), _cells.strand(marks[0]))
    )
    acceptor = _cells.side(
        row["acceptor"], (_cells.chromosome(chromosome2), _cells.position(row["pos3"]), _cells.strand(marks[1]))
    )
    return row.junction(
        donor,
        acceptor,
        support=Support(row.count("split"), row.count("pairs")),
        intragenic=donor.gene is not None and donor.gene == acceptor.gene,
        antisense=row["sense"].strip() == "0",
    )


READER = TableReader(
    "mapsplice",
    {
        "chrom": ("chrom",),
        "pos5": ("doner_end", "donor_end"),
        "pos3": ("acceptor_start",),
        "strand": ("strand",),
        "donor": ("annotated_gene_donor",),
        "acceptor": ("annotated_gene_acceptor",),
        "split": ("coverage",),
        "pairs": ("encompassing_read pair_count", "encompassing_read_pair_count"),
        "sense": ("match_gene_strand",),
    },
    ("chrom", "pos5", "pos3", "strand", "donor", "acceptor"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="`fusions_well_annotated.txt` with header",
        seen="built (documented columns)",
        order="donor-acceptor",
        support="split, pairs",
        maintained="legacy",
        specimen=tabbed(
            "chrom|doner_end|acceptor_start|coverage|strand|encompassing_read pair_count|match_gene_strand|"
            "annotated_gene_donor|annotated_gene_acceptor",
            "chr12~chr15|12022903|88483984|9|+-|4|1|ETV6,|NTRK3,",
        ),
    ),
)
