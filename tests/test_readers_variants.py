"""Mutations and copy numbers of NTRK genes, from tables and annotated VCF."""

from __future__ import annotations

from pathlib import Path

import pytest

from ntrkpath.model.errors import ReaderError
from ntrkpath.readers import NTRK, ReadResult, read, short_protein

DATA = Path(__file__).parent / "data" / "readers"


def read_variants(source: Path | bytes, name: str | None = None) -> ReadResult:
    return read(source, name, genes=NTRK)


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("p.G595R", "p.G595R"),
        ("p.Gly595Arg", "p.G595R"),
        ("NP_002520.2:p.Gly595Arg", "p.G595R"),
        ("ENSP1.2:p.(Gly595Arg)", "p.G595R"),
        ("p.Arg314Ter", "p.R314*"),
        ("p.Gly500%3D", None),
        ("p.G500=", None),
        ("c.1783G>A", None),
        ("", None),
    ],
)
def test_protein_changes_become_one_letter(written: str, short: str | None) -> None:
    assert short_protein(written) == short


def test_a_maf_gives_ntrk_changes_with_transcript_and_sample_and_no_silent_ones() -> None:
    result = read_variants(DATA / "variants.maf")
    assert [(c.gene, c.protein_change, c.transcript, c.sample) for c in result.changes] == [
        ("NTRK1", "p.G595R", "ENST00000524377", "S1"),
        ("NTRK3", "p.G623R", "ENST00000360948", "S1"),
    ]


def test_an_annotated_vcf_gives_the_change_in_every_isoform() -> None:
    result = read_variants(DATA / "variants_ann.vcf")
    assert [(c.protein_change, c.transcript) for c in result.changes] == [
        ("p.G595R", "NM_002529.3"),
        ("p.G559R", "NM_001007792.1"),
    ]


def test_a_vcf_of_small_variants_without_annotation_tells_nothing() -> None:
    result = read(b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n", "x.vcf")
    assert (result.status, result.tells) == ("not_evaluable", ())
    assert any("Fusions" in text for text in result.not_told)
    assert any("annotation" in text for text in result.not_told)


def test_an_annotated_vcf_of_small_variants_tells_mutations_and_says_nothing_of_fusions() -> None:
    result = read(DATA / "variants_ann.vcf")
    assert (result.status, result.tells) == ("read", ("mutations",))
    assert not result.can_tell("fusions")
    assert any("Fusions" in text for text in result.not_told)


def test_a_cna_matrix_gives_one_call_for_each_sample_and_reports_what_is_no_call() -> None:
    result = read_variants(DATA / "data_cna.txt")
    assert [(c.gene, c.call, c.sample) for c in result.copy_numbers] == [
        ("NTRK1", "amplification", "S1"),
        ("NTRK1", "neutral", "S2"),
    ]
    assert [p.line for p in result.problems] == [4]


def test_a_copy_number_table_keeps_numbers_and_calls_without_a_threshold_of_its_own() -> None:
    result = read_variants(DATA / "copy_number.tsv")
    assert [(c.gene, c.call, c.copies) for c in result.copy_numbers] == [
        ("NTRK1", "amplification", 11.5),
        ("NTRK3", None, 2.1),
    ]


def test_a_table_of_something_else_is_refused() -> None:
    with pytest.raises(ReaderError, match="not recognised"):
        read_variants(b"a\tb\n1\t2\n", "x.tsv")


TSO500 = """[Analysis Details]
Pair ID\tS1

[Gene Amplifications]
Gene\tFold Change
NTRK1\t4.2
MYC\t9.9
NTRK2\tmany

[Small Variants]
Gene\tChromosome\tConsequence(s)\tC-Dot Notation\tP-Dot Notation
NTRK1\tchr1\tmissense_variant\tNM_002529.3:c.1783G>A\tNP_002520.2:p.(Gly595Arg)
NTRK3\tchr15\tsynonymous_variant\tNM_002530.3:c.3G>A\tNP_002521.2:p.(Gly1=)
"""
FOUNDATION = """<?xml version="1.0"?>
<ResultsReport><variant-report>
<short-variant gene="NTRK1" protein-effect="G595R" transcript="NM_002529" functional-effect="missense"/>
<short-variant gene="TP53" protein-effect="R175H" transcript="NM_000546"/>
<copy-number-alteration gene="NTRK2" type="amplification" copy-number="12"/>
<copy-number-alteration gene="NTRK3" type="amplification" copy-number="lots"/>
</variant-report></ResultsReport>
"""


@pytest.mark.parametrize(
    ("text", "gene", "copies", "line"), [(TSO500, "NTRK1", 4.2, 8), (FOUNDATION, "NTRK2", 12.0, 6)]
)
def test_reports_give_changes_called_amplifications_and_problems(
    text: str, gene: str, copies: float, line: int
) -> None:
    result = read_variants(text.encode(), "x")
    assert [(c.gene, c.protein_change, (c.transcript or "")[:9]) for c in result.changes] == [
        ("NTRK1", "p.G595R", "NM_002529")
    ]
    assert [(c.gene, c.call, c.copies) for c in result.copy_numbers] == [(gene, "amplification", copies)]
    assert [p.line for p in result.problems] == [line]
