"""Fields of the form, made from the types of a case: closed lists become choices, the rest text, numbers and dates."""

from __future__ import annotations

import datetime as dt
import types
import typing
from typing import Any

import msgspec

from ntrkpath.model import case as model
from ntrkpath.server.case.wording import HINTS, LABELS, LEVELS

_METHODS: dict[str, type] = {str(cls.__struct_config__.tag): cls for cls in typing.get_args(model.Test)}


class Field(msgspec.Struct, frozen=True):
    """One field of the form.

    Args:
        name: Kind and path, as ``f:disease.extent``: ``f`` text, ``n`` number, ``b`` yes or no, ``l`` list; further
            kinds stand in ``apply``.
        label: What is asked.
        kind: ``choice``, ``text``, ``number``, ``date`` or ``list``.
        choices: Value and words of each choice, for ``choice``.
        value: As it stands in the case, as text.
        hint: What may be written.
        could: What an answer could change, where the field is asked for.
    """

    name: str
    label: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""
    hint: str = ""
    could: str = ""


def words(level: str) -> str:
    """Return a level of a case in plain words."""
    return LEVELS.get(level) or level.replace("_", " ")


def field(owner: type, key: str, path: str, data: dict[str, Any], label: str = "") -> Field:
    """Return the field of one key of a part of a case.

    Args:
        owner: The type of the part, as ``Disease``.
        path: Where the part stands, as ``disease`` or ``tests.0``.
        data: The part as plain data.
    """
    annotation = typing.get_type_hints(owner, include_extras=True)[key]
    options = list(_options(annotation))
    now = data.get(key)
    shown = label or LABELS.get(f"{owner.__name__}.{key}") or LABELS.get(key) or key.replace("_", " ").capitalize()
    hint = HINTS.get(f"{owner.__name__}.{key}") or HINTS.get(key, "")
    if bool in options:
        told = {True: "true", False: "false"}.get(now, "")  # type: ignore[arg-type]
        return Field(f"b:{path}.{key}", shown, "choice", (("true", "yes"), ("false", "no")), told, hint)
    levels = [str(lv) for o in options if typing.get_origin(o) is typing.Literal for lv in typing.get_args(o)]
    if levels:
        stated = "" if now is None else str(now)
        # A level that is stated in another spelling stays as it is written (``F`` for female).
        chosen = tuple(
            (stated if stated and words(stated) == words(level) else level, words(level)) for level in _once(levels)
        )
        return Field(f"f:{path}.{key}", shown, "choice", chosen, stated, hint)
    if dt.date in options:
        return Field(f"f:{path}.{key}", shown, "date", (), "" if now is None else str(now), hint)
    if any(typing.get_origin(o) is list for o in options) and str not in options:
        told = ", ".join(str(entry) for entry in now) if isinstance(now, list) else ""
        return Field(f"l:{path}.{key}", shown, "list", (), told, hint)
    number = (int in options or float in options) and str not in options
    if isinstance(now, float) and now.is_integer():
        now = int(now)
    told = ", ".join(map(str, now)) if isinstance(now, list) else "" if now is None else str(now)
    return Field(f"{'n' if number else 'f'}:{path}.{key}", shown, "number" if number else "text", (), told, hint)


def _once(levels: list[str]) -> list[str]:
    """Return levels without other spellings of one before (``break-apart``, ``F``, ``PD``)."""
    seen: dict[str, str] = {}
    for level in levels:
        seen.setdefault(words(level), level)
    return list(seen.values())


def _options(annotation: Any) -> typing.Iterator[Any]:
    if typing.get_origin(annotation) is typing.Annotated:
        yield from _options(typing.get_args(annotation)[0])
    elif typing.get_origin(annotation) in (typing.Union, types.UnionType):
        for option in typing.get_args(annotation):
            yield from _options(option)
    else:
        yield annotation


def test_type(method: Any) -> type | None:
    """Return the type of a test by its method."""
    return _METHODS.get(str(method))


def methods() -> list[tuple[str, str]]:
    """Return the methods with their names."""
    return [(method, words(method)) for method in _METHODS]


_SHOWN_APART = ("fusions", "mutations", "file")


def of_test(position: int, test: dict[str, Any]) -> list[Field]:
    """Return the fields of one test, result first."""
    kind = test_type(test.get("method"))
    if kind is None:
        return []
    keys = [key for key in typing.cast("Any", kind).__struct_fields__ if key not in _SHOWN_APART]
    keys.sort(key=lambda key: ("result", "date", "specimen").index(key) if key in ("result", "date", "specimen") else 9)
    found = [field(kind, key, f"tests.{position}", test) for key in keys]
    if kind in (model.DnaMps, model.RnaMps):
        told = test.get("mutations")
        shown = "none" if told == [] else ", ".join(
            f"{m.get('gene')} {m.get('protein')}" for m in told or () if isinstance(m, dict)
        )  # fmt: skip
        found.append(Field(f"u:tests.{position}.mutations", LABELS["mutations"], "text", (), shown, HINTS["mutations"]))
    return found


def of_fusions(position: int, test: dict[str, Any]) -> list[list[Field]]:
    """Return the fields of each fusion of a sequencing test, and an empty set for one more."""
    if test_type(test.get("method")) not in (model.DnaMps, model.RnaMps):
        return []
    listed = [fusion for fusion in test.get("fusions") or [] if isinstance(fusion, dict)]
    keys = ("five_prime", "three_prime", "exon_five_prime", "exon_three_prime", "frame")
    return [
        [field(model.ReportedFusion, key, f"tests.{position}.fusions.{j}", fusion) for key in keys]
        for j, fusion in enumerate([*listed, {}])
    ]


def of_alterations(data: dict[str, Any]) -> list[list[Field]]:
    """Return the fields of each alteration, and an empty set for one more."""
    listed = [a for a in data.get("alterations") or [] if isinstance(a, dict)]
    return [
        [field(model.Alteration, key, f"alterations.{i}", one) for key in ("gene", "kind", "status")]
        for i, one in enumerate([*listed, {}])
    ]


def of_therapy(data: dict[str, Any]) -> list[list[Field]]:
    """Return the fields of each line of therapy, and an empty set for one more."""
    listed = [line for line in data.get("therapy") or [] if isinstance(line, dict)]
    return [
        [field(model.TherapyLine, key, f"therapy.{i}", line)
         for key in ("drug", "start", "end", "best_response", "progression")]
        for i, line in enumerate([*listed, {}])
    ]  # fmt: skip
