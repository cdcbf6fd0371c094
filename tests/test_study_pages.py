"""The pages of a registry: behind the address of this run alone, with what the study says and nothing of a cookie."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from threading import Event
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient

from ntrkpath.guidance import load
from ntrkpath.model.case import PanTrkIhc
from ntrkpath.registry.book import Book
from ntrkpath.registry.entries import Draft, NoMoreUse, Proposal, Query, Reply
from ntrkpath.registry.forms import FollowUp, Registration, Screening
from ntrkpath.registry.study.participants import Gathering, gathered
from ntrkpath.registry.study.worklists import LISTS
from ntrkpath.registry.subjects import Subject
from ntrkpath.server.app import create_app
from ntrkpath.server.kit.settings import LOOPBACK, Settings, SettingsError
from ntrkpath.server.registry.opened import Opened
from ntrkpath.server.registry.timeline import differences, flat, timeline, versions
from support.study import DAY, Kept, protocol, synthetic, tumour
from support.web import client  # noqa: F401 - skips where the server is not installed


@contextmanager
def opened(*subjects: Subject) -> Iterator[tuple[TestClient[Any], Opened]]:
    """Yield a client of a server that shows a registry with these subjects."""
    book: Any = Kept(subjects)
    registry = Opened(book, protocol(), load(), as_of=DAY, author="tester")
    app = create_app(Settings(workers=0, hosts=LOOPBACK), registry)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as made:
        yield made, registry


PAGES = ("", "/worklists", "/subjects", "/review/csv", "/results/csv", "/results/json", "/results/html")


def test_every_page_comes_by_the_address_of_this_run_without_a_cookie() -> None:
    with opened(*synthetic(80)) as (web, registry):
        for page in PAGES:
            answer = web.get(registry.path + page)
            assert answer.status_code == 200, page
            assert "set-cookie" not in answer.headers
            assert answer.headers["cache-control"] == "no-store"
            assert "'unsafe-inline'" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("page", PAGES)
def test_without_the_token_there_is_no_such_page(page: str) -> None:
    with opened(tumour("S1")) as (web, registry):
        for token in ("", "x", registry.token[:-1], registry.token + "A", registry.token.swapcase()):
            answer = web.get(f"/registry/{token}{page}")
            assert answer.status_code == 404
            assert "S1" not in answer.text


def test_each_run_has_an_address_of_its_own() -> None:
    book: Any = Kept([])
    first, second = (Opened(book, protocol(), load()) for _ in range(2))
    assert first.token != second.token and len(first.token) >= 32


def test_a_registry_is_not_served_under_the_name_of_another_machine() -> None:
    book: Any = Kept([])
    with pytest.raises(SettingsError):
        create_app(Settings(hosts=(*LOOPBACK, "registry.example")), Opened(book, protocol(), load()))


def test_without_a_registry_there_are_no_such_pages() -> None:
    with TestClient(create_app(Settings(workers=0, hosts=LOOPBACK)), base_url="http://127.0.0.1") as web:
        assert web.get("/registry/anything").status_code == 404


def test_pages_hold_no_script_or_style_of_their_own() -> None:
    with opened(*synthetic(80)) as (web, registry):
        first = synthetic(80)[0]
        for page in ("", "/worklists", "/subjects", f"/subject?site={first.site}&id={first.id}"):
            text = web.get(registry.path + page).text
            assert not re.search(r"<style|style=|\son[a-z]+=|<script>", text), page


def test_the_study_shows_what_the_results_say() -> None:
    with opened(*synthetic(80)) as (web, registry):
        text = web.get(registry.path + "?whole=1").text
        assert "Attrition" in text and "<svg" in text and "Turnaround" in text
        plain = msgspec.json.decode(web.get(registry.path + "/results/json").content)
        assert plain["participants"] == registry.results().participants


def test_what_takes_long_is_reckoned_behind_a_page_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    waited = Event()
    reckoned = Opened.results
    monkeypatch.setattr(Opened, "results", lambda self: waited.wait(30) and reckoned(self))
    with opened(tumour("S1")) as (web, registry):
        first = web.get(registry.path).text
        assert "<progress" in first and "Attrition" not in first
        waited.set()
        assert "Attrition" in web.get(registry.path + "?whole=1").text
        assert "Attrition" in web.get(registry.path).text


def test_a_new_entry_is_seen_at_once() -> None:
    with opened(tumour("S1")) as (web, registry):
        assert LISTS["to_enrol"] in web.get(registry.path + "/worklists").text
        step = Screening(step="enrolled", date="2026-06-25")
        registry.book.append(Draft(site="A", subject="S1", body=step, author="t", request="new"))
        text = web.get(registry.path + "/worklists").text
        assert LISTS["to_enrol"] not in text and LISTS["to_stain"] in text


def test_only_subjects_with_new_entries_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    taken = Gathering.take
    monkeypatch.setattr(Gathering, "take", lambda self, whole: read.append(whole.id) or taken(self, whole))
    with opened(tumour("S1"), tumour("S2", site="B"), tumour("S3")) as (_, registry):
        assert len(registry.gathered().participants) == 3 and sorted(read) == ["S1", "S2", "S3"]
        registry.gathered()
        assert len(read) == 3
        for number, body in enumerate((Screening(step="enrolled", date="2026-06-25"), NoMoreUse(asked_by="subject"))):
            registry.book.append(Draft(site="B", subject="S2", body=body, author="t", request=f"n{number}"))
            whole = gathered(registry.book.subjects(), protocol(), load(), DAY)
            read.clear()
            found = registry.gathered()
            assert read == ["S2"] and found.left_out == whole.left_out
            assert [(p.id, p.steps) for p in found.participants] == [(p.id, p.steps) for p in whole.participants]


def test_what_another_writes_while_new_entries_are_read_is_read_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def enrolled(ident: str, number: str) -> Draft:
        body = Screening(step="enrolled", date="2026-06-25")
        return Draft(site="A", subject=ident, body=body, author="t", request=number)

    with opened(tumour("S1"), tumour("S2")) as (_, registry):
        assert len(registry.gathered().participants) == 2
        one = registry.book.subject
        wish = Draft(site="A", subject="S2", body=NoMoreUse(asked_by="subject"), author="u", request="wish")

        def between(site: str, ident: str) -> Subject | None:
            monkeypatch.setattr(registry.book, "subject", one)
            registry.book.append(wish, enrolled("S1", "later"))
            return one(site, ident)

        monkeypatch.setattr(registry.book, "subject", between)
        registry.book.append(enrolled("S1", "first"))
        registry.gathered()
        assert registry.gathered().left_out == {"use withdrawn": 1}


def test_a_list_is_shown_whole_by_site_and_as_a_file() -> None:
    with opened(tumour("S1"), tumour("S2", site="B")) as (web, registry):
        assert "S2" not in web.get(registry.path + "/worklists?list=to_enrol&site=A").text
        registry.book.append(Draft(site="A", subject="S1", body=Query(about="x", text="=1+1"), author="t", request="q"))
        assert "x: =1+1" in web.get(registry.path + "/worklists?form=csv&list=query_open").text
        lines = web.get(registry.path + "/worklists?form=csv&list=to_enrol").text.splitlines()
        assert lines[0] == "list,site,id,says,days" and len(lines) == 3


def test_a_subject_is_found_and_shown_with_what_each_version_changed() -> None:
    query = Query(about="registration.birth", text="which year?")
    with opened(tumour("S1", query, stain=60.0, sequence="fusion")) as (web, registry):
        assert "S1" in web.get(registry.path + "/subjects?find=s1").text
        assert "0 found" in web.get(registry.path + "/subjects?find=zzz").text
        text = web.get(registry.path + "/subject?site=A&id=S1").text
        for said in ("which year?", "tests[0].percent", "60.0", LISTS["not_returned"], "Timeline"):
            assert said in text
        assert web.get(registry.path + "/subject?site=A&id=nobody").status_code == 404


def test_a_pseudonym_of_any_characters_has_a_page_of_its_own() -> None:
    for ident in ("2021/034", "a b&c=d", "ü?#", "../S1"):
        with opened(tumour(ident, site="North/1")) as (web, registry):
            text = web.get(registry.path + "/subjects").text
            link = re.search(r'href="([^"]*/subject\?[^"]*)"', text)
            assert link is not None
            assert "Timeline" in web.get(unescape(link[1])).text


def test_of_a_subject_who_wants_no_more_use_nothing_is_shown() -> None:
    with opened(tumour("S1", NoMoreUse(asked_by="subject"), stain=60.0)) as (web, registry):
        text = web.get(registry.path + "/subject?site=A&id=S1").text
        assert "No more use" in text and "Timeline" not in text and "leiomyosarcoma" not in text
        assert "S1" not in web.get(registry.path + "/subjects").text


def test_what_a_site_wrote_is_shown_as_text_and_never_as_markup() -> None:
    nasty = "<script>alert(1)</script>"
    given_ = tumour("S1", Query(about="x", text=nasty), Reply(query=3, text=nasty, closes=False))
    with opened(given_) as (web, registry):
        for page in ("/subject?site=A&id=S1", "/worklists"):
            text = web.get(registry.path + page).text
            assert nasty not in text and "&lt;script&gt;" in text


@contextmanager
def proposed(folder: Path) -> Iterator[tuple[TestClient[Any], Opened, dict[str, str]]]:
    """Yield a client of a registry in which one imported registration waits, and what a ruling on it sends."""
    plain = {"kind": "registration", "collection": "prospective", "histology_before": "angiosarcoma", "birth": "1970"}
    body = Proposal(proposed=plain, stands=1, differs=("histology_before", "birth"), source="b.csv")
    with Book.create(folder) as book:
        for i, one in enumerate((*(e.body for e in tumour("S1").entries), body)):
            book.append(Draft(site="A", subject="S1", body=one, author="t", request=str(i)))
        registry = Opened(book, protocol(), load(), as_of=DAY, author="tester")
        app = create_app(Settings(workers=0, hosts=LOOPBACK), registry)
        subject = book.subject("A", "S1")
        assert subject is not None
        sent = {"site": "A", "subject": "S1", "proposal": str(subject.waiting[0].seq)}
        with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as made:
            yield made, registry, sent


@pytest.mark.parametrize(("ruling", "histology"), [("take", "angiosarcoma"), ("leave", "leiomyosarcoma")])
def test_an_imported_value_is_taken_once_or_left(ruling: str, histology: str, tmp_path: Path) -> None:
    with proposed(tmp_path) as (web, registry, sent):
        text = web.get(registry.path + "/imports").text
        assert "angiosarcoma" in text and "leiomyosarcoma" in text and "b.csv" in text
        assert web.post(registry.path + "/imports/ruling", data={**sent, "ruling": ruling}).status_code == 200
        found = registry.book.subject("A", "S1")
        assert found is not None and found.registration is not None
        assert found.registration.histology_before == histology and found.waiting == ()
        again = web.post(registry.path + "/imports/ruling", data={**sent, "ruling": ruling})
        assert again.status_code == 422
        assert len([e for e in found.entries if e.author == "tester"]) == (2 if ruling == "take" else 1)


@pytest.mark.parametrize(
    ("token", "headers", "ruling", "status"),
    [("wrong", {}, "take", 404), ("", {"sec-fetch-site": "cross-site"}, "take", 403), ("", {}, "perhaps", 200)],
)
def test_no_ruling_without_the_token_from_another_site_or_in_other_words(
    token: str, headers: dict[str, str], ruling: str, status: int, tmp_path: Path
) -> None:
    with proposed(tmp_path) as (web, registry, sent):
        path = f"/registry/{token or registry.token}/imports/ruling"
        assert web.post(path, data={**sent, "ruling": ruling}, headers=headers).status_code == status
        found = registry.book.subject("A", "S1")
        assert found is not None and len(found.waiting) == 1


def test_the_timeline_is_by_the_days_that_entries_speak_of() -> None:
    late, early = FollowUp(status="alive", date="2026-05-01"), FollowUp(status="alive", date="2026-02")
    shown = [one for one in timeline(tumour("S1", late, early)) if one.when]
    assert [one.when for one in shown] == ["2026-02", "2026-05-01"]


def test_a_registration_that_was_replaced_no_longer_stands() -> None:
    shown = timeline(tumour("S1", Registration(collection="prospective", birth="1970")))
    assert [one.stands for one in shown if one.title == "Registration"] == [False, True]


def test_versions_tell_what_was_added_changed_and_taken_away() -> None:
    before, after = dict(flat({"a": 1, "b": [{"c": 2}]})), dict(flat({"a": 2, "d": 3}))
    assert [(d.path, d.before, d.after) for d in differences(before, after)] == [
        ("a", "1", "2"), ("d", "", "3"), ("b[0].c", "2", ""),
    ]  # fmt: skip
    shown = versions(tumour("S1", stain=60.0))
    assert shown[0].differences[0].path.startswith("tests[0]")
    assert PanTrkIhc.__struct_config__.tag in {d.after for d in shown[0].differences}
