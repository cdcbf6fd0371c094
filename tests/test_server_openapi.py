"""The OpenAPI document holds: generated requests get an answer that it describes, and none is a fault of the server."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

pytest.importorskip("litestar", reason="needs ntrkpath[server]")
pytest.importorskip("jinja2", reason="needs ntrkpath[server]")
pytest.importorskip("schemathesis", reason="needs the package schemathesis")

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ntrkpath.server.app import create_app
from ntrkpath.server.kit.settings import Settings
from support.web import AS_OF

DOCUMENT = "/api/v1/openapi.json"
_SETTINGS = Settings(
    workers=0, as_of=AS_OF, hosts=("localhost", "testserver"), requests_per_minute=10_000_000,
    uploads_per_minute=10_000_000,
)  # fmt: skip
APP = create_app(_SETTINGS)
SCHEMA = schemathesis.openapi.from_asgi(DOCUMENT, APP)


@schemathesis.serializer("application/x-ndjson")
def _lines(_: Any, value: Any) -> bytes:
    return str(value).encode()


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@SCHEMA.parametrize()
@settings(
    max_examples=30, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)  # fmt: skip
def test_every_answer_is_one_that_the_document_describes(case: Any) -> None:
    response = case.call()
    case.validate_response(response, checks=CHECKS)


def _document() -> dict[str, Any]:
    return dict(SCHEMA.raw_schema)


def test_every_operation_says_what_it_does_and_what_it_refuses() -> None:
    short = []
    for path, operations in _document()["paths"].items():
        assert path.startswith("/api/v1/")
        for method, told in operations.items():
            if len(told.get("description", "") + told.get("summary", "")) < 15:
                short.append(f"{method} {path}: no description")
            if method == "post" and not {"413", "415", "422", "429", "200"} <= set(told["responses"]):
                short.append(f"{method} {path}: {sorted(told['responses'])}")
    assert short == []


def test_the_document_lists_every_route_of_the_interface() -> None:
    routes = {re.sub(r":\w+}", "}", route.path) for route in APP.app.routes if route.path.startswith("/api/v1/")}  # type: ignore[attr-defined]
    listed = set(_document()["paths"])
    assert {route for route in routes - listed if not route.startswith(DOCUMENT)} == set()
    assert len(listed) >= 10


def test_problems_have_the_form_of_rfc_9457() -> None:
    problem = json.dumps(_document()["components"]["schemas"]["Problem"])
    for key in ("type", "title", "status", "detail"):
        assert f'"{key}"' in problem
