"""What must hold for every junction: codon shifts, order, assemblies, merging."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntrkpath.fusion import Assessor, Gene, Transcript, assess
from ntrkpath.fusion.merge import collect, merge, verdicts
from ntrkpath.model.fusion import Assembly, Breakpoint, Junction, Source, Support
from ntrkpath.variants.mutations import coding_position

PARTNERS = ("ETV6", "TPM3", "LMNA", "SQSTM1", "TFG", "QKI", "BTBD1", "STRN", "EML4", "NACC2", "AFAP1", "TRIM24")
NTRK = ("NTRK1", "NTRK2", "NTRK3")


@cache
def assessor() -> Assessor:
    return Assessor()


def gene(symbol: str, assembly: Assembly = "GRCh38") -> Gene:
    return assessor().atlas(assembly).annotation.named(symbol)[0]


def side(symbol: str, position: int, assembly: Assembly = "GRCh38") -> Breakpoint:
    return Breakpoint(gene=symbol, chromosome=gene(symbol, assembly).chromosome, position=position)


def make(five: Breakpoint, three: Breakpoint, **changes: object) -> Junction:
    given_ = {"caller": "x", "source": Source("f.tsv", 1), "sample": "S", "assembly": "GRCh38"} | changes
    return Junction(five_prime=five, three_prime=three, **given_)  # type: ignore[arg-type]


def coding_bases(t: Transcript) -> int:
    return t.coding_length - 3


@given(st.sampled_from(PARTNERS), st.sampled_from(NTRK), st.data())
@settings(max_examples=150, deadline=None)
def test_shifting_both_sides_by_whole_codons_keeps_the_frame(partner: str, ntrk: str, data: st.DataObject) -> None:
    five, three = gene(partner).canonical, gene(ntrk).canonical
    a = data.draw(st.integers(30, coding_bases(five) - 31))
    b = data.draw(st.integers(30, coding_bases(three) - 31))
    shift = data.draw(st.sampled_from([-30, -9, -6, -3, 3, 6, 9, 30]))
    calls = []
    for x, y in ((a, b), (a + shift, b), (a, b + shift), (a + shift, b + shift)):
        at5, at3 = side(partner, coding_position(five, x)), side(ntrk, coding_position(three, y))
        # "unknown" only where the breakpoint is an exon boundary of another isoform, which then counts
        calls.append(assess([make(at5, at3)])[0])
    canonical = {
        v.frame.ours
        for v in calls
        if v.five_prime.transcript == five.accession and v.three_prime.transcript == three.accession
    }
    assert len(canonical) <= 1
    expected = "in" if (a + 1) % 3 == b % 3 else "out"
    assert canonical <= {expected}


@given(st.sampled_from(PARTNERS), st.sampled_from(NTRK), st.sampled_from(["rna", "dna"]), st.data())
@settings(max_examples=150, deadline=None)
def test_gene_order_in_an_unordered_row_changes_nothing(
    partner: str, ntrk: str, level: str, data: st.DataObject
) -> None:
    low, high = gene(partner).span
    low3, high3 = gene(ntrk).span
    sites = sorted({p for t in gene(partner).transcripts for e in t.exons for p in e})
    sites3 = sorted({p for t in gene(ntrk).transcripts for e in t.exons for p in e})
    a = side(partner, data.draw(st.one_of(st.integers(low, high), st.sampled_from(sites))))
    b = side(ntrk, data.draw(st.one_of(st.integers(low3, high3), st.sampled_from(sites3))))
    one = assess([make(a, b, ordered=False, level=level)])
    other = assess([make(b, a, ordered=False, level=level)])
    assert one == other


@pytest.mark.parametrize("partner", PARTNERS)
def test_both_assemblies_agree_on_the_same_junction(partner: str) -> None:
    old = {t.accession: t for t in gene(partner, "GRCh37").transcripts}
    for ntrk in NTRK:
        model = gene(ntrk).canonical
        before = next(t for t in gene(ntrk, "GRCh37").transcripts if t.accession == model.accession)
        five = gene(partner).canonical
        if five.accession not in old or len(old[five.accession].exons) != len(five.exons):
            pytest.skip(f"{five.accession} differs between the assemblies")
        for e5 in range(1, len(five.exons)):
            for e3 in range(2, len(model.exons) + 1):
                new = make(side(partner, five.last_base(e5)), side(ntrk, model.first_base(e3)))
                was = make(
                    side(partner, old[five.accession].last_base(e5), "GRCh37"),
                    side(ntrk, before.first_base(e3), "GRCh37"),
                    assembly="GRCh37",
                )
                (a,), (b,) = assess([new]), assess([was])
                assert (a.verdict, a.frame.ours, a.kinase_domain, a.vicc_name) == (
                    b.verdict,
                    b.frame.ours,
                    b.kinase_domain,
                    b.vicc_name,
                )


def callers() -> list[Junction]:
    """One sample as several callers report it: the same event twice moved, a second event, names alone, DNA."""
    etv6, ntrk3 = gene("ETV6").canonical, gene("NTRK3").canonical
    five, three = side("ETV6", etv6.last_base(5)), side("NTRK3", ntrk3.first_base(13))
    near = side("ETV6", etv6.last_base(5) + 3)
    return [
        make(five, three, caller="arriba", frame_by_caller="in", support=Support(split_reads=4, spanning_pairs=2)),
        make(five, three, caller="starfusion", support=Support(split_reads=9, spanning_pairs=1)),
        make(near, three, caller="longgf", tolerance=5, ordered=False),
        make(side("ETV6", etv6.last_base(4)), three, caller="arriba"),
        make(Breakpoint(gene="ETV6"), Breakpoint(gene="NTRK3"), caller="pizzly", assembly=None),
        make(five, three, caller="manta", level="dna"),
        make(five, three, caller="arriba", sample="other"),
        make(side("NTRK3", ntrk3.last_base(12)), side("ETV6", etv6.first_base(6)), caller="arriba"),
    ]


def test_callers_of_one_event_merge_and_names_alone_join_them() -> None:
    found = [v for v in assess(callers()) if v.sample == "S" and v.level == "rna" and v.name == "ETV6::NTRK3"]
    assert len(found) == 2
    first = next(v for v in found if v.five_prime.exon == 5)
    assert first.callers == ("arriba", "longgf", "pizzly", "starfusion")
    assert first.support == Support(split_reads=9, spanning_pairs=1)
    assert first.frame.by_caller == "in"


def test_callers_that_disagree_are_shown_and_do_not_decide() -> None:
    base = callers()[0]
    said = [
        make(base.five_prime, base.three_prime, caller=c, frame_by_caller=f)
        for c, f in (("a", "in"), ("b", "out"), ("c", "unknown"))
    ]
    (verdict,) = assess(said)
    assert verdict.verdict == "productive"
    assert "callers_disagree" in verdict.reasons
    assert verdict.frame.by_caller == "unknown"


@given(st.permutations(callers()))
@settings(max_examples=40, deadline=None)
def test_order_of_rows_changes_nothing(shuffled: Sequence[Junction]) -> None:
    assert assess(shuffled) == assess(callers())


@given(st.lists(st.integers(0, 2), min_size=8, max_size=8))
@settings(max_examples=40, deadline=None)
def test_merging_is_associative(parts: list[int]) -> None:
    split = [
        collect(assessor().readings([j for j, p in zip(callers(), parts, strict=True) if p == n])) for n in (0, 1, 2)
    ]
    left = merge(merge(split[0], split[1]), split[2])
    right = merge(split[0], merge(split[1], split[2]))
    limits = assessor().thresholds
    assert verdicts(left, limits) == verdicts(right, limits) == assess(callers())


def test_random_junctions_never_fail_and_are_productive_only_in_frame_with_the_whole_kinase() -> None:
    choose = random.Random(5)
    made = []
    for n in range(3000):
        a, b = gene(choose.choice(PARTNERS)), gene(choose.choice(NTRK))
        strand = choose.choice([None, a.strand, "-" if a.strand == "+" else "+"])
        five = Breakpoint(a.symbol, a.chromosome, choose.randint(a.span[0] - 500, a.span[1] + 500), strand)  # type: ignore[arg-type]
        three = Breakpoint(b.symbol, b.chromosome, choose.randint(b.span[0] - 500, b.span[1] + 500))
        level = choose.choice(["rna", "dna"])
        made.append(make(five, three, sample=str(n), level=level, ordered=choose.random() < 0.5))
    for verdict in assess(made):
        if verdict.verdict in ("productive", "likely_productive"):
            assert verdict.frame.ours == "in"
            assert verdict.kinase_domain.status == "complete"
            assert verdict.three_prime.gene in NTRK
