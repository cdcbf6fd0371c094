"""Pages and errors as the web library takes them; only the server on a network needs it, a browser does not."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import ExceptionHandlersMap

from ntrkpath.model.errors import NtrkpathError
from ntrkpath.server.kit import problems
from ntrkpath.server.kit.faults import LostError, TooBusyError, TooLongError, TooMuchError
from ntrkpath.server.kit.http import Answer, Refused, Route, answered
from ntrkpath.server.kit.problems import Problem

Ask = Request[Any, Any, State]
#: What every address for programs may answer instead, for its document.
REFUSED = {
    400: ResponseSpec(Problem, description="The request cannot be read"),
    413: ResponseSpec(Problem, description="More was sent than is allowed"),
    415: ResponseSpec(Problem, description="Not a content type that is read"),
    422: ResponseSpec(Problem, description="What was sent cannot be used: where, the value, what is allowed"),
    429: ResponseSpec(Problem, description="Too many requests"),
}


def mounted(route: Route) -> HTTPRouteHandler:
    """Return a page as a handler of the library."""
    if route.slow:

        def slow(request: Ask) -> Response[Any]:
            return _sent(route.answer(request, **request.path_params))  # type: ignore[arg-type]

        handler: Any = slow
    else:

        async def soon(request: Ask) -> Response[Any]:
            return _sent(await answered(route, request, request.path_params))

        handler = soon
    handler.__name__ = getattr(route.answer, "__name__", "page")
    options: dict[str, Any] = {"sync_to_thread": True} if route.slow else {}
    return HTTPRouteHandler(route.path, http_method=HttpMethod(route.method), include_in_schema=False, status_code=200,
                            **options)(handler)  # fmt: skip


def _sent(answer: Answer) -> Response[Any]:
    return Response(answer.content, status_code=answer.status, media_type=answer.media_type, headers=answer.headers)


def refusal(path: str, status: int, title: str, remedy: str, headers: dict[str, str] | None = None) -> Any:
    """Return a refusal as an ASGI application, for requests that reach no handler."""
    found = problems.told(path, Problem(title, status, remedy=remedy), headers)
    sent = [(name.lower().encode(), value.encode()) for name, value in found.headers.items()]
    sent += [
        (b"content-type", f"{found.media_type}; charset=utf-8".encode()),
        (b"content-length", str(len(found.body)).encode()),
    ]

    async def answer(scope: Any, _: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else found.body})

    return answer


def _ours(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    return _sent(problems.answer_to(request.url.path, error))


def _http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    # What the library says may quote what was sent; only our own words are shown.
    detail = ""
    if isinstance(error.extra, list):
        named = sorted({str(one.get("key", "")) for one in error.extra if isinstance(one, dict)} - {""})
        detail = f"Not accepted: {', '.join(named)}." if named else ""
    headers = {k: v for k, v in (error.headers or {}).items() if k.lower() in ("allow", "retry-after")}
    return _sent(problems.refused(request.url.path, error.status_code, detail, headers))


HANDLERS: ExceptionHandlersMap = {
    NtrkpathError: _ours,
    Refused: _ours,
    TooLongError: _ours,
    TooBusyError: _ours,
    TooMuchError: _ours,
    LostError: _ours,
    HTTPException: _http,
    Exception: _ours,
}
