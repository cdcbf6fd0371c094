"""The interface for programs, and its document: that of the handlers, with bodies, and problems as in RFC 9457."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from ntrkpath import __version__
from ntrkpath.model.case import Case
from ntrkpath.server.case import api as case
from ntrkpath.server.cohort import api as cohort
from ntrkpath.server.evidence import api as evidence
from ntrkpath.server.fusions import api as fusions
from ntrkpath.server.guidance import api as guidance
from ntrkpath.server.guidance import entries_api as entries
from ntrkpath.server.kit.problems import MEDIA_TYPE
from ntrkpath.server.strategy import api as strategy
from ntrkpath.server.strategy.api import Compare

_FILES = {"type": "array", "items": {"type": "string", "contentMediaType": "application/octet-stream"}}
_PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
_CASE = {"$ref": "#/components/schemas/Case"}


def _form(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"schema": {"type": "object", "properties": properties, "required": list(required)}}


#: What each address reads, by media type; handlers read bodies themselves, within limits.
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/recommend": {
        "application/json": {"schema": _CASE},
        "application/yaml": {"schema": {"type": "string"}},
        "multipart/form-data": _form(("case",), case={"type": "string"}, files=_FILES),
    },
    "/api/v1/recommend/batch": {"application/x-ndjson": {"schema": {"type": "string"}}},
    "/api/v1/fusions": {"multipart/form-data": _form(("files",), files=_FILES)},
    "/api/v1/strategy/compare": {"application/json": {"schema": {"$ref": "#/components/schemas/Compare"}}},
    "/api/v1/cohort": {"multipart/form-data": _form(("file",), file=_FILES["items"])},
}
#: What these addresses write beside JSON, or in its place.
ANSWERS: dict[str, dict[str, Any]] = {
    "/api/v1/recommend/batch": {"application/x-ndjson": {"schema": {}}},
    "/api/v1/fusions": {"application/json": {"schema": {}}, "text/tab-separated-values": {"schema": {}}},
}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document with bodies, and with the media type of problems and lists of fixed length put right.

    Args:
        document: As the library makes it from the handlers.
    """
    made: dict[str, Any] = _mended(document)
    _, parts = msgspec.json.schema_components((Case, Compare), ref_template="#/components/schemas/{name}")
    made.setdefault("components", {}).setdefault("schemas", {}).update(parts)
    for path, operations in made["paths"].items():
        for operation in operations.values():
            if path in BODIES and operation.get("operationId"):
                operation["requestBody"] = {"required": True, "content": BODIES[path]}
            if path in ANSWERS:
                operation["responses"]["200"]["content"] = ANSWERS[path]
            if "{" in path:
                operation["responses"].setdefault("404", {"description": "There is no such entry"})
            for status, response in operation["responses"].items():
                if status.startswith("4"):
                    response["content"] = {MEDIA_TYPE: _PROBLEM}
                for told in response.get("content", {}).values():
                    if told.get("schema", {}).get("type") == "string":
                        told["schema"] = {}  # bytes that a task wrote: JSON of the command line
    return made


def _mended(part: Any) -> Any:
    """Return a part without made-up examples, and with lists of fixed length in words that every reader knows."""
    if isinstance(part, list | tuple):
        return [_mended(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _mended(value) for key, value in part.items() if key != "examples"}
    if listed := kept.pop("prefixItems", None):
        kept |= {"items": {"anyOf": listed}, "minItems": len(listed), "maxItems": len(listed)}
    return kept


class Document(JsonRenderPlugin):
    """The completed document as JSON."""

    def __init__(self) -> None:
        super().__init__(path="/")
        self._made: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the document."""
        if self._made is None:
            self._made = self.render_json(request, completed(openapi_schema))
        return self._made


#: Only the document itself: the library's own pages of it would load scripts from elsewhere.
OPENAPI = OpenAPIConfig(
    title="ntrkpath",
    version=__version__,
    path="/api/v1/openapi.json",
    render_plugins=[Document()],
    use_handler_docstrings=True,
)
_PARTS = (case, fusions, guidance, entries, evidence, strategy, cohort)
ROUTES: list[Any] = [route for part in _PARTS for route in part.ROUTES]
