"""The shipped JSON Schemas of what goes in and what comes out, and how they are made from the types and keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.exports import findings, verdicts
from ntrkpath.model.case import Case
from ntrkpath.model.case_keys import LISTED, METHODS, PARTS, Key, keys_of
from ntrkpath.model.recommendation import SCHEMA, Recommendation

_TYPES: dict[str, tuple[type, str]] = {
    "case": (Case, SCHEMA.replace("recommendation", "case")),
    "recommendation": (Recommendation, SCHEMA),
    "fusions": (verdicts.FusionsDocument, verdicts.SCHEMA),
    "variants": (findings.VariantsDocument, findings.SCHEMA),
}
#: Every document that has a schema.
NAMES = tuple(_TYPES)
#: Kinds of keys that the loader also reads from a text where the type has numbers, lists or parts.
_ALSO_TEXT = ("number", "count", "genes", "pairs", "map", "date")


def json_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one of ``NAMES``, made from its type.

    The schema of a case carries what each key is called and means, and admits what the loader reads beside the words
    of the format: texts whose words it knows, each of which it reads or answers with the word to use.
    """
    kind, ident = _TYPES[name]
    made = msgspec.json.schema(kind)
    if name == "case":
        owners: list[type[msgspec.Struct]] = [Case, *PARTS.values(), *METHODS.values(), *LISTED.values()]
        for owner in owners:
            properties = made["$defs"][owner.__name__]["properties"]
            for key in keys_of(owner).values():
                properties[key.name] = _explained(key, properties[key.name])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": ident, **made}


def _explained(key: Key, made: dict[str, Any]) -> dict[str, Any]:
    read = made
    text: dict[str, Any] = {"type": "string", "maxLength": 2000}
    if key.kind in ("choice", "flag"):
        read = {"anyOf": [made, {**text, "examples": [*key.levels]}]}
    elif key.kind == "id":
        read = {"anyOf": [made, {"type": "integer"}]}
    elif key.kind in _ALSO_TEXT:
        read = {"anyOf": [made, text]}
    elif key.name in ("fusions", "mutations"):
        read = {"anyOf": [made, text, {"type": "array", "items": {"anyOf": [{"$ref": _ref(key)}, text]}}]}
    return {"title": key.label, "description": key.meaning, **({"x-unit": key.unit} if key.unit else {}), **read}


def _ref(key: Key) -> str:
    return f"#/$defs/{key.parts}"


def shipped(name: str) -> dict[str, Any]:
    """Return the JSON Schema of one of ``NAMES`` as the installation ships it."""
    made: dict[str, Any] = msgspec.json.decode((Path(__file__).parent / f"{name}-1.json").read_bytes())
    return made


def promised(schema: dict[str, Any]) -> list[str]:
    """Return what a schema promises, a line each: every key with its types, and every value of a closed list.

    Within one number of a schema no line of an output, and no line of an input, ever goes away.
    """
    found = []
    for owner, definition in schema["$defs"].items():
        for key, value in definition.get("properties", {}).items():
            found += [f"{owner}.{key} {kind}" for kind in sorted(_kinds(value))]
    return sorted(set(found))


def _kinds(value: Any) -> set[str]:
    """Return the types and values that a key may have, through all its alternatives."""
    kinds = set()
    for part in value.get("anyOf", [value]):
        if "anyOf" in part:
            kinds |= _kinds(part)
        elif "enum" in part:
            kinds |= {f"= {one}" for one in part["enum"]}
        elif "$ref" in part:
            kinds.add(part["$ref"].rpartition("/")[2])
        elif "const" in part:
            kinds.add(f"= {part['const']}")
        elif part.get("type") in ("array", "object"):
            kinds.add(part["type"])
        else:
            kinds.add(str(part.get("type", "any")))
    return kinds
