"""A cohort as a population: its cases are counted by the facts that lead the way, and decided as one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ntrkpath.cli.strategy import command
from ntrkpath.guidance import load
from ntrkpath.model.errors import NtrkpathError
from ntrkpath.strategy import StrategyError, compare
from ntrkpath.strategy.from_cohort import cohort_population, leading_facts
from ntrkpath.strategy.population import load_population

pytest.importorskip("polars")
pytest.importorskip("pyarrow")

EDITION = load()
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "cohort"
ROWS = """case_id,histology,extent
A,Leiomyosarcoma,metastatic
B,Leiomyosarcoma,metastatic
C,GIST,metastatic
D,Infantile fibrosarcoma,localized
"""


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    path = tmp_path / "cohort.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_the_cases_of_a_cohort_are_counted(cohort: Path) -> None:
    found = cohort_population(cohort, EDITION)
    assert found.size == 4
    assert {c.facts["histology_group"]: c.share for c in found.cells} == {
        "complex_genomics": 0.5,
        "gist": 0.25,
        "infantile_fibrosarcoma": 0.25,
    }


def test_a_cohort_and_a_table_of_the_same_cases_give_the_same_numbers(cohort: Path) -> None:
    one = compare(cohort_population(cohort, EDITION), ["guidance", "rna-all"])
    two = compare(load_population(str(cohort), EDITION), ["guidance", "rna-all"])
    for a, b in zip(one.rows, two.rows, strict=True):
        for outcome, value in a.outcomes.items():
            assert value == pytest.approx(b.outcomes[outcome]), outcome


def test_the_leading_facts_are_no_test_results() -> None:
    facts = leading_facts(EDITION)
    assert {"histology_group", "extent", "canonical_alteration", "alk_ros1", "differentiation"} <= set(facts)
    assert not {f for f in facts if f.startswith(("ihc", "fish", "rna", "dna", "rt_pcr"))}


def test_a_row_that_is_no_case_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cohort.csv"
    path.write_text("case_id,histology\nA,GIST\nB,nonsense tumour\n", encoding="utf-8")
    with pytest.raises(StrategyError, match=r"cohort\.csv: row 2"):
        cohort_population(path, EDITION)


def test_a_cohort_that_is_not_there_is_said() -> None:
    with pytest.raises(NtrkpathError, match="no such file"):
        cohort_population("nowhere.csv", EDITION)


def test_the_command_takes_a_cohort(cohort: Path) -> None:
    arguments = ["compare", "--cohort", str(cohort), "--strategies", "guidance,none"]
    done = CliRunner().invoke(command, arguments, standalone_mode=False, catch_exceptions=False)
    assert "Testing strategies for 4 patients" in done.stdout
    assert CliRunner().invoke(command, ["compare", "--mapping", "default"]).exit_code == 2


@pytest.mark.skipif(not SHARED.exists(), reason="the public cohort is not beside this checkout")
def test_the_public_cohort_has_the_tiers_of_the_shipped_population() -> None:
    # 794 samples against one sample for each of 771 patients: the shares differ a little.
    samples = compare(cohort_population(SHARED, EDITION, "msk2017"), ["none"])
    patients = compare("msk2017", ["none"])
    assert samples.size == 794 and patients.size == 771
    for tier in ("++", "+"):
        assert samples.tiers[tier] == pytest.approx(patients.tiers[tier], abs=0.02)
