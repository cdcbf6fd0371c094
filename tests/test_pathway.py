"""From a case to its answer: what a pathologist may write in more than one way, and what must never change the tier."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.guidance import load
from ntrkpath.model.errors import CaseError, HistologyError
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.pathway import Pathway, case_from
from ntrkpath.pathway.intake.sequencing import WORTH, FusionReading, by_worth, open_worth

AS_OF = dt.date(2026, 1, 1)
IFS = {"diagnosis": {"histology": "infantile fibrosarcoma"}, "disease": {"extent": "metastatic"}}
UPS = {"diagnosis": {"histology": "undifferentiated pleomorphic sarcoma"}, "disease": {"extent": "metastatic"}}
FUSION = {"five_prime": "ETV6", "three_prime": "NTRK3", "frame": "in_frame"}
RNA = {"method": "rna_mps", "result": "positive", "fusions": [FUSION]}
PROGRESSED = [{"drug": "larotrectinib", "start": "2023-01-01", "progression": True}]
FIRST_GENERATION = {"consider_trk_inhibitor", "consider_neoadjuvant_trk_inhibitor"}
TIERS = ("+", "undetermined", "++", "+++")


@cache
def pathway(as_of: dt.date = AS_OF, reading: str | None = None) -> Pathway:
    return Pathway(load(), as_of, figure2_reading=reading)


def decide(as_of: dt.date = AS_OF, **case: Any) -> Recommendation:
    return pathway(as_of).recommend(case_from({"id": "x", **case}))


def actions(answer: Recommendation) -> set[str]:
    return {action.action for action in answer.actions}


# --- resistance mutations -------------------------------------------------------------------------------------------

SPELLINGS = ("G623R", "p.G623R", "p.(G623R)", "p.Gly623Arg", "p.(Gly623Arg)", "Gly623Arg", " G623R ")
CARELESS = ("g623r", "P.G623R", "p.gly623arg", "c.1867G>A p.(G623R)", "G623R (VAF 12 %)", "exon 15 G623R")


@pytest.mark.parametrize("protein", SPELLINGS)
def test_a_resistance_mutation_is_known_in_every_spelling(protein: str) -> None:
    sequenced = {**RNA, "date": "2024-01-01", "mutations": [{"gene": "NTRK3", "protein": protein}]}
    answer = decide(**IFS, tests=[sequenced], therapy=PROGRESSED)
    assert answer.facts["resistance"] == "solvent_front"
    assert "consider_next_generation_trk_inhibitor" in actions(answer)


@pytest.mark.parametrize("protein", [*SPELLINGS, *CARELESS])
def test_a_known_resistance_mutation_never_leads_to_a_first_generation_drug(protein: str) -> None:
    sequenced = {**RNA, "mutations": [{"gene": "NTRK3", "protein": protein}]}
    try:
        case = case_from({"id": "x", **IFS, "tests": [sequenced]})
    except CaseError:
        return  # refused with an error is as safe as understood
    assert not actions(pathway().recommend(case)) & FIRST_GENERATION


@pytest.mark.parametrize("protein", [*CARELESS, "G623X?", "c.1867G>A", "solvent front", "exon 15"])
def test_a_mutation_that_cannot_be_read_is_not_taken_as_none(protein: str) -> None:
    sequenced = {**RNA, "date": "2024-01-01", "mutations": [{"gene": "NTRK3", "protein": protein}]}
    try:
        answer = decide(**IFS, tests=[sequenced], therapy=PROGRESSED)
    except CaseError:
        return
    assert answer.facts["resistance"] != "none_found"


@pytest.mark.parametrize("detail", [*SPELLINGS, *CARELESS])
def test_a_resistance_mutation_in_the_list_of_alterations_counts_alike(detail: str) -> None:
    alteration = {"gene": "NTRK3", "kind": "mutation", "status": "present", "detail": detail}
    assert not actions(decide(**IFS, tests=[RNA], alterations=[alteration])) & FIRST_GENERATION


@pytest.mark.parametrize("protein", ["V673_L675del", "p.Glu545Lys", "R683*", "p.(Trp24Ter)", "E12fs*4", "K7_L8insG"])
def test_every_kind_of_protein_change_can_be_entered(protein: str) -> None:
    case_from({"id": "x", **UPS, "tests": [{"method": "dna_mps", "mutations": [{"gene": "BRAF", "protein": protein}]}]})


def test_an_ntrk_mutation_in_an_untreated_tumour_is_warned_of_whatever_its_residue() -> None:
    for protein in ("G595R", "R33W"):
        answer = decide(
            **UPS, therapy=[], tests=[{"method": "dna_mps", "mutations": [{"gene": "NTRK1", "protein": protein}]}]
        )
        assert any("MPS-6" in caution.statements for caution in answer.cautions), protein


# --- a fusion that is badly written is not absent -----------------------------------------------------------------

ADEQUATE = {"rna_quality": "adequate", "genes_covered": ["NTRK1", "NTRK2", "NTRK3"]}
CARELESS_FUSIONS: dict[str, dict[str, Any]] = {
    "a blank inside": {"five_prime": "ETV6", "three_prime": "NTRK 3"},
    "a hyphen inside": {"five_prime": "ETV6", "three_prime": "NTRK-3"},
    "the exon beside it": {"five_prime": "ETV6", "three_prime": "NTRK3 (exon 14)"},
    "both in one field": {"five_prime": "ETV6::NTRK3"},
    "both in one field with a hyphen": {"five_prime": "ETV6-NTRK3", "three_prime": "ETV6-NTRK3"},
    "no number": {"five_prime": "ETV6", "three_prime": "NTRK"},
    "no 3' side": {"five_prime": "ETV6"},
    "no side": {},
    "3' side ?": {"five_prime": "ETV6", "three_prime": "?"},
    "3' side unknown": {"five_prime": "ETV6", "three_prime": "unknown"},
    "an Ensembl number": {"five_prime": "ETV6", "three_prime": "ENSG00000140538"},
    "a protein name": {"five_prime": "ETV6", "three_prime": "gp145-TrkC"},
}


@pytest.mark.parametrize("method", ["rna_mps", "dna_mps"])
@pytest.mark.parametrize("name", CARELESS_FUSIONS)
def test_a_positive_test_whose_fusion_cannot_be_read_is_never_negative(name: str, method: str) -> None:
    extra = ADEQUATE if method == "rna_mps" else {}
    test = {"method": method, "result": "positive", "fusions": [CARELESS_FUSIONS[name]], **extra}
    try:
        answer = decide(**IFS, tests=[test])
    except CaseError:
        return  # refused with an error is as safe as uncertain
    assert "negative" not in answer.facts["sequence"]
    assert "no_further_ntrk_testing" not in actions(answer)


def test_a_positive_test_that_names_two_other_genes_is_negative_for_ntrk() -> None:
    test = {**RNA, **ADEQUATE, "fusions": [{"five_prime": "EWSR1", "three_prime": "FLI1"}]}
    assert decide(**UPS, tests=[test]).facts["rna"] == "negative"


# --- evidence of an NTRK fusion never lowers the tier ---------------------------------------------------------------


@cache
def histologies() -> tuple[str, ...]:
    return tuple(entry.name for entry in load().vocabulary)


def tier(histology: str, **case: Any) -> str:
    levels = pathway().facts(case_from({"id": "x", "diagnosis": {"histology": histology}, **case})).levels
    return pathway().chain.decide(levels).levels["tier"]


PARTNERS = (
    "ETV6",
    "TPM3",
    "TFG",
    "EWSR1",
    "FUS",
    "PAX3",
    "STAT6",
    "NCOA2",
    "TPR",
    "SS18",
    "MDM2",
    "ALK",
    "ROS1",
    "KIT",
)
ALTERATIONS = {
    "gene alone": {"gene": "NTRK3", "kind": "fusion", "status": "present"},
    **{
        f"{partner}::NTRK3": {"gene": f"{partner}::NTRK3", "kind": "fusion", "status": "present"}
        for partner in PARTNERS
    },
}


@pytest.mark.parametrize("name", ALTERATIONS)
def test_a_listed_ntrk_fusion_never_lowers_the_tier(name: str) -> None:
    lowered = [
        (histology, before, after)
        for histology in histologies()
        if (before := tier(histology)) in TIERS
        and TIERS.index(after := tier(histology, alterations=[ALTERATIONS[name]])) < TIERS.index(before)
    ]
    assert not lowered


TESTS = {
    "stain": {"method": "pan_trk_ihc", "result": "positive"},
    "FISH": {"method": "fish", "gene": "NTRK3", "probe": "break_apart", "result": "positive"},
    "ETV6 FISH": {"method": "fish", "gene": "ETV6", "probe": "break_apart", "result": "positive"},
    "RT-PCR": {"method": "rt_pcr", "targets": ["ETV6::NTRK3"], "result": "positive"},
    **{
        f"{method} {partner}": {
            "method": method, "result": "positive", "fusions": [{"five_prime": partner, "three_prime": "NTRK3"}]
        }
        for method in ("rna_mps", "dna_mps")
        for partner in ("ETV6", "EWSR1", "TFG", "FUS")
    },
}  # fmt: skip


@pytest.mark.parametrize("name", TESTS)
def test_a_positive_test_never_lowers_the_tier(name: str) -> None:
    lowered = [histology for histology in histologies() if tier(histology, tests=[TESTS[name]]) != tier(histology)]
    assert not lowered


def test_every_histology_of_the_vocabulary_is_decided() -> None:
    for histology in histologies():
        answer = decide(diagnosis={"histology": histology})
        assert answer.actions, histology
        assert not actions(answer) & FIRST_GENERATION, histology


# --- what the laboratory may still add ------------------------------------------------------------------------------


def _announced(answer: Recommendation) -> set[str]:
    return set().union(*(missing.could_change for missing in answer.missing))


@pytest.mark.parametrize("method", ["rna_mps", "dna_mps"])
@pytest.mark.parametrize("frame", ["in_frame", "out_of_frame"])
def test_the_frame_of_a_fusion_is_missing_where_it_would_change_the_actions(method: str, frame: str) -> None:
    open_frame = {"method": method, "result": "positive", "fusions": [{"five_prime": "ETV6", "three_prime": "NTRK3"}]}
    filled = {**open_frame, "fusions": [{"five_prime": "ETV6", "three_prime": "NTRK3", "frame": frame}]}
    before = decide(**IFS, tests=[open_frame])
    after = decide(**IFS, tests=[filled])
    assert actions(after) - actions(before) <= _announced(before)


def test_the_cut_off_of_a_fish_is_missing_where_it_would_change_the_actions() -> None:
    counted = {"method": "fish", "gene": "NTRK3", "probe": "break_apart", "cells_counted": 100, "cells_split": 60}
    before = decide(**IFS, tests=[counted])
    after = decide(**IFS, tests=[{**counted, "cutoff": 15}])
    assert actions(after) - actions(before) <= _announced(before)


# --- dates, readings, errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "counts", "read"),
    [
        ("positive", {"cells_split": 0}, "contradicted"),
        ("positive", {"cells_split": 0, "cells_isolated_3p": 0}, "contradicted"),
        ("positive", {"cells_isolated_3p": 0}, "positive"),
        ("positive", {"cells_split": 1}, "positive"),
        ("positive", {"cells_split": 90}, "positive"),
        ("negative", {"cells_split": 0}, "negative"),
        ("negative", {"cells_split": 30}, "negative"),
        ("negative", {"cells_split": 31}, "contradicted"),
        ("negative", {"cells_split": 3, "cells_isolated_3p": 31}, "contradicted"),
        ("unknown", {"cells_split": 90}, "not_interpretable"),
        ("unknown", {"cells_split": 0}, "not_interpretable"),
    ],
)
def test_a_fish_call_that_no_cut_off_could_explain_is_a_contradiction(call, counts, read):
    test = {"method": "fish", "gene": "NTRK3", "probe": "break_apart", "result": call, "cells_counted": 100, **counts}
    assert decide(**IFS, tests=[test]).facts["fish_call"] == read


def test_labels_are_those_of_the_day() -> None:
    then = decide(dt.date(2020, 9, 3), **IFS, tests=[RNA], therapy=[])
    now = decide(**IFS, tests=[RNA], therapy=[])
    assert {label.drug for label in then.therapy} == {"larotrectinib", "entrectinib"}
    assert "repotrectinib" in {label.drug for label in now.therapy}
    assert then.actions == now.actions


def test_a_reading_of_figure_2_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CaseError) as caught:
        Pathway(load(), AS_OF, figure2_reading="c")
    assert caught.value.allowed == "both, a, b"


def test_a_likeness_is_not_enough_to_decide() -> None:
    with pytest.raises(HistologyError, match="not recognised"):
        decide(diagnosis={"histology": "infntile fibrsarcoma"})


def test_one_case_leaves_no_trace_in_the_next() -> None:
    alone = msgspec.json.encode(Pathway(load(), AS_OF).recommend(case_from({"id": "x", **UPS})))
    busy = Pathway(load(), AS_OF)
    for other in ({**IFS, "tests": [RNA], "therapy": PROGRESSED}, {"diagnosis": {"histology": "GIST"}}):
        busy.recommend(case_from({"id": "x", **other}))
    assert msgspec.json.encode(busy.recommend(case_from({"id": "x", **UPS}))) == alone


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("GIST", "Gastrointestinal Stromal Tumor"),
        ("IFS", "infantile fibrosarcoma"),
        ("infantile fibrosarcoma", "8814/3"),
        ("malignant peripheral nerve sheath tumour", "Malignant Peripheral Nerve Sheath Tumor"),
    ],
)
def test_a_histology_is_the_same_under_each_of_its_names(name: str, same: str) -> None:
    one, other = decide(diagnosis={"histology": name}), decide(diagnosis={"histology": same})
    assert one.histology.id == other.histology.id
    assert one.actions == other.actions


@pytest.mark.parametrize(("alias", "symbol"), [("TRKA", "NTRK1"), ("trkc", "NTRK3"), (" ntrk2 ", "NTRK2")])
def test_an_ntrk_gene_is_the_same_under_each_of_its_names(alias: str, symbol: str) -> None:
    tests = [[{**RNA, "fusions": [{**FUSION, "three_prime": gene}]}] for gene in (alias, symbol)]
    one, other = (decide(**IFS, tests=test) for test in tests)
    assert msgspec.structs.replace(one, findings=other.findings) == other
    told = one.findings[-1]
    assert told.stated == f"five prime ETV6; three prime {alias}; frame in_frame"
    assert told.read_as.startswith(other.findings[-1].read_as.rstrip("."))
    assert told.read_as.endswith(f"; {alias} is another name of {symbol}") or alias.strip().upper() == symbol


# --- words of a laboratory --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frame", ["in", "in-frame", "in_frame"])
def test_a_frame_may_be_written_in_three_ways(frame: str) -> None:
    answer = decide(**IFS, therapy=[], tests=[{**RNA, "fusions": [{**FUSION, "frame": frame}]}])
    assert answer.facts["rna"] == "productive"


@pytest.mark.parametrize(("result", "fish"), [("positive", "positive"), ("negative", "partial_negative")])
def test_a_fish_probe_of_unstated_kind_is_believed_only_where_that_is_safe(result: str, fish: str) -> None:
    probes = [{"method": "fish", "gene": gene, "result": result} for gene in ("NTRK1", "NTRK2", "NTRK3")]
    assert decide(**IFS, tests=probes).facts["fish"] == fish
    assert decide(**IFS, tests=[{"method": "fish", "result": result}]).facts["fish"] == "not_interpretable"


@pytest.mark.parametrize("method", ["pan_trk_ihc", "rna_mps", "dna_mps"])
def test_a_test_that_is_not_interpretable_is_no_negative(method: str) -> None:
    answer = decide(**UPS, tests=[{"method": method, "result": "not_interpretable"}])
    assert "no_further_ntrk_testing" not in actions(answer)


@pytest.mark.parametrize("site", ["unknown", "NA", "n/a", "Not stated", " Unknown primary ", "[unknown]", "?", None])
def test_a_site_that_says_nothing_is_not_outside_the_brain(site: str | None) -> None:
    data = {"id": "a", "diagnosis": {"histology": "leiomyosarcoma", **({"site": site} if site else {})}}
    assert Pathway(load(), dt.date(2026, 11, 1)).recommend(case_from(data)).facts["cns_site"] == "unknown"


# --- what a laboratory calls positive is never read as negative -------------------------------------------------------

MISTYPED = {
    "a mistyped kinase": {"five_prime": "TPM3", "three_prime": "NTKR1", "frame": "in_frame"},
    "a mistyped partner": {"five_prime": "TMP3", "three_prime": "TNRK1", "frame": "in_frame"},
    "one gene of another name": {"five_prime": "ETV6", "three_prime": "QXZZ9"},
}


@pytest.mark.parametrize("method", ["rna_mps", "dna_mps"])
@pytest.mark.parametrize("quality", [ADEQUATE, {}], ids=["adequate", "not stated"])
@pytest.mark.parametrize("name", MISTYPED)
def test_a_positive_test_with_a_mistyped_gene_is_refused(name: str, quality: dict[str, Any], method: str) -> None:
    extra = {k: v for k, v in quality.items() if method == "rna_mps" or k != "rna_quality"}
    test = {"method": method, "result": "positive", "fusions": [MISTYPED[name]], **extra}
    with pytest.raises(CaseError) as refused:
        decide(**IFS, tests=[test])
    assert refused.value.where.startswith("tests[0].fusions[0].")


def test_a_positive_rt_pcr_with_a_mistyped_target_is_not_taken_for_another_fusion() -> None:
    with pytest.raises(CaseError, match="NTRK3"):
        decide(**IFS, tests=[{"method": "rt_pcr", "result": "positive", "targets": ["ETV6::NTKR3"]}])


def test_a_positive_test_that_names_other_genes_only_is_negative_for_ntrk() -> None:
    other = {"five_prime": "EWSR1", "three_prime": "FLI1", "frame": "in_frame"}
    answer = decide(**UPS, tests=[{"method": "rna_mps", "result": "positive", "fusions": [other], **ADEQUATE}])
    assert answer.facts["rna"] == "negative"


@given(st.lists(st.tuples(st.sampled_from(WORTH), st.lists(st.sampled_from(WORTH), max_size=2)), max_size=8))
def test_what_an_open_frame_may_make_of_many_fusions_is_what_trying_each_of_them_gives(
    drawn: list[tuple[str, list[str]]],
) -> None:
    readings = by_worth(
        FusionReading(f"X{i}::NTRK1", verdict, False, "", None, with_frame=tuple(frames))
        for i, (verdict, frames) in enumerate(drawn)
    )
    tried = {
        min([frame, *(r.verdict for j, r in enumerate(readings) if j != i)], key=WORTH.index)
        for i, reading in enumerate(readings)
        for frame in reading.with_frame
    }
    assert open_worth(readings) == tried


def test_what_the_name_states_is_said_as_if_the_case_listed_it() -> None:
    """Of every marker of every histology: the same actions in the same words, so no test for what is known already."""
    edition, told = load(), 0
    for entry in edition.vocabulary:
        for marker in entry.markers:
            name = f"{entry.name} without {marker.genes[0]} {marker.kinds[0]}"
            carries = edition.vocabulary.resolve(name).carries
            if edition.vocabulary.resolve(name).histology is not entry or not carries:
                continue
            if edition.vocabulary.resolve(entry.name).carries:
                continue  # the plain name says something else
            listed = [{"gene": a.gene, "kind": a.kind, "status": a.status} for a in carries]
            case = {"id": "x", "disease": {"extent": "metastatic"}}
            stated, apart = (
                pathway().recommend(case_from({**case, "diagnosis": {"histology": text}, **more}))
                for text, more in ((name, {}), (entry.name, {"alterations": listed}))
            )
            assert stated.actions == apart.actions, name
            told += 1
    assert told > 20
