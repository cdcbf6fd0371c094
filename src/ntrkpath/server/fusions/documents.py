"""The task on caller files for programs: bytes in, the bytes of the command line out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ntrkpath.model.errors import ReaderError

if TYPE_CHECKING:
    from ntrkpath.fusion.judge import FilesJudged


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
