"""Worker processes: what a visitor sent is read and decided there, within limits of time and memory."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import shutil
import signal
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.server.kit import tasks
from ntrkpath.server.kit.answering import answer, received
from ntrkpath.server.kit.faults import LostError, TooBusyError, TooLongError
from ntrkpath.server.kit.start import METHOD, begin

_START_SECONDS = 120.0
#: A worker is ended by its processor time; one that only waits, after so many times that limit.
_PATIENCE = 30.0
_COST = struct.Struct("<d")
#: Files of a worker lie in memory where the system can: what a visitor sent never reaches a disk.
_MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a private directory there


def _work(connection: Connection, edition: str, memory: int, private: str) -> None:
    """Answer requests until the connection closes; runs in a process of its own.

    Args:
        private: A directory for what a library reads and writes by path only; the server removes it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends its workers itself
    tasks.private = private
    tasks.warm(edition)
    if memory and sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    connection.send_bytes(b"ready")
    while True:
        try:
            request = connection.recv_bytes()
        except (EOFError, OSError):
            return
        (seconds,) = _COST.unpack_from(request)
        started = time.process_time()
        limit(seconds)
        packed = answer(request[_COST.size :])
        limit(0)
        connection.send_bytes(_COST.pack(time.process_time() - started) + packed)


def limit(seconds: float) -> None:
    """Have the system end this process after so many seconds of its own processor time; 0 lifts the limit.

    On a busy machine a request has as much of the processor as on an idle one.
    """
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


class _Worker:
    """One process and our end of its connection."""

    def __init__(self, context: Any, edition: str, memory: int) -> None:
        self.connection, theirs = context.Pipe()
        # The server's, not the worker's own: a worker that is ended at its limit could not remove it.
        self.private = tempfile.mkdtemp(prefix="ntrkpath-", dir=_MEMORY if _MEMORY.is_dir() else None)
        self.process = context.Process(target=_work, args=(theirs, edition, memory, self.private), daemon=True)
        self.process.start()
        theirs.close()
        self.ready = False

    def call(self, request: bytes, seconds: float) -> tuple[bytes, float]:
        """Return the answer and the processor time that it took.

        Raises:
            TooLongError: It took more processor time than ``seconds``, or the worker came to a stand.
            LostError: The process ended for another reason.
        """
        try:
            if not self.ready:
                if not self.connection.poll(_START_SECONDS):
                    raise TooLongError
                self.connection.recv_bytes()
                self.ready = True
            if not request:
                return b"", 0.0
            self.connection.send_bytes(_COST.pack(seconds) + request)
            # Where the system has no such limit, time alone ends the worker.
            if not self.connection.poll(seconds * _PATIENCE if hasattr(signal, "setitimer") else seconds):
                raise TooLongError
            told = self.connection.recv_bytes()
        except (EOFError, OSError):
            self.process.join(5)
            if self.process.exitcode == -getattr(signal, "SIGPROF", 0):
                raise TooLongError from None
            raise LostError from None
        return bytes(told[_COST.size :]), _COST.unpack_from(told)[0]

    def end(self) -> None:
        """End the process at once."""
        self.connection.close()
        self.process.kill()
        self.process.join(5)
        shutil.rmtree(self.private, ignore_errors=True)


class Workers:
    """A fixed number of worker processes; a request waits for a free one.

    Args:
        count: Processes.
        edition: Edition of the guidance.
        memory: Most bytes of memory of each; 0 for no limit.
        waiting: Most requests that wait.
    """

    def __init__(self, count: int, edition: str, memory: int, waiting: int) -> None:
        self.count, self.edition, self.memory, self.waiting = count, edition, memory, waiting
        self.ended = 0
        self._wait = 0
        self._all: set[_Worker] = set()
        self._free: asyncio.Queue[_Worker] = asyncio.Queue()
        self._threads: ThreadPoolExecutor | None = None
        self._context: Any = None

    async def start(self) -> None:
        """Start the processes; they load the guidance while the server already listens."""
        begin()
        self._context = multiprocessing.get_context(METHOD)
        self._threads = ThreadPoolExecutor(self.count, "ntrkpath-worker")
        await asyncio.gather(*(self._add() for _ in range(self.count)))

    async def _add(self) -> None:
        loop = asyncio.get_running_loop()
        worker = await loop.run_in_executor(self._threads, _Worker, self._context, self.edition, self.memory)
        self._all.add(worker)
        self._free.put_nowait(worker)

    async def stop(self) -> None:
        """End the processes."""
        for worker in list(self._all):
            worker.end()
        self._all.clear()
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    async def run(
        self, name: str, arguments: dict[str, Any], seconds: float, spent: Callable[[float], None] = lambda _: None
    ) -> Any:
        """Run one task and return its answer.

        Args:
            seconds: Most seconds of processor time.
            spent: Is told the processor time that a worker took, whatever came of it.

        Raises:
            NtrkpathError: What was sent cannot be used.
            TooLongError: The task took longer than ``seconds``; its process was ended and another one started.
            LostError: Its process ended, and so did another one.
            TooBusyError: Too many requests wait.
            FaultError: The task failed for a reason that is ours.
        """
        request = msgspec.msgpack.encode((name, arguments))
        try:
            packed, took = await self._call(request, seconds)
        except LostError:
            packed, took = await self._call(request, seconds)
        except TooLongError:
            spent(seconds)
            raise
        spent(took)
        return received(packed)

    async def ready(self) -> bool:
        """Return whether a worker answers."""
        await self._call(b"", 5.0)
        return True

    async def _call(self, request: bytes, seconds: float) -> tuple[bytes, float]:
        if self._wait >= self.waiting:
            raise TooBusyError
        self._wait += 1
        try:
            worker = await self._free.get()
        finally:
            self._wait -= 1
        call = asyncio.ensure_future(self._with(worker, request, seconds))
        # Where the visitor leaves, the worker still finishes within its time and is free again.
        return await asyncio.shield(call)

    async def _with(self, worker: _Worker, request: bytes, seconds: float) -> tuple[bytes, float]:
        """Ask one worker and set it free, or put another one in its place."""
        loop = asyncio.get_running_loop()
        try:
            answered = await loop.run_in_executor(self._threads, worker.call, request, seconds)
        except (TooLongError, LostError):
            self.ended += 1
            self._all.discard(worker)
            if self._threads is not None:
                await loop.run_in_executor(self._threads, worker.end)
                await self._add()
            raise
        self._free.put_nowait(worker)
        return answered
