"""SOAPfuse ``final.Fusion.specific.for.genes/trans`` and InFusion ``fusions.detailed.txt``: ordered 5' to 3', 1-based.

Source: the columns that EasyFuse reads (TRON-Bioinformatics/EasyFuse, ``parse_soapfuse.py``, ``parse_infusion.py``).
No real file was read.
"""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _junction(row: Row) -> Junction:
    five, three = (
        _cells.side(
            row[f"gene{n}"],
            (_cells.chromosome(row[f"chr{n}"]), _cells.position(row[f"pos{n}"]), _cells.strand(row[f"strand{n}"])),
        )
        for n in "53"
    )
    return row.junction(
        five,
        three,
        sample=row.value("sample"),
        support=Support(row.count("split"), row.count("pairs")),
        intragenic=five.gene is not None and five.gene == three.gene,
    )


READER = TableReader(
    "soapfuse",
    {
        "sample": ("sample",),
        **{f"{field}{n}": (f"{end}_{name}",) for n, end in (("5", "up"), ("3", "dw"))
           for field, name in (("gene", "gene"), ("chr", "chr"), ("pos", "genome_pos"), ("strand", "strand"))},
        "split": ("junc_reads_num",),
        "pairs": ("span_reads_num",),
    },
    ("gene5", "chr5", "pos5", "gene3", "chr3", "pos3"),
    _junction,
)  # fmt: skip

INFUSION = TableReader(
    "infusion",
    {
        "sample": ("sample",),
        **{f"{field}{n}": (name.format(at=at),) for n, at in (("5", 1), ("3", 2))
           for field, name in (
               ("gene", "gene_{at}"), ("chr", "ref{at}"), ("pos", "break_pos{at}"), ("strand", "gene_{at}_strand"))},
        "split": ("num_split",),
        "pairs": ("num_paired",),
    },
    ("gene5", "chr5", "pos5", "gene3", "chr3", "pos3"),
    _junction,
)  # fmt: skip


FORMATS = (
    Format(
        reader=READER,
        file="`final.Fusion.specific.for.genes`",
        seen="built (the columns EasyFuse reads)",
        support="split, pairs",
        maintained="legacy",
        specimen=tabbed(
            "up_gene|up_chr|up_strand|up_Genome_pos|dw_gene|dw_chr|dw_strand|dw_Genome_pos|Span_reads_num|Junc_reads_num",
            "ETV6|chr12|+|12022903|NTRK3|chr15|-|88483984|4|9",
        ),
    ),
    Format(
        reader=INFUSION,
        file="`fusions.detailed.txt`",
        seen="built (the columns EasyFuse reads)",
        also=("num_split",),
        support="split, pairs",
        maintained="legacy",
        specimen=tabbed(
            "ref1|break_pos1|ref2|break_pos2|num_split|num_paired|gene_1|gene_1_strand|gene_2|gene_2_strand",
            "12|12022903|15|88483984|9|4|ETV6|+|NTRK3|-",
        ),
    ),
)
