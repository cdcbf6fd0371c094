"""What the handlers share: settings, workers, counters, the rates, and the one way to run a task."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Any

from ntrkpath.server.kit import tasks
from ntrkpath.server.kit.answering import Here
from ntrkpath.server.kit.faults import LostError, TooBusyError, TooLongError, TooMuchError
from ntrkpath.server.kit.http import Ask
from ntrkpath.server.kit.limits import Budget, Turns, processor_time
from ntrkpath.server.kit.metrics import Metrics
from ntrkpath.server.kit.settings import Settings
from ntrkpath.server.kit.shared import Shared

if TYPE_CHECKING:
    from ntrkpath.server.kit.workers import Workers

#: What is larger than this may be slow to read.
_QUICK_BYTES = 64 * 1024
#: What is no larger than this is decided where it came in: it takes a few milliseconds, at most some 0.2 s.
_IN_LINE_BYTES = 4 * 1024
#: Share of a minute's requests that may come at once.
_BURST = 0.25
#: Slow jobs of one client that wait while one of them runs.
_SLOW_WAITING = 8
_HERE = Here()


class Serving:
    """One running server.

    Args:
        settings: What the deployment sets.
        secret: What marks are made with; that of ``shared`` where not given.
        shared: What it shares with the other processes of the server; nothing where not given.

    Attributes:
        in_line: Whether small cases are decided where they came in; else a worker process decides every one. A process
            that does so must be watched: where deciding does not end, the system ends it, and another takes its place.
    """

    def __init__(self, settings: Settings, secret: bytes | None = None, shared: Shared | None = None) -> None:
        shared = shared or Shared()
        self.shared, self.in_line = shared, shared.several
        self.settings = settings
        self.metrics = Metrics(shared)
        self.workers = _workers(settings)
        self.requests = Budget(settings.requests_per_minute, settings.requests_per_minute * _BURST, shared, 0)
        self.uploads = Budget(settings.uploads_per_minute, settings.uploads_per_minute * _BURST, shared, 1)
        self.time = Budget(settings.worker_seconds_per_minute, settings.worker_seconds_per_minute, shared, 2)
        self.turns = Turns(max(1, settings.workers - 1), _SLOW_WAITING)
        self._secret = secret or shared.secret

    @property
    def day(self) -> dt.date:
        """The date whose labels count where a request names none."""
        return self.settings.day

    async def run(self, name: str, *, client: str = "", seconds: float | None = None, **arguments: Any) -> Any:
        """Run a task on what a visitor sent.

        Args:
            name: Name of the task in ``tasks.TASKS``.
            client: Whose time it is.
            seconds: Most seconds of processor time it may take, for a task that may be slow; by default those of the
                settings.
            arguments: Plain data.

        Raises:
            NtrkpathError: What was sent cannot be used.
            TooLongError: It took too long.
            TooMuchError: The client has no time left.
            TooBusyError: Too many wait.
            LostError: Its worker ended, and another one too.
        """
        if wait := self.time.wait(client):
            self.metrics.count("time_refused")
            raise TooMuchError(wait)
        if self.in_line and seconds is None and _small(name, arguments):
            return await self._here(name, client, arguments)
        # Where the visitor leaves, the job goes on within its time, and keeps its turn until then.
        job = self._job(name, client, seconds, arguments)
        return await asyncio.shield(asyncio.ensure_future(job))

    async def _here(self, name: str, client: str, arguments: dict[str, Any]) -> Any:
        processor_time(self.settings.seconds)
        started = time.thread_time()
        try:
            return await _HERE.run(name, arguments)
        finally:
            processor_time(0)
            self.time.spend(client, time.thread_time() - started)

    async def ready(self) -> None:
        """Return when cases are decided."""
        if not self.in_line:
            await self.workers.ready()

    async def _job(self, name: str, client: str, seconds: float | None, arguments: dict[str, Any]) -> Any:
        if seconds is None and _size(arguments) <= _QUICK_BYTES:
            return await self._now(name, client, self.settings.seconds, arguments)
        async with self.turns.turn(client) as mine:
            if not mine:
                raise TooBusyError
            return await self._now(name, client, seconds or self.settings.seconds, arguments)

    async def _now(self, name: str, client: str, seconds: float, arguments: dict[str, Any]) -> Any:
        try:
            return await self.workers.run(name, arguments, seconds, lambda took: self.time.spend(client, took))
        except (TooLongError, LostError):
            self.metrics.count("worker_ended")
            raise

    def sign(self, content: bytes) -> str:
        """Return the mark of something that a page carries for us; it holds as long as this server runs."""
        return hmac.new(self._secret, content, hashlib.sha256).hexdigest()

    def signed(self, content: bytes, mark: str) -> bool:
        """Return whether a mark is ours."""
        return hmac.compare_digest(self.sign(content).encode(), mark.encode())


def _workers(settings: Settings) -> Workers | Here:
    """Return what runs the tasks: processes, which not every system has, or none."""
    if not settings.workers:
        return Here()
    from ntrkpath.server.kit.workers import Workers

    return Workers(settings.workers, settings.edition, settings.memory, settings.waiting)


def _small(name: str, arguments: dict[str, Any]) -> bool:
    """Return whether a task is so small by all that was sent that it is done within milliseconds; a file never is."""
    return name in tasks.IN_LINE and not arguments.get("files") and _size(arguments) <= _IN_LINE_BYTES


def _size(sent: Any) -> int:
    """Return about how many bytes a visitor sent."""
    if isinstance(sent, dict):
        return sum(map(_size, (*sent, *sent.values())))
    if isinstance(sent, list | tuple):
        return sum(map(_size, sent))
    return len(sent) if isinstance(sent, bytes | str) else 0


def serving(request: Ask) -> Serving:
    """Return what the handlers share."""
    found: Serving = request.app.state.serving
    return found


def client_of(request: Ask) -> str:
    """Return whose request it is, as rates tell clients apart."""
    return request.client.host if request.client is not None else ""


async def run(request: Ask, name: str, *, seconds: float | None = None, **arguments: Any) -> Any:
    """Run a task on what a visitor sent; see ``Serving.run``."""
    return await serving(request).run(name, client=client_of(request), seconds=seconds, **arguments)
