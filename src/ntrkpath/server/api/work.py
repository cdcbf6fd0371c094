"""The tasks of the interface for programs: bytes in, the bytes of the command line out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from ntrkpath.cases.load import decode_json, decode_yaml
from ntrkpath.exports import histologies
from ntrkpath.exports.recommendations import encode
from ntrkpath.model.case import Case, DnaMps, RnaMps
from ntrkpath.model.errors import CaseError, NtrkpathError, ReaderError
from ntrkpath.pathway import attach
from ntrkpath.pathway.intake.files import Attached
from ntrkpath.server.tasks import pathway

if TYPE_CHECKING:
    from ntrkpath.fusion.judge import FilesJudged


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
    from ntrkpath.exports.verdicts import written
    from ntrkpath.fusion.judge import judge_files

    judged = judge_files(files, caller=caller, assembly=assembly, sample=sample).asked("fusions")  # type: ignore[arg-type]
    if not partial:
        _all_read(judged)
    unread = len(judged.errors) + len(judged.rows)
    return {"content": written(form, judged.files, judged.events), "unread": unread}  # type: ignore[arg-type]


def _all_read(judged: FilesJudged) -> None:
    """Refuse files of which not everything could be read: what is missing may be what matters.

    Raises:
        NtrkpathError: A file or a row cannot be read or evaluated, or a file says nothing of fusions.
    """
    if judged.errors:
        raise judged.errors[0]
    remedy = "mend or remove it, or ask with partial=true to go on without it"
    if judged.rows:
        first = judged.rows[0]
        place = f"{first.file}:{first.line}" if first.line else first.file
        raise ReaderError(f"{len(judged.rows)} row(s) cannot be read, the first: {first.message}", where=place,
                          remedy=remedy)  # fmt: skip
    for file in judged.files:
        if file.status != "read":
            raise ReaderError(file.problems[-1], remedy=remedy)


def histology(text: str) -> bytes:
    """Return how a diagnosis is read, as JSON.

    Raises:
        CaseError: There is no text.
    """
    if not text.strip():
        raise CaseError("no diagnosis is given", where="text", remedy="name one")
    return histologies.encode(pathway(dt.date.today()).edition.vocabulary.resolve(text))
