"""Variants: what a mutation or a copy number of an NTRK gene means for a TRK inhibitor."""

from ntrkpath.variants.findings import VariantFinding, finding
from ntrkpath.variants.mutations import MutationReading, read_mutation

__all__ = ["MutationReading", "VariantFinding", "finding", "read_mutation"]
