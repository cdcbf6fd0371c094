"""The cohort page and its JSON: a file of cases is decided, summed up and forgotten."""

from __future__ import annotations

import asyncio
import gzip
import json
import tempfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("polars", reason="needs ntrkpath[batch]")
pytest.importorskip("scipy", reason="needs ntrkpath[stats]")

from ntrkpath.cohort.sources import open_source
from ntrkpath.cohort.summarise import summarise
from ntrkpath.cohort.triage import Triage
from ntrkpath.guidance import load
from ntrkpath.model.errors import NtrkpathError
from ntrkpath.server.cohort.page import published_lines
from ntrkpath.server.kit import tasks
from support.web import AS_OF, client

#: A synthetic cohort: three cases, of which the second names no tumour.
SYNTHETIC = (
    b"id,histology,extent\n"
    b"a,infantile fibrosarcoma,metastatic\n"
    b"b,canary tumour,localized\n"
    b"c,leiomyosarcoma,metastatic\n"
)


@pytest.fixture(scope="module")
def web() -> Iterator[Any]:
    with client(uploads_per_minute=100_000) as made:
        yield made


def _send(web: Any, name: str, content: bytes, act: str = "page") -> Any:
    return web.post("/cohort", files=[("file", (name, content))], data={"act": act})


def test_the_published_cases_are_decided_at_one_click(web: Any) -> None:
    shown = unescape(web.post("/cohort", data={"act": "published"}).text)
    cases = [json.loads(line) for line in published_lines().splitlines()]
    assert f"{len(cases)} decided" in shown
    assert 'class="ntrk-flow"' in shown
    assert 'class="ntrk-plot"' in shown
    for heading in ("From diagnosed to treated", "Next steps"):
        assert f">{heading}</h2>" in shown
    assert ">What is missing</span></summary>" in shown
    assert "<style" not in shown
    assert "style=" not in shown


def test_the_json_is_that_of_the_command_line(web: Any, tmp_path: Path) -> None:
    source, out = tmp_path / "cases.jsonl", tmp_path / "out.parquet"
    source.write_bytes(published_lines())
    edition = load()
    Triage(open_source(str(source), edition), out, edition, AS_OF).run()
    expected = json.loads(_json(summarise(out, edition)))
    answer = web.post("/api/v1/cohort", files=[("file", ("cases.jsonl", published_lines()))])
    assert answer.status_code == 200
    assert answer.json() == expected


def _json(found: Any) -> bytes:
    import msgspec

    return msgspec.json.encode(found)


def test_a_bad_row_is_told_and_the_good_ones_are_decided(web: Any) -> None:
    shown = unescape(_send(web, "cohort.csv", SYNTHETIC).text)
    assert "2 decided" in shown
    assert "1 row could not be decided" in shown
    assert "row 2, b" in shown
    assert "canary tumour" in shown


def test_decided_rows_can_be_taken_away(web: Any) -> None:
    for answer in (
        _send(web, "cohort.csv", SYNTHETIC, "rows"),
        web.post("/api/v1/cohort?format=csv", files=[("file", ("cohort.csv", SYNTHETIC))]),
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/csv")
        lines = answer.text.splitlines()
        assert lines[0].startswith("case_id,tier,priority,histology_group,actions,rules")
        assert [line.split(",")[0] for line in lines[1:]] == ["a", "c"]


def test_a_packed_table_and_one_with_tabs_are_read(web: Any) -> None:
    packed = _send(web, "cohort.csv.gz", gzip.compress(SYNTHETIC, mtime=0)).text
    tabs = _send(web, "cohort.tsv", SYNTHETIC.replace(b",", b"\t")).text
    assert "2 decided" in packed
    assert "2 decided" in tabs


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("cohort.csv", b"a,b\n1,2\n", "no column fills case_id"),
        ("cohort.csv", b"", "empty"),
        ("cohort.csv", b"id,histology\na,gist\na,gist\n", "stands more than once"),
        ("cohort.vcf", b"##fileformat=VCFv4.2\n", "not a file of cases"),
        ("cohort.jsonl", b"\n", "the file is empty"),
    ],
)
def test_a_file_that_is_no_cohort_is_said(web: Any, name: str, content: bytes, problem: str) -> None:
    answer = _send(web, name, content)
    assert answer.status_code == 422
    assert problem in unescape(answer.text)
    assert tempfile.gettempdir() not in answer.text
    assert "/dev/shm" not in answer.text
    assert web.post("/api/v1/cohort", files=[("file", (name, content))]).status_code == 422


def test_no_file_and_two_files_are_refused(web: Any) -> None:
    assert "no file was sent" in web.post("/cohort", data={"act": "page"}).text
    two = [("file", ("a.csv", SYNTHETIC)), ("file", ("b.csv", SYNTHETIC))]
    assert "more than one file" in web.post("/cohort", files=two).text
    assert web.post("/api/v1/cohort", files=two).status_code == 422


def test_a_mapping_is_chosen_by_name_only(web: Any) -> None:
    answer = web.post("/cohort", files=[("file", ("c.csv", SYNTHETIC))], data={"mapping": "/etc/passwd"})
    assert answer.status_code == 422
    assert "no such mapping" in answer.text


def test_nothing_of_a_cohort_stays_behind(web: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tasks, "private", str(tmp_path))
    assert _send(web, "cohort.csv", SYNTHETIC).status_code == 200
    assert _send(web, "cohort.csv", b"a,b\n1,2\n").status_code == 422
    assert list(tmp_path.iterdir()) == []


def test_workers_decide_a_table_within_their_memory() -> None:
    with client(workers=1, seconds=60, batch_seconds=120) as web:
        assert "2 decided" in _send(web, "cohort.csv", SYNTHETIC).text


def test_columns_that_were_not_read_and_tests_that_are_not_stated_stand_in_the_headline(web: Any) -> None:
    shown = unescape(_send(web, "c.csv", b"id,histology,ihc,rna\na,GIST,pos,neg\n").text)
    assert "1 decided, tests not stated" in shown
    assert "Columns ihc, rna not read (nearest: ihc: pan_trk_ihc.result, rna: rna_mps.result)" in shown


def test_a_mapping_is_proposed_uploaded_and_applied(web: Any) -> None:
    table = b"Case No,Diagnosis,IHC\n1,GIST,neg\n"
    proposal = _send(web, "c.csv", table, "map")
    assert proposal.headers["content-disposition"].startswith("attachment")
    assert "pan_trk_ihc.result" in proposal.text
    files = [("file", ("c.csv", table)), ("own", ("m.yaml", proposal.content))]
    assert "1 decided, 1 tested" in unescape(web.post("/cohort", files=files, data={"act": "page"}).text)
    for own in (b"extends: /etc/passwd", b"study: {files: {samples: '../*'}}", b"x" * 100_000):
        files = [("file", ("c.csv", table)), ("own", ("m.yaml", own))]
        assert web.post("/cohort", files=files, data={"act": "page"}).status_code == 422


def test_what_is_too_large_when_unpacked_or_has_too_many_rows_is_refused() -> None:
    with client(unpacked_bytes=1_000_000, batch_rows=100) as web:
        bomb = gzip.compress(b"id,histology\n" + b"a" * 50_000_000)
        assert "too large when unpacked" in unescape(_send(web, "c.csv.gz", bomb).text)
        rows = b"id,histology\n" + b"".join(b"%d,GIST\n" % i for i in range(101))
        assert "too many rows" in unescape(_send(web, "c.csv", rows).text)
        assert "100 decided" in unescape(_send(web, "c.csv", rows[: rows.rindex(b"100,")]).text)


def _asked(name: str, content: bytes, **more: object) -> dict[str, object]:
    return {"files": [(name, content)], "mapping": "", "own": None, "day": "2026-11-01", "edition": "wsn2020",
            "most_bytes": 1 << 26, "most_rows": 200, **more}  # fmt: skip


def test_case_by_case_the_page_is_that_of_the_columns() -> None:
    from ntrkpath.server.cohort import alone, task
    from ntrkpath.server.cohort.page import published_lines

    table = b"id,histology,extent,ward\na,GIST,metastatic,1\nb,IFS,,2\nc,no such tumour,,3\nshort\n"
    for name, content in (
        ("a.jsonl", published_lines()), ("a.csv", table), ("b.csv.gz", gzip.compress(table)),
        ("c.csv", b"id,histology\n1,\n"),
    ):  # fmt: skip
        theirs, mine = task.page(**_asked(name, content)), asyncio.run(alone.page(**_asked(name, content)))
        if theirs["bad"]:  # the sentences of a bad cell come from two readers of rows
            theirs, mine = ({**one, "bad": [row["row"] for row in one["bad"]]} for one in (theirs, mine))
        assert mine == theirs


@pytest.mark.parametrize(
    ("name", "content", "more", "told"),
    [
        ("a.xlsx", b"PK", {}, "save a workbook as CSV"),
        ("a.csv", b"id,histology\n" + b"".join(b"%d,GIST\n" % i for i in range(201)), {}, "too many rows"),
        ("a.csv", b"x" * 100, {"most_bytes": 10}, "too large"),
        ("a.csv.gz", b"x", {}, "damaged"),
        ("a.csv", b"id,histology\n1,\xff\n", {}, "not UTF-8"),
        ("a.csv", b"id,histology\n1,GIST\n", {"mapping": "nonsense"}, "no such mapping"),
    ],
)  # fmt: skip
def test_what_is_not_decided_case_by_case_is_told(
    name: str, content: bytes, more: dict[str, object], told: str
) -> None:
    from ntrkpath.server.cohort import alone

    with pytest.raises(NtrkpathError, match=told):
        asyncio.run(alone.page(**_asked(name, content, **more)))


def test_rows_tell_how_far_they_are_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    from ntrkpath.server.kit import progress

    heard: list[tuple[str, bool]] = []

    def listener(told: str, stoppable: bool) -> bool:
        heard.append((told, stoppable))
        return len(heard) == 3

    async def done() -> list[int]:
        return [row async for row in progress.rows(range(1, 2001), 2000)]

    monkeypatch.setattr(progress, "_SECONDS", 0.0)
    assert asyncio.run(done())[-1] == 2000
    progress.listen(listener)
    try:
        with pytest.raises(NtrkpathError, match="stopped"):
            asyncio.run(done())
    finally:
        progress.listen(None)
    assert heard[-1] == ("3 of 2,000 rows decided …", True)
