"""Several processes serve as one: they share rates, counters and marks, and one that ends is replaced."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import re
import select
import signal
import socket
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("litestar", reason="needs ntrkpath[server]")
pytest.importorskip("jinja2", reason="needs ntrkpath[server]")

import uvicorn

from ntrkpath.cli.listening import listen
from ntrkpath.server.kit.limits import Budget
from ntrkpath.server.kit.metrics import Metrics
from ntrkpath.server.kit.patience import HEAD_BYTES, Patient
from ntrkpath.server.kit.serving import Serving
from ntrkpath.server.kit.settings import Settings
from ntrkpath.server.kit.shared import CLIENTS, COUNTERS, NAMES, Shared
from support.browser import Served, server

API = "/api/v1/recommend"
SMALLEST = {"id": "C1", "diagnosis": {"histology": "infantile fibrosarcoma"}}


def _asked(case: bytes, files: tuple[tuple[str, bytes], ...] = ()) -> dict[str, Any]:
    return {"case": case, "yaml": False, "day": "2026-11-01", "reading": None, "files": list(files)}


# What they share


def _count(shared: Shared) -> None:
    """Do in another process what a server does for a request."""
    Metrics(shared).observe("/there", "GET", 200, 0.02)
    Metrics(shared).observe("/x", "GET", 200, 0.02)
    Budget(60, 60, shared, 2).spend("a", 100)


def test_what_one_process_counts_every_process_tells() -> None:
    shared = Shared(several=True)
    here = Metrics(shared)
    here.observe("/x", "GET", 200, 0.001)
    here.count("rate_refused")
    other = multiprocessing.get_context("spawn").Process(target=_count, args=(shared,))
    other.start()
    other.join()
    assert other.exitcode == 0
    text = here.text()
    assert 'ntrkpath_requests_total{route="/x",method="GET",status="200"} 2' in text
    assert 'ntrkpath_requests_total{route="/there",method="GET",status="200"} 1' in text
    assert 'ntrkpath_request_seconds_bucket{route="/x",le="0.01"} 1' in text
    assert 'ntrkpath_request_seconds_count{route="/x"} 2' in text
    assert 'ntrkpath_events_total{event="rate_refused"} 1' in text
    assert Budget(60, 60, shared, 2).wait("a") > 30
    assert Budget(60, 60, shared, 2).wait("b") == 0
    assert Budget(60, 60, shared, 1).wait("a") == 0


def test_counters_have_an_end_and_those_before_it_go_on() -> None:
    metrics = Metrics()
    metrics.count("first")
    for number in range(COUNTERS + 10):
        metrics.count(f"e{number}")
    for number in range(3):
        metrics.count("x" * (NAMES // 2) + str(number))
    metrics.count("first")
    assert 'ntrkpath_events_total{event="first"} 2' in metrics.text()


def test_any_number_of_clients_is_told_apart_in_the_same_memory() -> None:
    budget = Budget(60, 1, clock=lambda: 0.0)
    before = budget._used.nbytes
    admitted = sum(budget.wait(f"10.0.{number // 256}.{number % 256}", 1) == 0 for number in range(CLIENTS // 8))
    assert admitted > CLIENTS // 10
    assert budget._used.nbytes == before
    assert all(budget.wait(f"10.0.0.{number}", 1) > 0 for number in range(200))


def test_the_memory_holds_no_address() -> None:
    shared = Shared()
    Budget(60, 60, shared).wait("192.0.2.77", 1)
    assert b"192.0.2.77" not in bytes(shared.budget(0)) + bytes(shared.names)


def test_a_process_that_was_killed_while_it_counted_holds_nobody_for_long() -> None:
    shared = Shared(several=True)
    lock: Any = shared.lock
    lock.held.acquire()  # and never freed
    metrics = Metrics(shared)
    metrics.count("a")
    assert 'event="a"} 1' in metrics.text()
    with lock:
        assert not lock.held.acquire(block=False)


def test_one_process_knows_the_marks_of_another() -> None:
    shared = Shared(several=True)
    one, other = (Serving(Settings(workers=0), shared=shared) for _ in range(2))
    assert other.signed(b"verdicts", one.sign(b"verdicts"))
    assert not Serving(Settings(workers=0)).signed(b"verdicts", one.sign(b"verdicts"))


# What is decided where it came in


@pytest.mark.parametrize(
    ("name", "arguments", "here"),
    [
        ("recommend", _asked(json.dumps(SMALLEST).encode()), True),
        ("recommend", _asked(json.dumps(SMALLEST).encode() + b" " * 5000), False),
        ("recommend", _asked(json.dumps(SMALLEST).encode(), (("a.tsv", b"x"),)), False),
        ("histology", {"text": "GIST"}, True),
        ("case", {"sent": {"text": ["x"]}, "files": [], "carried": b"", "day": "2026-11-01"}, False),
        ("strategy", {}, False),
    ],
)
def test_only_what_is_small_and_has_no_file_is_decided_in_line(
    monkeypatch: pytest.MonkeyPatch, name: str, arguments: dict[str, Any], here: bool
) -> None:
    async def asked() -> Any:
        serving = Serving(Settings(workers=1), shared=Shared(several=True))

        async def away(*_: Any) -> bytes:
            return b"by a worker"

        monkeypatch.setattr(serving.workers, "run", away)
        return await serving.run(name, client="a", **arguments)

    assert (asyncio.run(asked()) != b"by a worker") == here
    if hasattr(signal, "getitimer"):
        assert signal.getitimer(signal.ITIMER_PROF)[0] == 0


def test_what_is_decided_in_line_is_taken_from_the_time_of_its_client() -> None:
    shared = Shared(several=True)
    serving = Serving(Settings(workers=0), shared=shared)
    asyncio.run(serving.run("recommend", client="a", **_asked(json.dumps(SMALLEST).encode())))
    assert max(shared.budget(2)[::2]) > 0


# The connection


def test_an_answer_does_not_wait_for_the_receipt_of_its_head() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        line, _ = listening.accept()
        with line:
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_connection_whose_head_has_no_end_is_closed() -> None:
    class Transport:
        closed = False

        def get_extra_info(self, *_: Any) -> None:
            return None

        def is_closing(self) -> bool:
            return self.closed

        def write(self, _: bytes) -> None:
            return None

        def close(self) -> None:
            self.closed = True

    config = uvicorn.Config(lambda *_: None, http=Patient, log_config=None, ws="none", lifespan="off")
    config.load()
    loop = types.SimpleNamespace(call_later=lambda *_: types.SimpleNamespace(cancel=lambda: None))
    transport: Any = Transport()
    endless = Patient(config, uvicorn.server.ServerState(), {}, loop)
    endless.connection_made(transport)
    endless.data_received(b"GET / HTTP/1.1\r\n")
    sent = 0
    while not transport.closed and sent < 2 * HEAD_BYTES:
        endless.data_received(b"X: " + b"a" * 1000 + b"\r\n")
        sent += 1005
    assert transport.closed


# The processes


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with server("--workers", "2") as served:
        yield served


def _children(pid: int) -> set[int]:
    """Return the processes that serve, of all that a first one started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        pytest.skip("needs /proc")
    found = set()
    for one in listed.read_text().split():
        with suppress(FileNotFoundError):  # it has ended meanwhile
            if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes():
                found.add(int(one))
    return found


@contextmanager
def _ending(pids: set[int]) -> Iterator[list[int]]:
    """Give handles of processes, held before they end so that no other bears the number; wait for each to end."""
    if not hasattr(os, "pidfd_open"):
        pytest.skip("needs pidfd_open")
    ends = [os.pidfd_open(pid) for pid in pids]
    yield ends
    for end in ends:
        assert select.select([end], [], [], 60)[0]
        os.close(end)


def _posted(served: Served, case: dict[str, Any]) -> tuple[int, bytes]:
    import httpx

    found = httpx.post(served.address + API, json=case, timeout=60)
    return found.status_code, found.content


def test_counters_are_those_of_all_processes(running: Served) -> None:
    import httpx

    answers = {_posted(running, SMALLEST) for _ in range(20)}
    assert len(answers) == 1
    text = httpx.get(running.address + "/metrics").text
    counted = re.search(rf'ntrkpath_requests_total{{route="{API}",method="POST",status="200"}} (\d+)', text)
    assert counted is not None
    assert int(counted[1]) == 20


def test_processes_that_end_are_replaced(running: Served) -> None:
    before = _children(running.process.pid)
    assert len(before) == 2
    for one_goes_on in (True, False):  # where every one was killed, only a new one answers
        with _ending(_children(running.process.pid)) as ends:
            if one_goes_on:
                os.close(ends.pop())
            for end in ends:
                signal.pidfd_send_signal(end, signal.SIGKILL)
        assert _posted(running, SMALLEST)[0] == 200
    assert _children(running.process.pid).isdisjoint(before)


def test_processes_end_with_the_one_that_watches_them() -> None:
    with server("--workers", "2") as served, _ending(_children(served.process.pid)):
        served.process.kill()
        served.process.wait()


def test_the_first_page_waits_for_nothing_that_is_made_ready_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from litestar.testing import TestClient

    from ntrkpath.server import app

    seen, done = threading.Event(), list[bool]()
    monkeypatch.setattr(app, "warm", lambda edition: done.append(seen.wait(30)))
    shared = Shared(several=True)
    with TestClient(app.create_app(Settings(demo=True, workers=1), shared=shared)) as client:
        try:
            assert client.get("/", headers={"host": "127.0.0.1"}).status_code == 200
            assert done == []
        finally:
            seen.set()
