"""The numbers of rounds: against outside values, against brute force, and on rounds with known effects."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntrkpath.model.errors import RoundError
from ntrkpath.rounds.agreement import agreement
from ntrkpath.rounds.change import fisher
from ntrkpath.rounds.consensus import agreed
from ntrkpath.rounds.description import Consensus
from ntrkpath.rounds.effects import effects, spread
from ntrkpath.rounds.funnel import Scored, funnel
from ntrkpath.rounds.pass_marks import at_least, characteristics, needed_of, poisson_binomial
from ntrkpath.rounds.shares import ratio

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "rounds" / "agreement_reference.json"


@pytest.mark.skipif(not SHARED.is_file(), reason="the reference values of other libraries are not here")
def test_agreement_is_that_of_other_libraries() -> None:
    for given_ in json.loads(SHARED.read_text(encoding="utf-8"))["tables"]:
        found = agreement(given_["ratings_sample_by_laboratory"])
        for ours, theirs in ((found.ac1, given_["gwet_ac1"]), (found.fleiss, given_["fleiss_kappa"])):
            assert ours.value == pytest.approx(theirs["value"], abs=6e-6)
            assert ours.error == pytest.approx(theirs["se"], abs=6e-6)
            assert (ours.low, ours.high) == pytest.approx(theirs["ci95"], abs=6e-5)
        assert found.per_cent == pytest.approx(given_["gwet_ac1"]["pa"], abs=6e-6)
        assert found.alpha.value == pytest.approx(given_["krippendorff_alpha"], abs=1e-9)


def test_kappa_falls_where_nearly_all_are_alike_and_ac1_does_not() -> None:
    found = agreement([["+", "+"]] * 18 + [["-", "+"], ["+", "-"]])
    assert found.fleiss.value == pytest.approx(-0.0526, abs=1e-4)
    assert found.ac1.value == pytest.approx(0.8895, abs=1e-4)
    assert found.per_cent == pytest.approx(0.9)


def test_agreement_says_nothing_where_nothing_can_be_compared() -> None:
    assert agreement([]).per_cent is None
    assert agreement([["+"], ["-", None]]).samples == 0
    alike = agreement([["+", "+"], ["+", "+"]])
    assert alike.per_cent == 1 and alike.fleiss.value is None and alike.alpha.value is None


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=3, max_size=3), min_size=2, max_size=8))
def test_the_order_of_laboratories_and_samples_does_not_matter(ratings: list[list[str | None]]) -> None:
    first = agreement(ratings)
    second = agreement([row[::-1] for row in ratings[::-1]])
    for a, b in ((first.fleiss, second.fleiss), (first.ac1, second.ac1), (first.alpha, second.alpha)):
        assert (a.value is None) == (b.value is None)
        if a.value is not None:
            assert a.value == pytest.approx(b.value) and a.value <= 1 + 1e-9


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_the_distribution_of_unequal_chances_is_that_of_every_outcome_listed(shares: list[float]) -> None:
    listed = np.zeros(len(shares) + 1)
    for outcome in itertools.product((0, 1), repeat=len(shares)):
        listed[sum(outcome)] += math.prod(p if right else 1 - p for p, right in zip(shares, outcome, strict=True))
    assert poisson_binomial(shares) == pytest.approx(listed, abs=1e-12)


def test_a_laboratory_right_in_95_of_100_reaches_nine_of_ten_with_91_per_cent() -> None:
    found = {one.ability: one.passes for one in characteristics(9, 10)}
    assert found[0.95] == pytest.approx(0.914, abs=5e-4)
    assert found[0.9] == pytest.approx(0.736, abs=5e-4)
    assert at_least(0, 10, 0.2) == 1.0 and at_least(10, 10, 1.0) == 1.0
    with pytest.raises(RoundError):
        characteristics(11, 10)


def test_a_mark_that_a_whole_count_meets_is_met() -> None:
    assert [needed_of(of, 0.9) for of in (10, 20, 9)] == [9, 18, 9]
    assert needed_of(9, 0.88) == 8


def test_fishers_test_is_the_sum_of_tables_that_are_no_more_likely() -> None:
    assert fisher(3, 10, 8, 12) == pytest.approx(0.19838056680161945)
    assert fisher(5, 10, 5, 10) == 1.0
    assert fisher(0, 5, 5, 5) == pytest.approx(2 / math.comb(10, 5))


def test_consensus_needs_the_share_the_number_and_more_than_chance() -> None:
    rule = Consensus(share=0.8, least=5)
    assert agreed("S", "m", ["negative"] * 5, rule).call == "negative"
    assert agreed("S", "m", ["negative"] * 4, rule).call is None
    assert agreed("S", "m", ["negative"] * 4 + ["positive"], rule).call is None  # 4 of 5 may be chance
    assert agreed("S", "m", ["positive"] * 9 + ["negative"], rule).call == "positive"
    assert agreed("S", "m", ["positive"] * 7 + ["negative"] * 3, rule).call is None
    assert agreed("S", "m", ["failed", "inconclusive", "not_tested"] * 9, rule).call is None
    found = agreed("S", "m", ["positive"] * 9 + ["negative"], rule)
    assert found.p == pytest.approx(11 / 1024)


def test_the_funnel_blames_no_laboratory_for_hard_samples() -> None:
    """Ten laboratories test easy samples, ten hard ones: all are as expected, one that fails at easy ones is not."""
    results = []
    for lab in range(10):
        results += [Scored(f"E{lab}", (f"easy{i}", "m"), True) for i in range(12)]
        results += [Scored(f"H{lab}", (f"hard{i}", "m"), (i + lab) % 2 == 0) for i in range(12)]
    results += [Scored("bad", (f"easy{i}", "m"), i % 2 == 0) for i in range(12)]
    places = {place.laboratory: place for place in funnel(results)}
    assert {places[f"H{lab}"].standing for lab in range(10)} == {"as_expected"}
    assert {places[f"E{lab}"].standing for lab in range(10)} == {"as_expected"}
    assert places["bad"].standing == "far_below" and places["bad"].right == 6
    assert places["H1"].right == 6  # as many wrong as the one that is far below


def test_who_stands_alone_cannot_be_placed() -> None:
    (place,) = funnel([Scored("L", ("S", "m"), True)])
    assert place.standing == "cannot_tell" and place.expected is None


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_funnel_holds_laboratories_that_differ_by_chance_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    chance = rng.uniform(0.5, 0.98, 20)
    right = rng.random((40, 20)) < chance
    places = funnel(Scored(f"L{i}", (f"S{j}", "m"), bool(right[i, j])) for i in range(40) for j in range(20))
    outside = sum(place.standing in ("below", "far_below") for place in places)
    assert outside <= 7  # 2.5 % of 40 is one; seven or more has a probability under 1e-4


def test_exact_intervals_hold_what_they_say() -> None:
    """Exact coverage over every outcome, never under 95 %: no simulation is needed."""
    for of in (9, 18, 30):
        for share in (0.5, 0.8, 0.9, 0.95):
            held = 0.0
            for count in range(of + 1):
                interval = ratio(count, of).interval
                assert interval is not None
                if interval.low <= share <= interval.high:
                    held += math.comb(of, count) * share**count * (1 - share) ** (of - count)
            assert held >= 0.95


def simulated(seed: int, laboratories: int = 16, samples: int = 13, by: tuple[float, float] = (1.0, 1.5)) -> np.ndarray:
    rng = np.random.default_rng(seed)
    ability, ease = rng.normal(0, by[0], laboratories), rng.normal(0, by[1], samples)
    chance = 1 / (1 + np.exp(-(2 + ability[:, None] + ease[None])))
    return (rng.random(chance.shape) < chance).astype(float)


def test_a_round_with_known_effects_gives_them_back() -> None:
    """30 rounds of 16 x 13 with spreads 1.0 and 1.5: intervals that hold 95 % miss seven or more with p < 0.001."""
    held = [0, 0]
    rounds = 0
    for seed in range(30):
        right = simulated(seed)
        if min(right.sum(), right.size - right.sum()) < 8:
            continue
        rounds += 1
        for i, (found, true) in enumerate(zip(spread(right, np.ones_like(right)), (1.0, 1.5), strict=True)):
            held[i] += found.low <= true <= (math.inf if found.high is None else found.high)
    assert rounds > 25
    assert all(rounds - count <= 6 for count in held), (rounds, held)


def test_no_effect_is_found_where_there_is_none() -> None:
    found = [spread(simulated(seed, 20, 20, (0.0, 0.0)), np.ones((20, 20))) for seed in range(10)]
    assert sum(one.low == 0 for pair in found for one in pair) >= 16


def test_below_the_stated_size_nothing_is_fitted_and_it_is_said() -> None:
    few = [(f"L{i}", f"S{j}", True) for i in range(5) for j in range(13)]
    assert effects(few).share is None and "fewer than" in effects(few).why
    all_right = [(f"L{i}", f"S{j}", True) for i in range(16) for j in range(13)]
    assert effects(all_right).laboratory_spread is None
    right = simulated(3)
    some = [(f"L{i}", f"S{j}", bool(right[i, j])) for i in range(16) for j in range(13)]
    found = effects(some)
    assert found.share is not None and found.share.low < right.mean() < found.share.high
    assert found == effects(some)  # the draws are seeded


def test_the_bootstrap_is_wider_than_independent_results_would_be() -> None:
    right = simulated(3)
    some = [(f"L{i}", f"S{j}", bool(right[i, j])) for i in range(16) for j in range(13)]
    found, plain = effects(some).share, ratio(int(right.sum()), right.size).interval
    assert found is not None and plain is not None
    assert found.high - found.low > plain.high - plain.low
