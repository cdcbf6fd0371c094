"""The guidance browser: every entry has its page, all links lead somewhere, search and editions side by side."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway, read_cases
from ntrkpath.pathway.examples import examples
from ntrkpath.proof.constructed import constructed
from ntrkpath.report.sections import named
from ntrkpath.server.evidence import fragments as parts
from ntrkpath.server.guidance import reading
from ntrkpath.server.guidance.catalogue import catalogue
from ntrkpath.server.guidance.exemplified import exemplified
from ntrkpath.server.guidance.exemplified import shown as shown_first
from ntrkpath.server.guidance.finding import KINDS, nearest, search
from ntrkpath.server.kit.drawing import on_a_page, styles
from ntrkpath.server.kit.render import assets
from ntrkpath.server.kit.warming import warm
from ntrkpath.server.strategy.task import choices
from support.web import AS_OF, client

EDITION = load()
BOOK = catalogue(EDITION)


@pytest.fixture(scope="module")
def web() -> Iterator[Any]:
    with client() as made:
        yield made


def test_every_entry_has_a_page_of_its_own(web: Any) -> None:
    for kind in ("rules", "tables", "statements", "facts", "actions", "references"):
        for ident in getattr(BOOK, kind):
            page = web.get(f"/guidance/{kind}/{ident}")
            assert page.status_code == 200, (kind, ident)
            assert ident in unescape(page.text), (kind, ident)
    for ident in BOOK.labels(AS_OF):
        assert ident in web.get(f"/guidance/labels/{ident}").text


@pytest.mark.parametrize("kind", ["rules", "tables", "statements", "facts", "actions", "references", "labels"])
def test_an_id_that_nothing_has_is_not_found(web: Any, kind: str) -> None:
    assert web.get(f"/guidance/{kind}/NO-SUCH-1").status_code == 404


def test_every_link_within_the_guidance_leads_to_a_page_and_to_a_place_on_it(web: Any) -> None:
    pages: dict[str, str] = {}
    anchors: set[tuple[str, str]] = set()
    left = ["/guidance"]
    while left:
        path = left.pop()
        if path in pages:
            continue
        answer = web.get(path)
        assert answer.status_code == 200, path
        pages[path] = answer.text
        for link in re.findall(r'href="(/guidance[^"]*|#[^"]+)"', answer.text):
            target, _, anchor = unescape(link).partition("#")
            if anchor and anchor != "main":
                anchors.add((target or path, anchor))
            if target and "?" not in target:
                left.append(target)
    assert len(pages) > 800
    for path, anchor in anchors:
        assert f'id="{anchor}"' in pages[path], (path, anchor)


def test_a_rule_shows_its_conditions_outcome_statements_fidelity_and_its_place_in_figure_2(web: Any) -> None:
    shown = unescape(web.get("/guidance/rules/NEXT-30").text)
    rule = BOOK.rules["NEXT-30"]
    for fact in rule.when:
        assert f"/guidance/facts/{fact}" in shown
        assert EDITION.facts[fact].question in shown
    for ident in rule.statements:
        assert EDITION.statements[ident].text in shown
    assert EDITION.actions["order_mps"] in shown
    assert "verbatim" in shown
    marked = set(re.findall(r'class="edge taken" data-edge="([^"]+)"', shown))
    assert marked == set(rule.figure) == {"high-ihc", "ihc-mps-negative"}


def test_a_rule_that_is_not_verbatim_shows_its_note(web: Any) -> None:
    for rule in BOOK.rules.values():
        if rule.fidelity in ("resolved", "ambiguous"):
            assert rule.note in unescape(web.get(f"/guidance/rules/{rule.id}").text)


def test_a_rule_names_exactly_the_published_cases_in_which_it_holds(web: Any) -> None:
    held: dict[str, set[str]] = {}
    pathway = Pathway(EDITION, EDITION.labels_known_to)
    for case in read_cases(examples()):
        for step in pathway.recommend(case).trace:  # type: ignore[arg-type]
            held.setdefault(step.rule, set()).add(case.id)  # type: ignore[union-attr]
    assert held
    for rule, cases in held.items():
        assert set(BOOK.rules[rule].examples) == cases
    shown = web.get("/guidance/rules/TIER-1").text
    assert "/examples/L022" in shown
    assert web.get("/examples/L022").status_code == 200
    assert "None of the 27 published cases" in web.get("/guidance/rules/NEXT-30").text


def test_every_rule_shows_a_constructed_example_and_a_near_miss(web: Any) -> None:
    for rule in BOOK.rules.values():
        inside = [one for one in rule.constructed if one.holds]
        near = [one for one in rule.constructed if not one.holds]
        assert inside, rule.id
        assert near, rule.id
        assert all(rule.id in one.rows for one in inside), rule.id
        for one in near:
            assert rule.id not in one.rows
            changed = [{f for f in one.facts if one.facts[f] != other.facts[f]} for other in inside]
            assert {one.differs} in changed, (rule.id, one.name)
        page = unescape(web.get(f"/guidance/rules/{rule.id}").text)
        assert page.count(">near miss</span>") == len(near), rule.id
        assert page.count('<p class="row-says">') == len(rule.constructed), rule.id
        for one in rule.constructed:
            assert one.name in page, rule.id
        for fact, level in inside[0].facts.items():
            assert f"{fact.replace('_', ' ')}</span>: {reading.level(BOOK.fact(fact, rule.table), level)}" in page


def test_what_answers_in_an_example_is_what_its_file_says() -> None:
    for rule in BOOK.rules.values():
        said = {one.name: one.rows for one in constructed(rule.table)}
        assert {one.name for one in rule.constructed if one.holds} == {n for n, rows in said.items() if rule.id in rows}
        for one in rule.constructed:
            assert set(one.rows) == said[one.name]


def test_at_most_six_examples_stand_open_with_near_misses_among_them() -> None:
    for rule in BOOK.rules.values():
        first, rest = shown_first(rule.constructed)
        assert len(first) <= 6
        assert len(first) == 6 or not rest
        assert {id(one) for one in (*first, *rest)} == {id(one) for one in rule.constructed}
        assert {one.holds for one in first} == {True, False}, rule.id


def test_an_edition_that_was_changed_shows_what_its_own_tables_answer() -> None:
    table = EDITION.tables["tier"]
    kept = msgspec.structs.replace(table, rows=table.rows[1:])
    found = exemplified(kept, EDITION.facts)
    assert table.rows[0].id not in found
    for ident, examples_of in found.items():
        for one in examples_of:
            assert table.rows[0].id not in one.rows
            assert one.holds == (ident in one.rows)
    fewer = {**EDITION.facts, "alk_ros1": msgspec.structs.replace(EDITION.facts["alk_ros1"], levels=("absent",))}
    rows = tuple(row for row in table.rows if "absent" in row.when.get("alk_ros1", ("absent",)))
    for examples_of in exemplified(msgspec.structs.replace(table, rows=rows), fewer).values():
        assert all(one.facts["alk_ros1"] == "absent" for one in examples_of)


def test_a_statement_lists_the_rules_that_rest_on_it_and_each_of_them_cites_it() -> None:
    for statement in BOOK.statements.values():
        for rule in statement.cited_by:
            assert statement.id in BOOK.rules[rule].statements
    cited = {s for rule in BOOK.rules.values() for s in rule.statements}
    assert cited == {s.id for s in BOOK.statements.values() if s.cited_by}


def test_labels_are_those_in_force_on_the_date_that_is_asked_for(web: Any) -> None:
    for label in EDITION.labels:
        for day in (label.from_, label.from_ - dt.timedelta(1), label.until or AS_OF):
            shown = web.get(f"/guidance/labels?date={day}").text
            assert f"<h1>Drug labels on {day}</h1>" in shown
            count = len(EDITION.labels_on(day))
            assert f"{count} of the {len(EDITION.labels)} label versions known are in force" in shown
            found = BOOK.labels(day)
            assert {ident for ident, lb in found.items() if lb.in_force} == {lb.id for lb in EDITION.labels_on(day)}


@pytest.mark.parametrize("date", ["0001-01-01", "1999-12-31", "2029-06-01", "9999-12-31"])
def test_any_date_may_be_asked_for(web: Any, date: str) -> None:
    answer = web.get("/guidance/labels", params={"date": date})
    assert answer.status_code == 200
    assert len(answer.content) < 50_000
    assert 'class="ntrk-plot"' in answer.text
    assert ('class="reference"' in answer.text) == (date == "2029-06-01")


def test_the_drawing_fills_the_labels_in_force_and_no_other(web: Any) -> None:
    for label in EDITION.labels:
        shown = web.get(f"/guidance/labels?date={label.from_}").text
        force, every = len(EDITION.labels_on(label.from_)), len(EDITION.labels)  # drawn for a page and for a phone
        assert shown.count('height="12" class="pooled"') == 2 * force
        assert shown.count('height="12" class="hollow"') == 2 * (every - force)


def test_a_date_that_is_none_is_said_and_the_default_shown(web: Any) -> None:
    shown = web.get("/guidance/labels?date=<b>yesterday").text
    assert "is no date" in shown
    assert "<b>yesterday" not in shown
    assert f"Drug labels on {AS_OF}" in shown


def test_an_id_comes_first_among_what_is_found(web: Any) -> None:
    for ident in ("NEXT-30", "IHC-8", "extent", "order_mps", "larotrectinib-fda-2018"):
        assert search(EDITION, ident.lower())[0].id == ident
    shown = web.get("/guidance/search?q=next-30").text
    assert shown.index('href="/guidance/rules/NEXT-30"') > 0


def test_a_search_holds_every_word_and_may_be_narrowed(web: Any) -> None:
    everything = search(EDITION, "fish negative")
    assert everything
    assert {found.id for found in search(EDITION, "fish")} > {found.id for found in everything}
    assert {found.kind for found in search(EDITION, "fish", "rules")} == {"rules"}
    ambiguous = search(EDITION, "", fidelity="ambiguous")
    assert {f.id for f in ambiguous} == {r.id for r in BOOK.rules.values() if r.fidelity == "ambiguous"}
    assert f"{len(ambiguous)} entries" in web.get("/guidance/search?fidelity=ambiguous").text


def test_a_misspelt_word_is_answered_with_its_nearest(web: Any) -> None:
    assert "larotrectinib" in nearest(EDITION, "larotrectnib")
    assert 'q=larotrectinib">' in web.get("/guidance/search?q=larotrectnib").text


@given(st.text(max_size=250), st.sampled_from(["", *KINDS]))
def test_any_text_may_be_searched_for(question: str, kind: str) -> None:
    for found in search(EDITION, question, kind):
        assert not kind or found.kind == kind
        assert found.address == f"/guidance/{found.kind}/{found.id}"


def test_what_is_searched_for_is_shown_as_text(web: Any) -> None:
    shown = web.get("/guidance/search", params={"q": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an edition with one rule reworded, one level taken out of it, and one statement changed."""
    directory = tmp_path_factory.mktemp("edition") / "wsn2020"
    shutil.copytree(EDITION.directory, directory)
    for name, old, new in (
        ("triage.yaml", "Priority +++ entities are tested upfront whatever the stage.", "Tested upfront at once."),
        ("statements.yaml", "IHC negative with typical histology: confirmation by MPS", "Confirmation by MPS"),
    ):
        path = directory / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return directory


def test_two_editions_stand_side_by_side(edited: Path) -> None:
    with client(edition=str(edited)) as web:
        names = re.findall(r"<option[^>]*>([^<]+)</option>", web.get("/guidance/compare").text)
        names = list(dict.fromkeys(names))
        assert len(names) == 2
        other = next(name for name in names if load(str(edited)).sha256[:8] in name)
        one = next(name for name in names if name != other)
        shown = unescape(web.get("/guidance/compare", params={"one": one, "other": other}).text)
        assert "<del>Priority +++ entities are tested upfront whatever the stage.</del>" in shown
        assert "<ins>Tested upfront at once.</ins>" in shown
        assert "Rule PRIO-2" in shown
        assert "Statement P1-6" in shown
        assert "2 entries differ." in shown
        assert "They say the same." in web.get("/guidance/compare", params={"one": one, "other": one}).text


def test_an_edition_is_never_loaded_by_a_name_that_a_visitor_sends(web: Any, edited: Path) -> None:
    shown = web.get("/guidance/compare", params={"one": str(edited), "other": "wsn2020"}).text
    assert "Tested upfront at once." not in shown
    assert "One edition is installed" in shown
    answer = web.get("/api/v1/browse/compare", params={"one": str(edited), "other": "wsn2020"})
    assert answer.status_code == 422


def test_pages_are_light_and_carry_neither_style_nor_script_of_their_own(web: Any) -> None:
    shared = sum(len(asset.content) for asset in assets().values() if not asset.name.endswith((".txt", ".svg")))
    paths = [f"/guidance/tables/{ident}" for ident in BOOK.tables]
    paths += ["/guidance", "/guidance/facts", "/guidance/figure", "/guidance/references", "/guidance/compare"]
    for path in paths:
        shown = web.get(path).text
        assert len(shown.encode()) + shared < 300_000, path
        assert "<style" not in shown, path
        assert "style=" not in shown, path
        assert not re.search(r"<script[^>]*>[^<]", shown), path
        assert not re.search(r"\son[a-z]+=", shown), path


def test_the_style_of_every_drawing_stands_in_the_sheet() -> None:
    for selector in (".ntrk-figure .node", ".ntrk-fusion", ".ntrk-plot .axis", ".ntrk-plot .s0", ".ntrk-flow .stage"):
        assert selector in styles()


def test_programs_get_the_same_entries(web: Any) -> None:
    for kind in ("rules", "tables", "statements", "facts", "actions", "references"):
        entries = web.get(f"/api/v1/browse/{kind}").json()
        assert [entry["id"] for entry in entries] == list(getattr(BOOK, kind))
        first = entries[0]["id"]
        assert web.get(f"/api/v1/browse/{kind}/{first}").json() == entries[0]
        assert web.get(f"/api/v1/browse/{kind}/NO-SUCH-1").status_code == 404
    found = web.get("/api/v1/browse/search", params={"q": "etv6", "kind": "rules"}).json()
    assert [one["id"] for one in found] == [one.id for one in search(EDITION, "etv6", "rules")]
    in_force = [lb["id"] for lb in web.get("/api/v1/browse/labels?as_of=2020-01-01").json() if lb["in_force"]]
    assert set(in_force) == {lb.id for lb in EDITION.labels_on(dt.date(2020, 1, 1))}
    assert web.get("/api/v1/browse/resistance").json()["mutations"] == EDITION.data["resistance"]["mutations"]


def test_rules_and_statements_of_an_answer_lead_to_their_pages(web: Any) -> None:
    answered = web.get("/examples/L022").text
    links = set(re.findall(r'href="(/guidance/(?:rules|statements)/[^"]+)"', answered))
    path = next(path for path in sorted(examples().glob("*.yaml")) if path.name.startswith("L022"))
    actions = Pathway(EDITION, AS_OF).recommend(next(iter(read_cases(path)))).actions
    assert {f"/guidance/rules/{action.rule}" for action in actions} <= links
    assert {f"/guidance/statements/{ident}" for action in actions for ident in action.statements} <= links
    for link in links:
        assert web.get(link).status_code == 200
    with on_a_page(EDITION):
        assert named("NEXT-5").endswith(' target="_blank" rel="noopener">NEXT-5</a>')
        assert named("NO-SUCH-1") == "<code>NO-SUCH-1</code>"
    assert named("NEXT-5") == "<code>NEXT-5</code>", "a file that stands by itself leads nowhere"


def test_what_pages_derive_from_the_edition_can_be_made_beforehand() -> None:
    pytest.importorskip("scipy", reason="needs ntrkpath[stats]")
    warm("wsn2020")
    assert parts.overview.cache_info().currsize
    assert choices.cache_info().currsize
