"""Input of the OncoKB annotator: fusions (``Tumor_Sample_Barcode Fusion``) and structural variants, names only.

Source: oncokb/oncokb-annotator (``data/example_fusions.txt``, ``data/example_sv.txt``, the headers that
``AnnotatorCore.py`` accepts). The order of the genes means nothing (its example has ``ALK-EML4``); neither level nor
positions are there. Only these examples were read.
"""

from __future__ import annotations

from ntrkpath.model.fusion import Junction
from ntrkpath.readers import _cells, _fusion_name
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _fusion(row: Row) -> Junction | None:
    text = row["fusion"]
    if _fusion_name.says_none(text):
        return None
    pair = _fusion_name.parse(text)
    first, second = (_cells.side(side.gene, exon=side.exon, transcript=side.transcript) for side in pair[:2])
    return row.junction(first, second, sample=row.value("sample"), ordered=False, intragenic=pair.intragenic)


def _sv(row: Row) -> Junction:
    first, second = row["gene1"].strip(), row["gene2"].strip()
    return row.junction(
        _cells.side(first),
        _cells.side(second),
        sample=row.value("sample"),
        ordered=False,
        call=row.value("type"),
        intragenic=first == second != "",
    )


_SAMPLE = {"sample": ("tumor_sample_barcode", "sample_id")}

FUSIONS = TableReader("oncokb-fusions", {**_SAMPLE, "fusion": ("fusion",)}, ("sample", "fusion"), _fusion)
SV = TableReader(
    "oncokb-sv",
    {
        **_SAMPLE,
        "gene1": ("genea", "site1_gene", "gene1"),
        "gene2": ("geneb", "site2_gene", "gene2"),
        "type": ("sv_type", "sv_class_name", "class"),
    },
    ("sample", "gene1", "gene2", "type"),
    _sv,
)


FORMATS = (
    Format(
        reader=FUSIONS,
        file="fusions of the OncoKB annotator",
        seen="built (its example)",
        callers=("oncokb",),
        rank=-1,
        level=None,
        order="not ordered",
        base="no positions",
        tolerance="-",
        specimen=tabbed(
            "Tumor_Sample_Barcode|Fusion",
            "S1|ETV6-NTRK3",
        ),
    ),
    Format(
        reader=SV,
        file="structural variants of the OncoKB annotator",
        seen="built (its example)",
        callers=("oncokb",),
        rank=-1,
        level=None,
        order="not ordered",
        base="no positions",
        tolerance="-",
        specimen=tabbed(
            "Tumor_Sample_Barcode|GeneA|GeneB|Sv_Type",
            "S1|ETV6|NTRK3|FUSION",
        ),
    ),
)
