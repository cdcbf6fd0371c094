"""How long and how much a connection may take to say what it asks for: drop by drop or without end, it is closed."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

#: Seconds from the first byte of a connection or request to the end of its head; bodies have a limit of their own.
HEAD_SECONDS = 20.0
#: Most bytes of a head; not every parser has a limit of its own.
HEAD_BYTES = 64 * 1024
_END = b"\r\n\r\n"


class Patient(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """The protocol of the server, which closes a connection whose request has no head in time, or one too long."""

    _late: asyncio.TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came; while no request is whole, the time goes on."""
        before = getattr(self, "cycle", None)
        if before is None or before.response_complete or not before.more_body:
            end = data.find(_END)
            self._head += end if end >= 0 else len(data)
            if self._head > HEAD_BYTES:
                self._end()
                return
        super().data_received(data)
        cycle = getattr(self, "cycle", None)
        if cycle is not before:
            self._head = 0
        if cycle is not None and not cycle.response_complete:
            self._stop()
        elif self._late is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._late = self.loop.call_later(HEAD_SECONDS, self._end)

    def _stop(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _end(self) -> None:
        self._late = None
        if not self.transport.is_closing():
            self.transport.close()
