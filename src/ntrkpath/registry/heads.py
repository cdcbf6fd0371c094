"""Signed heads: where every chain of a book stood, signed by a key that lies outside the database."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import msgspec
import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ntrkpath.model.errors import RegistryError
from ntrkpath.registry.tables import entries

SCHEMA = "https://ntrkpath.org/schema/registry-head-1.json"
_PEM = serialization.Encoding.PEM
_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


class ChainHead(msgspec.Struct, frozen=True):
    """The newest entry of a site: its place and its hash, as hexadecimal digits."""

    site: str
    seq: int
    hash: str


class Erased(msgspec.Struct, frozen=True):
    """An erasure: the subject, and the entry that says so."""

    site: str
    subject: str
    seq: int


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a book stood, with the erasures until then; kept apart from it, it tells whether entries are gone.

    Args:
        book: The id of the book.
        public_key: Of the key that signed, 32 bytes as hexadecimal digits.
        signature: Ed25519, over this document with an empty signature.
    """

    schema: str
    book: str
    at: str
    chains: tuple[ChainHead, ...]
    erasures: tuple[Erased, ...]
    public_key: str
    signature: str = ""


def new_key(path: Path) -> None:
    """Write a new private key, readable by its owner alone.

    Raises:
        RegistryError: There is a file already.
    """
    data = Ed25519PrivateKey.generate().private_bytes(
        _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RegistryError("there is a key already", where=str(path), remedy="keep it: old heads need it") from None
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def private_key(path: Path) -> Ed25519PrivateKey:
    """Read a private key.

    Raises:
        RegistryError: There is none, or it is no Ed25519 key.
    """
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise RegistryError(
            f"the key cannot be read ({error.strerror})", where=str(path), remedy="name it with --key"
        ) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise RegistryError("no private key", where=str(path), allowed="an Ed25519 key as PEM") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise RegistryError("no private key", where=str(path), allowed="an Ed25519 key as PEM")
    return key


def public_of(path: Path) -> str:
    """Return the public key of a file that holds a private or a public one, as hexadecimal digits.

    Raises:
        RegistryError: It holds neither.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RegistryError(f"the key cannot be read ({error.strerror})", where=str(path)) from None
    if b"PUBLIC KEY" in data:
        try:
            key = serialization.load_pem_public_key(data)
        except (ValueError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PublicKey):
            raise RegistryError("no public key", where=str(path), allowed="an Ed25519 key as PEM")
        return key.public_bytes(*_RAW).hex()
    return private_key(path).public_key().public_bytes(*_RAW).hex()


def head(connection: sa.Connection, book: str, key: Ed25519PrivateKey) -> Head:
    """Return the signed head of a book as it stands."""
    e = entries.c
    newest = sa.select(e.site, sa.func.max(e.seq).label("seq")).group_by(e.site).subquery()
    query = sa.select(e.site, e.seq, e.hash).join(newest, sa.and_(newest.c.site == e.site, newest.c.seq == e.seq))
    chains = [ChainHead(r.site, r.seq, bytes(r.hash).hex()) for r in connection.execute(query.order_by(e.site))]
    erased = sa.select(e.site, e.subject, e.seq).where(e.kind == "erasure").order_by(e.site, e.seq)
    unsigned = Head(
        SCHEMA, book, dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), tuple(chains),
        tuple(Erased(r.site, r.subject, r.seq) for r in connection.execute(erased)),
        key.public_key().public_bytes(*_RAW).hex(),
    )  # fmt: skip
    return msgspec.structs.replace(unsigned, signature=key.sign(_signed(unsigned)).hex())


def _signed(head: Head) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(head, signature=""), order="deterministic")


def read_head(path: Path, public_key: str | None = None) -> Head:
    """Read a head and check its signature.

    Args:
        public_key: The key that must have signed it; without it the head's own is taken, and proves only that the
            document is whole.

    Raises:
        RegistryError: It cannot be read, is no head, or its signature does not hold.
    """
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Head)
    except OSError as error:
        raise RegistryError(f"the head cannot be read ({error.strerror})", where=str(path)) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RegistryError("no head of a registry", where=str(path)) from None
    if public_key is not None and found.public_key != public_key:
        raise RegistryError("the head was signed by another key", where=str(path), value=found.public_key[:16])
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(found.public_key)).verify(
            bytes.fromhex(found.signature), _signed(found)
        )
    except (InvalidSignature, ValueError):
        raise RegistryError("the signature of the head does not hold", where=str(path)) from None
    return found
