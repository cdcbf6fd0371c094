"""What became of those who took a TRK inhibitor: genes side by side, adverse events by worst grade, children."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntrkpath.guidance import load
from ntrkpath.registry.forms import AdverseEvent, FollowUp, Growth, Registration, Screening, Treatment
from ntrkpath.registry.study.children import children
from ntrkpath.registry.study.participants import Participant, gathered
from ntrkpath.registry.study.results import results
from ntrkpath.registry.study.safety import safety
from ntrkpath.registry.study.treatment import treated
from ntrkpath.registry.study.worklists import worklists
from ntrkpath.registry.subjects import Subject
from ntrkpath.report.study_care_sheets import children_sheet, safety_sheet, treatment_sheet
from support.study import DAY, protocol, tumour

DRUG = Treatment(drug="larotrectinib", start="2026-01-01")


def people(*subjects: Subject) -> tuple[Participant, ...]:
    return gathered(subjects, protocol(), load(), DAY).participants


def event(term: str, grade: Any, **more: Any) -> AdverseEvent:
    return AdverseEvent(term=term, grade=grade, **{"ctcae": "5.0", "start": "2026-02-01"} | more)


def child(ident: str, *forms: Any, birth: str | None = "2022-05") -> Subject:
    registered = Registration(collection="prospective", histology_before="leiomyosarcoma", birth=birth)
    return tumour(ident, registered, DRUG, *forms, stain=60.0, sequence="fusion")


# --- genes ------------------------------------------------------------------------------------------------------------
def test_each_gene_has_its_own_curves_from_the_same_time_zero() -> None:
    dead = FollowUp(status="dead", death_date="2026-04-01")
    alive = FollowUp(status="alive", date="2026-06-01")
    found = treated(
        people(
            tumour("S1", DRUG, dead, stain=60.0, sequence="fusion", fusion=("TPM3", "NTRK1")),
            tumour("S2", DRUG, alive, stain=60.0, sequence="fusion", fusion=("LMNA", "NTRK1")),
            tumour("S3", DRUG, alive, stain=60.0, sequence="fusion", fusion=("ETV6", "NTRK3")),
        ),
        load(),
    )
    assert [(one.gene, one.treated, one.survival.events) for one in found.by_gene] == [("NTRK1", 2, 1), ("NTRK3", 1, 0)]
    assert sum(one.survival.followed for one in found.by_gene) == found.survival.followed == 3
    whole = results([tumour("S1", DRUG, dead, stain=60.0, sequence="fusion")], protocol(), load(), DAY)
    assert any(row.cells[0] == "NTRK1: survival, median" for row in treatment_sheet(whole).rows)


# --- adverse events ---------------------------------------------------------------------------------------------------
def test_a_person_counts_once_for_a_term_at_the_worst_grade() -> None:
    found = safety(
        people(
            child("S1", event("Dizziness", "1"), event("dizziness", "3"), event("Weight gain", "2")),
            child("S2", event("Dizziness", "unknown")),
            child("S3"),
        ),
        load(),
    )
    assert (found.treated, found.reported) == (3, 2)
    every, dizzy, weight = found.terms
    assert (dizzy.term, dizzy.subjects, dizzy.grades["3"], dizzy.grades["1"], dizzy.not_graded) == (
        "Dizziness", 2, 1, 0, 1,
    )  # fmt: skip
    assert (dizzy.severe.count, dizzy.severe.of) == (1, 2) and (every.subjects, weight.subjects) == (2, 1)


@pytest.mark.parametrize(
    ("more", "counted"),
    [
        ({}, True),
        ({"start": None}, True),
        ({"start": "2026"}, True),
        ({"start": "2025-12-31"}, False),
        ({"drug": "doxorubicin"}, False),
        ({"drug": "Vitrakvi"}, True),
    ],
)
def test_an_event_before_the_drug_or_of_another_is_told_and_in_no_line(more: dict[str, Any], counted: bool) -> None:
    found = safety(people(child("S1", event("Pain", "2", **more))), load())
    assert (bool(found.terms), found.elsewhere) == (counted, int(not counted))


def test_of_those_of_whom_nothing_is_reported_no_event_is_denied() -> None:
    silent = [child(f"S{i}") for i in range(2, 40)]
    found = safety(people(child("S1", event("Dizziness", "3")), *silent), load())
    assert found.treated == 39 and all((line.severe.count, line.severe.of) == (1, 1) for line in found.terms)
    none = results(silent[:2], protocol(), load(), DAY)
    assert [row.cells[:2] for row in safety_sheet(none).rows] == [("None reported", "0")]


def test_events_of_whoever_took_no_trk_inhibitor_are_in_no_line() -> None:
    assert safety(people(tumour("S1", event("Pain", "2"), stain=60.0)), load()).treated == 0


EVENTS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([*"12345", None])), max_size=4)


@settings(max_examples=40, deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=5))
def test_grades_sum_to_the_subjects_of_a_line(given_: list[list[tuple[str, Any]]]) -> None:
    some = [child(f"S{i}", *(event(term, grade) for term, grade in events)) for i, events in enumerate(given_)]
    found = safety(people(*some), load())
    for line in found.terms:
        assert sum(line.grades.values()) + line.not_graded == line.subjects <= found.reported <= found.treated


# --- children ---------------------------------------------------------------------------------------------------------
def test_a_finding_is_of_the_children_who_were_examined_for_it() -> None:
    found = children(
        people(
            child("S1", Growth(date="2026-02-01", gait="abnormal", fracture="no"),
                  Growth(date="2026-05-01", gait="normal", fracture="yes")),
            child("S2", Growth(date="2026-02-01", gait="normal", fracture="not_asked")),
            child("S3"),
        )
    )  # fmt: skip
    assert (found.treated, found.seen) == (3, 2)
    counts = {one.says: (one.found.count, one.found.of) for one in found.findings}
    assert counts["Gait abnormal"] == (1, 2) and counts["Fracture"] == (1, 1)
    assert counts["Development delayed"] == (0, 0)


def test_growth_is_told_a_year_and_only_over_half_a_year_or_more() -> None:
    grown = (Growth(date="2026-01-01", height_cm=100.0, weight_kg=15.0), Growth(date="2026-06-30", height_cm=103.0))
    short = (Growth(date="2026-01-01", height_cm=100.0), Growth(date="2026-02-01", height_cm=110.0))
    found = children(people(child("S1", *grown), child("S2", *short)))
    assert found.height.children == 1 and found.height.median == pytest.approx(3 * 365.25 / 180)
    assert found.weight.children == 0 and found.weight.median is None


def test_a_visit_before_the_drug_is_none_of_its_findings() -> None:
    found = children(people(child("S1", Growth(date="2025-06-01", gait="abnormal"))))
    assert (found.treated, found.seen) == (1, 0)


@pytest.mark.parametrize(("birth", "treated_"), [("2007-12", 0), ("2008-01-02", 1), ("2022", 1), (None, 0)])
def test_a_child_is_under_eighteen_on_the_first_day_of_the_drug(birth: str | None, treated_: int) -> None:
    assert children(people(child("S1", birth=birth))).treated == treated_


STATED = [
    ({"age": 12.0}, None, (1, 0)),
    ({"age": "6 months"}, None, (1, 0)),
    ({"age": 17.0, "diagnosed": "2020-01-01"}, None, (0, 0)),
    ({"age": 17.0, "diagnosed": "2025-06"}, None, (1, 0)),
    ({"age": 50.0}, None, (0, 0)),
    ({"age": 50.0}, "undated", (0, 0)),
    ({"age": 12.0}, "undated", (0, 1)),
    ({"age": "unknown"}, None, (0, 1)),
    ({"age": "unknown"}, "undated", (0, 1)),
    ({"age": 50.0, "birth": "2015"}, None, (1, 0)),
    ({"age": 12.0, "birth": "1970", "diagnosed": "2020-01-01"}, "undated", (0, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("known", "drug", "counted"), STATED)
def test_without_birth_the_stated_age_tells_a_child_and_what_is_not_known_is_counted(
    known: dict[str, Any], drug: str | None, counted: tuple[int, int]
) -> None:
    registered = Registration(collection="prospective", histology_before="leiomyosarcoma", birth=known.get("birth"),
                              date_pathology=known.get("diagnosed"))  # fmt: skip
    taken = Treatment(drug="larotrectinib") if drug else DRUG
    given_ = tumour("S1", registered, taken, age=known["age"], stain=60.0, sequence="fusion")
    found = children(people(given_))
    assert (found.treated, found.not_known) == counted
    shown = children_sheet(results([given_], protocol(), load(), DAY))
    assert bool(shown.rows) == any(counted) and ("not known, in none" in shown.notes[0]) == bool(counted[1])


def test_a_visit_without_a_date_is_not_seen_since_and_told() -> None:
    found = children(people(child("S1", Growth(gait="abnormal", growth_ended="yes"))))
    assert (found.seen, found.undated, found.grown, found.findings[0].found.of) == (0, 1, 1, 0)


@pytest.mark.parametrize(
    ("more", "listed"),
    [
        ((), True),
        ((FollowUp(status="dead", death_date="2026-01-05"),), False),
        ((FollowUp(status="lost", date="2026-01-05"),), False),
        ((FollowUp(status="lost", date="2026-01-05"), FollowUp(status="alive", date="2026-02-05")), True),
        ((Screening(step="declined", date="2026-01-05"),), False),
        ((Screening(step="excluded", date="2026-01-05"),), False),
        ((Growth(date="2025"),), True),
        ((Growth(date="2026-05"),), False),
    ],
)
def test_a_visit_is_due_of_whoever_is_still_watched(more: tuple[Any, ...], listed: bool) -> None:
    old = Treatment(drug="larotrectinib", start="2025-06-01")
    assert bool(worklists(people(child("S1", old, *more)), protocol(), DAY)["growth_due"]) == listed


def test_no_visit_is_due_of_whoever_has_come_of_age() -> None:
    old = Treatment(drug="larotrectinib", start="2020-01-01")
    for birth, listed in (("2008-06-29", False), ("2008-07-02", True), ("2008", True)):
        due = worklists(people(child("S1", old, birth=birth)), protocol(), DAY)["growth_due"]
        assert bool(due) == listed, birth


def test_a_child_is_to_be_examined_until_growth_ends() -> None:
    def due(*forms: Any) -> list[str]:
        lists = worklists(people(child("S1", *forms)), protocol(), DAY)
        return [item.says for item in lists["growth_due"]]

    old = Treatment(drug="larotrectinib", start="2025-06-01")
    assert due() == [] and due(old) == ["211 days over"]
    assert due(old, Growth(date="2026-05-01")) == []
    assert due(old, Growth(date="2025-07-01", growth_ended="yes")) == []


def test_the_sheets_of_safety_and_children_hold_what_was_counted() -> None:
    whole = results(
        [child("S1", event("Dizziness", "3"), Growth(date="2026-02-01", gait="abnormal"))], protocol(), load(), DAY
    )
    assert [row.cells[0] for row in safety_sheet(whole).rows] == ["Any", "Dizziness"]
    assert children_sheet(whole).rows[0].cells[0] == "Gait abnormal"
    assert not safety_sheet(results([], protocol(), load(), DAY)).rows
