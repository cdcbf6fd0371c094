"""The quantile of a beta distribution without scipy is that of scipy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.evidence.beta import distribution, quantile

special = pytest.importorskip("scipy.special", reason="needs ntrkpath[stats]")


SHARES = st.sampled_from((0.005, 0.025, 0.05, 0.5, 0.95, 0.975, 0.995))


@pytest.mark.parametrize(("most", "error"), [(20_000, 1e-10), (2_000_000, 1e-8)])
@given(st.data(), SHARES)
def test_the_exact_interval_of_a_proportion_is_that_of_scipy_as_near_as_is_said(
    most: int, error: float, data: st.DataObject, share: float
) -> None:
    n = data.draw(st.integers(1, most - 1))
    x = data.draw(st.integers(1, n))
    assert quantile(x, n - x + 1, share) == pytest.approx(special.betaincinv(x, n - x + 1, share), rel=error, abs=0)


@given(st.floats(1, 10_000), st.floats(1, 10_000), SHARES)
def test_so_is_the_quantile_of_any_beta_distribution(a: float, b: float, share: float) -> None:
    assert quantile(a, b, share) == pytest.approx(special.betaincinv(a, b, share), rel=1e-10, abs=0)


@given(st.floats(0.5, 500), st.floats(0.5, 500), st.floats(0, 1), st.floats(0, 1))
def test_the_distribution_never_falls(a: float, b: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= distribution(a, b, low) <= distribution(a, b, high) + 1e-12 <= 1 + 2e-12
