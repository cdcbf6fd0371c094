"""The task of the cohort page in a browser: the same answer, decided case by case in plain Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.cohort.batches import DELIMITED, LINES
from ntrkpath.cohort.mapping import load_mapping
from ntrkpath.cohort.one_by_one import OneByOne
from ntrkpath.guidance import load
from ntrkpath.model.errors import CaseError
from ntrkpath.model.numbers import grouped
from ntrkpath.server.cohort import task
from ntrkpath.server.kit import progress

#: Endings that are read here.
ENDINGS = (*DELIMITED, *LINES)


def mappings() -> list[str]:
    """Return the mappings that may be chosen: none of a study, which is several files."""
    return [name for name in task.mappings() if not load_mapping(name).study]


async def page(**asked: Any) -> dict[str, Any]:
    """Return the parts of the answer page, as ``task.page`` does; tells how far it is, and can be stopped.

    Raises:
        NtrkpathError: The file is none of a cohort, or holds more than it may; or it was stopped.
    """
    request = msgspec.convert(asked, task.Request)
    used = load(request.edition)
    mapping = task.mapping_of(request)
    if len(request.files) > 1 or mapping.study:
        raise CaseError("one file of cases is read in a browser", remedy="decide a study by `ntrkpath cohort triage`")
    name, content = request.files[0]
    ending = Path(name.casefold().removesuffix(".gz")).suffix
    if ending not in ENDINGS:
        raise CaseError(
            "not a file of cases that a browser reads", where=name, value=ending or "no ending", allowed=ENDINGS,
            remedy="save a workbook as CSV; other formats are read by `ntrkpath cohort triage`",
        )  # fmt: skip
    try:
        text = b"".join(task.blocks(name, content, request.most_bytes)).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CaseError("not UTF-8 text", where=name, remedy="save the file as UTF-8") from None
    named = request.own[0] if request.own else request.mapping
    cohort = OneByOne(name, text, ending, mapping, used, request.day, named)
    if cohort.rows > request.most_rows:
        raise CaseError(
            "too many rows", where=name, value=grouped(cohort.rows), allowed=f"up to {grouped(request.most_rows)}",
            remedy="send it in parts, or use `ntrkpath cohort triage`",
        )  # fmt: skip
    async for _ in progress.rows(cohort.decide(), cohort.rows):
        pass
    about = cohort.about()
    return task.shown(about, cohort.bad, cohort.summary() if about.decided else None, used)
