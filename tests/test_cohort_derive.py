"""Raw columns become the facts of a case: the parts together say what the single case says."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

from ntrkpath.cohort import columns as cohort_columns  # noqa: E402
from ntrkpath.cohort.cells import Cells  # noqa: E402
from ntrkpath.cohort.fact_columns import PARTS  # noqa: E402
from ntrkpath.cohort.frame import Decider  # noqa: E402
from ntrkpath.guidance import load  # noqa: E402
from ntrkpath.model.errors import CaseError  # noqa: E402
from ntrkpath.pathway import Pathway, case_from  # noqa: E402
from support.cases import random_case  # noqa: E402
from support.cohort import as_columns  # noqa: E402


@cache
def pathway() -> Pathway:
    return Pathway(load(), dt.date(2026, 1, 1))


def frame(cases: list[dict[str, Any]]) -> Any:
    rows = [as_columns(case) for case in cases]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in names})


def one_by_one(data: dict[str, Any]) -> dict[str, str]:
    """What the single-case core says, in the words of a cohort."""
    decided = pathway().recommend(case_from(data))
    return {
        "case_id": decided.case_id,
        "tier": decided.tier,
        "priority": decided.priority,
        "histology_group": decided.histology.group,
        "actions": " ".join(f"{a.action}:{a.strength}" for a in decided.actions),
        "rules": " ".join(step.rule for step in decided.trace),
        "missing": " ".join(m.fact for m in decided.missing),
    }


@pytest.mark.parametrize("most_tests", [0, 1, 5])
def test_a_cohort_says_of_every_case_what_the_single_case_says(most_tests: int) -> None:
    draw = random.Random(most_tests)
    cases = [random_case(i, draw, most_tests) for i in range(700)]
    good: list[dict[str, Any]] = []
    expected = []
    for case in cases:
        try:
            expected.append(one_by_one(case))
            good.append(case)
        except CaseError:
            pass
    answered = Decider(load(), missing=True).decide(frame(cases))
    assert answered.answers.to_dicts() == expected
    assert len(answered.bad) == len(cases) - len(good)


def test_lists_that_hardly_ever_recur_are_derived_whole_and_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(8)
    cases = frame([random_case(i, draw, 3) for i in range(150)])
    apart = Decider(load(), missing=True).decide(cases)
    monkeypatch.setattr("ntrkpath.cohort.derive.FEW", 0)
    whole = Decider(load(), missing=True).decide(cases)
    assert whole.answers.equals(apart.answers)
    assert whole.bad.equals(apart.bad)


def test_every_fact_of_the_tables_belongs_to_one_part() -> None:
    facts = [fact for part in PARTS for fact in part.facts]
    assert len(facts) == len(set(facts))
    assert set(load().decisions.base) <= set(facts)
    known = cohort_columns.raw_columns()
    assert {column for part in PARTS for column in part.columns} | {"tests"} == set(known)


def test_batches_and_their_order_change_nothing() -> None:
    draw = random.Random(5)
    cases = frame([random_case(i, draw) for i in range(300)])
    whole = Decider(load(), missing=True).decide(cases).answers.sort("case_id")
    decider = Decider(load(), missing=True)
    shuffled = cases.sample(fraction=1, shuffle=True, seed=3)
    parts = [decider.decide(part).answers for part in shuffled.iter_slices(37)]
    assert pl.concat(parts).sort("case_id").equals(whole)


def test_a_bad_cell_makes_its_row_bad_and_no_other() -> None:
    rows = {
        "case_id": ["good", "age", "histology", "empty", "extent", "percent", "cells", "date", "json", None],
        "histology": ["GIST", "GIST", "no such tumour", None, *["GIST"] * 6],
        "age": ["45", "400", *["45"] * 8],
        "extent": ["metastatic"] * 4 + ["everywhere"] + ["metastatic"] * 5,
        "pan_trk_ihc.percent": [50.0] * 5 + [101.0] + [50.0] * 4,
        "fish.cells_counted": [100] * 10,
        "fish.cells_split": [50] * 6 + [101] + [50] * 3,
        "rna_mps.date": ["2024-01-01"] * 7 + ["last spring"] + ["2024-01-01"] * 2,
        "alterations": ["[]"] * 8 + ["[{"] + ["[]"],
    }
    answered = Decider(load()).decide(pl.DataFrame(rows))
    assert answered.answers["case_id"].to_list() == ["good"]
    assert dict(answered.bad.select("row", "where").iter_rows()) == {
        1: "patient.age",
        2: "diagnosis.histology",
        3: "diagnosis.histology",
        4: "disease.extent",
        5: "pan_trk_ihc.percent",
        6: "fish.cells_split",
        7: "rna_mps.date",
        8: "alterations",
        9: "case_id",
    }
    assert all(reason for reason in answered.bad["reason"])


def test_free_text_that_cannot_be_read_is_never_shown() -> None:
    rows = {"case_id": ["a"], "histology": ["GIST"], "alterations": ["[Jane Doe"], "therapy": ["Jane Doe"]}
    answered = Decider(load()).decide(pl.DataFrame(rows))
    assert "Jane" not in str(answered.bad["reason"].to_list())


def test_cells_may_be_lists_json_or_short_text() -> None:
    short = {
        "case_id": ["a"], "histology": ["IMT"], "alterations": ["ALK fusion absent; ROS1 fusion absent"],
        "immunoprofile": ["S100: positive; CD34 negative"], "rna_mps.fusions": ["ETV6::NTRK3 in_frame"],
        "rna_mps.genes_covered": ["NTRK1, NTRK2, NTRK3"], "dna_mps.mutations": ["KRAS G12D"],
    }  # fmt: skip
    nested = {
        "case_id": ["a"], "histology": ["IMT"],
        "alterations": [[{"gene": g, "kind": "fusion", "status": "absent", "detail": None} for g in ("ALK", "ROS1")]],
        "immunoprofile": [{"S100": "positive", "CD34": "negative", "desmin": None}],
        "rna_mps.fusions": [[{"five_prime": "ETV6", "three_prime": "NTRK3", "frame": "in_frame"}]],
        "rna_mps.genes_covered": [["NTRK1", "NTRK2", "NTRK3"]],
        "dna_mps.mutations": [[{"gene": "KRAS", "protein": "G12D"}]],
    }  # fmt: skip
    said = [Decider(load(), missing=True).decide(pl.DataFrame(rows)) for rows in (short, nested)]
    assert len(said[0].answers) == 1
    assert said[0].answers.equals(said[1].answers)
    assert said[0].answers["priority"].to_list() == ["+++"]


@pytest.mark.parametrize("dtype", ["String", "Categorical"])
def test_text_columns_may_be_categories(dtype: str) -> None:
    plain = pl.DataFrame({"case_id": ["a", "b", "c"], "histology": ["GIST", None, "IMT"], "extent": ["metastatic"] * 3})
    columns = plain.with_columns(pl.col("histology", "extent").cast(getattr(pl, dtype)))
    answered = Decider(load()).decide(columns)
    assert answered.answers["histology_group"].to_list() == ["gist", "imt"]
    assert answered.bad["case_id"].to_list() == ["b"]


def test_a_cell_that_says_an_empty_list_is_not_an_empty_cell() -> None:
    rows = {"case_id": ["none", "unknown"], "histology": ["GIST"] * 2, "therapy": ["[]", None]}
    decider = Decider(load())
    derived = decider.derive(pl.DataFrame(rows).to_arrow())
    place = decider.kernel.catalogue.facts.index("trk_therapy")
    levels = decider.kernel.catalogue.levels["trk_therapy"]
    assert [levels[i] for i in derived.codes[place][derived.place]] == ["none", "unknown"]


def test_columns_that_cannot_be_told_apart_are_refused() -> None:
    decider = Decider(load())
    for rows, where in (
        ({"histology": ["GIST"]}, "case_id"),
        ({"case_id": ["a"]}, "diagnosis.histology"),
        ({"case_id": ["a"], "histology": ["GIST"], "diagnosis.histology": ["GIST"]}, "diagnosis.histology"),
    ):
        with pytest.raises(CaseError) as caught:
            decider.decide(pl.DataFrame(rows))
        assert caught.value.where == where


def test_other_columns_are_left_alone() -> None:
    rows = {"case_id": [1], "histology": ["GIST"], "hospital": ["x"], "gene": ["y"]}
    assert Decider.needs(list(rows)) == ["case_id", "histology"]
    assert Decider(load()).decide(pl.DataFrame(rows)).answers["case_id"].to_list() == ["1"]


def test_no_rows_are_no_answers() -> None:
    answered = Decider(load(), missing=True).decide(pl.DataFrame({"case_id": [], "histology": []}))
    assert answered.answers.columns == [*cohort_columns.ANSWERS, "missing"]
    assert (len(answered.answers), len(answered.bad)) == (0, 0)


def test_memory_is_emptied_without_changing_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(9)
    cases = frame([random_case(i, draw, 2) for i in range(200)])
    expected = Decider(load(), missing=True).decide(cases).answers
    monkeypatch.setattr("ntrkpath.cohort.derive.REMEMBERED", 5)
    monkeypatch.setattr("ntrkpath.cohort.missing.REMEMBERED", 5)
    decider = Decider(load(), missing=True)
    assert pl.concat([decider.decide(part).answers for part in cases.iter_slices(20)]).equals(expected)


def test_every_column_is_documented() -> None:
    page = (Path(__file__).parent.parent / "docs" / "reference" / "cohort-columns.md").read_text(encoding="utf-8")
    for column in cohort_columns.raw_columns().values():
        short = f" or `{column.short}`" if column.short else ""
        assert f"| `{column.path}`{short} |" in page
    assert all(f"`{name}`" in page for name in (*cohort_columns.ANSWERS, *cohort_columns.BAD, "missing"))


def test_cells_of_a_dictionary_are_read_past_its_nulls_and_slices() -> None:
    cells = Cells(cohort_columns.raw_columns()["disease.extent"])
    words = ["metastatic", None, "localized", "metastatic", None, "localized"]
    plain = cells.numbers(pa.array(words))
    coded = pa.array(words).dictionary_encode()
    assert cells.numbers(coded).tolist() == plain.tolist() == [1, 0, 2, 1, 0, 2]
    assert cells.numbers(coded.slice(1, 4)).tolist() == plain[1:5].tolist()
    assert cells.numbers(coded.slice(2, 2)).tolist() == plain[2:4].tolist()
    assert cells.numbers(pa.array([None, None])).tolist() == [0, 0]
    assert cells.numbers(pa.array([None], pa.string()).dictionary_encode()).tolist() == [0]
    assert [cells.values[n] for n in plain] == words


def test_cells_may_have_any_type_that_engines_give_them() -> None:
    fusion = {"five_prime": "ETV6", "three_prime": "NTRK3", "frame": None}
    row = {
        "case_id": [7], "histology": ["GIST"], "typical_histology": pa.array([1], pa.int8()), "central_review": [False],
        "patient.age": pa.array([Decimal("54.0")]), "pan_trk_ihc.percent": pa.array([1], pa.int64()),
        "pan_trk_ihc.date": pa.array([dt.date(2024, 1, 2)]), "fish.date": pa.array([dt.datetime(2024, 1, 2, 9)]),
        "diagnosis.immunoprofile": pa.array(
            [[("S100", "positive"), ("CD34", "positive")]], pa.map_(pa.string(), pa.string())
        ),
        "tests": pa.array([[{"method": "rna_mps", "date": dt.date(2024, 1, 2), "fusions": [fusion]}]]),
    }  # fmt: skip
    levels = Decider(load()).levels(pa.table(row)).to_pylist()
    assert len(levels) == 1
    found = {fact: levels[0][fact] for fact in ("typical_histology", "central_review", "ihc_percent", "s100_cd34")}
    assert list(found.values()) == ["yes", "no", "at_or_above_threshold", "co_expressed"]
    assert (levels[0]["fusion_count"], levels[0]["specimens"], levels[0]["case_id"]) == ("one", "unknown", "7")


def test_numbers_may_come_as_text_and_empty_words_as_nothing() -> None:
    rows = {"case_id": ["a", "b", "c"], "histology": ["GIST", " GIST ", "GIST"], "extent": ["metastatic", " ", ""]}
    given = pl.DataFrame(
        rows | {"pan_trk_ihc.percent": ["50", " 50.0", "nan"], "typical_histology": ["YES", "1", "no"]}
    )
    decider = Decider(load())
    derived = decider.derive(given.to_arrow())
    levels = decider.levels(given.to_arrow()).to_pydict()
    assert derived.good.all()
    assert levels["extent"] == ["metastatic", "unknown", "unknown"]
    assert levels["ihc_percent"] == ["at_or_above_threshold", "at_or_above_threshold", "unknown"]
    assert levels["typical_histology"] == ["yes", "yes", "no"]


@pytest.mark.parametrize("cell", ['[{"x": 1}]', "[[]]", "[" * 5000 + "]" * 5000, "{}", "[1]"])
@pytest.mark.parametrize("column", ["diagnosis.immunoprofile", "alterations", "therapy"])
def test_a_list_of_anything_makes_its_row_bad_at_most_and_ends_nothing(column: str, cell: str) -> None:
    rows = pl.DataFrame({"case_id": ["a", "b"], "histology": ["GIST", "GIST"], column: [cell, None]})
    answered = Decider(load()).decide(rows)
    answers = answered.answers["case_id"].to_list()
    assert "b" in answers and sorted([*answers, *answered.bad["case_id"].to_list()]) == ["a", "b"]


def test_the_status_of_an_alteration_is_never_assumed() -> None:
    rows = pl.DataFrame(
        {"case_id": ["a", "b"], "histology": ["GIST", "GIST"], "alterations": ["KIT mutation", "KIT mutation present"]}
    )
    answered = Decider(load()).decide(rows)
    assert answered.answers["case_id"].to_list() == ["b"]
    assert answered.bad["where"].to_list() == ["alterations"]
