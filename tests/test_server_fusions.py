"""The fusions page: caller files become verdicts, good rows come out beside bad ones, files can be taken away."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ntrkpath.exports.tsv import verdicts_tsv
from ntrkpath.exports.verdicts import FusionsDocument, written
from ntrkpath.fusion import assayed_fusion
from ntrkpath.fusion.judge import judge_files
from ntrkpath.server.fusions.page import published_rows
from support.web import client

READERS = Path(__file__).parent / "data" / "readers"
FILES = sorted(path for path in READERS.iterdir() if path.is_file() and path.suffix != ".md")


@pytest.fixture(scope="module")
def web() -> Iterator[Any]:
    with client(uploads_per_minute=100_000) as made:
        yield made


def _send(web: Any, *files: tuple[str, bytes], **fields: str) -> Any:
    return web.post("/fusions", files=[("files", file) for file in files], data=fields)


def _carried(page: str) -> dict[str, str]:
    return {
        name: unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])  # type: ignore[index]
        for name in ("document", "mark")
    }


def _events(page: str) -> list[dict[str, Any]]:
    return list(json.loads(_carried(page)["document"])["events"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_gives_the_verdicts_of_the_command_line_or_says_why_not(web: Any, path: Path) -> None:
    expected = judge_files([path]).asked("fusions")
    answer = _send(web, (path.name, path.read_bytes()))
    shown = unescape(answer.text)
    if expected.errors:
        assert answer.status_code == 422
        assert expected.errors[0].problem in shown
        return
    assert answer.status_code == 200
    if expected.events:
        document = FusionsDocument(files=expected.files, events=expected.events)
        assert _carried(answer.text)["document"] == msgspec.json.encode(document).decode()
    else:
        assert ("No NTRK event." in shown) == expected.complete
    for problem in expected.files[0].problems:
        assert problem in shown


def test_a_packed_file_is_read_like_the_plain_one(web: Any) -> None:
    content = (READERS / "arriba_v2.tsv").read_bytes()
    plain = _send(web, ("arriba_v2.tsv", content)).text
    packed = _send(web, ("arriba_v2.tsv.gz", gzip.compress(content, mtime=0))).text
    verdicts = [_events(page) for page in (plain, packed)]
    assert [v["verdict"] for v in verdicts[0]] == [v["verdict"] for v in verdicts[1]] == ["productive"]


def test_a_file_that_cannot_be_read_does_not_hold_back_the_others(web: Any) -> None:
    good = (READERS / "arriba_v2.tsv").read_bytes()
    answer = _send(web, ("arriba.tsv", good), ("notes.txt", b"no caller wrote this\n"))
    assert answer.status_code == 200
    shown = unescape(answer.text)
    assert "1 productive" in shown
    assert "1 row or file could not be read" in shown
    assert "notes.txt" in shown


def test_a_bad_row_is_told_with_its_line_and_the_good_one_comes_out(web: Any) -> None:
    rows = "gene5\texon5\tgene3\texon3\tlevel\nETV6\t5\tNTRK3\t15\trna\nETV6\tfive\tNTRK3\t15\trna\n"
    shown = unescape(web.post("/fusions", data={"text": rows}).text)
    assert "1 NTRK event" in shown
    assert "pasted rows:3" in shown


def test_only_unreadable_files_are_an_error_that_names_the_first(web: Any) -> None:
    answer = _send(web, ("notes.txt", b"no caller wrote this\n"))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "notes.txt" in answer.text


def test_nothing_sent_is_said(web: Any) -> None:
    answer = web.post("/fusions", data={"text": "  "})
    assert answer.status_code == 422
    assert "no file was sent" in answer.text


@pytest.mark.parametrize(("name", "value"), [("assembly", "hg17"), ("caller", "guesswork")])
def test_a_choice_that_is_not_offered_is_refused_with_those_that_are(web: Any, name: str, value: str) -> None:
    answer = _send(web, ("a.tsv", (READERS / "arriba_v2.tsv").read_bytes()), **{name: value})
    assert answer.status_code == 422
    assert value in answer.text
    assert {"assembly": "GRCh38", "caller": "star-fusion"}[name] in answer.text


def test_the_sample_that_is_named_stands_where_the_file_names_none(web: Any) -> None:
    page = _send(web, ("arriba_v2.tsv", (READERS / "arriba_v2.tsv").read_bytes()), sample="S-7").text
    assert _events(page)[0]["sample"] == "S-7"


@pytest.mark.parametrize("form", ["tsv", "json", "vicc", "multiqc"])
def test_files_taken_away_are_those_of_the_command_line(web: Any, form: str) -> None:
    path = READERS / "arriba_v1.tsv"
    carried = _carried(_send(web, (path.name, path.read_bytes())).text)
    answer = web.post("/fusions/file", data={**carried, "format": form})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    found = judge_files([path])
    verdicts = found.events
    if form == "tsv":
        assert answer.text == verdicts_tsv(verdicts)
    elif form == "json":
        assert answer.content == written("json", found.files, found.events)
    elif form == "vicc":
        assert answer.json() == [assayed_fusion(verdict) for verdict in verdicts]
    else:
        assert len(answer.json()["data"]) == len(verdicts)


def test_verdicts_that_were_changed_on_the_way_are_refused(web: Any) -> None:
    path = READERS / "arriba_v1.tsv"
    carried = _carried(_send(web, (path.name, path.read_bytes())).text)
    forged = carried["document"].replace('"verdict":"', '"verdict":"likely_')
    assert forged != carried["document"]
    for address in ("/fusions/file", "/fusions"):
        answer = web.post(address, data={"document": forged, "mark": carried["mark"], "format": "tsv"})
        assert answer.status_code == 422
        assert "not as this server wrote them" in answer.text


def test_an_event_that_is_not_drawn_can_be_drawn(web: Any) -> None:
    page = web.post("/fusions", data={"text": published_rows()}).text
    assert page.count('class="ntrk-fusion"') == 2 * 4  # for a desk and for a phone
    last = re.findall(r'name="draw" value="(\d+)"', page)[-1]
    again = web.post("/fusions", data={**_carried(page), "draw": last}).text
    assert again.count('class="ntrk-fusion"') == 2
    assert f'id="ievent-{last}-title"' in again


def test_the_example_holds_fusions_of_published_cases_only(web: Any) -> None:
    rows = published_rows().splitlines()
    assert len(rows) > 3
    shown = unescape(web.get("/fusions?example").text)
    for row in rows[1:]:
        assert row in shown
        assert web.get(f"/examples/{row.split()[0]}").status_code == 200


def test_what_a_file_holds_is_shown_as_text(web: Any) -> None:
    rows = "sample\tgene5\texon5\tgene3\texon3\tlevel\n<img src=x>\tETV6\t5\tNTRK3\t15\trna\n"
    page = web.post("/fusions", data={"text": rows, "sample": "<b>"}).text
    assert "<img src=x>" not in page
    assert "&lt;img src=x&gt;" in page


def test_the_page_names_the_rules_behind_a_verdict_and_they_have_pages(web: Any) -> None:
    page = _send(web, ("arriba_v1.tsv", (READERS / "arriba_v1.tsv").read_bytes())).text
    rules = set(re.findall(r'href="(/guidance/rules/[^"]+)"', page))
    assert rules
    for address in rules:
        assert web.get(address).status_code == 200


def test_an_event_is_one_row_with_verdict_and_notes_once_and_the_most_telling_comes_first(web: Any) -> None:
    answer = web.post("/fusions", data={"text": published_rows()}).text
    page = unescape(answer)
    listed = re.sub(r"<svg.*?</svg>", "", page[page.index('<ol class="plain events">') : page.index("</ol>")])
    shown = re.findall(r'<details class="event".*?</details>', listed, re.DOTALL)
    events = _events(answer)
    assert len(shown) == len(events) == len(re.findall(r'class="verdict ', listed))
    order = ["productive", "likely_productive", "uncertain", "not_productive"]
    told = [order.index(re.search(r'class="verdict v-(\w+)"', one)[1]) for one in shown]  # type: ignore[index]
    assert told == sorted(told)
    for place, event in enumerate(events):
        row = next(one for one in re.split(r"(?=<li )", listed) if one.startswith(f'<li id="event-{place}-words"'))
        assert row.count(event["name"]) >= 1
        assert [row.count(f"<dd>{note}</dd>") for note in event["notes"]] == [1] * len(event["notes"])


def test_exons_and_breakpoints_stand_in_the_row_of_an_event(web: Any) -> None:
    page = unescape(_send(web, ("arriba_v2.tsv", (READERS / "arriba_v2.tsv").read_bytes())).text)
    row = page[page.index('<details class="event"') :]
    row = row[: row.index("</summary>")]
    for said in ("TPM3 exon 8", "NTRK1 exon 10", "154142876", "156844363", "GRCh37"):
        assert said in row
