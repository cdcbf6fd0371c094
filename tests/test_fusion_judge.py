"""The one door for files: every file has its status, one that cannot be evaluated takes nothing from the others."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ntrkpath.cli.main import cli
from ntrkpath.fusion import Transcripts, shared
from ntrkpath.fusion.judge import FilesJudged, judge_files

HEAD = "gene5\tchr5\tpos5\tgene3\tchr3\tpos3\tassembly\tsample\tlevel"
ETV6 = "ETV6\t12\t11869969\tNTRK3\t15\t87940753"
TPM3 = "TPM3\t1\t154170400\tNTRK1\t1\t156874571"
DRIVER = "SS18\t18\t26032390\tSSX1\tX\t48259000"


def table(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows, ""]).encode()


GOOD = ("good.tsv", table(f"{ETV6}\tGRCh38\tS1\trna"))
#: Positions that lie in introns of both genes on both assemblies: nothing tells the assembly.
UNTOLD = ("untold.tsv", table("ETV6\t12\t11850001\tNTRK1\t1\t156830001\t\tS1\tdna"))
NOISE = ("noise.txt", b"no caller wrote this\n")
MAF = (
    "tumour.maf",
    b"Hugo_Symbol\tVariant_Classification\tHGVSp_Short\tTranscript_ID\tTumor_Sample_Barcode\tMutation_Status\tFILTER\n"
    b"NTRK1\tMissense_Mutation\tp.G595R\tENST00000524377\tS1\tSomatic\tPASS\n"
    b"NTRK1\tMissense_Mutation\tp.G595R\tENST00000524377\tS2\tGermline\tcommon_variant\n",
)


def told(judged: FilesJudged) -> dict[str, str]:
    return {file.file: file.status for file in judged.files}


def test_a_file_that_cannot_be_evaluated_leaves_the_answers_of_the_others() -> None:
    for files in itertools.permutations([GOOD, UNTOLD, NOISE]):
        judged = judge_files(files)
        assert told(judged) == {"good.tsv": "read", "untold.tsv": "not_evaluable", "noise.txt": "not_evaluable"}
        assert [(event.name, event.verdict) for event in judged.events] == [("ETV6::NTRK3", "productive")]
        assert not judged.complete
        assert len(judged.errors) == 2


def test_the_order_of_files_and_rows_changes_no_event() -> None:
    rows = [f"{ETV6}\tGRCh38\tS1\trna", f"{TPM3}\tGRCh38\tS1\trna", f"{ETV6}\tGRCh38\tS2\trna"]
    files = [("a.tsv", table(*rows)), ("b.tsv", table(rows[1], rows[0]))]
    expected = judge_files(files).events
    for given in itertools.permutations(files):
        for order in itertools.permutations(rows):
            content = [(name, table(*order)) if name == "a.tsv" else (name, data) for name, data in given]
            found = judge_files(content).events
            assert [(e.sample, e.name, e.verdict, e.reasons) for e in found] == [
                (e.sample, e.name, e.verdict, e.reasons) for e in expected
            ]


def test_a_position_beyond_its_chromosome_is_an_error_of_that_row_alone() -> None:
    far = "ETV6\t12\t211869969\tNTRK3\t15\t87940753\tGRCh38\tS1\trna"
    judged = judge_files([("calls.tsv", table(far, f"{ETV6}\tGRCh38\tS1\trna"))])
    assert told(judged) == {"calls.tsv": "partly_read"}
    assert len(judged.events) == 1
    assert any("beyond" in problem and "calls.tsv:2" in problem for problem in judged.files[0].problems)


@pytest.mark.parametrize("assembly", ["GRCh37", "GRCh38"])
def test_the_assembly_is_told_from_exon_boundaries_and_it_is_said(assembly: str) -> None:
    gene = shared().atlas(assembly).annotation.named  # type: ignore[arg-type]
    five, three = gene("ETV6")[0].canonical.last_base(5), gene("NTRK3")[0].canonical.first_base(13)
    judged = judge_files([("calls.tsv", table(f"ETV6\t12\t{five}\tNTRK3\t15\t{three}\t\tS1\trna"))])
    assert judged.files[0].assembly == assembly
    assert any(f"assembly {assembly} inferred" in note for note in judged.events[0].notes)


def test_the_assembly_is_never_told_by_what_merely_speaks_less_against_it() -> None:
    # NTRK3 lies there on one assembly only, and the partner nowhere near: the evidence against outweighs it on both.
    row = "ETV6\t1\t1000\tNTRK3\t15\t88750000\t\tS1\trna"
    judged = judge_files([("calls.tsv", table(row))])
    assert told(judged)["calls.tsv"] == "not_evaluable"
    assert judged.events == ()
    stated = judge_files([("calls.tsv", table(row))], assembly="GRCh38")
    assert [event.verdict for event in stated.events] in ([], ["uncertain"])


@pytest.mark.parametrize("side", ["ETV6\t12\t11869969\tNTRK1\t15\t87940753", "ETV6\t15\t87940753\tNTRK3\t15\t87940753"])
def test_a_gene_that_contradicts_its_own_position_is_never_a_clean_negative(side: str) -> None:
    judged = judge_files([("calls.tsv", table(f"{side}\tGRCh38\tS1\trna"))])
    assert not judged.complete or [event.verdict for event in judged.events] == ["uncertain"]


def test_events_of_one_sample_can_be_chosen() -> None:
    judged = judge_files([("two.tsv", table(f"{ETV6}\tGRCh38\tP1\trna", f"{TPM3}\tGRCh38\tP2\trna")), MAF])
    assert judged.files[0].samples == ("P1", "P2")
    assert [event.name for event in judged.of("P2").events] == ["TPM3::NTRK1"]
    assert judged.of("P2").changes == ()
    assert len(judged.of("S1").changes) == 1
    assert judged.of("P3").events == ()


def test_the_sample_is_the_column_else_the_one_given_else_the_stem() -> None:
    bare = ("run7.tsv", HEAD.replace("\tsample", "").encode() + f"\n{ETV6}\tGRCh38\trna\n".encode())
    assert judge_files([bare]).events[0].sample == "run7"
    assert judge_files([bare], sample="X").events[0].sample == "X"
    assert judge_files([GOOD], sample="X").events[0].sample == "S1"


def test_the_level_of_a_row_wins_over_that_of_the_test() -> None:
    open_row = ("bare.tsv", HEAD.replace("\tlevel", "").encode() + f"\n{ETV6}\tGRCh38\tS1\n".encode())
    assert judge_files([open_row], level="dna").events[0].level == "dna"
    assert judge_files([GOOD], level="dna").events[0].level == "rna"


def test_fusions_of_other_genes_come_out_where_they_are_asked_for() -> None:
    both = ("calls.tsv", table(f"{ETV6}\tGRCh38\tS1\trna", f"{DRIVER}\tGRCh38\tS1\trna"))
    assert judge_files([both]).others == ()
    (driver,) = judge_files([both], genes={"SS18", "SSX1"}).others
    assert (driver.five_prime.gene, driver.three_prime.gene) == ("SS18", "SSX1")
    assert len(judge_files([both], genes={"SS18"}).events) == 1


def test_a_file_that_says_nothing_of_what_is_asked_is_not_evaluable() -> None:
    assert told(judge_files([MAF]).asked("fusions")) == {"tumour.maf": "not_evaluable"}
    assert told(judge_files([MAF]).asked("mutations", "copy_numbers")) == {"tumour.maf": "read"}
    assert told(judge_files([GOOD]).asked("mutations", "copy_numbers")) == {"good.tsv": "not_evaluable"}


def test_without_other_transcripts_one_assessor_serves_the_process() -> None:
    assert shared() is shared()
    own = judge_files([GOOD], transcripts=Transcripts.open("GRCh38"))
    assert own.events == judge_files([GOOD]).events


def run(tmp_path: Path, *arguments: str, files: tuple[tuple[str, bytes], ...] = (), given: bytes = b"") -> Result:
    for name, content in files:
        (tmp_path / name).write_bytes(content)
    names = [str(tmp_path / name) for name, _ in files]
    return CliRunner().invoke(cli, [arguments[0], *names, *arguments[1:]], standalone_mode=False, input=given)


def test_fusions_gives_files_and_events_as_one_document(tmp_path: Path) -> None:
    done = run(tmp_path, "fusions", "--format", "json", files=(GOOD, UNTOLD))
    document = json.loads(done.stdout)
    assert sorted(document) == ["events", "files", "schema"]
    assert [file["status"] for file in document["files"]] == ["read", "not_evaluable"]
    assert sorted(document["files"][0]) == sorted(
        ["file", "caller", "format", "assembly", "samples", "rows", "ntrk_rows", "status", "problems"]
    )
    assert done.return_value == 65
    assert run(tmp_path, "fusions", "--allow-bad", files=(GOOD, UNTOLD)).return_value == 0
    assert run(tmp_path, "fusions", "--fail-on", "productive", files=(GOOD, UNTOLD)).return_value == 1
    assert run(tmp_path, "fusions", files=(GOOD,)).return_value == 0


def test_no_event_is_said_only_of_files_that_were_read(tmp_path: Path) -> None:
    assert "No NTRK event" not in run(tmp_path, "fusions", files=(("empty.tsv", table()),)).stdout  # whose table is it?
    columns = "#FusionName\tJunctionReadCount\tSpanningFragCount\tSpliceType\tLeftGene\tLeftBreakpoint\tRightGene"
    empty = ("empty.tsv", f"{columns}\tRightBreakpoint\n".encode())  # STAR-Fusion found nothing
    assert "No NTRK event." in run(tmp_path, "fusions", files=(empty,)).stdout
    both = run(tmp_path, "fusions", files=(empty, NOISE)).stdout
    assert "No NTRK event in empty.tsv." in both
    assert "the other files hold an NTRK event is not known" in both
    assert "No NTRK event" not in run(tmp_path, "fusions", files=(NOISE,)).stdout
    assert "No NTRK mutation" not in run(tmp_path, "variants", files=(GOOD,)).stdout


def test_a_dash_is_standard_input(tmp_path: Path) -> None:
    done = run(tmp_path, "fusions", "-", "--format", "json", given=GOOD[1])
    assert json.loads(done.stdout)["events"][0]["name"] == "ETV6::NTRK3"


def test_an_output_is_written_whole(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = run(tmp_path, "fusions", "--format", "json", "--out", str(out), files=(GOOD,))
    assert (done.return_value, done.stdout) == (0, "")
    assert json.loads(out.read_text(encoding="utf-8"))["events"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.tsv", "out.json"]


def test_variants_names_the_file_and_what_it_says_of_its_own_rows(tmp_path: Path) -> None:
    done = run(tmp_path, "variants", "--format", "json", files=(MAF,))
    document = json.loads(done.stdout)
    assert document["files"][0]["status"] == "read"
    somatic, germline = document["findings"]
    assert somatic["resistance"] == "solvent_front"
    assert germline.get("resistance") is None
    assert "Germline" in germline["says"]
    assert done.return_value == 0
