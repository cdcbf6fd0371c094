"""The numbers of a study: against other programs, against brute force, and over studies with known truth."""

from __future__ import annotations

import itertools
import json
import math
import shutil
import subprocess

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ntrkpath.evidence.proportions import clopper_pearson
from ntrkpath.model.errors import EvidenceError
from ntrkpath.registry.study import exact_tables
from ntrkpath.registry.study.exact_tables import exact_test, holm
from ntrkpath.registry.study.planned_screening import to_screen
from ntrkpath.registry.study.planned_sequencing import Expected, to_sequence
from ntrkpath.registry.study.product_limit import Followed, product_limit
from ntrkpath.registry.study.weighted import Stratum, part_of_both, share, total

counts = st.tuples(st.integers(0, 8), st.integers(0, 40), st.integers(0, 60)).map(
    lambda c: Stratum("s", c[0] + c[1] + c[2], c[0] + c[1], c[0])
)
strata = st.lists(counts.filter(lambda s: s.verified or not s.population), min_size=1, max_size=4)


# --- weighted totals and shares ---------------------------------------------------------------------------------------
@given(st.integers(0, 30), st.integers(0, 30))
def test_where_every_tumour_was_sequenced_the_interval_is_the_exact_one(found: int, missed: int) -> None:
    these, others = Stratum("+", 40, 40, found), Stratum("-", 900, 900, missed)
    ours = part_of_both([these], [others])
    if found + missed == 0:
        assert ours is None
        return
    exact = clopper_pearson(found, found + missed)
    assert ours is not None
    assert (ours.estimate, ours.low, ours.high) == pytest.approx((exact.estimate, exact.low, exact.high), abs=1e-9)


def test_one_sampled_stratum_gives_the_exact_interval_of_a_thinned_count() -> None:
    ours = part_of_both([Stratum("+", 20, 20, 18)], [Stratum("-", 1000, 100, 2)])
    thinned = clopper_pearson(18, 20)
    assert ours is not None
    for value, end in ((ours.low, thinned.low), (ours.high, thinned.high)):
        assert value == pytest.approx(end / (end + 10 * (1 - end)), abs=1e-9)


def test_a_total_of_one_stratum_has_the_exact_poisson_interval() -> None:
    ours = total([Stratum("s", 100, 100, 7)])
    low, high = stats.chi2.ppf(0.025, 14) / 2, stats.chi2.ppf(0.975, 16) / 2
    assert (ours.estimate, ours.low, ours.high) == pytest.approx((7, low, high))


def test_no_missed_fusion_among_few_negatives_does_not_make_a_sensitive_stain() -> None:
    few = part_of_both([Stratum("+", 20, 20, 20)], [Stratum("-", 5000, 100, 0)])
    many = part_of_both([Stratum("+", 20, 20, 20)], [Stratum("-", 5000, 5000, 0)])
    assert few is not None and many is not None
    assert few.estimate == many.estimate == 1
    assert few.low < 0.1 and many.low > 0.8


@given(strata, strata)
def test_an_interval_holds_its_estimate_and_both_shares_are_one(these: list[Stratum], others: list[Stratum]) -> None:
    one, other = part_of_both(these, others), part_of_both(others, these)
    if one is None or other is None:
        assert one is other
        return
    assert 0 <= one.low <= one.estimate <= one.high <= 1
    assert one.estimate + other.estimate == pytest.approx(1)
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))


@given(strata)
def test_a_share_of_all_lies_in_its_interval(given_: list[Stratum]) -> None:
    found = share(given_)
    if found is not None:
        assert 0 <= found.low <= found.estimate + 1e-12 and found.estimate <= found.high + 1e-12 <= 1 + 1e-9


def test_a_stratum_of_which_none_was_sequenced_is_refused_and_never_negative() -> None:
    with pytest.raises(EvidenceError) as caught:
        share([Stratum("rest", 50, 0, 0)])
    assert caught.value.where == "rest"


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(EvidenceError):
        Stratum("s", 3, 4, 1)


@pytest.mark.parametrize(
    ("found", "negatives", "drawn", "missed"),
    [
        (20, (1900,), (200,), (0.002,)),
        (20, (1500, 400), (150, 300), (0.0005, 0.01)),
        (8, (1500, 300, 100), (100, 100, 100), (0.0005, 0.005, 0.05)),
        (5, (500, 500), (50, 400), (0.01, 0.002)),
        (15, (1000, 1000), (1000, 20), (0.003, 0.003)),
        (15, (1900, 100), (50, 100), (0.02, 0.0)),
    ],
)
def test_the_weighted_interval_covers_the_true_sensitivity_at_least_as_often_as_it_says(
    found: float, negatives: tuple[int, ...], drawn: tuple[int, ...], missed: tuple[float, ...]
) -> None:
    rng = np.random.default_rng(5)
    truth = found / (found + sum(n * p for n, p in zip(negatives, missed, strict=True)))
    out, studies = 0, 1500
    for _ in range(studies):
        positive = int(rng.poisson(found))
        fusions = rng.binomial(negatives, missed)
        seen = [int(rng.hypergeometric(f, n - f, d)) for f, n, d in zip(fusions, negatives, drawn, strict=True)]
        ours = part_of_both(
            [Stratum("+", positive, positive, positive)],
            [Stratum(str(i), n, d, x) for i, (n, d, x) in enumerate(zip(negatives, drawn, seen, strict=True))],
        )
        out += ours is not None and not ours.low <= truth <= ours.high
    assert out / studies <= 0.05 + 0.015


# --- exact tests ------------------------------------------------------------------------------------------------------
def in_r(script: str) -> list[float]:
    """Return the numbers that R prints as JSON-like text."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not here")
    ran = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True)
    return [float(value) for value in ran.stdout.split()]


TABLES = (
    [[3, 1], [1, 3]],
    [[11, 35], [10, 1803]],
    [[2, 0, 0], [0, 0, 17], [4, 2, 3]],
    [[0, 6, 3], [5, 1, 2], [1, 1, 7], [2, 2, 0]],
    [[8, 3], [1, 9], [4, 4], [0, 6], [2, 2]],
)


def test_the_exact_test_is_that_of_r() -> None:
    calls = "; ".join(
        f"cat(sprintf('%.12f ', fisher.test(matrix(c({','.join(str(x) for row in t for x in row)}), "
        f"nrow={len(t)}, byrow=TRUE), workspace=2e7)$p.value))"
        for t in TABLES
    )
    for table, theirs in zip(TABLES, in_r(calls), strict=True):
        ours = exact_test(table)
        assert ours is not None and ours.exact
        assert ours.p == pytest.approx(theirs, rel=1e-6, abs=1e-9)


def test_holm_is_that_of_r() -> None:
    given_ = [0.01, 0.04, 0.03, 0.005, 0.9, 0.04]
    theirs = in_r(f"cat(sprintf('%.12f ', p.adjust(c({','.join(map(str, given_))}), 'holm')))")
    assert holm(given_) == pytest.approx(theirs)


@given(st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=2), min_size=2, max_size=2))
def test_two_by_two_is_the_test_of_fisher(table: list[list[int]]) -> None:
    ours = exact_test(table)
    if ours is None:
        assert 0 in [sum(row) for row in table] + [sum(column) for column in zip(*table, strict=True)]
    else:
        assert ours.p == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-6)


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=2, max_size=3), st.data())
def test_the_order_of_rows_and_columns_changes_nothing(table: list[list[int]], data: st.DataObject) -> None:
    rows = data.draw(st.permutations(table))
    order = data.draw(st.permutations(range(3)))
    one, other = exact_test(table), exact_test([[row[i] for i in order] for row in rows])
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.p == pytest.approx(other.p, rel=1e-6)


def test_a_table_with_too_many_others_is_drawn_near_the_exact_value(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = exact_test(TABLES[3])
    monkeypatch.setattr(exact_tables, "MOST_TABLES", 10)
    drawn = exact_test(TABLES[3])
    assert exact is not None and drawn is not None and not drawn.exact
    assert drawn.p == pytest.approx(exact.p, abs=4 * math.sqrt(exact.p / exact_tables.DRAWS) + 1e-4)
    assert drawn == exact_test(TABLES[3])


def test_a_table_of_one_level_tests_nothing() -> None:
    assert exact_test([[3, 4]]) is None
    assert exact_test([[3, 0], [4, 0]]) is None


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(EvidenceError):
        exact_test([[1, 2], [3]])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_adjusting_never_makes_a_test_more_certain_and_keeps_their_order(values: list[float]) -> None:
    adjusted = holm(values)
    assert all(after >= before for before, after in zip(values, adjusted, strict=True))
    for (a, x), (b, y) in itertools.combinations(zip(values, adjusted, strict=True), 2):
        assert (x <= y) if a < b else (x >= y) if a > b else x == y


# --- time to an event -------------------------------------------------------------------------------------------------
people = st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=25)


@given(people)
def test_without_late_entry_it_is_the_estimate_of_scipy(given_: list[tuple[int, bool]]) -> None:
    ours = product_limit([Followed(float(left), event) for left, event in given_])
    died = [left for left, event in given_ if event]
    if not died:
        assert ours.steps == ()
        return
    censored = [left for left, event in given_ if not event]
    theirs = stats.ecdf(stats.CensoredData(uncensored=died, right=censored)).sf
    for step in ours.steps:
        assert step.share == pytest.approx(float(theirs.evaluate(step.time)), abs=1e-12)


def test_its_interval_is_that_of_scipy() -> None:
    died, censored = [1, 2, 3, 4, 10, 12], [2, 6, 7, 14]
    theirs = stats.ecdf(stats.CensoredData(uncensored=died, right=censored)).sf.confidence_interval(method="log-log")
    ours = product_limit([*(Followed(t, True) for t in died), *(Followed(t, False) for t in censored)])
    for step in ours.steps[:-1]:
        assert step.low == pytest.approx(float(theirs.low.evaluate(step.time)), abs=1e-9)
        assert step.high == pytest.approx(float(theirs.high.evaluate(step.time)), abs=1e-9)


late = st.lists(
    st.tuples(st.integers(0, 15), st.integers(1, 20), st.booleans()).map(
        lambda one: Followed(float(one[0] + one[1]), one[2], float(one[0]))
    ),
    min_size=1,
    max_size=25,
)


@given(late)
def test_late_entry_is_reckoned_as_by_hand(given_: list[Followed]) -> None:
    ours = product_limit(given_)
    share_ = 1.0
    for step in ours.steps:
        at_risk = sum(one.entered < step.time <= one.left for one in given_)
        events = sum(one.left == step.time and one.event for one in given_)
        share_ *= 1 - events / at_risk
        assert (step.at_risk, step.events) == (at_risk, events)
        assert step.at_risk == ours.at_risk(step.time)
        assert step.share == pytest.approx(share_)
        assert step.low - 1e-12 <= step.share <= step.high + 1e-12


def test_those_who_enter_late_are_not_taken_for_immortal() -> None:
    rng = np.random.default_rng(3)
    lived, came = rng.exponential(100, 6000), rng.uniform(0, 200, 6000)
    seen = [Followed(float(a), True, float(b)) for a, b in zip(lived, came, strict=True) if a > b]
    right = product_limit(seen).at(100)
    wrong = product_limit([Followed(one.left, True) for one in seen]).at(100)
    assert right is not None and wrong is not None
    assert right.share == pytest.approx(math.exp(-1), abs=0.05)
    assert wrong.share > 0.6


def test_whoever_left_no_later_than_they_came_is_told_and_in_no_figure() -> None:
    found = product_limit([Followed(5, True, 5), Followed(9, True, 1)])
    assert (found.followed, found.unusable) == (1, 1)


def test_an_estimate_that_falls_to_nothing_before_others_enter_says_so() -> None:
    found = product_limit([Followed(2, True), Followed(9, True, 5)])
    assert found.broken_at == 2 and found.steps[-1].share == 0


def test_nobody_enters_before_time_zero() -> None:
    with pytest.raises(EvidenceError):
        product_limit([Followed(5, True, -1)])


# --- plans ------------------------------------------------------------------------------------------------------------
def chance_of_narrow(number: int, frequency: float, width: float) -> float:
    """Return the chance, summed over every count there can be, that the exact interval is no wider."""
    found = 0.0
    for x in range(number + 1):
        exact = clopper_pearson(x, number)
        if exact.high - exact.low <= width:
            found += float(stats.binom.pmf(x, number, frequency))
    return found


@pytest.mark.parametrize(("frequency", "width"), [(0.1, 0.2), (0.02, 0.1), (0.5, 0.3), (0.9, 0.2), (0.05, 0.15)])
def test_the_number_to_screen_is_the_smallest_from_which_on_it_holds(frequency: float, width: float) -> None:
    plan = to_screen(frequency, width)
    n = plan.results
    assert plan.chance == pytest.approx(chance_of_narrow(n, frequency, width), abs=1e-9)
    assert chance_of_narrow(n - 1, frequency, width) < 0.8
    assert all(chance_of_narrow(more, frequency, width) >= 0.8 for more in range(n, n + 40))


def test_tumours_without_a_result_are_screened_beside() -> None:
    plan, all_ = to_screen(0.1, 0.2, evaluable=0.8), to_screen(0.1, 0.2)
    assert plan.results == all_.results
    assert plan.screened == math.ceil(all_.results / 0.8)


@pytest.mark.parametrize("wrong", [{"frequency": 0.0, "width": 0.1}, {"frequency": 0.1, "width": 1.2}])
def test_what_is_no_share_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(EvidenceError):
        to_screen(**wrong)


STRATA = [Expected("frequent", 200, 0.1), Expected("rest", 1500, 0.003), Expected("rarely", 300, 0.001)]


def test_a_plan_shows_what_it_promises_as_often_as_it_says_in_studies_of_other_chances() -> None:
    plan = to_sequence(STRATA, sensitivity=0.85, at_least=0.5).plans[1]
    rng = np.random.default_rng(99)
    shown, studies = 0, 600
    for _ in range(studies):
        positive = int(rng.poisson(plan.found))
        seen = []
        for one, stratum in zip(plan.drawn, STRATA, strict=False):
            missed = rng.binomial(one.negatives, stratum.screened * stratum.frequency * 0.15 / one.negatives)
            seen.append(
                Stratum(one.name, one.negatives, one.sequenced,
                        int(rng.hypergeometric(missed, one.negatives - missed, one.sequenced)))
            )  # fmt: skip
        ours = part_of_both([Stratum("+", positive, positive, positive)], seen)
        shown += ours is not None and ours.low >= 0.5
    assert shown / studies == pytest.approx(plan.chance, abs=0.06)


def test_negatives_of_the_frequent_strata_hold_more_missed_fusions_than_as_many_at_random() -> None:
    plans = to_sequence(STRATA, sensitivity=0.85, at_least=0.5).plans
    assert plans[0].scope == ("frequent",)
    assert plans[0].expected > 5 * plans[0].expected_at_random
    assert [len(plan.scope) for plan in plans] == [1, 2, 3]
    random = to_sequence([Expected("all", 2000, 0.007)], sensitivity=0.9, at_least=0.2).plans[0]
    assert 500 * random.missed / random.drawn[0].negatives < 1


def test_where_not_every_negative_is_enough_a_plan_says_how_many_more_to_screen() -> None:
    plan = to_sequence(STRATA, sensitivity=0.85, at_least=0.7).plans[2]
    assert not plan.enough and plan.chance < 0.8
    assert plan.screen_times is not None and plan.screen_times > 1
    more = [Expected(one.name, int(one.screened * plan.screen_times), one.frequency) for one in STRATA]
    assert to_sequence(more, sensitivity=0.85, at_least=0.7).plans[2].enough


def test_the_order_of_strata_changes_no_plan() -> None:
    one = to_sequence(STRATA, sensitivity=0.85, at_least=0.4)
    assert to_sequence(STRATA[::-1], sensitivity=0.85, at_least=0.4) == one


def test_more_than_is_expected_cannot_be_shown() -> None:
    with pytest.raises(EvidenceError):
        to_sequence(STRATA, sensitivity=0.8, at_least=0.9)


def test_results_can_be_written_and_read() -> None:
    import msgspec

    plan = to_screen(0.1, 0.2)
    assert json.loads(msgspec.json.encode(plan))["results"] == plan.results


# --- the picture of a time to an event --------------------------------------------------------------------------------
@given(people)
@settings(max_examples=30)
def test_the_stair_is_drawn_for_anyone_who_was_followed(given_: list[tuple[int, bool]]) -> None:
    import xml.etree.ElementTree as ET

    from ntrkpath.figures.waiting import Stair, waiting_svg

    curve = product_limit([Followed(float(left), event) for left, event in given_])
    stairs = [Stair(step.time, step.share, step.low, step.high) for step in curve.steps]
    drawn = waiting_svg(stairs, last=curve.last or 0, at_risk=[(0.0, curve.at_risk(0))], title="a < b", across="days",
                        upright="waiting")  # fmt: skip
    assert ET.fromstring(drawn).tag.endswith("svg")
    assert "NaN" not in drawn and "nan" not in drawn


def test_where_nobody_was_followed_no_stair_is_drawn() -> None:
    from ntrkpath.figures.waiting import waiting_svg

    with pytest.raises(ValueError):
        waiting_svg([], last=0, at_risk=[], title="t", across="days", upright="u")
