"""One entry written by hand: a form, a wish, a query or its reply, a decision, or that an entry was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from ntrkpath.model.case_keys import alternatives
from ntrkpath.model.errors import CaseError, RegistryError
from ntrkpath.registry.entries import KINDS, dated, place_of, sound
from ntrkpath.registry.forms import Form
from ntrkpath.registry.items import INSTANCE, body_of, forms, instance_of_text
from ntrkpath.registry.partial_dates import read_partial

_FLAGS = {"yes": "true", "no": "false"}
#: Kinds that people write beside the forms; all others the registry writes itself, or an import.
BESIDE = ("no_more_data", "no_more_use", "query", "reply", "decision", "retraction")


def kinds() -> tuple[str, ...]:
    """Return what may be written by hand, forms first."""
    return (*forms(), *BESIDE)


def stated(items: Iterable[str]) -> dict[str, str]:
    """Return the text of each item of ``ITEM=VALUE``.

    Raises:
        RegistryError: One is not of that form, or an item is given twice: nobody knows which of the two is meant.
    """
    said: dict[str, str] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals:
            raise RegistryError("not ITEM=VALUE", value=item)
        if name in said:
            raise RegistryError("the item is given twice", where=name, remedy="keep one of the two")
        said[name] = value
    return said


def entered(kind: str, said: Mapping[str, str]) -> Form:
    """Return the body that the text of its items stands for.

    Raises:
        RegistryError: An item is unknown, missing, or not an allowed value.
        CaseError: The same for a form, every error at once.
    """
    known = [name for name in KINDS[kind].__struct_fields__ if kind in BESIDE or name != INSTANCE]
    known += [] if kind in BESIDE or forms()[kind].single else [INSTANCE]
    unknown = next((name for name in said if name not in known), None)
    if unknown is not None:
        raise RegistryError("no such item", where=f"{kind}.{unknown}", allowed=[k for k in known if k != INSTANCE])
    return _beside(kind, said) if kind in BESIDE else _form(kind, said)


def _form(kind: str, said: Mapping[str, str]) -> Form:
    rest = {name: value for name, value in said.items() if name != INSTANCE}
    try:
        number = instance_of_text(said[INSTANCE]) if INSTANCE in said else None
    except CaseError as error:
        error.where = f"{kind}.{INSTANCE}"
        raise
    return body_of(kind, rest, number)


def _beside(kind: str, said: Mapping[str, str]) -> Form:
    try:
        plain = {name: read_partial(text) if name in dated(KINDS[kind]) else text for name, text in said.items()}
        if "closes" in plain:
            plain["closes"] = _FLAGS.get(plain["closes"].casefold(), plain["closes"])
        body = msgspec.convert(plain, KINDS[kind], strict=False)
    except CaseError as error:
        raise RegistryError(error.problem, where=kind, value=error.value, allowed=error.allowed) from None
    except msgspec.ValidationError as error:
        raise _said(error, kind, said) from None
    sound(body)
    return body


def _said(error: msgspec.ValidationError, kind: str, said: Mapping[str, str]) -> RegistryError:
    """Return what is wrong with an item, and what it may be."""
    fields = {field.name: field for field in msgspec.structs.fields(KINDS[kind])}
    missing = next((name for name, field in fields.items() if field.required and name not in said), None)
    name = place_of(error)
    if name not in fields:
        name = missing or name
    levels = [level for option in alternatives(fields[name].type) for level in getattr(option, "__args__", ())] if (
        name in fields
    ) else []  # fmt: skip
    problem = "required item is missing" if name == missing else "not an allowed value"
    return RegistryError(problem, where=f"{kind}.{name}", value=said.get(name), allowed=levels)
