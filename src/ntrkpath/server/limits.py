"""How often a client may ask: a bucket of tokens for each, refilled at a steady rate."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Most clients that are remembered; the longest unseen is forgotten first.
_CLIENTS = 10_000
#: Share of a minute's requests that may come at once.
_BURST = 0.25


class Rate:
    """Requests a minute, for each client.

    Args:
        per_minute: Requests that a client may make in a minute; a quarter of them at once.
        clock: Seconds that only grow.
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
        left = min(self.most, left + (now - then) * self.per_second)
        if len(self._left) >= _CLIENTS:
            del self._left[next(iter(self._left))]
        if left < 1:
            self._left[client] = (left, now)
            return (1 - left) / self.per_second
        self._left[client] = (left - 1, now)
        return 0.0
