"""What a file says: an event, none, or nothing; whose it is, on which assembly, and what its caller thinks of it."""

from __future__ import annotations

import pytest

from ntrkpath import readers
from ntrkpath.readers import ReadResult
from ntrkpath.readers._contigs import CHROMOSOMES, LENGTHS, contig
from ntrkpath.readers._symbols import mistyped, ntrk_gene, tidied

STAR = "#FusionName\tJunctionReadCount\tSpanningFragCount\tLeftGene\tLeftBreakpoint\tRightGene\tRightBreakpoint\n"
VCF = "##fileformat=VCFv4.2\n{meta}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO{columns}\n"
TABLE = "gene5\tchr5\tpos5\tgene3\tchr3\tpos3\treads\n"
ARRIBA = "#gene1\tgene2\tbreakpoint1\tbreakpoint2\tconfidence\tsplit_reads1\tfilters\tsample_id\n"
DRIVERS = ("SS18", "SSX1", "EWSR1", "FLI1", "ALK", "KIT", "PDGFRA", "MDM2", "CDK4", "NF1", *readers.NTRK)


def _read(text: str, **more: object) -> ReadResult:
    return readers.read(text.encode(), "x", **({"genes": readers.NTRK} | more))  # type: ignore[arg-type]


def _star(left: str, right: str, split: str = "30", pairs: str = "12") -> ReadResult:
    return _read(f"{STAR}ETV6--NTRK3\t{split}\t{pairs}\tETV6^E\t{left}\tNTRK3^E\t{right}\n")


# --- assembly ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(1, 25))
def test_every_accession_of_a_chromosome_says_chromosome_and_assembly(number: int) -> None:
    chromosome = CHROMOSOMES[number - 1]
    for accession, assembly in ((f"CM000{662 + number}.1", "GRCh37"), (f"CM000{662 + number}.2", "GRCh38")):
        assert contig(accession)[:2] == (chromosome, assembly)
    versions = [version for version in range(1, 30) if contig(f"NC_{number:06d}.{version}").assembly is not None]
    first, second = (contig(f"NC_{number:06d}.{version}") for version in versions)
    assert (first.assembly, second.assembly, first.name) == ("GRCh37", "GRCh38", chromosome)
    assert contig(f"NC_{60924 + number:06d}.1").foreign == "T2T-CHM13"
    assert contig(f"NC_{number:06d}.1").foreign is not None


@pytest.mark.parametrize(("twelve", "fifteen"), [("NC_000012.12", "NC_000015.10"), ("CM000674.2", "CM000677.2")])
def test_accessions_of_grch38_are_read_as_its_chromosomes(twelve: str, fifteen: str) -> None:
    result = _star(f"{twelve}:11869969:+", f"{fifteen}:87940753:-")
    (found,) = result.junctions
    assert (found.five_prime.chromosome, found.three_prime.chromosome) == ("12", "15")
    assert (found.assembly, result.assembly, result.status) == ("GRCh38", "GRCh38", "read")


@pytest.mark.parametrize("fifteen", ["NC_060939.1", "NC_000015.8", "CP068263.2", "contig_7", "chr99"])
def test_a_contig_of_another_genome_or_of_none_is_never_a_clean_none(fifteen: str) -> None:
    result = _star("chr12:11869969:+", f"{fifteen}:87940753:-")
    assert result.status != "read"
    assert not result.junctions
    assert fifteen in " ".join(p.message for p in result.problems)


def test_two_assemblies_in_one_row_or_file_contradict_each_other() -> None:
    assert _star("NC_000012.11:12022903:+", "NC_000015.10:87940753:-").status != "read"
    rows = "A--NTRK3\t3\t3\tA\tNC_000012.{}:11869969:+\tNTRK3\tNC_000015.{}:87940753:-\n"
    assert _read(STAR + rows.format(12, 10) + rows.format(11, 9)).status == "partly_read"


def _vcf(meta: str, columns: str = "", row: str = "") -> ReadResult:
    body = row or "chr12\t11869969\ta\tN\tN]chr15:87940753]\t.\tPASS\tSVTYPE=BND\n"
    return _read(VCF.format(meta=meta, columns=columns) + body)


@pytest.mark.parametrize(
    "meta",
    [
        "##reference=T2T-CHM13v2.0\n",
        "##reference=file:///ref/chm13v2.0_maskedY.fa\n",
        "##reference=hs1.fa\n",
        "##reference=hg18\n",
        "##reference=GRCh38\n##contig=<ID=chr12,length=133324548>\n",
        "##contig=<ID=chr15,length=99753195>\n",
        "##contig=<ID=15,length=4321>\n",
        "##contig=<ID=NC_060939.1,length=99753195>\n",
        "##contig=<ID=chr12,length=133275309>\n##contig=<ID=chr15,length=102531392>\n",
        "##reference=mm10\n",
    ],
)
def test_a_vcf_on_another_or_a_contradicted_assembly_is_not_evaluable(meta: str) -> None:
    result = _vcf(meta)
    assert (result.status, result.junctions) == ("not_evaluable", ())
    assert any("GRCh37 or GRCh38" in p.message for p in result.problems)


@pytest.mark.parametrize("assembly", ["GRCh37", "GRCh38"])
def test_contig_lengths_win_over_the_name_of_the_reference_and_that_is_said(assembly: str) -> None:
    other = "GRCh38" if assembly == "GRCh37" else "GRCh37"
    result = _vcf(f"##reference={other}\n##contig=<ID=chr12,length={LENGTHS[assembly]['12']}>\n")
    assert (result.assembly, result.junctions[0].assembly) == (assembly, assembly)
    assert any(other in note and assembly in note for note in result.notes)


def test_a_foundation_report_is_on_grch37() -> None:
    text = (
        "<ResultsReport><variant-report><rearrangement targeted-gene='NTRK1' other-gene='LMNA' pos1='chr1:156844750' "
        "pos2='chr1:156104700' status='known'/></variant-report></ResultsReport>"
    )
    assert _read(text).junctions[0].assembly == "GRCh37"


# --- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    ["1.57E+08", "999999999", "0", "-5", "88483984.5", "eighty", "102531393"],
)
def test_an_impossible_position_in_a_row_of_an_ntrk_gene_is_a_problem(cell: str) -> None:
    result = _read(f"{TABLE}ETV6\t12\t12022903\tNTRK3\t15\t{cell}\t9\n")
    assert result.status != "read"
    assert [p.line for p in result.problems] == [2]


def test_a_position_that_lost_its_digits_is_a_problem_where_it_may_be_of_an_ntrk_gene() -> None:
    assert _read(f"{TABLE}ETV6\t12\t12022903\tX\t1\t1.57E+08\t9\n").status != "read"


@pytest.mark.parametrize(("chromosome", "place"), [("7", 140_000_000), ("1", 5_000_000), ("15", 20_000_000)])
def test_an_ntrk_gene_that_contradicts_its_own_position_is_a_problem(chromosome: str, place: int) -> None:
    assert _read(f"{TABLE}ETV6\t12\t12022903\tNTRK3\t{chromosome}\t{place}\t9\n").status != "read"


@pytest.mark.parametrize("cell", ["-3", "1e23", "many", "1,234"])
def test_an_impossible_or_ambiguous_read_count_is_a_problem(cell: str) -> None:
    assert _read(f"{TABLE}ETV6\t12\t12022903\tNTRK3\t15\t88483984\t{cell}\n").status != "read"


@pytest.mark.parametrize(("other", "reads"), [("0,5", 1), ("1,234,567", 1234)])
def test_an_ambiguous_count_is_read_where_the_other_cells_show_the_decimal_mark(other: str, reads: int) -> None:
    rows = f"ETV6\t12\t12022903\tNTRK3\t15\t88483984\t1,234\nA\t2\t100\tB\t3\t100\t{other}\n"
    assert _read(TABLE + rows).junctions[0].support.total == reads


@pytest.mark.parametrize(("cell", "reads"), [("1,0", 1), ("1,25", 1), ("12.0", 12), ("0012", 12)])
def test_a_decimal_comma_is_no_grouping(cell: str, reads: int) -> None:
    assert _read(f"{TABLE}ETV6\t12\t12022903\tNTRK3\t15\t88483984\t{cell}\n").junctions[0].support.total == reads


def test_exons_are_counted_from_one() -> None:
    head = "gene5\texon5\ttranscript5\tgene3\texon3\ttranscript3\n"
    assert _read(f"{head}ETV6\t0\tNM_001987\tNTRK3\t15\tNM_001012338\n").status != "read"


@pytest.mark.parametrize("cell", ["1e23", "-2", "lots", "1,234"])
def test_an_impossible_copy_number_is_a_problem(cell: str) -> None:
    result = _read(f"gene\tcopy_number\nNTRK1\t{cell}\n")
    assert result.status == "not_evaluable"
    assert "NTRK1" in result.problems[0].raw


# --- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "gene", "exon"),
    [
        *(("NTRK3-201", "NTRK3", None), ("NTRK3:14", "NTRK3", 14), ("NTRK3 exon14", "NTRK3", 14)),
        *(
            ("NTRK3_e14", "NTRK3", 14),
            ("NTRK 3", "NTRK3", None),
            ("NTRK\u200b3", "NTRK3", None),
            ("ntrk3", "ntrk3", None),
        ),
        *(("TRKC", "TRKC", None), ("NM_002530.4", "NM_002530.4", None), ("NTRK3-AS1", "NTRK3-AS1", None)),
    ],
)
def test_a_symbol_is_read_without_what_hangs_on_it(written: str, gene: str, exon: int | None) -> None:
    assert tidied(written) == (gene, exon)


@pytest.mark.parametrize("name", ["NTKR1", "NRTK3", "TNRK2", "NTRKK3", "NTRC3", "NTRK", "NTRK33", "NTR3", "MTRK1"])
def test_a_mistyped_ntrk_symbol_is_told_and_never_passed_over(name: str) -> None:
    assert mistyped(name) is not None
    result = _read(f"{TABLE}ETV6\t12\t12022903\t{name}\t15\t88483984\t9\n")
    assert result.status != "read"
    assert name in result.problems[0].message


@pytest.mark.parametrize(
    "name",
    [
        *("NRG1", "NTN1", "NTF3", "STRN3", "STRN", "PTK2", "STK3", "NEK2", "MARK2", "NMRK1", "TRAK1"),
        *("MERTK", "NRAS", "KIT", "ALK", "RET", "TRIM24", "NTRK3-AS1", "NKTR", "TPR"),
    ],
)
def test_other_genes_near_in_spelling_are_no_typing_errors(name: str) -> None:
    assert ntrk_gene(name) is None
    assert mistyped(name) is None


def test_a_gene_that_became_a_date_is_said() -> None:
    result = _read(f"{TABLE}1-Mar\t2\t100\tNTRK3\t15\t88483984\t9\n")
    assert len(result.junctions) == 1
    assert any("1-Mar" in note for note in result.notes)


# --- what the caller says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "standing", "words"),
    [
        (f"{ARRIBA}ETV6\tNTRK3\t12:12022903\t15:88483984\thigh\t9\tduplicates(3)\tS1\n", "accepted", None),
        (f"{ARRIBA}ETV6\tNTRK3\t12:12022903\t15:88483984\tlow\t9\t.\tS1\n", "doubted", "low confidence"),
        (
            f"{ARRIBA}ETV6\tNTRK3\t12:12022903\t15:88483984\thigh\t9\tduplicates(3),blacklist\tS1\n",
            "rejected",
            "discarded: blacklist",
        ),
        (
            "FusionGene\tScore\tLeftBreakpoint\tRightBreakpoint\tFilter\nETV6--NTRK3\t1\tchr12:1:+\tchr15:88483984:-\t{}\n",
            "by filter",
            None,
        ),
    ],
)
def test_the_caller_s_word_becomes_a_standing(text: str, standing: str, words: str | None) -> None:
    if standing == "by filter":
        for cell, wanted in (("PASS", "accepted"), ("LOW_SCORE", "rejected"), ("", "not_stated")):
            assert _read(text.format(cell)).junctions[0].standing == wanted
        return
    (found,) = _read(text).junctions
    assert (found.standing, found.filtered) == (standing, words)


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        *(("HighConfidence", "accepted"), ("MediumConfidence", "accepted"), ("LowConfidence", "doubted")),
        *(("PotentialReadThrough", "doubted"), ("PotentialTransSplicing", "doubted"), ("", "not_stated")),
    ],
)
def test_a_class_of_jaffa_is_a_standing(name: str, standing: str) -> None:
    head = "sample,fusion genes,chrom1,base1,strand1,chrom2,base2,strand2,spanning reads,classification\n"
    row = f"S1,ETV6:NTRK3,chr12,12022903,+,chr15,88483984,-,6,{name}\n"
    assert _read(head + row).junctions[0].standing == standing


@pytest.mark.parametrize(
    ("filter_cell", "standing"), [("PASS", "accepted"), (".", "not_stated"), ("MinQUAL;LowSupport", "rejected")]
)
def test_the_filter_of_a_vcf_is_a_standing(filter_cell: str, standing: str) -> None:
    result = _vcf("", row=f"12\t11869969\ta\tN\tN]15:87940753]\t.\t{filter_cell}\tSVTYPE=BND\n")
    assert result.junctions[0].standing == standing


def test_a_row_without_a_read_is_no_event_and_is_counted_and_said() -> None:
    result = _star("chr12:11869969:+", "chr15:87940753:-", "0", "0")
    assert (result.junctions, result.rows_without_reads, result.rows_ntrk) == ((), 1, 1)
    assert any("no read" in note for note in result.notes)
    (kept,) = _star("chr12:11869969:+", "chr15:87940753:-", "0", "65").junctions
    assert (kept.support.split_reads, kept.support.spanning_pairs) == (0, 65)


# --- whose ---------------------------------------------------------------------------------------------------------


def test_every_sample_of_a_table_is_named_and_its_rows_are_told_apart() -> None:
    row = "{}\t{}\t12:12022903\t15:88483984\thigh\t9\t.\t{}\n"
    text = ARRIBA + row.format("ETV6", "NTRK3", "P1") + "A\tB\t2:5\t3:5\thigh\t9\t.\tP2\n"
    result = _read(text)
    assert result.samples == ("P1", "P2")
    assert len(result.of_sample("P1").junctions) == 1
    assert result.of_sample("P2").junctions == ()


def test_of_a_vcf_with_several_tumours_each_has_what_its_genotype_says() -> None:
    columns = "\tFORMAT\tA\tB\tC_normal"
    row = "12\t11869969\ta\tN\tN]15:87940753]\t.\tPASS\tSVTYPE=BND\tGT:SR\t{}\n"
    result = _vcf("", columns, row.format("0/1:9\t0/0:0\t0/0:0"))
    assert (result.samples, [j.sample for j in result.junctions]) == (("A", "B"), ["A"])
    assert _vcf("", columns, row.format("./.:0\t./.:7\t0/0:0")).junctions[0].sample == "B"
    unclear = _vcf("", columns, row.replace("GT:SR", "GQ").format("9\t9\t9"))
    assert (unclear.status, unclear.junctions) == ("not_evaluable", ())


def test_a_variant_that_only_the_normal_carries_is_no_event_of_the_tumour() -> None:
    row = "12\t11869969\ta\tN\tN]15:87940753]\t.\tPASS\tSVTYPE=BND\tGT\t0/0\t0/1\n"
    result = _vcf("", "\tFORMAT\tT1_tumor\tN1_normal", row)
    assert (result.junctions, result.status) == ((), "read")
    assert any("does not carry" in note for note in result.notes)


# --- one read gives all --------------------------------------------------------------------------------------------

MAF = "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\t{}\tMutation_Status\tFILTER\n"


@pytest.mark.parametrize("column", ["HGVSp_Short", "HGVSp", "Protein_Change", "Amino_Acid_Change"])
@pytest.mark.parametrize("cell", ["p.G623R", "G623R", "p.Gly623Arg", "Gly623Arg", "NP_002521.2:p.(Gly623Arg)"])
def test_a_change_is_read_from_every_column_and_spelling(column: str, cell: str) -> None:
    result = _read(f"{MAF.format(column)}NTRK3\tMissense_Mutation\tS1\t{cell}\t\t\n")
    assert [(c.gene, c.protein_change, c.sample) for c in result.changes] == [("NTRK3", "p.G623R", "S1")]


@pytest.mark.parametrize("cell", ["p.E123Kfs*5", "p.Glu123LysfsTer5", "p.E600_W610del", "p.G500*", "p.V559_V560insD"])
def test_other_changes_are_kept_as_text(cell: str) -> None:
    (found,) = _read(f"{MAF.format('HGVSp_Short')}NTRK3\tFrame_Shift_Del\tS1\t{cell}\t\t\n").changes
    assert found.protein_change.startswith("p.")


@pytest.mark.parametrize("cell", ["", "c.1867G>A", "exon 14 something", "623", "G623"])
def test_a_missense_row_without_a_readable_change_is_a_problem(cell: str) -> None:
    result = _read(f"{MAF.format('HGVSp_Short')}NTRK3\tMissense_Mutation\tS1\t{cell}\t\t\n")
    assert result.status == "not_evaluable"
    assert "NTRK3" in str(result.problems[0])


@pytest.mark.parametrize("cell", ["p.G500=", "p.Gly500=", "p.G500G", ""])
def test_a_silent_row_is_understood_and_gives_nothing(cell: str) -> None:
    result = _read(f"{MAF.format('HGVSp_Short')}NTRK3\tSilent\tS1\t{cell}\t\t\n")
    assert (result.status, result.changes, result.problems) == ("read", (), ())


@pytest.mark.parametrize(
    ("status", "by_filter", "standing"),
    [
        *(("Somatic", "PASS", "accepted"), ("", "", "not_stated"), ("Germline", "PASS", "doubted")),
        *(("Germline", "common_variant", "rejected"), ("Somatic", "weak_evidence", "rejected")),
    ],
)
def test_what_a_maf_says_of_a_mutation_is_a_standing(status: str, by_filter: str, standing: str) -> None:
    row = f"NTRK1\tMissense_Mutation\tS1\tp.G595R\t{status}\t{by_filter}\n"
    (found,) = _read(MAF.format("HGVSp_Short") + row).changes
    assert found.standing == standing
    assert (found.filtered is None) == (standing in ("accepted", "not_stated"))


COMBINED = """[Analysis Details]
Pair ID\tS1
DNA Sample ID\tD1
RNA Sample ID\t{rna}

[Copy Number Variants]
Gene\tFold Change\tCopy Number Variant
MDM2\t12.1\t<DUP>
NTRK1\t2,9\t<DUP>

[DNA Fusions]
Gene Pair\tBreakpoint 1\tBreakpoint 2\tFusion Supporting Reads
TPM3/NTRK1\tchr1:154142876\tchr1:156844363\t20

[RNA Fusions]
Gene Pair\tBreakpoint 1\tBreakpoint 2\tFusion Supporting Reads
SS18/SSX1\tchr18:23596578\tchrX:48123258\t45

[Small Variants]
Gene\tP-Dot Notation\tC-Dot Notation
KIT\tNP_000213.1:p.(Val559Asp)\tNM_000222.2:c.1676T>A
NTRK3\tNP_002521.2:p.(Gly623Arg)\tNM_002530.3:c.1867G>A
"""


def test_one_read_gives_fusions_of_both_levels_changes_and_copy_numbers_of_all_genes_asked_for() -> None:
    result = _read(COMBINED.format(rna="R1"), genes=DRIVERS)
    assert [(j.five_prime.gene, j.level, j.level_stated) for j in result.junctions] == [
        ("TPM3", "dna", True),
        ("SS18", "rna", True),
    ]
    assert [(c.gene, c.protein_change) for c in result.changes] == [("KIT", "p.V559D"), ("NTRK3", "p.G623R")]
    assert [(c.gene, c.copies) for c in result.copy_numbers] == [("MDM2", 12.1), ("NTRK1", 2.9)]
    assert (result.status, result.not_told) == ("read", ())
    assert all(result.can_tell("fusions", level) for level in ("rna", "dna"))
    assert [j.three_prime.gene for j in _read(COMBINED.format(rna="R1")).junctions] == ["NTRK1"]


def test_a_report_without_an_rna_sample_says_nothing_of_rna() -> None:
    result = _read(COMBINED.format(rna="NA"))
    assert not result.can_tell("fusions", "rna")
    assert result.can_tell("fusions", "dna")
    assert any(text.startswith("RNA was not analysed") for text in result.not_told)


def test_a_report_that_names_an_rna_sample_and_has_no_rna_section_was_cut() -> None:
    text = COMBINED.format(rna="R1")
    assert _read(text[: text.index("[RNA Fusions]")]).status == "partly_read"


def test_annotated_small_variants_and_structural_variants_come_out_of_one_vcf() -> None:
    meta = '##INFO=<ID=CSQ,Number=.,Type=String,Description="x. Format: Consequence|SYMBOL|Feature|HGVSp">\n'
    rows = (
        "22\t29287134\ta\tN\tN[11:128805366[\t.\tPASS\tSVTYPE=BND;MATEID=b;CSQ=intron_variant|EWSR1|ENST1|\n"
        "11\t128805366\tb\tN\t]22:29287134]N\t.\tPASS\tSVTYPE=BND;MATEID=a;CSQ=intron_variant|FLI1|ENST2|\n"
        "4\t54727447\t.\tT\tA\t.\tPASS\tCSQ=missense_variant|KIT|ENST00000288135|ENSP1:p.Val559Asp\n"
    )
    result = _read(VCF.format(meta=meta, columns="") + rows, genes=DRIVERS)
    (found,) = result.junctions
    assert {found.five_prime.gene, found.three_prime.gene} == {"EWSR1", "FLI1"}
    assert [(c.gene, c.protein_change, c.standing) for c in result.changes] == [("KIT", "p.V559D", "accepted")]
    assert set(result.tells) == {"dna_fusions", "mutations"}


def test_text_that_names_an_ntrk_gene_with_nothing_read_is_no_clean_none() -> None:
    text = "#FusionName\tJunctionReadCount\tLeftBreakpoint\tRightBreakpoint\tnotes\nA--B\t9\t2:5:+\t3:5:+\tNTRK3 too\n"
    assert _read(text).status != "read"
    assert _read(text, genes=["ALK"]).status == "read"


@pytest.mark.parametrize("name", ["sc1", "NC_060936.1", "NC_000012.5", "CP068266.2"])
def test_a_vcf_of_which_no_contig_is_known_is_not_evaluable_whatever_its_positions(name: str) -> None:
    result = _vcf("", row=f"{name}\t100\ta\tN\tN]{name}:900]\t.\tPASS\tSVTYPE=BND\n")
    assert (result.status, result.junctions) == ("not_evaluable", ())


def test_contigs_that_hold_no_ntrk_gene_are_no_problem() -> None:
    names = ("chrUn_KI270742v1", "GL000220.1", "chr1_KI270706v1_random", "HLA-A*01:01:01:01", "hs37d5", "chrEBV", "MT")
    rows = "".join(f"{name}\t100\ta{at}\tN\t<DEL>\t.\tPASS\tSVTYPE=DEL;END=300\n" for at, name in enumerate(names))
    assert _vcf("", row=rows).status == "read"


@pytest.mark.parametrize(
    "text",
    [
        "gene,protein_change\nNTRK1,G595R\n",
        "Hugo_Symbol\tTumor_Sample_Barcode\tProtein_Change\nNTRK1\tS1\tp.Gly595Arg\n",
        "Gene;AAChange;VAF\nKIT;p.V559D;0,2\nNTRK1;p.G595R;0,3\n",
    ],
)
def test_a_plain_table_of_genes_and_changes_is_read(text: str) -> None:
    result = _read(text)
    assert [(c.gene, c.protein_change) for c in result.changes] == [("NTRK1", "p.G595R")]
    assert result.status == "read"


def test_vep_without_hgvs_gives_the_change_by_residues_and_position() -> None:
    fields = "Consequence|SYMBOL|Feature|Protein_position|Amino_acids"
    meta = f'##INFO=<ID=CSQ,Number=.,Type=String,Description="x. Format: {fields}">\n'
    result = _vcf(meta, row="1\t156876550\t.\tG\tA\t9\tPASS\tCSQ=missense_variant|NTRK1|ENST1|595/796|G/R\n")
    assert [c.protein_change for c in result.changes] == ["p.G595R"]


def test_a_vcf_that_names_no_genes_says_that_it_cannot_tell_other_fusions() -> None:
    row = "chr12\t11869969\ta\tN\tN]chr15:87940753]\t.\tPASS\tSVTYPE=BND\n"
    text = VCF.format(meta="", columns="") + row
    assert any("names no genes" in sentence for sentence in _read(text, genes=DRIVERS).not_told)
    assert not any("names no genes" in sentence for sentence in _read(text).not_told)


def test_an_imbalance_assay_of_a_panel_is_noted_and_is_no_junction() -> None:
    row = "chr1\t156844363\tNTRK1_5p3p\tA\t.\t.\tPASS\tSVTYPE=5p3pAssays;GENE_NAME=NTRK1;READ_COUNT=100\n"
    result = _vcf("", row=row)
    assert (result.status, result.junctions) == ("read", ())
    assert any("assay" in note for note in result.notes)


def test_a_foundation_report_made_json_reads_as_the_xml() -> None:
    text = (
        '{"rr:ResultsReport": {"variant-report": {"short-variants": {"short-variant": [{"@gene": "NTRK1", '
        '"@protein-effect": "G595R"}]}, "copy-number-alterations": {"copy-number-alteration": {"@gene": "NTRK2", '
        '"@type": "amplification", "@copy-number": "12"}}}}}'
    )
    result = _read(text)
    assert [(c.gene, c.protein_change) for c in result.changes] == [("NTRK1", "p.G595R")]
    assert [(c.gene, c.call, c.copies) for c in result.copy_numbers] == [("NTRK2", "amplification", 12.0)]
