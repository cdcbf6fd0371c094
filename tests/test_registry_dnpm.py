"""Records for DNPM:DIP hold what is stated exactly; what is not is left out, in words, and listed."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")

from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.model.case import Case, Diagnosis, Fish, Patient, ReportedFusion, RnaMps
from ntrkpath.registry import dnpm_out
from ntrkpath.registry.entries import KINDS, CallerFile, CaseVersion, Decision
from ntrkpath.registry.forms import (
    AdverseEvent,
    Assay,
    FollowUp,
    Response,
    Screening,
    Specimen,
    Stain,
    Surgery,
    Treatment,
)
from ntrkpath.registry.items import forms
from support.registry import registration
from support.study import subject

#: The JSON Schema of the model, where somebody who has it says its path (its licence does not let it stand here).
SCHEMA = Path(os.environ.get("DNPM_MTB_SCHEMA", ""))
DAY = "2024-03-05"
ROW = (
    "#gene1\tgene2\tstrand1(gene/fusion)\tstrand2(gene/fusion)\tbreakpoint1\tbreakpoint2\tsite1\tsite2\ttype\t"
    "split_reads1\tsplit_reads2\tdiscordant_mates\tcoverage1\tcoverage2\tconfidence\treading_frame\n"
    "TPM3\tNTRK1\t-/-\t+/+\tchr1:154170400\tchr1:156874571\tCDS/splice-site\tCDS/splice-site\ttranslocation\t"
    "12\t9\t14\t120\t90\thigh\tin-frame\n"
)  # fmt: skip


def whole(**more: Any) -> Any:
    return registration(
        birth="1980-05", date_pathology=DAY, icd_10_gm="C49.2", topography="C49.2", morphology="8890/3", grade="2",
        histology_before="leiomyosarcoma", **more,
    )  # fmt: skip


def version(*tests: Any) -> CaseVersion:
    return CaseVersion(case=Case(id="P1", diagnosis=Diagnosis(histology="leiomyosarcoma"),
                                 patient=Patient(sex="female"), tests=list(tests)))  # fmt: skip


def made(*forms: Any, content: bytes = ROW.encode()) -> tuple[Any, list[tuple[str, str]]]:
    return dnpm_out.record(subject("P1", *forms), lambda site, seq: content)


ENROLLED = Screening(step="enrolled", date="2024-03-08")
DONE = (
    Specimen(name="block 1", date=DAY, procedure="core_biopsy", tumour="primary"),
    Stain(date=DAY, specimen="block 1", percent=80.0, cytoplasm="3", clone="EPR17341"),
    Assay(method="rna_mps", specimen="block 1", chemistry="hybrid_capture", panel="panel A", sequencer="sequencer A",
          kit_manufacturer="maker A", reference_genome="GRCh38", pipeline="https://example.org/pipeline"),
    Treatment(drug="Larotrectinib", start="2024-05-01", stop="2024-11", reason_stopped="toxicity", line=2),
    Treatment(drug="doxorubicin", start="2024-01", setting="neoadjuvant", reason_stopped="planned_stop"),
    Response(date="2024-07-01", drug="larotrectinib", criteria="recist_1_1", best="PR"),
    Response(date="2024-09", drug="larotrectinib", criteria="recist_1_1", best="PR"),
    Surgery(performed="limb_sparing", date="2024-12-01", margin="R0"),
    Decision(action="larotrectinib", follows="yes", date="2024-04-20", by="tumour_board"),
    FollowUp(status="alive_with_disease", date="2025-01-10", performance_status="1"),
    FollowUp(status="lost", date="2025-06-10"),
)  # fmt: skip
RNA = RnaMps(result="positive", file="1-a.tsv", specimen="block 1", date=DAY, caller="arriba")  # type: ignore[arg-type]


def caller_file() -> CallerFile:
    return CallerFile(name="1-a.tsv", whole_sha256="0" * 64, kept_sha256="0" * 64, rows=1, caller="arriba", test=1)


def dated(test: Any) -> Any:
    import datetime as dt

    import msgspec

    return msgspec.structs.replace(test, date=dt.date.fromisoformat(DAY))


def valid(record: Any) -> None:
    """Check a record against the schema of the model where it is there, and its references always."""
    ids = {part["id"] for part in parts(record) if "type" not in part or not isinstance(part["type"], str)}
    for part in parts(record):
        if isinstance(part.get("type"), str) and set(part) <= {"id", "type", "display"}:
            assert part["id"] in ids, part
    if SCHEMA.is_file():
        jsonschema = pytest.importorskip("jsonschema")
        jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(record)


def parts(value: Any) -> Any:
    if isinstance(value, dict):
        if "id" in value:
            yield value
        for one in value.values():
            yield from parts(one)
    elif isinstance(value, list):
        for one in value:
            yield from parts(one)


def test_a_subject_of_whom_all_is_stated_has_a_whole_record() -> None:
    record, left = made(whole(), ENROLLED, version(dated(RNA)), caller_file(), *DONE)
    valid(record)
    assert record["patient"]["birthDate"] == "1980-05" and record["patient"]["gender"]["code"] == "female"
    (fusion,) = record["ngsReports"][0]["results"]["rnaFusions"]
    assert fusion["reportedNumReads"] == 35
    assert [fusion[f"fusionPartner{end}prime"]["gene"]["display"] for end in (5, 3)] == ["TPM3", "NTRK1"]
    assert [fusion[f"fusionPartner{end}prime"]["strand"] for end in (5, 3)] == ["-", "+"]
    drugs = [one["history"][0]["medication"][0] for one in record["systemicTherapies"]]
    assert [drug["code"] for drug in drugs] == ["L01EX12", "doxorubicin"] and drugs[1]["system"] == "undefined"
    assert len(record["responses"]) == 1 and ("response 11", "no day is known") in left
    assert record["carePlans"][0]["notes"] == ["larotrectinib"]
    assert [one.get("patientStatus", {}).get("code") for one in record["followUps"]] == [None, "lost-to-fu"]


@pytest.mark.parametrize(
    ("told", "state", "died"),
    [
        ((FollowUp(status="lost", date="2025-06-10"), FollowUp(status="alive", date="2024-01-10")), None, None),
        ((FollowUp(status="alive", date="2025-06-10"), FollowUp(status="lost", date="2024-01-10")), "alive", None),
        ((FollowUp(status="dead", death_date="2025-02-01"), FollowUp(status="alive", date="2025-06-10")),
         "deceased", "2025-02-01"),
        ((FollowUp(status="dead", death_date="2025-02-01"), FollowUp(status="dead", date="2025-06-10")),
         "deceased", "2025-02-01"),
    ],
)  # fmt: skip
def test_the_state_is_that_of_the_latest_day_and_any_death_first(told: Any, state: str | None, died: Any) -> None:
    for order in (told, told[::-1]):
        person = made(whole(), ENROLLED, version(), *order)[0]["patient"]
        assert (person.get("vitalStatus", {}).get("code"), person.get("dateOfDeath")) == (state, died)


@pytest.mark.parametrize(("of_test", "of_assay", "taken"), [
    ("block 1", "block 1", True), (None, "block 1", True), ("block 1", None, True), (None, None, True),
    ("block 1", "block 2", False),
])  # fmt: skip
def test_how_another_specimen_was_sequenced_tells_nothing_of_a_test(of_test: Any, of_assay: Any, taken: bool) -> None:
    import msgspec

    test = msgspec.structs.replace(dated(RNA), specimen=of_test)
    assay = msgspec.structs.replace(DONE[2], specimen=of_assay)
    record, left = made(whole(), ENROLLED, version(test), caller_file(), DONE[0], assay)
    assert ("ngsReports" in record) == taken
    assert taken or ("tests[0] rna_mps", "in words: no one form tells how it was sequenced") in left


def test_a_month_is_never_made_a_day() -> None:
    record, _ = made(whole(), ENROLLED, *DONE)
    first, second = (one["history"][0] for one in record["systemicTherapies"])
    assert first["period"] == {"start": "2024-05-01"} and "stopped: 2024-11" in first["notes"]
    assert "period" not in second and "started: 2024-01" in second["notes"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"birth": "1980"}, "registration.birth"),
        ({"icd_10_gm": None}, "registration.icd_10_gm"),
        ({"topography": None}, "registration.topography"),
        ({"date_pathology": "2024-03"}, "registration.date_pathology"),
    ],
)
def test_without_what_the_model_demands_there_is_no_record_and_that_is_said(wrong: dict[str, Any], says: str) -> None:
    import msgspec

    record, left = made(msgspec.structs.replace(whole(), **wrong), ENROLLED, version())
    assert record is None and [why.partition(":")[0] for _, why in left] == [says]


def test_a_fusion_without_reads_or_number_is_stated_in_words_and_listed() -> None:
    fusion = ReportedFusion(five_prime="ETV6", three_prime="NTRK3", frame="in_frame")
    record, left = made(whole(), ENROLLED, version(dated(RnaMps(result="positive", fusions=[fusion]))), *DONE)
    valid(record)
    assert "ngsReports" not in record
    assert any(
        {"ETV6::NTRK3", "ETV6::NTRK3, Frame, as reported: in_frame"} <= {*report["results"]}
        for report in record["priorDiagnosticReports"]
    )
    assert left[0] == ("tests[0] rna_mps", "in words: a fusion stated without the caller's row")


def test_every_test_stands_in_a_report_with_all_that_it_states() -> None:
    fish = dated(Fish(gene="NTRK1", probe="break_apart", result="negative", cells_counted=100))
    record, left = made(whole(), ENROLLED, version(fish), DONE[0], DONE[1])
    valid(record)
    assert [report["type"]["code"] for report in record["priorDiagnosticReports"]] == ["FISH", "other"]
    assert "Result, as the laboratory calls it: negative" in record["priorDiagnosticReports"][0]["results"] and not left


def test_a_test_without_a_day_is_left_out_and_listed() -> None:
    record, left = made(whole(), ENROLLED, version(Fish(gene="NTRK1", result="negative")))
    valid(record)
    assert "priorDiagnosticReports" not in record and left == [("tests[0] fish", "no day is known")]


def test_no_two_subjects_share_a_name_or_a_file() -> None:
    places = [
        ("A-B", "C"),
        ("A", "B-C"),
        ("A--B", "C"),
        ("A-", "B-C"),
        ("A", "P1"),
        ("A", "p1"),
        ("A-", "C"),
        ("A", "C"),
    ]
    some = [subject(ident, whole(), ENROLLED, site=site) for site, ident in places]
    found = dnpm_out.files(some, lambda site, seq: None)
    assert len({name.casefold() for name in found}) == len(places) + 1
    assert len({json.loads(text)["patient"]["id"] for name, text in found.items() if name.endswith(".json")}) == 8


@given(*[st.tuples(*[st.from_regex(r"[Ab][-Ab]{0,4}", fullmatch=True)] * 2)] * 2)
def test_a_name_outside_is_of_one_subject(one: tuple[str, str], other: tuple[str, str]) -> None:
    names = {subject(ident, registration(), site=site).name for site, ident in (one, other)}
    assert len(names) == len({one, other})


def with_item(kind: str, name: str, level: Any, *, complete: bool) -> Any:
    """Return a form that states an item: one that says nothing else, or the complete one of its kind."""
    import msgspec

    bases = {str(one.__struct_config__.tag): msgspec.to_builtins(one) for one in reversed(DONE)} if complete else {}
    needed = {item.name: (item.levels or ("text",))[-1] for item in forms()[kind].items.values() if item.required}
    plain = {**needed, **bases.get(kind, {}), "kind": kind, name: level}
    if level is None:
        plain = {key: value for key, value in plain.items() if key != name or name in needed}
        plain |= {name: needed[name]} if name in needed else {}
    return msgspec.convert(plain, KINDS[kind])


def levels_of(item: Any) -> list[Any]:
    """Return what an item may state, apart from that nothing is known."""
    if item.levels:
        return [[one] if item.kind == "choices" else one for one in item.levels if one != "unknown"]
    texts = {"registration.morphology": "8890/3", "registration.oncotree": "LMS", "registration.ncit": "C3157"}
    if item.path == "screening.fraction":
        return [0.5]
    codes = ("C49.2",) if item.path in ("registration.icd_10_gm", "registration.topography") else ()
    other = {"partial_date": ("2024-04-01", "2024-04"), "text": (texts.get(item.path, "words"),)}
    return [*(codes or other.get(item.kind, (3,)))]


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("kind", [*forms()])
def test_whatever_a_form_states_stands_in_the_record_or_in_the_list(kind: str, complete: bool) -> None:
    for item in forms()[kind].items.values():
        (without, _) = stating(item, None, complete=complete)
        for level in levels_of(item):
            record, left = stating(item, level, complete=complete)
            told = [why for element, why in left if element.partition(" ")[0] == kind or element == item.path]
            listed = any(item.name in why.partition(": ")[2].split(", ") or "no place" not in why for why in told)
            needed = item.required and (kind in record_kinds(record) or item.name == "collection")
            assert record is None or listed or needed or record != without, (item.path, level)


def stating(item: Any, level: Any, *, complete: bool) -> Any:
    """Return the record of a subject of whom a form states an item, and what is left out."""
    import msgspec

    if item.form == "registration":
        return made(msgspec.structs.replace(whole(), **{item.name: level}), ENROLLED, version())
    form = with_item(item.form, item.name, level, complete=complete)
    others = [one for one in (DONE if complete else ()) if one.__struct_config__.tag != item.form]
    return made(whole(), ENROLLED, version(dated(RNA)), caller_file(), form, *others)


def record_kinds(record: Any) -> set[str]:
    """Return the kinds of forms of which something stands in a record: what they cannot be without does too."""
    said = {"treatment": "systemicTherapies", "assay": "ngsReports", "follow_up": "followUps"}
    return {kind for kind, part in said.items() if part in record}


def test_of_a_whole_subject_every_item_is_carried_or_listed() -> None:
    _, left = made(whole(oncotree="LMS"), ENROLLED, version(dated(RNA)), caller_file(), *DONE,
                   AdverseEvent(term="Dizziness", grade="3"),
                   Decision(action="x", follows="yes", by="laboratory"))  # fmt: skip
    said = dict(left)
    assert said["registration 1"] == "no place in the model: oncotree"
    assert said["adverse_event 16"] == "no place in the model: term, grade"
    assert said["decision 17"] == "not of a tumour board" and said["decision 13"] == "no place in the model: follows"
    assert said["tests[0] rna_mps"] == "no place in the model: caller"


def test_a_sequence_that_stands_event_by_event_lists_what_its_report_has_no_place_for() -> None:
    import msgspec

    test = msgspec.structs.replace(dated(RNA), rna_quality="adequate", panel="panel A", specimen="block 9")
    record, left = made(
        whole(), ENROLLED, version(test), caller_file(), msgspec.structs.replace(DONE[2], specimen=None)
    )
    assert "ngsReports" in record
    ((_, why),) = [row for row in left if row[0].startswith("tests")]
    assert {*why.partition(": ")[2].split(", ")} == {"specimen", "panel", "caller", "rna_quality"}


def test_what_the_case_alone_says_is_listed() -> None:
    case = Case(
        id="P1", diagnosis=Diagnosis(histology="leiomyosarcoma", site="thigh"), patient=Patient(age=50.0, sex="male")
    )
    _, left = made(whole(), ENROLLED, CaseVersion(case=case))
    assert left == [("case", "no place in the model: diagnosis.site, patient.age")]


def test_files_are_one_record_a_subject_and_what_is_left_out() -> None:
    found = dnpm_out.files([subject("P1", whole(), ENROLLED), subject("P2", registration())], lambda site, seq: None)
    assert sorted(found) == ["A-P1.json", "left_out.csv"]
    rows = list(csv.DictReader(io.StringIO(str(found["left_out.csv"]))))
    assert {row["subject"] for row in rows} == {"P2"} and len(rows) == 5


def test_a_level_that_has_no_code_is_one_that_the_knowledge_names_as_such() -> None:
    from ntrkpath.registry.dnpm_values import levels
    from ntrkpath.registry.items import forms

    without = {"reason_stopped": set(), "best": {"unknown"}, "setting": {"advanced", "unknown"}}
    items = {"reason_stopped": "treatment", "best": "response", "setting": "treatment"}
    for name, form in items.items():
        assert {*forms()[form].items[name].levels} - {*levels(name)} == without[name]
    assert {*forms()["specimen"].items["procedure"].levels} == {*levels("collection_method")}
    assert {*forms()["specimen"].items["tumour"].levels} == {*levels("collection_localization")}
