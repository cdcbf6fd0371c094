"""What a file says against its own rows, rows of nobody, and changes that mean nothing never decide. All synthetic."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath import readers
from ntrkpath.fusion.judge import judge_files
from ntrkpath.guidance import load
from ntrkpath.model.case import Mutation
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.pathway import Pathway, attach, case_from
from ntrkpath.pathway.intake.drivers import Drivers
from ntrkpath.variants import read_mutation

AT = "chr12:12022903:+", "chr15:88483984:-"
DRAGEN = (
    "#FusionGene\tScore\tLeftBreakpoint\tRightBreakpoint\tFilter\tNumSplitReads\tNumSoftClippedReads\tNumPairedReads\n"
)
TSO = (
    "Caller,Gene A,Gene B,Gene A Breakpoint,Gene B Breakpoint,Filter,Alt Split Dedup,Alt Pair Dedup,KeepFusion,"
    "Fusion Directionality Known,Gene A Sense,Gene B Sense\n"
)
EASYFUSE = "BPID;Fusion_Gene;Breakpoint1;Breakpoint2;frame;prediction_class\n"
LINX = (
    "fivePrimeBreakendId\tname\treported\tphased\tchainTerminated\tfusedExonUp\tfusedExonDown\tgeneStart\t"
    "transcriptStart\tgeneEnd\ttranscriptEnd\n"
)
CATCHER = (
    "Gene_1_symbol(5end_fusion_partner)\tGene_2_symbol(3end_fusion_partner)\tFusion_description\tSpanning_pairs\t"
    "Spanning_unique_reads\tFusion_point_for_gene_1(5end_fusion_partner)\t"
    "Fusion_point_for_gene_2(3end_fusion_partner)\tGene_1_id(5end_fusion_partner)\tGene_2_id(3end_fusion_partner)\t"
    "Predicted_effect\n"
)
CICERO = "sample\tgeneA\tchrA\tposA\tortA\tgeneB\tchrB\tposB\tortB\tsv_ort\treadsA\treadsB\ttype\trating\tframe\n"
ARCHER = "sample_name\tgene_arms\tbreakpoint_signature\tstrong_evidence_aberration\tnum_reads\n"
LABORATORY = "Sample,5' Gene,3' Gene,5' Breakpoint,3' Breakpoint,Reads,{column}\n"


def dragen(word: str) -> str:
    return f"{DRAGEN}ETV6--NTRK3\t0.9\t{AT[0]}\t{AT[1]}\t{word}\t20\t4\t9\n"


def tso(keep: str, word: str = "PASS") -> str:
    return f"{TSO}Manta,ETV6,NTRK3,chr12:12022903,chr15:88483984,{word},12,9,{keep},True,True,True\n"


def easyfuse(word: str) -> str:
    return f"{EASYFUSE}12:12022903:+_15:88483984:-;ETV6_NTRK3;{AT[0]};{AT[1]};in_frame;{word}\n"


def linx(reported: str, terminated: str = "false") -> str:
    genes = "ETV6\tENST00000396373\tNTRK3\tENST00000360948"
    return f"{LINX}1\tETV6_NTRK3\t{reported}\tINFRAME\t{terminated}\t5\t15\t{genes}\n"


def catcher(labels: str) -> str:
    ids = "ENSG00000139083\tENSG00000140538"
    return f"{CATCHER}ETV6\tNTRK3\t{labels}\t6\t8\t12:12022903:+\t15:88483984:-\t{ids}\tin-frame\n"


def cicero(rating: str) -> str:
    return f"{CICERO}S1\tETV6\tchr12\t12022903\t+\tNTRK3\tchr15\t88483984\t-\t>\t30\t28\tCTX\t{rating}\t1\n"


def laboratory(column: str, word: str) -> str:
    return f"{LABORATORY.format(column=column)}P1,ETV6,NTRK3,chr12:12022903,chr15:88483984,30,{word}\n"


def verdicts(text: str, name: str = "calls.tsv") -> list[tuple[str, tuple[str, ...]]]:
    return [(event.verdict, event.reasons) for event in judge_files([(name, text.encode())]).events]


REJECTED = [
    *(dragen(word) for word in ("LOW_GENE_COVERAGE", "FAIL")),
    *(tso(keep, "Imprecise") for keep in ("False", "FALSE", "0", "no", "")),
    linx("false"), linx("0"), linx("no"), cicero("bad"),
    *(laboratory("Call", word) for word in ("false positive", "artefact", "not reported")),
    *(laboratory("Reported", word) for word in ("no", "False", "nein")),
    laboratory("Bewertung", "Artefakt"), laboratory("Résultat", "faux positif"), laboratory("Resultado", "artefacto"),
]  # fmt: skip
DOUBTED = [
    *(dragen(word) for word in ("PASS;LOW_SCORE", "pass, low_mapq")),
    *(easyfuse(word) for word in ("uncertain", "unclassified")),
    *(catcher(labels) for labels in ("banned", "known,readthrough", "gtex,hpa", "matched-normal")),
    linx("true", "true"), linx("maybe"), cicero("LQ"), cicero("unheard of"),
    laboratory("Status", "to be discussed"), laboratory("Comment", "likely artefact"), laboratory("Note", "germline?"),
]  # fmt: skip
ACCEPTED = [
    dragen("PASS"), dragen("."), tso("True"), tso("", "PASS"), easyfuse("positive"), catcher("known,oncogene"),
    cicero("HQ"), laboratory("Result", "detected"), laboratory("Befund", "positiv"), laboratory("Comment", "reviewed"),
]  # fmt: skip


@pytest.mark.parametrize("text", REJECTED)
def test_a_row_that_its_file_rejects_in_any_spelling_is_uncertain(text: str) -> None:
    ((verdict, reasons),) = verdicts(text)
    assert verdict == "uncertain" and "rejected_by_caller" in reasons


@pytest.mark.parametrize("text", DOUBTED)
def test_a_word_beside_a_call_that_is_no_plain_yes_is_a_doubt(text: str) -> None:
    ((verdict, reasons),) = verdicts(text)
    assert verdict == "likely_productive" and "doubted_by_caller" in reasons


@pytest.mark.parametrize("text", ACCEPTED)
def test_a_row_that_its_file_accepts_is_judged_by_its_junction(text: str) -> None:
    ((verdict, reasons),) = verdicts(text)
    assert verdict == "productive" and not {"rejected_by_caller", "doubted_by_caller"} & set(reasons)


@given(st.from_regex(r"[A-Za-z][A-Za-z_ ]{2,20}", fullmatch=True))
def test_a_filter_passes_by_the_word_pass_alone(word: str) -> None:
    (junction,) = readers.read(dragen(f"PASS;{word}").encode(), "calls.tsv").junctions
    assert junction.standing == "doubted"


@pytest.mark.parametrize("word", ["not detected", "negative", "Negativ", "nicht nachgewiesen", "non détecté", "absent"])
def test_a_row_that_a_laboratory_calls_absent_is_no_event_and_that_is_said(word: str) -> None:
    result = readers.read(laboratory("Result", word).encode(), "calls.csv")
    assert result.junctions == () and result.status == "read"
    assert any(word in note for note in result.notes)


def test_several_columns_of_results_and_remarks_all_count() -> None:
    head = LABORATORY.format(column="Result,Status,Comment,Remarks")
    text = f"{head}P1,ETV6,NTRK3,chr12:12022903,chr15:88483984,30,detected,reported,fine,false positive?\n"
    ((verdict, reasons),) = verdicts(text)
    assert verdict == "likely_productive" and "doubted_by_caller" in reasons


@pytest.mark.parametrize("cell", ["1.234", "12,345"])
def test_a_read_count_that_may_be_read_in_two_ways_is_refused(cell: str) -> None:
    text = f"{DRAGEN}ETV6--NTRK3\t1\t{AT[0]}\t{AT[1]}\tPASS\t{cell}\t4\t9\n"
    result = readers.read(text.encode(), "calls.tsv")
    assert result.junctions == () and "two ways" in str(result.problems[0])


SHARED = "#sample\tFusionName\tJunctionReadCount\tSpanningFragCount\tLeftBreakpoint\tRightBreakpoint\n"


@given(st.lists(st.sampled_from(["P1", "P2", "", " ", "NA", "."]), min_size=1, max_size=6))
def test_a_row_without_a_sample_is_nobodys_where_others_have_one(names: list[str]) -> None:
    text = SHARED + "".join(f"{name}\tETV6--NTRK3\t12\t9\t{AT[0]}\t{AT[1]}\n" for name in names)
    result = readers.read(text.encode(), "calls.tsv", sample="P1")
    named = [name for name in names if name in ("P1", "P2")]
    assert [one.sample for one in result.junctions] == (named or ["P1"] * len(names))
    assert len(result.problems) == (len(names) - len(named) if named else 0)


@pytest.mark.parametrize("cut", range(12, len(SHARED) - 1, 7))
def test_a_header_cut_short_is_no_none_found(cut: int) -> None:
    for text in (SHARED[:cut], SHARED[:cut] + "\n"):
        if text.strip() == SHARED.strip():
            continue
        (report,) = judge_files([("calls.tsv", text.encode())]).files
        assert report.status == "not_evaluable" and report.problems


def test_a_whole_header_of_a_known_caller_is_none_found() -> None:
    (report,) = judge_files([("calls.tsv", SHARED.encode())]).files
    assert report.status == "read" and not report.problems


# --- variants


@given(st.sampled_from(["*", "fs*12", "del", "dup", "delinsAB", "G"]))
def test_only_a_substitution_is_resistance(new: str) -> None:
    assert read_mutation("NTRK1", f"p.G595{new}").resistance is None
    assert read_mutation("NTRK1", "p.G595R").resistance == "solvent_front"


VEP = (
    '##fileformat=VCFv4.2\n##reference=GRCh38\n##INFO=<ID=CSQ,Number=.,Type=String,Description="Format: '
    'Allele|Consequence|SYMBOL|Feature|HGVSp|Protein_position|Amino_acids">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP1\n"
    "chr1\t156876550\t.\tG\tA\t90\tPASS\tCSQ=A|{kind}|NTRK1|ENST00000524377.7|{change}|{place}|{residues}\tGT\t0/1\n"
)


@pytest.mark.parametrize(
    ("change", "place", "residues"), [("E:p.Gly595Arg", "", ""), ("", "595/796", "G/R"), ("", "594-595", "LG/LR")]
)
def test_a_change_of_an_annotated_vcf_is_read_in_each_of_its_forms(change: str, place: str, residues: str) -> None:
    text = VEP.format(kind="missense_variant", change=change, place=place, residues=residues)
    assert [one.protein_change for one in readers.read(text.encode(), "a.vcf").changes] == ["p.G595R"]


@pytest.mark.parametrize("change", ["E:p.???", "", "E:p.?"])
def test_a_change_that_alters_the_protein_and_cannot_be_read_is_a_problem(change: str) -> None:
    text = VEP.format(kind="missense_variant", change=change, place="", residues="")
    result = readers.read(text.encode(), "a.vcf")
    assert result.status == "not_evaluable" and "NTRK1" in str(result.problems[0])
    silent = VEP.format(kind="synonymous_variant", change="E:p.Gly595%3D", place="", residues="")
    assert readers.read(silent.encode(), "a.vcf").status == "read"


MAF = "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\tHGVSp_Short\tMutation_Status\tFILTER\n"


def maf(*rows: tuple[str, str, str, str]) -> str:
    return MAF + "".join(f"{g}\tMissense_Mutation\tS1\t{change}\t{status}\t{f}\n" for g, change, status, f in rows)


@pytest.mark.parametrize(
    ("status", "word", "standing"),
    [
        ("Somatic", "PASS", "accepted"),
        ("Unknown", "", "not_stated"),
        ("Germline", "PASS", "doubted"),
        ("Something", "PASS", "doubted"),
        ("Somatic", "PASS;common_variant", "doubted"),
        ("Somatic", "common_variant", "rejected"),
        *((status, "PASS", "rejected") for status in ("None", "Wildtype", "LOH", "Redacted")),
    ],
)
def test_status_and_filter_of_a_maf_are_both_heard(status: str, word: str, standing: str) -> None:
    (change,) = readers.read(maf(("NTRK1", "p.G595R", status, word)).encode(), "a.maf").changes
    assert change.standing == standing


def decide(directory: Path, text: str, histology: str, name: str = "a.maf", **more: Any) -> Recommendation:
    (directory / name).write_text(text, encoding="utf-8")
    case = case_from(
        {
            "id": "S1",
            "diagnosis": {"histology": histology},
            "disease": {"extent": "metastatic"},
            "tests": [{"method": "dna_mps", "date": "2024-06-01", "file": name}],
            **more,
        }
    )
    return Pathway(load(), dt.date(2025, 1, 1)).recommend(*attach(case, directory))


PROGRESSED = {"therapy": [{"drug": "larotrectinib", "start": "2023-01-01", "progression": True}]}


@pytest.mark.parametrize(
    ("rows", "resistance"),
    [
        ([("TP53", "p.R175H", "Somatic", "PASS")], "none_found"),
        ([("NTRK1", "p.G595R", "Somatic", "PASS")], "solvent_front"),
        ([("NTRK1", "p.G595R", "Somatic", "common_variant")], "not_done"),
        ([("NTRK1", "p.G595R", "Germline", "PASS")], "not_done"),
        ([("NTRK1", "c.1783G>A", "Somatic", "PASS"), ("TP53", "p.R175H", "Somatic", "PASS")], "not_done"),
    ],
)
def test_a_doubted_or_unread_mutation_is_no_none_found(
    tmp_path: Path, rows: list[tuple[str, str, str, str]], resistance: str
) -> None:
    answer = decide(tmp_path, maf(*rows), "infantile fibrosarcoma", **PROGRESSED)
    assert answer.facts["resistance"] == resistance
    asked = "order_resistance_testing" in {action.action for action in answer.actions}
    assert asked == (resistance == "not_done")


# --- drivers


@pytest.mark.parametrize(
    ("gene", "change", "counts"),
    [
        ("KIT", "p.V559D", True),
        ("KIT", "p.W557_K558del", True),
        ("KIT", "p.A502_Y503dup", True),
        ("KIT", "exon 11 deletion", True),
        ("KIT", "p.M541L", False),
        ("PDGFRA", "p.Asp842Val", True),
        ("PDGFRA", "p.S478P", False),
        ("BRAF", "p.V600E", True),
        ("BRAF", "p.D22N", False),
        ("BRAF", "p.R603*", False),
        ("NF1", "p.R1276*", True),
        ("NF1", "p.Y489Cfs*14", True),
        ("NF1", "p.V10I", False),
        ("SDHA", "p.R31*", True),
        ("SDHA", "p.V657I", False),
        ("TP53", "p.R175H", True),
    ],
)
def test_a_driver_is_told_from_a_passenger(gene: str, change: str, counts: bool) -> None:
    assert (Drivers(load()).passenger(Mutation(gene=gene, protein=change)) == "") == counts


@pytest.mark.parametrize(
    ("gene", "change", "canonical"),
    [("KIT", "p.V559D", "present"), ("KIT", "p.M541L", "unknown"), ("NF1", "p.V10I", "unknown")],
)
def test_a_passenger_does_not_end_the_search_in_gist(tmp_path: Path, gene: str, change: str, canonical: str) -> None:
    answer = decide(tmp_path, maf((gene, change, "Somatic", "PASS")), "GIST")
    assert answer.facts["canonical_alteration"] == canonical
    assert any(change in finding.stated for finding in answer.findings)
    assert ("no_routine_testing" in {a.action for a in answer.actions}) == (canonical == "present")


@pytest.mark.parametrize(("reads", "canonical"), [(1, "unknown"), (30, "of_another")])
def test_a_driver_fusion_of_two_reads_decides_nothing(tmp_path: Path, reads: int, canonical: str) -> None:
    text = f"{SHARED}S1\tEWSR1--FLI1\t{reads}\t1\tchr22:29683123:+\tchr11:128675261:+\n"
    case = case_from(
        {"id": "S1", "diagnosis": {"histology": "sarcoma"}, "tests": [{"method": "rna_mps", "file": "calls.tsv"}]}
    )
    (tmp_path / "calls.tsv").write_text(text, encoding="utf-8")
    answer = Pathway(load(), dt.date(2025, 1, 1)).recommend(*attach(case, tmp_path))
    assert answer.facts["canonical_alteration"] == canonical


COMBINED = (
    "[Analysis Details]\nPair ID\tPAIR1\nDNA Sample ID\tD1\nRNA Sample ID\tR1\n\n"
    "[DNA Fusions]\nGene Pair\tBreakpoint 1\tBreakpoint 2\tFusion Supporting Reads\nNA\tNA\tNA\tNA\n\n"
    "[RNA Fusions]\nGene Pair\tBreakpoint 1\tBreakpoint 2\tFusion Supporting Reads\tFusion Directionality Known\n"
    "ETV6/NTRK3\tchr12:12022903\tchr15:88483984\t45\tTrue\n\n"
    "[Small Variants]\nGene\tP-Dot Notation\tC-Dot Notation\tConsequence(s)\n"
    "NTRK3\tNP_001012338.1:p.(Gly623Arg)\tNM_001012338.2:c.1867G>A\tmissense_variant\n"
)


@pytest.mark.parametrize("ident", ["PAIR1", "D1", "R1", "r1 "])
@pytest.mark.parametrize("method", ["rna_mps", "dna_mps"])
def test_a_report_of_both_levels_serves_both_tests_under_each_of_its_ids(
    tmp_path: Path, ident: str, method: str
) -> None:
    (tmp_path / "a.tsv").write_text(COMBINED, encoding="utf-8")
    test = {"method": method, "file": "a.tsv", "sample": ident}
    case = case_from({"id": "C1", "diagnosis": {"histology": "infantile fibrosarcoma"}, "tests": [test], **PROGRESSED})
    answer = Pathway(load(), dt.date(2025, 1, 1)).recommend(*attach(case, tmp_path))
    assert answer.facts["resistance"] == "solvent_front"
    assert answer.facts["rna_fusion"] == "productive" and answer.facts["dna_fusion"] == "none"
