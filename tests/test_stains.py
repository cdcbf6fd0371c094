"""Markers of an immunoprofile: by any of their names, and what a stain shows of the tumour's alterations."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ntrkpath.guidance import load
from ntrkpath.model.errors import CaseError
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.pathway import Pathway, case_from
from ntrkpath.vocabulary.names import word_list
from ntrkpath.vocabulary.stains import deficiencies, marker_name, read_profile

PATHWAY = Pathway(load(), dt.date(2026, 6, 1))


def answer(histology: str, profile: dict[str, str], **more: Any) -> Recommendation:
    case = {"diagnosis": {"histology": histology, "immunoprofile": profile}, "disease": {"extent": "metastatic"}}
    return PATHWAY.recommend(case_from({**case, **more}))


@pytest.mark.parametrize(
    ("written", "name"),
    [(word, name) for name, words in word_list("stains")["names"].items() for word in (name, *words)]
    + [("S-100", "S100"), ("cd 34", "CD34"), ("Sox-10", "SOX10"), ("SMARCB1/INI1", "SMARCB1")],
)  # fmt: skip
def test_a_marker_has_one_name_whatever_is_written(written: str, name: str) -> None:
    assert marker_name(written) == marker_name(written.lower()) == marker_name(written.replace(" ", "-")) == name


def test_a_marker_stated_twice_with_two_results_is_not_known() -> None:
    assert read_profile({"S100": "positive", "S-100": "negative"}) == {"S100": "unknown"}
    assert read_profile({"S100": "unknown", "S-100": "positive"}) == {"S100": "positive"}


@pytest.mark.parametrize("entry", word_list("stains")["loss"], ids=lambda entry: entry["marker"])
def test_a_lost_protein_is_a_deficiency_a_retained_one_none_and_an_unknown_one_nothing(entry: dict[str, str]) -> None:
    marker, gene = entry["marker"], entry["gene"]
    assert deficiencies({marker: "negative"}) == {marker: (gene, "present")}
    assert deficiencies({marker: "positive"}) == {marker: (gene, "absent")}
    assert deficiencies({marker: "unknown"}) == {}


def test_sdhb_retained_leaves_the_other_drivers_open() -> None:
    told = answer("GIST", {"SDHB": "retained"})
    assert told.tier == "undetermined"
    assert "SDH" not in told.answer.next and "KIT mutation" in told.answer.next


@pytest.mark.parametrize("result", ["positive", "negative", "unknown"])
@pytest.mark.parametrize("histology", [h for h in load().vocabulary if h.defining_marker], ids=lambda h: h.id)
def test_only_a_positive_defining_stain_settles_the_work_up(histology: Any, result: str) -> None:
    told = answer(histology.id, {histology.defining_marker: result})
    assert (told.tier == "+") == (result == "positive")
    assert ("First the test" in told.answer.next) == (result == "unknown")


def test_a_stain_that_contradicts_the_name_is_an_error() -> None:
    with pytest.raises(CaseError, match="contradicts the name"):
        answer("SDH-deficient GIST", {"SDHB": "retained"})


def test_an_alteration_of_a_family_that_contradicts_the_name_is_an_error() -> None:
    with pytest.raises(CaseError, match="contradicts the name"):
        answer("SDH-deficient GIST", {}, alterations=[{"gene": "SDHB", "kind": "deficiency", "status": "absent"}])


def test_an_alteration_stated_both_ways_is_an_error_unless_its_detail_differs() -> None:
    kit = {"gene": "KIT", "kind": "mutation"}
    both = [{**kit, "status": "absent"}, {**kit, "status": "present"}]
    with pytest.raises(CaseError, match="present and absent"):
        answer("GIST", {}, alterations=both)
    apart = [{**both[0], "detail": "exon 11"}, {**both[1], "detail": "exon 9"}]
    assert answer("GIST", {}, alterations=apart).tier == "+"


@pytest.mark.parametrize(
    "site", ["Gehirn", "lobe frontal gauche", "médula espinal", "cervelletto", "Thalamus", "Großhirn"]
)
def test_a_site_in_the_central_nervous_system_is_read_in_five_languages(site: str) -> None:
    case = case_from({"diagnosis": {"histology": "sarcoma NOS", "site": site}})
    assert PATHWAY.recommend(case).facts["cns_site"] == "yes"


@pytest.mark.parametrize("site", ["temporal bone", "scalp, occipital", "left ventricle of the heart", "parameningeal"])
def test_a_site_beside_the_central_nervous_system_is_not_in_it(site: str) -> None:
    case = case_from({"diagnosis": {"histology": "sarcoma NOS", "site": site}})
    assert PATHWAY.recommend(case).facts["cns_site"] == "no"
