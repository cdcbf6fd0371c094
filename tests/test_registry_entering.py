"""Entries that people write by hand: forms, wishes, queries, decisions; and consent that is given anew."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")

from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from ntrkpath.cli.registry import command
from ntrkpath.model.errors import NtrkpathError, RegistryError
from ntrkpath.registry.book import Book
from ntrkpath.registry.entering import BESIDE, entered, kinds
from ntrkpath.registry.entries import KINDS, NoMoreData, NoMoreUse, Retraction, kind_of
from ntrkpath.registry.flat import form_cells
from ntrkpath.registry.forms import Consent, FollowUp
from ntrkpath.registry.incoming import Arrived, rule, take
from ntrkpath.registry.items import forms
from ntrkpath.registry.partial_dates import earliest, latest
from support.registry import book, draft, place, registration, server
from support.study import subject

__all__ = ["book", "place", "server"]  # fixtures


def run(*words: str, folder: Path) -> Any:
    return CliRunner().invoke(command, [words[0], *words[1:], "--database", str(folder)], standalone_mode=False)


# --- by hand ----------------------------------------------------------------------------------------------------------
def test_whatever_a_subject_wishes_and_is_asked_is_written_by_a_command(tmp_path: Path) -> None:
    with Book.create(tmp_path):
        pass
    for words in (
        ("P1", "registration", "collection=prospective", "birth=1980"),
        ("P1", "screening", "step=stained", "date=29.2.2024"),
        ("P1", "query", "about=registration.birth", "text=is a month known?"),
        ("P1", "reply", "query=3", "text=no", "closes=yes"),
        ("P1", "decision", "action=larotrectinib", "follows=no", "override_reason=frail"),
        ("P1", "retraction", "entry=2", "reason=another patient"),
        ("P1", "no_more_data", "asked_by=subject"),
    ):
        assert run("enter", *words, "--site", "S1", folder=tmp_path).return_value == 0, words
    with Book.open(tmp_path) as there:
        found = there.subject("S1", "P1")
        assert found is not None and found.status == "no_more_data"
        assert not found.open_queries and not found.screening and len(found.decisions) == 1
        assert [e.body.date for e in found.entries if e.kind == "screening"] == ["2024-02-29"]


def test_the_same_request_written_twice_is_one_entry(tmp_path: Path) -> None:
    with Book.create(tmp_path):
        pass
    words = ("enter", "P1", "registration", "collection=prospective", "--site", "S1", "--request", "r1")
    said = {run(*words, folder=tmp_path).output for _ in range(2)}
    assert said == {"S1 1\n"}


@pytest.mark.parametrize("second", ["collection=prospective", "collection=literature", "collection="])
def test_an_item_that_is_given_twice_is_refused_whatever_it_says(tmp_path: Path, second: str) -> None:
    with Book.create(tmp_path):
        pass
    words = ("enter", "P1", "registration", "collection=prospective", second, "--site", "S1")
    assert isinstance(run(*words, folder=tmp_path).exception, RegistryError)
    with Book.open(tmp_path) as book:
        assert not list(book.subjects())


def test_an_entry_of_a_subject_that_nobody_registered_is_refused(tmp_path: Path) -> None:
    with Book.create(tmp_path):
        pass
    assert isinstance(run("enter", "P1", "screening", "step=read", "--site", "S1", folder=tmp_path).exception,
                      RegistryError)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said", "where"),
    [
        ("reply", {"text": "x", "closes": "yes"}, "reply.query"),
        ("reply", {"query": "3", "text": "x", "closes": "perhaps"}, "reply.closes"),
        ("no_more_use", {"asked_by": "me"}, "no_more_use.asked_by"),
        ("no_more_use", {"asked_by": "subject", "date": "30.2.2024"}, "no_more_use"),
        ("growth", {"heigt_cm": "100"}, "growth.heigt_cm"),
        ("treatment", {"drug": "x", "instance": "0"}, "treatment.instance"),
        ("treatment", {"drug": "x", "instance": "9" * 5000}, "treatment.instance"),
        ("stain", {"percent": "800"}, "stain.percent"),
    ],
)
def test_an_item_that_is_none_names_its_place(kind: str, said: dict[str, str], where: str) -> None:
    with pytest.raises(NtrkpathError) as error:
        entered(kind, said)
    assert error.value.where == where


def test_every_kind_that_the_registry_does_not_write_itself_is_written_by_hand() -> None:
    own = {"case", "caller_file", "answer", "proposal", "ruling", "erasure", "release"}
    assert {*kinds()} == {*KINDS} - own and {*BESIDE} == {*kinds()} - {*forms()}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_form_of_cells_is_the_form_that_the_cells_are_of(data: Any) -> None:
    kind = data.draw(st.sampled_from([*forms()]))
    said = {n: data.draw(st.sampled_from(i.levels)) for n, i in forms()[kind].items.items() if i.levels}
    said |= {n: "x" for n, i in forms()[kind].items.items() if i.required and not i.levels}
    body = entered(kind, said)
    again = {path.partition(".")[2]: cell for path, cell in form_cells(body).items()}
    assert kind_of(body) == kind and entered(kind, again) == body


# --- wishes taken back ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", [NoMoreData, NoMoreUse])
def test_consent_given_anew_after_a_wish_opens_the_subject_again(book: Book, kind: Any) -> None:
    wish = kind(asked_by="subject", date="2024-01-01")
    book.append(draft("P1", registration()), draft("P1", Consent(status="yes")), draft("P1", wish))
    with pytest.raises(RegistryError):
        book.append(draft("P1", FollowUp(status="alive")))
    with pytest.raises(RegistryError):
        book.append(draft("P1", Consent(status="unknown")))
    for too_early in ({}, {"date": "2020-01-01"}, {"date": "2024-01"}, {"date": "2024"}, {"date": "2024-01-01"}):
        with pytest.raises(RegistryError) as refused:
            book.append(draft("P1", Consent(status="yes", **too_early)))
        assert "after that of the wish" in str(refused.value.remedy)
    book.append(draft("P1", Consent(status="yes", date="2026-05", by="subject")))
    book.append(draft("P1", FollowUp(status="alive")))
    found = book.subject("S1", "P1")
    assert found is not None and found.status == "active" and found.counted
    book.append(draft("P1", NoMoreUse(asked_by="subject")))
    found = book.subject("S1", "P1")
    assert found is not None and found.status == "no_more_use"


@pytest.mark.parametrize("kind", [NoMoreData, NoMoreUse])
def test_a_wish_without_a_date_was_made_by_the_day_it_was_written(book: Book, kind: Any) -> None:
    book.append(draft("P1", registration()))
    (wish,) = book.append(draft("P1", kind(asked_by="subject")))
    with pytest.raises(RegistryError):
        book.append(draft("P1", Consent(status="yes", date=wish.at.date().isoformat())))
    book.append(draft("P1", Consent(status="yes", date=(wish.at.date() + dt.timedelta(days=1)).isoformat())))
    found = book.subject("S1", "P1")
    assert found is not None and found.status == "active"


DATES = st.sampled_from([None, "2023", "2024", "2024-01", "2024-01-01", "2024-01-02", "2024-02", "2025"])


@settings(max_examples=80, deadline=None)
@given(DATES.filter(bool), st.lists(DATES, max_size=3))
def test_a_subject_stands_open_again_only_by_a_consent_that_is_certainly_later(wish: str, given_: list[Any]) -> None:
    consents = [Consent(status="yes", date=date) for date in given_]
    found = subject("P1", registration(), NoMoreUse(asked_by="subject", date=wish), *consents)
    later = any(date is not None and earliest(date) > latest(wish) for date in given_)
    assert found.status == ("active" if later else "no_more_use")
    assert subject("P1", registration(), *consents, NoMoreUse(asked_by="subject", date=wish)).status == "no_more_use"


def test_a_correction_of_a_consent_of_before_the_wish_opens_nothing(book: Book) -> None:
    old = Consent(instance=1, status="yes", date="2020-01-01")
    book.append(draft("P1", registration()), draft("P1", old))
    corrected = Consent(instance=1, status="yes", date="2024-06-01")
    assert take(book, [Arrived("x", "P1", ((corrected, None),))], "S1", "a", "x").waiting == 1
    book.append(draft("P1", NoMoreData(asked_by="subject", date="2024-01-01")))
    (waits,) = [e.seq for e in book.entries("S1", "P1") if e.kind == "proposal"]
    with pytest.raises(RegistryError):
        rule(book, "S1", "P1", waits, accepted=True, author="a")
    rule(book, "S1", "P1", waits, accepted=False, author="a")
    found = book.subject("S1", "P1")
    assert found is not None and found.status == "no_more_data" and not found.waiting


def test_a_wish_that_was_written_for_another_is_taken_back_and_nothing_else_is(book: Book) -> None:
    book.append(draft("P1", registration()), draft("P1", NoMoreUse(asked_by="subject")))
    with pytest.raises(RegistryError):
        book.append(draft("P1", Retraction(entry=1)))
    book.append(draft("P1", Retraction(entry=2, reason="another subject")))
    found = book.subject("S1", "P1")
    assert found is not None and found.status == "active"


def test_an_import_never_takes_a_wish_back(book: Book) -> None:
    book.append(draft("P1", registration()), draft("P1", NoMoreUse(asked_by="subject")))
    taken = take(book, [Arrived("x", "P1", ((Consent(status="yes"), None),))], "S1", "a", "x")
    assert len(taken.bad) == 1
    found = book.subject("S1", "P1")
    assert found is not None and found.status == "no_more_use"


def test_after_an_erasure_no_consent_brings_anything_back(book: Book) -> None:
    book.append(draft("P1", registration()))
    book.erase("S1", "P1", author="a", request="e", asked_by="subject")
    with pytest.raises(RegistryError):
        book.append(draft("P1", Consent(status="yes")))
