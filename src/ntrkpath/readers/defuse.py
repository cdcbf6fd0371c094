"""deFuse results: not ordered 5' to 3', 1-based; ``genomic_strand`` says which side of the breakpoint is kept."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
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
