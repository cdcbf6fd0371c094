"""A PostgreSQL of one's own for tests, which listens on a socket only; skipped where there is none."""

from __future__ import annotations

import os
import pwd
import select
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

#: Seconds after which a killed process counts as stuck; none is waited for that has ended.
_LONGEST = 10.0


def _program(name: str) -> str | None:
    # The server's own programs lie beside each other; what Debian puts on the path wraps them.
    installed = sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")))
    return installed[-1] if installed else shutil.which(name)


def _end_all(processes: list[int]) -> None:
    """Kill processes without warning, and return as soon as each has ended, whether or not anything reaps it."""
    ends: list[int] = []
    try:
        for process in processes:
            with suppress(ProcessLookupError):
                ends.append(os.pidfd_open(process))  # held before the kill, so that no other bears the number
        for end in ends:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(end, signal.SIGKILL)
        for end in ends:
            ended, _, _ = select.select([end], [], [], _LONGEST)
            assert ended, "a killed process stays"
    finally:
        for end in ends:
            os.close(end)


class Server:
    """A running server: ``place`` is the directory of its socket, ``ntrkpath`` its superuser."""

    def __init__(self) -> None:
        programs = [_program(name) for name in ("initdb", "pg_ctl", "psql")]
        if None in programs:
            pytest.skip("PostgreSQL is not installed")
        self._initdb, self._pg_ctl, self._client = (str(program) for program in programs)
        self._as_user: list[str] = []
        owner = None
        if os.getuid() == 0:
            try:
                owner = pwd.getpwnam("postgres")
            except KeyError:
                pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        self.place = Path(tempfile.mkdtemp(prefix="ntrkpath-pg-"))
        if owner is not None:
            os.chown(self.place, owner.pw_uid, owner.pw_gid)
            self._as_user = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
        self._data = str(self.place / "data")
        settings = ("-A", "trust", "-U", "ntrkpath", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run(self._initdb, "-D", self._data, *settings)
        self.start()

    def _run(self, *command: str) -> None:
        subprocess.run([*self._as_user, *command], check=True, capture_output=True, cwd=self.place)

    def start(self) -> None:
        options = f"-k {self.place} -c listen_addresses='' -c fsync=off"
        self._run(self._pg_ctl, "-D", self._data, "-w", "-l", str(self.place / "log"), "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run(self._pg_ctl, "-D", self._data, "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """Kill the server and every process of it without warning, and wait until they are gone."""
        postmaster = int((self.place / "data" / "postmaster.pid").read_text().split()[0])
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True, text=True)
        every = [postmaster, *map(int, children.stdout.split())]
        _end_all(every)
        # Where nothing reaps the dead their numbers stay taken, and the server would take the locks for held.
        for lock in (self.place / "data" / "postmaster.pid", *self.place.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)

    def sql(self, *arguments: str) -> str:
        command = [self._client, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.place), "-U", "ntrkpath"]
        command += ["-d", "postgres", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def address(self, database: str, user: str = "ntrkpath") -> str:
        """Return the address of a database."""
        return f"postgresql://{user}@/{database}?host={self.place}"

    def end(self) -> None:
        """Stop it, and leave nothing."""
        self.stop()
        shutil.rmtree(self.place)


def running() -> Iterator[Any]:
    """Yield a server that runs as long as it is wanted; for a fixture."""
    server = Server()
    yield server
    server.end()
