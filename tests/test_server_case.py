"""The case page: it asks what matters next, answers first, carries the case itself and loses nothing."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("litestar", reason="needs ntrkpath[server]")

from ntrkpath.figures.pathway import pathway_svg
from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway, case_from, read_case
from ntrkpath.pathway.examples import examples, published
from ntrkpath.report import panels
from ntrkpath.server.case.apply import shaped, written
from ntrkpath.server.case.asked import questions
from ntrkpath.server.case.page import TRIES
from ntrkpath.server.case.task import case as answer_form
from ntrkpath.server.kit.drawing import on_a_page, styles
from support.web import AS_OF, client

READERS = Path(__file__).parent / "data" / "readers"
CASES = sorted(examples().glob("*.yaml"))


@pytest.fixture(scope="module")
def web():
    with client() as made:
        yield made


def form_of(text):
    """Return the fields of the form that a browser would send back from a page, unchanged."""
    body = text[text.index('<form id="case"') :]
    body = body[: body.index("</form>")]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", body):
        name = re.search(r'name="([^"]*)"', tag)
        kind = re.search(r'type="([^"]*)"', tag)
        if name and (kind is None or kind[1] not in ("checkbox", "file")):
            value = re.search(r'value="([^"]*)"', tag)
            sent[html.unescape(name[1])] = html.unescape(value[1]) if value else ""
    for name, choices in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', choices)
        sent[html.unescape(name)] = html.unescape(chosen[1]) if chosen else ""
    return sent


def case_in(text):
    return json.loads(form_of(text)["case"])


def lead(text):
    return re.sub(r"<[^>]+>", "", re.search(r'<dl class="first steps">.*?<li>(.*?)</li>', text, re.DOTALL)[1])


def decided(data):
    return Pathway(load(), AS_OF).recommend(case_from(data))


def test_histology_and_extent_are_enough(web):
    text = web.post("/case", data={"f:diagnosis.histology": "leiomyosarcoma", "f:disease.extent": "metastatic"}).text
    assert case_in(text) == {
        "diagnosis": {"histology": "leiomyosarcoma"}, "disease": {"extent": "metastatic"}
    }  # fmt: skip
    assert decided(case_in(text)).actions[0].text in lead(text)


def test_the_answer_comes_before_everything_else(web):
    text = web.get("/examples/L017").text
    first = (">Target<", ">Drug<", ">Next<", ">Steps<", ">Why<", ">Weigh<", ">Open<", ">Caution<")
    places = [text.index(part) for part in (*first, 'id="case"', ">Cautions<", "ntrk-figure")]
    assert places == sorted(places)


def test_the_page_says_what_the_recommendation_says(web):
    for path in CASES:
        rec = Pathway(load(), AS_OF).recommend(read_case(path))
        text = html.unescape(web.get(f"/examples/{rec.case_id}").text)
        for action in rec.actions:
            assert action.text in text
        for caution in rec.cautions:
            assert caution.text in text
        for one in rec.missing:
            assert one.question in text
        assert rec.guideline.sha256[:12] in text
        assert str(AS_OF) in text
        if rec.therapy:
            assert "TRK inhibitors by label" in text


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name[:4])
def test_sending_a_form_back_unchanged_changes_nothing(path, web):
    ident = read_case(path).id
    first = web.get(f"/examples/{ident}").text
    again = web.post("/case", data=form_of(first)).text
    assert case_in(again) == case_in(first)
    assert lead(again) == lead(first)


def test_every_missing_fact_of_the_published_cases_has_a_field_and_an_answer_removes_it():
    edition, pathway = load(), Pathway(load(), AS_OF)
    unanswerable = set()
    for path in CASES:
        data = msgspec.to_builtins(read_case(path))
        rec = pathway.recommend(read_case(path))
        for question in questions(rec, data, edition):
            if not question.fields:
                unanswerable.add(question.fact)
                continue
            sent = {field.name: [_choice(field)] for field in question.fields}
            after = pathway.recommend(case_from(written(data, sent)))
            facts = {one.fact for one in after.missing}
            assert question.fact not in facts, (path.name, question.fact, sent)
    assert unanswerable == set()


def _choice(field):
    if field.kind == "choice":
        known = [value for value, _ in field.choices if value != "unknown"]
        return known[0]
    if "date" in field.kind:
        return "2026-01-01"
    if field.name.endswith((".gene", "_prime")) and "exon" not in field.name:
        return "NTRK1"
    if field.name.endswith("targets"):
        return "ETV6::NTRK3"
    return {"n": "40", "l": "NTRK1, NTRK2, NTRK3"}.get(field.name[0], "30" if "age" in field.name else "thigh")


def test_an_answer_that_is_taken_back_is_unknown_again():
    data = {"id": "a", "diagnosis": {"histology": "GIST"}, "disease": {"extent": "metastatic"}}
    assert written(data, {"f:disease.extent": [""]}) == {"id": "a", "diagnosis": {"histology": "GIST"}}


def test_fields_write_every_part_of_a_case():
    data = written(
        {"id": "a", "diagnosis": {"histology": "IMT"}},
        {
            "f:patient.age": ["3 months"],
            "b:diagnosis.typical_histology": ["true"],
            "a:ALK:fusion": ["absent"],
            "o:driver": ["KIT:mutation:present"],
            "i:S100": ["positive"],
            "f:tests.0.method": ["fish"],
            "n:tests.0.cells_split": ["12"],
            "f:tests.0.gene": ["ETV6, NTRK3"],
            "f:tests.1.method": ["rna_mps"],
            "l:tests.1.genes_covered": ["NTRK1, NTRK2, NTRK3"],
            "u:tests.1.mutations": ["NTRK1 G595R"],
            "f:tests.1.fusions.0.five_prime": ["TPM3"],
            "f:tests.1.fusions.0.three_prime": ["NTRK1"],
            "t:drug": ["larotrectinib"],
            "t:course": ["progressed"],
            "t:start": ["2026-01-01"],
        },
    )
    case = case_from(data)
    assert case.patient.age == "3 months"
    assert case.diagnosis.typical_histology is True
    assert case.diagnosis.immunoprofile == {"S100": "positive"}
    assert [(a.gene, a.kind, a.status) for a in case.alterations] == [
        ("ALK", "fusion", "absent"),
        ("KIT", "mutation", "present"),
    ]
    assert case.tests[0].gene == ["ETV6", "NTRK3"]
    assert case.tests[0].cells_split == 12
    assert case.tests[1].mutations[0].protein == "G595R"
    assert case.tests[1].fusions[0].three_prime == "NTRK1"
    assert case.therapy[0].progression is True


def test_none_found_is_an_empty_list_and_left_out_is_not_looked_at():
    base = {"id": "a", "diagnosis": {"histology": "IMT"}, "tests": [{"method": "rna_mps", "result": "positive"}]}
    assert written(base, {"u:tests.0.mutations": ["none"]})["tests"][0]["mutations"] == []
    assert "mutations" not in written(base, {"u:tests.0.mutations": [""]})["tests"][0]


def test_no_inhibitor_given_is_another_answer_than_not_known():
    base = {"id": "a", "diagnosis": {"histology": "IMT"}}
    assert written(base, {"t:drug": ["none"]})["therapy"] == []
    assert "therapy" not in written(base, {"t:drug": [""]})


def test_a_test_that_is_offered_and_left_empty_is_no_test(web):
    text = web.post("/case", data={"f:diagnosis.histology": "GIST", "act": "add:fish"}).text
    assert 'name="f:tests.0.method" value="fish"' in text
    assert "tests" not in case_in(web.post("/case", data={**form_of(text), "act": ""}).text)
    filled = {**form_of(text), "f:tests.0.result": "positive", "f:tests.0.gene": "NTRK3"}
    assert case_in(web.post("/case", data=filled).text)["tests"] == [
        {"method": "fish", "result": "positive", "gene": "NTRK3"}
    ]


def test_a_part_can_be_taken_out(web):
    first = web.get("/examples/L022").text
    after = web.post("/case", data={**form_of(first), "remove": "tests.0"}).text
    assert case_in(after).get("tests", []) == []


def test_a_wrong_entry_is_named_and_nothing_else_is_lost(web):
    sent = {"f:diagnosis.histology": "leiomyosarcoam", "f:disease.extent": "metastatic", "f:patient.age": "old"}
    found = web.post("/case", data=sent)
    assert found.status_code == 422
    assert "Not an age" in found.text
    assert "patient.age" in found.text
    assert case_in(found.text)["disease"] == {"extent": "metastatic"}
    mended = web.post("/case", data={**form_of(found.text), "f:patient.age": "30"})
    assert '<button form="case" name="pick" value="Leiomyosarcoma">' in mended.text
    assert "ntrkpath histology" not in mended.text
    picked = web.post("/case", data={**form_of(mended.text), "pick": "Leiomyosarcoma"})
    assert picked.status_code == 200
    assert case_in(picked.text)["diagnosis"]["histology"] == "Leiomyosarcoma"
    again = web.post("/case", data={**form_of(mended.text), "f:diagnosis.histology": "leiomyosarcoma"})
    assert again.status_code == 200


def test_a_case_file_can_be_dropped_in(web):
    for path in CASES[:3]:
        found = web.post("/case", files={"files": (path.name, path.read_bytes())})
        assert lead(found.text) == lead(web.get(f"/examples/{read_case(path).id}").text)


def test_a_caller_file_is_read_drawn_and_carried_to_the_next_answer(web):
    content = (READERS / "arriba_v2.tsv").read_bytes()
    sent = {"f:diagnosis.histology": "infantile fibrosarcoma", "level": "rna_mps"}
    first = web.post("/case", data=sent, files={"files": ("arriba.tsv", content)}).text
    assert 'class="ntrk-fusion"' in first
    again = web.post("/case", data={**form_of(first), "f:disease.extent": "metastatic"}).text
    assert 'class="ntrk-fusion"' in again
    assert "TPM3::NTRK1" in again


def test_what_was_sequenced_is_asked_and_never_guessed(web):
    content = (READERS / "arriba_v2.tsv").read_bytes()
    found = web.post("/case", data={"f:diagnosis.histology": "GIST"}, files={"files": ("arriba.tsv", content)})
    assert found.status_code == 422
    assert "RNA or DNA" in found.text


def test_verdicts_that_this_server_did_not_write_are_refused(web):
    content = (READERS / "arriba_v2.tsv").read_bytes()
    sent = {"f:diagnosis.histology": "GIST", "level": "rna_mps"}
    first = form_of(web.post("/case", data=sent, files={"files": ("arriba.tsv", content)}).text)
    forged = {**first, "carried": first["carried"].replace("TPM3", "ETV6")}
    found = web.post("/case", data=forged)
    assert found.status_code == 422
    assert "send the files again" in found.text.lower()


@pytest.mark.parametrize("name", ["/etc/passwd", "../case.yaml", "C:\\x.tsv", "case.tsv"])
def test_a_file_that_a_case_names_is_never_looked_for_on_this_machine(web, name):
    data = {"id": "a", "diagnosis": {"histology": "GIST"}, "tests": [{"method": "rna_mps", "file": name}]}
    page = web.post("/case", data={"text": json.dumps(data)})
    program = web.post("/api/v1/recommend", json=data)
    assert page.status_code == program.status_code == 422
    assert "did not come with the case" in page.text
    assert "root:" not in page.text + program.text


def test_a_link_carries_the_case_without_its_files(web):
    content = (READERS / "arriba_v2.tsv").read_bytes()
    sent = {"f:diagnosis.histology": "GIST", "level": "rna_mps"}
    text = web.post("/case", data=sent, files={"files": ("arriba.tsv", content)}).text
    link = json.loads(html.unescape(re.search(r'data-link="([^"]*)"', text)[1]))
    assert "file" not in link["tests"][0]
    assert link["diagnosis"] == {"histology": "GIST"}


def test_what_a_visitor_writes_is_shown_and_never_run(web):
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    data = {
        "id": evil, "diagnosis": {"histology": "GIST", "site": evil}, "source": evil,
        "tests": [{"method": "fish", "result": "positive", "gene": "NTRK3", "specimen": evil}],
    }  # fmt: skip
    text = web.post("/case", data={"text": json.dumps(data)}).text
    assert "<script>alert" not in text
    assert "<img" not in text
    wrong = web.post("/case", data={"f:diagnosis.histology": evil}).text
    assert "<script>alert" not in wrong


def test_results_that_disagree_stand_together_and_their_cautions_only_there(web):
    rec = Pathway(load(), AS_OF).recommend(read_case(next(path for path in CASES if path.name.startswith("L015"))))
    assert panels.disagreeing(rec) == (["ihc"], ["dna"])
    weighed = panels.of_disagreement(rec, load())
    assert weighed
    text = html.unescape(web.get("/examples/L015").text)
    assert "pan-TRK IHC: positive; DNA sequencing: negative" in text
    first, details = text.split('<div class="tools"')
    assert [details.count(caution.text) for caution in rec.cautions] == [1] * len(rec.cautions)
    assert all(first.count(caution.text) == 1 for caution in rec.cautions[:3])


def test_methods_that_agree_or_say_nothing_do_not_disagree():
    data = {
        "id": "a", "diagnosis": {"histology": "infantile fibrosarcoma"},
        "tests": [{"method": "fish", "gene": "NTRK3", "probe": "break_apart", "result": "positive"},
                  {"method": "pan_trk_ihc", "result": "failed"}],
    }  # fmt: skip
    assert panels.disagreeing(decided(data)) == ([], [])


def test_tests_and_therapy_stand_in_time_and_what_has_no_date_comes_last():
    case = case_from({
        "id": "a", "diagnosis": {"histology": "infantile fibrosarcoma"},
        "tests": [{"method": "rna_mps", "result": "positive"},
                  {"method": "fish", "date": "2026-03-01", "gene": "NTRK3", "result": "positive"},
                  {"method": "pan_trk_ihc", "date": "2026-01-01", "result": "negative", "specimen": "biopsy"}],
        "therapy": [{"drug": "doxorubicin", "start": "2026-02-01", "progression": True}],
    })  # fmt: skip
    rec = Pathway(load(), AS_OF).recommend(case)
    found = panels.events(case, rec, load())
    assert [event.head for event in found] == [
        "Test 3, pan-TRK IHC, biopsy", "doxorubicin", "Test 2, FISH", "Test 1, RNA sequencing"
    ]  # fmt: skip
    assert found[1].told == "progressed on it"
    assert found[-1].day is None


def test_demo_opens_on_a_published_case():
    with client(demo=True) as web:
        assert "EML4::NTRK3" in web.get("/").text
        assert "Show the next step" in web.get("/case").text


def test_every_published_patient_is_one_click_away(web):
    text = web.get("/examples").text
    assert len(re.findall(r'href="/examples/L\d+"', text)) == len(CASES)
    assert web.get("/examples/NOPE").status_code == 404


def test_the_case_file_of_a_page_is_read_by_the_command_line(web, tmp_path):
    text = web.get("/examples/L017").text
    saved = web.post("/case/file", data={"case": form_of(text)["case"]})
    (tmp_path / "case.json").write_bytes(saved.content)
    assert read_case(tmp_path / "case.json") == case_from(case_in(text))


def test_a_drawing_in_a_page_has_its_style_in_the_sheet():
    with on_a_page():
        inside = pathway_svg(load())
    assert "<style" not in inside and "<style>" in pathway_svg(load())
    assert ".ntrk-figure .taken" in styles()


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 200) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(("tests", "method", "fusions", "diagnosis", "histology", "therapy", "file", "gene")), inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
OUTLINE = st.dictionaries(
    st.sampled_from(("id", "patient", "diagnosis", "disease", "alterations", "tests", "therapy", "note", "x")), PLAIN
)
NAMES = st.sampled_from((
    "f:disease.extent", "f:patient.age", "n:tests.0.percent", "f:tests.0.method", "f:tests.0.fusions.0.frame",
    "f:alterations.2.gene", "a:ALK:fusion", "o:x", "i:S100", "t:drug", "t:start", "p:name", "p:value", "remove", "act",
    "u:tests.0.mutations", "l:tests.0.genes_covered", "f:therapy.0.drug", "f:tests.999.method", "f:id", "level",
))  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(base=OUTLINE, sent=st.dictionaries(NAMES, st.lists(st.text(max_size=12), min_size=1, max_size=2)))
def test_no_form_makes_the_page_fail(base, sent):
    shown = answer_form({**sent, "case": [json.dumps(base)]}, [], b"", str(AS_OF), sent.get("act", [""])[-1])
    assert shown["answer"] or shown["error"]


@settings(max_examples=100, deadline=None)
@given(PLAIN | OUTLINE)
def test_the_outline_of_a_case_is_kept_and_kept_again(data):
    once = shaped(data)
    assert shaped(once) == once


def test_of_many_questions_the_first_are_shown_and_the_rest_are_folded(web):
    text = web.get("/examples/L015").text
    shown, _, later = text.partition('<div id="asked">')[2].partition("</div>\n  <p class=")[0].partition("asked-later")
    count = int(re.search(r">(\d+) more questions<", later)[1])
    assert shown.count('<span class="hint could">') == 3
    assert later.count('<span class="hint could">') == count > 1


def test_verdicts_of_an_earlier_run_are_refused_and_what_was_entered_is_kept(web):
    case = '{"id":"x","diagnosis":{"histology":"GIST"},"tests":[{"method":"rna_mps","file":"a.tsv"}]}'
    sent = {"case": case, "carried": '{"a.tsv":[]}', "mark": "0" * 64, "f:disease.extent": "metastatic"}
    answer = web.post("/case", data=sent)
    assert answer.status_code == 422
    assert "by another run of this server" in answer.text.casefold()
    assert "Send the files again" in answer.text
    assert '<option value="metastatic" selected>' in answer.text
    assert 'name="carried" value=""' in answer.text


TEXTS = """
diagnosis: {histology: infantile fibrosarcoma}
disease: {extent: metastatic}
tests:
  - method: rna_mps
    result: positive
    fusions: ["ETV6::NTRK3"]
    mutations: ["NTRK3 G623R"]
"""


def test_a_fusion_or_a_mutation_written_as_one_text_is_read_as_at_the_command_line(web):
    stated = case_in(web.post("/case", data={"text": TEXTS}).text)["tests"][0]
    assert [(one["five_prime"], one["three_prime"]) for one in stated["fusions"]] == [("ETV6", "NTRK3")]
    assert [(one["gene"], one["protein"]) for one in stated["mutations"]] == [("NTRK3", "G623R")]


def test_texts_of_a_case_that_is_not_whole_yet_are_carried_on(web):
    text = web.post("/case", data={"text": TEXTS.replace("histology: infantile fibrosarcoma", "site: arm")}).text
    carried = case_in(text)["tests"][0]
    assert carried["fusions"] == ["ETV6::NTRK3"]
    assert carried["mutations"] == ["NTRK3 G623R"]
    sent = {**form_of(text), "f:diagnosis.histology": "infantile fibrosarcoma"}
    stated = case_in(web.post("/case", data=sent).text)["tests"][0]
    assert [one["three_prime"] for one in stated["fusions"]] == ["NTRK3"]
    assert [one["protein"] for one in stated["mutations"]] == ["G623R"]


def test_the_patients_of_the_first_page_are_published_ones(web):
    assert {ident for ident, _ in TRIES} <= set(published())
    text = html.unescape(web.get("/").text)
    for ident, name in TRIES:
        assert f'href="/examples/{ident}">{name}</a>' in text
