"""Intervals and pooling: against R, against closed forms, and by their properties."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from math import inf, log, nan, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from ntrkpath.evidence.bivariate import laplace, pool_accuracy
from ntrkpath.evidence.data import COUNTS
from ntrkpath.evidence.glmm import expit, leave_one_out, marginal, pool
from ntrkpath.evidence.inverse_variance import inverse_variance
from ntrkpath.evidence.proportions import clopper_pearson, need, normal_quantile, wilson
from ntrkpath.model.errors import EvidenceError

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = yaml.safe_load((ROOT / "tests" / "data" / "evidence_reference.yaml").read_text(encoding="utf-8"))
SHARED = ROOT.parent / "shared" / "data" / "statistics" / "meta_reference.json"
#: Four decimals of a percentage.
CLOSE = 1e-6
POOLED = REFERENCE["pooled"]
BIVARIATE = REFERENCE["bivariate"]


def named(entry: dict[str, Any]) -> str:
    return f"{entry['group']}-{entry['overlap']}" if "group" in entry else entry["id"]


# --- intervals --------------------------------------------------------------------------------------------------------
counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, st.floats(0.5, 0.999))
def test_an_interval_contains_its_estimate_and_keeps_within_0_and_1(xn: tuple[int, int], level: float) -> None:
    for interval in (clopper_pearson(*xn, level), wilson(*xn, level)):
        assert 0 <= interval.low <= interval.estimate <= interval.high <= 1


@given(counts)
def test_more_positives_move_both_ends_up(xn: tuple[int, int]) -> None:
    x, n = xn
    for interval in (clopper_pearson, wilson):
        if x < n:
            one, more = interval(x, n), interval(x + 1, n)
            assert (one.low < more.low and one.high < more.high) or more.high == 1.0


@given(counts)
def test_intervals_of_the_negatives_are_the_mirror_of_those_of_the_positives(xn: tuple[int, int]) -> None:
    x, n = xn
    for interval in (clopper_pearson, wilson):
        one, mirror = interval(x, n), interval(n - x, n)
        assert one.low == pytest.approx(1 - mirror.high, abs=1e-9)


@given(counts)
def test_the_exact_interval_leaves_a_fortieth_of_the_binomial_on_each_side(xn: tuple[int, int]) -> None:
    x, n = xn
    interval = clopper_pearson(x, n)
    if x > 0:
        assert stats.binom.sf(x - 1, n, interval.low) == pytest.approx(0.025, rel=1e-6)
    if x < n:
        assert stats.binom.cdf(x, n, interval.high) == pytest.approx(0.025, rel=1e-6)


@given(counts)
def test_at_the_ends_of_the_wilson_interval_the_score_is_the_normal_quantile(xn: tuple[int, int]) -> None:
    x, n = xn
    interval = wilson(x, n)
    for end in (interval.low, interval.high):
        if 0 < end < 1:
            assert abs(x / n - end) / sqrt(end * (1 - end) / n) == pytest.approx(normal_quantile(), rel=1e-6)


@pytest.mark.parametrize(
    ("x", "n", "field"),
    [
        (5, 3, "positive"),
        (-1, 3, "positive"),
        (1.5, 3, "positive"),
        (True, 3, "positive"),
        ("1", 3, "positive"),
        (float("nan"), 3, "positive"),
        (0, 0, "tested"),
        (0, -2, "tested"),
        (1, 2.5, "tested"),
    ],
)
def test_a_count_that_cannot_be_is_an_error_that_names_the_field(x: Any, n: Any, field: str) -> None:
    for interval in (clopper_pearson, wilson):
        with pytest.raises(EvidenceError) as caught:
            interval(x, n)
        assert caught.value.where == field


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_a_level_of_confidence_lies_between_0_and_1(level: float) -> None:
    with pytest.raises(EvidenceError, match="level"):
        clopper_pearson(1, 2, level)


# --- pooled proportions against R -------------------------------------------------------------------------------------
@pytest.mark.parametrize("entry", POOLED, ids=named)
def test_pooled_shares_agree_with_metafor_to_four_decimals_of_a_percent(entry: dict[str, Any]) -> None:
    found = pool(entry["x"], entry["n"])
    for name in ("estimate", "low", "high"):
        assert getattr(found, name) == pytest.approx(entry[name], abs=CLOSE), name
    assert found.tau2 == pytest.approx(entry["tau2"], abs=1e-5)
    assert found.i2 == pytest.approx(entry["i2"], abs=2e-3)
    assert found.logit == pytest.approx(entry["logit"], abs=1e-5)
    assert found.logit_se == pytest.approx(entry["logit_se"], abs=1e-5)
    assert found.lrt == pytest.approx(entry["lrt"], abs=1e-6)
    assert found.lrt_p == pytest.approx(entry["lrt_p"], abs=1e-6)


@pytest.mark.parametrize("entry", POOLED, ids=named)
def test_inverse_variance_figures_agree_with_metafor(entry: dict[str, Any]) -> None:
    assert inverse_variance(entry["x"], entry["n"]).estimate == pytest.approx(entry["inverse_variance"], abs=CLOSE)


def test_inverse_variance_pooling_is_18_to_26_percent_too_high_for_unselected_sarcoma() -> None:
    excess = [inverse_variance(e["x"], e["n"]).estimate / pool(e["x"], e["n"]).estimate - 1 for e in POOLED[:2]]
    assert [round(100 * value) for value in excess] == [18, 26]


def test_simulated_studies_show_that_inverse_variance_is_biased_and_the_binomial_model_is_not() -> None:
    draw = np.random.default_rng(1)
    n = [152, 324, 478, 1915, 103, 45]
    true, ours, other = 0.0076, [], []
    for _ in range(150):
        x = [int(v) for v in draw.binomial(n, true)]
        if sum(x):
            ours.append(pool(x, n).estimate)
            other.append(inverse_variance(x, n).estimate)
    assert np.mean(ours) == pytest.approx(true, rel=0.06)
    assert np.mean(other) > 1.1 * true


@pytest.mark.skipif(not SHARED.exists(), reason="the reference file is not beside the repository")
def test_every_reference_group_agrees() -> None:
    groups = json.loads(SHARED.read_text(encoding="utf-8"))["groups"]
    pooled = 0
    for group in groups.values():
        x, n = [s["x"] for s in group["per_study"]], [s["n"] for s in group["per_study"]]
        for study in group["per_study"]:
            for name, interval in (("cp", clopper_pearson), ("wilson", wilson)):
                ours = interval(study["x"], study["n"])
                assert (ours.estimate, ours.low, ours.high) == pytest.approx(
                    tuple(study[name][k] for k in ("est", "lo", "hi")), abs=1e-8
                )
        theirs = group.get("glmm_PLO_ML") or group["pooled_counts_clopper_pearson"]
        found = pool(x, n)
        assert (found.estimate, found.low, found.high) == pytest.approx(
            (theirs["est"], theirs["lo"], theirs["hi"]), abs=CLOSE
        )
        pooled += "glmm_PLO_ML" in group
    assert pooled == 5


def _r(script: str, text: str, tmp_path: Path) -> list[dict[str, str]]:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    package = "lme4" if script == "bivariate.R" else "metafor"
    if subprocess.run(["Rscript", "-e", f"library({package})"], capture_output=True, check=False).returncode:
        pytest.skip(f"R has no {package}")
    file = tmp_path / "studies.csv"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["Rscript", str(ROOT / "tests" / "oracle" / script), str(file)], capture_output=True, text=True, check=True
    )
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_metafor_run_now_agrees_also_on_studies_made_up_at_random(tmp_path: Path) -> None:
    draw = np.random.default_rng(20)
    sets: dict[str, tuple[list[int], list[int]]] = {named(e): (e["x"], e["n"]) for e in POOLED}
    for i in range(6):
        n = [int(v) for v in draw.integers(20, 400, 3 + 2 * i)]
        logit = draw.normal(-1.5, 0.8, len(n))
        sets[f"random{i}"] = [int(v) for v in draw.binomial(n, 1 / (1 + np.exp(-logit)))], n
    lines = [f"{name},{a},{b}" for name, (x, n) in sets.items() for a, b in zip(x, n, strict=True)]
    rows = _r("pool.R", "group,x,n\n" + "\n".join(lines) + "\n", tmp_path)
    assert [row["group"] for row in rows] == list(sets)
    for row in rows:
        found = pool(*sets[row["group"]])
        # metafor stops where its optimiser does: at tau2 > 0 some 1e-5 of a logit from the maximum.
        for name, theirs in (("estimate", "estimate"), ("low", "low"), ("high", "high"),
                             ("prediction_low", "pi_low"), ("prediction_high", "pi_high")):  # fmt: skip
            assert getattr(found, name) == pytest.approx(float(row[theirs]), abs=2e-5), (row["group"], name)
        assert found.tau2 == pytest.approx(float(row["tau2"]), abs=2e-4)
        assert found.i2 == pytest.approx(float(row["i2"]), abs=0.02)
        assert found.lrt == pytest.approx(float(row["lrt"]), abs=1e-6)
        other = inverse_variance(*sets[row["group"]])
        assert other.estimate == pytest.approx(float(row["iv"]), abs=1e-6)
        assert (other.low, other.high) == pytest.approx((float(row["iv_low"]), float(row["iv_high"])), abs=1e-5)


# --- the likelihood, and what follows from it -------------------------------------------------------------------------
def test_the_quadrature_is_the_integral_that_it_stands_for() -> None:
    x, n, mu, tau = np.array([3.0, 3.0, 2.0]), np.array([9.0, 17.0, 40.0]), -1.8, 0.6
    exact = 0.0
    for xi, ni in zip(x, n, strict=True):

        def density(v: float, xi: float = xi, ni: float = ni) -> float:
            p = expit(mu + tau * v)
            return float(p**xi * (1 - p) ** (ni - xi) * stats.norm.pdf(v))

        exact -= log(integrate.quad(density, -9, 9, epsabs=0, epsrel=1e-11)[0])
    assert marginal(x, n, nodes=31)(mu, tau) == pytest.approx(exact, abs=1e-8)
    assert marginal(x, n)(mu, tau) == pytest.approx(exact, abs=1e-3)


# Studies that neither all nor none of the tumours settle: there the variance between them has a maximum.
inner = st.integers(5, 2000).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n)))
studies = st.lists(inner, min_size=2, max_size=8)


@settings(max_examples=15, deadline=None)
@given(studies)
def test_no_nearby_value_is_more_likely_than_the_pooled_one(found: list[tuple[int, int]]) -> None:
    x, n = [x for x, _ in found], [n for _, n in found]
    answer = pool(x, n)
    minus = marginal(np.asarray(x, float), np.asarray(n, float))
    assert answer.logit is not None and answer.tau2 is not None
    tau = sqrt(answer.tau2)
    best = minus(answer.logit, tau)
    for mu, t in ((0.05, 0), (-0.05, 0), (0, 0.05), (0, -0.05), (0.05, 0.05)):
        assert minus(answer.logit + mu, abs(tau + t)) >= best - 1e-6
    assert 0 < answer.low < answer.estimate < answer.high < 1


@settings(max_examples=15, deadline=None)
@given(studies, st.randoms())
def test_the_order_of_the_studies_does_not_matter(found: list[tuple[int, int]], draw: Any) -> None:
    other = list(found)
    draw.shuffle(other)
    one, two = (pool([x for x, _ in s], [n for _, n in s]) for s in (found, other))
    assert one.estimate == pytest.approx(two.estimate, abs=1e-6)
    assert one.tau2 == pytest.approx(two.tau2, abs=1e-3, rel=1e-3)


@given(counts.filter(lambda xn: 0 < xn[0] < xn[1]), st.integers(2, 6))
@settings(max_examples=15, deadline=None)
def test_identical_studies_pool_to_their_own_share_and_nothing_between_them(xn: tuple[int, int], k: int) -> None:
    x, n = xn
    found = pool([x] * k, [n] * k)
    assert found.tau2 == 0
    assert found.estimate == pytest.approx(x / n, rel=1e-9)
    # Without a difference between studies the model is the plain binomial one.
    assert found.logit_se == pytest.approx(sqrt(1 / (k * x) + 1 / (k * (n - x))), rel=1e-4)


def test_leaving_one_out_is_pooling_the_others() -> None:
    x, n = POOLED[0]["x"], POOLED[0]["n"]
    without = leave_one_out(x, n)
    assert len(without) == len(x)
    assert without[3] == pool(x[:3] + x[4:], n[:3] + n[4:])
    assert leave_one_out([3], [9]) == ()


def test_a_single_study_and_studies_without_a_positive_keep_exact_intervals() -> None:
    assert pool([1], [186]).method == "one study"
    none, every = pool([0, 0], [10, 21]), pool([4, 6], [4, 6])
    assert none.method == every.method == "summed counts"
    assert (none.estimate, none.low, none.high) == (0, 0, clopper_pearson(0, 31).high)
    assert (every.estimate, every.high) == (1, 1)
    assert none.tau2 is None and none.prediction_high is None


def test_studies_that_share_nothing_are_not_pooled() -> None:
    with pytest.raises(EvidenceError, match="differ too much"):
        pool([0, 900, 0, 800], [700, 900, 600, 800])


@pytest.mark.parametrize(
    ("x", "n", "field"),
    [
        ([], [], "studies"),
        ([1, 5], [10, 4], "studies[1].positive"),
        ([1, inf], [10, 9], "studies[1].positive"),
        ([1, 5], [10, nan], "studies[1].tested"),
        ([-1, 5], [10, 9], "studies[0].positive"),
        ([1, 0.5], [10, 9], "studies[1].positive"),
        ([0, 0], [10, 0], "studies[1].tested"),
        ([1, 2], [10], "tested"),
    ],
)
def test_bad_studies_are_errors_that_name_the_study_and_the_field(x: list[Any], n: list[Any], field: str) -> None:
    for function in (pool, leave_one_out, inverse_variance):
        with pytest.raises(EvidenceError) as caught:
            function(x, n)
        assert caught.value.where == field


def test_a_missing_extra_is_named_with_the_command_that_installs_it() -> None:
    with pytest.raises(EvidenceError, match=r"pip install 'ntrkpath\[stats\]'"):
        need("a_module_that_does_not_exist")


# --- sensitivity and specificity together -----------------------------------------------------------------------------
@pytest.mark.parametrize("entry", BIVARIATE, ids=named)
def test_sensitivity_and_specificity_agree_with_lme4(entry: dict[str, Any]) -> None:
    found = pool_accuracy(entry["tp"], entry["fn"], entry["fp"], entry["tn"])
    assert found.logit == pytest.approx(entry["logit"], abs=1e-5)
    se = sqrt(found.covariance[0][0]), sqrt(found.covariance[1][1])
    assert se == pytest.approx(entry["se"], rel=1e-4)
    assert found.covariance[0][1] == pytest.approx(entry["covariance"], rel=1e-3)
    between = found.between[0][0], found.between[1][1], found.between[0][1]
    assert between == pytest.approx(entry["between"], rel=1e-4)
    assert found.log_likelihood == pytest.approx(entry["log_likelihood"], abs=1e-6)
    assert found.singular == entry["singular"]


def test_lme4_run_now_agrees(tmp_path: Path) -> None:
    lines = [
        f"{entry['id']},{a},{b},{c},{d}"
        for entry in BIVARIATE
        for a, b, c, d in zip(entry["tp"], entry["fn"], entry["fp"], entry["tn"], strict=True)
    ]
    rows = _r("bivariate.R", "group,tp,fn,fp,tn\n" + "\n".join(lines) + "\n", tmp_path)
    for row, entry in zip(rows, BIVARIATE, strict=True):
        found = pool_accuracy(entry["tp"], entry["fn"], entry["fp"], entry["tn"])
        assert found.logit == pytest.approx((float(row["sens"]), float(row["spec"])), abs=1e-5)
        assert sqrt(found.covariance[1][1]) == pytest.approx(float(row["se_spec"]), rel=1e-4)
        assert found.log_likelihood == pytest.approx(float(row["log_likelihood"]), abs=1e-6)


@pytest.mark.parametrize(
    ("tp", "fn", "fp", "tn", "field"),
    [
        ([10, 12, 14], [0, 0, 0], [3, 2, 5], [30, 20, 40], "sensitivity"),
        ([10, 12, 14], [1, 0, 2], [3, 2, 5], [0, 0, 0], "specificity"),
        ([0, 10, 10], [10, 0, 0], [0, 20, 0], [30, 1, 30], "studies"),
        ([10, inf, 14], [1, 0, 2], [3, 2, 5], [9, 9, 9], "studies[1].true_positive"),
        ([10, 12, 14], [1, 0, 2], [3, nan, 5], [9, 9, 9], "studies[1].false_positive"),
        ([10, 12, 14], [1, 0, 2.5], [3, 1, 5], [9, 9, 9], "studies[2].false_negative"),
    ],
)
def test_accuracy_without_a_finite_answer_is_an_error_that_names_the_field(
    tp: list[Any], fn: list[Any], fp: list[Any], tn: list[Any], field: str
) -> None:
    with pytest.raises(EvidenceError) as caught:
        pool_accuracy(tp, fn, fp, tn)
    assert caught.value.where == field


def test_counts_may_come_as_arrays() -> None:
    x: Any = np.array([1, 2])
    n: Any = np.array([30, 40])
    assert pool(x, n) == pool([1, 2], [30, 40])


def test_sensitivity_and_specificity_change_places_with_the_result() -> None:
    entry = BIVARIATE[0]
    one = pool_accuracy(entry["tp"], entry["fn"], entry["fp"], entry["tn"])
    other = pool_accuracy(entry["tn"], entry["fp"], entry["fn"], entry["tp"])
    assert one.sensitivity.estimate == pytest.approx(other.specificity.estimate, abs=1e-5)
    assert one.correlation == pytest.approx(other.correlation, abs=1e-3)


def test_identical_studies_have_nothing_between_them() -> None:
    found = pool_accuracy([8] * 4, [2] * 4, [10] * 4, [30] * 4)
    assert found.singular and found.correlation is None
    assert (found.sensitivity.estimate, found.specificity.estimate) == pytest.approx((0.8, 0.75), abs=1e-6)
    assert sqrt(found.covariance[0][0]) == pytest.approx(sqrt(1 / 32 + 1 / 8), rel=1e-3)
    assert found.positive_ratio.estimate == pytest.approx(0.8 / 0.25, rel=1e-5)
    assert found.negative_ratio.estimate == pytest.approx(0.2 / 0.75, rel=1e-5)


def test_laplace_without_spread_is_the_binomial_likelihood() -> None:
    x, n = np.array([[8.0, 30.0], [5.0, 20.0]]), np.array([[10.0, 40.0], [9.0, 22.0]])
    p = np.array([expit(1.2), expit(0.7)])
    plain = float((x * np.log(p) + (n - x) * np.log(1 - p)).sum())
    assert -laplace(x, n)(np.array([1.2, 0.7, 0, 0, 0])) == pytest.approx(plain, abs=1e-9)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"true_positive": [21, 58]}, "false_negative"),
        ({"true_positive": [-1, 58, 28]}, "studies[0].true_positive"),
        ({"false_positive": [1.5, 60, 1]}, "studies[0].false_positive"),
        ({"true_positive": [0, 58, 28], "false_negative": [0, 8, 1]}, "studies[0] with a fusion"),
    ],
)
def test_bad_counts_of_accuracy_are_errors_that_name_the_field(changed: dict[str, Any], field: str) -> None:
    entry = BIVARIATE[0]
    given_ = dict(zip(COUNTS, (entry["tp"], entry["fn"], entry["fp"], entry["tn"]), strict=True))
    with pytest.raises(EvidenceError) as caught:
        pool_accuracy(**{**given_, **changed})
    assert caught.value.where == field


def test_two_studies_are_too_few_for_both_together() -> None:
    with pytest.raises(EvidenceError, match="too few studies"):
        pool_accuracy([8, 5], [2, 1], [10, 4], [30, 9])
