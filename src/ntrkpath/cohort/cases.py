"""Cells of raw columns as the case that they stand for: what the single-case core decides, and what parts derive."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
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
    cells: dict[str, Any] = {}
    for name, cell in row.items():
        if name not in _readers() or cell is None:
            continue
        try:
            value = _readers()[name](cell)
        except (ValueError, TypeError, AttributeError, LookupError):
            raise CaseError("not readable", where=name, remedy="see the reference of cohort columns") from None
        if value is not None:
            cells[name] = value
    return without_files(case_from({"id": row[CASE_ID], **plain_case(cells)[0]}))


def without_files(case: Case) -> Case:
    """Return the case.

    Raises:
        CaseError: A test names the output of a caller, which a cohort does not open: what it holds would be lost.
    """
    for i, test in enumerate(case.tests):
        if getattr(test, "file", None):
            raise CaseError(
                "a cohort does not open the files of callers", where=f"tests[{i}].file",
                remedy="list the fusions in the case, or decide it with `ntrkpath recommend`",
            )  # fmt: skip
    return case


def plain_case(cells: Mapping[str, Any], done: Collection[str] = ()) -> tuple[dict[str, Any], list[str]]:
    """Return a case as plain data, without its id, and the methods of the tests that stand in columns of their own.

    The tests that are listed come first.

    Args:
        cells: Plain values by path.
        done: Methods of which a test was done, whatever its cells say.
    """
    case: dict[str, Any] = {}
    tests: dict[str, dict[str, Any]] = {method: {"method": method} for method in METHODS if method in done}
    for path, value in cells.items():
        part, _, key = path.partition(".")
        if part in METHODS:
            tests.setdefault(part, {"method": part})[key] = value
        elif key:
            case.setdefault(part, {})[key] = value
        elif path != "tests":
            case[path] = value
    case["tests"] = [*cells.get("tests", ()), *tests.values()]
    return case, list(tests)
