"""The tasks of the interface for programs: bytes in, the bytes of the command line out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec

from ntrkpath.exports.recommendations import encode
from ntrkpath.model.case import Case, DnaMps, RnaMps
from ntrkpath.model.errors import CaseError, NtrkpathError, ReaderError
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.pathway import attach
from ntrkpath.pathway.load import decode_json, decode_yaml
from ntrkpath.server.tasks import pathway


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
    verdicts: Any = {}
    if any(isinstance(test, DnaMps | RnaMps) and test.file for test in case.tests):
        case, verdicts = attach(case, files)
    return encode(pathway(dt.date.fromisoformat(day), reading).recommend(case, verdicts))


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


def fusions(
    files: Sequence[tuple[str, bytes]],
    caller: str | None,
    assembly: str | None,
    sample: str | None,
    form: str,
    partial: bool,
) -> dict[str, Any]:
    """Return our verdicts on the NTRK events of caller files, written as the command line writes them.

    Args:
        form: ``json``, ``tsv``, ``vicc`` or ``multiqc``.
        partial: Go on where rows or files cannot be read, and count them.

    Raises:
        ReaderError: A file or a row cannot be read, and ``partial`` is false.
        AnnotationError: The assembly is neither stated nor to be inferred.
    """
    from ntrkpath.fusion import Assessor
    from ntrkpath.readers import NTRK, read

    junctions, unread = [], 0
    for name, content in files:
        try:
            result = read(content, name, caller=caller, sample=sample, genes=NTRK)
        except ReaderError:
            if not partial:
                raise
            unread += 1
            continue
        if result.problems and not partial:
            first = result.problems[0]
            place = f"{first.file}:{first.line}" if first.line else first.file
            raise ReaderError(
                f"{len(result.problems)} row(s) cannot be read, the first: {first.message}", where=place,
                remedy="mend or remove the rows, or ask with partial=true to go on without them",
            )  # fmt: skip
        unread += len(result.problems)
        junctions += [
            msgspec.structs.replace(one, assembly=one.assembly or assembly) if assembly else one
            for one in result.junctions
        ]
    return {"content": _written(Assessor().assess(junctions), form), "unread": unread}


def _written(verdicts: list[FusionVerdict], form: str) -> bytes:
    if form == "tsv":
        from ntrkpath.exports.tsv import verdicts_tsv

        return verdicts_tsv(verdicts).encode()
    if form == "vicc":
        from ntrkpath.fusion import assayed_fusion

        return msgspec.json.encode([assayed_fusion(verdict) for verdict in verdicts]) + b"\n"
    if form == "multiqc":
        from ntrkpath.exports.multiqc import multiqc_section

        return msgspec.json.encode(multiqc_section(verdicts)) + b"\n"
    return msgspec.json.encode(verdicts) + b"\n"


def histology(text: str) -> bytes:
    """Return how a diagnosis is read, as JSON.

    Raises:
        CaseError: There is no text.
    """
    if not text.strip():
        raise CaseError("no diagnosis is given", where="text", remedy="name one")
    return msgspec.json.encode(pathway(dt.date.today()).edition.vocabulary.resolve(text)) + b"\n"
