"""What the handlers share: settings, workers, counters, the rates, and the one way to run a task."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from typing import Any

from litestar import Request
from litestar.datastructures import State

from ntrkpath.server.limits import Rate
from ntrkpath.server.metrics import Metrics
from ntrkpath.server.settings import Settings
from ntrkpath.server.workers import TooLongError, Workers

Ask = Request[Any, Any, State]


class Serving:
    """One running server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.workers = Workers(settings.workers, settings.edition, settings.memory, settings.waiting)
        self.requests = Rate(settings.requests_per_minute)
        self.uploads = Rate(settings.uploads_per_minute)
        self._secret = secrets.token_bytes(32)

    @property
    def day(self) -> dt.date:
        """The date whose labels count where a request names none."""
        return self.settings.day

    async def run(self, name: str, *, seconds: float | None = None, **arguments: Any) -> Any:
        """Run a task on what a visitor sent.

        Args:
            name: Name of the task in ``tasks.TASKS``.
            seconds: Most seconds it may take; by default those of the settings.
            arguments: Plain data.

        Raises:
            NtrkpathError: What was sent cannot be used.
            TooLongError: It took too long.
        """
        try:
            return await self.workers.run(name, arguments, seconds or self.settings.seconds)
        except TooLongError:
            self.metrics.count("worker_ended")
            raise

    def sign(self, content: bytes) -> str:
        """Return the mark of something that a page carries for us; it holds as long as this server runs."""
        return hmac.new(self._secret, content, hashlib.sha256).hexdigest()

    def signed(self, content: bytes, mark: str) -> bool:
        """Return whether a mark is ours."""
        return hmac.compare_digest(self.sign(content).encode(), mark.encode())


def serving(request: Ask) -> Serving:
    """Return what the handlers share."""
    found: Serving = request.app.state.serving
    return found


async def run(request: Ask, name: str, *, seconds: float | None = None, **arguments: Any) -> Any:
    """Run a task on what a visitor sent; see ``Serving.run``."""
    return await serving(request).run(name, seconds=seconds, **arguments)
