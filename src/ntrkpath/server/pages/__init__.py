"""The pages, one module each, in the order of the navigation."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import msgspec

#: Modules here that hold pages. A page module has ``ROUTES``, and ``NAV`` where the navigation leads to it.
PAGES = ("case", "examples", "guidance", "fusions", "evidence", "strategy", "cohort", "about")


class Nav(msgspec.Struct, frozen=True):
    """An entry of the navigation: its word and its address."""

    word: str
    address: str


@cache
def _modules() -> tuple[Any, ...]:
    return tuple(import_module(f"{__name__}.{name}") for name in PAGES)


def navigation() -> list[Nav]:
    """Return the entries of the navigation."""
    return [module.NAV for module in _modules() if hasattr(module, "NAV")]


def routes() -> list[Any]:
    """Return the handlers of every page."""
    return [handler for module in _modules() for handler in module.ROUTES]
