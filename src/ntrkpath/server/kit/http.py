"""Routes and answers of the pages, without any library: the server and the browser answer from the same table."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import cached_property
from typing import Any, Protocol

import msgspec

_PART = re.compile(r"\{(\w+):(str|int)\}")


class Answer(msgspec.Struct):
    """What a route answers.

    Args:
        content: Text or bytes.
        status: The HTTP status.
        media_type: Its type; text is sent as UTF-8.
    """

    content: str | bytes
    status: int = 200
    media_type: str = "text/html"
    headers: dict[str, str] = {}

    @property
    def body(self) -> bytes:
        """The content as bytes."""
        return self.content.encode() if isinstance(self.content, str) else self.content


class Refused(Exception):  # noqa: N818 - an answer, told by its status
    """A request is not answered as asked; ``status`` tells why in the words of HTTP."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Ask(Protocol):
    """A request as the pages read it, from the network or from the page in the same browser."""

    @property
    def app(self) -> Any:
        """What answers; ``app.state.serving`` is the ``Serving`` that handlers share."""

    @property
    def query_params(self) -> Any:
        """What stands after the question mark of the address: ``get``, ``getall``, ``in`` and the names."""

    @property
    def client(self) -> Any:
        """Who asks: its ``host``; ``None`` where that is not known."""

    @property
    def headers(self) -> Any:
        """Its headers by name, in lower case."""

    @property
    def content_type(self) -> tuple[str, dict[str, str]]:
        """The type of the body, with its parameters."""

    def stream(self) -> AsyncIterator[bytes]:
        """Return the body, piece by piece."""


class Route(msgspec.Struct, frozen=True):
    """A page: method, pattern and function.

    Args:
        path: Its address, with places as ``{ident:str}`` or ``{number:int}``, which the function takes by name.
        answer: Takes the request and the places; returns an ``Answer``, at once or awaited.
        slow: Whether the server answers it in a thread, since it computes for longer than a moment.
    """

    method: str
    path: str
    answer: Callable[..., Answer | Awaitable[Answer]]
    slow: bool = False

    @property
    def places(self) -> dict[str, type]:
        """The places of the path and their types."""
        return {name: {"str": str, "int": int}[kind] for name, kind in _PART.findall(self.path)}


class Routes:
    """A table of routes, asked by method and path."""

    def __init__(self, routes: list[Route]) -> None:
        self.routes = routes

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], Route]]:
        kinds = {"str": "[^/]+", "int": "[0-9]{1,9}"}
        found = []
        for route in self.routes:
            parts = _PART.split(route.path)  # literal, name, kind, literal, ...
            told = re.escape(parts[0])
            for name, kind, literal in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
                told += f"(?P<{name}>{kinds[kind]}){re.escape(literal)}"
            found.append((re.compile(told), route))
        # An address that is written out goes before one with places: /evidence/test is no group called "test".
        return sorted(found, key=lambda one: len(one[1].places))

    def match(self, method: str, path: str) -> tuple[Route, dict[str, Any]]:
        """Return the route of a request and its places.

        Raises:
            Refused: 404 where nothing stands at the path, 405 where it is asked otherwise.
        """
        status = 404
        for pattern, route in self._patterns:
            if found := pattern.fullmatch(path):
                if route.method == method:
                    kinds = route.places
                    return route, {name: kinds[name](value) for name, value in found.groupdict().items()}
                status = 405
        raise Refused(status)


def get(path: str, *, slow: bool = False) -> Callable[[Callable[..., Any]], Route]:
    """Make a function the route of a page that is asked for."""
    return lambda answer: Route("GET", path, answer, slow)


def post(path: str) -> Callable[[Callable[..., Any]], Route]:
    """Make a function the route of a form that is sent."""
    return lambda answer: Route("POST", path, answer)


async def answered(route: Route, request: Ask, places: Mapping[str, Any]) -> Answer:
    """Return what a route answers, also where it must be awaited."""
    found = route.answer(request, **places)
    return found if isinstance(found, Answer) else await found
