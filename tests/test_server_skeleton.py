"""The server is safe by default: hosts, sites, rates, limits of size and time, and nothing of a case in a log."""

from __future__ import annotations

import asyncio
import logging
import re
import types

import pytest

pytest.importorskip("litestar", reason="needs ntrkpath[server]")

import uvicorn

from ntrkpath.model.errors import NtrkpathError
from ntrkpath.server.kit import tasks
from ntrkpath.server.kit import workers as workers_module
from ntrkpath.server.kit.answering import Here
from ntrkpath.server.kit.faults import FaultError, LostError, TooBusyError, TooLongError
from ntrkpath.server.kit.limits import Budget, Turns
from ntrkpath.server.kit.metrics import Metrics
from ntrkpath.server.kit.navigation import NAVIGATION
from ntrkpath.server.kit.settings import Settings, SettingsError
from ntrkpath.server.kit.uploads import file_name, multipart
from ntrkpath.server.kit.workers import Workers
from support.web import client, slow_case

SECRET = "Mrs-Example-of-Nowhere-1961"


@pytest.fixture(scope="module")
def web():
    with client() as made:
        yield made


def test_every_entry_of_the_navigation_leads_to_a_page(web):
    for entry in NAVIGATION:
        found = web.get(entry.address)
        assert found.status_code == 200
        assert f'href="{entry.address}" aria-current="page"' in found.text


def test_every_answer_carries_the_headers_of_safety(web):
    for path in ("/", "/nothing", "/api/v1/guideline", "/api/v1/nothing", "/static/site.css", "/health"):
        headers = web.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] in ("no-referrer", "same-origin")
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers
        assert "set-cookie" not in headers


def test_pages_are_never_kept_and_files_of_the_server_are(web):
    assert web.get("/").headers["cache-control"] == "no-store"
    address = re.search(r'href="(/static/site\.css\?v=\w+)"', web.get("/").text)[1]
    assert "immutable" in web.get(address).headers["cache-control"]
    assert web.get("/static/site.css?v=other").headers["cache-control"] == "no-cache"


def test_no_page_has_script_or_style_of_its_own(web):
    for path in ("/", "/examples", "/examples/L017", "/about", "/nothing"):
        text = web.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert "<style" not in text
        assert not re.search(r"<[^>]+\sstyle=", text)
        assert not re.search(r"<[^>]+\son[a-z]+=", text)


def test_pages_load_nothing_from_elsewhere(web):
    for path in ("/", "/examples/L017", "/about"):
        for address in re.findall(r'(?:src|action)="([^"]+)"|<link[^>]+href="([^"]+)"', web.get(path).text):
            assert "".join(address).startswith("/")
    css = web.get("/static/site.css").text
    assert "@import" not in css
    assert "url(http" not in css


def test_style_of_every_drawing_is_in_the_sheet(web):
    css = web.get("/static/site.css").text
    assert all(part in css for part in (".ntrk-figure .node", ".ntrk-fusion .kept"))


def test_an_unknown_host_is_refused(web):
    assert web.get("/", headers={"host": "attacker.example"}).status_code == 421
    assert web.get("/api/v1/guideline", headers={"host": ""}).status_code == 421


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused(web, site):
    sent = {"f:diagnosis.histology": "GIST"}
    assert web.post("/case", data=sent, headers={"sec-fetch-site": site}).status_code == 403
    assert web.post("/case", data=sent, headers={"sec-fetch-site": "same-origin"}).status_code == 200


def test_a_form_of_another_origin_is_refused_where_the_browser_says_no_more(web):
    sent = {"f:diagnosis.histology": "GIST"}
    assert web.post("/case", data=sent, headers={"origin": "https://attacker.example"}).status_code == 403
    assert web.post("/case", data=sent, headers={"origin": "http://testserver.local"}).status_code == 200


def test_errors_are_pages_or_problems(web):
    page = web.get("/nothing")
    assert page.status_code == 404
    assert "text/html" in page.headers["content-type"]
    problem = web.get("/api/v1/nothing")
    assert problem.headers["content-type"].startswith("application/problem+json")
    assert problem.json()["status"] == 404
    assert web.request("DELETE", "/case").status_code == 405


def test_health_readiness_and_metrics_answer(web):
    assert web.get("/health").json()["status"] == "ok"
    assert len(web.get("/ready").json()["sha256"]) == 64
    web.get("/about")
    assert 'ntrkpath_requests_total{route="/about",method="GET",status="200"}' in web.get("/metrics").text


def test_nothing_of_a_case_reaches_log_metrics_or_addresses(web, caplog):
    caplog.set_level(logging.DEBUG)
    web.post("/case", data={"f:diagnosis.histology": SECRET, "f:id": SECRET})
    web.post("/api/v1/recommend", json={"id": SECRET, SECRET: 1})
    web.get(f"/{SECRET}?{SECRET}={SECRET}")
    web.get(f"/examples/{SECRET}")
    # The client of this test logs what it asks for; the server does not.
    told = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    assert any("422" in line for line in told)
    assert SECRET not in "".join(told)
    assert SECRET not in web.get("/metrics").text


def test_a_fault_of_ours_tells_its_place_and_nothing_that_was_sent(monkeypatch, caplog):
    def broken(**_):
        raise ValueError(SECRET)

    monkeypatch.setattr("ntrkpath.server.case.documents.recommend", broken)
    with client() as web:
        found = web.post("/api/v1/recommend", json={"id": SECRET})
    assert found.status_code == 500
    assert SECRET not in found.text + caplog.text
    assert "ValueError in test_server_skeleton" in caplog.text


def test_a_client_that_asks_too_often_is_told_when_to_come_back():
    with client(requests_per_minute=8) as web:
        codes = [web.get("/about").status_code for _ in range(4)]
        assert codes == [200, 200, 429, 429]
        assert 1 <= int(web.get("/about").headers["retry-after"]) <= 8
        assert web.get("/health").status_code == 200


def test_requests_with_files_have_a_rate_of_their_own():
    with client(uploads_per_minute=4) as web:
        codes = [web.post("/case", files={"files": ("a.txt", b"x" * 500_000)}).status_code for _ in range(3)]
        assert codes[0] != 429
        assert codes[-1] == 429
        assert web.get("/about").status_code == 200


def test_a_rate_refills_with_time():
    now = [0.0]
    rate = Budget(60, 15, clock=lambda: now[0])
    assert [rate.wait("a", 1) for _ in range(15)] == [0.0] * 15
    assert rate.wait("a", 1) == pytest.approx(1.0)
    assert rate.wait("b", 1) == 0.0
    now[0] = 1.0
    assert rate.wait("a", 1) == 0.0


def test_too_much_at_once_is_refused():
    with client(body_bytes=2000, case_bytes=1000) as web:
        assert web.post("/case", data={"text": "x" * 5000}).status_code == 413
        assert (
            web.post("/api/v1/recommend", content=b" " * 1500, headers={"content-type": "application/json"}).status_code
            == 413
        )

        def chunks():
            for _ in range(100):
                yield b"x" * 100

        streamed = web.post("/api/v1/recommend", content=chunks(), headers={"content-type": "application/json"})
        assert streamed.status_code == 413


def test_too_many_fields_or_files_are_refused():
    with client(fields=10, files=2) as web:
        many = {f"f:diagnosis.x{i}": "1" for i in range(30)}
        assert web.post("/case", data=many).status_code == 422
        files = [("files", (f"{i}.txt", b"x")) for i in range(5)]
        assert web.post("/case", files=files).status_code in (400, 422)


@pytest.mark.parametrize("name", ["report.pdf", "reads.bam", "sheet.xlsx", "page.html", "x", "run.exe", "a.tsv.zip"])
def test_a_file_of_another_kind_is_refused(name):
    with pytest.raises(NtrkpathError, match="not read"):
        file_name(name)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd.txt", "passwd.txt"), ("C:\\users\\x\\a.tsv", "a.tsv"), ("a\x00b\n.tsv.gz", "a b .tsv.gz")],
)
def test_only_the_last_part_of_a_name_is_kept(name, kept):
    assert file_name(name) == kept


def test_a_form_that_is_cut_off_is_refused(web):
    whole = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n'
    assert multipart(whole, "b", 5, 5).one("a") == "x"
    headers = {"content-type": "multipart/form-data; boundary=b"}
    for end in (10, 40, len(whole) - 12):
        assert web.post("/case", content=whole[:end], headers=headers).status_code == 400
    assert web.post("/case", content=b"x", headers={"content-type": "text/plain"}).status_code == 415


def test_settings_that_cannot_be_are_refused():
    for wrong in ({"workers": -1}, {"seconds": 0}, {"files": 0}, {"body_bytes": -5}):
        with pytest.raises(SettingsError):
            Settings(**wrong)


def test_metrics_add_up():
    metrics = Metrics()
    for seconds in (0.001, 0.02, 99.0):
        metrics.observe("/x", "GET", 200, seconds)
    text = metrics.text()
    assert 'ntrkpath_request_seconds_bucket{route="/x",le="0.005"} 1' in text
    assert 'ntrkpath_request_seconds_bucket{route="/x",le="+Inf"} 3' in text
    assert 'ntrkpath_request_seconds_count{route="/x"} 3' in text


def _fault():
    raise KeyError(SECRET)


@pytest.fixture
def extra_tasks(monkeypatch):
    monkeypatch.setitem(tasks.TASKS, "fault", "test_server_skeleton:_fault")


def _run(count, *calls, **limits):
    async def main():
        workers = Workers(count, "wsn2020", limits.get("memory", 0), limits.get("waiting", 8))
        await workers.start()
        try:
            return [await call(workers) for call in calls], workers.ended
        finally:
            await workers.stop()

    return asyncio.run(main())


def test_a_task_that_takes_too_long_ends_its_worker_and_the_next_request_is_answered():
    case = b'{"id": "a", "diagnosis": {"histology": "GIST"}}'
    arguments = {"case": case, "yaml": False, "day": "2026-11-01", "reading": None, "files": []}

    async def endless(workers):
        with pytest.raises(TooLongError):
            await workers.run("recommend", {**arguments, "case": slow_case()}, 0.2)
        return "ended"

    async def normal(workers):
        return (await workers.run("recommend", arguments, 60))[:9]

    found, ended = _run(1, normal, endless, normal)
    assert found == [b'{"schema"', "ended", b'{"schema"']
    assert ended == 1


def test_a_worker_that_was_killed_is_replaced_and_the_request_asked_again():
    arguments = {"case": b'{"id": "a", "diagnosis": {"histology": "GIST"}}', "yaml": False, "day": "2026-11-01",
                 "reading": None, "files": []}  # fmt: skip

    async def killed(workers):
        await workers.ready()
        for worker in workers._all:
            worker.process.kill()
            worker.process.join()
        return (await workers.run("recommend", arguments, 60))[:9]

    assert _run(1, killed) == ([b'{"schema"'], 1)


def test_a_request_whose_workers_end_twice_is_answered_503(monkeypatch):
    def lost(*_):
        raise LostError

    monkeypatch.setattr(workers_module._Worker, "call", lost)

    async def asked(workers):
        with pytest.raises(LostError):
            await workers.run("recommend", {}, 1)

    assert _run(1, asked)[1] == 2
    with client() as web:
        monkeypatch.setattr(Here, "run", lost)
        answer = web.post("/api/v1/recommend", json={"id": "a", "diagnosis": {"histology": "GIST"}})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


class Clock:
    """Time that goes on when it is told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_a_client_that_has_used_its_time_of_the_workers_waits_and_others_do_not():
    clock = Clock()
    time = Budget(60, 60, clock=clock)
    assert time.wait("a") == 0
    time.spend("a", 90)
    assert 30 <= time.wait("a") < 31
    assert time.wait("b") == 0
    clock.now = 31
    assert time.wait("a") == 0


def test_time_of_the_workers_is_never_saved_up():
    clock = Clock()
    time = Budget(60, 60, clock=clock)
    clock.now = 10_000
    time.wait("a")
    time.spend("a", 61)
    assert time.wait("a") > 0


def test_a_client_has_one_slow_job_at_a_time_and_the_others_have_theirs():
    running, most = [], []

    async def job(turns, client, gate):
        async with turns.turn(client) as mine:
            if not mine:
                return False
            running.append(client)
            most.append(sorted(running))
            await gate.wait()
            running.remove(client)
            return True

    async def main():
        turns, gate = Turns(2, 2), asyncio.Event()
        jobs = [asyncio.ensure_future(job(turns, name, gate)) for name in "aaaaabc"]
        for _ in range(20):
            await asyncio.sleep(0)
        gate.set()
        return await asyncio.gather(*jobs), turns

    done, turns = asyncio.run(main())
    assert done == [True, True, True, False, False, True, True]
    assert all(len(set(names)) == len(names) <= 2 for names in most)
    assert ["a", "b"] in most
    assert not turns._own


def test_a_connection_that_never_says_what_it_asks_is_closed():
    from ntrkpath.server.kit.patience import HEAD_SECONDS, Patient

    class Loop:
        def __init__(self):
            self.later = []

        def call_later(self, seconds, then, *_):
            self.later.append((seconds, then))
            return types.SimpleNamespace(cancel=lambda: self.later.remove((seconds, then)))

    class Transport:
        closed = False

        def get_extra_info(self, *_):
            return None

        def is_closing(self):
            return self.closed

        def close(self):
            self.closed = True

    config = uvicorn.Config(lambda *_: None, http=Patient, log_config=None, ws="none", lifespan="off")
    config.load()
    loop, transport = Loop(), Transport()
    slow = Patient(config, uvicorn.server.ServerState(), {}, loop)
    slow.connection_made(transport)
    slow.data_received(b"GET / HTTP/1.1\r\nHost: a\r\n")
    ((seconds, late),) = loop.later
    assert seconds == HEAD_SECONDS
    late()
    assert transport.closed


def test_where_too_many_wait_the_next_is_sent_away():
    async def crowd(workers):
        with pytest.raises(TooBusyError):
            await workers.run("recommend", {}, 5)

    async def main():
        workers = Workers(1, "wsn2020", 0, 0)
        await crowd(workers)  # as if started, with nobody free

    asyncio.run(main())


def test_a_fault_in_a_task_is_told_without_its_text(extra_tasks):
    async def main():
        workers = Here()
        with pytest.raises(FaultError) as caught:
            await workers.run("fault", {}, 1)
        return str(caught.value)

    told = asyncio.run(main())
    assert told.startswith("KeyError in")
    assert SECRET not in told


def test_serve_listens_on_this_machine_only_unless_told_otherwise():
    from ntrkpath.cli.serve import command

    defaults = {option.name: option.default for option in command.params}
    assert defaults["host"] == "127.0.0.1"
    assert Settings().hosts == ("localhost", "127.0.0.1", "::1")
