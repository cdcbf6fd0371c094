"""Errors as a page, or under `/api` as problem+json (RFC 9457)."""

from __future__ import annotations

import logging
import math
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from ntrkpath.model.errors import NtrkpathError
from ntrkpath.server.render import page
from ntrkpath.server.serving import TooMuchError
from ntrkpath.server.workers import FaultError, LostError, TooBusyError, TooLongError, place_of

log = logging.getLogger("ntrkpath.server")

MEDIA_TYPE = "application/problem+json"
_PROGRAMS = ("/api/", "/health", "/ready", "/metrics")


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error as RFC 9457 writes it, with the parts of an `NtrkpathError`.

    Args:
        title: What kind of error it is.
        status: The HTTP status.
        detail: What is wrong and what to do, in one sentence.
        kind: The kind of `NtrkpathError`, as ``case`` or ``histology``.
        where: The place in what was sent, as ``tests[0].percent``.
        value: The value that cannot be used.
        allowed: What would be accepted.
        remedy: What to do.
    """

    title: str
    status: int
    detail: str = ""
    kind: str = ""
    where: str = ""
    value: str | None = None
    allowed: str = ""
    remedy: str = ""
    type: str = "about:blank"


def problem_of(error: NtrkpathError, status: int = 422) -> Problem:
    """Return an error of ours as a problem."""
    return Problem(
        "What was sent cannot be used", status, str(error), error.kind, error.where,
        None if error.value is None else str(error.value)[:200], error.allowed, error.remedy,
    )  # fmt: skip


def respond(path: str, problem: Problem, headers: dict[str, str] | None = None) -> Response[Any]:
    """Return a problem in the form that fits the address."""
    if path.startswith(_PROGRAMS):
        return Response(
            msgspec.json.encode(problem), status_code=problem.status, media_type=MEDIA_TYPE, headers=headers
        )
    response = page("error.html", status=problem.status, problem=problem)
    response.headers.update(headers or {})
    return response


def refusal(path: str, status: int, title: str, remedy: str, headers: dict[str, str] | None = None) -> Any:
    """Return a refusal as an ASGI application, for requests that reach no handler."""
    problem = Problem(title, status, remedy=remedy)
    found = respond(path, problem, headers)
    content = found.content if isinstance(found.content, bytes) else str(found.content).encode()
    sent = [(name.lower().encode(), str(value).encode()) for name, value in found.headers.items()]
    sent += [
        (b"content-type", f"{found.media_type}; charset=utf-8".encode()),
        (b"content-length", str(len(content)).encode()),
    ]

    async def answer(scope: Any, _: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})

    return answer


def _ours(request: Request[Any, Any, Any], error: NtrkpathError) -> Response[Any]:
    return respond(request.url.path, problem_of(error))


def _too_long(request: Request[Any, Any, Any], _: TooLongError) -> Response[Any]:
    problem = Problem(
        "This takes longer than a request may", 422,
        remedy="Send less at once, or use the command line, which has no limit of time.",
    )  # fmt: skip
    return respond(request.url.path, problem)


def _too_busy(request: Request[Any, Any, Any], _: TooBusyError) -> Response[Any]:
    return respond(
        request.url.path, Problem("The server is busy", 503, remedy="Try again in 2 s."), {"retry-after": "2"}
    )


def _lost(request: Request[Any, Any, Any], _: LostError) -> Response[Any]:
    problem = Problem(
        "The server could not finish this", 503,
        remedy="Try again; where it fails again, send less at once, or use the command line.",
    )  # fmt: skip
    return respond(request.url.path, problem, {"retry-after": "5"})


def _too_much(request: Request[Any, Any, Any], error: TooMuchError) -> Response[Any]:
    seconds = str(math.ceil(error.seconds))
    problem = Problem("Your requests have used the time of this server", 429, remedy=f"Try again in {seconds} s.")
    return respond(request.url.path, problem, {"retry-after": seconds})


def _http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    title = HTTPStatus(error.status_code).phrase
    # What the library says may quote what was sent; only our own words are shown.
    detail = {404: "Nothing stands at this address.", 413: "More was sent than is allowed."}.get(error.status_code, "")
    if isinstance(error.extra, list):
        named = sorted({str(one.get("key", "")) for one in error.extra if isinstance(one, dict)} - {""})
        detail = f"Not accepted: {', '.join(named)}." if named else detail
    headers = {k: v for k, v in (error.headers or {}).items() if k.lower() in ("allow", "retry-after")}
    return respond(request.url.path, Problem(title, error.status_code, detail=detail), headers)


def _fault(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    log.error("fault: %s", str(error) if isinstance(error, FaultError) else place_of(error))
    return respond(request.url.path, Problem("The server failed", 500, remedy="Nothing was stored. Try another way."))


HANDLERS: ExceptionHandlersMap = {
    NtrkpathError: _ours,
    TooLongError: _too_long,
    TooBusyError: _too_busy,
    TooMuchError: _too_much,
    LostError: _lost,
    HTTPException: _http,
    Exception: _fault,
}
