"""The cut-off of a study: what is dated after the day changes nothing, what may be of before counts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntrkpath.guidance import load
from ntrkpath.model.case import Case, Diagnosis, DnaMps, Fish, PanTrkIhc, ReportedFusion, RnaMps, RtPcr, TherapyLine
from ntrkpath.registry.entries import CaseVersion, NoMoreUse
from ntrkpath.registry.forms import (
    AdverseEvent,
    FollowUp,
    Growth,
    Registration,
    Response,
    Screening,
    Specimen,
    Stain,
    Surgery,
    Treatment,
)
from ntrkpath.registry.partial_dates import earliest
from ntrkpath.registry.study.cut import known_by
from ntrkpath.registry.study.participants import Participant, gathered
from ntrkpath.registry.study.results import results
from ntrkpath.registry.study.worklists import worklists
from ntrkpath.registry.subjects import Subject
from support.study import protocol, subject, synthetic, tumour

DAY = dt.date(2026, 3, 31)
LATER = "2026-04-01"
FUSED = RnaMps(result="positive", fusions=[ReportedFusion(five_prime="TPM3", three_prime="NTRK1", frame="in_frame")])


def at(day: dt.date, *subjects: Subject) -> tuple[Participant, ...]:
    return gathered(subjects, protocol(), load(), day).participants


def version(*tests: Any, histology: str = "leiomyosarcoma") -> CaseVersion:
    return CaseVersion(case=Case(id="S1", diagnosis=Diagnosis(histology=histology), tests=list(tests)))


REGISTERED = Registration(collection="prospective", histology_before="leiomyosarcoma")
ENROLLED = Screening(step="enrolled", date="2026-01-05")


def test_a_stain_and_a_result_of_later_days_are_as_if_not_done() -> None:
    stain = PanTrkIhc(percent=80.0, distribution="diffuse", control="adequate", date=dt.date(2026, 2, 1))
    fused = msgspec.structs.replace(FUSED, date=dt.date(2026, 4, 2))
    whole = subject("S1", REGISTERED, ENROLLED, version(), version(stain, fused))
    says = {day: (p.stain, p.sequence) for day in (dt.date(2026, 1, 31), DAY, dt.date(2026, 4, 30))
            for p in at(day, whole)}  # fmt: skip
    assert [*says.values()] == [("not_done", "not_done"), ("positive", "not_done"), ("positive", "fusion")]


def test_a_test_without_a_date_is_of_the_day_of_its_step() -> None:
    steps = [Screening(step="reported", date=LATER)]
    assert at(DAY, subject("S1", REGISTERED, ENROLLED, version(FUSED), *steps))[0].sequence == "not_done"
    assert at(DAY, subject("S1", REGISTERED, ENROLLED, version(FUSED)))[0].sequence == "fusion"


def test_a_month_that_may_be_before_the_day_counts() -> None:
    step = Screening(step="stained", date="2026-03")
    assert "stained" in at(dt.date(2026, 3, 5), subject("S1", REGISTERED, ENROLLED, step))[0].steps
    assert "stained" not in at(dt.date(2026, 2, 28), subject("S1", REGISTERED, ENROLLED, step))[0].steps


def test_whoever_is_screened_later_is_no_participant_and_told() -> None:
    found = gathered([tumour("S1", steps={"screened": LATER})], protocol(), load(), DAY)
    assert not found.participants and found.left_out == {"screened after the day": 1}


def test_the_diagnosis_that_a_later_fusion_made_never_counts_as_the_one_before() -> None:
    fused = msgspec.structs.replace(FUSED, date=dt.date(2026, 4, 2))
    made = subject("S1", Registration(collection="prospective"), ENROLLED, version(),
                   version(fused, histology="infantile fibrosarcoma"))  # fmt: skip
    assert at(DAY, made)[0].histology == "LMS"


def test_a_wish_always_counts_whenever_it_was_made() -> None:
    assert not at(DAY, tumour("S1", NoMoreUse(asked_by="subject", date=LATER)))


def test_what_an_entry_says_of_later_days_is_not_known_yet() -> None:
    drug = Treatment(drug="larotrectinib", start="2026-02-01", stop=LATER, reason_stopped="toxicity")
    event = AdverseEvent(term="Dizziness", grade="2", start="2026-02-03", stop=LATER, outcome="recovered")
    kept, gone = known_by(tumour("S1", drug, event), DAY)
    assert gone == 0
    assert (kept.treatments[0].body.stop, kept.treatments[0].body.reason_stopped) == (None, None)
    assert (kept.adverse_events[0].body.grade, kept.adverse_events[0].body.outcome) == ("2", None)


def test_a_death_and_a_progression_of_later_days_are_not_known_yet() -> None:
    dead = FollowUp(status="dead", date="2026-02-01", death_date="2026-05-01", cause="tumour")
    worse = Response(date="2026-02-01", best="PD", progression="yes", progression_date="2026-05-01")
    fatal = AdverseEvent(term="Sepsis", grade="5", start="2026-02-03", stop="2026-05-01", outcome="fatal")
    kept, gone = known_by(tumour("S1", dead, worse, fatal), DAY)
    assert gone == 0
    assert kept.follow_ups[0].body == FollowUp(status="alive", date="2026-02-01")
    assert kept.responses[0].body == Response(date="2026-02-01")
    assert kept.adverse_events[0].body == AdverseEvent(term="Sepsis", start="2026-02-03")
    after, _ = known_by(tumour("S1", dead, worse, fatal), dt.date(2026, 5, 1))
    assert [e.body for e in after.entries[-3:]] == [dead, worse, fatal]


def test_of_a_line_of_therapy_that_ended_later_neither_end_nor_outcome_is_known() -> None:
    line = TherapyLine(drug="larotrectinib", start=dt.date(2026, 2, 1), end=dt.date(2026, 5, 1),
                       best_response="progression", progression="yes")  # fmt: skip
    stated = version()
    case = msgspec.structs.replace(stated.case, therapy=[line])
    kept, gone = known_by(subject("S1", REGISTERED, ENROLLED, CaseVersion(case=case)), DAY)
    assert kept.case is not None and gone == 0
    assert kept.case.therapy == [TherapyLine(drug="larotrectinib", start=dt.date(2026, 2, 1))]


def test_what_was_corrected_never_stands_again_on_a_day_before_the_correction() -> None:
    answered = Response(instance=1, date="2026-02-01", best="CR")
    corrected = Response(instance=1, date="2026-05-01", best="PD")
    kept, gone = known_by(tumour("S1", answered, corrected), DAY)
    assert not kept.responses and gone == 1
    kept, gone = known_by(tumour("S1", corrected, answered), DAY)
    assert [e.body for e in kept.responses] == [answered] and gone == 0


@pytest.mark.parametrize(("dna", "rna"), [(True, False), (False, True)])
def test_a_test_without_a_date_is_dated_by_the_step_of_its_own_method(dna: bool, rna: bool) -> None:
    tests = (DnaMps(result="negative"), FUSED)
    steps = (Screening(step="reported", method="dna_mps", date="2026-02-01" if dna else LATER),
             Screening(step="reported", method="rna_mps", date="2026-02-01" if rna else LATER))  # fmt: skip
    kept, _ = known_by(subject("S1", REGISTERED, ENROLLED, version(*tests), *steps), DAY)
    assert kept.case is not None
    assert [type(test) for test in kept.case.tests] == [*([DnaMps] if dna else []), *([RnaMps] if rna else [])]


UNDATED = (Fish(gene="NTRK1", result="negative"), RtPcr(result="negative"), PanTrkIhc(percent=0))


@pytest.mark.parametrize("test", UNDATED)
@pytest.mark.parametrize("date", ["2026-02-01", LATER])
def test_whichever_method_a_test_has_its_own_step_dates_it(test: Any, date: str) -> None:
    method = type(test).__struct_config__.tag
    steps = (Screening(step="reported", method=method, date=date), Screening(step="reported", date="2026-05-05"))
    kept, _ = known_by(subject("S1", REGISTERED, ENROLLED, version(test), *steps), DAY)
    assert kept.case is not None and len(kept.case.tests) == (date != LATER)


def test_a_step_that_names_no_method_dates_whatever_no_step_of_its_own_dates() -> None:
    steps = (Screening(step="reported", date=LATER), Screening(step="reported", method="dna_mps", date="2026-02-01"))
    kept, _ = known_by(subject("S1", REGISTERED, ENROLLED, version(DnaMps(result="negative"), FUSED), *steps), DAY)
    assert kept.case is not None and [type(test) for test in kept.case.tests] == [DnaMps]


LATER_FORMS = (
    Screening(step="received", date=LATER), Screening(step="exhausted", date="2026-05"),
    Stain(date=LATER, percent=90.0, cytoplasm="3"), Specimen(date=LATER, decalcified="acid", exhausted="yes"),
    Treatment(drug="larotrectinib", start=LATER), Response(date=LATER, best="PD", progression="yes"),
    Surgery(date=LATER, performed="amputation"), AdverseEvent(term="Pain", grade="4", start=LATER),
    Growth(date=LATER, fracture="yes"), FollowUp(status="dead", date=LATER, death_date=LATER),
    FollowUp(status="dead", death_date="2027"),
)  # fmt: skip


@pytest.mark.parametrize("form", LATER_FORMS)
def test_every_kind_of_entry_is_cut(form: Any) -> None:
    whole = tumour("S1", stain=80.0, sequence="fusion", steps={"enrolled": "2026-01-01"})
    kept, gone = known_by(Subject([*whole.entries, *tumour("S1", form).entries[-1:]]), DAY)
    assert gone == 1 and [e.body for e in kept.entries] == [e.body for e in whole.entries]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 59), st.sampled_from(LATER_FORMS)), min_size=1, max_size=40))
def test_nothing_that_is_dated_later_changes_a_result_of_the_day(added: list[tuple[int, Any]]) -> None:
    some = synthetic()[:60]
    grown = [
        Subject([*one.entries, *(tumour(one.id, form).entries[-1] for i, form in added if i == n)])
        for n, one in enumerate(some)
    ]
    before, after = (results(given_, protocol(), load(), DAY) for given_ in (some, grown))
    assert msgspec.structs.replace(after, cut=before.cut) == before
    assert worklists(at(DAY, *grown), protocol(), DAY) == worklists(at(DAY, *some), protocol(), DAY)


WHEN = st.sampled_from([None, "2026-01-10", "2026-02", "2026-03-31", LATER, "2026-05"])
NUMBERED = st.one_of(
    st.builds(Response, instance=st.sampled_from([None, 1, 2]), date=WHEN, best=st.sampled_from(["CR", "SD", "PD"]),
              progression_date=WHEN),
    st.builds(FollowUp, instance=st.sampled_from([None, 1, 2]), date=WHEN, status=st.sampled_from(["alive", "dead"]),
              death_date=WHEN),
    st.builds(Screening, instance=st.sampled_from([None, 1, 2]), date=WHEN, step=st.sampled_from(["read", "reported"])),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(NUMBERED, max_size=8))
def test_what_stands_by_a_day_stands_in_the_whole_and_says_nothing_of_later_days(forms: list[Any]) -> None:
    whole = tumour("S1", *forms)
    kept, gone = known_by(whole, DAY)
    stands = [e for e in whole.entries if e.seq in whole.standing]
    assert kept.standing <= whole.standing and gone == len(whole.standing) - len(kept.standing)
    for entry in kept.entries:
        for item in ("date", "death_date", "progression_date"):
            date = getattr(entry.body, item, None)
            assert date is None or earliest(date) <= DAY
    again = [*stands, *(e for e in whole.entries if e.kind == "case" and e not in stands)]
    assert known_by(Subject(sorted(again, key=lambda e: e.seq)), DAY)[1] == gone


def test_a_study_only_grows_from_day_to_day() -> None:
    some = synthetic()
    found = [results(some, protocol(), load(), day) for day in
             (dt.date(2025, 12, 31), DAY, dt.date(2026, 6, 30))]  # fmt: skip
    assert [r.participants for r in found] == sorted(r.participants for r in found)
    stained = [r.frequency[0].stained for r in found]
    assert stained == sorted(stained) and stained[0] < stained[-1]
    assert found[-1].cut == 0 and found[0].cut > found[1].cut > 0
