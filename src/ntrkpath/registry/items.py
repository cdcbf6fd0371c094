"""The items of the forms: type and limits from their structs, label and meaning from the knowledge; cells read so."""

from __future__ import annotations

import re
import typing
from functools import cache
from typing import Any

import msgspec
import yaml

from ntrkpath.cases.values import read_value
from ntrkpath.guidance.files import KNOWLEDGE
from ntrkpath.model.case_keys import Key, alternatives
from ntrkpath.model.errors import CaseError
from ntrkpath.registry.entries import KINDS, dated, place_of
from ntrkpath.registry.forms import Form
from ntrkpath.registry.partial_dates import read_partial

DIRECTORY = KNOWLEDGE / "registry"
#: The item that numbers a form which is filled in several times.
INSTANCE = "instance"
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class Item(msgspec.Struct, frozen=True):
    """One item of a form.

    Args:
        path: Form and item: ``registration.birth``.
        kind: ``choice``, ``choices`` (several boxes), ``text``, ``number``, ``count`` or ``partial_date``.
        system: The code system that its values are of.
    """

    path: str
    kind: str
    levels: tuple[str, ...]
    required: bool
    low: float | None
    high: float | None
    pattern: str | None
    label: str
    meaning: str
    unit: str
    system: str

    @property
    def form(self) -> str:
        """The form it belongs to."""
        return self.path.partition(".")[0]

    @property
    def name(self) -> str:
        """Its name in the form."""
        return self.path.partition(".")[2]


class FormSaid(msgspec.Struct, frozen=True):
    """A form: its title, whether only the newest stands, and its items by name."""

    name: str
    title: str
    meaning: str
    single: bool
    items: dict[str, Item]


@cache
def forms() -> dict[str, FormSaid]:
    """Return the forms that are filled in, by name, in the order of the knowledge."""
    said = knowledge("forms")
    return {
        name: FormSaid(name, form["title"], form["meaning"], form.get("single", False), _items(name, form["items"]))
        for name, form in said.items()
    }


@cache
def knowledge(name: str) -> Any:
    """Return the content of a file of the registry's knowledge; callers do not change it."""
    return yaml.safe_load((DIRECTORY / f"{name}.yaml").read_text(encoding="utf-8"))


def _items(form: str, said: dict[str, dict[str, str]]) -> dict[str, Item]:
    kind = KINDS[form]
    hints = typing.get_type_hints(kind, include_extras=True)
    required = {f.name for f in msgspec.structs.fields(kind) if f.required}
    return {name: _item(form, name, hints[name], name in required, told, dated(kind)) for name, told in said.items()}


def _item(form: str, name: str, hint: Any, required: bool, told: dict[str, str], dates: tuple[str, ...]) -> Item:
    kind, levels = ("partial_date", ()) if name in dates else _kind(hint)
    metas = [meta for meta in _metas(hint) if isinstance(meta, msgspec.Meta)]
    pattern = next((m.pattern for m in metas if m.pattern), None) if kind == "text" else None
    low = next((bound for m in metas for bound in (m.ge, m.gt) if bound is not None), None)
    high = next((m.le for m in metas if m.le is not None), None)
    return Item(
        f"{form}.{name}", kind, levels, required, low, high, pattern, told["label"], told["meaning"],
        told.get("unit", ""), told.get("system", ""),
    )  # fmt: skip


def _kind(hint: Any) -> tuple[str, tuple[str, ...]]:
    """Return the kind of an item and its levels, from the type that its form gives it."""
    options = alternatives(hint)
    several = next((o for o in options if typing.get_origin(o) is tuple), None)
    choices = options if several is None else alternatives(typing.get_args(several)[0])
    levels = tuple(lv for o in choices if typing.get_origin(o) is typing.Literal for lv in typing.get_args(o))
    if levels:
        return ("choice" if several is None else "choices"), levels
    return ("number" if float in options else "count" if int in options else "text"), ()


def _metas(hint: Any) -> list[Any]:
    found = list(getattr(hint, "__metadata__", ()))
    for inner in typing.get_args(hint):
        found += _metas(inner) if not isinstance(inner, str) else []
    return found


def read_item(item: Item, cell: str) -> Any:
    """Return what a form has for the text of a cell.

    Raises:
        CaseError: It is none, or may be read in several ways.
    """
    if item.kind == "partial_date":
        return read_partial(cell)
    if item.kind == "choices":
        return tuple(dict.fromkeys(_value(item, word) for word in cell.replace(";", " ").replace(",", " ").split()))
    return _value(item, cell)


def _value(item: Item, cell: str) -> Any:
    kind: Any = "choice" if item.kind == "choices" else item.kind
    key = Key(item.form, item.name, kind, item.levels, low=item.low, high=item.high, longest=2000)
    word = next((level for level in item.levels if level.casefold() == cell.strip().casefold()), cell)
    return read_value(key, word)


def instance_of_text(text: str) -> int:
    """Return the number of a form that is filled in several times.

    Raises:
        CaseError: It is none.
    """
    if not _NUMBER.fullmatch(text):
        raise CaseError("not the number of a form", where=INSTANCE, value=text, allowed="1, 2, 3, ...")
    return int(text)


def body_of(form: str, cells: dict[str, str], instance: int | None = None) -> Form:
    """Return a form from the text of its cells, by item; empty cells are left out by the caller.

    Raises:
        CaseError: Every cell that cannot be read, at once, or an item that must be there and is not.
    """
    said = forms()[form]
    errors: list[CaseError] = []
    plain: dict[str, Any] = {}
    for name, cell in cells.items():
        try:
            plain[name] = read_item(said.items[name], cell)
        except CaseError as error:
            error.where = said.items[name].path
            errors.append(error)
    for name, item in said.items.items():
        if item.required and name not in cells:
            allowed = item.levels or "text"
            errors.append(CaseError("required item is missing", where=item.path, allowed=allowed, remedy="fill it in"))
    if errors:
        raise CaseError.of(errors)
    if instance is not None:
        plain[INSTANCE] = instance
    try:
        return msgspec.convert(plain, KINDS[form])
    except msgspec.ValidationError as error:
        name = place_of(error)
        wrong = said.items.get(name)
        allowed = (wrong.pattern or "") if wrong is not None else ""
        where = wrong.path if wrong is not None else form
        raise CaseError("not an allowed value", where=where, value=plain.get(name), allowed=allowed) from None
