"""What a deployment of the server may set, with defaults that are safe on one's own machine."""

from __future__ import annotations

import datetime as dt

import msgspec

from ntrkpath.model.errors import NtrkpathError

MIB = 1024 * 1024

#: Names under which one's own machine is reached.
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class SettingsError(NtrkpathError):
    """A setting of the server cannot be used."""

    kind = "settings"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the server.

    Args:
        edition: Edition of the guidance.
        demo: Open on a published case.
        as_of: The date whose labels count; today where not given.
        hosts: Names under which the server may be asked; others are refused (DNS rebinding).
        workers: Worker processes; 0 decides in the serving process, without limits of time and memory (tests).
        seconds: Most seconds of a worker's processor time that one request may take; then the worker is ended.
        batch_seconds: The same for one block of a batch.
        memory: Most bytes of address space of a worker; libraries reserve far more than they use. 0 for no limit.
        waiting: Most requests that wait for a worker; more are answered with 503.
        case_bytes: Most bytes of one case.
        body_bytes: Most bytes of a request with files.
        batch_bytes: Most bytes of a batch.
        unpacked_bytes: Most bytes of the files of a cohort when unpacked.
        batch_rows: Most rows of a cohort.
        files: Most files in a request.
        fields: Most fields of a form.
        requests_per_minute: Most requests of one client in a minute.
        uploads_per_minute: Most requests with files of one client in a minute.
        worker_seconds_per_minute: Most seconds of the workers' processor time that one client may use in a minute.
    """

    edition: str = "wsn2020"
    demo: bool = False
    as_of: dt.date | None = None
    hosts: tuple[str, ...] = LOOPBACK
    workers: int = 2
    seconds: float = 10.0
    batch_seconds: float = 30.0
    memory: int = 4096 * MIB
    waiting: int = 64
    case_bytes: int = 256 * 1024
    body_bytes: int = 16 * MIB
    batch_bytes: int = 16 * MIB
    unpacked_bytes: int = 64 * MIB
    batch_rows: int = 200_000
    files: int = 8
    fields: int = 400
    requests_per_minute: int = 30_000
    uploads_per_minute: int = 120
    worker_seconds_per_minute: float = 60.0

    def __post_init__(self) -> None:
        for name in ("workers", "memory"):
            if getattr(self, name) < 0:
                raise SettingsError("below zero", where=name, value=getattr(self, name), allowed="0 or more")
        for name in (
            "seconds", "batch_seconds", "waiting", "case_bytes", "body_bytes", "batch_bytes", "files", "fields",
            "unpacked_bytes", "batch_rows",
            "requests_per_minute", "uploads_per_minute",
            "worker_seconds_per_minute",
        ):  # fmt: skip
            if getattr(self, name) <= 0:
                raise SettingsError("not above zero", where=name, value=getattr(self, name), allowed="above 0")

    @property
    def day(self) -> dt.date:
        """The date whose labels count."""
        return self.as_of or dt.date.today()


def alone(settings: Settings) -> None:
    """Check that a server is reached from this machine alone, as the pages of a registry must be.

    Raises:
        SettingsError: It answers under the name of another machine.
    """
    for host in settings.hosts:
        if host not in LOOPBACK:
            raise SettingsError(
                "the pages of a registry are reached from this machine alone", where="hosts", value=host,
                allowed=LOOPBACK, remedy="serve it without --host and --allow-host",
            )  # fmt: skip
