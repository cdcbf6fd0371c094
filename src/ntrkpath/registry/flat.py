"""Cases and forms as flat cells, keyed by path (``patient.age``, ``rna_mps.fusions``, ``stain.percent``), and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from ntrkpath.cases import case_from
from ntrkpath.model.case import Case
from ntrkpath.model.case_keys import LISTED, METHODS, PARTS, Key, all_keys, keys_of
from ntrkpath.model.errors import CaseError
from ntrkpath.registry.entries import kind_of
from ntrkpath.registry.forms import Form
from ntrkpath.registry.items import INSTANCE, Item, forms

#: Keys of a case that are no cells: the pseudonym is a column of its own, and what the loader noted is its own.
_NO_CELLS = ("id", "read_as", "tests", *PARTS)
_NESTED = ("parts", "genes", "pairs", "map", "one_or_more_genes")


@cache
def case_columns() -> dict[str, Key]:
    """Return the keys of a case that are cells, by path; those of a test by its method, lists as one cell each."""
    found = {}
    for path, key in all_keys():
        part, _, name = path.partition(".")
        if path in _NO_CELLS or "." in name or (part in LISTED and name):
            continue
        found[path] = key
    return found


@cache
def form_columns() -> dict[str, Item]:
    """Return the items of the forms by path."""
    return {item.path: item for form in forms().values() for item in form.items.values()}


def scalars(case: Case) -> dict[str, str]:
    """Return the cells of a case without its tests; what is not stated has no cell."""
    found: dict[str, str] = {}
    for path, key in case_columns().items():
        part, _, name = path.partition(".")
        if part in METHODS:
            continue
        value = getattr(getattr(case, part), name) if name else getattr(case, part)
        default = _default(PARTS[part] if name else Case, key.name)
        if value != default:
            found[path] = cell_of(value)
    return found


def tests(case: Case) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the method and the cells of each test of a case, in its order."""
    for test in case.tests:
        method = str(test.__struct_config__.tag)
        cells = {
            f"{method}.{name}": cell_of(getattr(test, name))
            for name in keys_of(METHODS[method])
            if getattr(test, name) != _default(METHODS[method], name)
        }
        yield method, cells


def form_cells(body: Form) -> dict[str, str]:
    """Return the cells of a form; what was not filled in has no cell."""
    kind = kind_of(body)
    return {
        path: " ".join(value) if isinstance(value, tuple) else cell_of(value)
        for name in forms()[kind].items
        if (value := getattr(body, name)) not in (None, ()) and (path := f"{kind}.{name}")
    }


def cell_of(value: Any) -> str:
    """Return a value as the text of a cell; lists and parts as JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    plain = msgspec.to_builtins(value)
    if isinstance(plain, str):
        return plain
    if isinstance(plain, float) and plain.is_integer():
        return str(int(plain))
    return json.dumps(plain, ensure_ascii=False)


@cache
def _default(owner: type[msgspec.Struct], name: str) -> Any:
    field = next(f for f in msgspec.structs.fields(owner) if f.name == name)
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return None if field.default is msgspec.NODEFAULT else field.default


def case_of_rows(subject: str, rows: Iterable[Mapping[str, str]]) -> Case | None:
    """Return the case that the rows of one subject make together, or None where no cell is of a case.

    What one row says and another leaves out is added; every row adds its tests.

    Raises:
        CaseError: Two rows differ, or it is no case; every error at once.
    """
    made: dict[str, Any] = {}
    tests: list[dict[str, Any]] = []
    said: dict[str, Any] = {}
    for row in rows:
        of_tests: dict[str, dict[str, Any]] = {}
        for path, cell in row.items():
            part, _, name = path.partition(".")
            value = _value(path, cell)
            if part in METHODS:
                of_tests.setdefault(part, {"method": part})[name] = value
            elif path == "tests":
                tests += [test for test in value if test not in tests]
            elif isinstance(value, list) and path in said:
                said[path] += [item for item in value if item not in said[path]]
            elif said.setdefault(path, value) != value:
                raise CaseError("two rows differ", where=path, value=cell, remedy="keep one of the two values")
        tests += [test for test in of_tests.values() if test not in tests]
    if not (said or tests):
        return None
    for path, value in said.items():
        part, _, name = path.partition(".")
        if name:
            made.setdefault(part, {})[name] = value
        else:
            made[path] = value
    if tests:
        made["tests"] = tests
    made.setdefault("diagnosis", {})
    return case_from({"id": subject, **made})


def _value(path: str, cell: str) -> Any:
    key = case_columns().get(path)
    nested = path == "tests" or (key is not None and key.kind in _NESTED)
    if nested and cell[:1] in ("[", "{"):
        try:
            return json.loads(cell)
        except ValueError:
            raise CaseError("not readable as JSON", where=path, remedy="check quotes and brackets") from None
    return cell


def instance_of(body: Form) -> int | None:
    """Return the number of a form that is filled in several times."""
    number: int | None = getattr(body, INSTANCE)
    return number
