"""Worklists and results: who stands where, what silence never says, and that no order changes anything."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntrkpath.guidance import load
from ntrkpath.model.case import Case, Diagnosis, PanTrkIhc, RnaMps
from ntrkpath.pathway import Pathway
from ntrkpath.registry.entries import Answer, CallerFile, CaseVersion, NoMoreData, NoMoreUse, Query, Reply
from ntrkpath.registry.forms import (
    CentralReview,
    Consent,
    FollowUp,
    Form,
    Response,
    Screening,
    Specimen,
    Stain,
    Treatment,
)
from ntrkpath.registry.study.accuracy import NONE_SEQUENCED, accuracy, negative_strata, weights
from ntrkpath.registry.study.changed import changed
from ntrkpath.registry.study.flow import flow
from ntrkpath.registry.study.frequency import frequencies
from ntrkpath.registry.study.own_counts import own_counts
from ntrkpath.registry.study.participants import Participant, gathered
from ntrkpath.registry.study.results import Results, results
from ntrkpath.registry.study.review import review_agreement, to_review
from ntrkpath.registry.study.treatment import treated
from ntrkpath.registry.study.turnaround import turnarounds
from ntrkpath.registry.study.worklists import worklists
from ntrkpath.registry.subjects import Subject
from support.study import DAY, protocol, subject, synthetic, tumour

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def people(*subjects: Subject) -> tuple[Participant, ...]:
    """Return the participants among some subjects."""
    return gathered(subjects, protocol(), load(), DAY).participants


def one(*forms: Form, **given_: Any) -> Participant:
    """Return one participant."""
    return people(tumour("S1", *forms, **given_))[0]


def lists(*subjects: Subject) -> dict[str, list[str]]:
    """Return the pseudonyms on each list that is not empty."""
    found = worklists(people(*subjects), protocol(), DAY)
    return {name: [item.id for item in items] for name, items in found.items() if items}


def drawn(wanted: bool) -> str:
    """Return a pseudonym that the protocol draws for sequencing if negative, or does not."""
    for i in range(5000):
        if people(tumour(f"N{i}"))[0].drawn is wanted:
            return f"N{i}"
    raise AssertionError("no such pseudonym")


# --- what tests say ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("stain", "sequence", "says"),
    [
        (None, None, ("not_done", "not_done")),
        (60.0, None, ("positive", "not_done")),
        (0.0, "negative", ("negative", "no_fusion")),
        (60.0, "fusion", ("positive", "fusion")),
        (60.0, "unqualified", ("positive", "open")),
        (60.0, "failed", ("positive", "failed")),
    ],
)
def test_the_edition_reads_the_tests(stain: float | None, sequence: str | None, says: tuple[str, str]) -> None:
    found = one(stain=stain, sequence=sequence)
    assert found.stain == says[0]
    assert found.sequence == ("rna_failed" if says[1] == "failed" else says[1])


def test_tissue_is_exhausted_only_where_no_specimen_says_otherwise() -> None:
    gone, left = Specimen(name="a", exhausted="yes"), Specimen(name="b", exhausted="no")
    assert one(gone).exhausted
    assert not one(gone, left).exhausted
    assert not one(gone, Specimen(name="c")).exhausted
    assert one(steps={"exhausted": "2026-06-01"}).exhausted


def test_a_tumour_that_was_sequenced_without_a_stain_is_in_no_frequency_and_told() -> None:
    found = results([tumour("S1", sequence="fusion")], protocol(), load(), DAY)
    assert found.without_stain == (1, 1)
    assert found.frequency[0].stained == 0
    assert found.flow.main[2].leaves == {"sequenced without a stain": 1}


def test_failed_rna_is_a_class_of_its_own() -> None:
    found = one(Screening(step="failed", method="rna_mps", failure="rna_degraded"), stain=60.0)
    assert found.sequence == "rna_failed" and not found.conclusive
    other = one(Screening(step="failed", method="dna_mps", failure="too_little_tumour"), stain=60.0)
    assert other.sequence == "failed"


def test_a_stain_that_stands_in_a_form_alone_is_read_by_the_edition_too() -> None:
    found = one(Stain(percent=80.0, cytoplasm="3", nucleus="0", distribution="diffuse", control="adequate"))
    assert (found.stain, found.traits["pattern"]) == ("positive", "cytoplasmic")
    assert one(Stain(percent=0.2, cytoplasm="1", control="adequate")).stain == "negative"


@SLOW
@given(
    st.sampled_from([None, "positive", "negative", "failed", "not_interpretable", "unknown"]),
    st.sampled_from(["stained", "read", "sent", "received", "reported", "failed", "exhausted", "ordered"]),
    st.sampled_from([None, "pan_trk_ihc", "rna_mps", "dna_mps"]),
)
def test_silence_is_never_negative(result: Any, step: Any, method: Any) -> None:
    found = one(Screening(step=step, method=method, result=result))
    if result != "negative":
        assert found.stain != "negative" and found.sequence != "no_fusion"
    assert found.sequence != "no_fusion", "a reported negative says nothing of quality and coverage"


def test_a_case_that_cannot_be_read_is_told_and_never_negative() -> None:
    found = one(histology="quite unknown tumour xyz", stain=0.0, sequence="negative")
    assert found.fault and found.stain == "not_done" and found.sequence == "not_done"
    assert lists(tumour("S1", histology="quite unknown tumour xyz"))["not_readable"] == ["S1"]


# --- who is in --------------------------------------------------------------------------------------------------------
def test_the_literature_the_withdrawn_and_other_collections_are_left_out_and_counted() -> None:
    given_ = [
        tumour("S1"),
        tumour("S2", NoMoreUse(asked_by="subject")),
        tumour("S3", collection="literature"),
        tumour("S4", collection="retrospective"),
        tumour("S5", Consent(status="no")),
        tumour("S6", histology="lipoma"),
        subject("S7", Specimen(name="block")),
    ]
    found = gathered(given_, protocol(), load(), DAY)
    assert [one.id for one in found.participants] == ["S1"]
    assert sum(found.left_out.values()) == 6
    assert found.left_out["use withdrawn"] == 1 and found.left_out["outside the population"] == 1


def test_the_histology_before_the_test_counts_and_not_the_one_that_the_fusion_made() -> None:
    renamed = CaseVersion(case=Case(id="S1", diagnosis=Diagnosis(histology="infantile fibrosarcoma")))
    found = one(renamed, histology="spindle cell sarcoma")
    assert found.histology == "spindle_cell_sarcoma_nos"
    assert found.stratum != "frequent"


# --- worklists --------------------------------------------------------------------------------------------------------
def test_each_step_leads_to_the_next_list() -> None:
    negative, sampled = drawn(False), drawn(True)
    assert lists(tumour("S1")) == {"to_enrol": ["S1"]}
    assert lists(tumour("S1", steps={"enrolled": "2026-06-25"})) == {"to_stain": ["S1"]}
    assert "to_read" in lists(tumour("S1", steps={"enrolled": "2026-06-25", "stained": "2026-06-28"}))
    assert lists(tumour("S1", stain=60.0, steps={"read": "2026-06-28"}))["to_send"] == ["S1"]
    assert "to_send" not in lists(tumour(negative, stain=0.0))
    assert lists(tumour(sampled, stain=0.0))["to_send"] == [sampled]
    assert lists(tumour("S1", stain=60.0, steps={"sent": "2026-06-28"}))["in_sequencing"] == ["S1"]
    assert lists(tumour("S1", stain=60.0, sequence="failed"))["failed"] == ["S1"]
    assert lists(tumour("S1", stain=60.0, sequence="unqualified"))["ask_laboratory"] == ["S1"]
    assert lists(tumour("S1", stain=60.0, steps={"exhausted": "2026-06-28"}))["exhausted"] == ["S1"]
    assert lists(tumour("S1", stain=60.0, sequence="fusion"))["not_returned"] == ["S1"]
    assert "not_returned" not in lists(tumour("S1", stain=60.0, sequence="fusion", steps={"returned": "2026-06-01"}))


def test_whoever_waits_longer_than_the_limit_is_overdue_by_so_many_days() -> None:
    found = worklists(people(tumour("S1", steps={"enrolled": "2026-06-01"})), protocol(), DAY)
    assert [(item.id, item.days) for item in found["overdue"]] == [("S1", 29 - 14)]
    assert "overdue" not in lists(tumour("S1", steps={"enrolled": "2026-06-20"}))


def test_a_query_stands_until_it_is_closed() -> None:
    query = Query(about="registration.birth", text="which year?")
    assert lists(tumour("S1", query))["query_open"] == ["S1"]
    asked = tumour("S1", query)
    seq = asked.open_queries[0].seq
    assert "query_open" not in lists(tumour("S1", query, Reply(query=seq, text="1970", closes=True)))


def test_declined_and_excluded_stand_on_no_list_of_work() -> None:
    assert lists(tumour("S1", steps={"declined": "2026-06-01"})) == {}


def withdrawn(given_: Subject, wish: Form) -> Subject:
    """Return a subject after a wish."""
    from ntrkpath.registry.entries import Draft
    from support.study import entries

    last = given_.entries[-1].seq
    draft = Draft(site=given_.site, subject=given_.id, body=wish, author="test", request="wish")
    return Subject([*given_.entries, *entries([draft], last + 1)])


@SLOW
@given(st.integers(0, 299), st.sampled_from([NoMoreData(asked_by="subject"), NoMoreUse(asked_by="parent")]))
def test_a_worklist_never_contains_a_withdrawn_subject(which: int, wish: Form) -> None:
    gone = withdrawn(synthetic()[which], wish)
    found = worklists(people(gone), protocol(), DAY)
    assert all(not items for items in found.values())


def test_no_subject_stands_on_two_lists_of_work_and_none_is_lost() -> None:
    found = worklists(people(*synthetic()), protocol(), DAY)
    way = ("to_enrol", "to_stain", "to_read", "to_send", "in_sequencing", "failed", "ask_laboratory", "exhausted")
    standing = [(item.site, item.id) for name in way for item in found[name]]
    assert len(standing) == len(set(standing))
    waiting = {
        (p.site, p.id)
        for p in people(*synthetic())
        if p.subject.status == "active" and not p.conclusive and not {"declined", "excluded"} & set(p.steps)
        and (p.stain == "not_done" or p.to_sequence)
    }  # fmt: skip
    assert set(standing) == waiting


# --- results ----------------------------------------------------------------------------------------------------------
def test_with_positives_alone_sequenced_sensitivity_is_not_estimable_and_that_is_said() -> None:
    given_ = [tumour(f"P{i}", stain=60.0, sequence="fusion") for i in range(5)]
    given_ += [tumour(f"Q{i}", stain=60.0, sequence="negative") for i in range(3)]
    given_ += [tumour(f"N{i}", stain=0.0) for i in range(40)]
    found = accuracy(people(*given_), protocol())
    for figure in (found.sensitivity, found.specificity, found.negative_predictive, found.prevalence):
        assert figure.interval is None and figure.why == NONE_SEQUENCED
    assert found.positive_predictive.interval is not None
    assert found.positive_predictive.interval.estimate == 5 / 8


def test_each_drawn_negative_counts_for_its_stratum() -> None:
    given_ = [tumour(f"P{i}", stain=60.0, sequence="fusion") for i in range(9)]
    negatives = [tumour(f"N{i}", stain=0.0, sequence="negative") for i in range(400)]
    sampled = [p.id for p in people(*negatives) if p.drawn]
    given_ += [tumour(s.id, stain=0.0, sequence="fusion" if s.id == sampled[0] else "negative") for s in negatives]
    found = accuracy(people(*given_), protocol())
    rest = next(s for s in found.strata if s.name == "rest")
    assert (rest.population, rest.verified, rest.found) == (400, len(sampled), 1)
    assert found.sensitivity.interval is not None
    assert found.sensitivity.interval.estimate == pytest.approx(9 / (9 + 400 / len(sampled)))
    assert found.outside_draw == (400 - len(sampled), 0)


@SLOW
@given(st.sets(st.integers(0, 299), max_size=250))
def test_the_weights_sum_to_the_tumours_of_the_strata_that_were_verified(left_out: set[int]) -> None:
    given_ = people(*(s for i, s in enumerate(synthetic()) if i not in left_out))
    found = weights(given_, protocol())
    strata = negative_strata(given_, protocol())
    positives = [p for p in given_ if p.stain == "positive"]
    expected = sum(s.population for s in strata if s.verified)
    expected += len(positives) if any(p.conclusive for p in positives) else 0
    assert sum(found.values()) == pytest.approx(expected)
    assert all(weight >= 1 for weight in found.values())


@SLOW
@given(st.sets(st.integers(0, 299), max_size=250))
def test_every_tumour_stands_in_one_place_of_the_flow(left_out: set[int]) -> None:
    given_ = people(*(s for i, s in enumerate(synthetic()) if i not in left_out))
    found = flow(given_)
    assert found.main[0].count == len(given_)
    for arm in (found.main, found.negatives):
        for before, after in pairwise(arm):
            assert after.count + sum(after.leaves.values()) == before.count
    assert found.main[4].leaves.get("stain negative", 0) == found.negatives[0].count


def everything(subjects: Any) -> Results:
    """Return all results of some subjects."""
    return results(subjects, protocol(), load(), DAY)


@settings(max_examples=4, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_order_of_subjects_changes_a_result(random: Any) -> None:
    shuffled = list(synthetic(120))
    random.shuffle(shuffled)
    assert msgspec.json.encode(everything(shuffled)) == msgspec.json.encode(everything(synthetic(120)))


@settings(max_examples=6, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_order_of_entries_that_do_not_replace_each_other_changes_a_result(random: Any) -> None:
    """Of registrations, case versions and wishes the newest stands, and consent opens again; others in any order."""
    placed = ("registration", "case", "consent", "no_more_data", "no_more_use")
    again = []
    for given_ in synthetic(120):
        free = [e for e in given_.entries if e.kind not in placed]
        random.shuffle(free)
        moved = iter(free)
        mixed = [e if e.kind in placed else next(moved) for e in given_.entries]
        again.append(Subject([msgspec.structs.replace(e, seq=i) for i, e in enumerate(mixed, given_.entries[0].seq)]))
    assert msgspec.json.encode(everything(again)) == msgspec.json.encode(everything(synthetic(120)))


def test_frequency_is_of_each_histology_and_of_all() -> None:
    found = frequencies(people(*synthetic()), protocol())
    assert found[0].stained == sum(f.stained for f in found[1:])
    assert found[0].found.count == sum(f.found.count for f in found[1:])
    for f in found:
        assert (f.reckoned.interval is None) == bool(f.reckoned.why)


def test_a_frequency_without_sequenced_negatives_is_not_reckoned_but_told() -> None:
    negatives = [tumour(i, stain=0.0) for i in (drawn(False),)]
    found = frequencies(people(*negatives), protocol())[0]
    assert found.reckoned.interval is None and found.reckoned.why
    assert found.found.count == 0


def test_those_still_waiting_count_as_waiting() -> None:
    given_ = [tumour(f"S{i}", steps={"enrolled": "2026-06-01", "stained": f"2026-06-{2 + i:02}"}) for i in range(4)]
    given_ += [tumour(f"W{i}", steps={"enrolled": "2026-06-01"}) for i in range(4)]
    given_ += [tumour("M", steps={"enrolled": "2026-05"})]
    found = turnarounds(people(*given_), protocol(), DAY)[0]
    assert (found.waiting, found.undated, found.curve.events) == (4, 1, 4)
    assert found.curve.steps[-1].share == pytest.approx(0.5)
    assert found.within == pytest.approx(0.5)


def course(ident: str, start: str, *responses: Form, **given_: Any) -> Subject:
    """Return a subject with a fusion under larotrectinib."""
    drug = Treatment(drug="larotrectinib", start=start)
    return tumour(ident, drug, *responses, stain=60.0, sequence="fusion", **given_)


def test_response_duration_and_survival_are_reckoned_from_the_first_day_of_the_drug() -> None:
    found = treated(
        people(
            course("S1", "2026-01-01", Response(date="2026-03-01", best="PR"),
                   Response(date="2026-05-01", best="PD", progression="yes", progression_date="2026-05-01"),
                   FollowUp(status="alive", date="2026-06-01"), steps={"enrolled": "2025-12-01"}),
            course("S2", "2026-01-01", Response(date="2026-03-01", best="NE"),
                   FollowUp(status="dead", death_date="2026-04-01"), steps={"enrolled": "2026-02-01"}),
            course("S3", "2026-01", Response(date="2026-03-01", best="CR")),
            tumour("S4", Treatment(drug="doxorubicin", start="2026-01-01"), stain=60.0, sequence="fusion"),
        ),
        load(),
    )  # fmt: skip
    assert (found.treated, found.undated, found.by_drug) == (3, 1, {"larotrectinib": 3})
    assert (found.responded.count, found.responded.of) == (2, 3)
    assert (found.of_evaluable.count, found.of_evaluable.of) == (2, 2)
    assert [step.time for step in found.survival.steps] == [90]
    assert found.survival.late == 1
    assert [step.time for step in found.free_of_progression.steps] == [90, 120]
    assert [step.time for step in found.duration.steps] == [61]


def test_another_driver_is_counted_only_where_one_was_looked_for() -> None:
    found = everything(synthetic())
    fusions = sum(p.sequence == "fusion" for p in people(*synthetic()))
    assert found.other_drivers.found.of + found.other_drivers.not_looked_for == fusions


def test_correlation_leaves_out_what_is_not_known_and_says_how_many_tests_were_made() -> None:
    for family in everything(synthetic()).correlations:
        assert family.tests == sum(a.p is not None for a in family.associations)
        for a in family.associations:
            assert all(level != "unknown" for level, _ in a.rows)
            assert (a.adjusted is None) == (a.p is None)
            assert a.p is None or a.adjusted is None or a.adjusted >= a.p


# --- central review ---------------------------------------------------------------------------------------------------
def test_what_a_reader_is_given_says_nothing_of_any_trk_result() -> None:
    shown = to_review(people(*synthetic()), protocol())
    assert shown
    told = msgspec.json.encode(shown).decode().upper()
    for word in ("TRK", "POSITIVE STAIN", "FUSION", "NUCLEAR", "EPR17341", "STAIN"):
        assert word not in told
    results_of = {p.id: p.stain for p in people(*synthetic())}
    assert {results_of[one.id] for one in shown} >= {"positive", "negative"}


def test_the_order_of_review_is_by_the_draw_and_not_by_result() -> None:
    forth = to_review(people(*synthetic()), protocol())
    assert forth == to_review(people(*synthetic()[::-1]), protocol())
    assert [one.id for one in forth] != sorted(one.id for one in forth)


def test_only_blinded_reviews_stand_in_the_agreement() -> None:
    def read(reader: str, outcome: Any, blinded: Any = "yes", revised: str | None = None) -> CentralReview:
        return CentralReview(reader=reader, outcome=outcome, blinded=blinded, revised_histology=revised)

    found = review_agreement(
        people(
            tumour("S1", read("a", "same"), read("b", "same")),
            tumour("S2", read("a", "changed", revised="angiosarcoma"), read("b", "same")),
            tumour("S3", read("a", "same", blinded="no")),
            tumour("S4", read("a", "not_done")),
        ),
        load(),
    )
    assert (found.same.count, found.same.of, found.unblinded) == (1, 2, 1)
    assert found.readers.samples == 2 and found.readers.per_cent == 0.5


# --- editions and evidence --------------------------------------------------------------------------------------------
def answered(case_of: Subject, day: dt.date) -> Answer:
    """Return the answer that a subject was given on a day."""
    assert case_of.case is not None
    now = Pathway(load(), day, probability=False).recommend(case_of.case)
    return Answer(
        case=1, edition="wsn2020", version="1", edition_sha256="x", as_of=day, tier=now.tier, priority=now.priority,
        actions=tuple(a.action for a in now.actions), target=now.answer.target,
        trk_inhibitor=now.answer.trk_inhibitor, next=now.answer.next, sha256="x",
    )  # fmt: skip


def test_an_edition_or_label_date_lists_only_the_cases_that_it_changes() -> None:
    then, now = dt.date(2020, 1, 1), dt.date(2026, 6, 1)
    fused, plain_ = tumour("S1", stain=60.0, sequence="fusion"), tumour("S2", stain=0.0)
    given_ = [withdrawn(fused, answered(fused, then)), withdrawn(plain_, answered(plain_, then)), tumour("S3")]
    assert list(changed(given_, Pathway(load(), then, probability=False))) == []
    listed = list(changed(given_, Pathway(load(), now, probability=False)))
    assert [c.id for c in listed] == ["S1"]
    assert listed[0].trk_inhibitor != listed[0].trk_inhibitor_was
    gone = withdrawn(given_[0], NoMoreUse(asked_by="subject"))
    assert list(changed([gone], Pathway(load(), now, probability=False))) == []


def test_own_counts_are_of_groups_of_the_evidence_and_leave_out_what_has_no_end() -> None:
    infant: dict[str, Any] = {"histology": "infantile fibrosarcoma", "age": 0.5}
    given_ = people(
        *(tumour(f"F{i}", stain=60.0, sequence="fusion", **infant) for i in range(3)),
        tumour("O", stain=60.0, **infant),
        tumour("D", stain=0.0, **infant),
    )
    counts = {c.group: (c.positive, c.tested) for c in own_counts(given_, load())}
    assert counts == {"infantile_fibrosarcoma_every_series": (3, 3)}


def test_no_cell_of_a_file_is_run_by_a_spreadsheet() -> None:
    from ntrkpath.registry.study.worklists import Item
    from ntrkpath.report.study_files import worklists_csv

    lines = worklists_csv({"query_open": (Item("query_open", "A", "=S1", "+1", None),)}).splitlines()
    assert lines[1] == "query_open,A,'=S1,'+1,"


def test_the_forest_shows_every_histology_with_a_fusion_and_says_what_it_leaves_out() -> None:
    from ntrkpath.figures.axes import WIDTH
    from ntrkpath.report.study_pictures import MOST, pictures

    found = everything(synthetic())
    drawn = pictures(found)["frequency"][0](WIDTH)
    fused = [f.name for f in found.frequency if f.found.count]
    assert all(name.split("/")[0].split(",")[0][:12] in drawn for name in fused)
    left = [f for f in found.frequency[MOST + 1 :] if not f.found.count]
    assert (f"{len(left)} further histologies" in drawn) == bool(left)


def test_pictures_tell_those_who_do_not_see_them_the_counts() -> None:
    from ntrkpath.figures.axes import NARROW, WIDTH
    from ntrkpath.report.study_pictures import pictures

    found = everything(synthetic())
    for width in (WIDTH, NARROW):
        drawn = {name: drawings[0](width) for name, drawings in pictures(found).items()}
        assert f"Screened: {found.flow.main[0].count}" in drawn["flow"]
        assert "share still waiting" in drawn["turnaround"] and "<desc" in drawn["turnaround"]


# --- caller files -----------------------------------------------------------------------------------------------------
ARRIBA = Path(__file__).parent / "data" / "readers" / "arriba_v2.tsv"


def sequenced_by_file() -> Subject:
    """Return a subject whose sequencing stands in a kept caller file alone."""
    case = Case(
        id="S1", diagnosis=Diagnosis(histology="leiomyosarcoma"),
        tests=[PanTrkIhc(percent=60.0, control="adequate"), RnaMps(file="a.tsv", assembly="GRCh37")],
    )  # fmt: skip
    kept = CallerFile(name="a.tsv", whole_sha256="x", kept_sha256="x", rows=1, caller="arriba", test=2)
    return tumour("S1", CaseVersion(case=case), kept)


def test_a_fusion_that_stands_in_a_kept_caller_file_is_found_with_its_partner() -> None:
    content = ARRIBA.read_bytes()
    found = gathered([sequenced_by_file()], protocol(), load(), DAY, lambda site, seq: content).participants[0]
    assert found.sequence == "fusion" and found.fault == ""
    assert [(f.partner, f.gene) for f in found.fusions] == [("TPM3", "NTRK1")]


def test_a_caller_file_that_is_not_kept_is_told_and_is_no_result() -> None:
    found = gathered([sequenced_by_file()], protocol(), load(), DAY).participants[0]
    assert found.fault and found.sequence == "not_done" and found.stain == "not_done"


def test_the_head_of_a_caller_file_alone_is_no_negative() -> None:
    head = ARRIBA.read_bytes().splitlines(keepends=True)[0]
    found = gathered([sequenced_by_file()], protocol(), load(), DAY, lambda site, seq: head).participants[0]
    assert found.sequence == "open"


def test_a_driver_that_only_the_reading_knows_is_not_taken_for_none_looked_for() -> None:
    assert everything([tumour("S1", stain=60.0, sequence="fusion", histology="ALK-positive inflammatory "
                              "myofibroblastic tumour")]).other_drivers.found.count == 1  # fmt: skip
