"""One task run and packed: what a worker process does for the server, and the page's own browser for itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import msgspec

from ntrkpath.model import errors
from ntrkpath.model.errors import NtrkpathError
from ntrkpath.server.kit import tasks
from ntrkpath.server.kit.faults import FaultError, place_of


def answer(request: bytes) -> bytes:
    """Run one task: a packed name and arguments in, a packed answer or error out."""
    name, arguments = msgspec.msgpack.decode(request)
    try:
        return msgspec.msgpack.encode(("ok", tasks.run(name, arguments)))
    except Exception as error:  # noqa: BLE001 - one bad request must not end the server, and is told as a fault
        return _refused(error)


def _refused(error: Exception) -> bytes:
    """Return what a task failed by, packed."""
    if isinstance(error, NtrkpathError):
        told = {
            "kind": error.kind, "problem": error.problem, "where": error.where, "allowed": error.allowed,
            "value": None if error.value is None else str(error.value)[:200], "remedy": error.remedy,
        }  # fmt: skip
        return msgspec.msgpack.encode(("error", told))
    if isinstance(error, MemoryError):
        told = {"kind": "error", "problem": "reading this takes more memory than allowed", "where": "", "value": None,
                "allowed": "", "remedy": "send a smaller file, or use the command line"}  # fmt: skip
        return msgspec.msgpack.encode(("error", told))
    return msgspec.msgpack.encode(("fault", place_of(error)))


def received(packed: bytes) -> Any:
    """Return the answer that a worker packed.

    Raises:
        NtrkpathError: What was sent cannot be used.
        FaultError: The task failed for a reason that is ours.
    """
    state, told = msgspec.msgpack.decode(packed)
    if state == "ok":
        return told
    if state == "fault":
        raise FaultError(told)
    kinds = {kind.kind: kind for kind in (
        errors.CaseError, errors.GuidanceError, errors.HistologyError, errors.ReaderError, errors.AnnotationError
    )}  # fmt: skip
    kind = kinds.get(told.pop("kind"), NtrkpathError)
    problem = told.pop("problem")
    raise kind(problem, **told)


class Here:
    """In the place of worker processes: tasks run where the pages are made; who calls sees to time and memory."""

    async def start(self) -> None:
        """Do nothing: no process is needed."""

    async def stop(self) -> None:
        """Do nothing: no process was started."""

    async def ready(self) -> bool:
        """Return that tasks can be run."""
        return True

    async def run(
        self, name: str, arguments: dict[str, Any], seconds: float = 0, spent: Callable[[float], None] = lambda _: None
    ) -> Any:
        """Run one task and return its answer; one that is awaited gives others their turn.

        Raises:
            NtrkpathError: What was sent cannot be used.
            FaultError: The task failed for a reason that is ours.
        """
        try:
            found = tasks.run(*msgspec.msgpack.decode(msgspec.msgpack.encode((name, arguments))))
            packed = msgspec.msgpack.encode(("ok", await found if inspect.isawaitable(found) else found))
        except Exception as error:  # noqa: BLE001 - told as a worker process tells it
            packed = _refused(error)
        return received(packed)
