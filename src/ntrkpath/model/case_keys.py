"""Every key of a case once: path, type, levels, limits, label, hint, meaning, unit, and the facts that read it.

Types, levels and limits are those of the structs in ``case``; what no type says stands in ``case_meanings``. The
loader, the JSON Schema, the form of the page, the columns of a cohort and the reference are made from these keys.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

import msgspec

from ntrkpath.model import case as model
from ntrkpath.model.case_meanings import SAID

Kind = Literal[
    "choice", "flag", "text", "number", "count", "date", "age", "id", "histology", "gene", "genes", "one_or_more_genes",
    "protein", "position", "pairs", "part", "parts", "map",
]  # fmt: skip

#: The parts of a case that hold one mapping each.
PARTS: dict[str, type[msgspec.Struct]] = {
    "patient": model.Patient,
    "diagnosis": model.Diagnosis,
    "disease": model.Disease,
}
#: The type of a test by its method.
METHODS: dict[str, type[msgspec.Struct]] = {
    str(kind.__struct_config__.tag): kind for kind in typing.get_args(model.Test)
}


class Key(msgspec.Struct, frozen=True):
    """One key of a part of a case.

    Attributes:
        owner: The type that has the key, by name: ``Disease``; a method of sequencing by its own name.
        name: The key as it is written: ``extent``.
        kind: What its value is.
        levels: The values of a ``choice``, and of a ``map``; without null.
        required: The part cannot be without it.
        low: Least number, or None.
        high: Greatest number, or None.
        shortest: Least length of a text.
        longest: Greatest length of a text, or None.
        parts: Name of the type of a ``part`` or ``parts``; empty for tests, whose type follows from the method.
        label: What it is called on a form.
        hint: What may be written there.
        meaning: What it means, in one or two sentences, for the reference and the JSON Schema.
        unit: Unit of a number: ``years``, ``percent``, ``cells``.
        reads: The facts that follow from it; empty where no rule reads it.
        words: Name of the list of other words for its levels.
    """

    owner: str
    name: str
    kind: Kind
    levels: tuple[str, ...] = ()
    required: bool = False
    low: float | None = None
    high: float | None = None
    shortest: int = 0
    longest: int | None = None
    parts: str = ""
    label: str = ""
    hint: str = ""
    meaning: str = ""
    unit: str = ""
    reads: tuple[str, ...] = ()
    words: str = ""


@cache
def keys_of(owner: type[msgspec.Struct]) -> dict[str, Key]:
    """Return the keys of a part of a case by name, in the order of its type; ``method`` of a test is not among them."""
    hints = typing.get_type_hints(owner, include_extras=True)
    required = {f.name for f in msgspec.structs.fields(owner) if f.required}
    return {name: _key(owner, name, hints[name], name in required) for name in owner.__struct_fields__}


def all_keys() -> Iterator[tuple[str, Key]]:
    """Yield every key of a case with its path: ``patient.age``, ``pan_trk_ihc.percent``, ``therapy.drug``.

    A key of a test is named by its method, a key of a list by the list; ``read_as`` is the loader's own.
    """
    for name, key in keys_of(model.Case).items():
        if name == "read_as":
            continue
        yield name, key
        if name in PARTS:
            yield from ((f"{name}.{inner}", found) for inner, found in keys_of(PARTS[name]).items())
        if name in ("alterations", "therapy"):
            yield from ((f"{name}.{inner}", found) for inner, found in keys_of(LISTED[name]).items())
    for method, kind in METHODS.items():
        for name, key in keys_of(kind).items():
            yield f"{method}.{name}", key
            if name in LISTED:
                yield from ((f"{method}.{name}.{inner}", found) for inner, found in keys_of(LISTED[name]).items())


#: The type of the items of a list.
LISTED: dict[str, type[msgspec.Struct]] = {
    "alterations": model.Alteration,
    "therapy": model.TherapyLine,
    "fusions": model.ReportedFusion,
    "mutations": model.Mutation,
}


def _key(owner: type[msgspec.Struct], name: str, annotation: Any, required: bool) -> Key:
    said = _said(owner, name)
    options = alternatives(annotation)
    limits = _limits(annotation)
    structs = [o for o in options if isinstance(o, type) and issubclass(o, msgspec.Struct)]
    lists = [o for o in options if typing.get_origin(o) is list]
    levels = tuple(str(lv) for o in options if typing.get_origin(o) is typing.Literal for lv in typing.get_args(o))
    inside: Any = typing.get_args(lists[0])[0] if lists else None
    listed = [o for o in alternatives(inside) if isinstance(o, type) and issubclass(o, msgspec.Struct)]
    kind: Kind = said.kind
    if not kind:
        kind, levels = _kind(options, structs, listed, lists, levels)
    return Key(
        owner=owner.__name__, name=name, kind=kind, levels=levels, required=required,
        low=limits["ge"], high=limits["le"], shortest=limits["min_length"] or 0, longest=limits["max_length"],
        parts=structs[0].__name__ if structs else listed[0].__name__ if len(listed) == 1 else "",
        label=said.label or name.replace("_", " ").capitalize(), hint=said.hint, meaning=said.meaning, unit=said.unit,
        reads=said.reads, words=said.words,
    )  # fmt: skip


def _kind(
    options: list[Any], structs: list[Any], listed: list[Any], lists: list[Any], levels: tuple[str, ...]
) -> tuple[Kind, tuple[str, ...]]:
    """Return the kind of a key by the types that it accepts, and its levels."""
    maps = [option for option in options if typing.get_origin(option) is dict]
    if maps:
        levels = tuple(map(str, typing.get_args(typing.get_args(maps[0])[1])))
    elif bool in options:
        levels = ("true", "false", *levels)
    kinds: list[tuple[object, Kind]] = [
        (structs, "part"), (listed, "parts"), (maps, "map"), (lists, "genes"), (bool in options, "flag"),
        (levels, "choice"), (dt.date in options, "date"), (float in options, "number"), (int in options, "count"),
    ]  # fmt: skip
    return next((kind for holds, kind in kinds if holds), "text"), levels


def _said(owner: type[msgspec.Struct], name: str) -> Any:
    """Return what is said of a key: of its own type, else of the type that it has the key from."""
    for kind in owner.__mro__:
        if (said := SAID.get(f"{kind.__name__.lstrip('_')}.{name}")) is not None:
            return said
    raise LookupError(f"nothing is said of {owner.__name__}.{name}")


def alternatives(annotation: Any) -> list[Any]:
    """Return the types that an annotation accepts, without their limits."""
    if typing.get_origin(annotation) is typing.Annotated:
        return alternatives(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [a for option in typing.get_args(annotation) for a in alternatives(option)]
    return [annotation]


def _limits(annotation: Any) -> dict[str, Any]:
    """Return the first limit of each kind that an annotation declares; ``None`` where it declares none."""
    metas = [meta for meta in _metas(annotation) if isinstance(meta, msgspec.Meta)]
    kinds = ("ge", "le", "min_length", "max_length")
    return {kind: next((limit for m in metas if (limit := getattr(m, kind)) is not None), None) for kind in kinds}


def _metas(annotation: Any) -> list[Any]:
    """Return the limits declared anywhere in an annotation, those of a list's items left out."""
    if typing.get_origin(annotation) is typing.Annotated:
        first, *extra = typing.get_args(annotation)
        return [*extra, *_metas(first)]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [m for option in typing.get_args(annotation) for m in _metas(option)]
    return []
