"""A bad case gives one clear error, costs nothing, and loses nothing: the good ones beside it are decided."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from ntrkpath.cases.dates import read_date
from ntrkpath.cases.load import MAX_BYTES, case_from, decode_json, read_located
from ntrkpath.cli.main import main
from ntrkpath.model.errors import CaseError
from ntrkpath.pathway import recommend as decided

GOOD = "id: good\ndiagnosis: {histology: infantile fibrosarcoma}\n"
GOOD_JSON = '{"id": "good", "diagnosis": {"histology": "infantile fibrosarcoma"}}'


class Run(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.startswith("error: ")]


@pytest.fixture
def recommend(capsys: pytest.CaptureFixture[str]):
    """Run `ntrkpath recommend --format json` on paths."""

    def run(*paths: Path | str) -> Run:
        with pytest.raises(SystemExit) as stop:
            main(["recommend", "--format", "json", "--as-of", "2026-01-01", *map(str, paths)])
        out, err = capsys.readouterr()
        return Run(int(str(stop.value.code)), out, err)

    return run


def yaml_with(text: str) -> bytes:
    return (GOOD + text).encode()


#: Name: the file's name, its content, what the one error must say.
BAD: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
    "unknown key": (
        "c.yaml", yaml_with("desease: {}\n"),
        ("desease", "allowed: id, diagnosis", "did you mean 'disease'?"),
    ),
    "unknown key inside": (
        "c.yaml", yaml_with("disease: {extend: metastatic}\n"), ("disease.extend", "did you mean 'extent'?"),
    ),
    "unknown key of a test": (
        "c.yaml", yaml_with("tests: [{method: fish, cell_split: 3}]\n"), ("tests[0].cell_split", "'cells_split'?"),
    ),
    "unknown key, JSON": (
        "c.json", GOOD_JSON.replace('"id"', '"pateint": {}, "id"').encode(), ("pateint", "did you mean 'patient'?"),
    ),
    "misspelt histology": (
        "c.yaml", b"id: x\ndiagnosis: {histology: infantlie fibrosarcoma}\n",
        ("diagnosis.histology", "infantlie fibrosarcoma", "Infantile Fibrosarcoma", "ntrkpath histology"),
    ),
    "percent over 100": (
        "c.yaml", yaml_with("tests: [{method: pan_trk_ihc, percent: 120}]\n"),
        ("tests[0].percent", "given: 120", "0 to 100"),
    ),
    "percent under 0": (
        "c.yaml", yaml_with("tests: [{method: pan_trk_ihc, percent: -1}]\n"),
        ("tests[0].percent", "given: -1", "0 to 100"),
    ),
    "percent is no number": (
        "c.yaml", yaml_with("tests: [{method: pan_trk_ihc, percent: .nan}]\n"),
        ("tests[0].percent", ".nan", "0 to 100"),
    ),
    "split cells over counted": (
        "c.yaml", yaml_with("tests: [{method: fish, gene: NTRK1, cells_counted: 50, cells_split: 60}]\n"),
        ("tests[0].cells_split", "given: 60", "0 to 50"),
    ),
    "isolated cells over counted": (
        "c.yaml", yaml_with("tests: [{method: fish, gene: NTRK1, cells_counted: 50, cells_isolated_3p: 60}]\n"),
        ("tests[0].cells_isolated_3p", "given: 60", "0 to 50"),
    ),
    "no cells counted": (
        "c.yaml", yaml_with("tests: [{method: fish, cells_counted: 0}]\n"), ("tests[0].cells_counted", "1 or more"),
    ),
    "age 400": ("c.yaml", yaml_with("patient: {age: 400}\n"), ("patient.age", "400", "0 to 120 years")),
    "age in words": ("c.yaml", yaml_with("patient: {age: old}\n"), ("patient.age", "given: old", "'3 months'")),
    "age below 0": ("c.yaml", yaml_with("patient: {age: -3}\n"), ("patient.age", "0 to 120 years")),
    "unknown drug": (
        "c.yaml", yaml_with("therapy: [{drug: larotrectinab}]\n"),
        ("therapy[0].drug", "larotrectinab", "nearest: larotrectinib"),
    ),
    "dates reversed": (
        "c.yaml", yaml_with("therapy: [{drug: larotrectinib, start: 2021-05-01, end: 2020-05-01}]\n"),
        ("therapy[0]", "2021-05-01", "2020-05-01", "start on or before end"),
    ),
    "no such day": (
        "c.yaml", yaml_with("tests: [{method: fish, date: 2021-02-31}]\n"),
        ("tests[0].date", "2021-02-31", "YYYY-MM-DD"),
    ),
    "a date that may be read in two ways": (
        "c.yaml", yaml_with("tests: [{method: fish, date: 03/04/2020}]\n"),
        ("tests[0].date", "03/04/2020", "YYYY-MM-DD"),
    ),
    "empty file": ("c.yaml", b"", ("the file is empty", "ntrkpath recommend --help")),
    "empty JSON": ("c.json", b" \n", ("the file is empty", "ntrkpath recommend --help")),
    "only a comment": ("c.yaml", b"# nothing yet\n", ("the file is empty",)),
    "empty JSON lines": ("c.jsonl", b"\n\n", ("the file is empty", "one case per line")),
    "over 1 MB": ("c.yaml", yaml_with("note: " + "x" * MAX_BYTES), ("too large", "1000000 bytes", ".jsonl")),
    "over 1 MB, JSON": ("c.json", b'{"note": "' + b"x" * MAX_BYTES + b'"}', ("too large", "1000000 bytes", ".jsonl")),
    "a bomb of aliases": (
        "c.yaml", b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nid: x\ndiagnosis: {histology: *c}\n",
        ("line 1", "anchors and aliases are not allowed", "write the value out"),
    ),
    "an anchor": ("c.yaml", b"id: &i x\ndiagnosis: {histology: GIST}\n", ("line 1", "anchors")),
    "a tag that runs code": (
        "c.yaml", b"id: !!python/object/apply:os.getcwd []\ndiagnosis: {histology: GIST}\n",
        ("line 1", "tags are not allowed"),
    ),
    "a tag": ("c.yaml", b"id: !secret x\ndiagnosis: {histology: GIST}\n", ("line 1", "tags are not allowed")),
    "a merge": ("c.yaml", yaml_with("<<: {note: x}\n"), ("unknown key '<<'",)),
    "a key twice": (
        "c.yaml", yaml_with("disease: {extent: localized, extent: metastatic}\n"),
        ("line 3", "the key stands twice", "given: extent", "keep one"),
    ),
    "a key twice, JSON": (
        "c.json", GOOD_JSON.replace("}}", '}, "disease": {"extent": "localized", "extent": "metastatic"}}').encode(),
        ("the key stands twice", "given: extent", "keep one"),
    ),
    "deep nesting": ("c.yaml", yaml_with("note: " + "[" * 5000), ("nested too deeply", "20 levels")),
    "deep nesting, JSON": ("c.json", b'{"id": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", ("nested too deeply",)),
    "not UTF-8": (
        "c.yaml", "id: x\ndiagnosis: {histology: é}".encode("latin-1"),
        ("byte 30", "not UTF-8", "save the file"),
    ),
    "not UTF-8, JSON": ("c.json", '{"id": "é"}'.encode("latin-1"), ("byte 9", "not UTF-8", "save the file")),
    "a control character": ("c.yaml", yaml_with("note: a\x00b\n"), ("character 64",)),
    "wrong level": (
        "c.yaml", yaml_with("disease: {extent: metastatc}\n"),
        ("disease.extent", "given: metastatc", "locally_advanced_unresectable", "did you mean 'metastatic'?"),
    ),
    "wrong level of a flag": (
        "c.yaml", b"id: x\ndiagnosis: {histology: GIST, typical_histology: perhaps}\n",
        ("diagnosis.typical_histology", "given: perhaps", "true, false, unknown"),
    ),
    "wrong level in the immunoprofile": (
        "c.yaml", b"id: x\ndiagnosis: {histology: GIST, immunoprofile: {CD34: positive, S100: weak}}\n",
        ("diagnosis.immunoprofile.S100", "given: weak", "positive, negative, unknown"),
    ),
    "negative is no status of an alteration": (
        "c.yaml", yaml_with("alterations: [{gene: ALK, kind: fusion, status: negative}]\n"),
        ("alterations[0].status", "given: negative", "present, absent, unknown"),
    ),
    "an empty id": (
        "c.yaml", b"id: ''\ndiagnosis: {histology: GIST}\n",
        ("id: not an allowed value", "1 to 200 characters"),
    ),
    "a number with a fraction as id": (
        "c.yaml", b"id: 1.10\ndiagnosis: {histology: GIST}\n",
        ("id: not an allowed value", "put it in quotes"),
    ),
    "no diagnosis": ("c.yaml", b"id: x\n", ("diagnosis: required key is missing", "add `diagnosis`")),
    "no histology": ("c.yaml", b"id: x\ndiagnosis: {site: hand}\n", ("diagnosis.histology: required key is missing",)),
    "unknown method": (
        "c.yaml", yaml_with("tests: [{method: pan_trk_ich}]\n"),
        ("tests[0].method", "given: pan_trk_ich", "did you mean 'pan_trk_ihc'?"),
    ),
    "no method": (
        "c.yaml", yaml_with("tests: [{result: positive}]\n"),
        ("tests[0].method: required key", "pan_trk_ihc, fish"),
    ),
    "a mutation that is no protein change": (
        "c.yaml", yaml_with("tests: [{method: dna_mps, mutations: [{gene: NTRK3, protein: solvent front}]}]\n"),
        ("tests[0].mutations[0].protein", "given: solvent front", "G595R"),
    ),
    "a side of a fusion that is no gene": (
        "c.yaml", yaml_with("tests: [{method: rna_mps, fusions: [{five_prime: ETV6, three_prime: NTKR3}]}]\n"),
        ("tests[0].fusions[0].three_prime", "given: NTKR3", "nearest: NTRK3"),
    ),
    "a list": ("c.yaml", b"- id: x\n", ("a case is a mapping of keys", "given: a list", "start with `id:`")),
    "a word": ("c.yaml", b"hello\n", ("a case is a mapping of keys",)),
    "two documents": ("c.yaml", (GOOD + "---\n" + GOOD).encode(), ("line 3", "not readable as YAML")),
    "no YAML": ("c.yaml", b"id: x\n  diagnosis: [\n", ("line 2", "not readable as YAML", "indentation")),
    "no JSON": ("c.json", b'{"id": "x",', ("line 1", "not readable as JSON")),
    "a number as key": ("c.yaml", yaml_with("1: 2\n"), ("a key is text", "given: 1")),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_case_gives_one_clear_error(name: str, tmp_path: Path, recommend) -> None:
    file, content, says = BAD[name]
    (tmp_path / file).write_bytes(content)
    run = recommend(tmp_path / file)
    assert run.code == 65
    assert not run.out
    assert len(run.errors) == 1
    assert "Traceback" not in run.err
    assert len(run.err.splitlines()) <= 2
    for words in says:
        assert words in run.errors[0]


@pytest.mark.parametrize("name", BAD)
def test_an_error_names_the_file(name: str, tmp_path: Path, recommend) -> None:
    file, content, _ = BAD[name]
    (tmp_path / file).write_bytes(content)
    assert str(tmp_path / file) in recommend(tmp_path / file).errors[0]


@pytest.mark.parametrize("name", BAD)
def test_a_good_case_beside_a_bad_one_is_decided(name: str, tmp_path: Path, recommend) -> None:
    file, content, _ = BAD[name]
    (tmp_path / file).write_bytes(content)
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "z.json").write_text(GOOD_JSON, encoding="utf-8")
    run = recommend(tmp_path)
    assert run.code == 65
    assert [answer["case_id"] for answer in json.loads(run.out)] == ["good", "good"]
    assert len(run.errors) == 1
    assert "2 decided, 1 not" in run.err


def test_a_missing_file_is_one_error(tmp_path: Path, recommend) -> None:
    run = recommend(tmp_path / "none.yaml")
    assert (run.code, run.out) == (65, "")
    assert len(run.errors) == 1
    assert "none.yaml" in run.errors[0]
    assert "No such file" in run.errors[0]


def test_a_directory_without_cases_is_one_error(tmp_path: Path, recommend) -> None:
    run = recommend(tmp_path)
    assert (run.code, run.out, len(run.errors)) == (65, "", 1)
    assert ".jsonl" in run.errors[0]


def test_files_in_capitals_are_not_lost(tmp_path: Path, recommend) -> None:
    (tmp_path / "A.YAML").write_text(GOOD, encoding="utf-8")
    (tmp_path / "B.JSON").write_text(GOOD_JSON, encoding="utf-8")
    (tmp_path / "C.JSONL").write_text(GOOD_JSON + "\n", encoding="utf-8")
    run = recommend(tmp_path)
    assert run.code == 0
    assert len(json.loads(run.out)) == 3


def test_a_bad_line_names_its_number_and_the_others_go_on(tmp_path: Path, recommend) -> None:
    lines = [GOOD_JSON, "", GOOD_JSON.replace('"id"', '"ID"'), GOOD_JSON, "{"]
    (tmp_path / "cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    run = recommend(tmp_path / "cases.jsonl")
    assert run.code == 65
    assert len(json.loads(run.out)) == 2
    assert [int(m[1]) for line in run.errors if (m := re.search(r"cases\.jsonl:(\d+)", line))] == [3, 5]


def test_json_lines_are_unlimited_each_line_is_not(tmp_path: Path) -> None:
    note = "x" * 300_000
    line = GOOD_JSON.replace("}}", '}, "note": "%s"}')
    (tmp_path / "cases.jsonl").write_text(
        "\n".join([line % note[:1900]] * 1200 + [line % (note * 4)] + [GOOD_JSON]), encoding="utf-8"
    )
    assert (tmp_path / "cases.jsonl").stat().st_size > 2 * MAX_BYTES
    read = list(read_located(tmp_path / "cases.jsonl"))
    bad = [(where, case) for where, case in read if isinstance(case, CaseError)]
    assert len(read) == 1202
    assert [where.rpartition(":")[2] for where, _ in bad] == ["1201"]
    assert "too large" in str(bad[0][1])


def test_a_byte_order_mark_is_no_error(tmp_path: Path, recommend) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    (tmp_path / "b.json").write_bytes(b"\xef\xbb\xbf" + GOOD_JSON.encode())
    assert recommend(tmp_path).code == 0


def test_several_arguments_are_all_read(tmp_path: Path, recommend) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("id: x\n", encoding="utf-8")
    run = recommend(tmp_path / "b.yaml", tmp_path / "a.yaml", tmp_path / "missing.yaml")
    assert run.code == 65
    assert len(json.loads(run.out)) == 1
    assert len(run.errors) == 2
    assert recommend("--allow-bad", tmp_path / "b.yaml", tmp_path / "a.yaml").code == 0


# --- nothing that identifies the patient ----------------------------------------------------------------------------

IDENTIFYING = {
    "a name in place of the patient": "patient: Jane Doe 1970-01-01\n",
    "a name in place of the tests": "tests: Jane Doe 1970-01-01\n",
    "a name in a note that is too long": f"note: Jane Doe 1970-01-01 {'x' * 3000}\n",
    "a name as specimen that is too long": f"tests: [{{method: fish, specimen: Jane Doe 1970-01-01 {'x' * 3000}}}]\n",
    "a name under a key of its own": "name: Jane Doe 1970-01-01\n",
    "a name in a list of notes": "note: [Jane Doe 1970-01-01]\n",
}


@pytest.mark.parametrize("name", IDENTIFYING)
def test_an_error_does_not_repeat_free_text(name: str, tmp_path: Path, recommend) -> None:
    (tmp_path / "c.yaml").write_text(GOOD + IDENTIFYING[name], encoding="utf-8")
    run = recommend(tmp_path / "c.yaml")
    assert run.code == 65
    assert "Jane" not in run.err
    assert "1970" not in run.err


def test_an_error_does_not_repeat_the_id_of_the_case(tmp_path: Path, recommend) -> None:
    (tmp_path / "c.yaml").write_text("id: Jane Doe 1970-01-01\ndiagnosis: {histology: qq}\n", encoding="utf-8")
    run = recommend(tmp_path / "c.yaml")
    assert run.code == 65
    assert "Jane" not in run.err


@pytest.mark.parametrize(
    "content",
    [
        'id: "x\\nerror: all is well"\ndiagnosis: {histology: qq}\n',
        'id: x\ndiagnosis: {histology: "qq\\nerror: all is well"}\n',
        GOOD + 'therapy: [{drug: "qq\\nerror: all is well"}]\n',
        GOOD + 'disease: {extent: "qq\\nerror: all is well"}\n',
        GOOD + '"qq\\nerror: all is well": 1\n',
    ],
    ids=["id", "histology", "drug", "level", "key"],
)
def test_an_error_stays_on_its_line(content: str, tmp_path: Path, recommend) -> None:
    (tmp_path / "c.yaml").write_text(content, encoding="utf-8")
    assert len(recommend(tmp_path / "c.yaml").errors) == 1


# --- plain values mean what they look like --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "band"), [("010", "from_2_years"), ("1_2", None), ("12.5", "from_12_years"), ("3 months", "from_1_month")]
)
def test_a_plain_number_is_decimal(age: str, band: str | None, tmp_path: Path, recommend) -> None:
    (tmp_path / "c.yaml").write_text(f"{GOOD}patient: {{age: {age}}}\n", encoding="utf-8")
    run = recommend(tmp_path / "c.yaml")
    assert run.code == (0 if band else 65)
    if band:
        assert json.loads(run.out)["facts"]["age_band"] == band


def test_a_number_to_the_base_of_sixty_is_refused(tmp_path: Path, recommend) -> None:
    (tmp_path / "c.yaml").write_text(f"{GOOD}tests: [{{method: pan_trk_ihc, percent: 1:20}}]\n", encoding="utf-8")
    assert recommend(tmp_path / "c.yaml").code == 65


def test_decoding_says_where_in_the_json() -> None:
    with pytest.raises(CaseError) as caught:
        decode_json(b'{"id": "x", "diagnosis": {"histology": "GIST"}, "tests": [{"method": "fish", "cutoff": 150}]}')
    assert caught.value.where == "tests[0].cutoff"
    assert caught.value.allowed == "0 to 100"


@pytest.mark.parametrize(
    "detail", ["wild type", "exon 11 wild-type", "not detected", "exon 9: no mutation", "keine Mutation"]
)
def test_a_detail_that_denies_a_present_alteration_is_refused(detail: str) -> None:
    alteration = {"gene": "KIT", "kind": "mutation", "status": "present", "detail": detail}
    with pytest.raises(CaseError, match="denies"):
        case_from({"diagnosis": {"histology": "GIST"}, "alterations": [alteration]})
    case_from({"diagnosis": {"histology": "GIST"}, "alterations": [{**alteration, "status": "absent"}]})


def test_progression_as_best_response_contradicts_no_progression() -> None:
    line = {"drug": "larotrectinib", "best_response": "PD", "progression": False}
    with pytest.raises(CaseError, match="progression"):
        case_from({"diagnosis": {"histology": "IFS"}, "therapy": [line]})


@pytest.mark.parametrize(
    "site",
    [
        "thigh, metastases in brain",
        "brain metastasis of the lung",
        "not in the brain",
        "outside the central nervous system",
        "Oberschenkel, Metastasen im Gehirn",
    ],
)
def test_a_place_that_is_denied_or_a_metastasis_is_not_where_the_tumour_began(site: str) -> None:
    case = case_from({"diagnosis": {"histology": "UPS", "site": site}, "disease": {"extent": "metastatic"}})
    assert decided(case, as_of=dt.date(2026, 1, 1)).facts["cns_site"] == "unknown"


@pytest.mark.parametrize(
    "behind", [" - 2024-03-01", " or 2024-02-01", " since 2025-01-01", " (estimated)", " ?", " foo"]
)
def test_two_dates_or_a_doubt_are_no_date(behind: str) -> None:
    for date in ("2024-01-01", "2024-01-01T10:30:00Z", "2024-01-01 10:30"):
        assert read_date(date) == "2024-01-01"
        assert read_date(date + behind) is None
