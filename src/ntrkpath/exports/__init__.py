"""Fusion verdicts in forms that other programs read: a table for pipelines, a section for MultiQC."""

from ntrkpath.exports.multiqc import multiqc_section
from ntrkpath.exports.tsv import COLUMNS, verdicts_tsv

__all__ = ["COLUMNS", "multiqc_section", "verdicts_tsv"]
