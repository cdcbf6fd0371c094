"""What a client may ask for: so many requests, so much time of the workers, and one slow job at a time."""

from __future__ import annotations

import asyncio
import hashlib
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from ntrkpath.server.kit.shared import CLIENTS, Shared

#: Of what is used up, so much must be there again before it goes on.
_LEAST = 1e-3


class Budget:
    """So much a minute for each client: requests, or seconds of processor time.

    What a client has used is kept under a number made of its address and of the secret of this run: no address is
    kept, the memory does not grow, and two clients share a number once in thousands of pairs.

    Args:
        per_minute: What a client may use in a minute.
        at_once: Most of it that it may use at once.
        shared: Where it is kept; in this process alone where not given.
        number: Which of the budgets of ``shared`` it is.
        clock: Seconds that only grow, but begin anew in a browser that goes on from what it kept.
    """

    def __init__(
        self, per_minute: float, at_once: float, shared: Shared | None = None, number: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.per_second, self.most, self.clock = per_minute / 60, max(1.0, at_once), clock
        shared = shared or Shared()
        self._secret, self._lock, self._used = shared.secret, shared.lock, shared.budget(number)

    def wait(self, client: str, amount: float = 0.0) -> float:
        """Take an amount and return 0; where less is left, or nothing, take none and return the seconds until it is."""
        place = self._place(client)
        with self._lock:
            used, now = self._now(place)
            if self.most - used >= max(amount, _LEAST):
                used, wait = used + amount, 0.0
            else:
                wait = (used + max(amount, _LEAST) - self.most) / self.per_second
            self._used[place], self._used[place + 1] = used, now
        return wait

    def spend(self, client: str, amount: float) -> None:
        """Take an amount, also where less is left."""
        place = self._place(client)
        with self._lock:
            used, now = self._now(place)
            self._used[place], self._used[place + 1] = used + amount, now

    def _now(self, place: int) -> tuple[float, float]:
        now = self.clock()
        return max(0.0, self._used[place] - max(0.0, now - self._used[place + 1]) * self.per_second), now

    def _place(self, client: str) -> int:
        mixed = hashlib.blake2b(client.encode(), digest_size=8, key=self._secret).digest()
        return int.from_bytes(mixed, "little") % CLIENTS * 2


def processor_time(seconds: float) -> None:
    """Have the system end this process after so many seconds of its own processor time; 0 lifts the limit.

    On a busy machine a request has as much of the processor as on an idle one.
    """
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


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
