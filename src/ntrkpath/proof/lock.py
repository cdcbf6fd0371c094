"""The lock of outcomes: one hash for each table over what every state of it leads to.

A change of any outcome changes a hash, so that it must be signed off by writing the lock again. Wording that is not an
outcome (``says``, notes, citations), the ids of rows and their order are not part of it.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.model.errors import GuidanceError
from ntrkpath.proof.report import Finding
from ntrkpath.rules.chain import Masks
from ntrkpath.rules.compile import dense
from ntrkpath.rules.facts import Fact
from ntrkpath.rules.table import Row, Table

LOCK_FILE = "outcomes.lock"


def _content(row: Row) -> bytes:
    parts: dict[str, Any] = {"sets": row.sets, "emits": row.emits}
    return msgspec.json.encode(parts, order="deterministic")


def outcomes(masks: Masks) -> tuple[bytes, list[tuple[bytes, ...]]]:
    """Return the dense look-up of a table's outcomes: 16-bit little-endian indices, and the outcomes they point to.

    The outcome of a state is what its rows set and emit, whatever their order; a state of a first-hit table in which
    no row holds has an empty one.
    """
    contents = [_content(row) for row in masks.table.rows]
    empty = msgspec.json.encode({"emits": {}, "sets": {}})
    known: dict[int, tuple[bytes, ...]] = {}

    def value(mask: int) -> tuple[bytes, ...]:
        if masks.first:
            mask &= -mask
        outcome = known.get(mask)
        if outcome is None:
            held = {content for i, content in enumerate(contents) if mask >> i & 1}
            outcome = known[mask] = tuple(sorted(held if masks.first else held - {empty}))
        return outcome

    lookup, values = dense(masks, value)
    if sys.byteorder == "big":
        lookup.byteswap()
    return lookup.tobytes(), values


def table_hash(masks: Masks, facts: Mapping[str, Fact]) -> str:
    """Return the SHA-256 over the facts of a table, their levels, and the outcome of every state."""
    lookup, values = outcomes(masks)
    read = [[ident, list(facts[ident].levels)] for ident in masks.table.facts]
    total = hashlib.sha256(msgspec.json.encode([masks.table.hit, read]))
    for outcome in values:
        total.update(b"\0".join(outcome) + b"\0\0")
    total.update(lookup)
    return total.hexdigest()


def compute_lock(facts: Mapping[str, Fact], tables: Iterable[Table]) -> dict[str, str]:
    """Return the hash of every table, by id."""
    return {table.id: table_hash(Masks(table, facts), facts) for table in tables}


def read_lock(path: Path) -> dict[str, str] | None:
    """Return a lock that was written, or ``None`` where there is none.

    Raises:
        GuidanceError: The file is not a lock.
    """
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except msgspec.DecodeError as error:
        raise GuidanceError(f"not a lock of outcomes ({error})", where=path.name, remedy="write it again") from None


def write_lock(path: Path, lock: Mapping[str, str]) -> None:
    """Write a lock, one table on a line, in the order of the tables."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(dict(lock)), indent=1) + b"\n")


def compare_lock(now: Mapping[str, str], signed: Mapping[str, str] | None) -> list[Finding]:
    """Return a finding for each table whose outcomes are not those that were signed off."""
    remedy = "review the change and write the lock again"
    if signed is None:
        return [Finding("lock", LOCK_FILE, f"missing: {remedy}")]
    found = [
        Finding("lock", table, f"an outcome has changed: {remedy}") for table in now if signed.get(table) != now[table]
    ]
    return found + [Finding("lock", table, f"the table is gone: {remedy}") for table in signed if table not in now]
