"""Cohorts for programs: a file of cases decided and summed up; nothing is kept."""

from __future__ import annotations

from typing import Any, Literal

from litestar import Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery

from ntrkpath.cohort.batches import WORKBOOKS
from ntrkpath.server.kit.mounting import REFUSED, Ask
from ntrkpath.server.kit.serving import run, serving
from ntrkpath.server.kit.uploads import cohort_of, form


@post(
    "/api/v1/cohort",
    status_code=200,
    responses={200: ResponseSpec(dict[str, Any], description="The JSON of `ntrkpath cohort summarise`"), **REFUSED},
)
async def cohort(
    request: Ask, mapping: FromQuery[str] = "", format: FromQuery[Literal["summary", "csv"]] = "summary"
) -> Response[bytes]:
    """Decide a file of cases (CSV, TSV, a workbook or JSON lines) and sum it up, or give its rows.

    It is sent in `file` of a form; a mapping of columns of one's own may be sent in `own`.
    """
    sent = await form(request, WORKBOOKS)
    task = "cohort_rows" if format == "csv" else "cohort_summary"
    asked = cohort_of(request, sent.of("file"), mapping, sent.of("own"))
    found = await run(request, task, seconds=serving(request).settings.batch_seconds, **asked)
    kind = "text/csv; charset=utf-8" if format == "csv" else "application/json"
    return Response(bytes(found), media_type=kind)


ROUTES: list[Any] = [cohort]
