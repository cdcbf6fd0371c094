"""The shipped JSON Schemas of a case and of a recommendation, and how they are made from the types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.model.case import Case
from ntrkpath.model.recommendation import SCHEMA, Recommendation

_TYPES: dict[str, tuple[type, str]] = {
    "case": (Case, SCHEMA.replace("recommendation", "case")),
    "recommendation": (Recommendation, SCHEMA),
}


def json_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``case`` or ``recommendation``, made from its type."""
    kind, ident = _TYPES[name]
    made = msgspec.json.schema(kind)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": ident, **made}


def shipped(name: str) -> dict[str, Any]:
    """Return the JSON Schema of ``case`` or ``recommendation`` as the installation ships it."""
    made: dict[str, Any] = msgspec.json.decode((Path(__file__).parent / f"{name}-1.json").read_bytes())
    return made
