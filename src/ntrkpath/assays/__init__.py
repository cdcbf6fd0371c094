"""Assays: one readout becomes levels of facts. Each assay module holds one method."""

from ntrkpath.assays.fish import fish_levels
from ntrkpath.assays.genes import NtrkGenes
from ntrkpath.assays.ihc import ihc_levels
from ntrkpath.assays.rt_pcr import rt_pcr_levels
from ntrkpath.assays.sequencing import FusionReading, Judge, Judged, read_fusions, sequencing_levels

__all__ = [
    "FusionReading",
    "Judge",
    "Judged",
    "NtrkGenes",
    "fish_levels",
    "ihc_levels",
    "read_fusions",
    "rt_pcr_levels",
    "sequencing_levels",
]
