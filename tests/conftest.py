"""What several test files share: a server and a browser, one of each for every file that asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support.browser import Served


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
