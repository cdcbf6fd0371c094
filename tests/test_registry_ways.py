"""Ways into the registry and out of it: good ones go in, bad ones come back, twice is once, and out is in again."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("polars")
pytest.importorskip("cryptography")

from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntrkpath.cli.registry import command
from ntrkpath.model.case import (
    Case,
    Diagnosis,
    DnaMps,
    Mutation,
    PanTrkIhc,
    Patient,
    ReportedFusion,
    RnaMps,
    TherapyLine,
)
from ntrkpath.model.case_keys import METHODS
from ntrkpath.model.errors import CaseError, NtrkpathError, RegistryError
from ntrkpath.registry import exporting, redcap, redcap_out, sources
from ntrkpath.registry.book import Book
from ntrkpath.registry.entries import KINDS, CallerFile, CaseVersion, NoMoreUse, checked, kind_of
from ntrkpath.registry.flat import case_columns, form_columns
from ntrkpath.registry.forms import AdverseEvent, Assay, Consent, FollowUp, Growth, Screening, Stain, Surgery, Treatment
from ntrkpath.registry.incoming import Arrived, Bad, take
from ntrkpath.registry.items import forms, knowledge, read_item
from ntrkpath.registry.partial_dates import days_between, earliest, latest, read_partial
from ntrkpath.registry.review import decide, waiting
from ntrkpath.registry.sheet_rows import Table
from ntrkpath.registry.subject_files import arrived
from ntrkpath.registry.subjects import stands_under
from ntrkpath.registry.verify import verify
from support.registry import case, draft, fusion_case, registration
from support.workbooks import workbook

ROOT = Path(__file__).parents[1]
CDE = ROOT.parent / "shared" / "data" / "registry" / "cde.csv"


@pytest.fixture
def book(tmp_path: Path) -> Any:
    with Book.create(tmp_path / "book.sqlite") as made:
        yield made


def import_(book: Book, *files: Path, site: str = "S1", **more: Any) -> sources.Taken:  # type: ignore[name-defined]
    return sources.take_in(book, sources.Request(files, site, "reader-1", **more))[0]


def rows_of(content: str | bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content if isinstance(content, str) else content.decode())))


def standing(book: Book) -> dict[str, Any]:
    """Return what stands, without when and in which order it was written."""
    found = {}
    for subject in book.subjects():
        bodies = [e.body for kind in KINDS.values() for e in subject.of(kind)]
        found[subject.id] = sorted((kind_of(b), repr(_plain(b))) for b in bodies)
    return found


def _plain(body: Any) -> Any:
    import msgspec

    if isinstance(body, CaseVersion):
        return msgspec.structs.replace(body, case=msgspec.structs.replace(body.case, read_as=[]))
    return msgspec.structs.replace(body, instance=None)


# --- knowledge --------------------------------------------------------------------------------------------------------


def test_every_form_and_item_is_described_and_nothing_else_is() -> None:
    for name, form in forms().items():
        assert [*form.items] == [n for n in KINDS[name].__struct_fields__ if n != "instance"], name


def test_every_element_stands_at_an_item_or_key_that_there_is() -> None:
    known = {*form_columns(), *KINDS, *(f"case.{path}" for path in case_columns()), "subject", "site"}
    known.add("case.pan_trk_ihc")
    known |= {f"{kind}.{name}" for kind, form in KINDS.items() for name in form.__struct_fields__}
    for element in knowledge("elements"):
        assert element.get("where") or element.get("why"), element
        for where in element.get("where", ()):
            assert where in known or where.rpartition(".")[0] in known, where


@pytest.mark.skipif(not CDE.is_file(), reason="the list of data elements is not beside the repository")
def test_every_data_element_of_the_list_has_its_place() -> None:
    listed = {(row["group"], row["element"]) for row in rows_of(CDE.read_text(encoding="utf-8"))}
    assert listed == {(e["group"], e["element"]) for e in knowledge("elements")}


def test_no_two_columns_have_one_field_of_redcap() -> None:
    paths = [*case_columns(), *form_columns()]
    assert len({redcap.field_of(path) for path in paths}) == len(paths)
    assert all(len(redcap.field_of(path)) <= 100 for path in paths)


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [("2024", "2024"), ("2024-5", "2024-05"), ("05/2024", "2024-05"), ("31.12.2020", "2020-12-31")],
)
def test_a_date_is_read_as_far_as_it_is_known(text: str, read: str) -> None:
    assert read_partial(text) == read


@pytest.mark.parametrize("text", ["", "24", "2024-13", "01/02/2024", "2023-02-29", "soon", "0999", "2024-00"])
def test_what_is_no_date_or_two_is_refused(text: str) -> None:
    with pytest.raises(CaseError):
        read_partial(text)


@given(st.dates(), st.dates())
def test_days_between_partial_dates_hold_the_days_between_the_days(one: Any, other: Any) -> None:
    if one.year < 1000 or other.year < 1000:
        return
    exact = (other - one).days
    for start in (one.isoformat(), one.isoformat()[:7], one.isoformat()[:4]):
        for end in (other.isoformat(), other.isoformat()[:7], other.isoformat()[:4]):
            if start >= "3" or end >= "3":
                continue
            low, high = days_between(start, end)
            assert low <= exact <= high and earliest(start) <= one <= latest(start)


# --- tables -----------------------------------------------------------------------------------------------------------

TABLE = """subject,registration.collection,registration.birth,histology,extent,pan_trk_ihc.percent,consent.scope
P1,prospective,1980,infantile fibrosarcoma,metastatic,80 %,registry screening
P2,Retrospective,05/2019,leiomyosarcoma,,,
P3,prospective,1980,leiomyosarcoma,somewhere,,
P4,,1980,leiomyosarcoma,,,
P5,prospective,1980,leiomyosarcoma,,130,
"""


def test_good_rows_go_in_and_bad_ones_come_back_with_reasons(book: Book, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(TABLE.replace("consent.scope", "registration.note"))
    taken = import_(book, table)
    assert [subject.id for subject in book.subjects()] == ["P1", "P2"]
    assert len(taken.bad) == 3 and taken.new == 4
    request = sources.Request((table,), "S1", "reader-1")
    back = rows_of(sources.error_file(request, taken))
    assert [row["subject"] for row in back] == ["P3", "P4", "P5"]
    assert "disease.extent" in back[0]["error"] and "registration.collection" in back[1]["error"]
    assert "percent" in back[2]["error"]


def test_a_mended_file_of_errors_is_taken(book: Book, tmp_path: Path) -> None:
    table, errors = tmp_path / "table.csv", tmp_path / "errors.csv"
    table.write_text("subject,registration.collection,histology\nP1,prospectively,leiomyosarcoma\n")
    errors.write_text(sources.error_file(sources.Request((table,), "S1", "a"), import_(book, table)))
    errors.write_text(errors.read_text().replace("prospectively", "prospective", 1))
    assert import_(book, errors).new == 2


def test_importing_twice_changes_nothing(book: Book, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("subject,registration.collection,histology,stain.percent,stain.clone\n"
                     "P1,prospective,leiomyosarcoma,3,EPR17341\n")  # fmt: skip
    assert import_(book, table).new == 3
    before = list(book.entries())
    again = import_(book, table)
    assert (again.new, again.same, again.waiting) == (0, 3, 0) and list(book.entries()) == before


def test_what_was_empty_is_added_and_what_differs_waits(book: Book, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    head = "subject,registration.collection,registration.birth,histology,extent\n"
    table.write_text(head + "P1,prospective,,leiomyosarcoma,\n")
    import_(book, table)
    table.write_text(head + "P1,prospective,1980,leiomyosarcoma,metastatic\n")
    assert (import_(book, table).new, len(list(waiting(book)))) == (2, 0)
    table.write_text(head + "P1,prospective,1981,,\n")
    assert import_(book, table).waiting == 1 and import_(book, table).same == 1
    [one] = waiting(book)
    assert one.differs == ("birth",) and one.values == {"birth": ("1980", "1981")}
    subject = book.subject("S1", "P1")
    assert subject is not None and subject.registration is not None and subject.registration.birth == "1980"


@pytest.mark.parametrize("accepted", [True, False])
def test_a_ruling_ends_a_proposal_and_the_same_values_do_not_come_again(
    book: Book, tmp_path: Path, accepted: bool
) -> None:
    table = tmp_path / "table.csv"
    head = "subject,registration.collection,registration.birth\n"
    for birth in ("1980", "1981"):
        table.write_text(f"{head}P1,prospective,{birth}\n")
        import_(book, table)
    [one] = waiting(book)
    decide(book, [f"S1:{one.seq}"], accepted=accepted, author="reader-2", reason="checked")
    subject = book.subject("S1", "P1")
    assert subject is not None and subject.registration is not None
    assert subject.registration.birth == ("1981" if accepted else "1980") and not list(waiting(book))
    assert import_(book, table).same == 1 and not list(waiting(book)) and verify(book).ok


def test_an_empty_cell_takes_nothing_away(book: Book, tmp_path: Path) -> None:
    book.append(draft("P1", registration(birth="1980")), draft("P1", fusion_case()))
    before = standing(book)
    table = tmp_path / "table.csv"
    table.write_text("subject,registration.collection,registration.birth,histology\nP1,,,infantile fibrosarcoma\n")
    assert not import_(book, table).new and standing(book) == before


def test_a_subject_who_withdrew_comes_back_with_the_reason_and_the_others_go_in(book: Book, tmp_path: Path) -> None:
    book.append(draft("P1", registration()), draft("P1", NoMoreUse(asked_by="subject")))
    table = tmp_path / "table.csv"
    table.write_text("subject,registration.collection\nP1,prospective\nP2,prospective\n")
    taken = import_(book, table)
    assert taken.new == 1 and len(taken.bad) == 1


def test_two_rows_that_differ_on_what_is_said_once_are_bad(book: Book, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("subject,registration.collection,registration.birth\nP1,prospective,1980\nP1,prospective,1981\n")
    assert import_(book, table).bad[0].rows == (2, 3)


def test_a_workbook_is_read_as_its_table(book: Book, tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    path = tmp_path / "cases.xlsx"
    table = TABLE.replace("consent.scope", "registration.note")
    workbook(path, {"cases": [list(row) for row in csv.reader(io.StringIO(table))]})
    assert len(import_(book, path).bad) == 3


def test_the_template_names_every_column_and_an_empty_one_is_read(tmp_path: Path) -> None:
    template = exporting.blank("template")["template.csv"]
    head = next(csv.reader(io.StringIO(template)))
    assert {*form_columns(), *case_columns()} <= set(head)
    dictionary = rows_of(exporting.blank("dictionary")["dictionary.csv"])
    assert [row["column"] for row in dictionary] == head
    assert all(row["meaning"] for row in dictionary)


# --- cases and caller files -------------------------------------------------------------------------------------------


def test_the_published_patients_are_literature_and_in_no_count(book: Book) -> None:
    taken = sources.take_in(book, sources.Request((), "literature", "import", published=True))[0]
    assert not taken.bad and taken.new
    assert all(subject.literature and not subject.counted for subject in book.subjects())
    assert all(s.registration is not None and s.registration.source for s in book.subjects())
    assert not list(exporting.exported(book)) and list(exporting.exported(book, literature=True))
    from ntrkpath.registry.counts import counted

    assert counted(book) == ()


def test_of_a_callers_file_only_the_rows_of_the_own_sample_are_kept(book: Book, tmp_path: Path) -> None:
    (tmp_path / "calls.tsv").write_text(
        "Sample_Id\tSite1_Hugo_Symbol\tSite1_Chromosome\tSite1_Position\tSite2_Hugo_Symbol\tSite2_Chromosome\t"
        "Site2_Position\tEvent_Info\tNCBI_Build\n"
        "P1\tETV6\t12\t12022903\tNTRK3\t15\t88483984\tETV6-NTRK3 Fusion\tGRCh37\n"
        "OTHER\tTPM3\t1\t154142876\tNTRK1\t1\t156844363\tTPM3-NTRK1 Fusion\tGRCh37\n"
    )
    (tmp_path / "P1.yaml").write_text(
        "id: P1\ndiagnosis:\n  histology: infantile fibrosarcoma\ntests:\n- method: rna_mps\n  file: calls.tsv\n"
    )
    taken = import_(book, tmp_path / "P1.yaml", collection="prospective")
    assert not taken.bad
    subject = book.subject("S1", "P1")
    assert subject is not None
    [kept] = subject.files
    content = book.file("S1", kept.seq)
    assert content is not None and b"ETV6" in content and b"OTHER" not in content and b"TPM3" not in content
    import hashlib

    assert kept.body.whole_sha256 == hashlib.sha256((tmp_path / "calls.tsv").read_bytes()).hexdigest()
    said = exporting.reader(book)(subject)
    assert said.tested and verify(book).ok
    assert import_(book, tmp_path / "P1.yaml", collection="prospective").new == 0


def test_a_bad_case_among_good_ones_comes_back_alone(book: Book, tmp_path: Path) -> None:
    lines = [{"id": "P1", "diagnosis": {"histology": "leiomyosarcoma"}}, {"id": "P2", "diagnosis": {"histolgy": "x"}},
             {"diagnosis": {"histology": "leiomyosarcoma"}}]  # fmt: skip
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    taken = import_(book, path, collection="retrospective")
    assert len(taken.bad) == 2 and [s.id for s in book.subjects()] == ["P1"]


# --- REDCap -----------------------------------------------------------------------------------------------------------


def rich(book: Book) -> Book:
    fusion = ReportedFusion(five_prime="ETV6", three_prime="NTRK3", exon_five_prime=4, exon_three_prime=14)
    whole = Case(
        id="P1",
        diagnosis=Diagnosis(
            histology="infantile fibrosarcoma", typical_histology=True, immunoprofile={"CD34": "positive"}
        ),
        patient=Patient(age="9 months", sex="female", pregnant=False),
        tests=[
            PanTrkIhc(percent=80.0, intensity="strong"),
            RnaMps(result="positive", panel="panel 1", genes_covered=["NTRK1", "NTRK2", "NTRK3"], fusions=[fusion],
                   rna_quality="adequate"),
            RnaMps(result="failed"),
            DnaMps(result="negative", mutations=[Mutation(gene="NTRK3", protein="G623R")]),
        ],
        therapy=[TherapyLine(drug="larotrectinib", best_response="partial")],
        note="=SUM(A1), and a line\nmore",
    )  # fmt: skip
    book.append(
        draft("P1", registration(birth="2025-03", morphology="8814/3", size_mm=41.5, prior_lines=0)),
        draft("P1", CaseVersion(case=whole)),
        draft("P1", Consent(status="yes", by="parent", scope=("registry", "germline"))),
        draft("P1", Stain(percent=80, nucleus="3", distribution="diffuse")),
        draft("P1", Stain(percent=79, nucleus="2", reader="R2")),
        draft("P1", Screening(step="stained", date="2026-01", instance=1)),
        draft("P1", Treatment(drug="larotrectinib", rechallenge="no")),
        draft("P1", Surgery(planned_without_drug="amputation", performed="limb_sparing", margin="R0")),
        draft("P1", AdverseEvent(term="Fracture", grade="3", serious="not_asked")),
        draft("P1", Growth(height_cm=71.5, gait="not_done", fracture="unknown")),
        draft("P1", FollowUp(status="alive", date="2026")),
        draft("P2", registration("retrospective")),
        draft("P2", case("leiomyosarcoma")),
        draft("P3", registration()),
    )
    return book


def exported(book: Book, tmp_path: Path, kind: str = "redcap", **more: Any) -> Path:
    folder = tmp_path / kind
    folder.mkdir(exist_ok=True)
    for name, content in exporting.files(book, exporting.Wanted(kind, **more)).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def test_what_goes_out_through_redcap_comes_in_again_the_same(book: Book, tmp_path: Path) -> None:
    folder = exported(rich(book), tmp_path)
    with Book.create(tmp_path / "again.sqlite") as again:
        taken = import_(again, folder / "records.csv", dictionary=folder / "data_dictionary.csv")
        assert not taken.bad
        assert standing(again) == standing(book)
    assert import_(book, folder / "records.csv", dictionary=folder / "data_dictionary.csv").new == 0


def test_each_row_of_redcap_has_one_key_and_both_columns_of_repeats(book: Book, tmp_path: Path) -> None:
    rows = rows_of((exported(rich(book), tmp_path) / "records.csv").read_text())
    keys = [(r["record_id"], r["redcap_repeat_instrument"], r["redcap_repeat_instance"]) for r in rows]
    assert len(set(keys)) == len(keys)
    assert all(bool(instrument) == bool(number) for _, instrument, number in keys)


def test_the_data_dictionary_is_as_redcap_wants_it(book: Book, tmp_path: Path) -> None:
    rows = rows_of((exported(rich(book), tmp_path) / "data_dictionary.csv").read_text())
    assert list(rows[0]) == list(redcap.DICTIONARY)
    names = [row["Variable / Field Name"] for row in rows]
    assert names[0] == "record_id" and len(set(names)) == len(names)
    instruments = [row["Form Name"] for row in rows]
    blocks = [name for i, name in enumerate(instruments) if i == 0 or instruments[i - 1] != name]
    assert len(blocks) == len(set(blocks)), "the fields of an instrument stand together"
    for row in rows:
        assert row["Field Type"] in ("text", "notes", "radio", "checkbox"), row
        chosen = row["Choices, Calculations, OR Slider Labels"]
        assert bool(chosen) == (row["Field Type"] in ("radio", "checkbox"))
        assert all("," in choice for choice in chosen.split("|") if choice)


FOREIGN = """"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",\
"Choices, Calculations, OR Slider Labels"
pid,base,,text,Patient,
dx,base,,text,Diagnosis,
stage,base,,dropdown,Extent,"1, localized | 2, metastatic"
trk_boxes,base,,checkbox,TRK,"1, positive | 2, negative"
"""


def test_records_of_another_project_are_read_by_its_dictionary_and_a_mapping(book: Book, tmp_path: Path) -> None:
    (tmp_path / "dictionary.csv").write_text(FOREIGN)
    (tmp_path / "mapping.yaml").write_text(
        "id: ours\ncolumns:\n  case_id: pid\n  diagnosis.histology: dx\n  disease.extent: stage\n"
        "  pan_trk_ihc.result: trk_boxes\n"
    )
    (tmp_path / "records.csv").write_text(
        "pid,dx,stage,trk_boxes___1,trk_boxes___2,base_complete\nA,GIST,2,0,0,2\nB,GIST,1,1,0,2\n"
    )
    taken = import_(
        book, tmp_path / "records.csv", dictionary=tmp_path / "dictionary.csv", mapping=str(tmp_path / "mapping.yaml")
    )
    assert not taken.bad, taken.bad
    one, other = book.subjects()
    assert one.case is not None and one.case.disease.extent == "metastatic"
    assert one.case.tests == [], "boxes of which none is ticked say nothing"
    assert other.case is not None and other.case.tests == [PanTrkIhc(result="positive")]


def test_an_unticked_box_is_unknown_and_never_no(book: Book, tmp_path: Path) -> None:
    head = [redcap_out.RECORD, redcap.INSTRUMENT, redcap.REPEAT, "registration_collection", "consent_status"]
    boxes = [f"consent_scope___{level}" for level in forms()["consent"].items["scope"].levels]
    rows = [["P1", "", "", "prospective", "", *"0" * len(boxes)], ["P1", "consent", "1", "", "yes", *"0" * len(boxes)],
            ["P2", "", "", "prospective", "", *"0" * len(boxes)]]  # fmt: skip
    path = tmp_path / "records.csv"
    path.write_text("\n".join(",".join(row) for row in [[*head, *boxes], *rows]) + "\n")
    assert not import_(book, path).bad
    one, other = book.subjects()
    assert one.consent is not None and one.consent.scope == () and other.consent is None


@pytest.mark.parametrize(("column", "ticked"), [("seen___1", "leg"), ("seen____1", "arm"), ("seen___a_b", "trunk")])
def test_a_box_is_known_by_its_code_as_redcap_writes_it_in_a_column(column: str, ticked: str) -> None:
    """A minus in a code is an underscore in the name of the column, and letters are small."""
    field = redcap.Field("seen", "form", "checkbox", {"1": "leg", "-1": "arm", "A_b": "trunk"})
    fields = {"id": redcap.Field("id", "form", "text", {}), "seen": field}
    boxes = ["seen___1", "seen____1", "seen___a_b"]
    table = Table("x.csv", ["id", *boxes], [(2, ["P1", *("1" if box == column else "0" for box in boxes)])])
    found = redcap.as_columns(table, fields)
    assert found.head == ["subject", "instance", "seen"] and found.rows[0][1] == ["P1", "", ticked]


def test_an_event_that_repeats_keeps_each_time_apart() -> None:
    rows = [(2, ["P1", "visit_arm_1", "", "1", "x"]), (3, ["P1", "visit_arm_1", "", "2", "y"])]
    table = Table("x.csv", ["id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "a"], rows)
    found = redcap.as_columns(table, {"id": redcap.Field("id", "form", "text", {})})
    assert len({row[1] for _, row in found.rows}) == 2


def test_a_longitudinal_export_keeps_one_form_an_event(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    path.write_text(
        "record_id,redcap_event_name,registration_collection,follow_up_status,follow_up_date\n"
        "P1,baseline_arm_1,prospective,,\nP1,visit_1_arm_1,,alive,2026-01\nP1,visit_2_arm_1,,alive,2026-02\n"
    )
    assert not import_(book, path).bad
    subject = book.subject("S1", "P1")
    assert subject is not None and [f.body.date for f in subject.follow_ups] == ["2026-01", "2026-02"]
    path.write_text(path.read_text().replace("P1,visit_1_arm_1,,alive,2026-01\n", ""))
    assert import_(book, path).same == 2
    path.write_text(path.read_text().replace("2026-02", "2026-03"))
    assert import_(book, path).waiting == 1


# --- out --------------------------------------------------------------------------------------------------------------


def test_tables_have_one_stable_key_a_row_and_every_column_is_in_the_dictionary_or_said(
    book: Book, tmp_path: Path
) -> None:
    folder = exported(rich(book), tmp_path, "tables")
    for path in folder.glob("*.csv"):
        if path.name != "dictionary.csv":
            keys = [row["key"] for row in rows_of(path.read_text())]
            assert len(set(keys)) == len(keys), path.name
    assert {"subjects.csv", "tests.csv", "stain.csv", "follow_up.csv"} <= {p.name for p in folder.iterdir()}


def test_parquet_says_what_csv_says(book: Book, tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    as_csv = exported(rich(book), tmp_path, "tables")
    as_parquet = exported(book, tmp_path, "parquet")
    for path in as_parquet.glob("*.parquet"):
        told = [{k: v for k, v in row.items() if v is not None} for row in pq.read_table(path).to_pylist()]
        from ntrkpath.model.delimited import restored

        rows = rows_of((as_csv / f"{path.stem}.csv").read_text())
        assert told == [{k: restored(v) for k, v in row.items() if v} for row in rows], path.name


@pytest.mark.parametrize("mark", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_of_any_table_is_run_by_a_spreadsheet(book: Book, tmp_path: Path, mark: str) -> None:
    book.append(draft("P1", registration(note=mark)), draft("P1", Stain(clone=mark)))
    for kind in ("tables", "redcap"):
        for path in exported(book, tmp_path, kind).glob("*.csv"):
            for row in csv.reader(io.StringIO(path.read_text())):
                assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") for cell in row), (path, row)


def test_a_de_identified_table_holds_no_name_date_site_or_free_text(book: Book, tmp_path: Path) -> None:
    secret = "a text that nobody else has"
    rich(book).append(
        draft("P9", registration(birth="1930-05-17", date_pathology="2026-01-10", icd_10_gm="C49.2", note=secret,
                                 source=secret)),
        draft("P9", Treatment(drug="larotrectinib", start="2026-01-20", dose=secret)),
        draft("P9", Assay(method="rna_mps", kit_manufacturer=secret, sequencer=secret, laboratory=secret)),
        draft("P9", Stain(reader=secret, protocol=secret, specimen=secret, date="2026-02")),
        draft("P9", CaseVersion(case=Case(diagnosis=Diagnosis(histology="leiomyosarcoma", site=secret), note=secret,
                                          source=secret, patient=Patient(age=95)))),
    )  # fmt: skip
    folder = exported(book, tmp_path, "tables", de_identified=True)
    whole = "".join(path.read_text() for path in folder.glob("*.csv") if path.name != "dictionary.csv")
    assert not [word for word in (secret, "P9", "S1", "1930", "C49") if word in whole]
    ages = [row["age"] for row in rows_of((folder / "subjects.csv").read_text())]
    assert "2026-01-20" not in whole and "95" not in ages and "over 89" in ages and "9 months" in ages
    [drug] = [row for row in rows_of((folder / "treatment.csv").read_text()) if row["treatment.start"]]
    assert drug["treatment.start"] == "10"
    [stain] = [row for row in rows_of((folder / "stain.csv").read_text()) if row["stain.date"]]
    assert stain["stain.date"] == "22..49"
    assert rows_of((folder / "rare.csv").read_text())


def test_every_item_of_text_is_left_out_of_de_identified_tables_or_named_as_one_that_stays() -> None:
    of_tests = {*METHODS}
    every = {
        path.partition(".")[2] if path.partition(".")[0] in of_tests else path: item.kind
        for path, item in (*form_columns().items(), *case_columns().items())
    }
    said = knowledge("free_text")
    removed, kept = {*said["removed"]}, {*said["kept"]}
    assert {path for path, kind in every.items() if kind == "text"} <= removed | kept <= {*every}
    assert not removed & kept and {"registration.icd_10_gm", "assay.kit_manufacturer", "assay.sequencer"} <= removed


def test_who_wants_no_more_use_or_was_erased_is_in_no_export(book: Book, tmp_path: Path) -> None:
    rich(book).append(draft("P2", NoMoreUse(asked_by="subject")))
    book.erase("S1", "P3", author="a", request="e", asked_by="subject")
    for kind in ("tables", "redcap", "cbioportal", "cases"):
        for name, content in exporting.files(book, exporting.Wanted(kind)).items():
            text = content if isinstance(content, str) else content.decode()
            assert "P2" not in text and "P3" not in text, (kind, name)


def test_everything_of_one_subject_holds_every_entry_and_file(book: Book) -> None:
    rich(book)
    found = json.loads(exporting.everything_of(book, "S1", "P1"))
    assert len(found["entries"]) == 11 and found["case"]["id"] == "P1"


def test_a_cohort_reads_the_cases_of_the_registry(book: Book, tmp_path: Path) -> None:
    import datetime as dt

    from ntrkpath.cohort.sources import open_source
    from ntrkpath.cohort.triage import Triage
    from ntrkpath.guidance import load

    out = tmp_path / "cases.jsonl"
    out.write_bytes(exporting.files(rich(book), exporting.Wanted("cases"))["out"])  # type: ignore[arg-type]
    edition = load()
    outcome = Triage(open_source(str(out), edition), tmp_path / "decided.csv", edition, dt.date(2026, 1, 1)).run()
    assert outcome.about.decided == 2 and not outcome.about.bad
    decided = {row["case_id"]: row["tier"].lstrip("'") for row in rows_of((tmp_path / "decided.csv").read_text())}
    read = exporting.reader(book)
    assert decided == {f"{s.site}/{s.id}": read(s).tier for s in exporting.exported(book) if s.case is not None}


def test_a_study_for_cbioportal_is_one_that_a_cohort_reads_too(book: Book, tmp_path: Path) -> None:
    from ntrkpath.cohort.sources import open_source
    from ntrkpath.guidance import load

    folder = exported(rich(book), tmp_path, "cbioportal")
    rows = sum(batch.rows for batch in open_source(str(folder), load()).batches(100))
    assert rows == 2
    for meta in folder.glob("meta_*.txt"):
        said = dict(line.split(": ", 1) for line in meta.read_text().splitlines())
        assert "cancer_study_identifier" in said
        if "data_filename" in said:
            lines = [x for x in (folder / said["data_filename"]).read_text().splitlines() if not x.startswith("#")]
            assert len({line.count("\t") for line in lines}) == 1 and len(lines) > 1
    status = folder / "data_timeline_status.txt"
    assert not status.exists(), "without a date of diagnosis there is no time zero"


# --- documents of subjects --------------------------------------------------------------------------------------------


def test_everything_of_a_subject_comes_in_again_the_same(book: Book, tmp_path: Path) -> None:
    rich(book)
    for subject in book.subjects():
        (tmp_path / f"{subject.id}.json").write_text(exporting.everything_of(book, subject.site, subject.id))
    files = sorted(tmp_path.glob("*.json"))
    with Book.create(tmp_path / "other.sqlite") as other:
        assert not import_(other, *files).bad
        assert standing(other) == standing(book)
        again = import_(other, *files)
        assert (again.new, again.waiting, again.bad) == (0, 0, [])


def filled(kind: str, turn: int) -> dict[str, Any]:
    """Return a form as YAML has it, every item filled in; each turn takes the next level of every item."""
    made: dict[str, Any] = {"kind": kind}
    for item in forms()[kind].items.values():
        if item.levels:
            levels = [one for one in item.levels if (item.path, one) != ("consent.status", "no")]  # it ends every use
            level = levels[turn % len(levels)]
            made[item.name] = [level] if item.kind == "choices" else level
        elif item.kind == "partial_date":
            made[item.name] = ("2024", "2024-02", "2024-02-29")[turn % 3]
        elif item.kind in ("count", "number"):
            made[item.name] = min(turn + 1, int(item.high or 100))
        elif not item.pattern:
            made[item.name] = f"text {turn}"
    return made


@pytest.mark.parametrize("kind", [*forms()])
def test_a_form_stands_once_in_the_book_where_the_knowledge_says_so(kind: str) -> None:
    numbered = checked({**filled(kind, 0), "instance": 3})
    assert stands_under(numbered) == (kind, None if forms()[kind].single else 3)
    assert stands_under(checked(filled(kind, 0))) == ((kind, None) if forms()[kind].single else None)


@pytest.mark.parametrize("kind", [*forms()])
def test_every_item_comes_in_from_yaml_and_goes_through_redcap_and_tables(kind: str, tmp_path: Path) -> None:
    import yaml

    turns = 1 if forms()[kind].single else max(len(item.levels) for item in forms()[kind].items.values()) or 1
    entries = [] if kind == "registration" else [{"kind": "registration", "collection": "prospective"}]
    entries += [filled(kind, turn) for turn in range(turns)]
    (tmp_path / "p1.yaml").write_text(yaml.safe_dump({"subject": "P1", "entries": entries}))
    with Book.create(tmp_path / "a.sqlite") as one, Book.create(tmp_path / "b.sqlite") as other:
        assert import_(one, tmp_path / "p1.yaml").bad == []
        out = exported(one, tmp_path, "redcap")
        taken = import_(other, out / "records.csv", dictionary=out / "data_dictionary.csv")
        assert taken.bad == [] and standing(other) == standing(one)
        table = exporting.files(one, exporting.Wanted("tables"))
        rows = rows_of(table["subjects.csv" if forms()[kind].single else f"{kind}.csv"])
        stated = {f"{kind}.{name}" for name in filled(kind, 0) if name != "kind"}
        assert len(rows) == turns and all(stated <= {c for c, cell in row.items() if cell} for row in rows)


def test_a_subject_who_withdrew_elsewhere_is_not_taken_in(book: Book, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(
        "subject: P1\nentries:\n- kind: registration\n  collection: prospective\n"
        "- kind: no_more_use\n  asked_by: subject\n"
    )
    taken = import_(book, tmp_path / "p.yaml")
    assert taken.new == 0 and len(taken.bad) == 1


REGISTERED = {"kind": "registration", "collection": "prospective"}
TAKEN = {"kind": "treatment", "drug": "larotrectinib"}


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"entries": [REGISTERED, "treatment: larotrectinib"]}, "entries[1]"),
        ({"entries": [REGISTERED, None, 3]}, "entries[2]"),
        ({"entries": [REGISTERED, {"drug": "larotrectinib"}]}, "entries[1]: kind"),
        ({"entries": [REGISTERED, {"kind": "treatement", "drug": "larotrectinib"}]}, "entries[1]: kind"),
        ({"entries": [REGISTERED, {"kind": ["treatment"]}]}, "entries[1]: kind"),
        ({"entries": [REGISTERED, {"kind": "decision", "action": "x", "follows": "yes"}]}, "entries[1]: kind"),
        ({"entries": [REGISTERED, {"kind": "retraction", "entry": 1}]}, "entries[1]: kind"),
        ({"entries": [REGISTERED, {**TAKEN, "stopp": "2024"}]}, "entries[1]: treatment.stopp"),
        ({"entries": [REGISTERED, {**TAKEN, "start": "soon"}]}, "entries[1]: treatment.start"),
        ({"entries": [REGISTERED, {**TAKEN, "dose": 1.10}]}, "entries[1]: treatment.dose"),
        ({"entries": [REGISTERED, {**TAKEN, "drug": {"name": "x"}}]}, "entries[1]: treatment.drug"),
        ({"entries": [{"kind": "case", "case": {"diagnosis": {"histlogy": "x"}}}]}, "entries[0]: diagnosis"),
        ({"entries": [{"seq": 1, "body": REGISTERED}, {"seq": 2, "kind": "stain", "body": None}]}, "entries[1]: body"),
        ({"entries": [REGISTERED, {"kind": "case", "diagnosis": {}}]}, "entries[1]: diagnosis"),
        ({"entries": [REGISTERED, REGISTERED]}, "entries[0]"),
        ({"entries": [REGISTERED, {**TAKEN, "instance": 1}, {**TAKEN, "instance": 1}]}, "entries[1]"),
        ({"entries": {"registration": {}}}, "entries"),
        ({"entries": []}, "entries"),
        ({"entries": [REGISTERED], "case": {}}, "case"),
        ({"entries": [REGISTERED], "treatments": []}, "treatments"),
        ({"entries": [REGISTERED], "schema": "another"}, "schema"),
        ({"entries": [REGISTERED], "subject": None}, "subject"),
        ({"entries": [REGISTERED], "subject": 1.10}, "subject"),
        ({"entries": [REGISTERED], "files": [{"seq": 1, "content": "!"}]}, "files[0]"),
        ({"entries": [REGISTERED], "files": ["1-a.tsv"]}, "files[0]"),
        ({"entries": [REGISTERED], "files": [{"seq": 1, "content": ""}]}, "files"),
        ({"entries": [{"seq": 1, "body": REGISTERED}, {"seq": 1, "body": TAKEN}]}, "entries[1]: seq"),
        ({"entries": [{"seq": "1", "body": REGISTERED}]}, "entries[0]: seq"),
        ({"entries": [{"seq": 1, "kind": "case", "body": REGISTERED}]}, "entries[0]: kind"),
        ({"entries": [{"seq": 1, "at": "today", "body": REGISTERED}]}, "entries[0]: at"),
        ({"entries": [{"seq": 1, "body": {**REGISTERED, "note": "\ud800"}}]}, "entries[0]"),
        ({"entries": [{"seq": 1, "bodies": {}, "body": REGISTERED}]}, "entries[0]: bodies"),
    ],
)  # fmt: skip
def test_nothing_of_a_document_is_passed_over(wrong: dict[str, Any], where: str) -> None:
    (bad, *more), _ = arrived({"subject": "P1", **wrong}, Path("p.yaml"))
    said = [bad, *more]
    assert all(isinstance(one, Bad) for one in said)
    assert any(one.reason.startswith(f"{where}: ") or one.reason.startswith(f"{where}.") for one in said), said


def test_every_fault_of_a_document_is_told_at_once() -> None:
    wrong = [REGISTERED, 3, {"kind": "x"}, {**TAKEN, "start": "soon", "line": "many"}]
    found, _ = arrived({"subject": "P1", "entries": wrong, "more": 1}, Path("p.yaml"))
    assert [one.reason.partition(": ")[0] for one in found] == [
        "more", "entries[1]", "entries[2]", "entries[3]", "entries[3]"
    ]  # fmt: skip


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats()
    | st.sampled_from(["registration", "treatment", "case", "prospective", "S", "\ud800", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["kind", "case", "body", "seq", "at", "instance", "collection", "drug", "diagnosis", "tests"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PLAIN, st.lists(st.dictionaries(st.sampled_from(["kind", "case", "body", "seq", "drug"]), PLAIN)), PLAIN)
def test_whatever_a_document_holds_is_taken_whole_or_told(subject: Any, entries: list[Any], files: Any) -> None:
    found, _ = arrived({"subject": subject, "entries": [REGISTERED, *entries], "files": files}, Path("p.yaml"))
    assert found
    for one in found:
        assert isinstance(one, Bad) or (one.subject and len(one.bodies) >= sum("body" not in e for e in entries))


def test_a_form_by_hand_is_read_as_an_entered_one() -> None:
    entries = [
        REGISTERED,
        {"kind": "treatment", "drug": "x", "start": "05/2024", "line": 2, "rechallenge": True},
        {"kind": "case", "case": {"diagnosis": {"histology": "infantile fibrosarcoma"}, "patient": {"age": 1}}},
    ]
    (one,), notes = arrived({"subject": 17, "entries": entries}, Path("p.yaml"))
    assert isinstance(one, Arrived) and one.subject == "17" and notes == []
    treated, version = (body for body, _ in one.bodies[1:])
    assert treated == Treatment(drug="x", start="2024-05", line=2, rechallenge="yes")
    assert isinstance(version, CaseVersion) and version.case.id == "17"


def test_a_wish_that_consent_took_back_elsewhere_refuses_nothing_and_one_without_a_day_does() -> None:
    def read(**wish: Any) -> bool:
        bodies = [REGISTERED, {"kind": "no_more_use", "asked_by": "subject", **wish},
                  {"kind": "consent", "status": "yes", "date": "2025-02-01"}]  # fmt: skip
        found, notes = arrived({"subject": "P1", "entries": [{"seq": i, "body": b} for i, b in enumerate(bodies, 1)]},
                               Path("p.json"))  # fmt: skip
        assert all(isinstance(one, Bad) for one in found) or notes == [
            "p.json: not taken, of the book alone: 1 no_more_use"
        ]
        return isinstance(found[0], Arrived)

    assert read(date="2025-01-01") and not read(date="2025-02-01") and not read()


def test_a_file_is_read_once_whatever_it_holds(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    from ntrkpath.cases import plain_yaml
    from ntrkpath.registry import subject_files

    read: list[bytes] = []
    whole = plain_yaml.load_plain

    def counted(data: bytes) -> Any:
        read.append(data)
        return whole(data)

    monkeypatch.setattr(plain_yaml, "load_plain", counted)
    monkeypatch.setattr(subject_files, "load_plain", counted)
    (tmp_path / "p1.yaml").write_text(yaml.safe_dump({"subject": "P1", "entries": [REGISTERED]}))
    (tmp_path / "p2.yaml").write_text(yaml.safe_dump({"id": "P2", "diagnosis": {"histology": "leiomyosarcoma"}}))
    taken = import_(book, tmp_path / "p1.yaml", tmp_path / "p2.yaml", collection="prospective")
    assert not taken.bad and len(read) == len(set(read)) == 2


def test_cases_of_which_nobody_says_how_they_were_collected_are_not_taken(book: Book, tmp_path: Path) -> None:
    (tmp_path / "p1.yaml").write_text("subject: P1\nentries:\n- kind: registration\n  collection: prospective\n")
    (tmp_path / "p2.yaml").write_text("id: P2\ndiagnosis:\n  histology: leiomyosarcoma\n")
    with pytest.raises(RegistryError) as refused:
        import_(book, tmp_path / "p1.yaml", tmp_path / "p2.yaml")
    assert refused.value.where == "p2.yaml" and not list(book.subjects())


def test_rows_that_are_not_those_of_their_entry_end_one_subject_and_no_other(book: Book) -> None:
    body = CallerFile(name="a.tsv", whole_sha256="0" * 64, kept_sha256="0" * 64, rows=1, caller="arriba")
    given = [Arrived("a", "P1", ((registration(), None), (body, b"x"))), Arrived("b", "P2", ((registration(), None),))]
    taken = take(book, given, "S1", "a", "x")
    assert taken.new == 1 and [bad.where for bad in taken.bad] == ["a"]
    assert [subject.id for subject in book.subjects()] == ["P2"]


# --- forms ------------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_level_of_every_item_is_read_as_itself(data: Any) -> None:
    item = data.draw(st.sampled_from([i for i in form_columns().values() if i.levels]))
    level = data.draw(st.sampled_from(item.levels))
    assert read_item(item, level) in (level, (level,))
    assert read_item(item, level.upper()) in (level, (level,))


def test_what_arrives_for_an_unknown_kind_of_file_is_refused_with_the_kinds(book: Book, tmp_path: Path) -> None:
    (tmp_path / "cases.docx").write_text("x")
    with pytest.raises(NtrkpathError, match="format"):
        import_(book, tmp_path / "cases.docx")


def test_a_subject_whose_name_is_no_pseudonym_comes_back_and_the_others_go_in(book: Book, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "subject,registration.collection\nJane Doe,prospective\nP1,prospective\nMüller,prospective\n"
    )
    taken = import_(book, tmp_path / "a.csv")
    assert taken.new == 1 and [bad.rows for bad in taken.bad] == [(2,), (4,)]
    assert not any("Jane" in bad.reason or "Müller" in bad.reason for bad in taken.bad)
    with pytest.raises(NtrkpathError):
        import_(book, tmp_path / "a.csv", site="no site")


# --- command ----------------------------------------------------------------------------------------------------------


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(command, list(arguments), standalone_mode=False)
    if isinstance(result.exception, Exception):
        raise result.exception
    assert (result.return_value or 0) == code, result.output
    return result.output


def test_the_command_from_the_empty_folder_to_a_restored_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NTRKPATH_REGISTRY_KEY", str(tmp_path / "keys" / "key.pem"))
    run("init")
    run("import", "--published")
    (tmp_path / "table.csv").write_text(TABLE.replace("consent.scope", "registration.note"))
    run("import", "table.csv", "--site", "S1", "--errors", "errors.csv", code=65)
    assert len((tmp_path / "errors.csv").read_text().splitlines()) == 4
    run("import", "table.csv", "--site", "S1", "--allow-bad")
    run("erase", "P1", "--site", "S1", "--asked-by", "subject", "--yes")
    run("head", "--out", "head.json")
    run("verify", "--head", "head.json")
    run("backup", "backup.sqlite")
    run("restore", "backup.sqlite", "--database", "again.sqlite", "--head", "head.json")
    run("verify", "--database", "again.sqlite", "--head", "head.json")
    run("rebuild")
    run("counts")
    run("export", "--as", "tables", "out")
    run("review")
    import sqlite3

    with sqlite3.connect(tmp_path / "book.sqlite") as data:
        data.execute("DROP TRIGGER entries_no_update")
    data.close()
    run("verify", code=1)
