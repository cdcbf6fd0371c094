"""What holds for every case: order never matters, unknown never adds certainty, and what is missing is announced."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntrkpath.guidance import load
from ntrkpath.model.errors import CaseError
from ntrkpath.pathway import Pathway, case_from
from ntrkpath.pathway.intake.findings import said
from ntrkpath.rules.chain import Decision

AS_OF = dt.date(2026, 1, 1)
TREATMENT = {
    "consider_trk_inhibitor",
    "consider_neoadjuvant_trk_inhibitor",
    "consider_next_generation_trk_inhibitor",
}
OPEN = ("unknown", "expected")
PREFIXES = ("rt_pcr", "ihc", "fish", "rna", "dna")
#: Facts whose unknown level lets a suggestion stand that some known level would withdraw. The guidance accepts a stain
#: or a sequence without them, or does not ask; `missing[]` then lists the fact with the drug it could withdraw.
MAY_WITHDRAW = {
    "trk_therapy",  # an earlier TRK inhibitor is asked for, not assumed
    "ntrk_amplification",  # explains a stain
    "alk_ros1",
    "canonical_alteration",
    "differentiation",
    "cns_site",
    "ihc_result",
    "ihc_percent",
    "ihc_distribution",
    "ihc_control",
    "fish_result",
    "fish_target",
    "rt_pcr_result",
    "rt_pcr_control",
    "rt_pcr_target",
    "rna_result",
    "rna_quality",
    "rna_coverage",
    "dna_result",
    "dna_coverage",
}

quick = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@cache
def pathway() -> Pathway:
    return Pathway(load(), AS_OF)


# --- random cases ---------------------------------------------------------------------------------------------------

HISTOLOGIES = (
    "infantile fibrosarcoma", "inflammatory myofibroblastic tumour", "lipofibromatosis-like neural tumour", "GIST",
    "dedifferentiated liposarcoma", "synovial sarcoma", "undifferentiated pleomorphic sarcoma", "leiomyosarcoma",
    "malignant peripheral nerve sheath tumour", "chordoma", "sarcoma NOS", "lipoma",
)  # fmt: skip
GENES = ("NTRK1", "NTRK2", "NTRK3")
RESULTS = ("positive", "negative", "failed", "unknown")
PARTNERS = ("ETV6", "TPM3", "LMNA", "EML4", "MYH9", None)


def sometimes(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def record(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping in which each key may be absent."""
    return st.fixed_dictionaries({}, optional=keys)


def choice(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


FLAG = choice(True, False, "unknown", None)
DATES = choice("2019-03-01", "2021-07-09", "2024-11-30")
FUSIONS = st.lists(
    record(
        five_prime=choice(*PARTNERS, *GENES), three_prime=choice(*GENES, "FLI1"),
        frame=choice("in_frame", "out_of_frame", "unknown"),
    ),
    max_size=2,
)  # fmt: skip
MUTATIONS = st.lists(
    st.fixed_dictionaries(
        {"gene": choice("NTRK1", "NTRK3", "KRAS"), "protein": choice("G595R", "G623R", "G667C", "G12D")}
    ),
    max_size=2,
)
COMMON = {"date": DATES, "specimen": choice("biopsy", "resection"), "result": sometimes(choice(*RESULTS))}
SEQUENCING = {
    **COMMON, "genes_covered": choice(["NTRK1"], ["NTRK1", "NTRK2", "NTRK3"]), "fusions": FUSIONS,
    "mutations": MUTATIONS, "amplifications": st.lists(choice("NTRK1", "MDM2", "MET"), max_size=1),
}  # fmt: skip
TEST = st.one_of(
    record(
        method=st.just("pan_trk_ihc"), percent=st.integers(0, 100), distribution=choice("focal", "diffuse", "unknown"),
        control=choice("adequate", "inadequate"), clone=choice("EPR17341", "A7H6R"), **COMMON,
    ),
    record(
        method=st.just("fish"), gene=choice(*GENES, "ETV6"), probe=choice("break_apart", "colocalisation", "unknown"),
        cells_counted=st.just(100), cells_split=st.integers(0, 100), cutoff=st.just(15), **COMMON,
    ),
    record(
        method=st.just("rt_pcr"), targets=st.lists(choice("ETV6::NTRK3", "SS18::SSX1"), max_size=2),
        control=choice("adequate", "inadequate"), **COMMON,
    ),
    record(method=st.just("rna_mps"), rna_quality=choice("adequate", "poor", "unknown"), **SEQUENCING),
    record(method=st.just("dna_mps"), **SEQUENCING),
).filter(lambda test: "method" in test)  # fmt: skip
ALTERATION = st.fixed_dictionaries(
    {
        "gene": choice("ALK", "ROS1", "KIT", "PDGFRA", "NF1", "MDM2", "SS18", "EWSR1", "any", *GENES),
        "kind": choice("fusion", "mutation", "deficiency", "amplification"),
        "status": choice("present", "absent", "unknown"),
    }
)
THERAPY = record(
    drug=choice("larotrectinib", "entrectinib", "repotrectinib", "doxorubicin"), start=DATES,
    best_response=choice("partial", "progression", "unknown"), progression=FLAG,
).filter(
    lambda line: "drug" in line and (line.get("best_response"), line.get("progression")) != ("progression", False)
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    diagnosis = draw(
        record(
            site=choice("thigh", "brain", "stomach", ""), typical_histology=FLAG, central_review=FLAG,
            testing_for_diagnosis=FLAG,
            differentiation=choice("none", "myogenic", "neural", "myofibroblastic", "neuroendocrine", "unknown"),
            immunoprofile=st.dictionaries(choice("S100", "CD34", "vimentin", "desmin"), choice("positive", "negative")),
        )
    )  # fmt: skip
    optional = draw(
        record(
            patient=record(age=choice(42, "3 months", "newborn", 11.5), sex=choice("female", "male", "unknown")),
            disease=record(
                extent=choice(
                    "localized", "locally_advanced_resectable", "locally_advanced_unresectable", "metastatic", "unknown"
                ),
                relapse_risk=choice("standard", "high"), surgery_morbidity=choice("acceptable", "severe", "unknown"),
                standard_therapy=choice("not_given", "ongoing", "progressed"), satisfactory_alternative=FLAG,
            ),
            alterations=st.lists(ALTERATION, max_size=4, unique_by=lambda one: (one["gene"], one["kind"])),
            tests=st.lists(TEST, max_size=5),
            therapy=st.none() | st.lists(THERAPY, max_size=3),
        )
    )  # fmt: skip
    return {"id": "random", "diagnosis": {"histology": draw(choice(*HISTOLOGIES)), **diagnosis}, **optional}


def answer(data: dict[str, Any]) -> bytes:
    """The answer without the account of what was stated, which keeps the order and the words of the case."""
    decided = pathway().recommend(case_from(data))
    return msgspec.json.encode(msgspec.structs.replace(decided, findings=(), patient={}))


@quick
@given(cases())
def test_a_valid_case_is_always_decided(data: dict[str, Any]) -> None:
    decided = pathway().recommend(case_from(data))
    assert decided.actions
    assert decided.tier in ("+++", "++", "+", "undetermined", "out_of_scope")
    raised = any(step.sets.get("reason_to_test") == "infant" for step in decided.trace)
    assert decided.priority in (decided.tier, "not_routine", "undetermined", *(["+++"] if raised else []))
    assert msgspec.json.decode(msgspec.json.encode(decided))["case_id"] == "random"


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that a case states, with its path."""
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from leaves(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield f"{path}.{name}", name
            yield from leaves(one, f"{path}.{name}")
    elif isinstance(value, list):
        for i, one in enumerate(value):
            yield from leaves(one, f"{path}[{i}]")
    elif value is not None:
        yield path, value


@quick
@given(cases())
def test_every_leaf_of_a_case_stands_in_the_patient_block_or_in_a_finding(data: dict[str, Any]) -> None:
    case = case_from(data)
    decided = pathway().recommend(case)
    for path, value in leaves(case):
        if path == "id":
            assert decided.case_id == value
            continue
        text = said(value)
        of_patient = decided.patient.get(path.rpartition(".")[2]) == text
        held = [f for f in decided.findings if path.startswith(f.where)]
        assert of_patient or any(text in f.stated for f in held), path


@quick
@given(cases())
def test_every_finding_is_used_or_says_why_not(data: dict[str, Any]) -> None:
    decided = pathway().recommend(case_from(data))
    places = [f.where for f in decided.findings]
    assert len(set(places)) == len(places)
    assert all(f.used or f.why_not for f in decided.findings)
    assert all(f.read_as for f in decided.findings)


def _shuffled(value: Any, dice: random.Random, keep: frozenset[str] = frozenset()) -> Any:
    """The same case with its keys in another order, and its lists too (all lists of a case are sets of facts)."""
    if isinstance(value, dict):
        keys = list(value)
        dice.shuffle(keys)
        return {key: value[key] if key in keep else _shuffled(value[key], dice, keep) for key in keys}
    if isinstance(value, list):
        items = [_shuffled(item, dice, keep) for item in value]
        dice.shuffle(items)
        return items
    return value


def _order_free(data: bytes) -> Any:
    """The answer without the positions of tests, which are positions in the case as it was given."""
    decided = msgspec.json.decode(data)
    readings = [msgspec.json.encode({**r, "test": None}) for r in decided.pop("interpretation")]
    return sorted(readings), decided


@quick
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_keys_never_changes_the_answer(data: dict[str, Any], dice: random.Random) -> None:
    lists = frozenset(("tests", "alterations", "therapy"))
    other = _shuffled(data, dice, keep=lists)
    assert answer(other) == answer(data)


@quick
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_alterations_and_therapy_never_changes_a_byte(data: dict[str, Any], dice: random.Random) -> None:
    other = {**data}
    for key in ("alterations", "therapy"):
        if other.get(key):
            other[key] = _shuffled(other[key], dice)
    assert answer(other) == answer(data)


@quick
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_tests_never_changes_the_answer(data: dict[str, Any], dice: random.Random) -> None:
    other = _shuffled(data, dice)
    first, second = _order_free(answer(data)), _order_free(answer(other))
    assert first[1] == second[1]
    assert first[0] == second[0]


# --- states of the facts --------------------------------------------------------------------------------------------


@cache
def base() -> tuple[str, ...]:
    return tuple(pathway().chain.base)


def method_of(fact: str) -> str | None:
    if pathway().edition.facts[fact].kind != "readout":
        return None
    return next((prefix for prefix in PREFIXES if fact.startswith(f"{prefix}_")), None)


@cache
def not_done() -> dict[str, str]:
    case = case_from({"id": "x", "diagnosis": {"histology": "GIST"}})
    return pathway().facts(case).levels


def settle(levels: dict[str, str]) -> dict[str, str]:
    """Make a state possible: a method that was not done has no readouts."""
    blank = not_done()
    done = {prefix: levels[f"{prefix}_result"] != "not_done" for prefix in PREFIXES}
    return {f: blank[f] if (m := method_of(f)) and not done[m] else level for f, level in levels.items()}


@st.composite
def states(draw: st.DrawFn) -> dict[str, str]:
    facts = pathway().edition.facts
    return settle({fact: draw(st.sampled_from(facts[fact].levels)) for fact in base()})


def decide(levels: dict[str, str]) -> Decision:
    return pathway().chain.decide(levels)


RANK = {"recommended": 0, "consider": 1, "may": 2}


def outcome(decision: Decision) -> frozenset[tuple[str, str]]:
    best: dict[str, str] = {}
    for hit in decision.hits:
        for action, strength in hit.row.emits.get("actions", {}).items():
            if action not in best or RANK[strength] < RANK[best[action]]:
                best[action] = strength
    return frozenset(best.items())


def names(levels: dict[str, str]) -> set[str]:
    return {action for action, _ in outcome(decide(levels))}


def openings(levels: dict[str, str]) -> dict[str, list[str]]:
    """Every open fact with the levels that it may turn out to have."""
    found = {}
    for fact in base():
        method = method_of(fact)
        if levels[fact] in OPEN and (method is None or levels[f"{method}_result"] != "not_done"):
            all_levels = pathway().edition.facts[fact].levels
            found[fact] = [lv for lv in all_levels if lv not in (*OPEN, "not_done")]
    return found


def announced_in(levels: dict[str, str]) -> dict[str, set[str]]:
    """What each missing fact of a state could change."""
    return {m.fact: set(m.could_change) for m in pathway().unknowns.missing([dict(decide(levels).levels)])}


@quick
@given(states())
def test_every_state_has_an_action(levels: dict[str, str]) -> None:
    assert names(levels)


@quick
@given(states())
def test_filling_in_never_yields_what_was_not_announced(levels: dict[str, str]) -> None:
    before = outcome(decide(levels))
    announced = announced_in(levels)
    for fact, possible in openings(levels).items():
        for level in possible:
            changed = before ^ outcome(decide({**levels, fact: level}))
            assert {action for action, _ in changed} <= announced.get(fact, set()), (fact, level)


@quick
@given(states(), st.randoms(use_true_random=False))
def test_filling_in_several_never_yields_what_was_not_announced(levels: dict[str, str], dice: random.Random) -> None:
    before = names(levels)
    announced = announced_in(levels)
    opened = openings(levels)
    for _ in range(10):
        filled = {f: dice.choice(lv) for f, lv in opened.items() if dice.random() < 0.5}
        new = names({**levels, **filled}) - before
        assert new <= set().union(*(announced.get(fact, set()) for fact in filled)), filled


@quick
@given(states(), st.randoms(use_true_random=False))
def test_what_is_missing_agrees_with_trying_everything(levels: dict[str, str], dice: random.Random) -> None:
    opened = openings(levels)
    keep = dice.sample(sorted(opened), min(4, len(opened)))
    levels = {**levels, **{f: dice.choice(lv) for f, lv in opened.items() if f not in keep}}
    opened = {f: [levels[f], *lv] for f, lv in openings(levels).items()}
    facts = list(opened)
    outcomes = {
        values: outcome(decide({**levels, **dict(zip(facts, values, strict=True))}))
        for values in itertools.product(*opened.values())
    }
    expected: dict[str, set[str]] = {}
    for i, fact in enumerate(facts):
        for values, result in outcomes.items():
            now = outcomes[(*values[:i], levels[fact], *values[i + 1 :])]
            if now != result:
                expected.setdefault(fact, set()).update(action for action, _ in now ^ result)
    assert announced_in(levels) == expected


def _unknown_level(fact: str) -> bool:
    return "unknown" in pathway().edition.facts[fact].levels


@quick
@given(states(), st.data())
def test_forgetting_a_fact_never_settles_a_tier(levels: dict[str, str], data: st.DataObject) -> None:
    """An open tier stays open unless every level of the forgotten fact agrees."""
    for fact in filter(_unknown_level, base()):
        if levels[fact] == "unknown" or (method_of(fact) and levels[f"{method_of(fact)}_result"] == "not_done"):
            continue
        forgotten = {**levels, fact: "unknown"}
        if decide(levels).levels["tier"] == "undetermined" and decide(forgotten).levels["tier"] != "undetermined":
            tiers = {decide({**levels, fact: lv}).levels["tier"] for lv in openings(forgotten)[fact]}
            assert tiers == {decide(forgotten).levels["tier"]}, fact


@quick
@given(states())
def test_a_drug_never_rests_on_ignorance(levels: dict[str, str]) -> None:
    """What is suggested while a fact is unknown is suggested for some known level of it too.

    And for every known level, except for the facts that ``MAY_WITHDRAW`` names and ``missing[]`` announces.
    """
    announced = announced_in(levels)
    drugs = names(levels) & TREATMENT
    for fact, possible in openings(levels).items():
        known = [names({**levels, fact: level}) & TREATMENT for level in possible]
        assert drugs <= set().union(*known), fact
        if any(not drugs <= k for k in known):
            assert fact in MAY_WITHDRAW, fact
            assert drugs & announced.get(fact, set()), fact


@quick
@given(states())
def test_extent_or_morbidity_unknown_never_adds_a_drug(levels: dict[str, str]) -> None:
    drugs = names({**levels, "extent": "unknown"}) & TREATMENT
    assert not drugs
    for extent in ("localized", "locally_advanced_resectable"):
        assert not names({**levels, "extent": extent, "surgery_morbidity": "unknown"}) & TREATMENT


# --- the same at the level of the case ------------------------------------------------------------------------------

#: A key of the case, the values it may turn out to have, and the fact that must have announced what changes.
FILLINGS: tuple[tuple[str, str, tuple[Any, ...], str], ...] = (
    (
        "disease",
        "extent",
        ("localized", "locally_advanced_resectable", "locally_advanced_unresectable", "metastatic"),
        "extent",
    ),
    ("disease", "surgery_morbidity", ("acceptable", "severe"), "surgery_morbidity"),
    ("disease", "relapse_risk", ("standard", "high"), "relapse_risk"),
    ("disease", "standard_therapy", ("not_given", "ongoing", "progressed"), "standard_therapy"),
    ("diagnosis", "typical_histology", (True, False), "typical_histology"),
    ("diagnosis", "testing_for_diagnosis", (True, False), "for_diagnosis"),
    ("diagnosis", "central_review", (True, False), "central_review"),
    ("diagnosis", "site", ("brain", "thigh"), "cns_site"),
    ("diagnosis", "differentiation", ("none", "myogenic", "neural", "neuroendocrine"), "differentiation"),
    ("patient", "age", (0.5, 8, 15, 60), "age_band"),
)
#: The same of a test: method, key, values, fact.
TEST_FILLINGS: tuple[tuple[str, str, tuple[Any, ...], str], ...] = (
    ("pan_trk_ihc", "result", ("positive", "negative", "failed"), "ihc_result"),
    ("pan_trk_ihc", "percent", (0, 50), "ihc_percent"),
    ("pan_trk_ihc", "distribution", ("focal", "diffuse"), "ihc_distribution"),
    ("pan_trk_ihc", "control", ("adequate", "inadequate"), "ihc_control"),
    ("fish", "result", ("positive", "negative", "failed"), "fish_result"),
    ("fish", "probe", ("break_apart", "colocalisation"), "fish_target"),
    ("rt_pcr", "result", ("positive", "negative", "failed"), "rt_pcr_result"),
    ("rt_pcr", "control", ("adequate", "inadequate"), "rt_pcr_control"),
    ("rt_pcr", "targets", (["ETV6::NTRK3"], ["SS18::SSX1"]), "rt_pcr_target"),
    ("rna_mps", "result", ("positive", "negative", "failed"), "rna_result"),
    ("rna_mps", "rna_quality", ("adequate", "poor"), "rna_quality"),
    ("rna_mps", "genes_covered", (["NTRK1"], ["NTRK1", "NTRK2", "NTRK3"]), "rna_coverage"),
    ("dna_mps", "result", ("positive", "negative", "failed"), "dna_result"),
    ("dna_mps", "genes_covered", (["NTRK1"], ["NTRK1", "NTRK2", "NTRK3"]), "dna_coverage"),
)
UNSAID = (None, "unknown", "", [])


def _announced(data: dict[str, Any]) -> tuple[set[str], dict[str, set[str]]]:
    decided = pathway().recommend(case_from(data))
    return {a.action for a in decided.actions}, {m.fact: set(m.could_change) for m in decided.missing}


@quick
@given(cases())
def test_filling_in_a_key_never_yields_what_was_not_announced(data: dict[str, Any]) -> None:
    before, announced = _announced(data)
    levels = pathway().facts(case_from(data)).levels
    for part, key, values, fact in FILLINGS:
        if data.get(part, {}).get(key) not in UNSAID or levels[fact] != "unknown":
            continue
        for value in values:
            after = {
                a.action
                for a in pathway().recommend(case_from({**data, part: {**data.get(part, {}), key: value}})).actions
            }
            assert after - before <= announced.get(fact, set()), (key, value)


@quick
@given(cases())
def test_filling_in_a_readout_never_yields_what_was_not_announced(data: dict[str, Any]) -> None:
    before, announced = _announced(data)
    for i, test in enumerate(data.get("tests", [])):
        for method, key, values, fact in TEST_FILLINGS:
            if test["method"] != method or test.get(key) not in UNSAID:
                continue
            for value in values:
                if value == "failed" and test.get("mutations") is not None:
                    continue  # a test that reports mutations has not failed
                tests = [*data["tests"]]
                tests[i] = {**test, key: value}
                after = {a.action for a in pathway().recommend(case_from({**data, "tests": tests})).actions}
                assert after - before <= announced.get(fact, set()), (i, key, value)


@quick
@given(cases(), st.data())
def test_dropping_the_extent_never_adds_a_drug(data: dict[str, Any], draw: st.DataObject) -> None:
    disease = {key: value for key, value in data.get("disease", {}).items() if key != "extent"}
    decided = pathway().recommend(case_from({**data, "disease": disease}))
    assert not {a.action for a in decided.actions} & TREATMENT


@pytest.mark.parametrize("key", ["extent", "surgery_morbidity"])
def test_the_words_unknown_and_null_say_the_same_as_nothing(key: str) -> None:
    blank = {"id": "x", "diagnosis": {"histology": "infantile fibrosarcoma"}, "disease": {}}
    assert answer(blank) == answer({**blank, "disease": {key: "unknown"}}) == answer({**blank, "disease": {key: None}})


def test_a_random_case_that_is_not_valid_is_refused_not_guessed() -> None:
    with pytest.raises(CaseError):
        case_from({"id": "x", "diagnosis": {"histology": "GIST"}, "disease": {"extent": "regional"}})
