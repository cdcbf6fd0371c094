"""The verdict on real and built junctions: reference materials, published fusions, and everything that looks alike."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ntrkpath.fusion import Transcripts, assess, default_thresholds
from ntrkpath.fusion.decision import FACTS, State, chain, decide
from ntrkpath.fusion.verdict import reasons_of
from ntrkpath.model.fusion import REASONS, Breakpoint, FusionVerdict, Junction, Source, Support

TRUTH = Path(__file__).resolve().parents[2] / "shared" / "data" / "fusion" / "truth.csv"
OWN = Path(__file__).parent / "data" / "fusion_junctions.csv"
SOURCE = Source("fusions.tsv", 2)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def junction(row: dict[str, str], **changes: Any) -> Junction:
    sides = [
        Breakpoint(
            gene=row[f"gene{n}"],
            chromosome=row[f"chr{n}"],
            position=int(row[f"pos{n}"]),
            strand=row.get(f"strand{n}") or None,  # type: ignore[arg-type]
        )
        for n in ("5", "3")
    ]
    given: dict[str, Any] = {
        "caller": "arriba",
        "five_prime": sides[0],
        "three_prime": sides[1],
        "source": SOURCE,
        "sample": row["id"],
        "assembly": row["assembly"],
        "level": row.get("level", "rna"),
    }
    return Junction(**given | changes)


def named(five: dict[str, Any], three: dict[str, Any], **changes: Any) -> FusionVerdict:
    given: dict[str, Any] = {"caller": "report", "source": SOURCE, "sample": "S1"}
    (verdict,) = assess([Junction(five_prime=Breakpoint(**five), three_prime=Breakpoint(**three), **given | changes)])
    return verdict


ETV6: dict[str, Any] = {"gene": "ETV6", "chromosome": "12", "position": 11869969}
NTRK3: dict[str, Any] = {"gene": "NTRK3", "chromosome": "15", "position": 87940753}
#: A call without a doubt: reads, the callers' word, a read across the junction, no frame reported.
SOUND = ("adequate", "passed", "sequenced", "unknown", "no_difference")
BY_ID = {row["id"]: row for row in rows(OWN)}


@pytest.mark.skipif(not TRUTH.exists(), reason="../shared/data/fusion/truth.csv is not beside this repository")
def test_every_junction_of_the_truth_set_is_right() -> None:
    truth = {row["id"]: row for row in rows(TRUTH)}
    found = {v.sample: v for v in assess(junction(row) for row in truth.values())}
    wrong = []
    for ident, row in truth.items():
        v = found[ident]
        expected = "productive" if row["klass"] == "productive" else "not_productive"
        kinase = {"full": "complete"}.get(row["kinase_PF07714"], row["kinase_PF07714"])
        if (v.verdict, v.frame.ours, v.kinase_domain.status) != (expected, row["frame_canonical"], kinase):
            wrong.append((ident, v))
    assert not wrong
    assert len(found) == 26


@pytest.mark.parametrize("ident", BY_ID)
def test_committed_junction_has_its_verdict_and_reasons(ident: str) -> None:
    row = BY_ID[ident]
    (verdict,) = assess([junction(row)])
    assert verdict.verdict == row["verdict"], verdict
    assert set(row["reasons"].split()) <= set(verdict.reasons), verdict


def test_names_follow_hgnc_and_vicc() -> None:
    v = named(ETV6, NTRK3, assembly="GRCh38")
    assert v.name == "ETV6::NTRK3"
    assert v.vicc_name == "NM_001987.5(ETV6):e.5::ENST00000629765.2(NTRK3):e.13"
    assert v.hgvs_name == "ENST00000396373.8:r.-274_1009::ENST00000629765.2:r.1586_*178"
    assert any("exon 15 of NM_001012338" in note for note in v.notes)
    assert named({}, {"gene": "NTRK3"}).vicc_name == "?::NTRK3"


def test_breakpoint_inside_an_exon_carries_its_offset() -> None:
    v = named(ETV6 | {"position": 11869966}, NTRK3, assembly="GRCh38")
    assert v.vicc_name is not None
    assert v.vicc_name.startswith("NM_001987.5(ETV6):e.5-3::")
    assert any("stop codon" in note for note in v.notes)


def test_reciprocal_pair_is_recognised_and_only_the_kinase_side_is_productive() -> None:
    pair = [junction(BY_ID["T018"], sample="S"), junction(BY_ID["N08"], sample="S")]
    verdicts = {v.name: v for v in assess(pair)}
    assert verdicts["ETV6::NTRK3"].verdict == "productive"
    assert "reciprocal" in verdicts["NTRK3::ETV6"].reasons
    assert verdicts["NTRK3::ETV6"].verdict == "not_productive"


def test_partner_outside_every_gene_is_intergenic_and_uncertain() -> None:
    v = named({"chromosome": "15", "position": 88_700_000}, NTRK3, assembly="GRCh38")
    assert v.verdict == "uncertain"
    assert "partner_intergenic" in v.reasons
    assert v.vicc_name is not None
    assert v.vicc_name.startswith("NC_000015.10(chr 15):g.88700000::")


def test_unknown_partner_is_uncertain_not_negative() -> None:
    v = named({}, NTRK3, assembly="GRCh38")
    assert (v.verdict, v.kinase_domain.status) == ("uncertain", "complete")
    assert "partner_unknown" in v.reasons


def test_partner_that_no_annotation_covers_is_named_and_uncertain() -> None:
    v = named({"gene": "RP11-144L1.8"}, NTRK3, assembly="GRCh38")
    assert "partner_not_annotated" in v.reasons
    assert v.name == "RP11-144L1.8::NTRK3"


def test_unknown_gene_name_is_found_by_position() -> None:
    v = named(ETV6 | {"gene": "ENSG_NOT_A_GENE"}, NTRK3, assembly="GRCh38")
    assert v.name == "ETV6::NTRK3"
    assert v.verdict == "productive"


@pytest.mark.parametrize(
    ("gene", "symbol"), [("TEL", "ETV6"), ("etv6", "ETV6"), ("ENSG00000139083.11", "ETV6"), (None, "ETV6")]
)
def test_alias_case_identifier_and_missing_name_do_not_change_the_verdict(gene: str | None, symbol: str) -> None:
    v = named(ETV6 | {"gene": gene}, NTRK3 | {"gene": "TRKC"}, assembly="GRCh38")
    assert (v.name, v.verdict) == (f"{symbol}::NTRK3", "productive")


def test_names_alone_use_the_reported_frame_and_say_no_more() -> None:
    reported = named({"gene": "ETV6"}, {"gene": "NTRK3"}, frame_by_caller="in")
    assert (reported.verdict, reported.frame.ours, reported.frame.by_caller) == ("likely_productive", "unknown", "in")
    assert named({"gene": "ETV6"}, {"gene": "NTRK3"}).verdict == "uncertain"
    assert named({"gene": "ETV6"}, {"gene": "NTRK3"}, frame_by_caller="out").verdict == "not_productive"
    assert named({"gene": "ETV6"}, {"gene": "NTRK3"}, frame_by_caller="out", level="dna").verdict == "uncertain"


def test_exons_of_named_transcripts_are_as_good_as_coordinates() -> None:
    five = {"gene": "ETV6", "exon": 5, "transcript": "NM_001987.4"}
    right = named(five, {"gene": "NTRK3", "exon": 15, "transcript": "NM_001012338.2"})
    naive = named(five, {"gene": "NTRK3", "exon": 15, "transcript": "ENST00000629765.3"})
    assert right.verdict == "productive"
    assert naive.verdict == "not_productive"


def test_exons_without_transcripts_are_tried_in_every_numbering() -> None:
    v = named({"gene": "ETV6", "exon": 5}, {"gene": "NTRK3", "exon": 15})
    assert v.verdict == "uncertain"
    assert v.three_prime.exon is None
    assert any("ENST00000360948" in note for note in v.notes)
    assert named({"gene": "LMNA", "exon": 2}, {"gene": "NTRK1", "exon": 11}).verdict == "likely_productive"


def test_intron_numbers_mean_the_next_exons() -> None:
    v = named(
        {"gene": "ETV6", "intron": 5, "transcript": "NM_001987"},
        {"gene": "NTRK3", "intron": 14, "transcript": "NM_001012338"},
        level="dna",
    )
    assert v.verdict == "likely_productive"


def test_kept_sides_orient_dna_and_tell_antisense() -> None:
    five = ETV6 | {"position": 11871469, "retained": "left"}
    three = NTRK3 | {"position": 87943253, "retained": "left"}
    forward = named(five, three, level="dna", ordered=False, assembly="GRCh38")
    turned = named(three, five, level="dna", ordered=False, assembly="GRCh38")
    assert forward == turned
    assert forward.verdict == "likely_productive"
    tails = named(five | {"retained": "right"}, three, level="dna", ordered=False, assembly="GRCh38")
    assert "antisense" in tails.reasons
    other = named(
        five | {"retained": "right"}, three | {"retained": "right"}, level="dna", ordered=False, assembly="GRCh38"
    )
    assert other.name == "NTRK3::ETV6"


def test_dna_without_any_direction_is_uncertain() -> None:
    v = named(
        ETV6 | {"position": 11871469}, NTRK3 | {"position": 87943253}, level="dna", ordered=False, assembly="GRCh38"
    )
    assert v.verdict == "uncertain"


def test_order_is_repaired_where_only_the_reverse_joins_splice_sites() -> None:
    v = named(NTRK3, ETV6, assembly="GRCh38")
    assert (v.name, v.verdict) == ("ETV6::NTRK3", "productive")
    assert "orientation_repaired" in v.reasons


def test_tolerance_snaps_and_says_so() -> None:
    v = named(ETV6 | {"position": 11869971}, NTRK3, assembly="GRCh38", tolerance=5)
    assert v.verdict == "productive"
    assert any("moved 2 bp" in note for note in v.notes)
    assert named(ETV6 | {"position": 11869941}, NTRK3, assembly="GRCh38", tolerance=5).verdict == "uncertain"


def test_low_support_lowers_certainty_at_an_adjustable_threshold() -> None:
    v = named(ETV6, NTRK3, assembly="GRCh38", support=Support(split_reads=2, spanning_pairs=2))
    assert v.verdict == "productive"
    higher = msgspec.structs.replace(default_thresholds(), min_reads_rna=5)
    few = Support(split_reads=2, spanning_pairs=2)
    junctions = [Junction("x", Breakpoint(**ETV6), Breakpoint(**NTRK3), SOURCE, assembly="GRCh38", support=few)]
    (judged,) = assess(junctions, thresholds=higher)
    assert judged.verdict == "likely_productive"
    assert "low_support" in judged.reasons


@pytest.mark.parametrize("level", ["rna", "dna"])
def test_fewer_than_three_unique_reads_are_uncertain(level: str) -> None:
    for support in (Support(split_reads=1, spanning_pairs=1), Support(total=2), Support(split_reads=0, total=1)):
        v = named(ETV6, NTRK3, assembly="GRCh38", support=support, level=level)
        assert v.verdict == "uncertain"
        assert "low_support" in v.reasons


def test_neighbours_on_one_strand_may_be_read_through() -> None:
    annotation = Transcripts.open().on("GRCh38")
    prcc, ntrk1 = annotation.named("PRCC")[0], annotation.named("NTRK1")[0]
    five = {"gene": "PRCC", "chromosome": "1", "position": prcc.canonical.last_base(6)}
    three = {"gene": "NTRK1", "chromosome": "1", "position": ntrk1.canonical.first_base(10)}
    near = annotation.genes_between("1", prcc.span[1], ntrk1.span[0]) == 0
    v = named(five, three, assembly="GRCh38")
    assert any("read-through" in note for note in v.notes) == near


def test_wrong_assembly_is_noticed_and_nothing_is_decided() -> None:
    five = {"gene": "ETV6", "chromosome": "12", "position": 12022903}
    three = {"gene": "NTRK3", "chromosome": "15", "position": 88483984}
    assert named(five, three).assembly == "GRCh37"
    v = named(five, three, assembly="GRCh38")
    assert v.verdict == "uncertain"


def test_junctions_without_an_ntrk_gene_give_no_verdict() -> None:
    bcr = Breakpoint(gene="BCR", chromosome="22", position=23290413)
    abl = Breakpoint(gene="ABL1", chromosome="9", position=130854064)
    assert assess([Junction("x", bcr, abl, SOURCE, assembly="GRCh38")]) == []


def test_every_reason_code_is_exercised() -> None:
    seen = {reason for row in BY_ID.values() for v in assess([junction(row)]) for reason in v.reasons}
    seen |= set(named(ETV6, {"gene": "NTRK3"}, assembly="GRCh38").reasons)
    seen |= set(named({}, NTRK3, assembly="GRCh38").reasons)
    seen |= set(named({"gene": "RP11-144L1.8"}, NTRK3, assembly="GRCh38").reasons)
    seen |= set(named({"chromosome": "15", "position": 88_700_000}, NTRK3, assembly="GRCh38").reasons)
    seen |= set(named(NTRK3, ETV6, assembly="GRCh38").reasons)
    seen |= set(named(ETV6, NTRK3, assembly="GRCh38", support=Support(total=1)).reasons)
    seen |= set(named(ETV6, NTRK3, assembly="GRCh38", support=Support(0, 9), standing="doubted").reasons)
    seen |= set(named(ETV6, NTRK3, assembly="GRCh38", standing="rejected").reasons)
    pair = [junction(BY_ID["T018"], sample="S"), junction(BY_ID["N08"], sample="S")]
    seen |= {reason for v in assess(pair) for reason in v.reasons}
    said = [junction(BY_ID["T018"], caller=c, frame_by_caller=f) for c, f in (("a", "in"), ("b", "out"))]
    seen |= {reason for v in assess(said) for reason in v.reasons}
    assert seen == set(REASONS)


def test_tables_have_no_gap_and_no_dead_row() -> None:
    tables = chain()
    for table in tables.tables:
        hit: set[str] = set()
        for levels in product(*(tables.facts[f].levels for f in table.facts)):
            state = dict(zip(table.facts, levels, strict=True))
            row = next((r for r in table.rows if all(state[f] in a for f, a in r.when.items())), None)
            assert row is not None, state
            hit.add(row.id)
        assert hit == {r.id for r in table.rows}


def test_overlapping_rows_are_declared() -> None:
    for table in chain().tables:
        for i, row in enumerate(table.rows):
            shared = [e.id for e in table.rows[:i] if all(e.when[f] & row.when[f] for f in e.when if f in row.when)]
            assert row.yields_to == tuple(shared), row.id


def test_no_state_is_productive_without_frame_kinase_and_partner() -> None:
    facts = chain().facts
    for levels in product(*(facts[f].levels for f in FACTS[:6])):
        for frame, kinase in product(facts["reading_frame"].levels, facts["kinase_domain"].levels):
            state = State._make((*levels, "rna", "breakpoints", frame, "all", "canonical", kinase, *SOUND))
            verdict = decide(state).verdict
            if verdict in ("productive", "likely_productive"):
                assert (frame, kinase) == ("in", "complete") or levels[5] == "not_given"
                assert levels[:3] == ("three_prime", "sense", "two_genes")
                assert levels[3] in ("coding", "abundant")
            assert set(reasons_of(state, verdict, False, False, False)) <= set(REASONS)


def test_dna_frame_alone_never_gives_not_productive() -> None:
    facts = chain().facts
    for levels in product(*(facts[f].levels for f in FACTS[:6])):
        for frame in facts["reading_frame"].levels:
            state = State._make((*levels, "dna", "breakpoints", frame, "all", "canonical", "complete", *SOUND))
            if levels[4] != "found":
                assert decide(state).verdict != "not_productive"
