"""The tasks on cases for programs: bytes in, the bytes of the command line out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from ntrkpath.cases.load import decode_json, decode_yaml
from ntrkpath.exports import histologies
from ntrkpath.exports.recommendations import encode
from ntrkpath.model.case import Case, DnaMps, RnaMps
from ntrkpath.model.errors import CaseError, NtrkpathError
from ntrkpath.pathway import attach
from ntrkpath.pathway.intake.files import Attached
from ntrkpath.server.kit.tasks import pathway


def recommend(case: bytes, yaml: bool, day: str, reading: str | None, files: Sequence[tuple[str, bytes]]) -> bytes:
    """Return the recommendation for one case as JSON.

    Args:
        case: The case as JSON, or as YAML.
        files: The caller files that its tests name.

    Raises:
        CaseError: It is no case.
    """
    read = decode_yaml(case) if yaml else decode_json(case)
    return _decided(read, day, reading, dict(files))


def _decided(case: Case, day: str, reading: str | None, files: dict[str, bytes]) -> bytes:
    attached: Attached = {}
    if any(isinstance(test, DnaMps | RnaMps) and test.file for test in case.tests):
        case, attached = attach(case, files)
    return encode(pathway(dt.date.fromisoformat(day), reading).recommend(case, attached))


def recommend_lines(lines: Sequence[tuple[int, bytes]], day: str, reading: str | None) -> list[bytes]:
    """Return a line of JSON for each line of a batch: the recommendation, or what is wrong and where.

    Args:
        lines: Number and content of each line.
    """
    found = []
    for number, line in lines:
        try:
            found.append(_decided(decode_json(line), day, reading, {}))
        except NtrkpathError as error:
            told = {"line": number, "error": {
                "kind": error.kind, "problem": error.problem, "where": error.where,
                "value": None if error.value is None else str(error.value)[:200], "allowed": error.allowed,
                "remedy": error.remedy,
            }}  # fmt: skip
            found.append(msgspec.json.encode(told) + b"\n")
    return found


def histology(text: str) -> bytes:
    """Return how a diagnosis is read, as JSON.

    Raises:
        CaseError: There is no text.
    """
    if not text.strip():
        raise CaseError("no diagnosis is given", where="text", remedy="name one")
    return histologies.encode(pathway(dt.date.today()).edition.vocabulary.resolve(text))
