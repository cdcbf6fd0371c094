"""The evidence as data: the guidance's tables as printed, frequencies, accuracy, what stands for which case."""

from __future__ import annotations

import copy
import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ntrkpath.evidence import Evidence, evidence_of
from ntrkpath.evidence.accuracy import pooled_accuracy, study_accuracy
from ntrkpath.evidence.data import ACCURACY, FREQUENCY, TABLES
from ntrkpath.evidence.frequency import frequency
from ntrkpath.evidence.proportions import clopper_pearson
from ntrkpath.guidance import Edition, load
from ntrkpath.model.errors import EvidenceError, GuidanceError

SOURCE = Path(__file__).resolve().parents[2] / "shared" / "source"
STATISTICS = SOURCE.parent / "data" / "statistics"


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load()


@pytest.fixture(scope="module")
def evidence(edition: Edition) -> Evidence:
    return evidence_of(edition)


# --- tables -----------------------------------------------------------------------------------------------------------
def test_the_tables_have_the_rows_of_the_guidance(evidence: Evidence) -> None:
    assert {n: len(table.rows) for n, table in evidence.tables.items()} == {1: 18, 2: 8, 3: 25, 4: 10}
    assert len({row["study"] for row in evidence.table(1).rows}) == 16


def test_every_printed_percentage_of_table_1_is_that_of_its_counts(evidence: Evidence) -> None:
    for row in evidence.table(1).rows:
        share = 100 * row["positive"] / row["tested"]
        assert abs(share - row["printed_percent"]) <= (0.05 if row["printed_percent"] < 1 else 0.5), row["id"]


def test_the_guidance_numbers_of_the_references_are_those_of_the_table(evidence: Evidence) -> None:
    numbers = [evidence.reference(row["reference"])["guidance_number"] for row in evidence.table(1).rows]
    assert numbers == [29, 68, 69, 70, 71, 72, 73, 51, 60, 74, 74, 52, 63, 75, 75, 31, 76, 77]


@pytest.mark.skipif(not SOURCE.exists(), reason="the source tables are not beside the repository")
def test_the_tables_are_those_that_were_checked(evidence: Evidence) -> None:
    def rows(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader((SOURCE / name).read_text(encoding="utf-8").splitlines()))

    printed = [
        (r["study"], int(r["x"]), int(r["n"]), float(r["printed_percent"]), r["testing_method"], r["positive_subtypes"],
         r["transcription"]) for r in rows("table1.csv")
    ]  # fmt: skip
    ours = [
        (r["study"], r["positive"], r["tested"], r["printed_percent"], r["method"], r["subtypes"], r["transcription"])
        for r in evidence.table(1).rows
    ]
    assert ours == printed
    assert [(r["drug"], str(r["estimate"]).replace("not estimable", "NE")) for r in evidence.table(2).rows] == [
        (r["drug"], r["estimate"]) for r in rows("table2.csv")
    ]
    assert [(r["method"], r["kind"], r["item"]) for r in evidence.table(3).rows] == [
        (r["method"], r["kind"], r["item"]) for r in rows("table3.csv")
    ]
    assert [(r["clone"], r["company"], r["study"]) for r in evidence.table(4).rows] == [
        (r["clone"], r["company"], r["study"]) for r in rows("table4.csv")
    ]


def _rounded(x: int, n: int) -> tuple[int, int, int]:
    found = clopper_pearson(x, n)
    return round(100 * found.estimate), round(100 * found.low), round(100 * found.high)


def test_every_printed_response_rate_and_interval_is_reproduced(evidence: Evidence) -> None:
    derived = evidence.table(2).derived
    for row in derived:
        printed = row["reproduces"]
        assert _rounded(row["responders"], row["evaluable"]) == (printed["estimate"], printed["low"], printed["high"])
    rates = {row["id"] for row in evidence.table(2).rows if row["endpoint"] == "objective response rate"}
    assert rates <= {row["of"] for row in derived}


def test_61_of_70_is_the_only_sum_that_reproduces_the_three_intervals_of_larotrectinib() -> None:
    def fits(printed: tuple[int, int, int]) -> list[tuple[int, int]]:
        return [(x, n) for n in range(1, 72) for x in range(n + 1) if _rounded(x, n) == printed]

    adults, children, everyone = fits((74, 52, 90)), fits((94, 82, 99)), fits((87, 77, 94))
    pairs = [(a, c) for a in adults for c in children if (a[0] + c[0], a[1] + c[1]) in everyone]
    assert pairs == [((17, 23), (44, 47))]


# --- frequencies ------------------------------------------------------------------------------------------------------
def test_one_of_three_cohorts_of_one_centre_is_pooled_unless_all_are_asked_for(evidence: Evidence) -> None:
    once, every = evidence.studies("unselected"), evidence.studies("unselected", "all")
    assert {s.id for s in every} - {s.id for s in once} == {"rosen", "zhu"}
    assert (sum(s.positive for s in once), sum(s.tested for s in once)) == (23, 3017)
    assert (sum(s.positive for s in every), sum(s.tested for s in every)) == (39, 4145)
    told = {row.study.id: row for row in frequency(evidence, "unselected").studies}
    assert not told["rosen"].used and "Solomon" in told["rosen"].why_not and told["rosen"].without is None
    assert told["solomon"].used and told["solomon"].without is not None


OWN_SERIES = {"all_tumours", "uterine_leiomyosarcoma"}


def test_what_stands_outside_table_1_is_pooled_only_in_groups_of_its_own(evidence: Evidence) -> None:
    for group in evidence.groups.values():
        for study in group.studies:
            if study.row is None and group.id not in OWN_SERIES and group.extends is None:
                assert not study.pooled and study.why_not, study.id


def test_a_wider_group_holds_the_series_of_table_1_and_says_which_it_extends(evidence: Evidence) -> None:
    wider = {group.id: group.extends for group in evidence.groups.values() if group.extends}
    assert wider == {
        "infantile_fibrosarcoma_every_series": "infantile_fibrosarcoma",
        "gist_wild_type_every_series": "gist_quadruple_negative",
        "unselected_every_series": "unselected",
    }
    for ident, base in wider.items():
        narrow, wide = ({s.id: (s.positive, s.tested) for s in evidence.studies(g)} for g in (base, ident))
        assert narrow.items() < wide.items()
        assert {s.group for s in evidence.group(ident).studies} == {ident}


def test_a_series_that_shares_patients_is_shown_and_not_counted(evidence: Evidence) -> None:
    shown = {row.study.id: row for row in frequency(evidence, "unselected_every_series").studies}
    assert not shown["msk_impact_2017"].used and "Shares patients" in shown["msk_impact_2017"].why_not
    assert not shown["rnasarc"].used and "does not split" in shown["rnasarc"].why_not
    assert shown["xu_sarcoma"].used and shown["nozzoli"].used


def test_every_reference_has_an_address_or_says_that_none_was_found(edition: Edition) -> None:
    for ref in edition.data["references"]["references"]:
        if not {"doi", "pmid", "pmc", "url"} & set(ref):
            note = ref.get("note", "").casefold()
            assert any(word in note for word in ("not found", "no identifier", "not known to us", "without an address"))


def test_every_row_of_table_1_is_in_a_group(evidence: Evidence) -> None:
    used = {study.row for group in evidence.groups.values() for study in group.studies}
    assert {row["id"] for row in evidence.table(1).rows} <= used


def test_derived_counts_add_up_to_the_row_they_come_from(evidence: Evidence) -> None:
    rows = {row["id"]: (row["positive"], row["tested"]) for row in evidence.table(1).rows}
    for parts, row in (
        (("imt_alk_ros1_negative", "imt_alk_ros1_positive"), "T1-yamamoto"),
        (("gist_quadruple_negative", "gist_with_driver"), "T1-shi_all"),
        (("uterine_sarcoma", "sarcoma_nos"), "T1-rosen"),
    ):
        studies = [evidence.studies(part)[0] for part in parts]
        assert (sum(s.positive for s in studies), sum(s.tested for s in studies)) == rows[row]


def test_the_printed_predictive_values_hold_at_the_prevalence_of_the_tumours_stained(evidence: Evidence) -> None:
    study = evidence.accuracy_studies["gatalica2019"]
    assert study.true_positive and study.false_positive and study.true_negative and study.false_negative
    with_fusion, without = study.true_positive + study.false_negative, study.true_negative + study.false_positive
    positive = study.true_positive / (study.true_positive + study.false_positive)
    negative = study.true_negative / (study.true_negative + study.false_negative)
    assert (round(100 * positive, 1), round(100 * negative, 1)) == (11.2, 99.8)
    tumours = evidence.studies("all_tumours")[0]
    assert (tumours.positive, tumours.tested) == (with_fusion, with_fusion + without) == (28, 4136)


# --- what stands for a case -------------------------------------------------------------------------------------------
def test_every_histology_and_every_state_of_its_facts_has_an_answer(edition: Edition, evidence: Evidence) -> None:
    met: Counter[str | None] = Counter()
    for entry in edition.vocabulary:
        for alk in edition.facts["alk_ros1"].levels:
            for canonical in edition.facts["canonical_alteration"].levels:
                levels = {"histology_group": entry.group, "alk_ros1": alk, "canonical_alteration": canonical}
                answer = evidence.assignment(entry.id, levels)
                met[answer.group] += 1
                assert answer.group or answer.why
                assert (answer.group is None) == (entry.group in ("not_sarcoma", "unresolved")), entry.id
                if answer.stands_in:
                    assert answer.why
    extended = {group.extends for group in evidence.groups.values()}
    assert set(met) == set(evidence.groups) - {"sarcoma_nos", "all_tumours"} - extended | {None}
    assert evidence.assigned == set(met) - {None}


@pytest.mark.parametrize(
    ("histology", "levels", "group", "stands_in"),
    [
        ("IFS", {"histology_group": "infantile_fibrosarcoma"}, "infantile_fibrosarcoma_every_series", False),
        ("IMT", {"histology_group": "imt"}, "imt", False),
        ("IMT", {"histology_group": "imt", "alk_ros1": "absent"}, "imt_alk_ros1_negative", False),
        ("IMTL", {"histology_group": "imt", "alk_ros1": "present"}, "imt_alk_ros1_positive", False),
        ("GIST", {"histology_group": "gist", "canonical_alteration": "expected"}, "gist", False),
        ("GIST", {"histology_group": "gist", "canonical_alteration": "absent"}, "gist_wild_type_every_series", False),
        ("ULMS", {"histology_group": "complex_genomics"}, "uterine_leiomyosarcoma", False),
        ("UUS", {"histology_group": "complex_genomics"}, "uterine_sarcoma", True),
        ("LMS", {"histology_group": "complex_genomics"}, "unselected_every_series", True),
        ("ntrk_rearranged_spindle_cell_neoplasm", {"histology_group": "ntrk_associated"},
         "lipofibromatosis_like_s100_cd34", True),
        (None, {"histology_group": "unresolved"}, None, False),
        (None, {}, None, False),
    ],
)  # fmt: skip
def test_a_case_is_given_the_figure_of_its_own_kind_or_a_named_stand_in(
    evidence: Evidence, histology: str | None, levels: dict[str, str], group: str | None, stands_in: bool
) -> None:
    answer = evidence.assignment(histology, levels)
    assert (answer.group, answer.stands_in) == (group, stands_in)


# --- accuracy ---------------------------------------------------------------------------------------------------------
def test_every_study_of_accuracy_is_pooled_or_refused_with_a_reason(evidence: Evidence) -> None:
    pooled = {s for pool in evidence.pools.values() for s in pool.studies}
    assert pooled | set(evidence.refused) == set(evidence.accuracy_studies)
    assert not pooled & set(evidence.refused)
    assert all(evidence.refused.values())


def test_subsets_do_not_exceed_the_study_they_are_part_of(evidence: Evidence) -> None:
    for study in evidence.accuracy_studies.values():
        if study.part_of is None or study.threshold == "as reported":
            continue
        whole = evidence.accuracy_studies[study.part_of]
        for part, total in ((study.sensitivity, whole.sensitivity), (study.specificity, whole.specificity)):
            # One tumour of Rudzinski et al. is open: 29 of 30 by gene, 28 of 29 from the percentages.
            assert part is None or total is None or part[1] <= total[1], study.id


@pytest.mark.parametrize(
    ("study", "sensitivity", "specificity"),
    [
        ("gatalica2019", 75.0, 95.9),
        ("solomon2020", 87.9, 81.1),
        ("solomon2020_sarcoma", 80.0, 74.4),
        ("solomon2020_ntrk3", 79.4, None),
        ("rudzinski2018", 97, 98),
        ("koopman2022", 77, 83.5),
        ("gist_wild_type", 100, 66.7),
    ],
)
def test_the_percentages_that_the_sources_print_follow_from_the_counts(
    evidence: Evidence, study: str, sensitivity: float, specificity: float | None
) -> None:
    found = study_accuracy(evidence, evidence.accuracy_studies[study])
    assert found.sensitivity is not None
    assert 100 * found.sensitivity.estimate == pytest.approx(sensitivity, abs=0.51 if sensitivity > 95 else 0.11)
    if specificity is not None:
        assert found.specificity is not None
        assert 100 * found.specificity.estimate == pytest.approx(specificity, abs=0.11)


@pytest.mark.skipif(not STATISTICS.exists(), reason="the counts are not beside the repository")
def test_the_intervals_of_solomon_by_gene_and_tumour_are_those_that_were_computed(evidence: Evidence) -> None:
    ids = {"NTRK1": "_ntrk1", "NTRK2": "_ntrk2", "NTRK3": "_ntrk3", "total": "", "IMT": "_imt", "sarcoma": "_sarcoma",
           "small round cell": "_small_round_cell"}  # fmt: skip
    for row in csv.DictReader((STATISTICS / "ihc_solomon_table3.csv").read_text(encoding="utf-8").splitlines()):
        kind, _, side = row["measure"].rpartition(" ")
        study = evidence.accuracy_studies[f"solomon2020{ids[kind]}"]
        assert getattr(study, side) == (int(row["x"]), int(row["n"]))
        found = getattr(study_accuracy(evidence, study), side)
        assert (round(100 * found.low, 1), round(100 * found.high, 1)) == (float(row["cp_lo"]), float(row["cp_hi"]))


def test_of_hechtman_every_gene_has_its_counts_and_one_tumour_is_not_listed(evidence: Evidence) -> None:
    studies = evidence.accuracy_studies
    by_gene = {gene: studies[f"hechtman2017_{gene.lower()}"].sensitivity for gene in ("NTRK1", "NTRK2", "NTRK3")}
    assert by_gene == {"NTRK1": (10, 10), "NTRK2": (2, 2), "NTRK3": (8, 9)}
    assert sum(n for pair in by_gene.values() if pair for n in pair[1:]) == 21
    assert studies["hechtman2017"].sensitivity == (21, 22) and "not listed by gene" in studies["hechtman2017"].note


def test_pools_of_the_edition_give_figures_within_those_of_their_studies(evidence: Evidence) -> None:
    for ident, pool in evidence.pools.items():
        found = pooled_accuracy(evidence, ident)
        for side in ("sensitivity", "specificity") if pool.kind == "bivariate" else (pool.kind,):
            shares = [x / n for s in found.studies if (pair := getattr(s, side)) for x, n in [pair]]
            estimate = getattr(found.bivariate, side).estimate if found.bivariate else found.single.estimate  # type: ignore[union-attr]
            assert min(shares) <= estimate <= max(shares)


# --- bad data ---------------------------------------------------------------------------------------------------------
def _changed(edition: Edition, file: str, change: Any) -> Edition:
    other = copy.copy(edition)
    other.data = {**edition.data, file: copy.deepcopy(edition.data[file])}
    change(other.data[file])
    return other


def _study(data: Any, ident: str) -> Any:
    return next(s for s in data["studies"] if s["id"] == ident)


def _row(data: Any) -> Any:
    return data["tables"][0]["rows"][0]


BAD = {
    "a count over its total": (TABLES, lambda d: _row(d).update(positive=15), "T1-agaram.positive"),
    "a negative count": (TABLES, lambda d: _row(d).update(positive=-1), "T1-agaram.positive"),
    "nothing tested": (TABLES, lambda d: _row(d).update(positive=0, tested=0), "T1-agaram.tested"),
    "an unknown reference": (TABLES, lambda d: _row(d).update(reference="nobody"), "T1-agaram.reference"),
    "an empty group": (FREQUENCY, lambda d: d["groups"][0].update(studies=[]), "infantile_fibrosarcoma.studies"),
    "a row that is not there": (FREQUENCY, lambda d: d["groups"][0]["studies"][0].update(row="T1-x"), "bourgeois.row"),
    "a half tumour": (FREQUENCY, lambda d: d["groups"][2]["studies"][0].update(positive=1.5), "yamamoto_negative"),
    "a study left out without a reason": (
        FREQUENCY, lambda d: d["groups"][0]["studies"][0].update(pooled=False), "bourgeois.why_not"),
    "an overlap that nobody names": (
        FREQUENCY, lambda d: d["overlaps"][0]["studies"].append("bui"), "overlaps.msk"),
    "an assignment to no group": (FREQUENCY, lambda d: d["assignments"][0].update(group="x"), "assignments[0].group"),
    "an assignment by no fact": (
        FREQUENCY, lambda d: d["assignments"][0].update(when={"stage": "late"}), "assignments[0]"),
    "an assignment by no level": (
        FREQUENCY, lambda d: d["assignments"][0].update(when={"histology_group": "x"}), "assignments[0]"),
    "a stand-in without a reason": (
        FREQUENCY, lambda d: d["assignments"][0].update(stands_in=True, why=""), "assignments[0].why"),
    "a group that extends none": (
        FREQUENCY, lambda d: next(g for g in d["groups"] if "extends" in g).update(extends="x"), "extends"),
    "a group that extends a wider one": (
        FREQUENCY, lambda d: next(g for g in d["groups"] if "extends" in g).update(extends="unselected_every_series"),
        "extends"),
    "a negative count of accuracy": (
        ACCURACY, lambda d: _study(d, "solomon2020").update(true_positive=-2), "solomon2020.true_positive"),
    "a sensitivity over 100 percent": (
        ACCURACY, lambda d: _study(d, "solomon2020_dna").update(printed={"sensitivity": 181.1}),
        "solomon2020_dna.printed.sensitivity"),
    "an unknown test": (ACCURACY, lambda d: _study(d, "solomon2020").update(test="biopsy"), "solomon2020.test"),
    "an unknown design": (ACCURACY, lambda d: _study(d, "solomon2020").update(design="x"), "solomon2020.design"),
    "a misspelt key": (ACCURACY, lambda d: _study(d, "solomon2020").update(true_positives=3), "solomon2020"),
    "a study of itself twice": (ACCURACY, lambda d: d["studies"].append(dict(d["studies"][0])), "gatalica2019"),
    "a pool of a refused study": (
        ACCURACY, lambda d: d["pools"][0]["studies"].append("hung2018"), "ihc_all_tumours.studies"),
    "a pool with tumours twice": (
        ACCURACY, lambda d: (d["pools"][0]["studies"].append("hechtman2017"),
                             d["refused"].__setitem__(slice(None), [{"studies": [], "why": ""}])),
        "ihc_all_tumours.studies"),
    "a pool of two thresholds": (
        ACCURACY, lambda d: (d["pools"][0]["studies"].append("hung2018"),
                             d["refused"].__setitem__(slice(None), [{"studies": [], "why": ""}])),
        "ihc_all_tumours.studies"),
    "a bivariate pool of two": (
        ACCURACY, lambda d: d["pools"][0]["studies"].pop(), "ihc_all_tumours.studies"),
    "a count in words": (TABLES, lambda d: _row(d).update(positive="ten"), "T1-agaram.positive"),
    "a row without its total": (TABLES, lambda d: _row(d).pop("tested"), "T1-agaram.tested"),
    "a printed share over 100 percent": (
        TABLES, lambda d: _row(d).update(printed_percent=710), "T1-agaram.printed_percent"),
    "a response rate over 100 percent": (
        TABLES, lambda d: d["tables"][1]["rows"][0].update(high=194), "T2-larotrectinib_response_rate.high"),
    "responders in words": (
        TABLES, lambda d: d["tables"][1]["derived"][0].update(responders="all"), "T2-larotrectinib_adult.responders"),
    "a row without an id": (TABLES, lambda d: _row(d).pop("id"), "[0].id"),
    "a row twice": (TABLES, lambda d: d["tables"][0]["rows"].append(dict(_row(d))), "T1-agaram.id"),
    "a group without a name": (FREQUENCY, lambda d: d["groups"][0].pop("says"), "infantile_fibrosarcoma.says"),
    "a group twice": (FREQUENCY, lambda d: d["groups"].append(d["groups"][0]), "infantile_fibrosarcoma.id"),
    "a study twice in its group": (
        FREQUENCY, lambda d: d["groups"][0]["studies"].append(d["groups"][0]["studies"][2]), "igbokwe.id"),
    "a group of which nothing is pooled": (
        FREQUENCY, lambda d: [s.update(pooled=False, why_not="no") for s in d["groups"][0]["studies"]],
        "infantile_fibrosarcoma.studies"),
    "a misspelt key of a study": (
        FREQUENCY, lambda d: d["groups"][0]["studies"][0].update(postive=3), "bourgeois"),
    "an assignment without a condition": (FREQUENCY, lambda d: d["assignments"][0].pop("when"), "assignments[0].when"),
    "an empty pool": (ACCURACY, lambda d: d["pools"][1].update(studies=[]), "ihc_ntrk1.studies"),
    "a pool twice": (ACCURACY, lambda d: d["pools"].append(dict(d["pools"][1])), "ihc_ntrk1.id"),
    "a refusal of no study": (ACCURACY, lambda d: d["refused"][0].update(studies=["x"]), "refused[0].studies"),
    "a refusal without a reason": (ACCURACY, lambda d: d["refused"][0].pop("why"), "refused[0].why"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_malformed_evidence_is_an_error_that_names_the_field(edition: Edition, name: str) -> None:
    file, change, where = BAD[name]
    with pytest.raises(GuidanceError) as caught:
        Evidence(_changed(edition, file, change))
    assert where in caught.value.where, str(caught.value)


def test_an_edition_without_evidence_says_so(edition: Edition) -> None:
    other = copy.copy(edition)
    other.data = {k: v for k, v in edition.data.items() if k != ACCURACY}
    with pytest.raises(GuidanceError, match="no evidence"):
        Evidence(other)


@pytest.mark.parametrize(
    "ask",
    [
        lambda e: e.group("sarcoma"),
        lambda e: e.studies("unselected", "twice"),
        lambda e: e.accuracy("biopsy"),
        lambda e: e.accuracy(context="kidney"),
        lambda e: e.table(5),
        lambda e: e.citation("nobody"),
        lambda e: pooled_accuracy(e, "all"),
    ],
)
def test_a_question_to_which_there_is_no_evidence_says_what_there_is(evidence: Evidence, ask: Any) -> None:
    with pytest.raises(EvidenceError):
        ask(evidence)
