"""How a server runs: what uvicorn is told, and several processes that accept at one address, watched by a first one."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
import sys
from functools import partial
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from ntrkpath.server.kit.patience import Patient
from ntrkpath.server.kit.settings import Settings
from ntrkpath.server.kit.shared import Shared

#: One line a request, to standard error, without anything that a visitor sent.
_LOG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(message)s"}},
    "handlers": {"error": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"ntrkpath.server": {"handlers": ["error"], "level": "INFO", "propagate": False}},
}


def serve(app: Any, listening: socket.socket) -> None:
    """Serve in this process until a signal ends it, and let requests that have begun come to their end."""
    uvicorn.Server(_config(app)).run(sockets=[listening])


def serve_by_several(settings: Settings, listening: socket.socket, processes: int) -> None:
    """Serve in several processes until a signal ends them; each accepts connections, and is started anew if it ends."""
    app = partial(_one_of_several, settings, Shared(several=True))
    config = _config(app, factory=True, workers=processes)
    Multiprocess(config, sockets=[listening]).run()


def _one_of_several(settings: Settings, shared: Shared) -> Any:
    """Make ready what decides, and return the application; called in the process that serves."""
    # Nothing is served yet: a signal ends this process at once.
    later = {one: signal.signal(one, signal.SIG_DFL) for one in (signal.SIGINT, signal.SIGTERM)}
    shared.take_turn()
    from ntrkpath.server.app import create_app  # the process that watches needs none of it
    from ntrkpath.server.kit.tasks import warm

    _end_with_parent()
    warm(settings.edition)
    app = create_app(settings, shared=shared)
    for one, handler in later.items():
        signal.signal(one, handler)
    return app


def _config(app: Any, **options: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app, http=Patient, access_log=False, log_config=_LOG, server_header=False, limit_concurrency=512,
        timeout_keep_alive=15, timeout_graceful_shutdown=5, lifespan="on", ws="none", **options,
    )  # fmt: skip


def _end_with_parent() -> None:
    """Have this process end where the one that watches it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None and sys.platform != "win32":
        loop = asyncio.get_running_loop()

        def ended() -> None:
            loop.remove_reader(parent.sentinel)
            os.kill(os.getpid(), signal.SIGTERM)

        loop.add_reader(parent.sentinel, ended)
