"""What the page that takes drawings and fragments has already: the style of every drawing, an address for each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import msgspec

from ntrkpath.figures.svg import tag


def _nowhere(_: str) -> str:
    return ""


class Host(msgspec.Struct, frozen=True):
    """The page around a drawing or a fragment.

    Args:
        styles: Its style sheet holds the style of every drawing, so that none brings its own.
        address: Returns where a rule or statement is shown, by its id; empty where it is not.
    """

    styles: bool = False
    address: Callable[[str], str] = _nowhere


_host: ContextVar[Host] = ContextVar("host", default=Host())  # noqa: B039 - frozen


@contextmanager
def within(host: Host) -> Iterator[None]:
    """Make what is drawn and written meanwhile a part of this page; outside, everything stands by itself."""
    token = _host.set(host)
    try:
        yield
    finally:
        _host.reset(token)


def style(css: str) -> str:
    """Return the style element of a drawing; nothing where the page holds it."""
    return "" if _host.get().styles else tag("style", css)


def address(ident: str) -> str:
    """Return where the page shows a rule or statement; empty where it does not."""
    return _host.get().address(ident)
