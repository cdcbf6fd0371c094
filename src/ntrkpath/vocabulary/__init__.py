"""Names of histologies as people write them, resolved to one entity of the guidance."""

from __future__ import annotations

from ntrkpath.vocabulary.histology import Histology, HistologyVocabulary, Marker, Resolution

__all__ = ["Histology", "HistologyVocabulary", "Marker", "Resolution"]
