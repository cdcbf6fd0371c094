"""The numbers behind the guidance: studies, their counts, and what follows from them."""

from ntrkpath.evidence.data import Evidence, evidence_of

__all__ = ["Evidence", "evidence_of"]
