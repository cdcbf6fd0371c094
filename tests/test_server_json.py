"""The same case gives the same bytes at the command line, in Python and over HTTP."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

pytest.importorskip("litestar", reason="needs ntrkpath[server]")

from ntrkpath.cli.recommend import command
from ntrkpath.exports.recommendations import encode
from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway, attach, read_case
from ntrkpath.pathway.examples import examples
from ntrkpath.server.kit.workers import answer, received
from support.web import AS_OF, client

CASES = sorted(examples().glob("*.yaml"))
READERS = Path(__file__).parent / "data" / "readers"


@pytest.fixture(scope="module")
def web():
    with client() as made:
        yield made


@pytest.fixture(scope="module")
def pathway():
    return Pathway(load(), AS_OF)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name[:4])
def test_a_published_case_gives_the_same_bytes_everywhere(path, web, pathway):
    python = encode(pathway.recommend(read_case(path)))
    http = web.post(
        f"/api/v1/recommend?as_of={AS_OF}", content=path.read_bytes(), headers={"content-type": "application/yaml"}
    )
    shell = CliRunner().invoke(command, [str(path), "--format", "json", "--as-of", str(AS_OF)])
    assert http.status_code == 200
    assert http.headers["content-type"] == "application/json"
    assert python == http.content == shell.stdout_bytes


def test_a_batch_gives_each_case_the_bytes_it_gets_alone(web, pathway):
    cases = [read_case(path) for path in CASES]
    body = b"\n".join(msgspec.json.encode(case) for case in cases)
    found = web.post("/api/v1/recommend/batch", content=body, headers={"content-type": "application/x-ndjson"})
    assert found.headers["content-type"].startswith("application/x-ndjson")
    assert found.content == b"".join(encode(pathway.recommend(case)) for case in cases)


def test_a_worker_gives_the_same_bytes_as_this_process(pathway):
    path = CASES[0]
    request = msgspec.msgpack.encode(
        ("recommend", {"case": path.read_bytes(), "yaml": True, "day": str(AS_OF), "reading": None, "files": []})
    )
    assert received(answer(request)) == encode(pathway.recommend(read_case(path)))


def test_a_case_with_a_caller_file_gives_the_same_bytes_as_with_the_file_on_disk(web, tmp_path, pathway):
    content = (READERS / "arriba_v2.tsv").read_bytes()
    data = {
        "id": "synthetic",
        "diagnosis": {"histology": "infantile fibrosarcoma"},
        "tests": [{"method": "rna_mps", "file": "arriba.tsv"}],
    }
    (tmp_path / "arriba.tsv").write_bytes(content)
    (tmp_path / "case.json").write_text(json.dumps(data))
    case, verdicts = attach(read_case(tmp_path / "case.json"), tmp_path)
    found = web.post("/api/v1/recommend", data={"case": json.dumps(data)}, files={"files": ("arriba.tsv", content)})
    assert found.content == encode(pathway.recommend(case, verdicts))


def test_the_page_hands_out_the_same_bytes(web, pathway):
    path = CASES[3]
    case = msgspec.json.encode(read_case(path)).decode()
    found = web.post("/case/json", data={"case": case, "as_of": str(AS_OF)})
    assert found.content == encode(pathway.recommend(read_case(path)))


def test_another_date_gives_another_answer(web):
    path = CASES[0]
    asked = [
        web.post(
            f"/api/v1/recommend?as_of={day}", content=path.read_bytes(), headers={"content-type": "application/yaml"}
        )
        for day in (dt.date(2019, 1, 1), AS_OF)
    ]
    assert [answer.json()["as_of"] for answer in asked] == ["2019-01-01", str(AS_OF)]
