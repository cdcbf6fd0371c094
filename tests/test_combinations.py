"""Combinations of results, where patients are harmed: what the guidance asks for, case by case and over a grid."""

from __future__ import annotations

import datetime as dt
import itertools
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ntrkpath.cases.load import case_from
from ntrkpath.guidance import load
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.pathway import Pathway

DATA = Path(__file__).parent / "data" / "cases" / "combinations.yaml"
COMBINATIONS: list[dict[str, Any]] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
AS_OF = dt.date(2026, 1, 1)

TREATMENT = {
    "consider_trk_inhibitor",
    "consider_neoadjuvant_trk_inhibitor",
    "consider_next_generation_trk_inhibitor",
}
ENDING = {"no_further_ntrk_testing", "no_routine_testing"}
ORDERING = {"order_mps", "order_fish", "order_pan_trk_ihc", "order_rt_pcr"}
GROUPS = {"treatment": TREATMENT, "ending": ENDING, "ordering": ORDERING}


@cache
def pathway(reading: str | None = None) -> Pathway:
    return Pathway(load(), AS_OF, figure2_reading=reading)


def decide(case: dict[str, Any], reading: str | None = None) -> Recommendation:
    return pathway(reading).recommend(case_from(_plain({"id": "combination", **case})))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("entry", COMBINATIONS, ids=[entry["name"] for entry in COMBINATIONS])
def test_combination_gives_what_the_guidance_asks_for(entry: dict[str, Any]) -> None:
    answer = decide(entry["case"], entry.get("reading"))
    expect = entry["expect"]
    given = {action.action: action.strength for action in answer.actions}
    never = set().union(*(GROUPS.get(name, {name}) for name in expect.get("never", ())))
    assert expect.get("must", {}).items() <= given.items()
    assert not never & given.keys()
    if "first" in expect:
        assert answer.actions[0].action == expect["first"]
    asked = " ".join(what for action in answer.actions for what in action.asks)
    assert [words for words in expect.get("asks", ()) if words not in asked] == []
    if "any_of" in expect:
        assert given.keys() & set(expect["any_of"])
    for field in ("tier", "priority"):
        assert getattr(answer, field) == expect.get(field, getattr(answer, field))
    for fact, level in expect.get("facts", {}).items():
        assert answer.facts[fact] == level, fact
    for fact, level in expect.get("not_facts", {}).items():
        assert answer.facts[fact] != level, fact
    cited = {statement for caution in answer.cautions for statement in caution.statements}
    assert set(expect.get("cites", ())) <= cited
    assert set(expect.get("missing", ())) <= {missing.fact for missing in answer.missing}
    labels = {f"{label.drug}/{label.agency}": label.status for label in answer.therapy}
    for name in expect.get("outside_label", ()):
        assert labels[name] == "outside_label", name
    for drug in expect.get("never_within_label", ()):
        assert not [n for n, status in labels.items() if n.startswith(drug) and status == "within_label"]
    if "says" in expect:
        assert any(expect["says"] in action.text + action.reason for action in answer.actions)


def test_every_combination_has_its_own_name() -> None:
    names = [entry["name"] for entry in COMBINATIONS]
    assert len(names) == len(set(names))


# --- the safety properties of the design over a grid of whole cases -------------------------------------------------

IMT_WILD = [
    {"gene": "ALK", "kind": "fusion", "status": "absent"},
    {"gene": "ROS1", "kind": "fusion", "status": "absent"},
]
TUMOURS: dict[str, dict[str, Any]] = {
    "IFS": {"diagnosis": {"histology": "infantile fibrosarcoma"}},
    "IMT wild-type": {"diagnosis": {"histology": "inflammatory myofibroblastic tumour"}, "alterations": IMT_WILD},
    "IMT open": {"diagnosis": {"histology": "inflammatory myofibroblastic tumour"}},
    "LPF-NT": {"diagnosis": {"histology": "lipofibromatosis-like neural tumour"}},
    "GIST open": {"diagnosis": {"histology": "GIST"}},
    "GIST KIT": {
        "diagnosis": {"histology": "GIST"},
        "alterations": [{"gene": "KIT", "kind": "mutation", "status": "present"}],
    },
    "DDLPS": {"diagnosis": {"histology": "dedifferentiated liposarcoma"}},
    "synovial": {"diagnosis": {"histology": "synovial sarcoma"}},
    "UPS": {"diagnosis": {"histology": "undifferentiated pleomorphic sarcoma"}},
    "LMS": {"diagnosis": {"histology": "leiomyosarcoma"}},
    "brain sarcoma": {"diagnosis": {"histology": "undifferentiated pleomorphic sarcoma", "site": "brain"}},
    "sarcoma NOS": {"diagnosis": {"histology": "sarcoma NOS"}},
}
ALL = ["NTRK1", "NTRK2", "NTRK3"]
IHC = {"method": "pan_trk_ihc", "result": "positive", "percent": 50, "distribution": "diffuse", "control": "adequate"}
IHC_NEGATIVE = {"method": "pan_trk_ihc", "result": "negative", "percent": 0, "control": "adequate"}
FISH = {"method": "fish", "gene": "NTRK3", "probe": "break_apart", "result": "positive"}
FISH_NEGATIVE = [{**FISH, "gene": gene, "result": "negative"} for gene in ALL]
ETV6 = {"method": "fish", "gene": "ETV6", "probe": "break_apart", "result": "positive"}
PCR = {"method": "rt_pcr", "targets": ["ETV6::NTRK3"], "result": "positive", "control": "adequate"}
PCR_NEGATIVE = {**PCR, "result": "negative"}
RNA_NEGATIVE = {"method": "rna_mps", "result": "negative", "rna_quality": "adequate", "genes_covered": ALL}
RNA_FAILED = {"method": "rna_mps", "result": "failed"}
RNA_PARTIAL = {**RNA_NEGATIVE, "genes_covered": ["NTRK1", "NTRK3"]}
RNA_UNSTATED = {"method": "rna_mps", "result": "negative"}
DNA_NEGATIVE = {"method": "dna_mps", "result": "negative", "genes_covered": ALL}


def _fusion(method: str, five: str | None = "ETV6", three: str = "NTRK3", frame: str = "in_frame") -> dict[str, Any]:
    return {
        "method": method,
        "result": "positive",
        "fusions": [{"five_prime": five, "three_prime": three, "frame": frame}],
    }


MUTATED = {
    "method": "dna_mps",
    "date": "2024-05-01",
    "result": "negative",
    "mutations": [{"gene": "NTRK3", "protein": "G623R"}],
}
#: What was found; whether sequencing shows a productive fusion, and whether stain or FISH does.
EVIDENCE: dict[str, tuple[list[dict[str, Any]], str]] = {
    "nothing": ([], "none"),
    "stain": ([IHC], "stain"),
    "stain negative": ([IHC_NEGATIVE], "none"),
    "FISH": ([FISH], "fish"),
    "FISH negative": (FISH_NEGATIVE, "none"),
    "ETV6 FISH": ([ETV6], "none"),
    "stain and FISH": ([IHC, FISH], "fish"),
    "RT-PCR": ([PCR], "sequence"),
    "RT-PCR negative": ([PCR_NEGATIVE], "none"),
    "stain, RT-PCR negative": ([IHC, PCR_NEGATIVE], "stain"),
    "FISH, RT-PCR negative": ([FISH, PCR_NEGATIVE], "fish"),
    "stain, DNA negative": ([IHC, DNA_NEGATIVE], "stain"),
    "DNA negative": ([DNA_NEGATIVE], "none"),
    "RNA failed": ([RNA_FAILED], "none"),
    "stain, RNA failed": ([IHC, RNA_FAILED], "stain"),
    "stain, RNA partial": ([IHC, RNA_PARTIAL], "stain"),
    "stain, RNA unstated": ([IHC, RNA_UNSTATED], "stain"),
    "RNA partial": ([RNA_PARTIAL], "none"),
    "RNA negative": ([RNA_NEGATIVE], "excluded"),
    "stain, RNA negative": ([IHC, RNA_NEGATIVE], "excluded"),
    "FISH, RNA negative": ([FISH, RNA_NEGATIVE], "excluded"),
    "all but RNA negative": ([IHC, FISH, RNA_NEGATIVE], "excluded"),
    "FISH, RNA out of frame": ([FISH, _fusion("rna_mps", frame="out_of_frame")], "excluded"),
    "stain, RNA out of frame": ([IHC, _fusion("rna_mps", frame="out_of_frame")], "excluded"),
    "RNA NTRK first": ([_fusion("rna_mps", "NTRK3", "C22orf34")], "none"),
    "DNA known pair without frame": ([_fusion("dna_mps", frame="unknown")], "sequence"),
    "DNA known pair without frame, stain negative": (
        [_fusion("dna_mps", frame="unknown"), IHC_NEGATIVE],
        "DNA, stain negative",
    ),
    "DNA known pair without frame, RNA negative": ([_fusion("dna_mps", frame="unknown"), RNA_NEGATIVE], "contradicted"),
    "DNA novel pair without frame": ([_fusion("dna_mps", "C22orf34", frame="unknown")], "none"),
    "DNA unnamed partner without frame": ([_fusion("dna_mps", None, frame="unknown")], "none"),
    "DNA NTRK first without frame": ([_fusion("dna_mps", "NTRK3", "ETV6", "unknown")], "none"),
    "DNA out of frame": ([_fusion("dna_mps", frame="out_of_frame")], "none"),
    "DNA known pair without frame and mutated": ([_fusion("dna_mps", frame="unknown"), MUTATED], "resistant"),
    "DNA in frame": ([_fusion("dna_mps")], "sequence"),
    "RNA in frame": ([_fusion("rna_mps")], "sequence"),
    "RNA in frame, stain negative": ([_fusion("rna_mps"), IHC_NEGATIVE], "sequence"),
    "RNA in frame and mutated": ([_fusion("rna_mps"), MUTATED], "resistant"),
    "FISH and mutated": ([FISH, MUTATED], "fish resistant"),
    "mutated": ([MUTATED], "none"),
}
EXTENTS = ("localized", "locally_advanced_resectable", "locally_advanced_unresectable", "metastatic", None)
MORBIDITIES = ("acceptable", "severe", None)
THERAPIES: dict[str, list[dict[str, Any]] | None] = {
    "none": [],
    "unknown": None,
    "progressed": [{"drug": "larotrectinib", "start": "2023-01-01", "progression": True}],
}


def _grid(tumour: str) -> list[tuple[str, dict[str, Any], str]]:
    found = []
    for extent, morbidity, evidence, therapy in itertools.product(EXTENTS, MORBIDITIES, EVIDENCE, THERAPIES):
        case = {"id": "grid", **TUMOURS[tumour], "tests": EVIDENCE[evidence][0]}
        case["disease"] = {k: v for k, v in (("extent", extent), ("surgery_morbidity", morbidity)) if v}
        if THERAPIES[therapy] is not None:
            case["therapy"] = THERAPIES[therapy]
        found.append((f"{tumour}, {extent}, morbidity {morbidity}, {evidence}, therapy {therapy}", case, evidence))
    return found


@pytest.mark.parametrize("tumour", TUMOURS)
def test_safety_holds_over_whole_cases(tumour: str) -> None:
    way = pathway()
    for name, data, evidence in _grid(tumour):
        case = case_from(data)
        decision = way.chain.decide(way.facts(case).levels)
        given = {action for hit in decision.hits for action in hit.row.emits.get("actions", {})}
        worth = EVIDENCE[evidence][1]
        if worth == "DNA, stain negative":  # the stain says nothing in the central nervous system (IHC-4)
            worth = "sequence" if tumour == "brain sarcoma" else "none"
        tier = decision.levels["tier"]
        drugs = given & TREATMENT
        extent, morbidity = case.disease.extent, case.disease.surgery_morbidity
        assert given, name
        if worth in ("none", "excluded", "contradicted"):
            assert not drugs, name
        if worth in ("stain", "fish", "fish resistant") and tier != "+++":
            assert not drugs, name
        if worth == "stain" and tumour == "brain sarcoma":
            assert not drugs, name
        if extent is None:
            assert not drugs, name
        if extent in ("localized", "locally_advanced_resectable") and morbidity != "severe":
            assert not drugs, name
        if "resistant" in worth:
            assert not drugs & {"consider_trk_inhibitor", "consider_neoadjuvant_trk_inhibitor"}, name
        if data.get("therapy") and "resistant" not in worth:
            assert not drugs, name
        if worth == "sequence" and tier != "out_of_scope" and data.get("therapy", []) == []:
            open_gate = extent in ("locally_advanced_unresectable", "metastatic") or (extent and morbidity == "severe")
            assert bool(drugs) == bool(open_gate), name
            assert extent is not None or "establish_extent" in given, name
        if tier == "+++" and worth not in ("excluded", "sequence", "resistant"):
            assert not given & ENDING, name
        if tier == "++" and worth == "stain" and extent == "metastatic":
            assert not given & ENDING, name
