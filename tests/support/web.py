"""A server to test: in this process without workers, or with them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytest.importorskip("litestar", reason="needs ntrkpath[server]")
pytest.importorskip("jinja2", reason="needs ntrkpath[server]")

from litestar.testing import TestClient

from ntrkpath.server.app import create_app
from ntrkpath.server.kit.settings import Settings

AS_OF = dt.date(2026, 11, 1)


@contextmanager
def client(**settings: Any) -> Iterator[TestClient[Any]]:
    """Yield a client of a server that decides in this process, as of ``AS_OF``."""
    chosen = Settings(**{"workers": 0, "as_of": AS_OF, "hosts": ("testserver.local",), **settings})
    with TestClient(create_app(chosen), raise_server_exceptions=False) as made:
        yield made


def slow_case() -> bytes:
    """Return a case as JSON that takes seconds: 1,500 fusions with genes that do not exist, each looked for."""
    fusions = [
        {"five_prime": f"G{i}", "three_prime": "NTRK1", "exon_five_prime": 1, "exon_three_prime": 8}
        for i in range(1500)
    ]
    tests = [{"method": "rna_mps", "fusions": fusions}]
    return json.dumps({"id": "slow", "diagnosis": {"histology": "GIST"}, "tests": tests}).encode()
