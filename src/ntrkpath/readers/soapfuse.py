"""SOAPfuse ``final.Fusion.specific.for.genes/trans`` and InFusion ``fusions.detailed.txt``: ordered 5' to 3', 1-based.

Source: the columns that EasyFuse reads (TRON-Bioinformatics/EasyFuse, ``parse_soapfuse.py``, ``parse_infusion.py``).
No real file was read.
"""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
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
        level="rna",
        level_stated=True,
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
