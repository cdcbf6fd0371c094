"""The quantile of a beta distribution without scipy is that of scipy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.evidence.beta import distribution, quantile

special = pytest.importorskip("scipy.special", reason="needs ntrkpath[stats]")


@given(st.integers(1, 20_000), st.data(), st.sampled_from((0.005, 0.025, 0.05, 0.95, 0.975, 0.995)))
def test_the_exact_interval_of_a_proportion_is_that_of_scipy(n: int, data: st.DataObject, share: float) -> None:
    x = data.draw(st.integers(1, n))
    assert quantile(x, n - x + 1, share) == pytest.approx(special.betaincinv(x, n - x + 1, share), rel=1e-9)


@given(st.floats(0.5, 500), st.floats(0.5, 500), st.floats(0, 1), st.floats(0, 1))
def test_the_distribution_never_falls(a: float, b: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= distribution(a, b, low) <= distribution(a, b, high) + 1e-12 <= 1 + 2e-12
