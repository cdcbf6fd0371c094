"""Files that come with a case: one of them may be the case, the others are what callers wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ntrkpath.cases.plain_yaml import load_plain
from ntrkpath.model.case import Case, Diagnosis, DnaMps, RnaMps
from ntrkpath.model.errors import CaseError, NtrkpathError
from ntrkpath.pathway import attach
from ntrkpath.pathway.intake.files import FromFile
from ntrkpath.server.kit import progress

#: What the files of a case gave, by the name of the file.
Carried = dict[str, FromFile]

_CASE_SUFFIXES = (".yaml", ".yml", ".json")


def split(files: Sequence[tuple[str, bytes]]) -> tuple[dict[str, Any] | None, dict[str, bytes]]:
    """Return the case among the files as plain data, where there is one, and the others by name.

    Raises:
        CaseError: Two of them are cases, or two share a name.
    """
    case: dict[str, Any] | None = None
    others: dict[str, bytes] = {}
    for name, content in files:
        plain = _plain(name, content)
        if plain is not None:
            if case is not None:
                raise CaseError("two cases at once", where=name, remedy="send one case; many go through the API")
            case = plain
        elif name in others:
            raise CaseError("two files share a name", where=name, remedy="give each its own name")
        else:
            others[name] = content
    return case, others


def _plain(name: str, content: bytes) -> dict[str, Any] | None:
    """Return a file as a case in plain data, or ``None`` where it is none."""
    if not name.casefold().endswith(_CASE_SUFFIXES):
        return None
    if name.casefold().endswith(".json") and b'"diagnosis"' not in content:
        return None
    plain = load_plain(content)
    return plain if isinstance(plain, dict) else None


def with_files(case: Case, files: dict[str, bytes], carried: Carried) -> tuple[dict[int, FromFile], Carried]:
    """Read the files that the tests of a case name, and return what they give, by test and by file.

    Args:
        files: What came with the case, by name. A name in the case is only ever looked up here.
        carried: What files that came before gave.

    Raises:
        CaseError: A file that the case names did not come, or cannot be read.
    """
    known = dict(carried)
    attached: dict[int, FromFile] = {}
    for position, test in enumerate(case.tests, 1):
        name = test.file if isinstance(test, DnaMps | RnaMps) else None
        if name is None or not isinstance(test, DnaMps | RnaMps):
            continue
        if name in files:
            progress.file(name)
            known[name] = _read(case, test, name, files[name])
        elif name not in known:
            raise CaseError(
                "this file did not come with the case", where=f"tests[{position - 1}].file", value=name[:80],
                allowed=sorted(files) or "a file sent in the same form", remedy="send it too, or take `file` out",
            )  # fmt: skip
        attached[position] = known[name]
    return attached, known


def _read(case: Case, test: DnaMps | RnaMps, name: str, content: bytes) -> FromFile:
    """Read one file, from memory."""
    alone = Case(id=case.id, diagnosis=Diagnosis(histology="any"), tests=[test])
    try:
        _, found = attach(alone, {name: content})
    except NtrkpathError as error:
        error.where = error.where.replace("tests[0].file: ", "")
        raise
    return found[1]
