"""The chain of a site: salted digests of bodies, and hashes that each take in the entry before."""

from __future__ import annotations

import hashlib
import secrets
from typing import NamedTuple

#: What the first entry of a chain has for the hash before it.
START = bytes(32)
SALT_BYTES = 32


class Link(NamedTuple):
    """One row of the table of entries, in the order of its columns."""

    site: str
    seq: int
    subject: str
    kind: str
    schema: int
    author: str
    at: str
    request: str
    digest: bytes
    previous: bytes
    hash: bytes


def new_salt() -> bytes:
    """Return a salt: without it nobody can tell from a digest what the body was, however few bodies are thinkable."""
    return secrets.token_bytes(SALT_BYTES)


def digest(salt: bytes, body: bytes) -> bytes:
    """Return the salted digest of a body: SHA-256 over the length of the salt, the salt and the body."""
    return hashlib.sha256(len(salt).to_bytes(4, "big") + salt + body).digest()


def hash_of(link: Link) -> bytes:
    """Return the hash of an entry: SHA-256 over every other field of its row, each with its length before it."""
    fields = [*(str(value).encode() for value in link[:8]), link.digest, link.previous]
    return hashlib.sha256(b"".join(len(field).to_bytes(4, "big") + field for field in fields)).digest()


def linked(link: Link) -> Link:
    """Return an entry with its hash."""
    return link._replace(hash=hash_of(link))
