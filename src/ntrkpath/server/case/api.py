"""Cases for programs: recommendations, one or many, and how a diagnosis is read."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, QueryParameter
from litestar.response import Stream

from ntrkpath.model.errors import CaseError
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.server.kit.faults import FaultError, LostError, TooBusyError, TooLongError
from ntrkpath.server.kit.mounting import REFUSED, Ask
from ntrkpath.server.kit.serving import client_of, run, serving
from ntrkpath.server.kit.uploads import body, form

_YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
#: Cases of a batch that a worker decides at a time.
_BLOCK = 64
Reading = FromQuery[Literal["both", "a", "b"] | None]
Day = FromQuery[dt.date | None]


def _day(request: Ask, as_of: dt.date | None) -> str:
    return (as_of or serving(request).day).isoformat()


@post("/api/v1/recommend", status_code=200, responses={200: ResponseSpec(Recommendation), **REFUSED})
async def recommend(request: Ask, as_of: Day = None, figure2_reading: Reading = None) -> Response[bytes]:
    """Decide one case.

    The body is the case as JSON or YAML, or a form with the case in `case` and the caller files that it names in
    `files`. The answer is byte for byte that of `ntrkpath recommend --format json`.
    """
    kind = request.content_type[0]
    files: list[tuple[str, bytes]] = []
    if kind == "multipart/form-data":
        sent = await form(request)
        files = sent.of("files")
        brought = sent.of("case")
        name, case = brought[0] if brought else ("", sent.one("case").encode())
        yaml = name.endswith((".yaml", ".yml")) or not case.lstrip().startswith(b"{")
    elif kind in ("application/json", *_YAML):
        case = await body(request, serving(request).settings.case_bytes)
        yaml = kind != "application/json"
    else:
        raise HTTPException(status_code=415)
    content = await run(
        request, "recommend", case=case, yaml=yaml, day=_day(request, as_of), reading=figure2_reading, files=files
    )
    return Response(bytes(content), media_type="application/json")


@post("/api/v1/recommend/batch", status_code=200, responses=REFUSED)
async def batch(request: Ask, as_of: Day = None, figure2_reading: Reading = None) -> Stream:
    """Decide many cases: JSON lines in, JSON lines out in the same order, as they are decided.

    A line that is no case gives `{"line": N, "error": {...}}` in its place, and the others go on.
    """
    if request.content_type[0] not in ("application/x-ndjson", "application/jsonl", "application/json-lines"):
        raise HTTPException(status_code=415)
    settings = serving(request).settings
    data = await body(request, settings.batch_bytes)
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    if not lines:
        raise CaseError("the body is empty", remedy="one case per line, as JSON")
    day = _day(request, as_of)

    async def answers() -> AsyncIterator[bytes]:
        for start in range(0, len(lines), _BLOCK):
            block = lines[start : start + _BLOCK]
            while wait := serving(request).time.wait(client_of(request)):  # the answer has begun: it goes on later
                await asyncio.sleep(wait)
            try:
                found = await run(
                    request, "recommend_lines", seconds=settings.batch_seconds, lines=block, day=day,
                    reading=figure2_reading,
                )  # fmt: skip
            except (TooLongError, LostError, TooBusyError, FaultError):
                # The answer has begun: what went wrong stands in it, and the lines that follow go on.
                told = {"kind": "server", "problem": "not decided", "remedy": "send these lines again, fewer at once"}
                found = [msgspec.json.encode({"line": number, "error": told}) + b"\n" for number, _ in block]
            yield b"".join(bytes(line) for line in found)

    return Stream(answers(), media_type="application/x-ndjson")


@get("/api/v1/histology", responses=REFUSED)
async def histology(request: Ask, text: Annotated[str, QueryParameter(max_length=300)]) -> Response[bytes]:
    """Say how a diagnosis, an OncoTree code or an ICD-O-3 morphology is read."""
    return Response(bytes(await run(request, "histology", text=text)), media_type="application/json")


ROUTES: list[Any] = [recommend, batch, histology]
