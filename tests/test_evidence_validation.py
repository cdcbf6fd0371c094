"""What the frequencies foretell of series they were not made from, and the intervals that stand beside Wald's."""

from __future__ import annotations

from math import sqrt

import pytest

np = pytest.importorskip("numpy")
stats = pytest.importorskip("scipy.stats")

from ntrkpath.evidence import Evidence, evidence_of  # noqa: E402
from ntrkpath.evidence.frequency import frequency  # noqa: E402
from ntrkpath.evidence.glmm import expit, marginal, pool  # noqa: E402
from ntrkpath.evidence.predictive import expected_in  # noqa: E402
from ntrkpath.evidence.profile import further_study, profile  # noqa: E402
from ntrkpath.evidence.validation import validated, validations  # noqa: E402
from ntrkpath.guidance import load  # noqa: E402
from ntrkpath.report.evidence_validation import validation_sheets  # noqa: E402
from ntrkpath.report.sheet_forms import sheet_text  # noqa: E402

SERIES = ([1, 4, 2, 13, 1, 2], [152, 324, 478, 1915, 103, 45])
SPREAD = ([10, 25, 6, 9], [11, 26, 12, 14])


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return evidence_of(load())


def test_every_group_that_a_case_can_have_is_foretold_where_it_holds_two_series(evidence: Evidence) -> None:
    several = {g for g in evidence.assigned if len(evidence.group(g).studies) > 1}
    assert {one.group for one in validations(evidence)} == several
    for one in validations(evidence):
        used = evidence.studies(one.group)
        assert [f.study for f in one.in_turn] == (list(used) if len(used) > 1 else [])
        assert {f.study.id for f in one.outside} == {s.id for s in evidence.group(one.group).studies if s not in used}


def test_nearly_every_series_lies_in_the_range_that_the_others_give(evidence: Evidence) -> None:
    found = [one for group in validations(evidence) for one in group.in_turn]
    assert len(found) >= 20
    assert sum(one.found.covered for one in found) >= 0.9 * len(found)


def test_msk_impact_2017_held_one_fusion_where_several_were_expected_and_proves_nothing(evidence: Evidence) -> None:
    outside = {one.study.id: one for one in validated(evidence, "unselected_every_series").outside}
    cohort = outside["msk_impact_2017"]
    assert (cohort.found.positive, cohort.found.tested) == (1, 771)
    assert cohort.found.expected > 4
    assert not cohort.independent and "Shares patients" in cohort.why_not
    assert outside["rnasarc"].independent


def test_a_series_that_cannot_be_is_out_of_range() -> None:
    assert not expected_in(*SERIES, 200, 400).covered
    assert not expected_in([10, 25], [11, 26], 0, 40).covered


def test_the_page_says_that_no_patient_was_followed_and_which_series_are_not_independent(evidence: Evidence) -> None:
    in_turn, outside = (" ".join(sheet_text(sheet).split()) for sheet in validation_sheets(evidence))
    assert "No series of patients has been followed" in in_turn and "not validated" in in_turn
    assert outside.count("Not independent") == 3
    for sheet in validation_sheets(evidence):
        for row in sheet.rows:
            assert row.record["reference"] and row.cells[-1] == ("yes" if row.record["in_range"] else "no")


@pytest.mark.parametrize("series", [SERIES, SPREAD, ([3, 3, 2], [9, 17, 40])])
def test_at_the_ends_of_the_profile_interval_the_likelihood_has_fallen_by_the_quantile(
    series: tuple[list[int], list[int]],
) -> None:
    x, n = series
    fitted = pool(x, n)
    found = profile(x, n, fitted)
    assert found is not None and fitted.logit is not None and fitted.tau2 is not None
    assert found.low < found.estimate < found.high
    minus = marginal(np.asarray(x, dtype=float), np.asarray(n, dtype=float))
    best = minus(fitted.logit, sqrt(fitted.tau2))
    for end in (found.low, found.high):
        logit = float(np.log(end / (1 - end)))
        # Every spread on a fine grid: nothing shared with the search of the interval.
        least = min(minus(logit, float(tau)) for tau in np.linspace(0, 4, 801))
        assert 2 * (least - best) == pytest.approx(stats.chi2.ppf(0.95, 1), abs=0.01)


def test_a_further_study_by_student_is_wider_than_by_the_normal_quantile() -> None:
    fitted = pool(*SERIES)
    found = further_study(fitted)
    assert found is not None and fitted.prediction_low is not None and fitted.prediction_high is not None
    assert fitted.logit is not None and fitted.logit_se is not None and fitted.tau2 is not None
    half = stats.t.ppf(0.975, 4) * sqrt(fitted.logit_se**2 + fitted.tau2)
    assert found.low == pytest.approx(expit(fitted.logit - half))
    assert found.low < fitted.prediction_low < fitted.prediction_high < found.high
    assert further_study(pool([1, 2, 4], [10, 20, 30])) is None
    assert profile([3], [10], pool([3], [10])) is None


def test_the_groups_of_table_1_keep_their_estimates_and_show_every_range(evidence: Evidence) -> None:
    found = frequency(evidence, "unselected")
    assert (found.pooled.positive, found.pooled.tested) == (23, 3017)
    assert found.profile is not None and found.further_t is not None and found.new_centre is not None
    assert found.new_centre.low < found.further_t.low < found.profile.low
    assert found.profile.high < found.further_t.high < found.new_centre.high
