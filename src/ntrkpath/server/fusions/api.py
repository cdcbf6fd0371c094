"""Fusions for programs: verdicts on the NTRK events of caller files."""

from __future__ import annotations

from typing import Any, Literal

from litestar import Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery

from ntrkpath.exports.verdicts import FusionsDocument
from ntrkpath.model.errors import CaseError
from ntrkpath.server.kit.mounting import REFUSED, Ask
from ntrkpath.server.kit.serving import run
from ntrkpath.server.kit.uploads import form


@post("/api/v1/fusions", status_code=200, responses={200: ResponseSpec(FusionsDocument), **REFUSED})
async def fusions(
    request: Ask,
    caller: FromQuery[str | None] = None,
    assembly: FromQuery[Literal["GRCh37", "GRCh38"] | None] = None,
    sample: FromQuery[str | None] = None,
    format: FromQuery[Literal["json", "tsv", "vicc", "multiqc"]] = "json",
    partial: FromQuery[bool] = False,
) -> Response[bytes]:
    """Judge the NTRK events in caller files, sent in `files` of a form.

    A row that cannot be read is an error that names it: it may be the one that matters. With `partial=true` such rows
    are left out, and the header `Ntrkpath-Unread` says how many.
    """
    sent = await form(request)
    files = sent.of("files")
    if not files:
        raise CaseError("no file was sent", where="files", remedy="send caller files in the field `files`")
    told = await run(
        request, "fusions", files=files, caller=caller, assembly=assembly, sample=sample, form=format, partial=partial
    )
    kind = "text/tab-separated-values" if format == "tsv" else "application/json"
    return Response(bytes(told["content"]), media_type=kind, headers={"ntrkpath-unread": str(told["unread"])})


ROUTES: list[Any] = [fusions]
