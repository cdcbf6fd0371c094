"""The commands of the study on a real book: lists, results, plans, protocols, what an edition changes, own counts."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
from click.testing import CliRunner, Result

pytest.importorskip("sqlalchemy", reason="needs ntrkpath[registry]")

from ntrkpath.cli.registry_study import COMMANDS
from ntrkpath.guidance import load
from ntrkpath.model.errors import RegistryError
from ntrkpath.pathway import Pathway
from ntrkpath.registry.book import Book
from ntrkpath.registry.entries import Draft
from ntrkpath.registry.forms import Registration
from ntrkpath.registry.study.own_counts import OwnCount, write_edition
from ntrkpath.registry.study.synthetic import as_of, fill, synthetic_study
from ntrkpath.registry.study.worklists import LISTS
from support.study import protocol, tumour

GROUP = click.Group("registry", commands=list(COMMANDS))
DAY = str(as_of())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("study")
    assert fill(where, protocol(), load(), 150) == 150
    return where


def ran(*arguments: Any) -> Result:
    """Return what a command of the group answers."""
    return CliRunner().invoke(GROUP, [str(one) for one in arguments], standalone_mode=False)


def said(*arguments: Any) -> str:
    """Return what a command wrote, that must succeed."""
    found = ran(*arguments)
    if found.exception is not None:
        raise found.exception
    assert found.return_value == 0
    return found.output


def test_a_study_is_filled_once_and_is_the_same_for_everyone(folder: Path, tmp_path: Path) -> None:
    assert fill(folder, protocol(), load(), 150) == 0
    one = [draft for drafts in synthetic_study(protocol(), load(), subjects=40) for draft in drafts]
    again = [draft for drafts in synthetic_study(protocol(), load(), subjects=40) for draft in drafts]
    assert one == again
    assert {draft.author for draft in one} == {"synthetic"}
    assert all(draft.site.startswith("synthetic-") for draft in one)


def test_a_study_that_was_left_unfinished_is_taken_up_where_it_stopped(tmp_path: Path) -> None:
    some = [draft for drafts in synthetic_study(protocol(), load(), subjects=12) for draft in drafts]
    with Book.create(tmp_path) as book:
        book.append(*some[:50])
    assert fill(tmp_path, protocol(), load(), 12) == 12
    with Book.open(tmp_path) as book:
        assert [e.request for e in book.entries() if e.kind != "answer"] == [
            d.request for d in sorted(some, key=lambda d: d.site)
        ]


def test_a_folder_with_another_book_is_left_alone(tmp_path: Path) -> None:
    with Book.create(tmp_path) as book:
        body = Registration(collection="prospective")
        book.append(Draft(site="real", subject="R1", body=body, author="someone", request="1"))
    with pytest.raises(RegistryError):
        fill(tmp_path, protocol(), load(), 5)
    with Book.open(tmp_path) as book:
        assert [one.id for one in book.subjects()] == ["R1"]


def test_an_empty_book_that_somebody_made_is_left_alone(tmp_path: Path) -> None:
    with Book.create(tmp_path):
        pass
    with pytest.raises(RegistryError):
        fill(tmp_path, protocol(), load(), 5)
    with Book.open(tmp_path) as book:
        assert not list(book.subjects())


def test_a_study_to_which_somebody_added_a_patient_is_left_alone(tmp_path: Path) -> None:
    assert fill(tmp_path, protocol(), load(), 3) == 3
    with Book.open(tmp_path) as book:
        body = Registration(collection="prospective")
        book.append(Draft(site="zz", subject="R1", body=body, author="someone", request="1"))
        before = len(list(book.entries()))
    with pytest.raises(RegistryError):
        fill(tmp_path, protocol(), load(), 5)
    with Book.open(tmp_path) as book:
        assert len(list(book.entries())) == before


def test_a_study_that_was_left_without_its_answers_gets_them(folder: Path, tmp_path: Path) -> None:
    with Book.create(tmp_path) as book:
        for drafts in synthetic_study(protocol(), load(), subjects=150):
            book.append(*drafts)
    assert fill(tmp_path, protocol(), load(), 150) == 0

    def answers(where: Path) -> list[str]:
        with Book.open(where) as book:
            return [e.body.sha256 for e in book.entries() if e.kind == "answer"]

    assert answers(tmp_path) and answers(tmp_path) == answers(folder)


def test_worklists_as_text_json_and_csv_hold_the_same(folder: Path) -> None:
    options = ("worklist", "--database", folder, "--as-of", DAY)
    plain = json.loads(said(*options, "--format", "json"))
    assert set(plain) == set(LISTS)
    rows = list(csv.DictReader(io.StringIO(said(*options, "--format", "csv"))))
    assert len(rows) == sum(map(len, plain.values()))
    text = said(*options)
    for name, items in plain.items():
        assert (f"{LISTS[name]}: {len(items)}" in text) == bool(items)
    only = said(*options, "--list", "to_stain", "--site", "synthetic-north")
    assert "synthetic-east" not in only


def test_an_unknown_list_names_those_there_are(folder: Path) -> None:
    found = ran("worklist", "--database", folder, "--list", "to_stian")
    assert isinstance(found.exception, RegistryError) and "to_stain" in found.exception.allowed


@pytest.mark.parametrize("form", ["text", "json", "csv", "html"])
def test_results_come_in_every_form(folder: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"results.{form}"
    said("results", "--database", folder, "--as-of", DAY, "--format", form, "--out", out)
    content = out.read_text(encoding="utf-8")
    if form == "json":
        assert json.loads(content)["participants"] > 100
    elif form == "csv":
        kinds = {row["sheet"] for row in csv.DictReader(io.StringIO(content))}
        assert {"flow", "accuracy", "frequency", "turnaround"} <= kinds
    else:
        for title in ("Attrition", "Pan-TRK stain against sequencing", "Turnaround"):
            assert title in content
    if form == "html":
        assert content.count("<svg") >= 3 and "<script" not in content


def test_plans_are_made_without_a_book() -> None:
    assert "Screen 1,576 tumours" in said("plan", "--frequency", 0.007, "--width", 0.01)
    plain = json.loads(said("plan", "--sensitivity", 0.85, "--at-least", 0.5, "--stratum", "high:200:0.1",
                            "--stratum", "rest:1500:0.003", "--format", "json"))  # fmt: skip
    assert [plan["scope"] for plan in plain["plans"]] == [["high"], ["high", "rest"]]


@pytest.mark.parametrize("wrong", [("--stratum", "high"), ("--stratum", "high:many:0.1"), ()])
def test_a_plan_that_lacks_something_says_what(wrong: tuple[str, ...]) -> None:
    found = ran("plan", "--sensitivity", 0.85, "--at-least", 0.5, *wrong)
    assert isinstance(found.exception, click.UsageError)


def test_a_protocol_is_listed_printed_and_checked(tmp_path: Path) -> None:
    assert "sts_ihc_mps" in said("protocol")
    own = tmp_path / "own.yaml"
    own.write_text(said("protocol", "sts_ihc_mps"), encoding="utf-8")
    assert "no error" in said("protocol", own)
    own.write_text(own.read_text(encoding="utf-8").replace("REG-1", "REG-9"), encoding="utf-8")
    own.write_text(own.read_text(encoding="utf-8").replace("BIO-8", "BIO-99"), encoding="utf-8")
    found = ran("protocol", own)
    assert found.return_value == 65
    assert "REG-9" in found.output and "BIO-99" in found.output


def test_the_sheet_for_readers_has_room_for_their_answer_and_no_result(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(said("central-review", "--database", folder, "--as-of", DAY))))
    assert rows and set(rows[0]) >= {"site", "id", "histology", "outcome", "revised_histology"}
    assert not any("TRK" in str(value).upper() for row in rows for value in row.values())


def test_another_date_of_labels_lists_only_what_it_changes(tmp_path: Path) -> None:
    with Book.create(tmp_path) as book:
        for one in (tumour("S1", stain=60.0, sequence="fusion"), tumour("S2", stain=0.0)):
            for entry in one.entries:
                book.append(Draft(site="A", subject=one.id, body=entry.body, author="t", request=entry.request))
    options = ("changed", "--database", tmp_path, "--as-of", DAY)
    assert said(*options) == "No case changes.\n"
    assert said(*options, "--before", DAY) == "No case changes.\n"
    assert "S1" in said(*options, "--before", "2019-01-01")
    found = json.loads(said(*options, "--before", "2019-01-01", "--format", "json"))
    assert [one["id"] for one in found] == ["S1"]
    assert found[0]["trk_inhibitor"] != found[0]["trk_inhibitor_was"]
    assert said(*options, "--before", "2019-01-01", "--format", "csv").count("\n") == 2


def test_answers_are_kept_once_and_a_new_date_of_labels_is_told_against_them(tmp_path: Path) -> None:
    with Book.create(tmp_path) as book:
        lost = tumour("S3", histology="no such")
        for one in (tumour("S1", stain=60.0, sequence="fusion"), tumour("S2", stain=0.0), lost):
            for entry in one.entries:
                book.append(Draft(site="A", subject=one.id, body=entry.body, author="t", request=entry.request))
    options = ("--database", tmp_path, "--as-of", "2019-01-01")
    first = ran("answer", *options)
    assert first.return_value == 65 and "2 answers given" in first.output and "S3" in first.output
    again = ran("answer", *options)
    assert "0 answers given, 2 stood already" in again.output
    with Book.open(tmp_path) as book:
        kept = book.subject("A", "S1")
        assert kept is not None and kept.case is not None
        answer = kept.answers[-1].body
        now = Pathway(load(), answer.as_of, probability=False).recommend(kept.case)
        assert answer.trk_inhibitor == now.answer.trk_inhibitor
        assert answer.actions == tuple(action.action for action in now.actions)
        assert answer.sha256 == hashlib.sha256(msgspec.json.encode(now)).hexdigest()
        assert kept.entries[answer.case - 1].kind == "case"
    found = json.loads(said("changed", "--database", tmp_path, "--as-of", DAY, "--format", "json"))
    assert [one["id"] for one in found] == ["S1"]
    ran("answer", "--database", tmp_path, "--as-of", DAY)
    assert said("changed", "--database", tmp_path, "--as-of", DAY) == "No case changes.\n"


def test_the_schema_of_a_protocol_is_printed() -> None:
    assert json.loads(said("protocol", "--schema"))["$schema"].startswith("https://json-schema.org")


def test_own_counts_make_an_edition_that_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ntrkpath.evidence import evidence_of
    from ntrkpath.registry.study import own_counts

    # Half a minute of reckoning that has its own tests; what is written of it is what is looked at here.
    monkeypatch.setattr(own_counts, "figures", lambda _: load().data["probability_figures"])
    out = tmp_path / "own"
    made = write_edition([OwnCount("gist", 1, 200)], load(), protocol(), as_of(), out)
    assert made.id == "wsn2020_own" and "own" in made.version and made.sha256 != load().sha256
    study = next(s for s in evidence_of(made).studies("gist") if s.label == "Own registry")
    assert (study.positive, study.tested) == (1, 200)
    assert "not published" in evidence_of(made).citation(study.reference)
    assert all(s.label != "Own registry" for s in evidence_of(load()).studies("gist"))
    with pytest.raises(RegistryError):
        write_edition([OwnCount("gist", 1, 200)], load(), protocol(), as_of(), out)
    with pytest.raises(RegistryError):
        write_edition([], load(), protocol(), as_of(), tmp_path / "none")


def test_pages_of_a_registry_are_not_served_to_other_machines() -> None:
    from ntrkpath.cli.serve import command

    for options in (["--host", "0.0.0.0"], ["--allow-host", "registry.example"]):
        found = CliRunner().invoke(command, ["--registry", *options], standalone_mode=False)
        assert isinstance(found.exception, click.UsageError)
