"""Cohort: a file of cases in; funnel, groups and tables out; nothing is kept."""

from __future__ import annotations

from functools import cache

import msgspec

from ntrkpath.cohort.batches import WORKBOOKS, require
from ntrkpath.model.case import Case
from ntrkpath.model.errors import CaseError, NtrkpathError
from ntrkpath.pathway import read_cases
from ntrkpath.pathway.examples import examples
from ntrkpath.server.cohort.task import ENDINGS, mappings
from ntrkpath.server.kit.http import Answer, Ask, get, post
from ntrkpath.server.kit.navigation import COHORT
from ntrkpath.server.kit.problems import problem_of
from ntrkpath.server.kit.render import page
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


def _show(status: int = 200, **context: object) -> Answer:
    shown = {"answer": None, "problem": None, "mapping": "", "name": "", **context}
    return page(
        "cohort/cohort.html", status=status, here=COHORT.address, endings=ENDINGS, mappings=mappings(),
        published=len(published_lines().splitlines()), **shown,
    )  # fmt: skip


@get("/cohort")
def ask(_: Ask) -> Answer:
    """Show the form."""
    try:
        require()
    except CaseError as error:
        return _show(problem=problem_of(error))
    return _show()


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
            task, kind, saved = _TAKEN[act]
            found = await run(request, task, seconds=seconds, **asked)
            return Answer(
                found, media_type=kind, headers={"content-disposition": f'attachment; filename="{saved}"'}
            )  # fmt: skip
        answer = await run(request, "cohort_page", seconds=seconds, **asked)
    except NtrkpathError as error:
        return _show(422, problem=problem_of(error), mapping=mapping)
    return _show(answer=answer, mapping=mapping, name=files[0][0])


ROUTES = [ask, decide]
