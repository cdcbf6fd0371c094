"""Cases, forms and files that mean harm: refused with a reason, quickly, and nothing is opened, written or asked."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from support.witness import ROOT, Markup, witness

pytest.importorskip("litestar", reason="needs ntrkpath[server]")
pytest.importorskip("jinja2", reason="needs ntrkpath[server]")

from support.browser import server
from support.web import client

API = "/api/v1/recommend"
SMALLEST = {"id": "C1", "diagnosis": {"histology": "infantile fibrosarcoma"}}
ARRIBA = (ROOT / "tests" / "data" / "readers" / "arriba_v2.tsv").read_bytes()
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def web() -> Iterator[Any]:
    with client(requests_per_minute=1_000_000, uploads_per_minute=1_000_000) as made:
        yield made


# Hostile cases


def _nested(levels: int) -> str:
    return "id: C1\ndiagnosis: {histology: GIST}\ntests: " + "[" * levels + "]" * levels


_LAUGHS = "a: &a [x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 8)}]\n" for i in range(9)
)
HOSTILE = {
    "aliases without end": _LAUGHS + "id: *j\n",
    "an alias": "id: &x C1\ndiagnosis: {histology: *x}\n",
    "a Python object": "id: !!python/object/apply:os.system ['true']\ndiagnosis: {histology: GIST}\n",
    "a tag": "id: !x C1\n",
    "a merge": "id: C1\n<<: {diagnosis: {histology: GIST}}\n",
    "a key twice": "id: C1\nid: C2\ndiagnosis: {histology: GIST}\n",
    "two documents": "id: C1\n---\nid: C2\n",
    "nested deeply": _nested(100),
    "nested very deeply": _nested(50_000),
    "flow without end": "{" * 50_000,
    "a huge number": "id: C1\ndiagnosis: {histology: GIST}\npatient: {age: " + "9" * 5_000 + "}\n",
    "an endless number": "id: C1\ndiagnosis: {histology: GIST}\npatient: {age: 1e400}\n",
    "no number": "id: C1\ndiagnosis: {histology: GIST}\npatient: {age: .nan}\n",
    "a list": "- id: C1\n",
    "a word": "hello",
    "nothing": " ",
    "an unknown key": "id: C1\ndiagnosis: {histology: GIST, __class__: x}\n",
    "a NUL": "id: C1\0\ndiagnosis: {histology: GIST}\n",
    "a long key": "? " + "k" * 100_000 + "\n: 1\n",
    "many keys": "\n".join(f"k{i}: 1" for i in range(10_000)),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_cases_are_refused_with_reasons(web: Any, what: str) -> None:
    answer = web.post("/case", data={"text": HOSTILE[what]})
    assert answer.status_code in ((200, 422) if what == "nothing" else (422,)), what
    assert 'class="problem' in answer.text or "<h1>" in answer.text
    dropped = web.post("/case", files={"files": ("case.yaml", HOSTILE[what].encode())})
    assert 400 <= dropped.status_code < 500


@pytest.mark.parametrize(
    "sent",
    [
        b"[" * 100_000, b'{"a":' * 50_000, b"{", b"", b"null", b"[]", b'"x"', b"\xff\xfe", b'{"id": "\\ud800"}',
        b'{"id":"C1","diagnosis":{"histology":"GIST"},"patient":{"age":' + b"9" * 10_000 + b"}}",
        b'{"id":"C1","diagnosis":{"histology":"GIST"},"patient":{"age":1e999}}',
        b'{"id":"C1","diagnosis":{"histology":"GIST"},"patient":{"age":NaN}}',
        b'{"id":"C1","id":"C2"}', b'{"id":5,"diagnosis":7}',
        b'{"id":"C1","diagnosis":{"histology":' + b'"x' * 9 + b'"}}',
    ],
)  # fmt: skip
def test_hostile_json_is_refused(web: Any, sent: bytes) -> None:
    answer = web.post(API, content=sent, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["status"] == answer.status_code


_MISFITS: list[Any] = [5, "x", [1], {"a": 1}, None, True, [[]], [{"method": 5}], {"0": {}}, ["x"], [None], [{}]]
_KEYS = ["id", "patient", "diagnosis", "disease", "alterations", "tests", "therapy"]


@pytest.mark.parametrize("key", [*_KEYS, "diagnosis.immunoprofile", "diagnosis.histology", "patient.age"])
def test_values_of_a_wrong_kind_are_refused(web: Any, key: str) -> None:
    for value in _MISFITS:
        case: dict[str, Any] = json.loads(json.dumps(SMALLEST))
        inside = case
        *steps, last = key.split(".")
        for step in steps:
            inside = inside.setdefault(step, {})
        inside[last] = value
        for fields in (
            {"case": json.dumps(case)},
            {"case": json.dumps(case), "f:diagnosis.site": "thigh", "i:S100": "positive", "a:ALK:fusion": "absent",
             "f:tests.0.result": "positive", "t:drug": "larotrectinib", "remove": "tests.0",
             "u:tests.0.mutations": "x"},
        ):  # fmt: skip
            assert web.post("/case", data=fields).status_code in (200, 422), (key, value, fields)
        kept = web.post("/case/json", data={"case": json.dumps(case)})
        assert kept.status_code in (200, 422), (key, value)


@pytest.mark.parametrize(
    "fields",
    [
        {"case": "nonsense"}, {"case": "[]"}, {"case": ""}, {"carried": "x", "mark": "y"}, {"carried": "x"},
        {"as_of": "abc"},
        {"as_of": "9999-99-99"}, {"act": "add:nothing"}, {"act": "add:" + "x" * 5000}, {"remove": "tests.²"},
        {"remove": "tests.-1"}, {"remove": ""}, {"n:patient.age": "²"}, {"n:patient.age": "9" * 400},
        {"f:tests.999.method": "fish"}, {"f:__class__.x": "y"}, {"f:diagnosis.__class__": "y"},
        {"t:start": "yesterday"},
        {"f:tests.0.fusions.0.frame": "in"}, {"p:name": "S100", "p:value": "odd"}, {"i:" + "x" * 3000: "positive"},
        {"mark": "é"}, {"carried": "é", "mark": "é"}, {":": ":"}, {"o:x": "a:b:c"}, {"a:x:y": "z"},
    ],
)  # fmt: skip
def test_the_form_is_checked_by_the_server(web: Any, fields: dict[str, str]) -> None:
    for address in ("/case", "/case/json", "/case/pdf", "/case/file"):
        for sent in (fields, {"case": json.dumps(SMALLEST), **fields}):
            assert web.post(address, data=sent).status_code in (200, 400, 422), (address, sent)


def test_each_request_stands_alone(web: Any) -> None:
    carried = web.post("/case", data={"case": json.dumps(SMALLEST), "carried": "{}", "mark": "0" * 64})
    assert carried.status_code == 422
    before = web.post(API, json=SMALLEST).content
    web.post(API, json={**SMALLEST, "disease": {"extent": "metastatic"}})
    assert web.post(API, json=SMALLEST).content == before


_MARK = "q7x<i id=canary7>'\"&"


def test_what_a_visitor_writes_is_text_in_every_page(web: Any) -> None:
    case = {
        "id": _MARK, "source": _MARK, "diagnosis": {"histology": "infantile fibrosarcoma", "site": _MARK},
        "tests": [
            {"method": "pan_trk_ihc", "result": "positive", "clone": _MARK, "specimen": _MARK, "pattern": _MARK},
            {"method": "rna_mps", "result": "positive", "panel": _MARK, "file": _MARK,
             "fusions": [{"five_prime": _MARK, "three_prime": "NTRK3"}]},
        ],
        "alterations": [{"gene": _MARK, "kind": "fusion", "status": "present", "detail": _MARK}],
        "therapy": [{"drug": _MARK}],
    }  # fmt: skip
    shown = []
    for key in ("source", "id", "tests", "alterations", "therapy"):
        some = {k: v for k, v in case.items() if k in ("diagnosis", key)} | ({} if key == "id" else {"id": "C1"})
        shown.append(web.post("/case", data={"case": json.dumps(some)}).text)
        shown.append(web.post("/case", data={"text": json.dumps(some)}).text)
    shown.append(web.post("/case", data={"start:histology": _MARK}).text)
    shown.append(web.post("/case", files={"files": (f"{_MARK}.tsv", b"x\ty\n")}).text)
    shown.append(web.get("/" + _MARK).text)
    shown.append(web.get("/guidance", params={"q": _MARK}).text)
    for text in shown:
        assert not any(given.get("id", "").startswith("canary7") for _, given in Markup(text).elements)
        assert "<i id=canary7" not in text
    assert any("&lt;i id=canary7" in text for text in shown)


def test_what_a_visitor_writes_stays_a_text_in_json(web: Any) -> None:
    told = web.post(API, json={**SMALLEST, "id": '","tier":"+++","x":"</script>'})
    assert told.headers["content-type"].startswith(("application/json", "application/problem+json"))
    assert json.loads(told.content).get("tier") != "+++" or told.status_code == 200
    refused = web.post(API, json={"id": "C1", "diagnosis": {"histology": '"},{"a":"\u2028'}})
    assert refused.status_code == 422 and isinstance(refused.json(), dict)


# Hostile files


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/evil.tsv", b"0" * 1000)
    return made.getvalue()


_ELF = b"\x7fELF\x02\x01\x01" + bytes(100)


_FILES: list[tuple[str, bytes]] = [
    ("a.zip", _zip()), ("a.tsv", _zip()), ("a.exe", _ELF), ("a.tsv", _ELF),
    ("a.html", b"<script>alert(1)</script>"),
    ("a.svg", b"<svg onload='alert(1)'/>"), ("a", b"text"), ("a.tsv.exe", b"text"), ("a.tsv", b""),
    ("a.tsv", b"\x00" * 99),
    ("a.tsv", b"no caller writes this\n" * 9), ("a.vcf", b"##fileformat=VCFv4.2\n"),
    ("a.json", b"{}"), ("a.xml", b"<a/>"),
    ("a.tsv.gz", gzip.compress(b"no caller writes this\n")), ("a.tsv.gz", b"\x1f\x8b\x08\x00broken"),
    ("a.tsv", b"\xff\xd8\xff\xe0JFIF"),
]  # fmt: skip


# Numbered, since compressed content differs from run to run.
@pytest.mark.parametrize(("name", "content"), _FILES, ids=[f"{i}-{name}" for i, (name, _) in enumerate(_FILES)])
def test_files_of_other_kinds_are_refused(web: Any, name: str, content: bytes) -> None:
    fields = {"start:histology": "GIST", "level": "rna_mps"}
    answer = web.post("/case", data=fields, files={"files": (name, content)})
    # An empty VCF holds no event, and an empty file field is no file.
    allowed = (200, 422) if name == "a.vcf" or not content else (422,)
    assert answer.status_code in allowed


def test_too_much_is_refused(web: Any) -> None:
    with client(body_bytes=20_000, batch_bytes=20_000, case_bytes=10_000, files=2, fields=20) as small:
        files = [("files", (f"{i}.tsv", b"x")) for i in range(3)]
        assert small.post("/case", files=files).status_code in (400, 413, 422)
        assert small.post("/case", files={"files": ("a.tsv", b"x" * 30_000)}).status_code == 413
        assert small.post("/case", data={"text": "x" * 30_000}).status_code == 413
        assert small.post("/case", data={f"f{i}": "1" for i in range(30)}).status_code == 422
        assert small.post("/case", data={"text": "x" * 12_000}).status_code in (413, 422)
        assert small.post(API, content=b" " * 15_000 + b"{}", headers=JSON).status_code == 413

        def parts() -> Iterator[bytes]:
            for _ in range(10):
                yield b"x" * 10_000

        untold = {"content-type": "application/x-www-form-urlencoded"}
        assert small.post("/case", content=parts(), headers=untold).status_code == 413
        assert small.post("/about", content=b"x" * 30_000).status_code in (405, 413)
    assert web.post("/case", content=b"x", headers={"content-type": "text/plain"}).status_code == 415
    assert web.post("/case", content=b"x", headers={"content-type": "multipart/form-data"}).status_code == 400


def test_compressed_bombs_are_refused(web: Any) -> None:
    once = gzip.compress(b"0\t" * 60_000_000, 9)
    assert len(once) < 200_000
    for bomb in (once, gzip.compress(once), once[: len(once) // 2]):
        answer = web.post(
            "/case", data={"start:histology": "GIST", "level": "rna_mps"}, files={"files": ("a.tsv.gz", bomb)}
        )
        assert answer.status_code == 422
    # A compressed body is not unpacked.
    packed = gzip.compress(json.dumps(SMALLEST).encode())
    told = web.post(API, content=packed, headers={"content-encoding": "gzip", "content-type": "application/json"})
    assert 400 <= told.status_code < 500


_XXE = """<?xml version="1.0"?>
<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&#37;c;"><!ENTITY l "lol">
<!ENTITY m "&l;&l;&l;&l;&l;&l;&l;&l;">]>
<rr:ResultsReport xmlns:rr="http://integration.foundationmedicine.com/reporting"><variant-report
 xmlns="http://foundationmedicine.com/compbio/variant-report-external" test-request="&a;&m;"/></rr:ResultsReport>
"""


def test_xml_with_entities_opens_nothing(web: Any) -> None:
    fields = {"start:histology": "GIST", "level": "rna_mps"}
    web.post("/case", data=fields, files={"files": ("warm.xml", b"<a/>")})
    with witness() as seen:
        answer = web.post("/case", data=fields, files={"files": ("a.xml", _XXE.encode())})
    assert answer.status_code == 422
    assert "root:" not in answer.text
    assert seen == []


_PATHS = [
    "/etc/passwd", "../../../../etc/passwd", "..\\..\\secret.tsv", "file:///etc/passwd", "http://127.0.0.1:9/x.tsv",
    "\\\\elsewhere.example\\share\\x.tsv", "/proc/self/environ", "/dev/zero", "CON", "~/.ssh/id_rsa", "a.tsv\0.png",
    "|id", "$(id)",
    ".", "",
]  # fmt: skip


@pytest.mark.parametrize("path", _PATHS)
def test_nothing_a_visitor_names_is_opened_written_or_asked(web: Any, path: str) -> None:
    case = {**SMALLEST, "tests": [{"method": "rna_mps", "file": path}]}
    good = ARRIBA
    for _ in range(2):  # the first time modules are loaded
        with witness() as seen:
            told = [
                web.post(API, json=case),
                web.post("/case", data={"text": json.dumps(case)}),
                web.post("/case", data={"case": json.dumps(case)}),
                web.post("/case", files={"files": ("case.yaml", json.dumps(case).encode())}),
                web.post(
                    "/case", data={"start:histology": "GIST", "level": "rna_mps"},
                    files={"files": (f"{path}.tsv", good, "text/plain")},
                ),
                web.get("/static/" + path.replace("\0", "%00")),
            ]  # fmt: skip
    assert [answer.status_code for answer in told[:4] if path] == [422] * 4 * bool(path)
    assert told[4].status_code < 500 and told[5].status_code in (200, 404)
    assert [one for one in seen if "/static/" not in one[1]] == []


@pytest.mark.parametrize(
    "address",
    [
        "/.git/config", "/.env", "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py",
        "/static/..%5capp.py",
        "/static//etc/passwd", "/static/%00", "/static/", "/static/base.html", "/templates/base.html",
        "/..%2f..%2fetc/passwd",
        "/examples/..%2f..%2fREADME", "/examples/%2e%2e", "//etc/passwd", "/server-status", "/api/none/swagger",
        "/schema", "/docs",
    ],
)  # fmt: skip
def test_files_of_the_server_cannot_be_reached(web: Any, address: str) -> None:
    answer = web.get(address)
    assert answer.status_code in (400, 404)
    assert "def " not in answer.text and "{%" not in answer.text


def test_downloads_are_attachments(web: Any) -> None:
    for address in ("/case/json", "/case/file"):
        answer = web.post(address, data={"case": json.dumps(SMALLEST)})
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_slow_file_does_not_hold_the_server() -> None:
    import httpx

    header = ARRIBA.splitlines(keepends=True)[0]
    row = b"ETV6\tNTRK3\t+/+\t-/-\t12:11869969\t15:87940753\tCDS/splice-site\tCDS/splice-site\t"
    row += b"translocation\t9\t9\t9\t100\t100\thigh\tin-frame\t."
    row += b"\t." * (header.count(b"\t") - row.count(b"\t")) + b"\n"
    files = [("files", (f"{i}.tsv", header + row * (7_000_000 // len(row)))) for i in range(2)]
    with server("--seconds", "2") as running, httpx.Client(base_url=running.address, timeout=60) as asked:
        slow = [
            asked.post("/case", data={"start:histology": "GIST", "level": "rna_mps"}, files=files) for _ in range(2)
        ]
        assert [a.status_code for a in slow] == [422, 422]
        assert "longer than a request may" in slow[0].text
        assert asked.post(API, json=SMALLEST).status_code == 200
        assert 'event="worker_ended"' in asked.get("/metrics").text
