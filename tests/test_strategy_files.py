"""Plans, populations and costs as files: the shipped ones are sound, and a bad one is an error that names the field."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntrkpath.guidance import load
from ntrkpath.model.errors import NtrkpathError
from ntrkpath.strategy import StrategyError, compare, files
from ntrkpath.strategy.compare import build
from ntrkpath.strategy.costs import costs, load_costs
from ntrkpath.strategy.distributions import Distribution, distribution
from ntrkpath.strategy.generated import load_readouts
from ntrkpath.strategy.plan import Plan, TablesPlan, load_plan, plan
from ntrkpath.strategy.population import load_population, population

EDITION, TESTS = load(), load_readouts().tests
RNA = {"test": "rna_mps", "positive": "found", "negative": "excluded", "failed": "unresolved"}
IHC = {"test": "pan_trk_ihc", "positive": "rna", "negative": "excluded", "failed": "rna"}


KEYS = [
    "title",
    "start",
    "steps",
    "go",
    "when",
    "test",
    "positive",
    "negative",
    "failed",
    "cells",
    "share",
    "count",
    "facts",
    "name",
    "currency",
    "tests",
    "cost",
    "days",
    "failure",
    "rna_mps",
    "rna",
    "extent",
    "workups",
    "beta",
    "uniform",
]


def written(**changes: Any) -> dict[str, Any]:
    return {"title": "mine", "start": [{"go": "ihc"}], "steps": {"ihc": IHC, "rna": RNA}, **changes}


def mix(*cells: dict[str, Any]) -> dict[str, Any]:
    return {"title": "mine", "cells": list(cells)}


ONE = {"share": 1.0, "facts": {"histology_group": "gist"}}
COUNTED = {"facts": {"histology_group": "gist"}}
ENTRY = {"cost": 1, "days": 1, "failure": 0}


@pytest.mark.parametrize("name", files.names("plans"))
def test_every_shipped_strategy_loads_and_runs_on_every_shipped_population(name: str) -> None:
    assert load_plan(name, EDITION, TESTS).title
    for mixed in files.names("populations"):
        row = compare(mixed, [name]).rows[0]
        assert row.outcomes["found"] + row.outcomes["missed"] == pytest.approx(row.outcomes["fusions"])


@pytest.mark.parametrize("name", files.names("populations"))
def test_the_shares_of_every_shipped_population_sum_to_1(name: str) -> None:
    found = load_population(name, EDITION)
    assert sum(cell.share for cell in found.cells) == pytest.approx(1)
    assert found.source


def test_shares_need_not_be_counts() -> None:
    data = mix(
        {"share": 0.25, "facts": {"histology_group": "gist"}}, {"share": 0.75, "facts": {"histology_group": "imt"}}
    )
    assert [c.share for c in population(data, EDITION, "x").cells] == [0.25, 0.75]


BAD_POPULATIONS = [
    (mix({**ONE, "share": 0.5}), "do not sum to 1", "cells[].share", "0.5"),
    (mix({**ONE, "share": -0.1}, {**ONE, "share": 1.1}), "negative", "cells[0].share", "-0.1"),
    (mix({"count": -3, "facts": {}}), "negative", "cells[0].count", "-3"),
    (mix({**COUNTED, "count": 0}), "no patient", "cells", "0"),
    (mix({**COUNTED, "count": float("nan")}), "counted with", "cells[0].count", "nan"),
    (mix({**COUNTED, "count": 1e308}), "counted with", "cells[0].count", "1e+308"),
    (mix({"share": 1.0, "facts": {"extent": "metastatic"}}), "no histology group", "facts.histology_group", "gist"),
    (mix({**ONE, "frequency": "gists"}), "unknown group", "cells[0].frequency", "gists"),
    (mix({**ONE, "workup": {"typical_histology": "yes"}}), "no work-up", "cells[0].workup.typical_histology", "extent"),
    (mix({**ONE, "workup": {"extent": "unknown"}}), "shows something", "cells[0].workup.extent", "unknown"),
    (
        mix(
            {
                "share": 1.0,
                "facts": {"histology_group": "gist", "extent": "localized"},
                "workup": {"extent": "metastatic"},
            }
        ),
        "say localized already",
        "cells[0].workup.extent",
        "metastatic",
    ),
    (mix({"count": 1, "facts": {}}, ONE), "either a count or a share", "cells", ""),
    (mix({"facts": {}}), "either a count or a share", "cells", ""),
    (mix(), "no cell", "cells", ""),
    (mix({"share": 1.0, "facts": {"histology": "GIST"}}), "unknown fact", "cells[0].facts", "histology"),
    (mix({"share": 1.0, "facts": {"extent": "far"}}), "unknown level", "cells[0].facts.extent", "metastatic"),
    (mix({"share": 1.0, "facts": {"ihc_result": "positive"}}), "unknown fact", "cells[0].facts", "ihc_result"),
    (mix({**ONE, "workup": {"extent": "?"}}), "unknown level", "cells[0].workup.extent", "?"),
    (mix({"share": "half", "facts": {}}), "Expected", "cells[0].share", ""),
    ({**mix(ONE), "colour": 1}, "unknown field", "", "colour"),
    ({"title": "no cells"}, "cells", "", ""),
]


@pytest.mark.parametrize(("data", "problem", "field", "value"), BAD_POPULATIONS)
def test_a_bad_population_is_an_error_that_names_the_field(data: Any, problem: str, field: str, value: str) -> None:
    with pytest.raises(StrategyError) as caught:
        population(data, EDITION, "mine", "mine.yaml")
    message = str(caught.value)
    assert message.startswith("mine.yaml") and problem in message and field in message and value in message


BAD_PLANS = [
    (written(steps={"ihc": {**IHC, "negative": "ihc2"}, "rna": RNA}), "dead end", "steps.ihc.negative", "ihc2"),
    (written(steps={"ihc": IHC, "rna": {**RNA, "failed": "ihc"}}), "a loop", "steps.rna", "ihc -> rna -> ihc"),
    (written(steps={"ihc": {**IHC, "failed": "ihc"}, "rna": RNA}), "a loop", "steps.ihc", "ihc -> ihc"),
    (written(start=[{"go": "fish"}]), "dead end", "start[0].go", "fish"),
    (written(start=[{"go": "ihc", "when": {"extent": "metastatic"}}]), "dead end", "start[0].when", ""),
    (written(start=[{"go": "ihc"}, {"go": "not_tested"}]), "never reached", "start[0]", ""),
    (written(start=[]), "no start", "start", ""),
    (written(start=[{"go": "rna"}]), "no path reaches", "steps.ihc", ""),
    (written(steps={"ihc": {**IHC, "test": "pcr"}, "rna": RNA}), "unknown test", "steps.ihc.test", "pcr"),
    (
        written(steps={"ihc": {**IHC, "positive": "not_tested"}, "rna": RNA}),
        "a test was done",
        "steps.ihc.positive",
        "",
    ),
    (written(steps={"ihc": {**IHC, "repeat": 9}, "rna": RNA}), "too many repeats", "steps.ihc.repeat", "9"),
    (written(steps={"ihc": IHC, "rna": {**RNA, "test": "pan_trk_ihc"}}), "same test twice", "steps.rna.test", ""),
    (written(start=[{"go": "ihc", "when": {"exten": "x"}}, {"go": "rna"}]), "unknown fact", "start[0].when", "exten"),
    (written(steps={"ihc": {"test": "fish", "positive": "found", "negative": "excluded"}}), "failed", "steps", ""),
    (written(steps={"found": RNA}, start=[{"go": "found"}]), "bears the name of an end", "steps", "found"),
    ({"title": "t", "decision_tables": True, "prefer": ["x"], "follow": []}, "unknown test", "prefer[0]", "x"),
    ({"title": "t", "decision_tables": True, "prefer": [], "follow": ["x"]}, "unknown strength", "follow[0]", "may"),
    ({"title": "t", "decision_tables": True, "prefer": [], "follow": ["consider"]}, "empty", "prefer", ""),
    ({"title": "t", "decision_tables": False, "prefer": ["fish"], "follow": ["consider"]}, "tables", "true", ""),
]


@pytest.mark.parametrize(("data", "problem", "field", "value"), BAD_PLANS)
def test_a_bad_strategy_is_an_error_that_names_the_field(data: Any, problem: str, field: str, value: str) -> None:
    with pytest.raises(StrategyError) as caught:
        plan(data, EDITION, TESTS, "mine", "mine.yaml")
    message = str(caught.value)
    assert message.startswith("mine.yaml") and problem in message and field in message and value in message


def table(**changes: Any) -> dict[str, Any]:
    return {"name": "mine", "currency": "EUR", "tests": {"rna_mps": ENTRY, "pan_trk_ihc": ENTRY}, **changes}


BAD_COSTS = [
    (table(tests={"rna_mps": {**ENTRY, "cost": -1}}), "negative", "tests.rna_mps.cost", "-1"),
    (table(tests={"rna_mps": {**ENTRY, "cost": {"uniform": [-1, 3]}}}), "negative", "tests.rna_mps.cost", "-1"),
    (table(tests={"rna_mps": {**ENTRY, "days": {"uniform": [5, 3]}}}), "not in order", "tests.rna_mps.days", ""),
    (table(tests={"rna_mps": {**ENTRY, "failure": 1.2}}), "over 1", "tests.rna_mps.failure", "1.2"),
    (table(tests={"rna_mps": {**ENTRY, "cost": "dear"}}), "not a number", "tests.rna_mps.cost", "dear"),
    (table(tests={"rna_mps": {**ENTRY, "cost": True}}), "not a number", "tests.rna_mps.cost", "True"),
    (table(tests={"rna_mps": {**ENTRY, "cost": float("nan")}}), "finite", "tests.rna_mps.cost", "nan"),
    (table(tests={"rna_mps": {**ENTRY, "cost": {"normal": [1, 2]}}}), "not a number", "tests.rna_mps.cost", "gamma"),
    (table(tests={"rna_mps": {**ENTRY, "cost": {"gamma": [1]}}}), "takes 2", "tests.rna_mps.cost", ""),
    (table(tests={"rna_mps": {"cost": 1}}), "days", "tests", ""),
    (table(tests={"rna_mps": {"cost": 1, "days": 1}}), "failure", "tests", ""),
    (table(name="illustrative"), "kept for the shipped", "name", "illustrative"),
    (table(colour=3), "unknown field", "", "colour"),
    (table(treatment={"threshold": -1, "fusion": {}}), "negative", "treatment.threshold", "-1"),
    (table(treatment={"threshold": float("nan"), "fusion": {}}), "not an amount", "treatment.threshold", "nan"),
    (table(treatment={"threshold": 1, "fusion": {"qaly": float("nan")}}), "finite", "treatment.fusion.qaly", "nan"),
    (table(treatment={"threshold": 1, "fusion": {"qaly": {"gamma": [-1, 1]}}}), "negative", "fusion.qaly", "-1"),
    (table(tests={"rna_mps": {**ENTRY, "cost": 1e300}}), "too large", "tests.rna_mps.cost", "1e+300"),
    (table(tests={"rna_mps": {**ENTRY, "cost": 10**400}}), "finite", "tests.rna_mps.cost", "inf"),
    (table(tests={"rna_mps": {**ENTRY, "cost": {"gamma": [1, 1e-9]}}}), "so small", "tests.rna_mps.cost", "plain"),
]


@pytest.mark.parametrize(("data", "problem", "field", "value"), BAD_COSTS)
def test_bad_costs_are_an_error_that_names_the_field(data: Any, problem: str, field: str, value: str) -> None:
    with pytest.raises(StrategyError) as caught:
        costs(data, "mine.yaml")
    message = str(caught.value)
    assert message.startswith("mine.yaml") and problem in message and field in message and value in message


BAD_IN_USE = [
    (
        {"accuracy": {"pan_trk_ihc": {"sensitivity": 1.01, "specificity": 1}}},
        "over 1",
        "accuracy.pan_trk_ihc.sensitivity",
    ),
    ({"accuracy": {"pan_trk_ihc": {"sensitivity": 1, "specificity": -0.1}}}, "negative", "pan_trk_ihc.specificity"),
    ({"accuracy": {"ihc": {"sensitivity": 1, "specificity": 1}}}, "unknown test", "accuracy.ihc"),
    ({"tests": {"rna_mps": ENTRY, "pan_trk_ihc": ENTRY, "wgs": ENTRY}}, "unknown test", "tests.wgs"),
    ({"workups": {"driver": {"cost": 1, "days": 1}}}, "unknown work-up", "workups.driver"),
    ({"frequency": {"gist": {"beta": [3, 2]}}}, "more positives", "frequency.gist"),
    ({"frequency": {"gists": 0.1}}, "unknown group", "frequency.gists"),
    ({"tests": {"pan_trk_ihc": ENTRY}}, "no cost of RNA sequencing", "tests.rna_mps"),
]


@pytest.mark.parametrize(("changes", "problem", "field"), BAD_IN_USE)
def test_what_a_strategy_cannot_be_reckoned_with_is_named(changes: dict[str, Any], problem: str, field: str) -> None:
    with pytest.raises(StrategyError) as caught:
        compare(mix(ONE), ["ihc-then-rna"], table(**changes))
    assert problem in str(caught.value) and field in str(caught.value)


def test_a_test_without_known_accuracy_is_refused() -> None:
    mine = written(start=[{"go": "pcr"}], steps={"pcr": {**RNA, "test": "rt_pcr"}})
    with pytest.raises(StrategyError, match="the accuracy of RT-PCR is not known here"):
        compare(mix(ONE), [mine])
    compare(mix({"share": 1.0, "facts": {"histology_group": "infantile_fibrosarcoma"}}), [mine])


def test_a_cell_without_a_published_frequency_is_refused() -> None:
    with pytest.raises(StrategyError, match="no frequency of NTRK fusions is known"):
        compare(mix({"share": 1.0, "facts": {"histology_group": "unresolved"}}), ["none"])


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"population": "msk2018"}, "did you mean 'msk2017'?"),
        ({"population": "mine.yaml"}, "no such file"),
        ({"strategies": ["rna_all"]}, "did you mean 'rna-all'?"),
        ({"strategies": []}, "no strategy"),
        ({"strategies": ["none", "none"]}, "a strategy twice"),
        ({"strategies": "rna-al"}, "no such strategy; given: rna-al"),
        ({"costs": "cheap"}, "no such cost"),
        ({"assume": ["extent"]}, "not an assumption"),
        ({"assume": ["extent=far"]}, "unknown level"),
        ({"reference": "x"}, "no such strategy here"),
        ({"patients": 0.5}, "too small"),
        ({"patients": float("inf")}, "too large"),
        ({"patients": float("nan")}, "not a number"),
        ({"draws": 10.5}, "not a whole number"),
        ({"pooling": "mean"}, "unknown pooling"),
    ],
)
def test_wrong_arguments_are_said(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(NtrkpathError) as caught:
        compare(**{"population": "table1", "strategies": ["none"], **given})
    assert problem in str(caught.value)


def test_a_file_that_is_no_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("title: a\nstart: [\n", encoding="utf-8")
    with pytest.raises(StrategyError, match=r"plan\.yaml:\d+"):
        compare("table1", [str(path)])


def test_a_table_of_cases_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(
        "case_id,histology,extent,canonical_alteration\n"
        "a,Leiomyosarcoma,metastatic,\nb,Leiomyosarcoma,metastatic,\nc,GIST,localized,present\n",
        encoding="utf-8",
    )
    found = load_population(str(path), EDITION)
    assert found.size == 3
    assert {c.facts["histology_group"]: round(c.share, 4) for c in found.cells} == {
        "complex_genomics": 0.6667,
        "gist": 0.3333,
    }
    assert next(c for c in found.cells if c.share > 0.5).facts["differentiation"] == "myogenic"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("histology,stage\nGIST,4\n", "unknown column; given: stage"),
        ("extent\nmetastatic\n", "no column of histologies"),
        ("histology\nnonsense tumour\n", "cases.csv:2: the histology is not recognised"),
        ("histology,count\nGIST,-1\n", "cases.csv:2: count"),
        ("histology,extent\nGIST,far\n", "cases.csv:2.extent: unknown level"),
        ("histology\n", "no cell"),
        ("histology,extent,extent\nGIST,metastatic,localized\n", "cases.csv: a column twice; given: extent"),
        ("histology,extent\nGIST,metastatic,IV\n", "cases.csv:2: more cells than columns; given: IV"),
        ("histology,extent\n,metastatic\n", "cases.csv:2: no histology"),
    ],
)
def test_a_bad_table_of_cases_names_the_line(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StrategyError) as caught:
        load_population(str(path), EDITION)
    assert problem in str(caught.value)


def test_a_table_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StrategyError, match=r"cases\.csv: the table cannot be read"):
        load_population(str(path), EDITION)


def test_semicolons_part_columns_too(tmp_path: Path) -> None:
    texts = ["histology,extent\nGIST,metastatic\n\n", "histology;extent\nGIST;metastatic\n"]
    found = []
    for i, text in enumerate(texts):
        path = tmp_path / f"cases{i}.csv"
        path.write_text(text, encoding="utf-8")
        found.append(load_population(str(path), EDITION).cells)
    assert found[0] == found[1]


def test_a_histology_of_a_table_says_what_it_says_of_a_single_case(tmp_path: Path) -> None:
    """A synovial sarcoma is expected to bear its own fusion: it is not worked up, and not tested."""
    path = tmp_path / "cases.csv"
    path.write_text("histology,extent\nSynovial sarcoma,metastatic\n", encoding="utf-8")
    (cell,) = load_population(str(path), EDITION).cells
    assert cell.facts["canonical_alteration"] == "expected"
    row = compare(str(path), ["guidance"]).rows[0]
    assert row.outcomes["tested"] == row.outcomes["handled"] == row.outcomes["undecided"] == 0


def test_yes_and_no_need_no_quotes(tmp_path: Path) -> None:
    path = tmp_path / "mix.yaml"
    path.write_text(
        "title: t\ncells: [{share: 1, facts: {histology_group: infantile_fibrosarcoma, typical_histology: yes}}]\n",
        encoding="utf-8",
    )
    assert load_population(str(path), EDITION).cells[0].facts["typical_histology"] == "yes"
    data = written(start=[{"when": {"typical_histology": True}, "go": "rna"}, {"go": "ihc"}])
    assert "tests:pan_trk_ihc" not in compare(str(path), [data]).rows[0].outcomes


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "costs.yaml: the file is empty"), ("name: a\nname: b\n", "costs.yaml:2"), ("a: 2024-13-45\n", "costs.yaml")],
)
def test_an_empty_file_and_a_key_that_stands_twice_are_named(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "costs.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StrategyError) as caught:
        load_costs(str(path))
    assert problem in str(caught.value)


def test_what_treatment_gains_may_be_negative_and_unsure() -> None:
    unsure = table(treatment={"threshold": 1, "fusion": {}, "no_fusion": {"qaly": {"uniform": [-0.2, 0.0]}}})
    assert costs(unsure).parameters["treatment:no_fusion:qaly"].distribution.value == pytest.approx(-0.1)


def test_a_plan_with_branches_by_fact_sends_each_cell_its_way() -> None:
    data = written(start=[{"when": {"histology_group": ["gist", "imt"]}, "go": "rna"}, {"go": "ihc"}])
    found = plan(data, EDITION, TESTS, "mine")
    assert isinstance(found, Plan)
    model = build(mix({**ONE, "share": 0.5}, {"share": 0.5, "facts": {"histology_group": "other_sarcoma"}}), [found])
    o = model.evaluate(model.inputs.values())["mine"]
    assert o["tests:pan_trk_ihc"] == pytest.approx(0.5)


def test_an_assumption_fills_only_what_is_unknown() -> None:
    cells = mix({"share": 0.5, "facts": {"histology_group": "complex_genomics", "extent": "localized"}},
                {"share": 0.5, "facts": {"histology_group": "complex_genomics"}})  # fmt: skip
    without = compare(cells, ["guidance"]).rows[0].outcomes
    with_it = compare(cells, ["guidance"], assume=["extent=metastatic"])
    assert without["undecided"] == pytest.approx(500) and without["tested"] == 0
    assert with_it.rows[0].outcomes["tested"] == pytest.approx(500)
    assert with_it.rows[0].outcomes["undecided"] == 0
    assert any("extent" in line for line in with_it.population.assumed)


def test_gist_of_unknown_drivers_is_split_as_published() -> None:
    found = compare(mix(ONE), ["none"])
    assert found.tiers["++"] == pytest.approx(24 / 186)
    assert any("Shi" in line for line in found.population.assumed)


def test_the_illustrative_costs_say_so() -> None:
    table = load_costs()
    assert table.illustrative and "no published source" in table.note
    assert all(p.assumed for p in table.parameters.values())


def test_illustrative_costs_keep_the_order_of_the_guidance() -> None:
    value = {name: p.distribution.value for name, p in load_costs().parameters.items()}
    # Table 3, IHC-13, FISH-2, MPS-7: a stain is far cheaper than FISH, sequencing expensive and slower than all others.
    assert value["cost:pan_trk_ihc"] < value["cost:rt_pcr"] < value["cost:fish"] < value["cost:dna_mps"]
    assert value["cost:pan_trk_ihc"] == 1
    assert max(value[f"days:{t}"] for t in ("pan_trk_ihc", "fish", "rt_pcr")) < value["days:rna_mps"]


DISTRIBUTIONS = [
    {"uniform": [2, 6]}, {"triangular": [1, 2, 6]}, {"gamma": [10, 3]}, {"beta": [8, 10]}, {"beta": [0, 12]},
    {"beta": [9, 9]}, {"logit_normal": [-4.6, 0.2]}, {"lognormal": [0.05, 1.0]}, 3.5,
]  # fmt: skip


@pytest.mark.parametrize("data", DISTRIBUTIONS, ids=str)
def test_draws_follow_their_quantiles_and_their_central_value(data: Any) -> None:
    np = pytest.importorskip("numpy")
    found = distribution(data, "x")
    drawn = found.draw(np.random.default_rng(1), 40_000)
    for q in (0.1, 0.5, 0.9):
        assert float((drawn <= found.quantile(q)).mean()) == pytest.approx(q, abs=0.011) or found.exact
    middle = float(np.median(drawn)) if found.kind in ("logit_normal", "lognormal") else float(drawn.mean())
    assert middle == pytest.approx(found.value, rel=0.03)


@settings(max_examples=200)
@given(st.integers(0, 500), st.integers(1, 500))
def test_a_proportion_from_counts_is_the_count_over_its_total(x: int, n: int) -> None:
    x = min(x, n)
    value = Distribution("beta", (x, n)).value
    assert 0 < value < 1
    if 0 < x < n:
        assert value == pytest.approx(x / n)


def test_generated_and_written_plans_are_told_apart() -> None:
    assert isinstance(load_plan("guidance", EDITION, TESTS), TablesPlan)
    assert isinstance(load_plan("rna-all", EDITION, TESTS), Plan)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats()
    | st.sampled_from(["rna", "found", "rna_mps", "", "gist"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(anything)
def test_whatever_a_file_holds_it_loads_or_is_refused(data: Any) -> None:
    said: list[str] = []
    for read in (
        lambda: plan(data, EDITION, TESTS, "x"),
        lambda: population(data, EDITION, "x"),
        lambda: costs(data),
    ):
        try:
            read()
        except StrategyError as error:
            said.append(str(error))
    assert all(said)


def test_the_exact_expectation_needs_no_extra_and_the_draws_name_theirs() -> None:
    program = """
import sys
sys.modules["numpy"] = sys.modules["scipy"] = sys.modules["polars"] = None
from ntrkpath.strategy import StrategyError, compare
assert compare("table1").rows[0].outcomes["found"] > 75
for asked in ({"draws": 5}, {"simulate": 5}):
    try:
        compare("table1", **asked)
        said = "nothing"
    except StrategyError as error:
        said = str(error)
    assert "pip install 'ntrkpath[stats]'" in said, said
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
