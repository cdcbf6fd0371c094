"""STAR-Fusion, FusionInspector and CTAT-LR-fusion predictions: ordered 5' to 3', 1-based, strands given."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sample": ("sample", "sample_id", "tumor_id"),
    "name": ("fusionname", "fusion_name", "fusion"),
    "left": ("leftgene", "left_gene"),
    "right": ("rightgene", "right_gene"),
    "left_at": ("leftbreakpoint", "left_breakpoint"),
    "right_at": ("rightbreakpoint", "right_breakpoint"),
    "junction_reads": ("junctionreadcount", "junction_count", "junctionreads", "est_j"),
    "spanning": ("spanningfragcount", "spanningfrags", "est_s"),
    "long_reads": ("num_lr",),
    "annotations": ("annots", "annotations"),
    "effect": ("prot_fusion_type", "fusion_type"),
    "left_transcript": ("cds_left_id",),
    "right_transcript": ("cds_right_id",),
}


def gene_cells(row: Row) -> tuple[str, str]:
    """Return the two gene cells: the gene columns where filled, else the halves of the fusion name."""
    left, right = row["left"], row["right"]
    if _cells.value(left) is None or _cells.value(right) is None:
        try:
            first, second = _cells.pair(row["name"])
        except RowError:
            if not (left or right):
                raise
        else:
            left, right = left or first, right or second
    return left, right


def _build(long_reads: bool) -> Callable[[Row], Junction]:
    def build(row: Row) -> Junction:
        left, right = gene_cells(row)
        five = _cells.side(left, _cells.locus(row["left_at"]), transcript=row.value("left_transcript"))
        three = _cells.side(right, _cells.locus(row["right_at"]), transcript=row.value("right_transcript"))
        if long_reads:
            support = Support(total=row.count("long_reads"))
        else:
            support = Support(row.count("junction_reads"), row.count("spanning"))
            if "NO_JUNCTION_READS_IDENTIFIED" in row["annotations"]:
                support = Support(0, support.spanning_pairs)
        return row.junction(
            five,
            three,
            sample=row.value("sample"),
            frame=_cells.frame(row["effect"]),
            call=row.value("effect"),
            support=support,
            intragenic=five.gene is not None and five.gene == three.gene,
        )

    return build


READER = TableReader("star-fusion", _COLUMNS, ("left_at", "right_at", "junction_reads"), _build(False))
FUSION_INSPECTOR = TableReader("fusioninspector", _COLUMNS, ("left_at", "right_at"), _build(False))
CTAT_LR = TableReader("ctat-lr-fusion", _COLUMNS, ("left_at", "right_at", "long_reads"), _build(True))


FORMATS = (
    Format(
        reader=READER,
        file="`fusion_predictions(.abridged).tsv`, older names, coding effect",
        seen="real; built for older names and coding effect",
        also=("fusionname|fusion_name|fusion",),
        off_by="0",
        frame="`PROT_FUSION_TYPE`",
        support="split, pairs",
        specimen=tabbed(
            "#FusionName|JunctionReadCount|SpanningFragCount|est_J|LeftGene|LeftBreakpoint|RightGene|"
            "RightBreakpoint|CDS_LEFT_ID|CDS_RIGHT_ID|PROT_FUSION_TYPE",
            "ETV6--NTRK3|12|3|12.00|ETV6^ENSG00000139083.10|chr12:12022903:+|NTRK3^ENSG00000140538.16|"
            "chr15:88483984:-|ENST00000396373.4|ENST00000360948.6|INFRAME",
        ),
    ),
    Format(
        reader=FUSION_INSPECTOR,
        file="`FusionInspector.fusions.tsv`",
        seen="built (its wiki)",
        also=(
            "fusionname|fusion_name|fusion",
            "leftlocalbreakpoint",
            "rightlocalbreakpoint",
            "junctionreadcount|est_j",
        ),
        rank=1,
        frame="`PROT_FUSION_TYPE`",
        support="split, pairs",
        specimen=tabbed(
            "#FusionName|JunctionReadCount|SpanningFragCount|LeftGene|LeftLocalBreakpoint|LeftBreakpoint|"
            "RightGene|RightLocalBreakpoint|RightBreakpoint",
            "ETV6--NTRK3|9|2|ETV6^ENSG00000139083.10|11057|chr12:12022903:+|NTRK3^ENSG00000140538.16|46083|"
            "chr15:88483984:-",
        ),
    ),
    Format(
        reader=CTAT_LR,
        file="`fusion_predictions.tsv`",
        seen="real",
        also=("fusionname|fusion_name|fusion",),
        rank=2,
        off_by="0",
        support="long reads",
        specimen=tabbed(
            "#FusionName|num_LR|LeftGene|LeftBreakpoint|RightGene|RightBreakpoint",
            "ETV6--NTRK3|14|ETV6|chr12:12022903:+|NTRK3|chr15:88483984:-",
        ),
    ),
)
