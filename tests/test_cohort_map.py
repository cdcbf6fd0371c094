"""Tables as people have them: columns not read are said, a mapping is proposed, and never applied by itself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

pl = pytest.importorskip("polars", reason="needs the extra batch")
pytest.importorskip("scipy", reason="needs the extra stats")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from ntrkpath import load  # noqa: E402
from ntrkpath.cli.main import main  # noqa: E402
from ntrkpath.cohort.columns import CASE_ID, raw_columns  # noqa: E402
from ntrkpath.cohort.mapping import DATES, load_mapping, sent_mapping  # noqa: E402
from ntrkpath.cohort.naming import _synonyms as synonyms  # noqa: E402
from ntrkpath.cohort.naming import level_of, levels, meaning  # noqa: E402
from ntrkpath.cohort.proposal import propose  # noqa: E402
from ntrkpath.cohort.sources import open_source  # noqa: E402
from ntrkpath.cohort.writing import scan  # noqa: E402
from ntrkpath.model.delimited import neutral, restored  # noqa: E402
from ntrkpath.model.errors import CaseError, GuidanceError, InputError  # noqa: E402
from support.workbooks import workbook  # noqa: E402

REAL = Path(__file__).parents[2] / "shared" / "data" / "cohort" / "msk_impact_2017_sarcoma.tsv"
#: A synthetic table with columns and words as a hospital may write them.
TABLE = """Case No,Diagnosis,Stage,IHC,RNA,Fusion,Ward
1,infantile fibrosarcoma,metastatic,pos,pos,ETV6-NTRK3,3
2,GIST,localised,neg,n/a,,4
3,leiomyosarcoma,M1,weak?,positive,TPM3::NTRK1,3
"""


def call(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "c.csv").write_text(TABLE)
    return tmp_path / "c.csv"


def test_columns_that_were_not_read_stand_in_the_headline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.csv").write_text("id,histology,ihc,rna,fusion\n1,GIST,pos,pos,ETV6::NTRK3\n")
    assert call("cohort", "triage", tmp_path / "c.csv", tmp_path / "o.parquet") == 0
    told = capsys.readouterr().err
    assert "1 of 1 rows decided; columns ihc, rna, fusion not read" in told
    assert "ihc: pan_trk_ihc.result, rna: rna_mps.result, fusion: rna_mps.fusions" in told
    assert call("cohort", "summarise", tmp_path / "o.parquet") == 0
    shown = capsys.readouterr().out
    assert "columns ihc, rna, fusion not read" in shown
    assert "not stated" in shown


def test_what_no_column_tells_is_not_stated_and_what_one_tells_is_counted(tmp_path: Path) -> None:
    from ntrkpath.cohort.summarise import summarise

    (tmp_path / "none.csv").write_text("id,histology\n1,GIST\n")
    (tmp_path / "empty.csv").write_text("id,histology,rna_mps.result\n1,GIST,\n")
    for name, tested in (("none", None), ("empty", 0)):
        assert call("cohort", "triage", tmp_path / f"{name}.csv", tmp_path / name) == 0
        summary = summarise(tmp_path / name)
        assert (summary.funnel.tested, summary.funnel.positive) == (tested, tested)
        assert {group.tested for group in summary.histologies} == {tested}


def test_a_proposal_is_read_back_and_decides_what_it_understood(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proposal = table.parent / "m.yaml"
    assert call("cohort", "map", table, "--out", proposal) == 0
    assert "weak?" in capsys.readouterr().err
    out = table.parent / "o.csv"
    assert call("cohort", "triage", table, out, "--mapping", proposal) == 65
    rows = {row["case_id"]: row for row in scan(out).collect().to_dicts()}
    assert sorted(rows) == ["1", "2"]
    assert rows["1"]["fusions"] == "ETV6::NTRK3"
    assert rows["1"]["ihc"] == "positive"


def test_a_proposal_is_never_applied_by_itself(table: Path) -> None:
    propose(table)
    with pytest.raises(CaseError, match="no column fills case_id"):
        open_source(str(table), load())


@pytest.mark.skipif(not REAL.is_file(), reason="needs ../shared/data/cohort")
def test_the_real_single_file_works_with_the_mapping_that_is_offered_for_it(tmp_path: Path) -> None:
    (tmp_path / REAL.name).write_bytes(REAL.read_bytes())
    mapping = tmp_path / "m.yaml"
    assert call("cohort", "map", tmp_path / REAL.name, "--out", mapping) == 0
    assert "extends: msk2017" in mapping.read_text()
    assert call("cohort", "triage", tmp_path / REAL.name, tmp_path / "o", "--mapping", mapping, "--no-missing") == 0
    assert scan(tmp_path / "o").collect().height == 794
    assert set(scan(tmp_path / "o").collect()["dna"]) == {"not_done"}, "without its file of events nothing is negative"


def test_every_known_name_means_one_key_and_every_word_one_level() -> None:
    keys = {CASE_ID, *DATES, *raw_columns()}
    named = [name for names in synonyms()["columns"].values() for name in names]
    assert set(synonyms()["columns"]) <= keys
    assert len(named) == len(set(named))
    for path, words in synonyms()["values"].items():
        path = "fish.result" if path == "results" else path
        assert set(words) <= set(levels(path))
        for level, spellings in words.items():
            for word in spellings:
                assert level_of(path, word) == level


@given(st.sampled_from(sorted(raw_columns())), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_a_key_is_known_however_its_letters_are_set(path: str, draw: random.Random) -> None:
    spelt = "".join(draw.choice((c.upper(), c.lower())) for c in path.replace(".", draw.choice((" ", "_", "-", "."))))
    assert meaning(spelt) == (path, True)


def test_an_uploaded_mapping_names_no_file(tmp_path: Path) -> None:
    for text in (
        "extends: /etc/passwd",
        "extends: ../m.yaml",
        "study: {files: {samples: ['../*']}}",
        "- a",
        "a: [",
        "\0",
    ):
        with pytest.raises(GuidanceError):
            sent_mapping("m.yaml", text.encode())
    assert sent_mapping("m.yaml", b"extends: default\ncolumns: {case_id: NR}\n").fields["case_id"].columns == ("NR",)
    assert load_mapping("default").id == "default"


def test_a_sheet_is_read_as_the_same_table_in_csv(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine", reason="needs the extra excel")
    rows = [["id", "histology", "age", "seen"], ["a", "GIST", 61.0, True], ["b", "IMT", 0.5, ""]]
    workbook(tmp_path / "c.xlsx", {"legend": [], "cases": rows, "other": [["x"]]})
    found = open_source(str(tmp_path / "c.xlsx"), load())
    (tmp_path / "c.csv").write_text("id,histology,age,seen\na,GIST,61,true\nb,IMT,0.5,\n")
    same = open_source(str(tmp_path / "c.csv"), load())
    assert [b.table.to_pylist() for b in found.batches(10)] == [b.table.to_pylist() for b in same.batches(10)]
    assert found.not_read == same.not_read
    assert "'other'" in found.notes[0]
    with pytest.raises(CaseError, match="no such sheet"):
        open_source(str(tmp_path / "c.xlsx"), load(), sheet="nothing")
    assert open_source(str(tmp_path / "c.xlsx"), load(), sheet="cases").rows == 2


def test_cells_beyond_the_named_columns_make_a_bad_row(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine", reason="needs the extra excel")
    workbook(tmp_path / "c.xlsx", {"cases": [["id", "histology"], ["a", "GIST"], ["b", "IMT", "more"]]})
    (batch,) = open_source(str(tmp_path / "c.xlsx"), load()).batches(10)
    assert [row.case_id for row in batch.bad] == ["b"]
    assert batch.table["case_id"].to_pylist() == ["a"]


@given(st.text())
def test_a_neutral_cell_gives_its_text_back(text: str) -> None:
    assert restored(neutral(text)) == text
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_no_id_is_run_by_a_spreadsheet_and_every_id_is_read_back(form: str, tmp_path: Path) -> None:
    ids = ["=1+1", "+a", "-a", "@a", "'a", "a"]
    pl.DataFrame({"id": ids, "histology": ["GIST"] * len(ids)}).write_csv(tmp_path / "c.csv")
    out = tmp_path / f"o.{form}"
    assert call("cohort", "triage", tmp_path / "c.csv", out) == 0
    assert not [line for line in out.read_text().splitlines() if line[0] in "=+-@"]
    assert scan(out).collect()["case_id"].to_list() == ids


@pytest.mark.parametrize(
    "text", ["ETV6-NTRK3", "ETV6::NTRK3", "ETV6--NTRK3", "ETV6 e4::NTRK3 e14", "ETV6-NTRK3 (E4;N14)", "etv6/ntrk3"]
)
def test_a_fusion_is_read_as_people_write_it(text: str, tmp_path: Path) -> None:
    pl.DataFrame({"id": ["a"], "histology": ["GIST"], "rna_mps.fusions": [text]}).write_csv(tmp_path / "c.csv")
    assert call("cohort", "triage", tmp_path / "c.csv", tmp_path / "o.parquet") == 0
    assert scan(tmp_path / "o.parquet").collect()["fusions"].to_list() == ["ETV6::NTRK3"]


@pytest.mark.parametrize("text", ["TPM3::NTKR1", "TMP3::NTRK1", "NTRK33", "TPM3::NTRK1; ETV6-NTKR3"])
def test_a_mistyped_gene_makes_a_bad_row_never_a_negative_one(text: str, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        f"id,histology,rna_mps.result,rna_mps.fusions\na,GIST,positive,{text}\nb,GIST,positive,TPM3::NTRK1\n"
    )
    assert call("cohort", "triage", tmp_path / "c.csv", tmp_path / "o.parquet") == 65
    assert scan(tmp_path / "o.parquet").collect()["case_id"].to_list() == ["b"]
    assert "NTRK" in (tmp_path / "o.parquet.bad.jsonl").read_text()


def test_half_a_surrogate_pair_in_an_id_is_a_bad_row(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(
        '{"id": "a\\ud800", "histology": "GIST"}\n{"id": "b", "histology": "GIST"}\n', encoding="utf-8"
    )
    assert call("cohort", "triage", tmp_path / "c.jsonl", tmp_path / "o.csv") == 65
    assert scan(tmp_path / "o.csv").collect()["case_id"].to_list() == ["b"]


def test_a_pipe_or_a_device_is_no_cohort() -> None:
    with pytest.raises(InputError):
        open_source("/dev/null", load())


@given(st.permutations(range(7)), st.permutations(range(4)))
@settings(max_examples=15, deadline=None)
def test_the_order_of_columns_and_rows_changes_no_answer(columns: list[int], rows: list[int]) -> None:
    from ntrkpath.cohort.frame import Decider

    frame = pl.DataFrame(
        {
            "case_id": ["a", "b", "c", "d"], "histology": ["GIST", "IMT", "infantile fibrosarcoma", "LMS"],
            "extent": ["metastatic", "localized", None, "metastatic"],
            "rna_mps.result": ["positive", None, "negative", None],
            "rna_mps.fusions": ["ETV6-NTRK3", None, None, None],
            "pan_trk_ihc.result": [None, "positive", None, "negative"],
            "therapy": [None, None, '[{"drug": "larotrectinib"}]', None],
        }
    )  # fmt: skip
    decider = Decider(missing=False)
    mixed = frame.select([frame.columns[i] for i in columns])[rows]
    assert decider.decide(mixed).answers.sort("case_id").equals(decider.decide(frame).answers.sort("case_id"))
