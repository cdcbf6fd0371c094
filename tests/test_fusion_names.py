"""Literature exon names, VICC JSON, and mutations whose codon numbers differ by isoform."""

from __future__ import annotations

import pytest

from ntrkpath.fusion import Transcripts, assayed_fusion, assess, resolve_exon_name
from ntrkpath.fusion.decision import knowledge
from ntrkpath.fusion.domains import association_domains
from ntrkpath.fusion.literature import parse_exon_name
from ntrkpath.model.errors import AnnotationError
from ntrkpath.model.fusion import Breakpoint, Junction, Source, Support
from ntrkpath.variants import read_mutation
from ntrkpath.vocabulary.fusion_text import read_fusion


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ETV6 e5 - NTRK3 e15", ("ETV6", 5, "NTRK3", 15)),
        ("TPM3(ex7)-NTRK1(ex10)", ("TPM3", 7, "NTRK1", 10)),
        ("LMNA exon 2 :: NTRK1 exon 11", ("LMNA", 2, "NTRK1", 11)),
        ("EML4:e2--NTRK3:e14", ("EML4", 2, "NTRK3", 14)),
        ("ETV6 exons 1-5 / NTRK3 exon 15", ("ETV6", 5, "NTRK3", 15)),
    ],
)
def test_literature_name_is_parsed(text: str, expected: tuple[str, int, str, int]) -> None:
    assert parse_exon_name(text) == expected


def test_name_without_exons_is_an_error() -> None:
    with pytest.raises(AnnotationError, match="exon numbers"):
        parse_exon_name("ETV6::NTRK3")


@pytest.mark.parametrize(
    ("text", "five", "three"),
    [
        ("ETV6 e5 - NTRK3 e15", "ENST00000396373.8", "NM_001012338"),
        ("TPM3 e7 - NTRK1 e10", "NM_153649", "NM_002529"),
        ("AFAP1 e13 - NTRK2 e12", "NM_198595", "NM_006180"),
        ("QKI e6 - NTRK2 e16", "NM_006775", "NM_006180"),
        ("LMNA e2 - NTRK1 e11", "ENST00000368300.9", "ENST00000524377.5"),
        ("EML4 e2 - NTRK3 e14", "ENST00000318522.10", "NM_002530"),
    ],
)
def test_the_numbering_that_fits_comes_first_and_is_said(text: str, five: str, three: str) -> None:
    fits = [f for f in resolve_exon_name(text) if f.fits]
    assert any(five in f.five_prime_transcripts and three in f.three_prime_transcripts for f in fits)


def test_unknown_gene_missing_exon_and_foreign_kinase_are_errors() -> None:
    for text, problem in (
        ("NOGENE1 e5 - NTRK3 e15", "not in the annotation"),
        ("ETV6 e99 - NTRK3 e15", "no transcript of ETV6"),
        ("EML4 e13 - ALK e20", "not an NTRK gene"),
    ):
        with pytest.raises(AnnotationError, match=problem):
            resolve_exon_name(text)


def test_vicc_assayed_fusion_has_both_segments_the_frame_and_the_domain() -> None:
    five = Breakpoint(gene="ETV6", chromosome="12", position=11869969)
    three = Breakpoint(gene="NTRK3", chromosome="15", position=87940753)
    junction = Junction(
        "arriba", five, three, Source("f"), assembly="GRCh38", support=Support(split_reads=7, spanning_pairs=3)
    )
    fusion = assayed_fusion(assess([junction])[0])
    first, second = fusion["structure"]
    assert (first["transcript"], first["exonEnd"], first["exonEndOffset"]) == ("refseq:NM_001987.5", 5, 0)
    assert (second["transcript"], second["exonStart"]) == ("ensembl:ENST00000629765.2", 13)
    assert second["elementGenomicStart"]["sequenceReference"]["id"] == "refseq:NC_000015.10"
    assert fusion["readingFramePreserved"] is True
    assert fusion["criticalFunctionalDomains"][0]["status"] == "preserved"
    assert fusion["readData"]["split"]["splitReads"] == 7


def test_vicc_unknown_partner_is_an_unknown_gene_element() -> None:
    junction = Junction("fish", Breakpoint(), Breakpoint(gene="NTRK3"), Source("f"), level="dna")
    fusion = assayed_fusion(assess([junction])[0])
    assert [e["type"] for e in fusion["structure"]] == ["UnknownGeneElement", "GeneElement"]
    assert "readingFramePreserved" not in fusion


@pytest.mark.parametrize(
    ("gene", "change", "transcript", "expected"),
    [
        ("NTRK1", "p.G595R", None, ("G595R", "solvent_front")),
        ("NTRK1", "G589R", None, ("G595R", "solvent_front")),
        ("NTRK1", "F589L", None, ("F589L", "gatekeeper")),
        ("NTRK1", "G589R", "NM_001012331.2", ("G595R", "solvent_front")),
        ("TRKC", "G623R", None, ("G623R", "solvent_front")),
        ("NTRK2", "G623R", None, ("G639R", "solvent_front")),
        ("NTRK1", "A12V", None, ("A12V", None)),
    ],
)
def test_codon_is_read_in_the_isoform_whose_residue_it_names(
    gene: str, change: str, transcript: str | None, expected: tuple[str, str | None]
) -> None:
    reading = read_mutation(gene, change, transcript)
    assert (reading.change, reading.resistance) == expected
    assert reading.predicts == ("resistance" if expected[1] else "nothing")


def test_mutation_of_another_gene_or_form_is_an_error() -> None:
    with pytest.raises(AnnotationError, match="not an NTRK gene"):
        read_mutation("ALK", "G1202R")
    with pytest.raises(AnnotationError, match="another form"):
        read_mutation("NTRK1", "c.1783G>A")


def test_association_domains_carry_a_source_and_are_kept_in_part() -> None:
    (pointed,) = association_domains("ETV6")
    assert pointed.kind == "SAM/PNT"
    assert pointed.source
    assert pointed.kept(1009) == 1.0
    assert pointed.kept(33) == 0.0
    assert association_domains("NOGENE1") == []


@pytest.mark.parametrize("assembly", ["GRCh38", "GRCh37"])
def test_association_domains_lie_on_the_isoforms_of_their_gene(assembly: str) -> None:
    annotation = Transcripts.open().on(assembly)  # type: ignore[arg-type]
    for symbol in sorted({entry["gene"] for entry in knowledge("domains")["association"]}):
        gene = annotation.named(symbol)[0]
        for domain in association_domains(symbol):
            assert domain.source
            limits = (domain.start, domain.end, domain.transcript, domain.protein_length)
            assert limits == (None,) * 4 or None not in limits
            own = domain.on(gene)
            if domain.start is None or domain.end is None:
                assert not own
                continue
            held = own[gene.canonical.accession]
            assert (held.start, held.end, held.completeness) == (3 * (domain.start - 1), 3 * domain.end, 1.0)
            assert held.kept(held.end, "five_prime") == 1.0
            assert held.kept(held.start, "five_prime") == 0.0


def test_association_domain_is_mapped_to_a_shorter_isoform() -> None:
    gene = Transcripts.open().on("GRCh38").named("SQSTM1")[0]
    (pb1,) = association_domains("SQSTM1")
    assert 0 < pb1.on(gene)["NM_001142298"].completeness < 0.5


@pytest.mark.parametrize("word", ["no", "not", "None", "without", "absent", "negative", "undetected", "nicht", "kein",
                                  "keine", "ohne", "pas", "sans", "négatif", "sin", "senza", "negativo"])  # fmt: skip
@pytest.mark.parametrize("fusion", ["ETV6::NTRK3", "ETV6-NTRK3 fusion", "NTRK1", "TPM3 NTRK1", "ETV6::NTRK3 in frame"])
def test_a_text_that_denies_is_no_fusion(word: str, fusion: str) -> None:
    for text in (f"{word} {fusion}", f"{fusion} {word}", f"{fusion}: {word} detected", f"{fusion} ({word})"):
        assert read_fusion(text).problem, text


def test_a_word_of_a_language_is_no_partner() -> None:
    for text in ("NTRK1 was found", "NTRK3 met", "the NTRK1", "rest NTRK1", "NTRK1 large", "NTRK2 set"):
        assert read_fusion(text).problem, text
    assert read_fusion("etv6 ntrk3").name == "ETV6::NTRK3"
    assert read_fusion("lmna-ntrk1").name == "LMNA::NTRK1"
    assert read_fusion("ETV6::NTRK3, not in frame").frame == "out_of_frame"


def test_a_text_too_long_for_a_name_is_refused_before_every_cut_of_it_is_tried():
    found = read_fusion("e8 " * 1200)
    assert "longer" in found.problem
    assert found.five_prime is None
    assert read_fusion(f"ETV6::{'ACGT' * 60}::NTRK3").problem == read_fusion(f"ETV6::{'ACGT' * 50}::NTRK3").problem
