"""The drug labels, resistance mutations, fusion partners and references of the guidance are well formed and agree."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

DATA = Path(__file__).parents[1] / "src" / "ntrkpath" / "knowledge" / "wsn2020"
FILES = ("labels", "resistance", "references", "partners")

GENES = {"NTRK1", "NTRK2", "NTRK3"}
GENERATIONS = {"first", "next", "other"}
AGENCIES = {"FDA", "EMA", "PMDA", "Health Canada", "NMPA", "TGA", "MHRA"}
APPROVALS = {"accelerated", "regular", "conditional", "full", "unknown"}
CRITERIA = {
    "ntrk_fusion",
    "metastatic_or_severe_morbidity",
    "advanced_or_severe_morbidity",
    "no_satisfactory_alternative",
    "progressed_or_no_alternative",
    "no_resistance_mutation",
    "over_1_month",
    "twelve_or_over",
    "adult",
    "no_prior_trk_inhibitor",
    "prior_trk_inhibitor_or_no_alternative",
    "extracranial_disease",
    "advanced_or_recurrent",
    "advanced",
    "unresectable_or_metastatic",
}
AGE_CRITERIA = {"over_1_month", "twelve_or_over", "adult"}
STAGE_CRITERIA = {
    "metastatic_or_severe_morbidity",
    "advanced_or_severe_morbidity",
    "advanced_or_recurrent",
    "advanced",
    "unresectable_or_metastatic",
}
MUTATION_CLASSES = {"solvent_front", "gatekeeper", "xdfg", "other_kinase"}
EFFECTS = {"resistant", "reduced", "expected_active", "cannot_tell"}
SUBSTITUTION = re.compile(r"([A-Z])(\d+)([A-Z])")

Row = dict[str, Any]


def read(name: str) -> Any:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


LABELS = read("labels")
RESISTANCE = read("resistance")
REFERENCES = read("references")["references"]
PARTNERS = read("partners")
DRUGS = {drug["id"] for drug in LABELS["drugs"]}
REFERENCE_IDS = {reference["id"] for reference in REFERENCES}


def named(rows: list[Row], *keys: str) -> list[Any]:
    return [pytest.param(row, id=" ".join(str(row[key]) for key in keys)) for row in rows]


def in_force(day: date) -> set[str]:
    return {
        row["id"] for row in LABELS["labels"] if row["from"] <= day and (row["until"] is None or day < row["until"])
    }


def period_end(row: Row) -> date:
    end: date | None = row["until"]
    return end or date.max


# --- every file


@pytest.mark.parametrize("name", FILES)
def test_a_file_starts_with_a_comment_that_says_what_it_is(name: str) -> None:
    assert (DATA / f"{name}.yaml").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("name", FILES)
def test_no_mapping_has_the_same_key_twice(name: str) -> None:
    def check(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), f"{name}.yaml, line {node.start_mark.line + 1}: {keys}"
            for _, value in node.value:
                check(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                check(item)

    root = yaml.compose((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    assert root is not None
    check(root)


# --- drugs


@pytest.mark.parametrize("drug", named(LABELS["drugs"], "id"))
def test_a_drug_has_a_known_generation_and_names(drug: Row) -> None:
    assert set(drug) <= {"id", "brand", "generation", "names", "note"}
    assert drug["generation"] in GENERATIONS
    assert drug["names"]
    assert all(name == name.lower() for name in drug["names"])


def test_a_name_belongs_to_one_drug() -> None:
    owners = defaultdict(set)
    for drug in LABELS["drugs"]:
        for name in [drug["id"], *drug["names"], *([drug["brand"].lower()] if drug["brand"] else [])]:
            owners[name].add(drug["id"])
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}
    assert len(DRUGS) == len(LABELS["drugs"])


# --- labels


def test_label_ids_are_unique() -> None:
    ids = [row["id"] for row in LABELS["labels"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("row", named(LABELS["labels"], "id"))
def test_a_label_uses_closed_vocabularies(row: Row) -> None:
    required = {"id", "drug", "agency", "from", "until", "approval", "requires", "text", "source"}
    assert required <= set(row) <= required | {"in_paper", "label_read", "note", "read"}
    assert row["drug"] in DRUGS
    assert row["agency"] in AGENCIES
    assert row["approval"] in APPROVALS
    assert row.get("in_paper", True) is True
    assert row["text"].strip()
    assert row["source"].strip()


@pytest.mark.parametrize("row", named(LABELS["labels"], "id"))
def test_a_label_begins_before_it_ends(row: Row) -> None:
    assert type(row["from"]) is date
    assert row["until"] is None or type(row["until"]) is date
    assert row["from"] < period_end(row)
    assert row["id"].endswith(str(row["from"].year))


@pytest.mark.parametrize("row", named(LABELS["labels"], "id"))
def test_a_label_requires_known_criteria_each_once(row: Row) -> None:
    requires = row["requires"]
    assert set(requires) <= CRITERIA
    assert len(requires) == len(set(requires))
    assert requires[0] == "ntrk_fusion"
    assert len(AGE_CRITERIA & set(requires)) <= 1
    stages = STAGE_CRITERIA & set(requires)
    assert len(stages) == 1 or (not stages and row["label_read"] is False)


def test_every_criterion_is_required_by_some_label() -> None:
    assert {criterion for row in LABELS["labels"] for criterion in row["requires"]} == CRITERIA


def test_versions_of_one_drug_at_one_agency_do_not_overlap_and_leave_no_gap() -> None:
    versions = defaultdict(list)
    for row in LABELS["labels"]:
        versions[row["drug"], row["agency"]].append(row)
    for rows in versions.values():
        rows.sort(key=lambda row: row["from"])
        for earlier, later in pairwise(rows):
            assert earlier["until"] == later["from"], (earlier["id"], later["id"])
        assert rows[-1]["until"] is None


def test_the_labels_of_the_guidance_are_marked_and_were_in_force_when_it_appeared() -> None:
    marked = {row["id"] for row in LABELS["labels"] if row.get("in_paper")}
    assert marked == {"larotrectinib-fda-2018", "larotrectinib-ema-2019", "entrectinib-fda-2019"}
    assert marked <= in_force(date(2020, 11, 1))


@pytest.mark.parametrize(
    ("day", "expected", "replaced"),
    [
        (date(2023, 10, 19), "entrectinib-fda-2019", "entrectinib-fda-2023"),
        (date(2023, 10, 20), "entrectinib-fda-2023", "entrectinib-fda-2019"),
        (date(2024, 6, 26), "entrectinib-ema-2020", "entrectinib-ema-2024"),
        (date(2024, 6, 27), "entrectinib-ema-2024", "entrectinib-ema-2020"),
        (date(2025, 4, 9), "larotrectinib-fda-2018", "larotrectinib-fda-2025"),
        (date(2025, 4, 10), "larotrectinib-fda-2025", "larotrectinib-fda-2018"),
    ],
)
def test_a_new_version_counts_from_its_first_day(day: date, expected: str, replaced: str) -> None:
    assert expected in in_force(day)
    assert replaced not in in_force(day)


def test_first_generation_labels_of_the_fda_exclude_a_known_resistance_mutation() -> None:
    first = {drug["id"] for drug in LABELS["drugs"] if drug["generation"] == "first"}
    for row in LABELS["labels"]:
        if row["agency"] == "FDA" and row["drug"] in first:
            assert "no_resistance_mutation" in row["requires"], row["id"]


def test_an_absence_names_its_day_and_contradicts_no_label() -> None:
    for row in LABELS["absences"]:
        assert set(row) == {"drug", "agency", "as_of", "text", "source"}
        assert row["drug"] in DRUGS
        assert row["agency"] in AGENCIES | {"any"}
        assert type(row["as_of"]) is date
        for label in LABELS["labels"]:
            same = label["drug"] == row["drug"] and row["agency"] in {label["agency"], "any"}
            assert not (same and label["from"] <= row["as_of"] < period_end(label))


def test_an_unplaced_label_says_why_and_is_not_also_placed() -> None:
    placed = {(row["drug"], row["agency"]) for row in LABELS["labels"]}
    for row in LABELS["unplaced"]:
        assert set(row) == {"drug", "agency", "text", "why", "source"}
        assert row["agency"] in AGENCIES
        assert row["drug"] in DRUGS
        assert (row["drug"], row["agency"]) not in placed


def test_an_appraisal_is_complete() -> None:
    ids = [row["id"] for row in LABELS["appraisals"]]
    assert len(ids) == len(set(ids))
    for row in LABELS["appraisals"]:
        assert set(row) == {"id", "drug", "body", "status", "text", "source"}
        assert row["drug"] in DRUGS


# --- resistance


def test_the_classes_are_the_closed_four() -> None:
    assert set(RESISTANCE["classes"]) == MUTATION_CLASSES


def test_a_mutation_is_listed_once() -> None:
    names = [(row["gene"], row["protein"]) for row in RESISTANCE["mutations"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", named(RESISTANCE["mutations"], "gene", "protein"))
def test_a_mutation_agrees_with_its_residue(row: Row) -> None:
    required = {"gene", "protein", "class", "effect", "source", "residue_numbering"}
    assert required <= set(row) <= required | {"note"}
    assert row["gene"] in GENES
    match = SUBSTITUTION.fullmatch(row["protein"])
    assert match
    residue = int(match[2])
    assert RESISTANCE["residues"][row["gene"]][residue] == row["class"]
    assert RESISTANCE["wild_type"][row["gene"]][residue] == match[1]
    assert match[3] != match[1]
    assert RESISTANCE["numbering"][row["gene"]]["reference"]["transcript"] in row["residue_numbering"]


@pytest.mark.parametrize("row", named(RESISTANCE["mutations"], "gene", "protein"))
def test_a_mutation_has_an_effect_for_every_first_and_next_generation_drug_and_a_source(row: Row) -> None:
    expected = {drug["id"] for drug in LABELS["drugs"] if drug["generation"] != "other"}
    assert set(row["effect"]) == expected
    assert set(row["effect"].values()) <= EFFECTS
    assert row["source"]
    assert set(row["source"]) <= REFERENCE_IDS


def test_no_listed_mutation_expects_larotrectinib_or_entrectinib_to_work() -> None:
    for row in RESISTANCE["mutations"]:
        assert row["effect"]["larotrectinib"] == "resistant", row["protein"]
        assert row["effect"]["entrectinib"] in {"resistant", "cannot_tell"}, row["protein"]


def test_no_drug_is_expected_to_work_against_an_xdfg_mutation() -> None:
    for row in RESISTANCE["mutations"]:
        if row["class"] == "xdfg":
            assert "expected_active" not in row["effect"].values(), row["protein"]


def test_every_residue_has_a_known_class_and_a_wild_type() -> None:
    assert set(RESISTANCE["residues"]) == set(RESISTANCE["wild_type"]) == GENES == set(RESISTANCE["numbering"])
    for gene, residues in RESISTANCE["residues"].items():
        assert set(residues) == set(RESISTANCE["wild_type"][gene])
        assert set(residues.values()) <= MUTATION_CLASSES
        assert {"solvent_front", "gatekeeper", "xdfg"} <= set(residues.values())


def test_letter_and_number_together_name_one_residue_in_whatever_isoform() -> None:
    for gene, numbering in RESISTANCE["numbering"].items():
        seen: dict[tuple[str, int], int] = {}
        for offset in {0} | {other["offset"] for other in numbering["others"]}:
            for residue, letter in RESISTANCE["wild_type"][gene].items():
                assert seen.setdefault((letter, residue + offset), residue) == residue, (gene, letter, residue)


def test_isoform_numbers_written_beside_a_mutation_follow_from_the_offsets() -> None:
    written = re.compile(r"([A-Z])(\d+)[A-Z] in (NM_\d+|ENST\d+)")
    for row in RESISTANCE["mutations"]:
        offsets = {o["transcript"]: o["offset"] for o in RESISTANCE["numbering"][row["gene"]]["others"]}
        residue = int(row["protein"][1:-1])
        for letter, number, transcript in written.findall(row["residue_numbering"]):
            assert (letter, int(number)) == (row["protein"][0], residue + offsets[transcript])


def test_an_offset_before_the_kinase_equals_the_difference_in_length() -> None:
    # NM_001012338 and ENST00000357724 hold the 14-residue insert of NTRK3, which lies behind every residue listed.
    insert = {"NM_001012338": 14, "ENST00000357724": 14}
    same_end = {"NM_001012331", "ENST00000358660", "NM_001007792", "NM_001018064", "NM_001012338", "NM_001243101"}
    for numbering in RESISTANCE["numbering"].values():
        for other in numbering["others"]:
            if other["transcript"] in same_end | set(insert):
                longer = other["residues"] - insert.get(other["transcript"], 0) - numbering["reference"]["residues"]
                assert other["offset"] == longer, other["transcript"]


def test_an_off_target_alteration_is_complete() -> None:
    for row in RESISTANCE["off_target"]:
        assert set(row) == {"gene", "alteration", "kind", "class", "text", "source"}
        assert row["gene"] not in GENES
        assert row["kind"] in {"mutation", "amplification"}
        assert row["class"] == "off_target"
        assert set(row["source"]) <= REFERENCE_IDS


# --- references


def test_reference_ids_are_unique() -> None:
    assert len(REFERENCE_IDS) == len(REFERENCES)


@pytest.mark.parametrize("row", named(REFERENCES, "id"))
def test_a_reference_has_well_formed_identifiers(row: Row) -> None:
    allowed = {"id", "short", "title", "journal", "doi", "pmid", "pmc", "url", "guidance_number", "note"}
    assert {"id", "short"} <= set(row) <= allowed
    if "doi" in row:
        assert re.fullmatch(r"10\.\d{4,9}/\S+", row["doi"])
    if "pmid" in row:
        assert isinstance(row["pmid"], int)
    if "pmc" in row:
        assert re.fullmatch(r"PMC\d+", row["pmc"])
    if "url" in row:
        assert row["url"].startswith("https://")


def test_every_numbered_reference_of_the_tables_is_there_once() -> None:
    numbers = [row["guidance_number"] for row in REFERENCES if "guidance_number" in row]
    assert sorted(numbers) == [29, 31, 43, 47, 51, 52, 60, 63, *range(68, 84)]


def test_every_published_case_has_its_reference() -> None:
    assert {f"L{number:03}" for number in range(1, 25)} <= REFERENCE_IDS


# --- partners


@pytest.mark.parametrize("row", named(PARTNERS["partners"] + PARTNERS["reversed"], "five_prime", "three_prime"))
def test_a_partner_has_context_and_source(row: Row) -> None:
    required = {"five_prime", "three_prime", "context", "source"}
    assert required <= set(row) <= required | {"exon_five_prime", "exon_three_prime", "note"}
    assert row["context"].strip()
    assert row["source"]
    assert set(row["source"]) <= REFERENCE_IDS


def test_the_kinase_gene_is_three_prime_except_in_reversed_reports() -> None:
    for row in PARTNERS["partners"]:
        assert row["three_prime"] in GENES
        assert row["five_prime"] not in GENES
    for row in PARTNERS["reversed"]:
        assert row["five_prime"] in GENES


def test_a_pair_is_listed_once() -> None:
    pairs = [(row["five_prime"], row["three_prime"]) for row in PARTNERS["partners"] + PARTNERS["reversed"]]
    assert len(pairs) == len(set(pairs))
