"""Bars: the server, asked over HTTP by this process beside it on the same machine.

python -m benchmarks.server [SECONDS]
"""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import msgspec

from benchmarks.frame import Taken, record, tree_seconds
from ntrkpath.pathway import read_cases
from ntrkpath.pathway.examples import examples

CONNECTIONS = 8
STEADY = 100
PAGES = (
    "/",
    "/case",
    "/examples",
    "/examples/L017",
    "/guidance",
    "/fusions",
    "/evidence",
    "/strategy",
    "/cohort",
    "/about",
)


def _bodies(count: int) -> list[bytes]:
    """Return cases made of the published ones with other ids, ages and extents, so that answers are not alike."""
    plain = [msgspec.to_builtins(case) for case in read_cases(examples())]
    extents = ("localized", "locally_advanced_unresectable", "metastatic", None)
    found = []
    for i in range(count):
        case = dict(plain[i % len(plain)], id=f"synthetic-{i}", patient={"age": i % 90})
        case["disease"] = {"extent": extents[i % 4]} if extents[i % 4] else {}
        found.append(msgspec.json.encode(case))
    return found


class Connection:
    """One connection that stays open and asks one thing after the other."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> Connection:
        """Connect."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def post(self, body: bytes) -> int:
        """Ask for one recommendation; return the status."""
        head = (
            f"POST /api/v1/recommend HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        answer = await self.reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
        assert length is not None
        await self.reader.readexactly(int(length[1]))
        return int(answer[9:12])


async def _as_fast_as_possible(
    port: int, seconds: float, bodies: list[bytes], connections: int = CONNECTIONS
) -> tuple[float, list[float]]:
    """Ask again on each connection as soon as it is answered; return answers a second, and the seconds of each."""
    opened = [await Connection(port).open() for _ in range(connections)]
    taken: list[float] = []
    end = time.perf_counter() + seconds

    async def ask(connection: Connection, at: int) -> None:
        while (asked := time.perf_counter()) < end:
            status = await connection.post(bodies[at % len(bodies)])
            assert status == 200, status
            taken.append(time.perf_counter() - asked)
            at += connections

    started = time.perf_counter()
    await asyncio.gather(*(ask(connection, i) for i, connection in enumerate(opened)))
    return len(taken) / (time.perf_counter() - started), taken


async def _steadily(port: int, seconds: float, bodies: list[bytes]) -> list[float]:
    """Ask at a fixed rate, whether answers have come or not; return the seconds from the planned time on."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(4 * CONNECTIONS):
        free.put_nowait(await Connection(port).open())
    taken: list[float] = []

    async def ask(planned: float, body: bytes) -> None:
        connection = await free.get()
        assert await connection.post(body) == 200
        taken.append(time.perf_counter() - planned)
        free.put_nowait(connection)

    started = time.perf_counter()
    tasks = []
    for i in range(int(seconds * STEADY)):
        planned = started + i / STEADY
        await asyncio.sleep(max(0.0, planned - time.perf_counter()))
        tasks.append(asyncio.create_task(ask(planned, bodies[i % len(bodies)])))
    await asyncio.gather(*tasks)
    return taken


def _get(port: int, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as found:
            return found.status, found.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


def _slowest_hundredth(taken: list[float]) -> float:
    """Return the milliseconds that all but a hundredth of the answers stayed under."""
    return 1000 * sorted(taken)[math.ceil(0.99 * len(taken)) - 1]


def _first_page(port: int) -> tuple[subprocess.Popen[bytes], float]:
    command = [str(Path(sys.executable).with_name("ntrkpath")), "serve", "--demo", "--port", str(port)]
    started = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while time.perf_counter() - started < 30:
        try:
            if _get(port, "/")[0] == 200:
                break
        except OSError:
            time.sleep(0.01)
    return process, time.perf_counter() - started


#: An application of uvicorn alone, which reads a body and answers as many bytes as a recommendation has.
_BARE = """
import sys, uvicorn
ANSWER = b"x" * int(sys.argv[2])
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]
async def app(scope, receive, send):
    if scope["type"] == "http":
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": ANSWER})
uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_config=None, lifespan="off")
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _idle(pid: int) -> float:
    """Wait until a process and its children rest, as far as they come to rest, and return their processor seconds."""
    spent = tree_seconds(str(pid))
    for _ in range(60):
        time.sleep(1)
        before, spent = spent, tree_seconds(str(pid))
        if spent - before < 0.03:
            break
    return spent


def _beside_bare(pid: int, port: int, bodies: list[bytes], asked: int = 1500) -> tuple[Taken, Taken]:
    """Return what a recommendation over HTTP takes, and an answer of uvicorn alone."""

    async def ask(at: int) -> None:
        connection = await Connection(at).open()
        for i in range(asked):
            assert await connection.post(bodies[i % len(bodies)]) == 200

    other = _free_port()
    bare = subprocess.Popen([sys.executable, "-c", _BARE, str(other), "12000"], stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", other)).close()
                break
            except OSError:
                time.sleep(0.05)
        found = []
        for process, at in ((pid, port), (bare.pid, other)):
            before, started = _idle(process), time.perf_counter()
            asyncio.run(ask(at))
            clock = time.perf_counter() - started
            found.append(Taken((tree_seconds(str(process)) - before) / asked, clock / asked))
        return found[0], found[1]
    finally:
        bare.terminate()
        bare.wait(10)


def main(seconds: float = 3.0) -> None:
    """Measure and print; in much more seconds one client would have no requests left."""
    port = _free_port()
    process, first = _first_page(port)
    try:
        record("server.first", first)
        print(f"{'first page of serve --demo':<52} {first:8.2f} s      bar 2")
        assets = sum(
            len(_get(port, path)[1]) for path in set(re.findall(r'/static/[^"]+', _get(port, "/")[1].decode()))
        )
        slowest = heaviest = 0.0
        for path in PAGES:
            times = []
            status, content = _get(port, path)
            if status != 200:
                continue
            for _ in range(15):
                started = time.perf_counter()
                _get(port, path)
                times.append(1000 * (time.perf_counter() - started))
            weight = (len(content) + assets) / 1000
            took = statistics.median(times)
            slowest, heaviest = max(slowest, took), max(heaviest, weight)
            print(f"page {path:<22} {took:8.1f} ms (bar 100) {weight:6.0f} kB with its files (bar 300)")
        record("server.page", slowest)
        record("server.weight", heaviest)
        bodies = _bodies(2000)
        ours, bare = _beside_bare(process.pid, port, bodies)
        print(
            f"{'a recommendation over HTTP, processor time':<52} {1000 * ours.processor:8.2f} ms, "
            f"{ours.beside(bare)} an answer of uvicorn alone"
        )
        record("server.beside_bare", *ours.over(bare))
        record("server.each", 1000 * ours.processor, 1000 * ours.clock)
        rate, _ = asyncio.run(_as_fast_as_possible(port, seconds, bodies))
        record("server.rate", rate)
        print(f"{'recommendations over HTTP, 8 connections':<52} {rate:8.0f} /s     bar 300")
        for connections, row in ((4, "server.p99_of_4"), (32, "server.p99_of_32")):
            rate, taken = asyncio.run(_as_fast_as_possible(port, seconds, bodies, connections))
            p99 = _slowest_hundredth(taken)
            record(row, p99)
            print(f"{f'{connections} connections that ask on and on: p99':<52} {p99:8.1f} ms at {rate:.0f} /s")
        taken = asyncio.run(_steadily(port, seconds, bodies))
        p99 = _slowest_hundredth(taken)
        record("server.p99", p99)
        print(f"{'at 100/s: median, p99':<52} {1000 * statistics.median(taken):8.1f} ms, {p99:.1f} ms   bar 60")
        print(f"as of {dt.date.today()}")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(10)


if __name__ == "__main__":
    main(*(float(a) for a in sys.argv[1:]))
