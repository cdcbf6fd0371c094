"""Files that a test of a case names, and the commands that read such files. All files here are synthetic."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ntrkpath.cli.main import cli
from ntrkpath.fusion.judge import judge_files
from ntrkpath.guidance import load
from ntrkpath.model.errors import NtrkpathError
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.pathway import Pathway, attach, case_from

HEAD = "sample\tgene5\tchr5\tpos5\tstrand5\tgene3\tchr3\tpos3\tstrand3\tassembly\tlevel"
PRODUCTIVE = "S1\tETV6\t12\t12022903\t+\tNTRK3\t15\t88483984\t-\tGRCh37\trna"
OUT_OF_FRAME = "S1\tTPM3\t1\t154170649\t-\tNTRK1\t1\t156874571\t+\tGRCh38\trna"
OTHER = "S1\tEWSR1\t22\t29683123\t+\tFLI1\t11\t128675261\t+\tGRCh37\trna"
MAF = (
    "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\tHGVSp_Short\tTranscript_ID\n"
    "NTRK1\tMissense_Mutation\tS1\tp.G595R\tENST00000524377\n"
    "NTRK3\tMissense_Mutation\tS1\tp.R33W\t\n"
)
COPIES = "gene\tcopy_number\tcall\nNTRK2\t14\tamplification\n"
ADEQUATE = {"rna_quality": "adequate", "genes_covered": ["NTRK1", "NTRK2", "NTRK3"]}


def decide(directory: Path, *tests: dict[str, Any], **more: Any) -> Recommendation:
    case = case_from(
        {
            "id": "synthetic",
            "diagnosis": {"histology": "infantile fibrosarcoma"},
            "disease": {"extent": "metastatic"},
            "tests": list(tests),
            **more,
        }
    )
    return Pathway(load(), dt.date(2026, 5, 15)).recommend(*attach(case, directory))


def actions(answer: Recommendation) -> set[str]:
    return {action.action for action in answer.actions}


@pytest.mark.parametrize(
    ("rows", "rna", "drug"),
    [
        ([PRODUCTIVE], "productive", True),
        ([OUT_OF_FRAME], "not_productive", False),
        ([PRODUCTIVE, OUT_OF_FRAME], "productive", True),
        ([OTHER], "negative", False),
    ],
)
def test_a_fusion_file_gives_our_own_verdict(tmp_path: Path, rows: list[str], rna: str, drug: bool) -> None:
    (tmp_path / "calls.tsv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    answer = decide(tmp_path, {"method": "rna_mps", "file": "calls.tsv", **ADEQUATE}, therapy=[])
    assert answer.facts["rna"] == rna
    assert ("consider_trk_inhibitor" in actions(answer)) is drug
    for reading in answer.interpretation:
        assert reading.rule, reading
        assert reading.text, reading


def written(directory: Path, *rows: str, name: str = "calls.tsv") -> None:
    (directory / name).write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")


def recommended(directory: Path, test: dict[str, Any], *arguments: str) -> Result:
    case = {"id": "synthetic", "diagnosis": {"histology": "infantile fibrosarcoma"}, "tests": [test]}
    (directory / "case.json").write_text(json.dumps(case), encoding="utf-8")
    arguments = ("recommend", str(directory / "case.json"), "--format", "json", *arguments)
    return CliRunner().invoke(cli, arguments, standalone_mode=False)


def test_a_file_with_a_row_that_cannot_be_read_is_never_negative_and_never_adequate(tmp_path: Path) -> None:
    written(tmp_path, OTHER, PRODUCTIVE.replace("12022903", "here"))
    test = {"method": "rna_mps", "file": "calls.tsv", **ADEQUATE}
    answer = decide(tmp_path, test)
    assert answer.facts["rna_file"] == "not_evaluable"
    assert answer.facts["rna"] == "unknown"
    assert decide(tmp_path, {**test, "result": "negative"}).facts["rna"] == "unqualified_negative"
    assert "no_further_ntrk_testing" not in actions(answer)
    done = recommended(tmp_path, test)
    assert done.return_value == 65
    assert "calls.tsv:3" in done.stderr
    assert json.loads(done.stdout)["facts"]["rna"] == "unknown"
    assert recommended(tmp_path, test, "--allow-bad").return_value == 0


def test_a_row_that_cannot_be_read_takes_no_event_away(tmp_path: Path) -> None:
    written(tmp_path, PRODUCTIVE, PRODUCTIVE.replace("12022903", "here"))
    assert decide(tmp_path, {"method": "rna_mps", "file": "calls.tsv"}).facts["rna"] == "productive"


def test_a_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NtrkpathError, match=r"tests\[0\]\.file"):
        decide(tmp_path, {"method": "rna_mps", "file": "nowhere.tsv"})


def test_a_maf_after_progression_shows_the_resistance(tmp_path: Path) -> None:
    (tmp_path / "tumour.maf").write_text(MAF, encoding="utf-8")
    fusion = {"five_prime": "TPM3", "three_prime": "NTRK1", "frame": "in_frame"}
    answer = decide(
        tmp_path,
        {"method": "rna_mps", "date": "2023-10-01", "result": "positive", "fusions": [fusion]},
        {"method": "dna_mps", "date": "2025-01-01", "file": "tumour.maf"},
        therapy=[{"drug": "larotrectinib", "start": "2024-01-01", "progression": True}],
    )
    assert answer.facts["resistance"] == "solvent_front"
    assert "consider_next_generation_trk_inhibitor" in actions(answer)


PROGRESSED = [{"drug": "larotrectinib", "start": "2024-01-01", "progression": True}]
TPM3 = {"five_prime": "TPM3", "three_prime": "NTRK1", "frame": "in_frame"}
BEFORE = {"method": "rna_mps", "date": "2023-10-01", "result": "positive", "fusions": [TPM3]}


def test_a_copy_number_table_after_progression_is_no_resistance_test(tmp_path: Path) -> None:
    (tmp_path / "copies.tsv").write_text(COPIES, encoding="utf-8")
    after = {"method": "dna_mps", "date": "2025-01-01", "file": "copies.tsv"}
    answer = decide(tmp_path, BEFORE, after, therapy=PROGRESSED)
    assert answer.facts["resistance"] == "not_done"
    assert "order_resistance_testing" in actions(answer)


def test_a_panel_without_an_ntrk_gene_cannot_say_that_none_is_mutated(tmp_path: Path) -> None:
    after = {"method": "dna_mps", "date": "2025-01-01", "result": "negative", "mutations": []}
    whole = decide(tmp_path, BEFORE, {**after, "genes_covered": ["NTRK1", "NTRK2", "NTRK3"]}, therapy=PROGRESSED)
    assert whole.facts["resistance"] == "none_found"
    partial = decide(tmp_path, BEFORE, {**after, "genes_covered": ["NTRK3"]}, therapy=PROGRESSED)
    assert partial.facts["resistance"] == "not_done"


def test_a_row_of_a_copy_number_table_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "copies.tsv").write_text(COPIES.replace("14", "many"), encoding="utf-8")
    done = recommended(tmp_path, {"method": "dna_mps", "file": "copies.tsv"})
    assert done.return_value == 65
    assert "copies.tsv" in done.stderr


def test_a_frame_that_contradicts_our_transcripts_is_unsettled_and_names_our_rule(tmp_path: Path) -> None:
    sides = {"position_five_prime": "12:12022903", "position_three_prime": "15:88483984", "assembly": "GRCh37"}
    fusion = {"five_prime": "ETV6", "three_prime": "NTRK3", "frame": "out_of_frame", **sides}
    answer = decide(tmp_path, {"method": "rna_mps", "result": "positive", "fusions": [fusion]})
    assert answer.facts["rna"] == "uncertain"
    assert all(reading.rule for reading in answer.interpretation)


def test_an_amplification_in_a_copy_number_table_explains_a_stain(tmp_path: Path) -> None:
    (tmp_path / "copies.tsv").write_text(COPIES, encoding="utf-8")
    answer = decide(
        tmp_path,
        {"method": "pan_trk_ihc", "percent": 90, "distribution": "diffuse", "control": "adequate"},
        {"method": "dna_mps", "result": "negative", "file": "copies.tsv"},
    )
    assert answer.facts["ntrk_amplification"] == "present"
    assert "consider_trk_inhibitor" not in actions(answer)
    assert any("IHC-5" in caution.statements for caution in answer.cautions)


def test_the_html_report_draws_the_events_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "calls.tsv").write_text("\n".join([HEAD, PRODUCTIVE]) + "\n", encoding="utf-8")
    case = (
        "id: synthetic\ndiagnosis: {histology: infantile fibrosarcoma}\ntests: [{method: rna_mps, file: calls.tsv}]\n"
    )
    (tmp_path / "case.yaml").write_text(case, encoding="utf-8")
    done = CliRunner().invoke(cli, ["recommend", str(tmp_path / "case.yaml"), "--format", "html"])
    assert "NTRK events in the caller files" in done.output
    assert done.output.count("<svg") == 2


def test_variants_tells_the_class_of_each_mutation(tmp_path: Path) -> None:
    for name, text in (("tumour.maf", MAF), ("copies.tsv", COPIES)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = CliRunner().invoke(
        cli, ["variants", str(tmp_path / "tumour.maf"), str(tmp_path / "copies.tsv"), "--format", "json"]
    )
    found = json.loads(done.stdout)["findings"]
    assert [entry.get("resistance") for entry in found] == ["solvent_front", None, None]
    assert "NM_002529" in found[0]["says"]
    assert "not predictive" in found[1]["says"]
    assert "amplification" in found[2]["says"]


@pytest.mark.parametrize("form", ["text", "json", "tsv", "vicc", "multiqc"])
def test_fusions_gives_every_format(tmp_path: Path, form: str) -> None:
    (tmp_path / "calls.tsv").write_text("\n".join([HEAD, PRODUCTIVE, OUT_OF_FRAME]) + "\n", encoding="utf-8")
    arguments = ["fusions", str(tmp_path / "calls.tsv"), "--format", form, "--svg", str(tmp_path / "drawn")]
    done = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert done.return_value == 0
    assert all(gene in done.stdout for gene in ("ETV6", "NTRK3", "TPM3", "NTRK1"))
    assert len(list((tmp_path / "drawn").glob("*.svg"))) == 2


def test_fusions_goes_on_after_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "calls.tsv").write_text("\n".join([HEAD, PRODUCTIVE]) + "\n", encoding="utf-8")
    (tmp_path / "noise.txt").write_text("nothing here\n", encoding="utf-8")
    both = [str(tmp_path / "noise.txt"), str(tmp_path / "calls.tsv")]
    done = CliRunner().invoke(cli, ["fusions", *both, "--format", "json"], standalone_mode=False)
    assert done.return_value == 65
    told = json.loads(done.stdout)
    assert len(told["events"]) == 1
    assert [file["status"] for file in told["files"]] == ["not_evaluable", "read"]
    assert "noise.txt" in done.stderr
    allowed = CliRunner().invoke(cli, ["fusions", *both, "--allow-bad"], standalone_mode=False)
    assert allowed.return_value == 0
    assert CliRunner().invoke(cli, ["fusions", both[0]], standalone_mode=False).return_value == 65


def test_fusions_ends_with_1_where_asked_for_a_verdict(tmp_path: Path) -> None:
    (tmp_path / "calls.tsv").write_text("\n".join([HEAD, PRODUCTIVE]) + "\n", encoding="utf-8")
    arguments = ["fusions", str(tmp_path / "calls.tsv"), "--fail-on"]
    assert CliRunner().invoke(cli, [*arguments, "productive"], standalone_mode=False).return_value == 1
    assert CliRunner().invoke(cli, [*arguments, "uncertain"], standalone_mode=False).return_value == 0


# --- whose rows -------------------------------------------------------------------------------------------------------

OWN = OTHER.replace("S1", "P3")
THREE = [HEAD, PRODUCTIVE.replace("S1", "P1"), OUT_OF_FRAME.replace("S1", "P2"), OWN]


def test_the_rows_of_another_sample_never_count(tmp_path: Path) -> None:
    (tmp_path / "calls.tsv").write_text("\n".join(THREE) + "\n", encoding="utf-8")
    for more in ({"id": "P3"}, {"id": "X9", "sample": "P3"}):
        test = {"method": "rna_mps", "file": "calls.tsv", **ADEQUATE, **{k: v for k, v in more.items() if k != "id"}}
        answer = decide(tmp_path, test, id=more["id"], therapy=[])
        assert answer.facts["fusion_count"] == "none"
        assert "consider_trk_inhibitor" not in actions(answer)


def test_the_sample_that_a_test_names_counts(tmp_path: Path) -> None:
    (tmp_path / "calls.tsv").write_text("\n".join(THREE) + "\n", encoding="utf-8")
    answer = decide(tmp_path, {"method": "rna_mps", "file": "calls.tsv", "sample": "p1", **ADEQUATE}, therapy=[])
    assert answer.facts["rna"] == "productive"


@pytest.mark.parametrize("sample", [None, "X9"])
def test_a_file_without_rows_of_the_sample_is_an_error_that_lists_its_samples(
    tmp_path: Path, sample: str | None
) -> None:
    (tmp_path / "calls.tsv").write_text("\n".join(THREE) + "\n", encoding="utf-8")
    test = {"method": "rna_mps", "file": "calls.tsv", **({"sample": sample} if sample else {})}
    with pytest.raises(NtrkpathError, match="P1, P2, P3"):
        decide(tmp_path, test)


def test_another_patients_mutation_never_counts(tmp_path: Path) -> None:
    rows = MAF.replace("\tS1\t", "\tP1\t") + "NTRK3\tMissense_Mutation\tP2\tp.R33W\t\n"
    (tmp_path / "tumour.maf").write_text(rows, encoding="utf-8")
    test = {"method": "dna_mps", "date": "2025-01-01", "file": "tumour.maf", "sample": "P2"}
    answer = decide(tmp_path, BEFORE, test, therapy=PROGRESSED)
    assert answer.facts["resistance"] == "none_found"


# --- a case sees in a file what the command for files sees in it --------------------------------------------------

SHARED = Path(__file__).parents[2] / "shared" / "data" / "fusion"


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real caller files beside the repository")
@pytest.mark.parametrize("caller", sorted(p.name for p in SHARED.iterdir() if p.is_dir()) if SHARED.is_dir() else [])
def test_a_case_sees_in_a_real_file_what_the_commands_see_per_sample(caller: str) -> None:
    file = min((p for p in (SHARED / caller).iterdir() if p.is_file()), key=lambda p: p.stat().st_size)
    judged = judge_files([file])
    (report,) = judged.files
    for sample in report.samples or ("case",):
        wanted = judge_files([file], sample=sample).of(sample)
        level = next((event.level for event in wanted.events), "rna")
        test = {"method": f"{level}_mps", "file": file.name, "sample": sample}
        case = case_from({"id": sample, "diagnosis": {"histology": "GIST"}, "tests": [test]})
        _, attached = attach(case, file.parent, genes=())
        seen = attached[1]
        told, expected = ([(e.name, e.verdict, e.level) for e in one.events] for one in (seen, wanted))
        assert told == expected
        assert (seen.changes, seen.copy_numbers) == (wanted.changes, wanted.copy_numbers)
