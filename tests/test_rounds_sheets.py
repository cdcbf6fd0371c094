"""Sheets as laboratories send them: good rows are counted, every fault is named with its place, nothing is guessed."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntrkpath.model.errors import RoundError
from ntrkpath.rounds.check import check, summary
from ntrkpath.rounds.description import read_round
from ntrkpath.rounds.folder import read_folder
from ntrkpath.rounds.score import score
from ntrkpath.rounds.shares import counts_as
from ntrkpath.rounds.sheet import columns, read_sheet
from support.rounds import ETV6, fusion, none, write_round

HEAD = b"sample,assay,result,fusion\n"


def read(text: bytes | str) -> Any:
    return read_sheet(text if isinstance(text, bytes) else text.encode(), "L1.csv", "submission")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
def test_a_sheet_is_read_whatever_the_spreadsheet_wrote(separator: str, mark: str, line: str) -> None:
    text = mark + line.join(separator.join(row) for row in (["Sample", "Assay", "Result"], ["S1", "a", "Positive"]))
    found = read(text)
    assert not found.faults
    assert found.lines[0].values == {"sample": "S1", "assay": "a", "result": "positive"}
    assert found.lines[0].line == 2


@pytest.mark.parametrize(
    ("cell", "value"),
    [("Pos", "positive"), ("NOT DETECTED", "negative"), ("qc failed", "failed"), ("equivocal", "inconclusive")],
)
def test_words_of_the_dictionary_are_read_in_any_case(cell: str, value: str) -> None:
    assert read(HEAD + f"S1,a,{cell},\n".encode()).lines[0].values["result"] == value


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (b"", "lacks columns"),
        (b"a,b\n1,2\n", "lacks columns"),
        (b"sample,assay,sample\nS1,a,S2\n", "stands twice"),
        (b"PK\x03\x04rest", "workbook"),
        (b"sample,assay\n\xff\xfe\n", "UTF-8"),
        (b"sample,assay\nS1\0,a\n", "text table"),
        (HEAD + b"S1,a,maybe,\n", "not one of its words"),
        (HEAD + b",a,positive,\n", "sample is empty"),
        (HEAD + b"S1,a,positive,x,y\n", "under 4 heads"),
        (b"sample,assay,reads\nS1,a,-3\n", "below zero"),
        (b"sample,assay,reads\nS1,a,3.5\n", "whole number"),
        (b"sample,assay,reads\nS1,a,1e3\n", "exponent"),
        (b'sample,assay,reads\nS1,a,"1,000"\n', "two ways"),
        (b"sample,assay,percent\nS1,a,120\n", "percentage"),
        (b"sample,assay,percent\nS1,a,many\n", "no number"),
        (b"sample,assay,received\nS1,a,12.01.2026\n", "not a date"),
        (b"sample,assay,received\nS1,a,2026-02-30\n", "not a date"),
        (b"sample,assay,comment\nS1,a," + b"x" * 900 + b"\n", "too long"),
    ],
)
def test_every_fault_says_what_is_wrong_and_where(text: bytes, part: str) -> None:
    found = read(text)
    assert not found.lines
    (fault,) = found.faults
    assert part in fault.text
    assert fault.where.startswith("L1.csv")


def test_the_good_rows_come_out_beside_the_bad_ones() -> None:
    found = read(HEAD + b"S1,a,positive,\nS2,a,perhaps,\nS3,a,negative,\n\n,,,\n")
    assert [line.values["sample"] for line in found.lines] == ["S1", "S3"]
    assert found.rows == 3
    assert found.faults[0].where == "L1.csv:3" and found.faults[0].keys == {"sample": "S2", "assay": "a"}


def test_a_decimal_comma_is_read_and_a_column_that_is_not_needed_is_a_note() -> None:
    found = read("sample;assay;percent;Colour\nS1;a;12,5;red\n")
    assert found.lines[0].values["percent"] == 12.5
    assert not found.faults and "'colour'" in found.notes[0]


def base(folder: Path, rows: list[dict[str, str]], **more: Any) -> Path:
    laboratory = {"laboratory": "L1", "assay": "a", "method": "rna_mps"}
    return write_round(folder, {"S1": fusion(ETV6), "S2": none()}, [laboratory], {"L1": rows}, **more)


def test_a_sample_whose_row_is_broken_is_not_scored_and_the_others_are(tmp_path: Path) -> None:
    rows = [
        {"sample": "S1", "assay": "a", "result": "perhaps"},
        {"sample": "S2", "assay": "a", "result": "negative"},
        {"sample": "S9", "assay": "a", "result": "negative"},
        {"sample": "S2", "assay": "zz", "result": "negative"},
        {"sample": "S2", "assay": "a", "result": "negative"},
    ]
    found = score(base(tmp_path, rows))
    assert {one.sample: one.outcome for one in found.results} == {"S1": "unreadable", "S2": "right"}
    texts = "\n".join(fault.text for fault in found.faults)
    for part in ("not one of its words", "'S9' is not in this round", "'zz' is not in the table", "stands twice"):
        assert part in texts


def test_a_sheet_of_an_unknown_laboratory_and_one_that_sent_nothing_are_said(tmp_path: Path) -> None:
    folder = base(tmp_path, [])
    (folder / "submissions" / "L1.csv").unlink()
    (folder / "submissions" / "L8.csv").write_text("sample,assay,result\nS1,a,negative\n", encoding="utf-8")
    found = score(folder)
    assert found.silent == ("L1",)
    assert "no laboratory L8" in found.faults[0].text
    assert {one.outcome for one in found.results} == {"not_tested"}


def test_a_name_that_is_no_name_of_a_file_is_refused(tmp_path: Path) -> None:
    for name in ("../L1", "a/b", "L 1", "", "."):
        table = [{"laboratory": name, "assay": "a", "method": "rna_mps"}]
        found = score(write_round(tmp_path / str(len(name)), {"S1": none()}, table, {}))
        assert found.faults and found.laboratories == ()


def test_a_second_sheet_of_a_laboratory_is_said_and_not_read(tmp_path: Path) -> None:
    folder = base(tmp_path, [{"sample": "S2", "assay": "a", "result": "negative"}])
    (folder / "submissions" / "L1.tsv").write_text("sample\tassay\tresult\nS2\ta\tpositive\n", encoding="utf-8")
    found = score(folder)
    assert "second sheet" in found.faults[0].text
    assert {one.sample: one.outcome for one in found.results} == {"S1": "not_tested", "S2": "right"}


def test_impossible_numbers_make_a_row_unreadable(tmp_path: Path) -> None:
    rows = [
        {"sample": "S1", "assay": "a", "result": "negative", "cells_counted": "10", "cells_split": "12"},
        {"sample": "S2", "assay": "a", "result": "negative", "received": "2026-02-02", "reported": "2026-01-02"},
    ]
    found = score(base(tmp_path, rows))
    assert {one.outcome for one in found.results} == {"unreadable"}


def test_a_file_outside_the_folder_of_the_laboratory_is_refused(tmp_path: Path) -> None:
    for name in ("../L2/S1.tsv", "/etc/passwd", "..", "absent.tsv"):
        folder = base(tmp_path / name.replace("/", "_"), [{"sample": "S1", "assay": "a", "file": name}])
        found = score(folder)
        assert found.results[0].outcome == "unreadable"
        assert "file:" in found.faults[0].text


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12) | st.sampled_from(
    ["positive", "negative", "ETV6::NTRK3", "S1", "S2", "a", "failed", "5", "12,5", "yes", "2026-01-01", ""]
)


@settings(max_examples=150, deadline=None)
@given(
    heads=st.lists(st.sampled_from(sorted(columns("submission"))), unique=True, max_size=8),
    rows=st.lists(st.lists(CELL, max_size=10), max_size=6),
)
def test_any_sheet_gives_rows_or_faults_and_scores_without_a_guess(
    tmp_path_factory: pytest.TempPathFactory, heads: list[str], rows: list[list[str]]
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["sample", "assay", *(head for head in heads if head not in ("sample", "assay"))])
    writer.writerow(["S2", "a", "negative"] if heads[:1] == ["result"] else ["S2", "a"])
    writer.writerows(rows)
    folder = base(tmp_path_factory.mktemp("fuzz"), [])
    (folder / "submissions" / "L1.csv").write_text(out.getvalue(), encoding="utf-8")
    found = score(folder)
    assert {one.sample for one in found.results} == {"S1", "S2"}
    kinds = counts_as()
    sheet = read_folder(folder).submissions[0].sheet
    said = {line.values["sample"]: line.values.get("result") for line in sheet.lines}
    for one in found.results:
        if kinds[one.outcome] in ("right", "wrong"):
            assert said.get(one.sample) is not None or one.call_why  # a call was made, in a row that was read


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_sheet_or_a_fault(data: bytes) -> None:
    found = read(data)
    assert found.lines or found.faults or found.rows == 0


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"samples": []}, "without samples"),
        ({"assays": []}, "accepts no assay"),
        ({"assays": ["rna"]}, "rna"),
        ({"scorin": "x"}, "scorin"),
        ({"consensus": {"share": 0.3}}, "0.5"),
        ({"samples": [{"id": "S1", "reference": {"status": "fusion"}}]}, "without its name"),
        ({"samples": [{"id": "S1", "reference": {"status": "no_fusion", "fusion": "ETV6::NTRK3"}}]}, "without one"),
        ({"samples": [{"id": "S1", "reference": {"status": status}} for status in ("none", "no_rna")]}, "stands twice"),
        ({"samples": [{"id": "S1", "reference": {"status": "none"}, "repeat_of": "S7"}]}, "repeats a sample"),
        ({"samples": [{"id": "S 1", "reference": {"status": "none"}}]}, "id"),
        (
            {"samples": [{"id": "S1", "reference": {"status": "none"}, "homogeneity": {"tested": 2, "alike": 3}}]},
            "alike",
        ),
    ],
)
def test_a_description_that_cannot_be_is_refused_with_the_key(
    tmp_path: Path, change: dict[str, Any], part: str
) -> None:
    folder = write_round(tmp_path, {"S1": none()}, [], {}, **change)
    with pytest.raises(RoundError) as error:
        read_round(folder / "round.yaml")
    assert part in str(error.value) and "round.yaml" in str(error.value)


@pytest.mark.parametrize("text", ["", "[", "a: &x 1\nb: *x\n", "- 1\n", "round: a\nround: b\n", "\ttitle: x"])
def test_a_description_that_is_no_plain_yaml_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "round.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RoundError):
        read_round(path)


@pytest.mark.parametrize("name", ["ETV7x::NTRK3", "EML4::ALK", "ETV6 e55::NTRK3 e15"])
def test_a_reference_that_is_no_ntrk_fusion_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RoundError, match=r"sample S1\.reference|NTRK|gene|exon"):
        score(write_round(tmp_path, {"S1": fusion(name)}, [], {}))


def test_check_tells_a_laboratory_at_once_what_is_wrong(tmp_path: Path) -> None:
    folder = base(tmp_path / "round", [{"sample": "S1", "assay": "a", "result": "positive", "fusion": "EVT6::NTRK3"}])
    found = check(folder / "submissions" / "L1.csv")
    assert not found.ok
    assert "EVT6" in found.faults[0].text and found.faults[0].where == "L1.csv:2"
    assert any("no row for sample S2" in note for note in found.notes)
    alone = tmp_path / "alone.csv"
    alone.write_text("sample,assay,result\nS1,a,perhaps\n", encoding="utf-8")
    assert not check(alone).ok and "1 fault," in summary(check(alone))[-1]
    assert check(folder).rows == 1


def test_the_key_to_the_pseudonyms_does_not_belong_in_the_folder(tmp_path: Path) -> None:
    folder = base(tmp_path, [{"sample": "S1", "assay": "a", "result": "negative"}])
    assert check(folder).ok
    (folder / "key.csv").write_text("laboratory,name\nL1,somebody\n", encoding="utf-8")
    assert "keep it apart" in check(folder).faults[0].text


def test_a_reference_whose_junction_makes_no_target_must_say_so(tmp_path: Path) -> None:
    out = "NM_001987.5(ETV6):e.5::NM_002530.4(NTRK3):e.19"
    folder = write_round(tmp_path, {"S1": fusion(out)}, [], {})
    found = check(folder)
    verdict = score(folder).truths["S1"].verdict
    assert verdict is not None and verdict.verdict == "not_productive"
    assert "productive" in found.faults[0].text
    assert score(folder).truths["S1"].expected("rna_mps") == "not_stated"
    stated = write_round(
        tmp_path / "b", {"S1": {"reference": {**fusion(out)["reference"], "productive": True}}}, [], {}
    )
    assert check(stated).ok and any("not productive" in note for note in check(stated).notes)
