"""What a row may get wrong without a change of its verdict: order, a shared shift, both; and what it may not."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntrkpath.fusion import Gene, assess
from ntrkpath.fusion.decision import chain
from ntrkpath.fusion.evidence import LABORATORY
from ntrkpath.model.fusion import Breakpoint, FusionVerdict, Junction, Support
from ntrkpath.rules.table import Table
from test_fusion_harder import ROWS, junction, verdict
from test_fusion_properties import NTRK, assessor, gene, make, side

RANK = {"not_productive": 0, "uncertain": 1, "likely_productive": 2, "productive": 3}
PARTNERS = ("ETV6", "TPM3", "LMNA", "SQSTM1", "EML4", "QKI")


def _said(found: FusionVerdict) -> tuple[Any, ...]:
    return found.verdict, found.frame.ours, found.kinase_domain, found.vicc_name, found.name


def _boundaries(partner: str, ntrk: str) -> list[tuple[int, int]]:
    five, three = gene(partner).canonical, gene(ntrk).canonical
    return [
        (five.last_base(n), three.first_base(m))
        for n in range(1, len(five.exons))
        for m in range(2, len(three.exons) + 1)
    ]


def _moved(of: Gene, position: int, bases: int) -> int:
    return position + bases if of.strand == "+" else position - bases


@cache
def _edges(symbol: str, five: bool) -> frozenset[int]:
    sites = assessor().atlas("GRCh38").sites(gene(symbol))
    return sites.donors if five else sites.acceptors


def _pairs_near(partner: str, ntrk: str, a: int, b: int) -> int:
    """Return how many shifts of three bases or fewer bring both positions onto exon boundaries."""
    return sum(
        _moved(gene(partner), a, k) in _edges(partner, True) and _moved(gene(ntrk), b, k) in _edges(ntrk, False)
        for k in range(-3, 4)
    )


@pytest.mark.parametrize(("partner", "ntrk"), list(product(PARTNERS, NTRK)))
def test_a_shift_of_both_sides_by_up_to_three_bases_changes_nothing_but_is_said(partner: str, ntrk: str) -> None:
    checked = 0
    for a, b in _boundaries(partner, ntrk):
        (right,) = assess([make(side(partner, a), side(ntrk, b))])
        for k in (-3, -2, -1, 1, 2, 3):
            x, y = _moved(gene(partner), a, k), _moved(gene(ntrk), b, k)
            if _pairs_near(partner, ntrk, x, y) > 1:
                continue  # an isoform has a boundary of its own there, and the row may mean either
            (found,) = assess([make(side(partner, x), side(ntrk, y))])
            assert _said(found) == _said(right), (a, b, k)
            assert any("off" in note or "moved onto the boundaries" in note for note in found.notes)
            checked += 1
    assert checked > 100


@pytest.mark.parametrize(("partner", "ntrk"), list(product(PARTNERS, NTRK)))
def test_genes_in_reverse_order_at_exon_boundaries_are_put_right_and_it_is_said(partner: str, ntrk: str) -> None:
    checked = 0
    for a, b in _boundaries(partner, ntrk):
        if b in _edges(ntrk, True) or a in _edges(partner, False):
            continue  # as it stands one side fits as well
        (right,) = assess([make(side(partner, a), side(ntrk, b))])
        (found,) = assess([make(side(ntrk, b), side(partner, a))])
        assert _said(found) == _said(right)
        assert "orientation_repaired" in found.reasons
        checked += 1
    assert checked > 50


@given(
    st.sampled_from(PARTNERS), st.sampled_from(NTRK), st.integers(-5, 5), st.integers(-5, 5), st.sampled_from((0, 5)),
    st.booleans(), st.data(),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_reverse_order_and_a_few_bases_off_are_mended_together(
    partner: str, ntrk: str, k: int, m: int, tolerance: int, ordered: bool, data: st.DataObject
) -> None:
    a, b = data.draw(st.sampled_from(_boundaries(partner, ntrk)))
    x, y = _moved(gene(partner), a, k), _moved(gene(ntrk), b, m)
    near = assessor().atlas("GRCh38").sites(gene(ntrk)).near("five_prime", 5)
    others = assessor().atlas("GRCh38").sites(gene(partner)).near("three_prime", 5)
    if y in near or x in others:
        return  # as it stands a side lies near a boundary as well
    if not ordered and not tolerance and 0 in (k, m):
        return  # one side is exact: then the other is read by the base
    (right,) = assess([make(side(partner, a), side(ntrk, b))])
    row = make(side(ntrk, y), side(partner, x), tolerance=tolerance, ordered=ordered)
    (found,) = assess([row])
    assert found.name == right.name
    assert "orientation_repaired" in found.reasons
    near_by = [
        (p, q)
        for p in range(x - 5, x + 6)
        for q in range(y - 5, y + 6)
        if p in _edges(partner, True) and q in _edges(ntrk, False)
    ]
    if len(near_by) == 1:
        assert _said(found) == _said(right)


@pytest.mark.parametrize("ident", [i for i, row in ROWS.items() if row["ordered"] == "0"])
def test_the_side_that_an_unordered_row_names_first_changes_nothing(ident: str) -> None:
    row = junction(ROWS[ident])
    turned = junction(ROWS[ident], five_prime=row.three_prime, three_prime=row.five_prime)
    assert assess([row]) == assess([turned])


def _outcomes(table: Table) -> tuple[tuple[str, ...], np.ndarray[Any, Any]]:
    """Return the facts of a first-hit table and the verdict or strength of each of its states as an array."""
    facts = chain().facts
    goal = next(iter(table.rows[0].sets))
    levels = facts[goal].levels
    array = np.full([len(facts[f].levels) for f in table.facts], -1)
    for row in reversed(table.rows):
        chosen = [
            [i for i, level in enumerate(facts[f].levels) if level in row.when.get(f, facts[f].levels)]
            for f in table.facts
        ]
        array[np.ix_(*chosen)] = levels.index(row.sets[goal])
    return table.facts, array


def _by_rank(goal: str, order: tuple[str, ...], array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    levels = chain().facts[goal].levels
    return np.array([order.index(level) for level in levels])[array]


def _slice(facts: tuple[str, ...], array: np.ndarray[Any, Any], fact: str, level: str) -> np.ndarray[Any, Any]:
    return np.take(array, chain().facts[fact].levels.index(level), axis=facts.index(fact))


@pytest.mark.parametrize(
    ("fact", "worse", "better"),
    [
        ("caller_standing", "rejected", "doubted"),
        ("caller_standing", "doubted", "passed"),
        ("read_support", "too_few", "low"),
        ("read_support", "low", "adequate"),
        ("junction_reads", "not_sequenced", "sequenced"),
    ],
)
def test_less_behind_a_call_never_makes_it_stronger(fact: str, worse: str, better: str) -> None:
    table = next(t for t in chain().tables if t.id == "fusion_call")
    facts, array = _outcomes(table)
    ranks = _by_rank("call_strength", ("weak", "limited", "sound"), array)
    assert (_slice(facts, ranks, fact, worse) <= _slice(facts, ranks, fact, better)).all()


def test_a_weaker_call_never_has_a_better_verdict_in_any_state() -> None:
    table = next(t for t in chain().tables if t.id == "fusion_verdict")
    facts, array = _outcomes(table)
    ranks = _by_rank("fusion_verdict", tuple(RANK), array)
    weak, limited, sound = (_slice(facts, ranks, "call_strength", level) for level in ("weak", "limited", "sound"))
    assert (weak <= limited).all()
    assert (limited <= sound).all()
    assert (weak <= RANK["uncertain"]).all()
    assert (limited <= RANK["likely_productive"]).all()


def test_an_intragenic_event_is_uncertain_in_every_state() -> None:
    table = next(t for t in chain().tables if t.id == "fusion_verdict")
    facts, array = _outcomes(table)
    ranks = _by_rank("fusion_verdict", tuple(RANK), array)
    assert (_slice(facts, ranks, "fusion_structure", "intragenic") == RANK["uncertain"]).all()


@pytest.mark.parametrize("ident", ROWS)
def test_a_rejected_row_is_at_most_uncertain_and_a_doubted_one_at_most_likely(ident: str) -> None:
    row = ROWS[ident]
    ranks = [RANK[verdict(row, standing=s).verdict] for s in ("rejected", "doubted", "accepted")]
    assert ranks == sorted(ranks)
    assert ranks[0] <= RANK["uncertain"]
    assert ranks[1] <= RANK["likely_productive"]


@given(st.sampled_from(sorted(ROWS)), st.integers(0, 12), st.integers(0, 12), st.integers(0, 5), st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_more_reads_never_lower_a_verdict(ident: str, split: int, pairs: int, more: int, also: int) -> None:
    row = ROWS[ident]
    fewer = verdict(row, support=Support(split, pairs))
    richer = verdict(row, support=Support(split + more, pairs + also))
    if split == 0 and pairs == 0 and also and not more:
        return  # pairs without a read across the junction say something that no count does not
    assert RANK[fewer.verdict] <= RANK[richer.verdict]
    if split + pairs < 3:
        assert RANK[fewer.verdict] <= RANK["uncertain"]


def _known() -> Junction:
    return junction(next(row for row in ROWS.values() if row["kind"] == "known partner"), sample="S")


def _as(caller: str, standing: str, words: str | None) -> Junction:
    one = _known()
    return Junction(
        caller, one.five_prime, one.three_prime, one.source, "S", one.assembly, standing=standing, filtered=words  # type: ignore[arg-type]
    )  # fmt: skip


def test_an_event_that_every_caller_rejects_is_rejected_with_their_words() -> None:
    (found,) = assess([_as("arriba", "rejected", "blacklist"), _as("dragen", "rejected", "LOW_SCORE")])
    assert found.verdict == "uncertain"
    assert "rejected_by_caller" in found.reasons
    assert {"arriba rejects it: blacklist", "dragen rejects it: LOW_SCORE"} <= set(found.notes)


@pytest.mark.parametrize("standing", ["accepted", "not_stated"])
def test_one_caller_that_accepts_is_enough_and_what_the_others_say_is_shown(standing: str) -> None:
    said = [_as("arriba", "rejected", "blacklist"), _as("dragen", "doubted", "LOW"), _as("star-fusion", standing, None)]
    for rows in (said, said[::-1]):
        (found,) = assess(rows)
        assert found.verdict == "productive"
        assert "rejected_by_caller" not in found.reasons
        assert {"arriba rejects it: blacklist", "dragen doubts it: LOW"} <= set(found.notes)


def test_a_caller_that_says_no_read_crosses_the_junction_is_believed() -> None:
    one = _known()
    said = Junction(
        "fusioninspector", one.five_prime, one.three_prime, one.source, "S", one.assembly,
        filtered="NO_JUNCTION_READS_IDENTIFIED",
    )  # fmt: skip
    (found,) = assess([said])
    assert found.verdict == "likely_productive"
    assert "junction_not_sequenced" in found.reasons


def test_neighbours_joined_in_rna_are_a_fusion_where_dna_joins_them_too() -> None:
    row = next(row for row in ROWS.values() if row["kind"] == "read-through")
    rna = junction(row, sample="S")
    assert assess([rna])[0].verdict == "uncertain"
    dna = junction(row, sample="S", level="dna", support=Support(split_reads=9))
    both = {found.level: found for found in assess([rna, dna])}
    assert RANK[both["rna"].verdict] > RANK["uncertain"]
    other = junction(row, sample="T", level="dna")
    assert next(v for v in assess([rna, other]) if v.sample == "S").verdict == "uncertain"
    rejected = junction(row, sample="S", level="dna", standing="rejected")
    assert next(v for v in assess([rna, rejected]) if v.level == "rna").verdict == "uncertain"


@pytest.mark.parametrize(("kind", "frame"), [("known partner", "out"), ("out of frame", "in")])
def test_a_laboratory_whose_frame_differs_from_ours_settles_nothing_and_a_caller_is_only_shown(
    kind: str, frame: str
) -> None:
    row = next(row for row in ROWS.values() if row["kind"] == kind)
    assert verdict(row, caller=LABORATORY, frame_by_caller=frame).verdict == "uncertain"
    assert verdict(row, caller="arriba", frame_by_caller=frame).verdict == row["verdict"]


def _exons(partner: str, n: int, ntrk: str, m: int, t5: str | None = None, t3: str | None = None) -> FusionVerdict:
    five, three = Breakpoint(gene=partner, exon=n, transcript=t5), Breakpoint(gene=ntrk, exon=m, transcript=t3)
    (found,) = assess([make(five, three, assembly=None)])
    return found


_KINASES = (("NTRK1", 10), ("NTRK1", 16), ("NTRK3", 15), ("NTRK2", 12))


@pytest.mark.parametrize(("ntrk", "m"), _KINASES)
@pytest.mark.parametrize("n", [2, 4, 5])
@pytest.mark.parametrize("partner", ["ETV6", "LMNA", "TFG"])
def test_exons_without_transcripts_have_the_verdict_on_which_all_numberings_agree(
    partner: str, n: int, ntrk: str, m: int
) -> None:
    known = {
        _exons(partner, n, ntrk, m, t5.accession, t3.accession).verdict
        for t5 in gene(partner).transcripts
        if n < len(t5.exons)
        for t3 in gene(ntrk).transcripts
        if 1 < m <= len(t3.exons)
    }
    found = _exons(partner, n, ntrk, m)
    if len(known) == 1:
        assert {found.verdict} == known
    elif any("numberings differ" in note for note in found.notes):
        assert found.verdict in ("uncertain", "likely_productive", *known)
