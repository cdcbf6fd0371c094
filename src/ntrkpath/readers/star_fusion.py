"""STAR-Fusion, FusionInspector and CTAT-LR-fusion predictions: ordered 5' to 3', 1-based, strands given."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
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
