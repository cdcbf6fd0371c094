"""deFuse results: not ordered 5' to 3', 1-based; ``genomic_strand`` says which side of the breakpoint is kept."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _junction(row: Row) -> Junction:
    orf = row.value("orf")
    first, second = (
        _cells.side(
            row[f"gene{n}"] or row[f"id{n}"],
            (_cells.chromosome(row[f"chr{n}"]), _cells.position(row[f"pos{n}"]), _cells.strand(row[f"strand{n}"])),
            keeps=_cells.retained(row[f"keeps{n}"]),
        )
        for n in (1, 2)
    )
    return row.junction(
        first,
        second,
        sample=row.value("sample"),
        ordered=False,
        frame={"Y": "in", "N": "out"}.get((orf or "").upper(), "unknown"),
        call=None if orf is None else f"orf {orf}",
        support=Support(row.count("split"), row.count("pairs")),
        intragenic=first.gene is not None and first.gene == second.gene,
    )


READER = TableReader(
    "defuse",
    {
        "sample": ("library_name",),
        **{
            f"{field}{n}": (f"{column}{n}",)
            for n in (1, 2)
            for field, column in (
                ("gene", "gene_name"),
                ("id", "gene"),
                ("chr", "gene_chromosome"),
                ("pos", "genomic_break_pos"),
                ("strand", "gene_strand"),
                ("keeps", "genomic_strand"),
            )
        },
        "split": ("splitr_count",),
        "pairs": ("span_count",),
        "orf": ("orf",),
    },
    ("gene1", "gene2", "chr1", "pos1", "chr2", "pos2"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="`results.filtered.tsv`",
        seen="real",
        order="not ordered; `genomic_strand` gives the kept side",
        off_by="0",
        frame="`orf`",
        support="split, pairs",
        maintained="legacy",
        specimen=tabbed(
            "splitr_count|orf|gene1|gene2|gene_chromosome1|gene_chromosome2|gene_name1|gene_name2|"
            "gene_strand1|gene_strand2|genomic_break_pos1|genomic_break_pos2|genomic_strand1|genomic_strand2|"
            "library_name|span_count",
            "7|Y|ENSG00000140538|ENSG00000139083|15|12|NTRK3|ETV6|-|+|88483984|12022903|+|+|S1|5",
        ),
    ),
)
