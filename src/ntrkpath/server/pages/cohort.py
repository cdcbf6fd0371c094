"""Cohort: a file of cases in; funnel, groups and tables out; nothing is kept."""

from __future__ import annotations

from functools import cache

import msgspec
from litestar import Response, get, post
from litestar.status_codes import HTTP_200_OK

from ntrkpath.cohort.batches import WORKBOOKS, require
from ntrkpath.model.case import Case
from ntrkpath.model.errors import CaseError, NtrkpathError
from ntrkpath.pathway import read_cases
from ntrkpath.pathway.examples import examples
from ntrkpath.server.cohort.work import ENDINGS, mappings
from ntrkpath.server.drawing import embed
from ntrkpath.server.pages import Nav
from ntrkpath.server.problems import problem_of
from ntrkpath.server.render import page
from ntrkpath.server.serving import Ask, run, serving
from ntrkpath.server.uploads import cohort_of, form

NAV = Nav("Cohort", "/cohort")
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
    return b"".join(msgspec.json.encode(case) + b"\n" for case in found)


def _show(status: int = 200, **context: object) -> Response[str]:
    shown = {"answer": None, "problem": None, "mapping": "", "name": "", **context}
    return page(
        "cohort.html", status=status, here=NAV.address, endings=ENDINGS, mappings=mappings(),
        published=len(published_lines().splitlines()), **shown,
    )  # fmt: skip


@get("/cohort", include_in_schema=False, sync_to_thread=False)
def ask() -> Response[str]:
    """Show the form."""
    try:
        require()
    except CaseError as error:
        return _show(problem=problem_of(error))
    return _show()


@post("/cohort", include_in_schema=False, status_code=HTTP_200_OK)
async def decide(request: Ask) -> Response[str] | Response[bytes]:
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
            return Response(
                found, media_type=kind, headers={"content-disposition": f'attachment; filename="{saved}"'}
            )  # fmt: skip
        answer = await run(request, "cohort_page", seconds=seconds, **asked)
    except NtrkpathError as error:
        return _show(422, problem=problem_of(error), mapping=mapping)
    answer["html"] = embed(answer["html"])
    return _show(answer=answer, mapping=mapping, name=files[0][0])


ROUTES = [ask, decide]
