"""Around every request: hosts and sites that may ask, rates, time, counters, and the headers of safety."""

from __future__ import annotations

import logging
import math
import time
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Send

from ntrkpath.server.kit.mounting import refusal
from ntrkpath.server.kit.safety import HEADERS
from ntrkpath.server.kit.serving import Serving

log = logging.getLogger("ntrkpath.server")

#: For visitors who came by HTTPS, through a proxy; over plain HTTP it must not be sent (RFC 6797, 7.2).
_HTTPS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
#: What every answer carries, as it is sent.
_OURS = [(name.encode(), told.encode()) for name, told in HEADERS.items()]
#: Requests of fewer bytes are no uploads: the form of a case is sent again with each answer.
_SMALL = 64 * 1024
#: Routes that tell of the server itself are not held back by rates.
_UNRATED = ("/health", "/ready", "/metrics")


class Shield:
    """The server as one ASGI application.

    Args:
        app: The application within.
        serving: What the handlers share.
    """

    def __init__(self, app: ASGIApp, serving: Serving) -> None:
        self.app, self.serving = app, serving

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", []))
                given = {name.lower() for name, _ in headers}
                headers += [pair for pair in _OURS if pair[0] not in given]
                if scope.get("scheme") == "https":
                    headers.append(_HTTPS)
                if b"cache-control" not in given:
                    headers.append((b"cache-control", b"no-store"))
                message["headers"] = headers
            await send(message)

        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refused = self._refused(scope, headers)
        if refused is not None:
            problem, event = refused
            self.serving.metrics.count(event)
            await problem(scope, receive, guarded)
        else:
            await self.app(scope, receive, guarded)
        seconds = time.perf_counter() - started
        route = _route(scope)
        method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "other"
        self.serving.metrics.observe(route, method, status, seconds)
        log.info("%s %s %d %.1f ms", method, route, status, 1000 * seconds)

    def _refused(self, scope: Any, headers: dict[str, str]) -> tuple[Any, str] | None:
        host = _name(headers.get("host", ""))
        if host not in self.serving.settings.hosts:
            told = "This server does not answer under that name."
            remedy = "Ask under a name that the server was started for (--allow-host)."
            return refusal(scope["path"], 421, told, remedy), "host_refused"
        if "content-length" in headers and "transfer-encoding" in headers:
            # A proxy in front may have cut this request elsewhere than we would.
            return refusal(scope["path"], 400, "The length of this request is told in two ways.", "Tell it once.",
                           {"connection": "close"}), "ambiguous_refused"  # fmt: skip
        if scope["method"] not in ("GET", "HEAD") and self._foreign(headers):
            return refusal(scope["path"], 403, "Another site may not send forms here.",
                           "Open this server in your own browser."), "other_site_refused"  # fmt: skip
        if scope["path"] in _UNRATED:
            return None
        client = (scope.get("client") or ("",))[0]
        length = headers.get("content-length", "")
        upload = scope["method"] == "POST" and not (length.isdecimal() and int(length[:9]) < _SMALL)
        wait = self.serving.requests.wait(client, 1) or (upload and self.serving.uploads.wait(client, 1))
        if wait:
            seconds = math.ceil(wait)
            return refusal(scope["path"], 429, "Too many requests.", f"Try again in {seconds} s.",
                           {"retry-after": str(seconds)}), "rate_refused"  # fmt: skip
        return None

    def _foreign(self, headers: dict[str, str]) -> bool:
        """Return whether a browser says that another site made the request; programs say nothing."""
        if "sec-fetch-site" in headers:
            return headers["sec-fetch-site"] not in ("same-origin", "none")
        # Browsers leave that header out where a page came by plain HTTP from another machine than their own.
        origin = headers.get("origin")
        return origin is not None and _name(origin.partition("://")[2]) not in self.serving.settings.hosts


def _name(host: str) -> str:
    """Return the name of a host header without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower().rstrip(".")


def _route(scope: Any) -> str:
    """Return the pattern of the route that answered; never the path as it was asked."""
    handler = scope.get("route_handler")
    if handler is None or scope.get("path_template") is None:
        return "none"
    return str(scope["path_template"])
