"""Errors as a page, or under `/api` as problem+json (RFC 9457)."""

from __future__ import annotations

import logging
import math
from http import HTTPStatus

import msgspec

from ntrkpath.model.errors import NtrkpathError
from ntrkpath.server.kit.faults import FaultError, LostError, TooBusyError, TooLongError, TooMuchError, place_of
from ntrkpath.server.kit.http import Answer, Refused
from ntrkpath.server.kit.render import page

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


def told(path: str, problem: Problem, headers: dict[str, str] | None = None) -> Answer:
    """Return a problem in the form that fits the address."""
    if path.startswith(_PROGRAMS):
        return Answer(msgspec.json.encode(problem), problem.status, MEDIA_TYPE, headers or {})
    shown = page("kit/error.html", status=problem.status, problem=problem)
    shown.headers = headers or {}
    return shown


def refused(path: str, status: int, detail: str = "", headers: dict[str, str] | None = None) -> Answer:
    """Return a status of HTTP as a problem, in our own words."""
    said = {404: "Nothing stands at this address.", 413: "More was sent than is allowed."}
    return told(path, Problem(HTTPStatus(status).phrase, status, detail=detail or said.get(status, "")), headers)


def answer_to(path: str, error: Exception) -> Answer:
    """Return what a visitor is told where an error arose."""
    if isinstance(error, NtrkpathError):
        return told(path, problem_of(error))
    if isinstance(error, Refused):
        return refused(path, error.status)
    if isinstance(error, TooLongError):
        remedy = "Send less at once, or use the command line, which has no limit of time."
        return told(path, Problem("This takes longer than a request may", 422, remedy=remedy))
    if isinstance(error, TooBusyError):
        return told(path, Problem("The server is busy", 503, remedy="Try again in 2 s."), {"retry-after": "2"})
    if isinstance(error, LostError):
        remedy = "Try again; where it fails again, send less at once, or use the command line."
        return told(path, Problem("The server could not finish this", 503, remedy=remedy), {"retry-after": "5"})
    if isinstance(error, TooMuchError):
        seconds = str(math.ceil(error.seconds))
        problem = Problem("Your requests have used the time of this server", 429, remedy=f"Try again in {seconds} s.")
        return told(path, problem, {"retry-after": seconds})
    log.error("fault: %s", str(error) if isinstance(error, FaultError) else place_of(error))
    return told(path, Problem("The server failed", 500, remedy="Nothing was stored. Try another way."))
