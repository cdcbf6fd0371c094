"""What several test files share: a server and a browser for each file that asks for them, and the order of the files.

Those that take longest come first, so that no worker is left alone with one at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support.browser import Served

#: Files in the order of the processor time they take, down to some ten seconds.
LONGEST = (
    "test_cohort_spark", "test_browser_pages", "test_browser_site", "test_docs", "test_browser_case",
    "test_server_openapi", "test_server_questions", "test_verify", "test_guidance", "test_cohort_sql",
    "test_verify_derivations", "test_browser_others", "test_browser_figures", "test_browser_live",
    "test_readers_robust", "test_cohort_engines", "test_registry_durable", "test_verify_mutations", "test_probability",
    "test_evidence_statistics", "test_rules_random",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; within a file, and among the others, the order stays."""
    place = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A server with the pages, as a process."""
    from support.browser import server

    with server() as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Chromium, headless; the tests are skipped where there is none."""
    from support.browser import browser

    with browser() as started:
        yield started
