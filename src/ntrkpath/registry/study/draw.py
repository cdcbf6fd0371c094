"""The draw: which subjects are taken, by a hash of protocol key, purpose, site and pseudonym.

Anyone with the key draws the same again, in any order and at any time; a larger share takes all that a smaller one
took. Each subject is taken by itself with the probability of its stratum.
"""

from __future__ import annotations

from hashlib import sha256

_WHOLE = 2**64


def place(key: str, purpose: str, site: str, subject: str) -> float:
    """Return where a subject stands between 0 and 1."""
    parts = [part.encode() for part in (key, purpose, site, subject)]
    named = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return int.from_bytes(sha256(named).digest()[:8], "big") / _WHOLE


def taken(key: str, purpose: str, site: str, subject: str, fraction: float) -> bool:
    """Return whether a subject is taken when this share of its stratum is."""
    return place(key, purpose, site, subject) < fraction
