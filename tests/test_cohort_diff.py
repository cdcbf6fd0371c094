"""Two decided cohorts compared, case by case."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

pl = pytest.importorskip("polars", reason="needs the extra batch")
pytest.importorskip("scipy", reason="needs the extra stats")

from ntrkpath import CaseError, load  # noqa: E402
from ntrkpath.cohort.diff import CohortDiff, compare  # noqa: E402
from ntrkpath.cohort.sources import open_source  # noqa: E402
from ntrkpath.cohort.triage import Triage  # noqa: E402
from ntrkpath.report.cohort_sheets import diff_report  # noqa: E402
from ntrkpath.report.sheet_forms import report_html, report_text  # noqa: E402

BEFORE = "id,histology,extent\na,LMS,metastatic\nb,LMS,localized\nc,GIST,metastatic\nd,ES,metastatic\n"
AFTER = "id,histology,extent\ne,ES,localized\nc,GIST,metastatic\nb,LMS,metastatic\na,LMS,metastatic\n"


def shown(found: CohortDiff) -> str:
    return " ".join(report_text(diff_report(found, load())).split())


def decided(path: Path, name: str, text: str, **more: Any) -> Path:
    (path / f"{name}.csv").write_text(text)
    day = more.pop("as_of", dt.date(2020, 9, 3))
    Triage(open_source(str(path / f"{name}.csv"), load()), path / f"{name}.parquet", load(), day, **more).run()
    return path / f"{name}.parquet"


@pytest.fixture
def found(tmp_path: Path) -> CohortDiff:
    return compare(decided(tmp_path, "before", BEFORE), decided(tmp_path, "after", AFTER))


def test_cases_are_paired_by_id_whatever_their_order(found: CohortDiff) -> None:
    assert (found.both, found.only_before, found.only_after) == (3, 1, 1)


def test_what_changes_is_counted_and_listed(found: CohortDiff) -> None:
    assert (found.actions_changed, found.tier_changed, found.priority_changed) == (1, 0, 1)
    assert [(c.case_id, c.priority_before, c.priority_after) for c in found.cases] == [("b", "not_routine", "++")]
    assert "no_routine_testing:recommended" in found.lost
    assert found.gained and all(n == 1 for n in found.gained.values())


def test_the_cross_tables_hold_every_case_of_both(found: CohortDiff) -> None:
    for moved in (found.tiers, found.priorities):
        assert sum(m.cases for m in moved) == found.both
    assert {(m.before, m.after): m.cases for m in found.priorities}["not_routine", "++"] == 1


def test_a_cohort_is_equal_to_itself(tmp_path: Path) -> None:
    one = decided(tmp_path, "before", BEFORE)
    found = compare(one, one)
    assert found.both == 4
    assert (found.actions_changed, found.tier_changed, found.priority_changed, found.rules_only, found.only_after) == (
        0,
    ) * 5
    assert found.cases == () and found.gained == found.lost == {}


def test_gained_and_lost_change_places_when_the_two_do(tmp_path: Path) -> None:
    one, two = decided(tmp_path, "before", BEFORE), decided(tmp_path, "after", AFTER)
    assert compare(one, two).gained == compare(two, one).lost


def test_a_date_bears_on_the_labels_alone_and_that_is_said(tmp_path: Path) -> None:
    fusion = '"[{""five_prime"": ""ETV6"", ""three_prime"": ""NTRK3"", ""frame"": ""in_frame""}]"'
    text = (
        f"id,histology,extent,rna_mps.result,rna_mps.fusions\na,LMS,metastatic,positive,{fusion}\nb,LMS,metastatic,,\n"
    )
    dates = dt.date(2018, 1, 1), dt.date(2026, 5, 1)
    plain = [decided(tmp_path, f"p{d.year}", text, as_of=d) for d in dates]
    assert compare(*plain).labels_changed is None
    assert "cohort triage --labels" in shown(compare(*plain))
    found = compare(*(decided(tmp_path, f"l{d.year}", text, as_of=d, labels=True) for d in dates))
    assert (found.actions_changed, found.labels_changed) == (0, 1)
    assert [c.case_id for c in found.cases] == ["a"]
    assert "larotrectinib, FDA" in shown(found)


def test_two_readings_of_figure_2_differ_after_a_negative_stain(tmp_path: Path) -> None:
    text = (
        "id,histology,extent,differentiation,site,pan_trk_ihc.result,pan_trk_ihc.percent,pan_trk_ihc.control\n"
        "a,MFH,metastatic,none,thigh,negative,0,adequate\n"
    )
    one = decided(tmp_path, "a", text, figure2_reading="a")
    two = decided(tmp_path, "b", text, figure2_reading="b")
    assert compare(one, two).actions_changed == 1


def test_at_most_as_many_cases_are_listed_as_asked(tmp_path: Path) -> None:
    rows = "".join(f"c{i:02d},LMS,{{}}\n" for i in range(30))
    one = decided(tmp_path, "one", "id,histology,extent\n" + rows.replace("{}", "localized"))
    two = decided(tmp_path, "two", "id,histology,extent\n" + rows.replace("{}", "metastatic"))
    found = compare(one, two, listed=5)
    assert found.actions_changed == 30
    assert [c.case_id for c in found.cases] == [f"c{i:02d}" for i in range(5)]


def test_text_and_page_tell_the_same_counts(found: CohortDiff) -> None:
    text, page = shown(found), report_html(diff_report(found, load()))
    assert "3 cases in both, 1 only before, 1 only after" in text
    assert "b not_routine → ++" in text
    assert "among the 3 cases in both" in page and "not_routine → ++" in page and "not routine" in page


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    one = decided(tmp_path, "before", BEFORE)
    with pytest.raises(CaseError, match="no decided cohort"):
        compare(one, tmp_path / "before.csv")
