"""However a laboratory writes an event, it is recognised as the reference or not, and it is said why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.fusion import assess
from ntrkpath.model.errors import RoundError
from ntrkpath.model.fusion import Breakpoint, Junction, Source
from ntrkpath.rounds.event_name import read_event
from ntrkpath.rounds.known_events import known_events
from ntrkpath.rounds.recognised import NEAREST, recognise
from ntrkpath.rounds.tables import facts

REFERENCE = read_event("NM_001987.5(ETV6):e.5::NM_002530.4(NTRK3):e.15")


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("ETV6::NTRK3", "same_pair"),
        ("ETV6-NTRK3", "same_pair"),
        ("etv6/ntrk3 fusion", "same_pair"),
        ("ETV6–NTRK3", "same_pair"),
        ("ETV6:NTRK3", "same_pair"),
        ("TEL-TRKC", "same_pair"),
        ("TEL::NTRK3 rearrangement", "same_pair"),
        ("ETV6 e5::NTRK3 e15", "same_junction"),
        ("ETV6(ex5)-NTRK3(ex15)", "same_junction"),
        ("ETV6 exon 5 to NTRK3 exon 15", "same_junction"),
        ("ETV6-NTRK3 (E5;N15)", "same_junction"),
        ("ETV6::NTRK3 E5:E15", "same_junction"),
        ("NM_001987.4(ETV6):e.1_5::NM_001012338.2(NTRK3):e.15_20", "same_junction"),
        ("ETV6 e5::NTRK3 e14", "same_other_numbering"),
        ("NM_001987.5(ETV6):e.5::ENST00000629765.2(NTRK3):e.13", "same_junction"),
        ("NTRK3-ETV6", "reversed_order"),
        ("NTRK3 e15-ETV6 e5", "reversed_order"),
        ("NTRK3 e14::ETV6 e6", "reciprocal_only"),
        ("ETV6 e4::NTRK3 e14", "other_junction"),
        ("NM_001987.5(ETV6):e.5+40::NM_002530.4(NTRK3):e.15", "other_junction"),
        ("NTRK3 fusion", "partner_not_named"),
        ("?::NTRK3", "partner_not_named"),
        ("unknown::NTRK3", "partner_not_named"),
        ("EML4::NTRK3", "partner_differs"),
        ("ETV6::NTRK2", "gene_differs"),
        ("TPM3-NTRK1", "gene_differs"),
        ("EML4-ALK", "no_ntrk"),
    ],
)
def test_a_name_is_held_against_the_reference(written: str, level: str) -> None:
    found = recognise(read_event(written), REFERENCE)
    assert found.level == level
    assert found.why


def test_the_hgvs_and_vicc_names_that_our_core_gives_are_the_same_junction() -> None:
    sides = (
        Breakpoint(gene="ETV6", chromosome="12", position=11869969),
        Breakpoint(gene="NTRK3", chromosome="15", position=87940753),
    )
    verdict = assess([Junction("x", *sides, Source("x"), assembly="GRCh38")])[0]
    for name in (verdict.hgvs_name, verdict.vicc_name):
        assert name is not None
        assert recognise(read_event(name), REFERENCE).level == "same_junction"


@pytest.mark.parametrize(
    ("written", "nearest"), [("EVT6-NTRK3", "ETV6"), ("NTRKK3", "NTRK3"), ("ETV6::NTKR3", "NTRK3")]
)
def test_a_misspelt_gene_is_an_error_with_the_nearest(written: str, nearest: str) -> None:
    with pytest.raises(RoundError) as error:
        read_event(written)
    assert nearest in error.value.allowed


@pytest.mark.parametrize(
    "written", ["", "  ", "t(12;15)", "rubbish text here", "ETV6 e55::NTRK3 e15", "ETV6 e0::NTRK3 e15", "x" * 500, "::"]
)
def test_what_is_no_name_of_an_event_is_refused_and_never_guessed(written: str) -> None:
    with pytest.raises(RoundError):
        read_event(written)


@given(st.text(max_size=60))
def test_any_text_is_an_event_or_a_clear_error(text: str) -> None:
    try:
        found = read_event(text)
    except RoundError:
        return
    assert found.five or found.three
    assert recognise(found, REFERENCE).level in NEAREST


def test_every_known_event_is_itself() -> None:
    for known in known_events():
        event = known.event
        if event.ntrk is None:
            continue
        found = recognise(event, event)
        assert found.level in ("same_junction", "same_pair"), event.text


def test_the_order_of_nearness_names_every_level_once() -> None:
    assert sorted(NEAREST) == sorted(facts()["event_named"].levels)
