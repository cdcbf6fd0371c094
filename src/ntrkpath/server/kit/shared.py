"""What the processes of one server share: a memory of numbers and names, a lock around it, and a secret."""

from __future__ import annotations

import secrets
from array import array
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

#: Clients that are told apart at a time.
CLIENTS = 4096
#: Counters, and bytes of all their names.
COUNTERS = 4096
NAMES = 128 * 1024
_BUDGETS = 3
#: Seconds after which whoever holds the lock was killed meanwhile; who counts holds it for a millionth of one.
_KILLED = 1.0
#: Seconds after which the others no longer wait for the first process.
_FIRST = 10.0


class _Lock:
    """A lock between processes that outlives a process which was killed while it held it."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def __enter__(self) -> None:
        self.held.acquire(timeout=_KILLED)

    def __exit__(self, *_: object) -> None:
        with suppress(ValueError):  # another one has freed it
            self.held.release()


class Shared:
    """Shared state of a server; it is handed to each process that is started, and lives as long as one of them.

    Args:
        several: Whether several processes serve; else everything stays in this one.

    Attributes:
        secret: What marks are made with: one process knows the marks of another.
        lock: Held while a number is read and written.
        names: Bytes that hold names; see ``Metrics``.
    """

    def __init__(self, *, several: bool = False) -> None:
        self.several = several
        self.secret = secrets.token_bytes(32)
        self.lock: AbstractContextManager[Any] = nullcontext()
        cells = _BUDGETS * 2 * CLIENTS + COUNTERS
        self._cells: Any = array("d", bytes(8 * cells))
        self._names: Any = bytearray(NAMES)
        if several:
            import multiprocessing

            context = multiprocessing.get_context("spawn")
            self.lock = _Lock(context.Lock())
            self._first, self._ready = context.Lock(), context.Semaphore(0)
            self._cells, self._names = context.RawArray("d", cells), context.RawArray("c", NAMES)

    def take_turn(self) -> None:
        """Wait until the first process is ready, in all others: it answers its first page the sooner for it."""
        if not self._first.acquire(block=False) and self._ready.acquire(timeout=_FIRST):
            self._ready.release()

    def make_way(self) -> None:
        """Let the other processes begin to load."""
        if self.several:
            self._ready.release()

    def budget(self, number: int) -> memoryview[float]:
        """Return the numbers of one of three budgets: two for each client that is told apart, zero at first."""
        return self._floats()[number * 2 * CLIENTS : (number + 1) * 2 * CLIENTS]

    def counters(self) -> memoryview[float]:
        """Return the numbers of the counters, zero at first."""
        return self._floats()[_BUDGETS * 2 * CLIENTS :]

    @property
    def names(self) -> memoryview:
        """Bytes for the names of the counters, zero at first."""
        return memoryview(self._names).cast("B")

    def _floats(self) -> memoryview[float]:
        return memoryview(self._cells).cast("B").cast("d")
