"""The features whose pages make up the server: the module of each, by the first step of its addresses."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from ntrkpath.server.kit.http import Route, Routes

#: A module of pages has ``ROUTES``. It is imported when it is first asked for, so that a browser loads no more.
PAGES = {
    "": "case.page",
    "case": "case.page",
    "examples": "case.examples",
    "guidance": "guidance.page",
    "fusions": "fusions.page",
    "evidence": "evidence.page",
    "strategy": "strategy.page",
    "cohort": "cohort.page",
    "about": "about",
}


@cache
def _routes(module: str) -> Routes:
    return Routes(import_module(f"ntrkpath.server.{module}").ROUTES)


def routes_of(path: str) -> Routes:
    """Return the routes of the feature that a path belongs to; none where it belongs to no feature."""
    module = PAGES.get(path.strip("/").partition("/")[0])
    return _routes(module) if module is not None else Routes([])


def routes() -> list[Route]:
    """Return the routes of every page."""
    return [route for module in dict.fromkeys(PAGES.values()) for route in _routes(module).routes]
