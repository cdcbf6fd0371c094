"""What a client may ask for: so many requests, so much time of the workers, and one slow job at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

#: Most clients that are remembered; the longest unseen is forgotten first.
_CLIENTS = 10_000
#: Share of a minute's requests that may come at once.
_BURST = 0.25


class Rate:
    """Requests a minute, for each client.

    Args:
        per_minute: Requests that a client may make in a minute; a quarter of them at once.
        clock: Seconds that only grow, but begin anew in a browser that goes on from what it kept.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_minute / 60
        self.most = max(1.0, per_minute * _BURST)
        self.clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, client: str) -> float:
        """Take a token; return 0, or the seconds to wait where none is left."""
        now = self.clock()
        left, then = self._left.pop(client, (self.most, now))
        left = min(self.most, left + max(0.0, now - then) * self.per_second)
        if len(self._left) >= _CLIENTS:
            del self._left[next(iter(self._left))]
        if left < 1:
            self._left[client] = (left, now)
            return (1 - left) / self.per_second
        self._left[client] = (left - 1, now)
        return 0.0


class Time:
    """Processor time of the workers, for each client: a request may begin while any is left, and may overdraw it.

    Args:
        per_minute: Seconds that a client may use in a minute, all of them at once.
        clock: Seconds that only grow.
    """

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.per_second, self.clock = per_minute, per_minute / 60, clock
        self._left: dict[str, tuple[float, float]] = {}

    def _now(self, client: str) -> tuple[float, float]:
        now = self.clock()
        left, then = self._left.pop(client, (self.most, now))
        if len(self._left) >= _CLIENTS:
            del self._left[next(iter(self._left))]
        return min(self.most, left + max(0.0, now - then) * self.per_second), now

    def wait(self, client: str) -> float:
        """Return 0, or the seconds to wait where no time is left."""
        self._left[client] = left, _ = self._now(client)
        return 0.0 if left > 0 else (1e-3 - left) / self.per_second

    def spend(self, client: str, seconds: float) -> None:
        """Take what a request used."""
        left, now = self._now(client)
        self._left[client] = left - seconds, now


class Turns:
    """Slow jobs: one at a time of each client, and never so many at once that no worker is left for quick requests.

    Args:
        at_once: Slow jobs of all clients together.
        waiting: Slow jobs of one client that wait.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        self.waiting = waiting
        self._all = asyncio.Semaphore(at_once)
        self._own: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[bool]:
        """Wait for a turn and hold it; gives False at once where too many of the client wait already."""
        lock, held = self._own.get(client, (asyncio.Lock(), 0))
        if held > self.waiting:
            yield False
            return
        self._own[client] = lock, held + 1
        try:
            async with lock, self._all:
                yield True
        finally:
            lock, held = self._own[client]
            if held > 1:
                self._own[client] = lock, held - 1
            else:
                del self._own[client]
