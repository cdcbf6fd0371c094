"""Names of genes and of fusions as laboratories write them: read where clear, else unknown with the nearest."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.guidance import load
from ntrkpath.vocabulary import genes
from ntrkpath.vocabulary.fusion_text import read_fusion
from ntrkpath.vocabulary.genes import read_gene, read_genes

CLEAR = {
    "NTRK3-201": "NTRK3", "NTRK 3": "NTRK3", "NTRK-3": "NTRK3", "ntrk3": "NTRK3", "NTRK\u200b3": "NTRK3",
    " NTRK3\u00a0": "NTRK3", "TRKC": "NTRK3", "TrkA": "NTRK1", "NM_002530": "NTRK3", "NM_002530.4": "NTRK3",
    "ENST00000360948": "NTRK3", "ENSG00000198400": "NTRK1", "TEL": "ETV6", "INI1": "SMARCB1", "C-KIT": "KIT",
    "HER2": "ERBB2", "SYT": "SS18", "FKHR": "FOXO1", "c15orf65": "C15orf65", "SDH": "SDH", "any": "any",
}  # fmt: skip
NOT_ANNOTATED = ("IGH@", "RP11-679B19.2", "AC012345.1", "LOC100505", "C15orf999", "LINC00511", "NTRK3-AS1", "MALAT1",
                 "ENSG00000999999")  # fmt: skip


@pytest.mark.parametrize("name", CLEAR)
def test_a_clear_name_is_read_as_its_approved_symbol(name: str) -> None:
    assert read_gene(name).symbol == CLEAR[name]


@pytest.mark.parametrize("name", NOT_ANNOTATED)
def test_a_name_by_its_form_is_kept_and_said(name: str) -> None:
    gene = read_gene(name)
    assert (gene.symbol, gene.how) == (name, "form")
    assert gene.note


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [("NTKR1", "NTRK1"), ("TMP3", "TPM3"), ("EVT6", "ETV6"), ("NTRK33", "NTRK3"), ("NRTK2", "NTRK2"),
     ("NTR3K", "NTRK3"), ("LMNAA", "LMNA"), ("NTRK", "NTRK1"), ("NTRK4", "NTRK1"), ("NRK1", "NTRK1")],
)  # fmt: skip
def test_a_mistyped_gene_is_unknown_and_the_nearest_is_named(mistyped: str, meant: str) -> None:
    gene = read_gene(mistyped)
    assert (gene.known, gene.symbol) == (False, None)
    assert meant in gene.nearest


def _a_letter_wrong(symbol: str) -> set[str]:
    letters = string.ascii_uppercase + string.digits
    added = {symbol[:at] + letter + symbol[at:] for at in range(len(symbol) + 1) for letter in letters}
    put = {symbol[:at] + letter + symbol[at + 1 :] for at in range(len(symbol)) for letter in letters}
    left_out = {symbol[:at] + symbol[at + 1 :] for at in range(len(symbol))}
    exchanged = {symbol[:at] + symbol[at : at + 2][::-1] + symbol[at + 2 :] for at in range(len(symbol) - 1)}
    return added | put | left_out | exchanged


@pytest.mark.parametrize("symbol", ["NTRK1", "NTRK2", "NTRK3"])
def test_an_ntrk_symbol_with_any_letter_wrong_is_unknown_unless_it_is_an_approved_symbol(symbol: str) -> None:
    for wrong in _a_letter_wrong(symbol):
        gene = read_gene(wrong)
        assert not gene.known or gene.how == "approved" or gene.symbol in ("NTRK1", "NTRK2", "NTRK3")


@given(st.sampled_from(["NTRK1", "ETV6", "TPM3", "HLA-A", "NKX2-1", "C15orf48"]), st.data())
def test_case_space_and_unseen_characters_do_not_matter(symbol: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(symbol)))
    unseen = data.draw(st.sampled_from(["", "\u200b", "\ufeff", "\u00ad", "\u200e"]))
    written = symbol[:at] + unseen + symbol[at:]
    written = data.draw(st.sampled_from([written, written.lower(), f" {written} ", written.title()]))
    assert read_gene(written).symbol == symbol


def test_every_approved_symbol_reads_as_itself_and_every_alias_as_a_symbol_or_a_doubt() -> None:
    symbols = genes.approved_symbols()
    assert len(symbols) > 20_000
    for symbol in symbols[::7]:
        assert read_gene(symbol).symbol == symbol
    for alias in genes.aliases()[::29]:
        gene = read_gene(alias)
        assert gene.known or gene.owners or alias.startswith("ENST")


def test_the_genes_of_the_guidance_read_as_themselves_or_as_one_that_stands_beside_them() -> None:
    for histology in load().vocabulary:
        for marker in histology.markers:
            for gene in marker.genes:
                assert read_gene(gene).symbol in marker.genes
    for pair in load().data["partners"]["partners"]:
        assert read_gene(pair["five_prime"]).symbol == pair["five_prime"]


@pytest.mark.parametrize("text", ["NTRK1-3", "NTRK1/2/3", "NTRK1, 2 and 3", "NTRK1, NTRK2, NTRK3", "NTRK 1/2/3"])
def test_several_genes_in_one_word_are_each_read(text: str) -> None:
    assert [gene.symbol for gene in read_genes(text)] == ["NTRK1", "NTRK2", "NTRK3"]


# --- fusions as one text ---------------------------------------------------------------------------------------------

FUSIONS = {
    "TPM3::NTRK1": ("TPM3", None, "NTRK1", None), "ETV6-NTRK3": ("ETV6", None, "NTRK3", None),
    "ETV6/NTRK3": ("ETV6", None, "NTRK3", None), "etv6--ntrk3": ("ETV6", None, "NTRK3", None),
    "ETV6 \u2013 NTRK3": ("ETV6", None, "NTRK3", None), "ETV6\u2192NTRK3": ("ETV6", None, "NTRK3", None),
    "ETV6_NTRK3": ("ETV6", None, "NTRK3", None), "ETV6 NTRK3": ("ETV6", None, "NTRK3", None),
    "TPM3-NTRK1 gene fusion": ("TPM3", None, "NTRK1", None), "fusion of ETV6 and NTRK3": ("ETV6", None, "NTRK3", None),
    "TPM3 e8::NTRK1 e10": ("TPM3", 8, "NTRK1", 10), "TPM3(8)-NTRK1(10)": ("TPM3", 8, "NTRK1", 10),
    "ETV6 exon 5 - NTRK3 exon 15": ("ETV6", 5, "NTRK3", 15), "ETV6ex5-NTRK3ex15": ("ETV6", 5, "NTRK3", 15),
    "ETV6 (ex 5) / NTRK3 (ex 15)": ("ETV6", 5, "NTRK3", 15), "ETV6-NTRK3 (E5;N15)": ("ETV6", 5, "NTRK3", 15),
    "ETV6-NTRK3 exon 5-exon 15": ("ETV6", 5, "NTRK3", 15),
    "exon 5 of ETV6 - exon 15 of NTRK3": ("ETV6", 5, "NTRK3", 15),
    "NM_001987.5(ETV6):e.5::NM_001012338.3(NTRK3):e.15": ("ETV6", 5, "NTRK3", 15),
    "NM_001987.5:r.-21_1009::NM_001012338.3:r.1600_*200": ("ETV6", None, "NTRK3", None),
    "ETV6{NM_001987.4}:r.1_737_NTRK3{ENST00000360948}:r.1000_2000": ("ETV6", None, "NTRK3", None),
    "ETV6::NTRK3-201": ("ETV6", None, "NTRK3", None), "ETV6::NTRK3:14": ("ETV6", None, "NTRK3", 14),
    "ETV6::NTRK3 exon14": ("ETV6", None, "NTRK3", 14), "ETV6-NTRK 3": ("ETV6", None, "NTRK3", None),
    "ETV6::NM_002530": ("ETV6", None, "NTRK3", None), "HLA-A-NTRK1": ("HLA-A", None, "NTRK1", None),
    "NKX2-1-NTRK1": ("NKX2-1", None, "NTRK1", None), "RP11-679B19.2-NTRK3": ("RP11-679B19.2", None, "NTRK3", None),
    "?::NTRK3": (None, None, "NTRK3", None), "NTRK3 fusion": (None, None, "NTRK3", None),
    "ETV6-NTRK3 t(12;15)(p13;q25)": ("ETV6", None, "NTRK3", None), "TEL-TRKC": ("ETV6", None, "NTRK3", None),
}  # fmt: skip


@pytest.mark.parametrize("text", FUSIONS)
def test_a_fusion_in_one_text_is_read(text: str) -> None:
    found = read_fusion(text)
    assert found.problem is None
    five, three = found.five_prime, found.three_prime
    assert five is not None
    assert three is not None
    assert (five.gene.symbol, five.exon, three.gene.symbol, three.exon) == FUSIONS[text]


@pytest.mark.parametrize("text", ["NM_001987.5(ETV6):e.5+3::NM_001012338.3(NTRK3):e.15", "TEL-TRKC", "NTRK3 fusion"])
def test_what_is_read_otherwise_than_written_is_said(text: str) -> None:
    assert read_fusion(text).notes


@pytest.mark.parametrize(
    ("text", "near"),
    [("TPM3::NTKR1", "NTRK1"), ("TMP3::NTRK1", "TPM3"), ("TMP3-NTRK1", "TPM3"), ("TPM3-NTKR1", "NTRK1"),
     ("ETV6-NTRK", "NTRK3"), ("EVT6 ex5 - NTRK3 ex15", "ETV6"), ("ETV6(5)-NTKR3(15)", "NTRK3")],
)  # fmt: skip
def test_a_mistyped_side_is_a_problem_with_the_nearest(text: str, near: str) -> None:
    found = read_fusion(text)
    assert found.problem
    assert near in found.nearest


@pytest.mark.parametrize("text", ["", "foo", "foo-bar", "ETV6::NTRK3::QQQ", "t(12;15)(p13;q25)", "?::?", "positive"])
def test_what_is_no_fusion_is_a_problem(text: str) -> None:
    assert read_fusion(text).problem


@given(st.text(max_size=40))
def test_any_text_is_read_or_a_problem(text: str) -> None:
    found = read_fusion(text)
    assert found.problem or (found.five_prime and found.three_prime)


SIDES = st.sampled_from(["ETV6", "TPM3", "LMNA", "EML4", "SQSTM1", "MYO5A"])
RECEPTORS = st.sampled_from(["NTRK1", "NTRK2", "NTRK3"])
LINKS = st.sampled_from(["::", "-", "--", "/", " - ", "_", " \u2013 ", ":", " ", " and "])


@given(SIDES, RECEPTORS, LINKS, st.booleans(), st.sampled_from([str.upper, str.lower, str.title]))
def test_any_separator_any_case_and_either_order_is_read(
    partner: str, receptor: str, link: str, reverse: bool, case: object
) -> None:
    pair = (receptor, partner) if reverse else (partner, receptor)
    assert read_fusion(case(link.join(pair))).name == "::".join(pair)  # type: ignore[operator]
