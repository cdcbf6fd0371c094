"""Fusion verdicts in forms that other programs read: JSON, a table for pipelines, VICC, a section for MultiQC."""

from ntrkpath.exports.multiqc import multiqc_section
from ntrkpath.exports.tsv import COLUMNS, verdicts_tsv
from ntrkpath.exports.verdicts import FORMS, FusionsDocument, written

__all__ = ["COLUMNS", "FORMS", "FusionsDocument", "multiqc_section", "verdicts_tsv", "written"]
