"""The probability after a result: the arithmetic, its ranges against sampling, and what a case is told."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from ntrkpath.evidence import evidence_of
from ntrkpath.evidence.posttest import after, likelihood_ratio, predictive_values, proportion, share
from ntrkpath.evidence.probability import STALE, Probabilities
from ntrkpath.evidence.probability_sources import FIGURES, RULES, SOURCES
from ntrkpath.guidance import Edition, load
from ntrkpath.guidance.files import Contents
from ntrkpath.model.errors import CaseError, EvidenceError, GuidanceError
from ntrkpath.model.numbers import percent, percent_range
from ntrkpath.model.recommendation import Probability, Recommendation
from ntrkpath.pathway import Pathway, case_from, read_case
from ntrkpath.report.html import render_html
from ntrkpath.report.probability import brief, lines, over_words, with_range
from ntrkpath.report.text import render
from ntrkpath.rules.conditions import Ruled, When
from test_properties import cases as random_cases

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "examples" / "cases").glob("*.yaml"))
TODAY = dt.date(2026, 11, 1)
GENES = ["NTRK1", "NTRK2", "NTRK3"]
SHARE = st.floats(0.001, 0.999)

IHC_NEGATIVE = {"method": "pan_trk_ihc", "result": "negative"}
IHC_POSITIVE = {"method": "pan_trk_ihc", "result": "positive"}
DNA_NEGATIVE = {"method": "dna_mps", "result": "negative", "genes_covered": GENES}
RNA_POSITIVE = {
    "method": "rna_mps", "result": "positive", "rna_quality": "adequate", "genes_covered": GENES,
    "fusions": [{"five_prime": "ETV6", "three_prime": "NTRK3", "frame": "in_frame"}],
}  # fmt: skip
RNA_NEGATIVE = {"method": "rna_mps", "result": "negative", "rna_quality": "adequate", "genes_covered": GENES}


@cache
def pathway(probability: bool = True) -> Pathway:
    return Pathway(load(), TODAY, probability=probability)


def decided(histology: str, *tests: dict[str, Any], **more: Any) -> Recommendation:
    diagnosis = {"histology": histology, **more.pop("diagnosis", {})}
    more.setdefault("disease", {"extent": "metastatic"})
    return pathway().recommend(case_from({"id": "c", "diagnosis": diagnosis, "tests": list(tests), **more}))


def hidden(answer: Recommendation) -> str:
    """Why the answer says nothing of the probability; empty where it does."""
    probabilities = pathway().probabilities
    assert probabilities is not None
    return probabilities.why_not_shown(answer.histology.id, answer.facts)


def told(histology: str, *tests: dict[str, Any], **more: Any) -> Probability:
    found = decided(histology, *tests, **more).probability
    assert found is not None
    return found


def plain_sarcoma(*tests: dict[str, Any], **more: Any) -> Probability:
    more.setdefault("diagnosis", {"differentiation": "none"})
    return told("undifferentiated pleomorphic sarcoma", *tests, **more)


# --- the arithmetic of one test -------------------------------------------------------------------------------------
def test_the_printed_predictive_values_hold_at_the_prevalence_of_their_study() -> None:
    values = predictive_values(
        proportion(21, 28, "sensitivity"), proportion(3941, 4108, "specificity"), proportion(28, 4136, "prevalence")
    )
    assert round(100 * values.prevalence, 2) == 0.68
    assert round(100 * values.positive, 1) == 11.2
    assert round(100 * values.negative, 1) == 99.8


def test_a_stain_in_unselected_sarcoma_is_worth_about_three_percent() -> None:
    pooled = 23 / 3017
    of_sarcoma = predictive_values(8 / 10, 29 / 39, pooled).positive
    of_solomon = predictive_values(58 / 66, 257 / 317, pooled).positive
    assert round(100 * of_sarcoma, 1) == 2.3
    assert round(100 * of_solomon, 1) == 3.4
    # 0.99 %: all eight series, those of one centre counted each
    assert round(100 * predictive_values(8 / 10, 29 / 39, 0.0099408).positive, 1) == 3.0
    assert round(100 * predictive_values(21 / 28, 3941 / 4108, pooled).positive) == 12


def test_a_negative_stain_excludes_little_in_infantile_fibrosarcoma() -> None:
    frequency = 35 / 37
    found = {
        name: round(100 * predictive_values(x / n, y / m, frequency).negative)
        for name, (x, n), (y, m) in (
            ("Solomon et al., specificity in sarcoma", (27, 34), (29, 39)),
            ("Solomon et al.", (27, 34), (257, 317)),
            ("Hechtman et al., specificity of Solomon et al.", (8, 9), (257, 317)),
            ("Hechtman et al., specificity of Koopman et al.", (8, 9), (207, 248)),
            ("Gatalica et al.", (6, 11), (3941, 4108)),
            ("Rudzinski et al.", (16, 17), (49, 50)),
        )
    }
    assert found == {
        "Solomon et al., specificity in sarcoma": 17, "Solomon et al.": 18,
        "Hechtman et al., specificity of Solomon et al.": 29, "Hechtman et al., specificity of Koopman et al.": 30,
        "Gatalica et al.": 11, "Rudzinski et al.": 49,
    }  # fmt: skip


@given(SHARE, SHARE, SHARE)
def test_bayes_and_likelihood_ratio_say_the_same(sens: float, spec: float, prev: float) -> None:
    values = predictive_values(sens, spec, prev)
    assert values.positive == pytest.approx(after(prev, likelihood_ratio(sens, spec, True)))
    assert 1 - values.negative == pytest.approx(after(prev, likelihood_ratio(sens, spec, False)))


@given(SHARE, SHARE, SHARE)
def test_both_results_together_give_back_the_prevalence(sens: float, spec: float, prev: float) -> None:
    values = predictive_values(sens, spec, prev)
    stained = prev * sens + (1 - prev) * (1 - spec)
    assert stained * values.positive + (1 - stained) * (1 - values.negative) == pytest.approx(prev, rel=1e-9)


@given(SHARE, SHARE, SHARE, SHARE)
def test_predictive_values_follow_the_prevalence(sens: float, spec: float, first: float, second: float) -> None:
    low, high = sorted((first, second))
    rarer, commoner = predictive_values(sens, spec, low), predictive_values(sens, spec, high)
    assert rarer.positive <= commoner.positive + 1e-12
    assert rarer.negative >= commoner.negative - 1e-12


@given(SHARE, st.lists(st.floats(0.01, 100), min_size=2, max_size=4))
def test_the_order_of_results_does_not_matter(prior: float, ratios: list[float]) -> None:
    def run(order: list[float]) -> float:
        found = prior
        for ratio in order:
            found = after(found, ratio)
        return found

    assert run(ratios) == pytest.approx(run(ratios[::-1]), rel=1e-9)


def test_a_result_that_cannot_mislead_proves() -> None:
    assert after(0.01, likelihood_ratio(0.8, 1.0, True)) == 1.0
    assert after(0.99, likelihood_ratio(1.0, 0.8, False)) == 0.0
    assert likelihood_ratio(0.8, 0.8, True) == pytest.approx(4)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: predictive_values(1.2, 0.9, 0.1), "sensitivity"),
        (lambda: predictive_values(0.9, -0.1, 0.1), "specificity"),
        (lambda: predictive_values(0.9, 0.9, 68), "prevalence"),
        (lambda: predictive_values(0.0, 1.0, 0.5), "specificity"),
        (lambda: likelihood_ratio(0.0, 1.0, True), "specificity"),
        (lambda: likelihood_ratio(True, 0.9, True), "sensitivity"),
        (lambda: after(1.5, 2), "prior"),
        (lambda: after(0.5, -1), "ratio"),
        (lambda: after(0.5, math.nan), "ratio"),
        (lambda: after(0.0, math.inf), "prior"),
        (lambda: after(1.0, 0.0), "ratio"),
        (lambda: proportion(5, 4, "counts"), "counts"),
        (lambda: proportion(-1, 4, "counts"), "counts"),
        (lambda: proportion(1, 0, "counts"), "counts.total"),
        (lambda: proportion(1.5, 4, "counts"), "counts"),  # type: ignore[arg-type]
        (lambda: share("x", "share"), "share"),  # type: ignore[arg-type]
    ],
)
def test_bad_figures_are_refused_and_the_field_is_named(call: Any, field: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        call()
    assert caught.value.where == field


# --- ranges, against sampling ---------------------------------------------------------------------------------------
def sampled(parts: list[tuple[str, Any]], draws: int = 1_000_000) -> list[float]:
    """Median and 95 % range of the probability by simple Monte Carlo: the frequency first, then each result."""
    np = pytest.importorskip("numpy")
    dice = np.random.default_rng(20201103)

    def draw(kind: str, value: Any) -> Any:
        if kind == "centre":
            return 1 / (1 + np.exp(-new_centre(*value, dice, draws)))
        one = dice.beta(value[0] + 0.5, value[1] - value[0] + 0.5, draws)
        tau = np.abs(dice.normal(0, 0.5, draws))
        return 1 / (1 + np.exp(-np.log(one / (1 - one)) - 2**0.5 * tau * dice.normal(0, 1, draws)))

    found = draw(*parts[0])
    for (kind, sensitive, specific), positive in parts[1:]:
        sens = draw(kind, sensitive)
        spec = specific if isinstance(specific, float) else draw("beta", specific)
        with_, without = (sens, 1 - spec) if positive else (1 - sens, spec)
        found = found * with_ / (found * with_ + (1 - found) * without)
    return [float(v) for v in np.quantile(found, (0.5, 0.025, 0.975))]


def new_centre(x: list[int], n: list[int], dice: Any, draws: int) -> Any:
    """Draws of the logit of a new centre, by importance sampling over the pooled logit and the spread of studies."""
    np, stats = pytest.importorskip("numpy"), pytest.importorskip("scipy.stats")
    middle = np.log((sum(x) + 0.5) / (sum(n) - sum(x) + 0.5))
    points = 40_000
    mu = middle + 1.5 * dice.standard_t(4, points)
    tau = np.abs(dice.normal(0, 0.5, points))
    weight = -stats.t.logpdf((mu - middle) / 1.5, 4)
    at, share_of = np.polynomial.hermite_e.hermegauss(40)
    for positive, tested in zip(x, n, strict=True):
        effects = mu[:, None] + tau[:, None] * at[None, :]
        likelihood = positive * effects - tested * np.logaddexp(0, effects)
        top = likelihood.max(axis=1, keepdims=True)
        weight += top[:, 0] + np.log((np.exp(likelihood - top) * share_of).sum(axis=1))
    weight = np.exp(weight - weight.max())
    chosen = dice.choice(points, draws, p=weight / weight.sum())
    return mu[chosen] + tau[chosen] * dice.normal(0, 1, draws)


UNSELECTED = ([1, 4, 2, 13, 1, 2, 3, 2], [152, 324, 478, 1915, 103, 45, 199, 105])
INFANTILE = ([10, 25, 6, 9, 5, 14], [11, 26, 12, 14, 5, 14])
NTRK3 = ([6, 27, 16], [11, 34, 17])


@pytest.mark.parametrize(
    ("group", "key", "parts"),
    [
        ("unselected_every_series", "ihc_sarcoma+",
         lambda: [("centre", UNSELECTED), (("beta", (8, 10), (29, 39)), True)]),
        ("unselected_every_series", "ihc_sarcoma- dna_all_tumours-",
         lambda: [("centre", UNSELECTED), (("beta", (8, 10), (29, 39)), False), (("beta", (34, 46), 0.999), False)]),
        ("infantile_fibrosarcoma_every_series", "ihc_infantile_fibrosarcoma-",
         lambda: [("centre", INFANTILE), (("centre", NTRK3, (29, 39)), False)]),
        ("uterine_sarcoma", "ihc_uterine+",
         lambda: [("beta", (2, 174)), (("beta", (11, 12), (450, 461)), True)]),
        ("imt_alk_ros1_positive", "dna_all_tumours-",
         lambda: [("beta", (0, 31)), (("beta", (34, 46), 0.999), False)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_ranges_agree_with_sampling(group: str, key: str, parts: Any) -> None:
    shipped = load().data[FIGURES]["after"][group][key][:3]
    for ours, theirs in zip(shipped, sampled(parts()), strict=True):
        assert math.log(ours / (1 - ours)) == pytest.approx(math.log(theirs / (1 - theirs)), abs=0.1)


def test_a_spread_is_what_its_parts_are() -> None:
    posterior = pytest.importorskip("ntrkpath.evidence.posterior")
    predictive = pytest.importorskip("ntrkpath.evidence.predictive")
    stats = pytest.importorskip("scipy.stats")
    for x, n in ((0, 31), (1, 186), (13, 24), (49, 50), (28, 4136), (12, 12)):
        exact = stats.beta(x + 0.5, n - x + 0.5)
        found = posterior.Uncertain(predictive.one_study(x, n, 3000))
        assert found.range() == pytest.approx([exact.ppf(level) for level in (0.5, 0.025, 0.975)], rel=2e-3, abs=1e-7)
        assert found.spread().range() == pytest.approx(found.range(), rel=1e-2, abs=1e-6)
    certain = posterior.Uncertain.certain(0.25)
    assert certain.range() == (pytest.approx(0.25),) * 3
    sure = posterior.Spread.ratio(posterior.Uncertain.certain(0.8), posterior.Uncertain.certain(0.9), True)
    assert sure.ratio_range() == pytest.approx((8.0, 8.0, 8.0), rel=0.01)


def test_without_the_statistics_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    posterior = pytest.importorskip("ntrkpath.evidence.posterior")
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(EvidenceError, match=r"ntrkpath\[stats\]"):
        posterior.Uncertain.new_centre([1], [2])


# --- the shipped figures --------------------------------------------------------------------------------------------
def close(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict):
        return set(ours) == set(theirs) and all(close(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list | tuple):
        return len(ours) == len(theirs) and all(itertools.starmap(close, zip(ours, theirs, strict=True)))
    if isinstance(ours, float):
        return math.isclose(ours, theirs, rel_tol=2e-3, abs_tol=2e-6)
    return bool(ours == theirs)


def test_the_shipped_figures_belong_to_the_evidence() -> None:
    pytest.importorskip("scipy")
    from ntrkpath.evidence.probability_figures import figures

    made = figures(load())
    shipped = load().data[FIGURES]
    assert shipped["made_from"] == made["made_from"], "run scripts/build_probability.py"
    assert close(msgspec.to_builtins(made), shipped)


def test_every_range_holds_its_estimate_and_every_result_moves_the_right_way() -> None:
    shipped = load().data[FIGURES]
    for group, found in shipped["after"].items():
        before = shipped["frequencies"][group]["probability"][0]
        for key, (estimate, low, high, *over) in found.items():
            assert 0 <= low < estimate < high <= 1, (group, key)
            assert len(over) == (2 if key.startswith("ihc") else 0)
            if key.endswith("+"):
                assert estimate > before
            elif "+" not in key:
                assert estimate < before
    for accuracy in shipped["accuracy"].values():
        assert accuracy["positive"][0] > 1 > accuracy["negative"][0]


def test_every_histology_in_every_state_finds_its_figures() -> None:
    edition = load()
    asked = Probabilities(edition)
    base = dict.fromkeys(asked.facts, "unknown") | {
        "fish": "not_done", "rt_pcr": "not_done", "rna": "not_done", "sequence": "not_done",
        "other_driver": "none_reported", "ntrk_amplification": "absent", "dna_coverage": "all_three",
    }  # fmt: skip
    states = list(
        itertools.product(("present", "absent", "unknown"), ("present", "absent", "expected", "unknown"),
                          ("positive", "negative", "not_done"), ("negative", "not_done"))
    )  # fmt: skip
    numbers = 0
    for histology in edition.vocabulary:
        for alk, canonical, ihc, dna in states:
            found = asked.of(
                histology.id, histology.name,
                {**base, "histology_group": histology.group, "alk_ros1": alk, "canonical_alteration": canonical,
                 "ihc": ihc, "dna": dna, "dna_call": dna, "ihc_screen": "usable", "priority": "++"},
            )  # fmt: skip
            if found is None:
                assert asked.why_not_shown(histology.id, {"histology_group": histology.group, "sequence": "not_done"})
                continue
            assert (found.now is None) == (found.pre_test is None)
            assert found.now is not None or found.note.startswith("No figure. ")
            numbers += found.now is not None
    assert numbers > 1000


def test_the_first_condition_that_holds_counts() -> None:
    ruled = Ruled([{"when": {"a": ["x", "y"]}, "n": 1}, {"when": {"b": "z"}, "n": 2}, {"n": 3}])
    assert (ruled.first({"a": "y", "b": "z"}) or {})["n"] == 1
    assert (ruled.first({"b": "z"}) or {})["n"] == 2
    assert (ruled.first({}) or {})["n"] == 3
    assert ruled.facts() == {"a", "b"}
    assert When({"a": "unknown"}).holds({})


def changed(**files: Any) -> Edition:
    """The edition with files of its data replaced, as someone who edits the YAML has it."""
    edition = load()
    return Edition(Contents(edition.sha256, 0, {**edition.data, **files}), edition.directory)


def one_more_fusion() -> dict[str, Any]:
    frequency = msgspec.json.decode(msgspec.json.encode(load().data["evidence_frequency"]))
    study = next(s for g in frequency["groups"] if g["id"] == "uterine_sarcoma" for s in g["studies"])
    study["positive"] = 20
    return dict(frequency)


def test_an_edition_whose_evidence_was_edited_is_not_answered_from_old_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = changed(evidence_frequency=one_more_fusion())
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    case = case_from({"id": "c", "diagnosis": {"histology": "USARC"}, "tests": [IHC_NEGATIVE]})
    found = Pathway(edition, TODAY).recommend(case).probability
    assert found == Probability(None, (), None, (), (), STALE)


@cache
def edited() -> Pathway:
    """The pathway of an edition with one more fusion among its frequencies, and with a study of FISH."""
    accuracy, rules = (msgspec.json.decode(msgspec.json.encode(load().data[n])) for n in ("evidence_accuracy", RULES))
    study = next(s for s in accuracy["studies"] if s["id"] == "solomon2020_sarcoma")
    accuracy["studies"].append({**study, "id": "fish", "test": "fish", "true_positive": 18, "part_of": None})
    rules["accuracy"].append(
        {"id": "fish", "test": "fish", "sensitivity": {"study": "fish"}, "specificity": {"study": "fish"}, "why": "x"}
    )
    fish = next(t for t in rules["tests"] if t["id"] == "fish")
    positive = next(r for r in fish["results"] if r["when"] == {"fish": "positive"})
    positive |= {"effect": "weighed", "sign": "positive"}
    edition = changed(evidence_frequency=one_more_fusion(), evidence_accuracy=accuracy, probability=rules)
    return Pathway(edition, TODAY)


def test_with_the_statistics_installed_the_figures_are_made_anew() -> None:
    pytest.importorskip("scipy")
    case = case_from({"id": "c", "diagnosis": {"histology": "USARC"}, "tests": [IHC_NEGATIVE]})
    found = edited().recommend(case).probability
    assert found is not None and found.pre_test is not None
    assert found.pre_test.counts == "20 of 174"
    assert found.pre_test.estimate == pytest.approx(20 / 174, rel=0.03)


def test_a_study_of_fish_would_be_weighed_once_it_is_entered() -> None:
    pytest.importorskip("scipy")
    test = {"method": "fish", "result": "positive", "gene": "NTRK3", "probe": "break_apart"}
    case = {
        "id": "c",
        "diagnosis": {"histology": "infantile fibrosarcoma"},
        "disease": {"extent": "metastatic"},
        "tests": [DNA_NEGATIVE, test, IHC_POSITIVE],
    }
    found = edited().recommend(case_from(case)).probability
    assert found is not None
    assert [(step.test, step.effect) for step in found.steps] == [(t, "weighed") for t in ("ihc", "fish", "dna")]
    assert found.steps[1].sensitivity is not None and found.steps[1].sensitivity.counts == "18 of 20"


@pytest.mark.parametrize("name", SOURCES)
def test_an_edition_without_evidence_gives_no_probability(name: str) -> None:
    edition = load()
    without = Edition(Contents("", 0, {k: v for k, v in edition.data.items() if k != name}), edition.directory)
    assert Probabilities(without).of("GIST", "GIST", {}) is None


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ({"not_shown": [{"when": {"sequenced": "yes"}, "why": "x"}]}, "sequenced"),
        ({"not_shown": [{"when": {"sequence": "perhaps"}, "why": "x"}]}, "perhaps"),
        ({"without_figure": [{"when": {"histology": "XYZ"}, "why": "x"}]}, "XYZ"),
        ({"accuracy": [{"id": "a", "test": "ihc", "sensitivity": {"pool": "none"}, "specificity": {"study": "none"}}]},
         "none"),
        ({"accuracy": [{"id": "a", "test": "ihc", "sensitivity": {"study": "chiang2018"},
                        "specificity": {"study": "chiang2018"}}]}, "chiang2018"),
        ({"accuracy": [{"id": "a", "test": "dna", "sensitivity": {"printed": "rosen2020_dna"},
                        "specificity": {"printed": "rosen2020_dna"}}]}, "rosen2020_dna"),
    ],
)  # fmt: skip
def test_a_rule_that_names_what_is_not_there_is_refused(change: dict[str, Any], value: str) -> None:
    pytest.importorskip("scipy")
    from ntrkpath.evidence.probability_figures import figures

    with pytest.raises(GuidanceError) as caught:
        figures(changed(probability={**load().data[RULES], **change}))
    assert caught.value.value == value


def test_a_fact_that_the_edition_lacks_is_refused_at_once() -> None:
    rules = {**load().data[RULES], "not_shown": [{"when": {"sequenced": "yes"}, "why": "x"}]}
    with pytest.raises(GuidanceError, match="no such fact"):
        Probabilities(changed(probability=rules))


# --- what a case is told --------------------------------------------------------------------------------------------
def test_before_any_test_the_histology_speaks() -> None:
    found = told("infantile fibrosarcoma")
    assert found.pre_test is not None and found.now is not None
    assert (found.pre_test.group, found.pre_test.counts) == ("infantile_fibrosarcoma_every_series", "69 of 82")
    assert found.now.estimate == found.pre_test.estimate
    assert found.now.low < 6 / 12 < 35 / 37 < found.now.high
    assert "circular" in found.pre_test.why and any("circular" in text for text in found.assumptions)
    assert found.pre_test.stands_in_for is None
    assert [(item.test, item.result) for item in found.next] == [
        ("ihc", "positive"), ("ihc", "negative"), ("dna", "negative"),
    ]  # fmt: skip


def test_an_entity_without_counts_of_its_own_says_what_stands_in() -> None:
    found = plain_sarcoma()
    assert found.pre_test is not None
    assert found.pre_test.group == "unselected_every_series"
    assert "leomorphic" in (found.pre_test.stands_in_for or "")
    assert "stands in" in found.pre_test.why


def test_a_positive_stain_in_unselected_sarcoma() -> None:
    found = plain_sarcoma(IHC_POSITIVE)
    (step,) = found.steps
    assert found.now == step.probability
    assert found.now is not None and 0.02 < found.now.estimate < 0.03
    assert step.over_studies is not None and step.over_studies[0] < 0.03 and step.over_studies[1] > 0.12
    assert step.sensitivity is not None and step.sensitivity.counts == "8 of 10"
    assert step.specificity is not None and step.specificity.counts == "29 of 39"
    assert step.ratio is not None and step.ratio.low < step.ratio.estimate < step.ratio.high


def test_a_negative_stain_in_infantile_fibrosarcoma_leaves_a_fusion_well_possible() -> None:
    found = told("infantile fibrosarcoma", IHC_NEGATIVE)
    assert found.now is not None
    assert 0.4 <= found.now.estimate <= 0.7
    assert found.now.low < 0.2 < 0.83 < found.now.high


@pytest.mark.parametrize("age", ["14 years", "34 years"])
def test_the_frequency_of_infants_is_not_given_for_an_older_patient(age: str) -> None:
    found = told("infantile fibrosarcoma", IHC_POSITIVE, patient={"age": age})
    assert found.pre_test is None and found.now is None and "in question" in found.note
    small = told("infantile fibrosarcoma", IHC_POSITIVE, patient={"age": "5 months"})
    assert small.now is not None and not any("older age" in text for text in small.assumptions)
    assert any("older age" in text for text in told("infantile fibrosarcoma", IHC_POSITIVE).assumptions)


@pytest.mark.parametrize(
    ("histology", "more", "sensitivity", "specificity"),
    [
        ("inflammatory myofibroblastic tumour", {}, "3 of 3", "5 of 5"),
        ("Ewing sarcoma", {}, "8 of 10", "11 of 24"),
        ("undifferentiated uterine sarcoma", {}, "11 of 12", "450 of 461"),
        ("GIST", {}, "49 of 62", "27 of 47"),
    ],
)
def test_a_tumour_with_counts_of_its_own_uses_them(
    histology: str, more: dict[str, Any], sensitivity: str, specificity: str
) -> None:
    (step,) = told(histology, IHC_POSITIVE, diagnosis={"differentiation": "none"}, **more).steps
    assert step.sensitivity is not None and step.specificity is not None
    assert (step.sensitivity.counts, step.specificity.counts) == (sensitivity, specificity)


def test_two_results_are_weighed_one_after_the_other_and_their_dependence_is_told() -> None:
    found = plain_sarcoma(IHC_POSITIVE, DNA_NEGATIVE)
    assert [step.effect for step in found.steps] == ["weighed", "weighed"]
    assert found.now == found.steps[-1].probability
    first, second = (step.probability for step in found.steps)
    assert first is not None and second is not None and second.estimate < first.estimate
    assert any("independent given the fusion" in text for text in found.assumptions)
    assert found.next == ()


def test_what_comes_next_is_what_then_comes_out() -> None:
    expected = {(item.test, item.result): item.probability for item in plain_sarcoma(IHC_POSITIVE).next}
    assert plain_sarcoma(IHC_POSITIVE, DNA_NEGATIVE).now == expected["dna", "negative"]
    expected = {(item.test, item.result): item.probability for item in plain_sarcoma(DNA_NEGATIVE).next}
    assert plain_sarcoma(IHC_NEGATIVE, DNA_NEGATIVE).now == expected["ihc", "negative"]


SILENT = [
    {"method": "pan_trk_ihc", "result": "failed"},
    {"method": "pan_trk_ihc", "result": "negative", "control": "inadequate"},
    {"method": "pan_trk_ihc"},
    {"method": "fish", "result": "failed", "gene": "NTRK1", "probe": "break_apart"},
    {"method": "fish", "result": "negative", "gene": "NTRK1", "probe": "break_apart"},
    {"method": "rt_pcr", "result": "failed", "targets": ["ETV6::NTRK3"]},
    {"method": "dna_mps", "result": "failed", "genes_covered": GENES},
    {"method": "dna_mps", "result": "negative"},
    {"method": "dna_mps", "result": "negative", "genes_covered": ["NTRK1"]},
    {"method": "rna_mps", "result": "failed"},
    {"method": "rna_mps", "result": "negative"},
    {"method": "rna_mps", "result": "negative", "rna_quality": "poor", "genes_covered": GENES},
    {"method": "rna_mps", "result": "negative", "rna_quality": "adequate", "genes_covered": ["NTRK3"]},
]


@pytest.mark.parametrize("test", SILENT, ids=lambda test: "-".join(str(v) for v in test.values()))
def test_a_test_that_says_nothing_leaves_the_probability_where_it_was(test: dict[str, Any]) -> None:
    found, before = plain_sarcoma(test), plain_sarcoma()
    assert found.now == before.now
    (step,) = found.steps
    assert (step.effect, step.probability) == ("leaves", None) and step.why
    both = plain_sarcoma(test, IHC_POSITIVE if test["method"] != "pan_trk_ihc" else DNA_NEGATIVE)
    alone = plain_sarcoma(IHC_POSITIVE if test["method"] != "pan_trk_ihc" else DNA_NEGATIVE)
    assert both.now == alone.now


@pytest.mark.parametrize(
    "test",
    [
        {"method": "fish", "result": "positive", "gene": "NTRK3", "probe": "break_apart"},
        {"method": "fish", "result": "positive", "gene": "ETV6", "probe": "break_apart"},
        {"method": "rt_pcr", "result": "negative", "targets": ["ETV6::NTRK3"], "control": "adequate"},
    ],
    ids=["FISH", "ETV6", "RT-PCR"],
)
def test_a_result_that_no_study_counted_ends_the_figures_and_says_why(test: dict[str, Any]) -> None:
    found = told("infantile fibrosarcoma", IHC_POSITIVE, test)
    assert found.now is None and found.next == () and found.note
    weighed, open_ = found.steps
    assert weighed.probability is not None
    assert (open_.effect, open_.probability) == ("no_figure", None)
    assert "no study" in open_.why


@pytest.mark.parametrize(
    ("tests", "word"),
    [
        ([RNA_POSITIVE], "Proven"),
        ([RNA_NEGATIVE], "standard"),
        ([{**RNA_POSITIVE, "fusions": [{"five_prime": "ETV6", "three_prime": "NTRK3", "frame": "out_of_frame"}]}],
         "not productive"),
        ([{**RNA_POSITIVE, "fusions": [{"five_prime": "NTRK3", "three_prime": "ETV6"}]}], "unsettled"),
        ([{**RNA_POSITIVE, "method": "dna_mps", "rna_quality": None}], "likely"),
    ],
)  # fmt: skip
def test_where_sequencing_has_spoken_nothing_is_said_of_the_probability(tests: list[dict[str, Any]], word: str) -> None:
    given = [{k: v for k, v in test.items() if v is not None} for test in tests]
    answer = decided("infantile fibrosarcoma", IHC_POSITIVE, *given)
    assert word in hidden(answer)
    assert_nowhere(answer)


def assert_nowhere(answer: Recommendation) -> None:
    """No form of the answer has the block: text short and whole, page, paper, JSON."""
    assert answer.probability is None
    assert msgspec.json.decode(msgspec.json.encode(answer))["probability"] is None
    for text in (render(answer, load()), render(answer, load(), verbose=True), page(answer), paper(answer)):
        assert "Probability of a productive" not in text


def paper(answer: Recommendation) -> str:
    """What is handed to the typesetter for one answer."""
    typst = pytest.importorskip("typst")
    from ntrkpath.report.pdf import render_pdf

    given_: list[str] = []

    def compiled(_: bytes, *, sys_inputs: dict[str, str], **__: Any) -> bytes:
        given_.append(sys_inputs["document"])
        return b""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typst, "compile", compiled)
        render_pdf([answer], load())
    return given_[0]


def test_where_the_next_step_turns_on_it_every_form_has_the_block_and_says_that_it_is_not_validated() -> None:
    answer = decided("infantile fibrosarcoma", IHC_NEGATIVE)
    for text in (render(answer, load(), verbose=True), page(answer), paper(answer)):
        told_ = " ".join(text.split())
        assert "Probability of a productive" in told_ and "Not validated" in told_
    assert answer.probability is not None
    assert any(text.startswith("Not validated") for text in answer.probability.assumptions)


@pytest.mark.parametrize(
    ("histology", "tests", "more", "word"),
    [
        ("lipoma", [], {}, "sarcomas only"),
        ("lipoma", [IHC_POSITIVE], {}, "sarcomas only"),
        ("BONE", [IHC_POSITIVE], {}, "resolved first"),
        ("leiomyosarcoma", [], {"disease": {"extent": "localized"}}, "no routine test is advised"),
        ("leiomyosarcoma", [], {"disease": {}}, "extent or the drivers"),
        ("infantile fibrosarcoma", [IHC_POSITIVE],
         {"therapy": [{"drug": "larotrectinib", "progression": True}]}, "resistance"),
    ],
)  # fmt: skip
def test_where_the_next_step_does_not_turn_on_it_nothing_is_said(
    histology: str, tests: list[dict[str, Any]], more: dict[str, Any], word: str
) -> None:
    answer = decided(histology, *tests, **more)
    assert word in hidden(answer)
    assert_nowhere(answer)


def test_every_condition_under_which_nothing_is_said_holds_for_some_answer() -> None:
    met = {
        hidden(decided("infantile fibrosarcoma", test))
        for test in (
            RNA_POSITIVE, RNA_NEGATIVE, {**RNA_POSITIVE, "fusions": [{"five_prime": "NTRK3", "three_prime": "ETV6"}]},
            {**RNA_POSITIVE, "fusions": [{"five_prime": "ETV6", "three_prime": "NTRK3", "frame": "out_of_frame"}]},
            {"method": "dna_mps", "result": "positive", "genes_covered": GENES, "fusions": RNA_POSITIVE["fusions"]},
        )
    }  # fmt: skip
    met |= {hidden(decided(name)) for name in ("lipoma", "BONE", "GIST")}
    met.add(
        hidden(
            decided("infantile fibrosarcoma", IHC_POSITIVE, therapy=[{"drug": "larotrectinib", "progression": True}])
        )
    )
    assert met - {""} == {entry["why"] for entry in load().data[RULES]["not_shown"]}


def test_every_answer_that_says_nothing_has_a_reason_and_every_other_has_none() -> None:
    for file in FILES:
        answer = pathway().recommend(read_case(file))
        assert (answer.probability is None) == bool(hidden(answer)), file.stem


@pytest.mark.parametrize(
    ("histology", "more", "word"),
    [
        ("NTRK-rearranged spindle cell neoplasm", {}, "circular"),
        ("infantile fibrosarcoma", {"diagnosis": {"typical_histology": False}}, "not typical"),
        ("undifferentiated pleomorphic sarcoma",
         {"alterations": [{"gene": "BRAF", "kind": "mutation", "status": "present"}]}, "driver"),
        ("synovial sarcoma", {"alterations": [{"gene": "SS18", "kind": "fusion", "status": "present"}]}, "how rare"),
    ],
)  # fmt: skip
def test_where_no_study_counted_such_tumours_none_is_given(histology: str, more: dict[str, Any], word: str) -> None:
    found = told(histology, IHC_POSITIVE, **more)
    assert found.pre_test is None and found.now is None and found.next == ()
    assert word in found.note


def test_alk_and_ros1_move_the_frequency_in_inflammatory_myofibroblastic_tumour() -> None:
    def imt(status: str | None) -> float:
        alterations = [{"gene": gene, "kind": "fusion", "status": status} for gene in ("ALK", "ROS1") if status]
        found = told("inflammatory myofibroblastic tumour", IHC_POSITIVE, alterations=alterations)
        assert found.pre_test is not None
        return found.pre_test.estimate

    assert imt("present") < imt(None) < imt("absent")


def test_myogenic_differentiation_takes_its_weight_from_a_stain() -> None:
    stain = {**IHC_POSITIVE, "distribution": "diffuse"}
    found = told("leiomyosarcoma", stain)
    assert found.now is None and "IHC-3" in found.steps[0].why
    assert all(item.test != "ihc" for item in told("leiomyosarcoma").next)


def test_a_stain_says_less_in_dedifferentiated_liposarcoma() -> None:
    lipo = told("dedifferentiated liposarcoma", IHC_POSITIVE)
    assert lipo.now is not None and lipo.steps[0].specificity is not None
    assert lipo.steps[0].specificity.counts == "56 of 132"
    other = plain_sarcoma(IHC_POSITIVE).now
    assert other is not None and lipo.now.estimate < other.estimate


def test_an_amplification_explains_a_stain() -> None:
    found = plain_sarcoma(IHC_POSITIVE, {**DNA_NEGATIVE, "amplifications": ["NTRK1"]})
    assert found.steps[0].effect == "leaves" and "amplified" in found.steps[0].why.lower()


# --- beside the rules, never instead of them ------------------------------------------------------------------------
def without(answer: Recommendation) -> Recommendation:
    return msgspec.structs.replace(answer, probability=None)


@pytest.mark.parametrize("file", FILES, ids=[file.stem[:4] for file in FILES])
def test_a_published_case_is_decided_alike_with_and_without(file: Path) -> None:
    case = read_case(file)
    answer = pathway().recommend(case)
    assert without(answer) == pathway(False).recommend(case)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(random_cases())
def test_any_case_is_decided_alike_with_and_without(data: dict[str, Any]) -> None:
    try:
        case = case_from(data)
    except CaseError:  # an alteration that is stated present and absent
        reject()
    answer = pathway().recommend(case)
    assert without(answer) == pathway(False).recommend(case)
    found = answer.probability
    assert (found is None) == bool(hidden(answer))
    if found is None:
        return
    for given_ in (found.now, found.pre_test, *(step.probability for step in (*found.steps, *found.next))):
        assert given_ is None or 0 <= given_.low < given_.estimate < given_.high <= 1
    assert found.now is None or found.pre_test is not None
    assert found.now is not None or found.note
    assert msgspec.json.decode(msgspec.json.encode(found), type=Probability) == found


@settings(max_examples=40, deadline=None, derandomize=True)
@given(random_cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_tests_never_changes_the_probability(data: dict[str, Any], dice: Any) -> None:
    tests = list(data.get("tests", ()))
    dice.shuffle(tests)
    shuffled = {**data, "tests": tests}
    ours, theirs = (pathway().recommend(case_from(d)).probability for d in (data, shuffled))
    assert ours == theirs


def test_numpy_is_not_needed_for_a_case() -> None:
    code = (
        "import sys, ntrkpath.cli.main as m\n"
        "try: m.main(['recommend', sys.argv[1], '--format', 'json'])\n"
        "except SystemExit: pass\n"
        "print({'numpy', 'scipy'} & set(sys.modules), file=sys.stderr)\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(FILES[14])], capture_output=True, text=True, check=True)
    assert run.stderr.strip().endswith("set()")
    assert msgspec.json.decode(run.stdout)["probability"]["now"]["estimate"] > 0


# --- in words -------------------------------------------------------------------------------------------------------
def test_in_text_every_figure_has_its_range_and_stands_below_its_prevalence() -> None:
    answer = decided("infantile fibrosarcoma", IHC_NEGATIVE)
    text = render(answer, load(), verbose=True)
    section = text[text.index("Probability of a productive") : text.index("\nProvenance")]
    assert section.index("Before any test") < section.index("pan-TRK IHC negative") < section.index("If next")
    assert "86.7 % (47.0 to 98.6 %)" in section and "69 of 82" in section
    assert "no rule reads it" in section


def test_every_line_of_a_report_has_a_range_or_a_reason() -> None:
    found = told("infantile fibrosarcoma", IHC_POSITIVE, SILENT[3])
    for line in lines(found, load()):
        assert " to " in line.shown or line.detail
    assert found.pre_test is not None
    assert with_range(found.pre_test) == "86.7 % (47.0 to 98.6 %)"


def test_verbose_text_gives_counts_sources_and_assumptions() -> None:
    text = " ".join(render(decided("infantile fibrosarcoma", IHC_NEGATIVE), load(), verbose=True).split())
    assert "49 of 62, Gatalica et al. 2019" in text
    assert "The histology is taken as certain" in text


def test_every_report_with_figures_tells_the_dependence_and_that_a_missing_figure_is_no_advice() -> None:
    answer = decided("infantile fibrosarcoma", IHC_NEGATIVE, DNA_NEGATIVE)
    for text in (render(answer, load(), verbose=True), page(answer)):
        told_ = " ".join(text.split())
        assert "after two negatives the probability is rather higher than shown" in told_
        assert "RNA sequencing, which is the standard" in told_ and "no advice against them" in told_
    assert "after two negatives" not in render(decided("leiomyosarcoma", DNA_NEGATIVE), load(), verbose=True)


def test_no_sentence_on_figures_stands_where_no_result_has_one() -> None:
    named = told("NTRK-rearranged spindle cell neoplasm")
    for found in (named, told("leiomyosarcoma", IHC_NEGATIVE)):
        assert brief(found, load()) == ()


def test_a_study_that_missed_no_fusion_never_makes_a_negative_certain() -> None:
    assert over_words((0.0, 0.255)) == "up to 25.5 %"
    assert over_words((0.74, 1.0)) == "74.0 % or more"
    assert over_words((0.023, 0.27)) == "2.3 to 27.0 %"
    assert over_words(None) == ""
    found = told("lipofibromatosis-like neural tumour", IHC_NEGATIVE)
    assert [line.over for line in lines(found, load())][1] == "up to 26.2 %"


def test_a_frequency_from_chosen_tumours_says_so() -> None:
    found = told("lipofibromatosis-like neural tumour").pre_test
    assert found is not None
    assert found.counts == "25 of 39" and "rather too high" in found.why


def test_of_a_stain_in_a_myogenic_tumour_the_series_with_counts_are_named() -> None:
    series = evidence_of(load()).accuracy_studies
    assert (series["chiang2018"].false_positive, series["chiang2018"].specificity) == (6, (91, 97))
    assert (series["lippai2024"].false_positive, series["lippai2024"].specificity) == (76, (56, 132))
    (step,) = told("leiomyosarcoma", {**IHC_POSITIVE, "percent": 90, "distribution": "diffuse"}).steps
    assert step.effect == "no_figure" and "6 of 97 stained" in step.why and "76 of 132" in step.why


def page(*answers: Recommendation) -> str:
    return render_html(answers, load())


def test_the_page_draws_the_figures_and_tells_them_beside_their_prevalence() -> None:
    written = page(decided("infantile fibrosarcoma", IHC_NEGATIVE)).replace("\u00a0", " ")
    section = written[written.index("<h3>Probability of") :]
    section = section[: section.index("<h3>", 5)]
    assert section.count('class="ntrk-plot"') == 1
    table = section[section.index("<table") :]
    assert table.index("86.7 % (47.0 to 98.6 %)") < table.index("pan-TRK IHC negative") < table.index("If next: DNA")
    assert "no rule reads it" in section and "What these figures rest on" in section


def test_a_page_without_a_figure_says_why_and_draws_none() -> None:
    written = page(decided("NTRK-rearranged spindle cell neoplasm"))
    assert 'class="ntrk-plot"' not in written
    assert "circular" in written


def test_pictures_of_several_cases_have_ids_of_their_own() -> None:
    written = page(decided("GIST"), decided("infantile fibrosarcoma", IHC_NEGATIVE))
    ids = re.findall(r'\bid="([^"]+)"', written)
    assert len(ids) == len(set(ids))


def test_an_answer_without_probability_has_no_such_part() -> None:
    answer = without(decided("infantile fibrosarcoma", IHC_NEGATIVE))
    assert "Probability" not in render(answer, load())
    assert "<h3>Probability" not in page(answer)


def test_the_figures_that_the_documentation_names() -> None:
    found = load().data[FIGURES]["after"]
    stained = found["unselected_every_series"]["ihc_sarcoma+"]
    assert (percent_range(*stained[1:3]), percent_range(*stained[3:])) == ("0.61 to 13.0 %", "2.7 to 29.8 %")
    assert percent(found["infantile_fibrosarcoma_every_series"]["ihc_infantile_fibrosarcoma-"][0]) == "65.1 %"


def test_the_evidence_names_every_study_of_the_rules() -> None:
    evidence = evidence_of(load())
    for entry in load().data[RULES]["accuracy"]:
        for pair in entry.get("over", ()):
            assert set(pair) <= set(evidence.accuracy_studies)
