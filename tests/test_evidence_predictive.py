"""A new centre: the variance between studies is uncertain, and the range says so."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy")
stats = pytest.importorskip("scipy.stats")
integrate = pytest.importorskip("scipy.integrate")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from ntrkpath.evidence.glmm import pool  # noqa: E402
from ntrkpath.evidence.predictive import SCALE, _cumulative, _weights, expected_in, left_out, logits, predicted  # noqa: E402

SERIES = ([1, 4, 2, 13, 1, 2], [152, 324, 478, 1915, 103, 45])


def by_sampling(x: list[int], n: list[int], scale: float, draws: int = 60_000) -> tuple[float, ...]:
    """The same model by importance sampling over mu, tau and the effects of the studies: nothing shared with ours."""
    rng = np.random.default_rng(20260101)
    middle = np.log((sum(x) + 0.5) / (sum(n) - sum(x) + 0.5))
    mu = middle + 1.5 * rng.standard_t(4, draws)
    tau = np.abs(rng.normal(0, scale, draws))
    weight = -stats.t.logpdf((mu - middle) / 1.5, 4)
    for positive, tested in zip(x, n, strict=True):
        at, share = np.polynomial.hermite_e.hermegauss(40)
        effects = mu[:, None] + tau[:, None] * at[None, :]
        likelihood = positive * effects - tested * np.logaddexp(0, effects)
        top = likelihood.max(axis=1, keepdims=True)
        weight += top[:, 0] + np.log((np.exp(likelihood - top) * share).sum(axis=1))
    weight = np.exp(weight - weight.max())
    new = mu + tau * rng.normal(0, 1, draws)
    order = np.argsort(new)
    cumulative = np.cumsum(weight[order]) / weight.sum()
    return tuple(float(1 / (1 + np.exp(-np.interp(q, cumulative, new[order])))) for q in (0.025, 0.5, 0.975))


@pytest.mark.parametrize(("x", "n"), [SERIES, ([3, 3, 2], [9, 17, 40]), ([10, 25], [11, 26])])
def test_the_range_is_that_of_the_same_model_by_sampling(x: list[int], n: list[int]) -> None:
    found = predicted(x, n)
    low, middle, high = by_sampling(x, n, SCALE)
    for ours, theirs in ((found.low, low), (found.estimate, middle), (found.high, high)):
        assert np.log(ours / (1 - ours)) == pytest.approx(np.log(theirs / (1 - theirs)), abs=0.12)


def test_a_variance_estimated_as_zero_is_not_taken_as_known() -> None:
    fit, found = pool(*SERIES), predicted(*SERIES)
    assert fit.tau2 == 0
    assert fit.prediction_low is not None
    assert fit.prediction_high is not None
    assert found.low < fit.prediction_low
    assert found.high > fit.prediction_high


@pytest.mark.parametrize(("x", "n"), [(8, 10), (0, 31), (450, 461), (5, 5)])
def test_one_study_tells_less_of_another_centre_than_of_its_own(x: int, n: int) -> None:
    own = stats.beta(x + 0.5, n - x + 0.5).ppf([0.025, 0.5, 0.975])
    found = predicted([x], [n])
    assert found.low < own[0] < own[1] < own[2] < found.high
    rng = np.random.default_rng(3)
    share = rng.beta(x + 0.5, n - x + 0.5, 200_000)
    keep = (share > 0) & (share < 1)
    logit = np.log(share[keep]) - np.log1p(-share[keep])
    tau = np.abs(rng.normal(0, SCALE, logit.size))
    drawn = np.quantile(logit + np.sqrt(2) * tau * rng.normal(size=logit.size), [0.05, 0.5, 0.95])
    ours = np.quantile(logits([x], [n], 4000), [0.05, 0.5, 0.95])
    assert ours == pytest.approx(drawn, abs=0.15)


def test_every_study_left_out_lies_in_the_range_that_the_others_give() -> None:
    assert all(study.covered for study in left_out(*SERIES))


def test_left_out_ranges_cover_what_they_say() -> None:
    rng = np.random.default_rng(7)
    covered = total = 0
    for _ in range(12):
        n = [60, 120, 300, 500, 90]
        shares = 1 / (1 + np.exp(-(-4 + 0.35 * rng.normal(size=5))))
        x = [int(rng.binomial(tested, share)) for tested, share in zip(n, shares, strict=True)]
        if not 0 < sum(x) < sum(n):
            continue
        found = left_out(x, n)
        covered += sum(study.covered for study in found)
        total += len(found)
    assert covered / total >= 0.9


def test_a_series_that_holds_no_fusion_is_expected_among_few() -> None:
    found = expected_in(*SERIES, 1, 600)
    assert found.low <= 1 <= found.high
    assert 3 < found.expected < 8


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(30, 400)), min_size=2, max_size=6))
def test_the_range_holds_its_estimate_and_more_prior_spread_never_narrows_it(rows: list[tuple[int, int]]) -> None:
    x, n = [positive for positive, _ in rows], [tested for _, tested in rows]
    narrow, wide = predicted(x, n, 0.25), predicted(x, n, 1.0)
    assert 0 < narrow.low < narrow.estimate < narrow.high < 1
    assert wide.low <= narrow.low * 1.02
    assert wide.high >= narrow.high * 0.98


@pytest.mark.parametrize(("x", "n"), [(0, 31), (1, 3), (8, 10), (5, 5), (0, 1200), (450, 461), (28, 4136)])
def test_the_distance_to_another_centre_is_averaged_over_its_spread_once_as_point_by_point(x: int, n: int) -> None:
    """The slow way is the oracle: every spread, every midpoint of the study, every point of the new centre."""
    special = pytest.importorskip("scipy.special")
    at, below = _cumulative((x,), (n,), SCALE)
    mus, taus, weight = _weights((x,), (n,), SCALE)
    slowly = sum(
        special.ndtr((at[:, None] - mus[None, :]) / (np.sqrt(2) * tau)) @ row
        for tau, row in zip(taus, weight, strict=True)
    )
    assert np.abs(slowly - below).max() < 1e-10
    middle = (np.arange(2000) + 0.5) / 2000
    rising = np.concatenate([[True], np.diff(slowly) > 0])
    shares = [
        1 / (1 + np.exp(-logit)) for logit in (np.interp(middle, slowly[rising], at[rising]), logits([x], [n], 2000))
    ]
    assert np.abs(shares[0] - shares[1]).max() < 1e-9
