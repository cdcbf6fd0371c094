"""Exports hold every verdict, in a form that the programs they are for can read."""

from __future__ import annotations

import csv
import json
import re

import msgspec
import pytest

from ntrkpath.exports.multiqc import multiqc_section
from ntrkpath.exports.tsv import COLUMNS, verdicts_tsv
from ntrkpath.fusion import assess
from ntrkpath.model.fusion import FusionVerdict, Source, Support
from test_fusion_verdict import BY_ID, ETV6, NTRK3, junction, named

HOSTILE = "<script>alert('x')</script>&\"\t\r\n\u2028\x00\x1b[31m"


def verdict(ident: str, **changes: object) -> FusionVerdict:
    return assess([junction(BY_ID[ident], support=Support(split_reads=12, spanning_pairs=7), **changes)])[0]


VERDICTS = [verdict(i) for i in ("T003", "N05", "N14", "D01")]
FISH = named({}, {"gene": "NTRK3"}, level="dna")


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


# --- table ----------------------------------------------------------------------------------------------------------
def test_header_is_the_one_that_pipelines_know() -> None:
    assert verdicts_tsv([]) == (
        "sample\tname\tvicc_name\tfive_prime_gene\tfive_prime_transcript\tfive_prime_exon\tfive_prime_position\t"
        "three_prime_gene\tthree_prime_transcript\tthree_prime_exon\tthree_prime_position\tassembly\tlevel\tverdict\t"
        "reasons\tframe_ours\tframe_by_caller\tisoforms_in\tisoforms_out\tkinase_fraction\tkinase_status\tsplit_reads\t"
        "spanning_pairs\ttotal_reads\tcallers\tsources\tnotes\n"
    )
    assert all(COLUMNS.values())


def test_one_line_per_event_says_what_the_verdict_says() -> None:
    found = cells(verdicts_tsv(VERDICTS))
    assert [row["sample"] for row in found] == ["T003", "N05", "N14", "D01"]
    for row, v in zip(found, VERDICTS, strict=True):
        assert row["verdict"] == v.verdict
        assert tuple(row["reasons"].split(",")) == v.reasons
        assert row["five_prime_exon"] == str(v.five_prime.exon)
        assert float(row["kinase_fraction"]) == v.kinase_domain.retained_fraction
        assert (row["split_reads"], row["spanning_pairs"], row["total_reads"]) == ("12", "7", "")
        assert row["sources"] == "fusions.tsv:2"


def test_unknown_is_an_empty_cell_and_not_zero() -> None:
    (row,) = cells(verdicts_tsv([FISH]))
    empty = ("five_prime_gene", "three_prime_exon", "assembly", "kinase_fraction", "split_reads", "total_reads")
    assert [row[name] for name in empty] == [""] * len(empty)
    assert row["kinase_status"] == "unknown"


def test_a_cell_never_breaks_the_table() -> None:
    bad = msgspec.structs.replace(VERDICTS[0], sample=HOSTILE, source=(Source(HOSTILE, 3),), notes=(HOSTILE, HOSTILE))
    lines = verdicts_tsv([bad, VERDICTS[1]]).splitlines()
    assert len(lines) == 3
    assert {line.count("\t") for line in lines} == {len(COLUMNS) - 1}
    assert not re.search("[\x00-\x08\x1b]", lines[1])


# --- MultiQC --------------------------------------------------------------------------------------------------------
SECTION_KEYS = {"id", "section_name", "description", "plot_type", "pconfig", "headers", "data"}
HEADER_KEYS = {"title", "description", "scale", "hidden", "min", "max", "suffix", "format", "cond_formatting_rules"}


def test_section_is_custom_content_as_multiqc_documents_it() -> None:
    section = json.loads(json.dumps(multiqc_section([*VERDICTS, FISH])))
    assert set(section) == SECTION_KEYS
    assert section["plot_type"] == "table"
    assert section["pconfig"]["id"] != section["id"]
    for header in section["headers"].values():
        assert set(header) <= HEADER_KEYS
        assert header["title"]
        assert header["description"]
    for row in section["data"].values():
        assert set(row) <= set(section["headers"])
        assert all(isinstance(value, str | int | float) for value in row.values())


def test_section_holds_every_event_in_words() -> None:
    data = multiqc_section([*VERDICTS, FISH])["data"]
    assert list(data) == [
        "ETV6::NTRK3 T003",
        "LMNA::NTRK1 N05",
        "BCAN::NTRK1 N14",
        "ETV6::NTRK3 D01",
        "?::NTRK3 S1",
    ]
    assert data["ETV6::NTRK3 T003"]["verdict"] == "Productive"
    assert data["LMNA::NTRK1 N05"] | {"kinase": 16.9, "reads": 19} == data["LMNA::NTRK1 N05"]
    assert "reads" not in data["?::NTRK3 S1"]
    assert "kinase" not in data["?::NTRK3 S1"]


def test_events_of_one_name_in_one_sample_keep_their_rows() -> None:
    data = multiqc_section([VERDICTS[0]] * 3)["data"]
    assert list(data) == ["ETV6::NTRK3 T003", "ETV6::NTRK3 (2) T003", "ETV6::NTRK3 (3) T003"]


@pytest.mark.parametrize("samples", [("run1/S1", "run2/S1"), ("a\\S1", "b\\S1")])
def test_samples_that_differ_before_a_slash_keep_their_rows(samples: tuple[str, str]) -> None:
    data = multiqc_section([msgspec.structs.replace(VERDICTS[0], sample=s) for s in samples])["data"]
    assert len({key.rsplit("/", 1)[-1].rsplit("\\", 1)[-1] for key in data}) == 2


def test_section_carries_no_markup_of_a_user() -> None:
    bad = named(ETV6 | {"gene": "<b>ETV6"}, NTRK3, assembly="GRCh38", sample=HOSTILE, caller=HOSTILE)
    section = multiqc_section([bad])
    for key, row in section["data"].items():
        assert not re.search(r"[<>\x00\x1b]", key + "".join(str(v) for v in row.values()))


def test_an_empty_run_is_an_empty_section() -> None:
    assert multiqc_section([])["data"] == {}
