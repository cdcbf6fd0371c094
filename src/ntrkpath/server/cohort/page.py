"""Cohort: a file of cases in; funnel, groups and tables out; nothing is kept."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from ntrkpath.cohort.batches import WORKBOOKS, require
from ntrkpath.model.case import Case
from ntrkpath.model.errors import CaseError, NtrkpathError
from ntrkpath.pathway import read_cases
from ntrkpath.pathway.examples import examples
from ntrkpath.server.cohort import alone, task
from ntrkpath.server.kit.http import Answer, Ask, get, post
from ntrkpath.server.kit.navigation import COHORT
from ntrkpath.server.kit.problems import problem_of
from ntrkpath.server.kit.render import environment, page
from ntrkpath.server.kit.serving import run, serving
from ntrkpath.server.kit.uploads import cohort_of, form

_EXAMPLE = "published-cases.jsonl"
#: What may be taken away: its task, kind and name.
_TAKEN = {
    "rows": ("cohort_rows", "text/csv; charset=utf-8", "decided.csv"),
    "map": ("cohort_proposal", "application/yaml; charset=utf-8", "mapping.yaml"),
}


@cache
def published_lines() -> bytes:
    """Return the published cases as JSON lines."""
    found = [case for case in read_cases(examples()) if isinstance(case, Case)] if examples().is_dir() else []
    # How a case was read is an answer, not a column of it.
    stated = (msgspec.structs.replace(case, read_as=[]) for case in found)
    return b"".join(msgspec.json.encode(case) + b"\n" for case in stated)


def _show(request: Ask, status: int = 200, **context: object) -> Answer:
    shown = {"answer": None, "problem": None, "mapping": "", "name": "", **context}
    own: Any = alone if environment().globals["alone"] else task
    return page(
        "cohort/cohort.html", status=status, here=COHORT.address, endings=own.ENDINGS, mappings=own.mappings(),
        published=len(published_lines().splitlines()), most_rows=serving(request).settings.batch_rows, **shown,
    )  # fmt: skip


@get("/cohort")
def ask(request: Ask) -> Answer:
    """Show the form."""
    try:
        if not environment().globals["alone"]:  # a browser decides case by case
            require()
    except CaseError as error:
        return _show(request, problem=problem_of(error))
    return _show(request)


@post("/cohort")
async def decide(request: Ask) -> Answer:
    """Decide a file of cases and sum it up, or give the decided rows."""
    sent = await form(request, WORKBOOKS)
    files = sent.of("file")
    act = sent.one("act")
    if act == "published":
        files = [(_EXAMPLE, published_lines())]
    mapping = sent.one("mapping")
    seconds = serving(request).settings.batch_seconds
    try:
        asked = cohort_of(request, files, mapping, sent.of("own"))
        if act in _TAKEN:
            wanted, kind, saved = _TAKEN[act]
            found = await run(request, wanted, seconds=seconds, **asked)
            return Answer(
                found, media_type=kind, headers={"content-disposition": f'attachment; filename="{saved}"'}
            )  # fmt: skip
        answer = await run(request, "cohort_page", seconds=seconds, **asked)
    except NtrkpathError as error:
        return _show(request, 422, problem=problem_of(error), mapping=mapping)
    return _show(request, answer=answer, mapping=mapping, name=files[0][0])


ROUTES = [ask, decide]
