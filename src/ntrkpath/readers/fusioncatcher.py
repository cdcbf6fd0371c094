"""FusionCatcher ``final-list_candidate-fusion-genes.txt``: ordered 5' to 3', 1-based, strands given."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Standing, Support
from ntrkpath.readers import _cells, _columns
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _standing(row: Row) -> tuple[Standing, str | None]:
    """Return what the labels of a call say: some mark it as very probably false, or as found in healthy tissue."""
    doubts = _columns.knowledge()["fusioncatcher_doubts"]
    found = [name for part in row["labels"].split(",") if (name := part.strip()) in doubts]
    return ("doubted", ",".join(found)) if found else ("not_stated", None)


def _junction(row: Row) -> Junction:
    standing, words = _standing(row)
    five = _cells.side(row["gene5"] or row["id5"], _cells.locus(row["at5"]))
    three = _cells.side(row["gene3"] or row["id3"], _cells.locus(row["at3"]))
    return row.junction(
        five,
        three,
        frame=_cells.frame(row["effect"]),
        call=row.value("effect"),
        support=Support(row.count("reads"), row.count("pairs")),
        standing=standing,
        filtered=words,
        intragenic=five.gene is not None and five.gene == three.gene,
    )


READER = TableReader(
    "fusioncatcher",
    {
        "gene5": ("gene_1_symbol(5end_fusion_partner)",),
        "gene3": ("gene_2_symbol(3end_fusion_partner)",),
        "id5": ("gene_1_id(5end_fusion_partner)",),
        "id3": ("gene_2_id(3end_fusion_partner)",),
        "at5": ("fusion_point_for_gene_1(5end_fusion_partner)",),
        "at3": ("fusion_point_for_gene_2(3end_fusion_partner)",),
        "labels": ("fusion_description",),
        "pairs": ("spanning_pairs",),
        "reads": ("spanning_unique_reads",),
        "effect": ("predicted_effect", "predicted_fused_proteins"),
    },
    ("gene5", "gene3", "at5", "at3"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="`final-list_candidate-fusion-genes.txt`",
        seen="real",
        off_by="0",
        frame="`Predicted_effect`",
        standing="`Fusion_description`",
        support="split, pairs",
        specimen=tabbed(
            "Gene_1_symbol(5end_fusion_partner)|Gene_2_symbol(3end_fusion_partner)|Spanning_pairs|"
            "Spanning_unique_reads|Fusion_point_for_gene_1(5end_fusion_partner)|"
            "Fusion_point_for_gene_2(3end_fusion_partner)|Gene_1_id(5end_fusion_partner)|"
            "Gene_2_id(3end_fusion_partner)|Predicted_effect",
            "ETV6|NTRK3|6|8|12:12022903:+|15:88483984:-|ENSG00000139083|ENSG00000140538|in-frame",
        ),
    ),
)
