"""The files that the probabilities follow from, and the keys of the figures made from them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import msgspec

from ntrkpath.guidance.edition import Edition

RULES, FIGURES = "probability", "probability_figures"
#: The files whose data the figures follow from.
SOURCES = ("evidence_tables", "evidence_frequency", "evidence_accuracy", RULES)
_SIGN = {"positive": "+", "negative": "-"}


def made_from(edition: Edition) -> int:
    """Return the check sum of what the figures of an edition follow from."""
    return zlib.crc32(msgspec.json.encode([edition.data[name] for name in SOURCES], order="deterministic"))


def combination(results: Iterable[tuple[str, str]]) -> str:
    """Return the key of the figures after results, each an accuracy and its sign, as ``ihc_sarcoma+ dna_all-``."""
    return " ".join(accuracy + _SIGN[sign] for accuracy, sign in results)
