"""A result is right, wrong or beside by what the sample holds, and a difference has a cause with its evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ntrkpath.model.errors import RoundError
from ntrkpath.rounds.result import Result
from ntrkpath.rounds.score import score
from ntrkpath.rounds.templates import example_folder
from support.rounds import ETV6, TPM3, fusion, none, one, write_round

ARRIBA = (
    "#gene1\tgene2\tstrand1(gene/fusion)\tstrand2(gene/fusion)\tbreakpoint1\tbreakpoint2\tsite1\tsite2\ttype\tdirection1\t"
    "direction2\tsplit_reads1\tsplit_reads2\tdiscordant_mates\tcoverage1\tcoverage2\tconfidence\t"
    "closest_genomic_breakpoint1\tclosest_genomic_breakpoint2\tfilters\tfusion_transcript\treading_frame\t"
    "peptide_sequence\tread_identifiers\n"
)
ROW = (
    "ETV6\tNTRK3\t+/+\t-/-\t12:11869969\t15:87940753\tCDS/splice-site\tCDS/splice-site\ttranslocation\tdownstream\t"
    "downstream\t41\t38\t55\t210\t190\thigh\t.\t.\t{filters}\t.\tin-frame\t.\t.\n"
)


def only(found: Any) -> Result:
    (result,) = found.results
    return result


@pytest.mark.parametrize(
    ("named", "outcome", "faults"),
    [
        ("ETV6::NTRK3", "right", ()),
        ("TEL-TRKC", "right", ()),
        ("ETV6 e5::NTRK3 e14", "right", ()),
        ("NTRK3-ETV6", "right", ("order_reversed",)),
        ("ETV6 e4::NTRK3 e14", "right", ("exons_differ",)),
        ("NTRK3 fusion", "right", ("partner_not_named",)),
        ("", "right", ("event_not_named",)),
        ("EML4::NTRK3", "wrong_event", ()),
        ("ETV6::NTRK2", "wrong_event", ()),
        ("NTRK3 e14::ETV6 e6", "wrong_event", ()),
        ("EML4::ALK", "missed", ()),
        ("EVT6::NTRK3", "unreadable", ()),
    ],
)
def test_a_positive_result_is_judged_by_the_event_it_names(
    tmp_path: Path, named: str, outcome: str, faults: tuple[str, ...]
) -> None:
    found = only(one(tmp_path, fusion(ETV6), {}, {"result": "positive", "fusion": named}))
    assert (found.outcome, found.faults) == (outcome, faults)


def test_of_several_events_the_nearest_counts_and_another_one_is_a_fault(tmp_path: Path) -> None:
    rows = [{"result": "positive", "fusion": name} for name in ("ETV6::NTRK3", "LMNA::NTRK1")]
    found = only(one(tmp_path, fusion(ETV6), {}, *rows))
    assert (found.outcome, found.faults) == ("right", ("another_event_too",))


def test_the_reciprocal_beside_the_fusion_is_no_fault(tmp_path: Path) -> None:
    rows = [{"result": "positive", "fusion": name} for name in ("ETV6::NTRK3", "NTRK3 e14::ETV6 e6")]
    found = only(one(tmp_path, fusion(ETV6), {}, *rows))
    assert (found.outcome, found.faults) == ("right", ())


@pytest.mark.parametrize(("frame", "faults"), [("in", ()), ("out", ("frame_differs",)), ("unknown", ()), ("", ())])
def test_a_frame_that_differs_is_a_fault_with_its_cause(tmp_path: Path, frame: str, faults: tuple[str, ...]) -> None:
    found = only(one(tmp_path, fusion(ETV6), {}, {"result": "positive", "fusion": "ETV6::NTRK3", "frame": frame}))
    assert (found.outcome, found.faults) == ("right", faults)
    assert (found.cause is not None) == bool(faults)


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ({"result": "negative"}, "missed"),
        ({"result": "inconclusive"}, "inconclusive"),
        ({"result": "failed"}, "failed"),
        ({"result": "not tested"}, "not_tested"),
        ({"result": "positive", "fusion": "ETV6::NTRK3", "productive": "no"}, "misread"),
        ({"result": "negative", "fusion": "ETV6::NTRK3", "productive": "no"}, "misread"),
        ({"result": "negative", "fusion": "ETV6::NTRK3"}, "unreadable"),
        ({"result": "failed", "fusion": "ETV6::NTRK3"}, "unreadable"),
        ({"result": ""}, "unreadable"),
    ],
)
def test_every_answer_to_a_fusion_has_its_own_worth(tmp_path: Path, row: dict[str, str], outcome: str) -> None:
    assert only(one(tmp_path, fusion(ETV6), {}, row)).outcome == outcome


def test_no_row_is_no_negative(tmp_path: Path) -> None:
    assert only(one(tmp_path, fusion(ETV6), {})).outcome == "not_tested"
    assert only(one(tmp_path / "b", none(), {})).outcome == "not_tested"


def test_rows_that_contradict_each_other_are_not_readable(tmp_path: Path) -> None:
    found = one(tmp_path, fusion(ETV6), {}, {"result": "positive", "fusion": "ETV6::NTRK3"}, {"result": "negative"})
    assert only(found).outcome == "unreadable"
    assert "both" in found.faults[0].text


@pytest.mark.parametrize(
    ("row", "outcome", "critical"),
    [
        ({"result": "positive", "fusion": "TPM3::NTRK1"}, "false_positive", ("false_positive_drug",)),
        ({"result": "positive"}, "false_positive", ("false_positive_drug",)),
        ({"result": "positive", "fusion": "EML4::ALK"}, "right", ()),
        ({"result": "positive", "fusion": "TPM3::NTRK1", "productive": "no"}, "right", ()),
        ({"result": "negative"}, "right", ()),
        ({"result": "failed"}, "failed", ()),
    ],
)
def test_a_sample_without_a_fusion(
    tmp_path: Path, row: dict[str, str], outcome: str, critical: tuple[str, ...]
) -> None:
    found = only(one(tmp_path, none(), {}, row))
    assert (found.outcome, found.critical) == (outcome, critical)


@pytest.mark.parametrize(
    ("method", "result", "outcome"),
    [
        ("rna_mps", "failed", "right"),
        ("rna_mps", "inconclusive", "right"),
        ("rna_mps", "negative", "called_without_rna"),
        ("rna_mps", "positive", "called_without_rna"),
        ("rt_pcr", "negative", "called_without_rna"),
        ("dna_mps", "negative", "not_scored"),
        ("fish", "positive", "not_scored"),
    ],
)
def test_without_usable_rna_the_right_answer_is_that_the_test_failed(
    tmp_path: Path, method: str, result: str, outcome: str
) -> None:
    found = only(one(tmp_path, {"reference": {"status": "no_rna"}}, {"method": method}, {"result": result}))
    assert found.outcome == outcome
    assert found.critical == (("called_without_rna",) if outcome == "called_without_rna" else ())


def test_a_stain_is_scored_only_where_the_organiser_says_what_it_should_show(tmp_path: Path) -> None:
    assay = {"method": "pan_trk_ihc"}
    silent = only(one(tmp_path / "a", fusion(ETV6), assay, {"result": "negative"}))
    told = only(one(tmp_path / "b", fusion(ETV6, expected={"pan_trk_ihc": "positive"}), assay, {"result": "negative"}))
    assert (silent.outcome, told.outcome) == ("not_scored", "missed")
    wild = fusion_free = none(expected={"pan_trk_ihc": "positive"})
    assert only(one(tmp_path / "c", wild, assay, {"result": "positive"})).outcome == "right"
    assert only(one(tmp_path / "d", fusion_free, {}, {"result": "positive"})).outcome == "false_positive"


@pytest.mark.parametrize(("stated", "critical"), [("no", ("design_gap_not_stated",)), ("yes", ()), ("", ())])
def test_a_gap_in_the_design_stands_beside_the_wrong_and_is_critical_where_it_is_not_stated(
    tmp_path: Path, stated: str, critical: tuple[str, ...]
) -> None:
    row = {"result": "negative", "limits_stated": stated}
    found = one(tmp_path, fusion("WNK2::NTRK2"), {"panel": "Oncomine Focus"}, row)
    result = only(found)
    assert (result.outcome, result.critical) == ("out_of_design", critical)
    assert result.cause is not None
    assert (result.cause.id, result.cause.certainty) == ("partner_not_on_panel", "certain")
    assert "doi:10.1016/j.jmoldx.2022.12.004" in " ".join(result.cause.evidence)
    whole = next(one for one in found.tallies if one.by == "round")
    assert (whole.right, whole.wrong, whole.clear.of, whole.with_design.of) == (0, 0, 0, 1)


def test_a_panel_of_which_nobody_read_the_design_is_never_the_cause(tmp_path: Path) -> None:
    for panel in ("MSK-Fusion (Solid)", "Own panel", ""):
        found = only(one(tmp_path / (panel or "none"), fusion("WNK2::NTRK2"), {"panel": panel}, {"result": "negative"}))
        assert found.outcome == "missed"
        assert found.cause is not None and found.cause.id == "not_explained"


@pytest.mark.parametrize(
    ("assay", "row", "cause"),
    [
        ({"min_reads": 5}, {"reads": 3}, ("reads_under_threshold", "likely")),
        ({"min_reads": 5}, {"reads": 5}, ("not_explained", "open")),
        ({"min_reads": 5}, {"reads": 0}, ("not_explained", "open")),
        ({}, {"reads": 3}, ("not_explained", "open")),
        ({}, {"rna_quality": "poor"}, ("poor_rna", "likely")),
        ({}, {"dv200": 12}, ("poor_rna", "likely")),
        ({}, {"dv200": 60}, ("not_explained", "open")),
        ({}, {"tumour_percent": 5}, ("low_tumour", "likely")),
        ({"method": "dna_mps"}, {}, ("dna_only", "likely")),
        ({"method": "dna_mps"}, {"rna_quality": "poor"}, ("dna_only", "likely")),
        ({"method": "rt_pcr", "targets": "LMNA::NTRK1"}, {}, ("gene_not_on_panel", "certain")),
        ({"method": "rt_pcr", "targets": "EML4::NTRK3"}, {}, ("partner_not_on_panel", "certain")),
        ({"method": "rt_pcr", "targets": "TEL-TRKC"}, {}, ("not_explained", "open")),
        ({"method": "fish", "genes": "NTRK1"}, {}, ("probe_other_gene", "certain")),
        ({"method": "fish", "genes": "TRKC", "cutoff_percent": 15}, {"cells_counted": 100, "cells_split": 12},
         ("fish_cutoff", "certain")),
        ({"method": "fish", "genes": "ETV6", "cutoff_percent": 8}, {"cells_counted": 100, "cells_split": 5},
         ("fish_cutoff", "likely")),
        ({"method": "fish", "genes": "NTRK3"}, {"control": "inadequate"}, ("fish_material", "possible")),
        ({"method": "fish", "genes": "NTRK3"}, {}, ("not_explained", "open")),
    ],
)  # fmt: skip
def test_a_miss_has_the_cause_that_was_sent(
    tmp_path: Path, assay: dict[str, Any], row: dict[str, Any], cause: tuple[str, str]
) -> None:
    found = only(one(tmp_path, fusion(ETV6), assay, {"result": "negative", **row}))
    assert found.cause is not None
    assert (found.cause.id, found.cause.certainty) == cause


@pytest.mark.parametrize(
    ("reference", "assay", "row", "cause"),
    [
        (ETV6, {"cutoff_percent": 10}, {"percent": 4}, "stain_threshold"),
        (ETV6, {"cutoff_percent": 1}, {"percent": 0}, "ntrk3_stains_weakly"),
        (ETV6, {"clone": "A7H6R"}, {"percent": 0}, "stain_clone"),
        (TPM3, {"clone": "A7H6R"}, {"percent": 0}, "not_explained"),
        (TPM3, {"protocol": "laboratory developed"}, {}, "stain_protocol"),
        (TPM3, {}, {"control": "inadequate"}, "stain_control"),
        (TPM3, {}, {}, "not_explained"),
    ],
)
def test_a_stain_that_misses_has_the_cause_that_was_sent(
    tmp_path: Path, reference: str, assay: dict[str, Any], row: dict[str, Any], cause: str
) -> None:
    sample = fusion(reference, expected={"pan_trk_ihc": "positive"})
    found = only(one(tmp_path, sample, {"method": "pan_trk_ihc", **assay}, {"result": "negative", **row}))
    assert found.cause is not None and found.cause.id == cause


@pytest.mark.parametrize(
    ("method", "row", "outcome"),
    [
        ("pan_trk_ihc", {"result": "negative", "percent": 40}, "unreadable"),
        ("pan_trk_ihc", {"result": "positive", "percent": 4}, "unreadable"),
        ("pan_trk_ihc", {"result": "positive", "percent": 10}, "right"),
        ("pan_trk_ihc", {"result": "inconclusive", "percent": 4}, "inconclusive"),
        ("fish", {"result": "negative", "cells_counted": 100, "cells_split": 40}, "unreadable"),
        ("fish", {"result": "positive", "cells_counted": 100, "cells_split": 4}, "right"),
        ("fish", {"result": "negative", "cells_counted": 100, "cells_split": 10}, "missed"),
    ],
)
def test_a_call_against_its_own_counts_is_never_decided_silently(
    tmp_path: Path, method: str, row: dict[str, Any], outcome: str
) -> None:
    sample = fusion(ETV6, expected={"pan_trk_ihc": "positive"})
    found = one(tmp_path, sample, {"method": method, "cutoff_percent": 10, "genes": "NTRK3"}, row)
    assert only(found).outcome == outcome
    assert bool(found.faults) == (outcome == "unreadable")


def test_consensus_counts_a_fusion_of_other_genes_as_none_of_ntrk(tmp_path: Path) -> None:
    table = [{"laboratory": f"L{i}", "assay": "a", "method": "rna_mps"} for i in range(6)]
    rows = [{"sample": "S1", "assay": "a", "result": "positive", "fusion": "EML4::ALK"}]
    folder = write_round(tmp_path, {"S1": {"reference": {"status": "none"}}}, table, {f"L{i}": rows for i in range(6)})
    found = score(folder)
    assert found.consensus[0].call == "negative"
    assert {one.outcome for one in found.results} == {"right"}


def test_a_stain_of_wild_type_expression_is_explained(tmp_path: Path) -> None:
    sample = none(expected={"pan_trk_ihc": "negative"}, wild_type_expression=True)
    found = only(one(tmp_path, sample, {"method": "pan_trk_ihc"}, {"result": "positive"}))
    assert found.outcome == "false_positive" and found.critical == ()
    assert found.cause is not None and found.cause.id == "wild_type_trk"


def test_two_samples_that_were_exchanged_are_seen_and_only_possible(tmp_path: Path) -> None:
    samples = {"S1": fusion(ETV6), "S2": none(), "S3": none()}
    rows = [
        {"sample": "S1", "assay": "a", "result": "negative"},
        {"sample": "S2", "assay": "a", "result": "positive", "fusion": "ETV6::NTRK3"},
        {"sample": "S3", "assay": "a", "result": "negative"},
    ]
    laboratory = {"laboratory": "L1", "assay": "a", "method": "rna_mps"}
    found = score(write_round(tmp_path, samples, [laboratory], {"L1": rows}))
    causes = {one.sample: one.cause for one in found.results}
    for sample in ("S1", "S2"):
        cause = causes[sample]
        assert cause is not None and (cause.id, cause.certainty) == ("clerical", "possible")
    assert causes["S3"] is None


def file_round(folder: Path, content: str, row: dict[str, str], panel: str = "") -> Result:
    laboratory = {"laboratory": "L1", "assay": "a", "method": "rna_mps", "panel": panel}
    rows = [{"sample": "S1", "assay": "a", "file": "S1.tsv", **row}]
    write_round(folder, {"S1": fusion(ETV6)}, [laboratory], {"L1": rows})
    (folder / "submissions" / "L1").mkdir()
    (folder / "submissions" / "L1" / "S1.tsv").write_text(content, encoding="utf-8")
    return only(score(folder))


def test_a_callers_file_is_judged_by_the_same_core(tmp_path: Path) -> None:
    found = file_round(tmp_path / "a", ARRIBA + ROW.format(filters="."), {})
    assert (found.call, found.outcome, found.event_named) == ("positive", "right", "same_junction")
    assert file_round(tmp_path / "b", ARRIBA, {}).outcome == "missed"
    assert file_round(tmp_path / "c", "no such format", {}).outcome == "unreadable"
    assert file_round(tmp_path / "d", "", {}).outcome == "unreadable"


def test_what_the_file_holds_and_the_report_does_not_is_the_cause(tmp_path: Path) -> None:
    lost = file_round(tmp_path / "a", ARRIBA + ROW.format(filters="."), {"result": "negative"})
    assert lost.cause is not None and (lost.cause.id, lost.cause.certainty) == ("clerical", "certain")
    rejected = file_round(tmp_path / "b", ARRIBA + ROW.format(filters="min_support"), {"result": "negative"})
    assert rejected.cause is not None and (rejected.cause.id, rejected.cause.certainty) == (
        "rejected_by_caller",
        "certain",
    )
    assert "rejected" in " ".join(rejected.cause.evidence)


def test_a_file_with_the_reciprocal_event_alone_has_not_the_fusion(tmp_path: Path) -> None:
    row = (
        "NTRK3\tETV6\t-/-\t+/+\t15:88033045\t12:11884445\tCDS/splice-site\tCDS/splice-site\ttranslocation\tupstream\t"
        "upstream\t41\t38\t55\t210\t190\thigh\t.\t.\t.\t.\t.\t.\t.\n"
    )
    found = file_round(tmp_path, ARRIBA + row, {})
    assert found.outcome in ("misread", "wrong_event") and found.event_named == "reciprocal_only"


def test_a_withdrawn_sample_is_kept_and_never_counted(tmp_path: Path) -> None:
    sample = fusion(ETV6, withdrawn={"on": "2026-02-01", "reason": "homogeneity"})
    found = one(tmp_path, sample, {}, {"result": "negative"})
    assert only(found).outcome == "not_scored"
    assert found.marks[0].counted == 0 and found.marks[0].passed is None
    assert found.accuracies == ()


def test_an_upheld_appeal_counts_and_is_kept_a_rejected_one_changes_nothing(tmp_path: Path) -> None:
    appeal = {"laboratory": "L1", "assay": "a", "sample": "S1", "on": "2026-04-01", "claim": "a slip"}
    upheld = {**appeal, "decision": "upheld", "outcome": "right", "reason": "the log shows it"}
    found = only(one(tmp_path / "a", fusion(ETV6), {}, {"result": "negative"}, appeals=[upheld]))
    assert (found.outcome, found.before_appeal, found.critical) == ("right", "missed", ())
    for decision in ("open", "rejected"):
        told = [{**appeal, "decision": decision}]
        same = only(one(tmp_path / decision, fusion(ETV6), {}, {"result": "negative"}, appeals=told))
        assert (same.outcome, same.before_appeal) == ("missed", None)
    with pytest.raises(RoundError, match="outcome"):
        one(tmp_path / "c", fusion(ETV6), {}, {"result": "negative"}, appeals=[{**appeal, "decision": "upheld"}])


def test_an_infantile_fibrosarcoma_that_is_missed_is_critical(tmp_path: Path) -> None:
    for diagnosis, critical in (("infantile fibrosarcoma", True), ("leiomyosarcoma", False), (None, False)):
        sample = fusion(ETV6, **({"diagnosis": diagnosis} if diagnosis else {}))
        found = only(one(tmp_path / str(diagnosis), sample, {}, {"result": "negative"}))
        assert found.critical == (("missed_infantile_fibrosarcoma",) if critical else ())


def test_the_example_has_one_of_nearly_every_outcome_and_its_panel_that_cannot_see() -> None:
    found = score(example_folder())
    assert not found.faults
    assert {one.outcome for one in found.results} >= {
        "right", "missed", "false_positive", "called_without_rna", "out_of_design", "inconclusive", "failed",
        "not_tested", "not_scored",
    }  # fmt: skip
    (blind,) = [one for one in found.of("L07") if one.outcome == "out_of_design"]
    assert blind.reference.startswith("WNK2::NTRK2") and blind.cause is not None
    assert blind.cause.id == "partner_not_on_panel" and blind.cause.certainty == "certain"
    assert all(one.cause is not None for one in found.results if one.outcome in ("missed", "false_positive"))
    assert {one.rules[0] for one in found.results} <= {f"RESULT-{i}" for i in range(1, 19)}
