"""The interface for programs: the JSON of the command line over HTTP, with its OpenAPI document."""

from __future__ import annotations

from typing import Any

from litestar.openapi.config import OpenAPIConfig

from ntrkpath import __version__
from ntrkpath.server.api import answers, browse, cohort, evidence, guideline, strategy
from ntrkpath.server.api.document import Document

#: Only the document itself: the library's own pages of it would load scripts from elsewhere.
OPENAPI = OpenAPIConfig(
    title="ntrkpath",
    version=__version__,
    path="/api/v1/openapi.json",
    render_plugins=[Document()],
    use_handler_docstrings=True,
)

_PARTS = (answers, guideline, browse, evidence, strategy, cohort)
ROUTES: list[Any] = [route for part in _PARTS for route in part.ROUTES]
