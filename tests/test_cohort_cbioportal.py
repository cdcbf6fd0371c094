"""A cBioPortal study folder (synthetic, made here): what each file says of a sample, and what stays unknown."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

pl = pytest.importorskip("polars", reason="needs the extra batch")

from ntrkpath import CaseError, Pathway, load  # noqa: E402
from ntrkpath.cohort.cases import case_of  # noqa: E402
from ntrkpath.cohort.cbioportal import Study  # noqa: E402
from ntrkpath.cohort.mapping import load_mapping  # noqa: E402
from ntrkpath.cohort.sources import open_source  # noqa: E402

SV_HEAD = (
    "Sample_Id\tSV_Status\tSite1_Hugo_Symbol\tSite1_Chromosome\tSite1_Position\tSite1_Description\tSite1_Region\t"
    "Site2_Hugo_Symbol\tSite2_Chromosome\tSite2_Position\tSite2_Description\tSite2_Region\tSite2_Effect_on_Frame\tClass\t"
    "NCBI_Build\tConnection_Type\tEvent_Info\tDNA_Support\tRNA_Support"
)
LMNA = (
    "S1\tSOMATIC\tLMNA\t1\t156102508\tIntron of LMNA(+): 2Kb before exon 3\tIntron\tNTRK1\t1\t156844436\t"
    "Intron of NTRK1(+): 18bp after exon 10\tIntron\t in frame \tDELETION\tGRCh37\t3to5\t"
    "Protein fusion: in frame (LMNA-NTRK1)\tYes\t"
)
EWSR1 = (
    "S2\tSOMATIC\tEWSR1\t22\t29684000\tExon 7 of EWSR1(+)\tExon\tFLI1\t11\t128675000\t"
    "Intron of FLI1(+): 1Kb before exon 6\tIntron\t in frame \tTRANSLOCATION\tGRCh37\t3to5\t"
    "Protein fusion: in frame (EWSR1-FLI1)\tYes\t"
)


def study(folder: Path, **files: str | None) -> Path:
    """Write a study of five samples; ``None`` leaves a file out, a text replaces it."""
    told: dict[str, str | None] = {
        "data_clinical_sample.txt": "#Patient\tSample\tCode\tType\n#STRING\tSTRING\tSTRING\tSTRING\n"
        "PATIENT_ID\tSAMPLE_ID\tONCOTREE_CODE\tSAMPLE_TYPE\tWARD\n"
        "P1\tS1\tSARCNOS\tMetastasis\tx\nP2\tS2\tES\tPrimary\tx\nP3\tS3\tGIST\tMetastasis\tx\nP4\tS4\tDDLS\tMetastasis\tx\n"
        "P5\tS5\tLMS\tMetastasis\tx\n",
        "data_clinical_patient.txt": "PATIENT_ID\tSEX\tAGE\nP1\tFemale\t40\nP2\tMale\tNA\nP3\tMale\t61\n"
        "P4\tFemale\t70\n",
        "data_sv.txt": f"{SV_HEAD}\n{LMNA}\n{EWSR1}\n",
        "data_mutations.txt": "Hugo_Symbol\tTumor_Sample_Barcode\tVariant_Classification\tHGVSp_Short\tTranscript_ID\n"
        "KIT\tS3\tIn_Frame_Del\tp.W557_K558del\tENST1\nBRAF\tS5\tSilent\tp.V600=\tENST2\nTTN\tS5\tMissense_Mutation\tp.A1B\tENST3\n"
        "NTRK1\tS1\tMissense_Mutation\tp.G595R\tNM_002529\n",
        "data_cna.txt": "Hugo_Symbol\tS1\tS4\tS5\nMDM2\t0\t2\tNA\nCDK4\t0\t0\t0\nNTRK2\t2\t0\t0\n",
        "case_lists/cases_sv.txt": "case_list_ids:\tS1\tS2\tS3\tS4\n",
        "case_lists/cases_sequenced.txt": "case_list_ids:\tS1\tS2\tS3\tS4\n",
        **files,
    }
    (folder / "case_lists").mkdir(parents=True)
    for name, text in told.items():
        if text is not None:
            (folder / name).write_text(text)
    return folder


def cases(folder: Path, mapping: str | Path | None = None) -> dict[str, dict[str, Any]]:
    source = open_source(str(folder), load(), mapping)
    rows = [row for batch in source.batches(2) for row in batch.table.to_pylist()]
    return {row["case_id"]: {k: v for k, v in row.items() if v is not None} for row in rows}


def test_clinical_columns_come_from_sample_and_patient(tmp_path: Path) -> None:
    found = cases(study(tmp_path / "s"))
    assert found["S1"]["diagnosis.histology"] == "SARCNOS"
    assert (found["S1"]["patient.age"], found["S1"]["patient.sex"]) == ("40", "female")
    assert (found["S1"]["disease.extent"], found["S2"].get("disease.extent")) == ("metastatic", None)
    assert "patient.age" not in found["S2"] and "patient.sex" not in found["S5"]


def test_columns_not_used_are_named(tmp_path: Path) -> None:
    assert open_source(str(study(tmp_path / "s")), load()).not_read == {"WARD": ""}


def test_an_ntrk_event_is_judged_as_it_stands(tmp_path: Path) -> None:
    found = cases(study(tmp_path / "s"))["S1"]
    assert found["dna_mps.result"] == "positive"
    levels = Pathway(load(), dt.date(2020, 9, 3)).facts(case_of(found)).levels
    assert levels["dna_fusion"] == "likely_productive"


def test_an_event_within_ntrk_stays_uncertain(tmp_path: Path) -> None:
    row = (
        "S5\tSOMATIC\tNTRK3\t15\t88483984\tExon 15 of NTRK3(-)\tExon\tNTRK3\t15\t88500000\tIGR: 2Kb after NTRK3(-)"
        "\t\t\tINVERSION\tGRCh38\t5to5\tNTRK3-intragenic - antisense\tYes\t"
    )
    found = cases(study(tmp_path / "s", **{"data_sv.txt": f"{SV_HEAD}\n{row}\n"}))["S5"]
    levels = Pathway(load(), dt.date(2020, 9, 3)).facts(case_of(found)).levels
    assert levels["dna_fusion"] in ("uncertain", "not_productive")


def test_a_fusion_of_rna_is_a_test_of_rna(tmp_path: Path) -> None:
    row = "S2\tSOMATIC\tETV6\t\t\t\t\tNTRK3\t\t\t\t\tIn-frame\t\tGRCh37\t\t\tNo\tYes"
    found = cases(study(tmp_path / "s", **{"data_sv.txt": f"{SV_HEAD}\n{row}\n"}))["S2"]
    assert (found["rna_mps.result"], found["dna_mps.result"]) == ("positive", "negative")


def test_other_fusions_mutations_and_copy_numbers_are_alterations(tmp_path: Path) -> None:
    found = cases(study(tmp_path / "s"))

    def listed(sample: str) -> set[tuple[str, str, str]]:
        return {(a["gene"], a["kind"], a["status"]) for a in json.loads(found[sample].get("alterations", "[]"))}

    assert listed("S2") == {("EWSR1", "fusion", "present"), ("FLI1", "fusion", "present")}
    assert listed("S3") == {("KIT", "mutation", "present")}
    assert listed("S4") == {("MDM2", "amplification", "present"), ("CDK4", "amplification", "absent")}
    assert listed("S5") == {("CDK4", "amplification", "absent")}, "NA says nothing; a silent mutation is none"


def test_a_copy_number_that_is_no_discrete_level_is_not_taken_as_absent(tmp_path: Path) -> None:
    table = "Hugo_Symbol\tS3\tS4\tS5\nMDM2\t2.7\tAmp\t-1.5\n"
    found = cases(study(tmp_path / "s", **{"data_cna.txt": table}))
    told = {sample: found[sample].get("alterations", "[]") for sample in ("S3", "S4", "S5")}
    assert "MDM2" not in told["S3"] + told["S4"]
    assert json.loads(told["S5"]) == [{"gene": "MDM2", "kind": "amplification", "status": "absent"}]


def test_ntrk_mutations_and_amplifications_belong_to_the_test(tmp_path: Path) -> None:
    found = cases(study(tmp_path / "s"))["S1"]
    mutation = {"gene": "NTRK1", "protein": "p.G595R", "transcript": "NM_002529"}
    assert json.loads(found["dna_mps.mutations"]) == [mutation]
    assert json.loads(found["dna_mps.amplifications"]) == ["NTRK2"]


def test_only_a_sample_that_the_study_calls_sequenced_is_negative(tmp_path: Path) -> None:
    found = cases(study(tmp_path / "s"))
    assert found["S3"]["dna_mps.result"] == "negative"
    assert "dna_mps.result" not in found["S5"]


def test_the_panel_matrix_says_what_was_profiled_where_there_is_one(tmp_path: Path) -> None:
    matrix = "SAMPLE_ID\tmutations\tstructural_variants\nS1\tIM5\tIM5\nS5\tIM5\tIM5\nS3\tIM5\tNA\n"
    found = cases(study(tmp_path / "s", **{"data_gene_panel_matrix.txt": matrix}))
    assert found["S5"]["dna_mps.result"] == "negative"
    assert "dna_mps.result" not in found["S3"]


def test_without_panel_matrix_and_case_list_no_sample_is_negative(tmp_path: Path) -> None:
    folder = study(tmp_path / "s", **{"case_lists/cases_sv.txt": None, "case_lists/cases_sequenced.txt": None})
    found = cases(folder)
    assert {found[s]["dna_mps.result"] for s in ("S2", "S3", "S4", "S5")} == {"unknown"}
    assert found["S1"]["dna_mps.result"] == "positive"
    assert any("not counted as negative" in note for note in open_source(str(folder), load()).notes)


def test_missing_files_are_said_and_stay_unknown(tmp_path: Path) -> None:
    folder = study(tmp_path / "s", **{"data_sv.txt": None, "data_cna.txt": None})
    notes = open_source(str(folder), load()).notes
    assert "no file of structural variants: what it would say stays unknown" in notes
    assert "no file of copy numbers: what it would say stays unknown" in notes
    assert "dna_mps.result" not in cases(folder)["S3"]


def test_a_git_lfs_pointer_is_an_error_that_says_how_to_fetch_it(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"
    folder = study(tmp_path / "s", **{"data_sv.txt": pointer})
    with pytest.raises(CaseError, match="Git LFS pointer") as raised:
        open_source(str(folder), load())
    assert "git lfs pull" in str(raised.value) and "data_sv.txt" in str(raised.value)


def test_a_row_of_events_that_cannot_be_read_makes_its_sample_bad(tmp_path: Path) -> None:
    row = LMNA.replace("156844436", "far away").replace("S1", "S4")
    folder = study(tmp_path / "s", **{"data_sv.txt": f"{SV_HEAD}\n{row}\n"})
    bad = [b for batch in open_source(str(folder), load()).batches(9) for b in batch.bad]
    if bad:
        assert [(b.case_id, b.where) for b in bad] == [("S4", "data_sv.txt:2")]
    else:
        assert cases(folder)["S4"]["dna_mps.result"] == "positive"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"data_clinical_patient.txt": "PATIENT_ID\tSEX\nP1\tMale\nP1\tMale\n"}, "a patient stands twice"),
        ({"data_mutations.txt": "Gene\tSample\nKIT\tS1\n"}, "column is missing"),
        ({"data_clinical_sample.txt": "PATIENT_ID\tONCOTREE_CODE\nP1\tES\n"}, "no column fills case_id"),
    ],
)
def test_a_malformed_study_is_one_clear_error(files: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=said):
        open_source(str(study(tmp_path / "s", **files)), load())


def test_the_file_of_samples_stands_for_its_study(tmp_path: Path) -> None:
    folder = study(tmp_path / "s")
    whole = open_source(str(folder), load(), "cbioportal")
    alone = open_source(str(folder / "data_clinical_sample.txt"), load(), "cbioportal")
    assert [b.table.to_pylist() for b in alone.batches(100)] == [b.table.to_pylist() for b in whole.batches(100)]


def test_another_table_with_the_mapping_of_a_study_is_read_alone_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("SAMPLE_ID,ONCOTREE_CODE\na,ES\n")
    found = open_source(str(tmp_path / "c.csv"), load(), "cbioportal")
    assert "stays unknown" in found.notes[0]
    (batch,) = found.batches(10)
    assert batch.table.to_pylist() == [{"row": 1, "case_id": "a", "diagnosis.histology": "ES"}]


def test_an_ntrk_event_of_a_sample_without_a_clinical_row_is_a_bad_row_never_lost(tmp_path: Path) -> None:
    folder = study(tmp_path / "s")
    clinical = folder / "data_clinical_sample.txt"
    lines = clinical.read_text().splitlines(keepends=True)
    found = Study(folder, load_mapping("cbioportal"), load())
    events = [sample for sample, held in found.samples.items() if held.events]
    clinical.write_text("".join(line for line in lines if not set(events) & set(line.rstrip().split("\t"))))
    source = open_source(str(folder), load())
    bad = [row for batch in source.batches(3) for row in batch.bad]
    assert events
    assert {row.case_id for row in bad} >= set(events)
    assert max(row.row for row in bad) == source.rows
