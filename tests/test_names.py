"""Diagnoses as people write them: four languages, abbreviations, spellings, and names that state an alteration."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.cases import case_from
from ntrkpath.guidance import load
from ntrkpath.model.errors import CaseError
from ntrkpath.pathway import Pathway
from ntrkpath.vocabulary.names import word_list
from ntrkpath.vocabulary.translation import in_english

SHARED = Path(__file__).parents[2] / "shared" / "data" / "cases" / "names.yaml"
VOCABULARY = load().vocabulary
PATHWAY = Pathway(load(), dt.date(2026, 11, 1))


def carries(name: str) -> set[tuple[str, str, str]]:
    return {(one.gene, one.kind, one.status) for one in VOCABULARY.resolve(name).carries}


def answer(**keys: Any) -> Any:
    return PATHWAY.recommend(case_from({"disease": {"extent": "metastatic"}, **keys}))


OTHER_LANGUAGES = {
    "Angiosarkom": "ANGS", "alveoläres Rhabdomyosarkom": "ARMS", "alveolaeres Rhabdomyosarkom": "ARMS",
    "sarcoma alveolare delle parti molli": "ASPS", "sarcome à cellules claires": "CCS", "chondrosarcome": "CHS",
    "liposarcome dédifférencié": "DDLS", "Liposarkom, dedifferenziert": "DDLS", "tumeur desmoïde": "DES",
    "tumor desmoplásico de células redondas pequeñas": "DSRCT", "fibrosarcome infantile": "IFS",
    "kongenitales Fibrosarkom": "IFS", "tumore miofibroblastico infiammatorio": "IMT", "leiomiosarcoma": "LMS",
    "maligner peripherer Nervenscheidentumor": "MPNST", "sarcoma pleomorfo indifferenziato": "MFH",
    "tumor fibroso solitario": "SFT", "Synovialsarkom": "SYNS", "gut differenziertes Liposarkom": "WDLS",
    "niedriggradiges fibromyxoides Sarkom": "LGFMS", "hochgradiges endometriales Stromasarkom": "HGESS",
    "Spindelzellsarkom": "spindle_cell_sarcoma_nos", "Weichteilsarkom": "SARCNOS", "sarcome d'Ewing": "ES",
}  # fmt: skip
ABBREVIATED = {
    "UPS": "MFH", "LMS": "LMS", "IFS": "IFS", "DDLPS": "DDLS", "WDLPS": "WDLS", "EIMS": "IMT", "EHE": "EHAE",
    "spindle cell RMS": "SCRMS", "Ewing": "ES", "uLMS": "ULMS", "embryonal RMS": "ERMS",
    "inflammatory myofibroblastic tumor (IMT)": "IMT", "SDH def GIST": "GIST",
}  # fmt: skip
KIT, PDGFRA = ("KIT", "mutation", "absent"), ("PDGFRA", "mutation", "absent")
QUADRUPLE = {
    KIT,
    PDGFRA,
    ("SDH", "deficiency", "absent"),
    ("NF1", "mutation", "absent"),
    ("BRAF", "mutation", "absent"),
}
STATING = {
    "SDH-deficient GIST": {("SDH", "deficiency", "present")},
    "SDHB-deficient GIST": {("SDH", "deficiency", "present")},
    "SDH-defizienter GIST": {("SDH", "deficiency", "present")},
    "GIST SDH-déficient": {("SDH", "deficiency", "present")},
    "GIST con deficiencia de SDH": {("SDH", "deficiency", "present")},
    "KIT-mutant GIST": {("KIT", "mutation", "present")},
    "GIST KIT-mutiert": {("KIT", "mutation", "present")},
    "PDGFRA D842V GIST": {("PDGFRA", "mutation", "present")},
    "KIT exon 11 mutant GIST": {("KIT", "mutation", "present")},
    "NF1-associated GIST": {("NF1", "mutation", "present")},
    "wild-type GIST": {KIT, PDGFRA},
    "Wildtyp-GIST": {KIT, PDGFRA},
    "GIST, KIT and PDGFRA wild type": {KIT, PDGFRA},
    "quadruple wild-type GIST": QUADRUPLE,
    "quadruple-negative GIST": QUADRUPLE,
    "ALK-negative IMT": {("ALK", "fusion", "absent")},
    "ALK+ IMT": {("ALK", "fusion", "present")},
    "ALK- IMT": {("ALK", "fusion", "absent")},
    "tumeur myofibroblastique inflammatoire ALK négative": {("ALK", "fusion", "absent")},
    "ALK- and ROS1-negative IMT": {("ALK", "fusion", "absent"), ("ROS1", "fusion", "absent")},
    "CIC-rearranged sarcoma": {("CIC", "fusion", "present")},
    "CIC::DUX4 sarcoma": {("CIC", "fusion", "present")},
    "Sarkom mit CIC-Rearrangement": {("CIC", "fusion", "present")},
    "BCOR-rearranged sarcoma": {("BCOR", "fusion", "present")},
    "round cell sarcoma with EWSR1-non-ETS fusions": {("EWSR1", "fusion", "present")},
    "MDM2-amplified liposarcoma": {("MDM2", "amplification", "present")},
    "FOXO1-rearranged alveolar rhabdomyosarcoma": {("FOXO1", "fusion", "present")},
    "fusion-negative ARMS": {("FOXO1", "fusion", "absent")},
    "alveolar rhabdomyosarcoma without FOXO1 fusion": {("FOXO1", "fusion", "absent")},
    "INI1-deficient epithelioid sarcoma": {("SMARCB1", "deficiency", "present")},
    "SS18-SSX-positive synovial sarcoma": {("SS18", "fusion", "present")},
}


@pytest.mark.parametrize("name", [*OTHER_LANGUAGES, *ABBREVIATED])
def test_a_name_in_another_language_or_short_is_read(name: str) -> None:
    found = VOCABULARY.resolve(name)
    assert found.histology is not None
    assert (found.histology.id, found.how == "fuzzy") == ({**OTHER_LANGUAGES, **ABBREVIATED}[name], False)


@pytest.mark.parametrize("name", STATING)
def test_a_name_that_states_an_alteration_carries_it(name: str) -> None:
    assert carries(name) == STATING[name]
    for gene, kind, status in STATING[name]:
        assert f"the name states: {gene} {kind} {status}" in VOCABULARY.resolve(name).notes


@pytest.mark.parametrize("name", STATING)
def test_every_carried_alteration_is_of_a_marker_of_its_histology(name: str) -> None:
    histology = VOCABULARY.resolve(name).histology
    assert histology is not None
    of_markers = {(g, k) for m in histology.markers for g in (*m.genes, *m.absent_by) for k in m.kinds}
    decisive = word_list("alterations")["decisive"].get(histology.group, {})
    assert {(gene, kind) for gene, kind, _ in carries(name)} <= of_markers | set(decisive.items())


@given(
    st.sampled_from([*OTHER_LANGUAGES, *STATING]), st.sampled_from([str.upper, str.casefold, str.title]), st.booleans()
)
def test_upper_and_lower_case_and_spaces_do_not_matter(name: str, case: Any, spaced: bool) -> None:
    written = case(f"  {name}  " if spaced else name)
    if "- IMT" in written.upper() or "ß" in written:
        return
    first, again = VOCABULARY.resolve(name), VOCABULARY.resolve(written)
    assert (first.histology, set(first.carries)) == (again.histology, set(again.carries))


@pytest.mark.parametrize("name", ["STAT6-positive solitary fibrous tumor", "KIT negative GIST"])
def test_positive_beside_one_gene_may_be_a_stain_and_is_said(name: str) -> None:
    found = VOCABULARY.resolve(name)
    assert found.histology
    assert not found.carries
    assert any("a stain or a test" in note for note in found.notes)


@pytest.mark.parametrize("name", ["not a GIST", "TP53-mutant leiomyosarcoma", "CD34-positive fibrosarcoma"])
def test_what_is_not_understood_of_a_name_is_never_left_out_in_silence(name: str) -> None:
    found = VOCABULARY.resolve(name)
    assert found.histology is None or found.how == "fuzzy"


@pytest.mark.parametrize(
    "name", ["NTRK1-rearranged spindle cell sarcoma", "ETV6-NTRK3 positive infantile fibrosarcoma"]
)
def test_a_name_that_states_ntrk_is_no_test(name: str) -> None:
    found = VOCABULARY.resolve(name)
    assert found.histology
    assert not found.carries
    assert any("is no test" in note for note in found.notes)
    assert not any("trk_inhibitor" in one.action for one in answer(diagnosis={"histology": name}).actions)


@pytest.mark.parametrize("name", ["SS", "AS"])
def test_an_abbreviation_of_several_diagnoses_is_asked_about(name: str) -> None:
    with pytest.raises(CaseError, match="abbreviation of several") as caught:
        answer(diagnosis={"histology": name})
    assert " or " in caught.value.allowed


def test_a_code_that_is_also_an_abbreviation_says_so() -> None:
    assert any("Epithelioid Sarcoma" in note for note in VOCABULARY.resolve("ES").notes)


def test_every_meaning_of_an_abbreviation_is_a_name_of_the_vocabulary() -> None:
    names = {entry.name for entry in VOCABULARY}
    for meanings in word_list("abbreviations").values():
        assert set(meanings) <= names


def test_no_pattern_of_a_language_changes_an_english_name_into_another_entity() -> None:
    for entry in VOCABULARY:
        for name in (entry.name, *entry.synonyms):
            for english in in_english(name):
                other = VOCABULARY.resolve(english)
                assert other.how == "fuzzy" or other.histology is None or other.histology.meaning == entry.meaning, name


def test_the_alteration_of_a_name_decides_the_tier_and_stands_in_the_findings() -> None:
    found = answer(diagnosis={"histology": "SDH-deficient GIST"})
    assert found.tier == "+"
    assert any("SDH deficiency present" in one.read_as for one in found.findings)
    assert answer(diagnosis={"histology": "quadruple wild-type GIST"}).tier == "++"
    assert answer(diagnosis={"histology": "ALK- and ROS1-negative IMT"}).tier == "+++"


def test_an_alteration_that_contradicts_the_name_is_an_error() -> None:
    stated = [{"gene": "KIT", "kind": "mutation", "status": "absent"}]
    with pytest.raises(CaseError) as caught:
        answer(diagnosis={"histology": "KIT-mutant GIST"}, alterations=stated)
    assert caught.value.where == "alterations[0].status"
    assert answer(diagnosis={"histology": "KIT wild-type GIST"}, alterations=stated).tier == "undetermined"


def test_what_was_written_stands_in_the_findings() -> None:
    found = answer(diagnosis={"histology": "IFS"}, patient={"age": "10 Monate"},
                   tests=[{"method": "RNA-seq", "result": "pos", "fusions": ["TEL-TRKC"]}])  # fmt: skip
    written = {one.where: one.stated for one in found.findings}
    assert written["patient.age"] == "10 Monate"
    assert written["tests[0].fusions[0]"] == "TEL-TRKC"
    assert any("pos" in one.stated for one in found.findings)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared list of names is not beside this repository")
def test_the_shared_names_are_read_with_what_they_carry_and_their_tier() -> None:
    for row in yaml.safe_load(SHARED.read_text(encoding="utf-8")):
        found = VOCABULARY.resolve(row["name"])
        assert found.histology is not None, row["name"]
        assert found.histology.id in ([row["is"]] if isinstance(row["is"], str) else row["is"]), row["name"]
        assert found.how != "fuzzy"
        assert carries(row["name"]) == {(c["gene"], c["kind"], c["status"]) for c in row.get("carries", ())}
        if "tier" in row:
            assert answer(diagnosis={"histology": row["name"]}).tier == row["tier"], row["name"]
