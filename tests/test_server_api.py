"""The interface for programs: the contracts of the command line, problems, batches, and the edition."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

pytest.importorskip("litestar", reason="needs ntrkpath[server]")

from ntrkpath.cli.fusions import command as fusions_command
from ntrkpath.cli.histology import command as histology_command
from ntrkpath.guidance import load
from support.web import AS_OF, client, slow_case

READERS = Path(__file__).parent / "data" / "readers"
CASE = {"id": "synthetic", "diagnosis": {"histology": "infantile fibrosarcoma"}}
LINES = {"content-type": "application/x-ndjson"}


@pytest.fixture(scope="module")
def web():
    with client() as made:
        yield made


def test_a_case_is_taken_as_json_yaml_or_form(web):
    ways = [
        web.post("/api/v1/recommend", json=CASE),
        web.post(
            "/api/v1/recommend",
            content=b"id: synthetic\ndiagnosis: {histology: infantile fibrosarcoma}\n",
            headers={"content-type": "application/yaml"},
        ),
        web.post("/api/v1/recommend", files={"case": ("case.json", json.dumps(CASE).encode())}),
    ]
    assert [way.status_code for way in ways] == [200, 200, 200]
    assert len({way.content for way in ways}) == 1


def test_an_error_is_a_problem_that_names_place_value_and_remedy(web):
    found = web.post("/api/v1/recommend", json={**CASE, "disease": {"extent": "everywhere"}})
    assert found.status_code == 422
    assert found.headers["content-type"].startswith("application/problem+json")
    problem = found.json()
    assert problem["kind"] == "case"
    assert problem["where"] == "disease.extent"
    assert problem["value"] == "everywhere"
    assert "metastatic" in problem["allowed"]
    assert problem["remedy"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [("?as_of=tomorrow", 400), ("?figure2_reading=c", 400), ("?figure2_reading=a", 200), ("?as_of=2020-01-01", 200)],
)
def test_a_parameter_that_is_none_is_named(web, asked, status):
    found = web.post(f"/api/v1/recommend{asked}", json=CASE)
    assert found.status_code == status
    if status == 400:
        assert asked[1:].partition("=")[0] in found.json()["detail"]


def test_a_body_of_another_kind_is_refused(web):
    assert web.post("/api/v1/recommend", content=b"x", headers={"content-type": "image/png"}).status_code == 415
    assert web.post("/api/v1/recommend/batch", json=CASE).status_code == 415


def test_a_batch_answers_every_line_in_order_and_names_the_bad_ones(web):
    good = [json.dumps({**CASE, "id": f"c{i}"}) for i in range(150)]
    lines = [*good[:70], "", "{", *good[70:]]
    found = web.post("/api/v1/recommend/batch", content="\n".join(lines).encode(), headers=LINES)
    told = [json.loads(line) for line in found.text.splitlines()]
    assert [one.get("case_id", one.get("line")) for one in told] == [
        *(f"c{i}" for i in range(70)), 72, *(f"c{i}" for i in range(70, 150))
    ]  # fmt: skip
    assert told[70]["error"]["kind"] == "case"


def test_an_empty_batch_is_an_error(web):
    assert web.post("/api/v1/recommend/batch", content=b"\n\n", headers=LINES).status_code == 422


def test_a_batch_names_no_file_of_this_machine(web):
    case = {**CASE, "tests": [{"method": "rna_mps", "file": "/etc/passwd"}]}
    told = web.post("/api/v1/recommend/batch", content=json.dumps(case).encode(), headers=LINES).json()
    assert "did not come" in told["error"]["problem"]


@pytest.mark.parametrize("form", ["json", "tsv", "vicc", "multiqc"])
def test_verdicts_are_those_of_the_command_line_byte_for_byte(web, form):
    path = READERS / "arriba_v2.tsv"
    http = web.post(f"/api/v1/fusions?format={form}", files={"files": (path.name, path.read_bytes())})
    shell = CliRunner().invoke(fusions_command, [str(path), "--format", form])
    assert http.status_code == 200
    assert http.content == shell.stdout_bytes
    assert http.headers["ntrkpath-unread"] == "0"


def test_a_row_that_cannot_be_read_is_an_error_unless_told_otherwise(web):
    content = b"gene5\tgene3\tchr5\tpos5\tchr3\tpos3\nTPM3\tNTRK1\tchr1\tx\tchr1\t156874906\n"
    whole = web.post("/api/v1/fusions?assembly=GRCh38", files={"files": ("calls.tsv", content)})
    assert whole.status_code == 422
    assert whole.json()["where"] == "calls.tsv:2"
    part = web.post("/api/v1/fusions?assembly=GRCh38&partial=true", files={"files": ("calls.tsv", content)})
    assert part.status_code == 200
    assert part.headers["ntrkpath-unread"] == "1"


def test_a_file_of_no_caller_is_refused_with_what_is_allowed(web):
    found = web.post("/api/v1/fusions", files={"files": ("a.txt", b"hello\nworld\n")})
    assert found.status_code == 422
    assert "a.txt" in found.json()["where"]
    assert "--caller" in found.json()["remedy"]
    assert web.post("/api/v1/fusions", data={"x": "y"}, files={}).status_code == 422


def test_a_histology_is_read_as_at_the_command_line(web):
    http = web.get("/api/v1/histology", params={"text": "leiomyosarkoma"})
    shell = CliRunner().invoke(histology_command, ["leiomyosarkoma", "--format", "json"])
    assert http.content == shell.stdout_bytes
    assert web.get("/api/v1/histology", params={"text": "x" * 400}).status_code == 400
    assert web.get("/api/v1/histology").status_code == 400


def test_the_edition_is_told_whole(web):
    edition = load()
    about = web.get("/api/v1/guideline").json()
    assert about["sha256"] == edition.sha256
    assert {rule["id"] for rule in web.get("/api/v1/guideline/rules").json()} == set(edition.rows)
    assert {fact["id"] for fact in web.get("/api/v1/guideline/facts").json()} == set(edition.facts)
    assert {one["id"] for one in web.get("/api/v1/guideline/statements").json()} == set(edition.statements)
    assert {one["id"] for one in web.get("/api/v1/guideline/actions").json()} == set(edition.actions)
    rule = web.get("/api/v1/guideline/rules/NEXT-5").json()
    assert rule["says"] == edition.rows["NEXT-5"][1].says
    assert web.get("/api/v1/guideline/rules/NOPE").status_code == 404


def test_labels_are_told_by_date(web):
    edition = load()
    then = web.get("/api/v1/guideline/labels?as_of=2018-12-01").json()
    now = web.get("/api/v1/guideline/labels").json()
    assert {one["id"] for one in now} == {label.id for label in edition.labels_on(AS_OF)}
    assert len(then) < len(now)


def test_the_openapi_document_names_every_address_and_loads_nothing(web):
    document = web.get("/api/v1/openapi.json")
    paths = document.json()["paths"]
    assert {"/api/v1/recommend", "/api/v1/recommend/batch", "/api/v1/fusions", "/api/v1/histology"} <= set(paths)
    assert all(path.startswith("/api/v1") for path in paths)
    assert "Recommendation" in json.dumps(document.json()["components"]["schemas"])


def test_a_worker_process_answers_as_this_process_does():
    with client() as here, client(workers=1) as there:
        for _ in range(3):
            assert (
                there.post("/api/v1/recommend", json=CASE).content == here.post("/api/v1/recommend", json=CASE).content
            )
        assert there.get("/ready").status_code == 200
        problem = there.post("/api/v1/recommend", json={"id": "a"})
        assert problem.status_code == 422
        assert problem.json() == here.post("/api/v1/recommend", json={"id": "a"}).json()


def test_a_request_that_takes_too_long_is_a_problem_and_the_server_goes_on():
    with client(workers=1, seconds=0.2) as web:
        found = web.post("/api/v1/recommend", content=slow_case(), headers={"content-type": "application/json"})
        assert found.status_code == 422
        assert "longer" in found.json()["title"]
        assert web.get("/ready").status_code == 200
        assert 'event="worker_ended"' in web.get("/metrics").text


def test_a_problem_of_a_worker_keeps_its_kind():
    from ntrkpath.model.errors import HistologyError
    from ntrkpath.server.kit.workers import answer, received

    asked = ("recommend", {"case": b'{"id":"a","diagnosis":{"histology":"zzz"}}', "yaml": False, "day": "2026-01-01",
                           "reading": None, "files": []})  # fmt: skip
    with pytest.raises(HistologyError, match="not recognised"):
        received(answer(msgspec.msgpack.encode(asked)))
