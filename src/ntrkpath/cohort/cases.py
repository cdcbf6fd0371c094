"""One row of raw columns as the case that it stands for, for what only the single-case core says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from ntrkpath.cohort.cells import reader
from ntrkpath.cohort.columns import CASE_ID, raw_columns
from ntrkpath.model.case import Case
from ntrkpath.model.case_keys import METHODS
from ntrkpath.model.errors import CaseError
from ntrkpath.pathway import case_from


@cache
def _readers() -> dict[str, Callable[[Any], Any]]:
    return {path: reader(column) for path, column in raw_columns().items()}


def case_of(row: Mapping[str, Any]) -> Case:
    """Return the case of one row; a cell may be anything that a column of a cohort may hold.

    Raises:
        CaseError: A cell is none of the case format.
    """
    case: dict[str, Any] = {"id": row[CASE_ID]}
    tests: dict[str, dict[str, Any]] = {}
    listed: list[Any] = []
    for name, cell in row.items():
        if name not in _readers() or cell is None:
            continue
        try:
            value = _readers()[name](cell)
        except (ValueError, TypeError, AttributeError, LookupError):
            raise CaseError("not readable", where=name, remedy="see the reference of cohort columns") from None
        if value is None:
            continue
        part, _, key = name.partition(".")
        if key and part in METHODS:
            tests.setdefault(part, {"method": part})[key] = value
        elif key:
            case.setdefault(part, {})[key] = value
        elif name == "tests":
            listed = list(value)
        else:
            case[name] = value
    if tests or listed:
        case["tests"] = [*tests.values(), *listed]
    return case_from(case)
