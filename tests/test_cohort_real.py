"""The sarcoma samples of MSK-IMPACT 2017 decided; each difference to a plain list of histologies has its reason."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pl = pytest.importorskip("polars", reason="needs the extra batch")

from ntrkpath import load  # noqa: E402
from ntrkpath.cohort.sources import open_source  # noqa: E402
from ntrkpath.cohort.triage import Triage  # noqa: E402
from ntrkpath.cohort.writing import scan  # noqa: E402

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "cohort"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the tables of MSK-IMPACT 2017 are not here")


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    out = tmp_path_factory.mktemp("msk") / "out.parquet"
    Triage(open_source(str(FOLDER), load(), "msk2017"), out, load(), dt.date(2020, 9, 3)).run()
    table = pl.read_csv(FOLDER / "msk_impact_2017_sarcoma.tsv", separator="\t", infer_schema=False)
    found = scan(out).collect().join(table, left_on="case_id", right_on="SAMPLE_ID", how="full", coalesce=True)
    return found.to_dicts()  # type: ignore[no-any-return]


def test_every_sample_is_decided(rows: list[dict[str, Any]]) -> None:
    assert len(rows) == 794 and all(row["tier"] and row["ONCOTREE_CODE"] for row in rows)
    assert len({row["PATIENT_ID"] for row in rows}) == 771


def test_tiers(rows: list[dict[str, Any]]) -> None:
    assert Counter(row["tier"] for row in rows) == {"++": 270, "+": 237, "undetermined": 282, "out_of_scope": 5}


def test_tiers_by_group(rows: list[dict[str, Any]]) -> None:
    assert Counter((row["histology_group"], row["tier"]) for row in rows) == {
        ("complex_genomics", "++"): 270,
        ("recurrent_fusion", "+"): 167,
        ("recurrent_fusion", "undetermined"): 8,
        ("gist", "undetermined"): 137,
        ("other_sarcoma", "undetermined"): 135,
        ("other_sarcoma", "+"): 6,
        ("wd_dd_liposarcoma", "+"): 63,
        ("not_sarcoma", "out_of_scope"): 5,
        ("imt", "undetermined"): 2,
        ("imt", "+"): 1,
    }


def test_the_share_excluded_is_near_the_45_percent_of_the_guidance_once_gist_has_its_drivers(
    rows: list[dict[str, Any]],
) -> None:
    excluded = sum(row["tier"] == "+" for row in rows)
    gist = sum(row["histology_group"] == "gist" for row in rows)
    assert excluded / len(rows) == pytest.approx(0.298, abs=5e-4)
    assert (excluded + gist) / len(rows) == pytest.approx(0.471, abs=5e-4)


def test_histology_counts_visibly_as_expected_evidence(rows: list[dict[str, Any]]) -> None:
    rules = Counter(row["rules"].split()[0] for row in rows if row["histology_group"] == "recurrent_fusion")
    assert rules == {"TIER-13": 62, "TIER-14": 105, "TIER-16": 8}, "found, expected, frequent only"
    for code in ("SYNS", "MRLS", "ARMS"):
        told = {row["rules"].split()[0] for row in rows if row["ONCOTREE_CODE"] == code}
        assert told == {"TIER-14"}, "the panel does not tile SS18, DDIT3, FOXO1"


def test_the_one_ntrk_fusion_is_found(rows: list[dict[str, Any]]) -> None:
    found = [row for row in rows if row["fusions"]]
    assert [(row["case_id"], row["fusions"], row["dna"], row["target"]) for row in found] == [
        ("P-0010086-T01-IM5", "LMNA::NTRK1", "likely_productive", "likely")
    ]
    assert found[0]["actions"].split()[:2] == ["consider_trk_inhibitor:consider", "confirm_in_frame:recommended"]


def test_no_primary_sample_is_given_an_extent(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if row["SAMPLE_TYPE"] == "Primary":
            assert row["priority"] in ("undetermined", "out_of_scope", "+++")


def test_each_difference_to_the_plain_list_has_its_reason(rows: list[dict[str, Any]]) -> None:
    differs = Counter((row["BASE_TIER"], row["tier"], row["histology_group"]) for row in rows)
    assert differs == {
        ("2", "++", "complex_genomics"): 265,
        ("3-fusion-histology", "+", "recurrent_fusion"): 167,
        # Endometrial stromal sarcoma: JAZF1 and YWHAE are frequent, not defining, so that untested is not expected.
        ("3-fusion-histology", "undetermined", "recurrent_fusion"): 8,
        ("3-MDM2/CDK4-LPS", "+", "wd_dd_liposarcoma"): 63,
        # Mutations are not in the tables, so the drivers of GIST are unknown.
        ("GIST(3 unless wild-type)", "undetermined", "gist"): 137,
        # The guidance does not name the entity: its drivers decide, and are unknown.
        ("2", "undetermined", "other_sarcoma"): 131,
        # Benign by OncoTree.
        ("2", "out_of_scope", "not_sarcoma"): 5,
        # ALK and ROS1 are looked at first; one sample has ALK::RANBP2.
        ("1", "undetermined", "imt"): 2,
        ("1", "+", "imt"): 1,
        # A fusion that defines another sarcoma questions the diagnosis and does not rank this one.
        ("3-canonical-fusion-by-SV", "++", "complex_genomics"): 5,
        ("3-canonical-fusion-by-SV", "+", "other_sarcoma"): 4,
        ("3-canonical-fusion-by-SV", "undetermined", "other_sarcoma"): 1,
        # Myxoid chondrosarcoma, which need not be the extraskeletal one: NR4A3 found in two.
        ("3-fusion-histology", "+", "other_sarcoma"): 2,
        ("3-fusion-histology", "undetermined", "other_sarcoma"): 3,
    }


def test_the_case_mix_that_ships_is_that_of_these_tables() -> None:
    import sys

    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
    import yaml

    import case_mix
    from ntrkpath.guidance.files import KNOWLEDGE

    mix, patients, samples = case_mix.counted(str(FOLDER), "msk2017")
    shipped = yaml.safe_load((KNOWLEDGE / "strategy" / "populations" / "msk2017.yaml").read_text())
    assert (patients, samples) == (771, 794)
    told = Counter({tuple(sorted(c["facts"].items())): c["count"] for c in shipped["cells"]})
    assert told == Counter({tuple(sorted((f, v) for f, v in key if v != "unknown")): n for key, n in mix.items()})
