"""Recommendations as JSON: the one way they are written, at the command line, in Python and over HTTP."""

from __future__ import annotations

import msgspec

from ntrkpath.model.recommendation import Recommendation


def encode(recommendation: Recommendation) -> bytes:
    """Return a recommendation as one line of JSON with a line feed at its end; the same answer gives the same bytes."""
    return msgspec.json.encode(recommendation) + b"\n"
