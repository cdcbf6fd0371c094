"""Cohorts for programs: a file of cases decided and summed up; nothing is kept."""

from __future__ import annotations

from typing import Any, Literal

from litestar import Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery

from ntrkpath.model.errors import CaseError
from ntrkpath.server.api.answers import REFUSED
from ntrkpath.server.serving import Ask, run, serving
from ntrkpath.server.uploads import form


@post(
    "/api/v1/cohort",
    status_code=200,
    responses={200: ResponseSpec(dict[str, Any], description="The JSON of `ntrkpath cohort summarise`"), **REFUSED},
)
async def cohort(
    request: Ask, mapping: FromQuery[str] = "", format: FromQuery[Literal["summary", "csv"]] = "summary"
) -> Response[bytes]:
    """Decide a file of cases (CSV, TSV or JSON lines), sent in `file` of a form, and sum it up, or give its rows."""
    files = (await form(request)).of("file")
    if len(files) != 1:
        raise CaseError("not one file", where="file", value=len(files), remedy="send one file of cases in `file`")
    settings, (name, content) = serving(request).settings, files[0]
    task = "cohort_rows" if format == "csv" else "cohort_summary"
    found = await run(
        request, task, seconds=settings.batch_seconds, file=name, content=content, mapping=mapping,
        day=serving(request).day.isoformat(), edition=settings.edition,
    )  # fmt: skip
    kind = "text/csv; charset=utf-8" if format == "csv" else "application/json"
    return Response(bytes(found), media_type=kind)


ROUTES: list[Any] = [cohort]
