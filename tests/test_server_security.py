"""What the server does with requests that mean harm, with patients' data, and with its own errors."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import re
import socket
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.witness import ROOT, Markup, patterns, template_of, walk

pytest.importorskip("litestar", reason="needs ntrkpath[server]")
pytest.importorskip("jinja2", reason="needs ntrkpath[server]")

from ntrkpath.server.app import create_app
from ntrkpath.server.kit import faults, shield, tasks, workers
from ntrkpath.server.kit.settings import LOOPBACK, Settings
from support.browser import Served, server
from support.web import client

API = "/api/v1/recommend"
SMALLEST = {"id": "C1", "diagnosis": {"histology": "infantile fibrosarcoma"}}
#: Where forms are sent to that no page can be opened at.
_POSTED = ("/case/pdf", "/case/json", "/case/file", "/fusions/file")
SERVER = ROOT / "src" / "ntrkpath" / "server"


@pytest.fixture(scope="module")
def web() -> Iterator[Any]:
    with client(requests_per_minute=1_000_000) as made:
        yield made


@pytest.fixture(scope="module")
def routes() -> dict[str, re.Pattern[str]]:
    return patterns(create_app(Settings(workers=0)).app)


@pytest.fixture(scope="module")
def pages(web: Any, routes: dict[str, re.Pattern[str]]) -> dict[str, Any]:
    return walk(web, routes)


@pytest.fixture(scope="module")
def answers(web: Any, pages: dict[str, Any]) -> dict[str, Any]:
    """One answer of every kind: pages, posts, JSON, errors."""
    found = {f"GET {address}": answer for address, answer in pages.items()}
    found["POST /case"] = web.post("/case", data={"start:histology": "infantile fibrosarcoma"})
    found["POST /case bad"] = web.post("/case", data={"text": "id: ["})
    found["POST API"] = web.post(API, json=SMALLEST)
    found["POST API bad"] = web.post(API, json={"id": "C1"})
    for address in ("/health", "/ready", "/metrics", "/api/v1/openapi.json", "/nowhere", "/api/v1/nowhere"):
        found[f"GET {address}"] = web.get(address)
    found["DELETE /"] = web.delete("/")
    found["other host"] = web.get("/", headers={"host": "elsewhere.example"})
    found["other site"] = web.post("/case", headers={"sec-fetch-site": "cross-site"})
    return found


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with server("--seconds", "2") as served:
        yield served


# Answers


def test_every_page_of_the_walk_answers(pages: dict[str, Any]) -> None:
    assert [(address, a.status_code) for address, a in pages.items() if a.status_code != 200] == []
    assert len(pages) > 10


def test_every_answer_carries_the_headers_of_safety(answers: dict[str, Any]) -> None:
    for what, answer in answers.items():
        headers = answer.headers
        policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'", what
        assert policy["script-src"] == policy["style-src"] == "'self'", what
        assert policy["base-uri"] == policy["frame-ancestors"] == "'none'", what
        assert policy["form-action"] == "'self'", what
        assert "unsafe" not in headers["content-security-policy"], what
        assert headers["x-content-type-options"] == "nosniff", what
        assert headers["referrer-policy"] == "same-origin", what
        assert headers["cross-origin-opener-policy"] == "same-origin", what
        assert headers["cross-origin-resource-policy"] == "same-origin", what
        kind = headers.get("content-type", "")
        assert kind or not answer.content, what
        assert not kind.startswith("text/") or "charset=utf-8" in kind, what
        if "/static/" not in what:
            assert headers["cache-control"] == "no-store", what
        assert "server" not in headers or "/" not in headers["server"], what


def test_no_page_holds_script_or_style_of_its_own(answers: dict[str, Any]) -> None:
    kinds = {w: a for w, a in answers.items() if a.headers.get("content-type", "").startswith("text/html")}
    assert len(kinds) > 10
    assert {what: own for what, a in kinds.items() if (own := Markup(a.text).own)} == {}


def test_links_lead_only_here_or_to_https(answers: dict[str, Any]) -> None:
    wrong = []
    for what, answer in answers.items():
        if answer.headers.get("content-type", "").startswith("text/html"):
            for name, link in Markup(answer.text).addresses():
                here = (link.startswith("/") and not link.startswith("//")) or link.startswith("#")
                if not here and not (name == "href" and link.startswith("https://")):
                    wrong.append((what, name, link))
    assert wrong == []


def test_no_cookie_is_ever_set(answers: dict[str, Any]) -> None:
    assert [what for what, answer in answers.items() if "set-cookie" in answer.headers] == []


def test_no_other_site_may_read(web: Any) -> None:
    for address, method in (("/", "GET"), (API, "POST"), (API, "OPTIONS"), ("/api/v1/openapi.json", "GET")):
        answer = web.request(method, address, headers={"origin": "https://elsewhere.example"})
        assert [name for name in answer.headers if name.startswith("access-control-")] == []


def test_https_is_remembered_for_a_year() -> None:
    with client() as plain:
        assert "strict-transport-security" not in plain.get("/about").headers
        plain.base_url = "https://testserver.local"
        told = plain.get("/about").headers["strict-transport-security"]
    assert int(told.partition("max-age=")[2].partition(";")[0]) >= 365 * 24 * 3600


def test_every_route_is_known(routes: dict[str, re.Pattern[str]], pages: dict[str, Any]) -> None:
    """A route that nothing leads to is named here, so that none is open by oversight."""
    reached = {template_of(address.partition("?")[0], routes) for address in pages}
    rest = {route for route in routes if route not in reached and not route.startswith("/api/v1/")}
    assert rest == {"/health", "/ready", "/metrics", *_POSTED}


# Who may ask


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "", "localhost.elsewhere.example", "127.0.0.1.nip.io", "testserver.local@x", "[::2]"]
)
def test_unknown_hosts_are_refused(web: Any, host: str) -> None:
    answer = web.post(API, json=SMALLEST, headers={"host": host})
    assert answer.status_code == 421
    assert "tier" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"origin": "http://testserver.local.elsewhere.example"},
    ],
)
def test_another_site_cannot_send(web: Any, headers: dict[str, str]) -> None:
    for address, given in ((API, {"json": SMALLEST}), ("/case", {"data": {"start:histology": "GIST"}})):
        assert web.post(address, headers=headers, **given).status_code == 403
    own = {"sec-fetch-site": "same-origin", "origin": "http://testserver.local"}
    assert web.post(API, json=SMALLEST, headers=own).status_code == 200
    assert web.post(API, json=SMALLEST, headers={"origin": "http://testserver.local:8000"}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "BREW"])
def test_other_methods_are_refused(web: Any, method: str) -> None:
    for address in ("/", "/case", API):
        answer = web.request(method, address)
        assert answer.status_code in (405, 501)


def test_cases_are_accepted_by_post_alone(web: Any, routes: dict[str, re.Pattern[str]]) -> None:
    for address in (API, "/case/json", "/case/pdf", "/api/v1/fusions"):
        assert web.get(address, params={"case": json.dumps(SMALLEST), "text": "x"}).status_code == 405
    # What stands in an address is not read as a case.
    shown = web.get("/case", params={"case": json.dumps(SMALLEST), "start:histology": "liposarcoma of Quux"}).text
    assert "Quux" not in shown


def test_a_client_that_asks_too_often_waits() -> None:
    with client(requests_per_minute=12) as few:
        told = [few.get("/about").status_code for _ in range(5)]
        assert told[:3] == [200, 200, 200] and told[-1] == 429
        refused = few.get("/api/v1/openapi.json")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.headers["content-type"].startswith("application/problem+json")
        assert few.get("/health").status_code == 200
    with client(uploads_per_minute=4) as few:
        files = [few.post("/case", files={"files": ("a.tsv", b"x" * 100_000)}).status_code for _ in range(3)]
        assert files[-1] == 429
        assert few.get("/about").status_code == 200


def test_there_are_no_web_sockets(running: Served) -> None:
    head = (
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    assert b" 101 " not in _raw(running, head.encode()).partition(b"\r\n")[0]


def test_the_server_listens_on_loopback(running: Served) -> None:
    from ntrkpath.cli.serve import command

    host = next(p for p in command.params if p.name == "host")
    assert host.default in LOOPBACK
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; tells the address of this machine
            own = probe.getsockname()[0]
        except OSError:
            pytest.skip("this machine has no other address")
    if own.startswith("127."):
        pytest.skip("this machine has no other address")
    with socket.socket() as other:
        other.settimeout(2)
        assert other.connect_ex((own, running.port)) != 0


def _raw(served: Served, sent: bytes, seconds: float = 5.0) -> bytes:
    """Return everything the server answers on one connection."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=seconds) as line:
        line.sendall(sent)
        line.settimeout(1.0)
        got = b""
        try:
            while part := line.recv(65536):
                got += part
        except (TimeoutError, ConnectionResetError):
            pass
        return got


_HOST = b"Host: localhost\r\n"
_HIDDEN = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /case HTTP/1.1\r\n" + _HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\n" + _HIDDEN,
        b"POST /case HTTP/1.1\r\n" + _HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
        b"0\r\n\r\n" + _HIDDEN,
        b"POST /case HTTP/1.1\r\n" + _HOST + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + _HIDDEN,
        b"POST /case HTTP/1.1\r\n" + _HOST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + _HIDDEN,
        b"POST /case HTTP/1.1\r\n" + _HOST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + _HIDDEN,
        b"POST /case HTTP/1.1\r\n" + _HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + _HIDDEN,
        b"POST /case HTTP/1.1\r\n" + _HOST + b"Content-Length: -1\r\n\r\n" + _HIDDEN,
        b"POST /case HTTP/1.1\r\n" + _HOST + b"Content-Length: 0x10\r\n\r\n" + _HIDDEN,
        b"GET /about HTTP/1.1\r\n" + _HOST + b"Host: elsewhere.example\r\n\r\n",
        b"GET /about HTTP/1.1\r\n\r\n",
        b"GET /about HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
        b"GET /about HTTP/1.1\r\n" + _HOST + b"X: a\x00b\r\n\r\n",
        b"GET /about HTTP/1.1\r\n" + _HOST + b"X-Long: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + _HOST + b"\r\n",
        b"GET http://elsewhere.example/ HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)  # fmt: skip
def test_ambiguous_requests_are_refused(running: Served, sent: bytes) -> None:
    got = _raw(running, sent)
    statuses = re.findall(rb"HTTP/1\.1 (\d{3})", got)
    assert len(statuses) <= 1
    assert all(400 <= int(status) < 500 for status in statuses)
    assert b"ntrkpath_requests_total" not in got


# Patients' data

_WORDS = {
    key: f"zq{key}kanarie"
    for key in ("name", "histology", "site", "gene", "file", "panel", "drug", "query", "agent", "cell")
}


def test_a_server_leaves_no_trace_of_a_patient() -> None:
    import httpx

    case = {
        "id": _WORDS["name"], "diagnosis": {"histology": "GIST", "site": _WORDS["site"]},
        "tests": [{"method": "rna_mps", "result": "negative", "panel": _WORDS["panel"]}],
        "alterations": [{"gene": "KIT", "kind": "mutation", "status": "present", "detail": _WORDS["gene"]}],
    }  # fmt: skip
    wrong = {**case, "diagnosis": {"histology": _WORDS["histology"]}, "therapy": [{"drug": _WORDS["drug"]}]}
    file = f"#gene1\tgene2\n{_WORDS['cell']}\tNTRK3\n".encode()
    with server("--seconds", "2", environment={"PYTHONWARNINGS": "default"}) as served:
        before = _left(served)
        with httpx.Client(base_url=served.address, timeout=60, headers={"user-agent": _WORDS["agent"]}) as asked:
            for sent in (case, wrong, {"id": _WORDS["name"], "x": _WORDS["gene"]}):
                for address, given in (
                    (API, {"json": sent}),
                    ("/case", {"data": {"text": json.dumps(sent)}}),
                    ("/case/pdf", {"data": {"case": json.dumps(sent)}}),
                    ("/case", {"data": {"level": "rna_mps", "start:histology": "GIST"},
                               "files": {"files": (f"{_WORDS['file']}.tsv", file)}}),
                    ("/case", {"files": {"files": (f"{_WORDS['file']}.yaml", json.dumps(sent).encode())}}),
                ):  # fmt: skip
                    assert asked.post(address, **given).status_code < 500
            asked.get(
                f"/{_WORDS['name']}", params={"q": _WORDS["query"]}, headers={"referer": f"http://x/{_WORDS['name']}"}
            )
            asked.get("/examples/" + _WORDS["name"])
            asked.request(_WORDS["name"].upper(), "/")
            asked.get("/", headers={"host": _WORDS["name"]})
            counters = asked.get("/metrics").text
        _raw(served, f"GET /{_WORDS['name']} HTTP/1.1\r\nHost: {_WORDS['name']}\r\nX : y\r\n\r\n".encode())
        written = served.written() + counters
        assert "ntrkpath_requests_total" in counters
        assert [word for word in _WORDS.values() if word.casefold() in written.casefold()] == []
        assert _left(served) == before


def _left(served: Served) -> set[str]:
    """Return the files in the home, the working and the temporary directory of a server."""
    # Where processes are joined a socket stands, which holds nothing; it comes when a process is first needed.
    return {
        str(p.relative_to(served.home)) for p in served.home.rglob("*") if not p.name.startswith(("pymp-", "listener-"))
    }


def test_what_a_worker_wrote_is_gone_when_it_is_ended() -> None:
    async def ended() -> list[Path]:
        made = workers.Workers(1, "wsn2020", 0, 4)
        await made.start()
        kept = [Path(worker.private) for worker in made._all]
        for directory in kept:
            assert directory.stat().st_mode & 0o077 == 0
            (directory / "cohort.csv").write_text("a patient")
        await made.stop()
        return kept

    kept = asyncio.run(ended())
    assert len(kept) == 1
    assert not kept[0].exists()


def test_an_error_of_ours_reveals_nothing(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def _broken(name: str, arguments: dict[str, Any]) -> Any:
        raise RuntimeError(f"zqkanarie {arguments}")

    monkeypatch.setattr(tasks, "run", _broken)
    with caplog.at_level("DEBUG"), client() as web:
        for answer in (web.post(API, json=SMALLEST), web.post("/case", data={"start:histology": "zqkanarie"})):
            assert answer.status_code == 500
            assert not re.search(r"zqkanarie|Traceback|RuntimeError|File |\.py|litestar|msgspec", answer.text)
    assert "RuntimeError" in caplog.text
    assert "zqkanarie" not in caplog.text


def test_the_place_of_an_error_holds_no_value() -> None:
    with pytest.raises(ValueError, match="zqkanarie") as raised:
        int("zqkanarie")
    assert "zqkanarie" not in faults.place_of(raised.value)
    assert "ValueError" in faults.place_of(raised.value)


# The source itself


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield f"{node.func.id}()"
        elif isinstance(node, ast.Attribute):
            yield f".{node.attr}"


_FORBIDDEN = re.compile(
    r"(eval|exec|compile|__import__|input|open)\(\)|pickle|marshal|shelve|subprocess|sqlite3|sqlalchemy|ctypes|tempfile"
    r"|urllib\.request|urllib3|requests|httpx|http\.client|ftplib|smtplib|socket|\.(md5|sha1|system|popen|write_text|write_bytes|open|unlink)"
)


def test_the_server_evaluates_nothing_and_starts_no_program() -> None:
    found = []
    for path in SERVER.rglob("*.py"):
        names = set(_names(ast.parse(path.read_text(encoding="utf-8"))))
        found += [(path.name, name) for name in sorted(names) if _FORBIDDEN.fullmatch(name)]
    # Work on a cohort reads and writes by path, in a private directory that the server removes.
    # A worker is joined to the server by a pair of sockets, which have no address; the one that listens is handed over.
    assert sorted(found) == [
        ("running.py", "socket"),
        ("task.py", ".open"), ("task.py", "tempfile"), ("workers.py", "socket"), ("workers.py", "tempfile"),
    ]  # fmt: skip
    assert "socket.socket(" not in "".join((SERVER / "kit" / name).read_text() for name in ("workers.py", "running.py"))
    assert "sha256" in inspect.getsource(shield.Serving)


def test_libraries_can_be_updated_at_once() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [*wanted["dependencies"], *wanted["optional-dependencies"]["server"]]
    assert [one for one in listed if "==" in one or re.search(r"<\s*\d+\.\d", one)] == []


# The table

_TABLE = ROOT / "docs" / "reference" / "security.md"
#: The level-1 requirements of OWASP ASVS 5.0.0, chapter.section: how many, where they are numbered without a gap.
_LEVEL_1 = "".join((
    "1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 ",
    "3.5.1 3.5.2 3.5.3 4.1.1 4.4.1 5.2.1 5.2.2 5.3.1 5.3.2 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 ",
    "6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 8.1.1 8.2.1 8.2.2 8.3.1 9.1.1 9.1.2 ",
    "9.1.3 9.2.1 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5 11.3.1 11.3.2 11.4.1 12.1.1 12.2.1 12.2.2 13.4.1 14.2.1 ",
    "14.3.1 15.1.1 15.2.1 15.3.1 ",
)).split()  # fmt: skip


def test_the_table_has_every_requirement_of_level_1_with_a_test_or_a_reason() -> None:
    rows = re.findall(r"^\| V([\d.]+) \| (.+?) \| (.+?) \|$", _TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [item for item, _, _ in rows] == _LEVEL_1
    assert all(len(here) > 5 for _, _, here in rows)


def test_every_test_that_the_table_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+\.py)(?:::(\w+))?`", _TABLE.read_text(encoding="utf-8")))
    assert len(named) > 30
    missing = []
    for file, name in named:
        path = Path(__file__).with_name(file)
        if not path.is_file() or (name and f"def {name}(" not in path.read_text(encoding="utf-8")):
            missing.append((file, name))
    assert missing == []
