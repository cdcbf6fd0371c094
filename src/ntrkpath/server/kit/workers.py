"""Worker processes: what a visitor sent is read and decided there, within limits of time and memory."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.server.kit import tasks
from ntrkpath.server.kit.answering import answer, received
from ntrkpath.server.kit.faults import LostError, TooBusyError, TooLongError
from ntrkpath.server.kit.limits import processor_time

#: Workers are forked from a process that has loaded the guidance, where the system can; else each loads it itself.
_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_START_SECONDS = 120.0
#: A worker is ended by its processor time; one that only waits, after so many times that limit.
_PATIENCE = 30.0
#: What leads a message: the bytes that follow, and the processor time that it may take, or took.
_HEAD = struct.Struct("<Qd")
#: Files of a worker lie in memory where the system can: what a visitor sent never reaches a disk.
_MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a private directory there


def _work(theirs: socket.socket, edition: str, memory: int, private: str) -> None:
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
    requests = theirs.makefile("rb")
    try:
        theirs.sendall(_HEAD.pack(0, 0.0))
        while head := requests.read(_HEAD.size):
            size, seconds = _HEAD.unpack(head)
            request = requests.read(size)
            started = time.process_time()
            processor_time(seconds)
            packed = answer(request)
            processor_time(0)
            theirs.sendall(_HEAD.pack(len(packed), time.process_time() - started) + packed)
    except (OSError, struct.error):
        pass
    shutil.rmtree(private, ignore_errors=True)  # the server has gone: nobody else removes it


class _Answers(asyncio.Protocol):
    """What comes from one worker: an answer to each request, the first one to none, when it is ready."""

    def __init__(self) -> None:
        self._held = bytearray()
        self.next: asyncio.Future[tuple[bytes, float]] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Take what came; an answer comes as a whole to the one who waits for it."""
        self._held += data
        if len(self._held) < _HEAD.size:
            return
        size, seconds = _HEAD.unpack_from(self._held)
        if len(self._held) >= _HEAD.size + size and not self.next.done():
            self.next.set_result((bytes(self._held[_HEAD.size :]), seconds))
            self._held.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        """Say that the process has ended."""
        if not self.next.done():
            self.next.set_exception(LostError())
            self.next.exception()  # whether somebody waits for it or not


class _Worker:
    """One process and our end of its connection."""

    _transport: asyncio.Transport
    _answers: _Answers

    def __init__(self, context: Any, edition: str, memory: int) -> None:
        self.connection, theirs = socket.socketpair()
        self.connection.setblocking(False)
        # The server's, not the worker's own: a worker that is ended at its limit could not remove it.
        self.private = tempfile.mkdtemp(prefix="ntrkpath-", dir=_MEMORY if _MEMORY.is_dir() else None)
        self.process = context.Process(target=_work, args=(theirs, edition, memory, self.private), daemon=True)
        self.process.start()
        theirs.close()
        self.ready = False

    async def connect(self) -> None:
        """Begin to listen to the process."""
        loop = asyncio.get_running_loop()
        local = self.connection.family == getattr(socket, "AF_UNIX", None)
        open_connection: Any = loop.create_unix_connection if local else loop.create_connection
        self._transport, self._answers = await open_connection(_Answers, sock=self.connection)

    async def call(self, request: bytes, seconds: float) -> tuple[bytes, float]:
        """Return the answer and the processor time that it took.

        Raises:
            TooLongError: It took more processor time than ``seconds``, or the worker came to a stand.
            LostError: The process ended for another reason.
        """
        try:
            if not self.ready:
                await self._next(_START_SECONDS)
                self.ready = True
            if not request:
                return b"", 0.0
            self._transport.write(_HEAD.pack(len(request), seconds) + request)
            # Where the system has no such limit, time alone ends the worker.
            return await self._next(seconds * _PATIENCE if hasattr(signal, "setitimer") else seconds)
        except LostError:
            await asyncio.get_running_loop().run_in_executor(None, self.process.join, 5)
            if self.process.exitcode == -getattr(signal, "SIGPROF", 0):
                raise TooLongError from None
            raise

    async def _next(self, seconds: float) -> tuple[bytes, float]:
        try:
            async with asyncio.timeout(seconds):
                found: tuple[bytes, float] = await self._answers.next
        except TimeoutError:
            raise TooLongError from None
        self._answers.next = asyncio.get_running_loop().create_future()
        if self._transport.is_closing():
            self._answers.connection_lost(None)
        return found

    def end(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.join(5)
        shutil.rmtree(self.private, ignore_errors=True)

    def close(self) -> None:
        """Listen no more."""
        self._transport.close()


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
        self._context: Any = None
        self._stopped = False

    async def start(self) -> None:
        """Start the processes, unless all was stopped before; they load the guidance while the server listens."""
        if self._stopped:
            return
        self._context = multiprocessing.get_context(_METHOD)
        if _METHOD == "forkserver":
            self._context.set_forkserver_preload(["ntrkpath.server.kit.preload"])
        await asyncio.gather(*(self._add() for _ in range(self.count)))

    async def _add(self) -> None:
        loop = asyncio.get_running_loop()
        worker = await loop.run_in_executor(None, _Worker, self._context, self.edition, self.memory)
        if self._stopped:
            await loop.run_in_executor(None, worker.end)
            return
        self._all.add(worker)
        await worker.connect()
        self._free.put_nowait(worker)

    async def stop(self) -> None:
        """End the processes."""
        self._stopped = True
        for worker in list(self._all):
            worker.close()
            worker.end()
        self._all.clear()

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
        try:
            answered = await worker.call(request, seconds)
        except (TooLongError, LostError):
            self.ended += 1
            self._all.discard(worker)
            if not self._stopped:
                worker.close()
                await asyncio.get_running_loop().run_in_executor(None, worker.end)
                await self._add()
            raise
        self._free.put_nowait(worker)
        return answered
