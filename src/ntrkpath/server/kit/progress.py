"""How far a task is, told to a page that listens in the same browser; a server's tasks tell nobody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence

from ntrkpath.model.errors import NtrkpathError
from ntrkpath.model.numbers import grouped

#: Takes a sentence, and whether the task can be stopped; returns whether it is to stop.
Listener = Callable[[str, bool], bool]
#: Seconds of work between two looks at whether it is to stop.
_SECONDS = 0.1
_listener: Listener | None = None


def listen(listener: Listener | None) -> None:
    """Say who is told from now on; nobody where none is given."""
    global _listener
    _listener = listener


def files(given: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield files with their names, and tell of each before it is read."""
    for number, (name, content) in enumerate(given, 1):
        file(name, f", {number} of {len(given)}" if len(given) > 1 else "")
        yield name, content


def file(name: str, place: str = "") -> None:
    """Tell that a file is read."""
    if _listener is not None:
        _listener(f"Reading {name}{place} …", False)


async def rows(done: Iterable[int], of: int) -> AsyncIterator[int]:
    """Pass on how many rows are done, tell of it now and then, and let others have their turn.

    Raises:
        NtrkpathError: Whoever listens wants it stopped.
    """
    told = time.monotonic()
    for number in done:
        yield number
        if time.monotonic() - told >= _SECONDS:
            if _listener is not None and _listener(f"{grouped(number)} of {grouped(of)} rows decided …", True):
                raise NtrkpathError("stopped before its end", remedy="send the file again, or a shorter one")
            await asyncio.sleep(0)
            told = time.monotonic()
