"""What panels can see: from designs that were read in a source, and from nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.model.errors import RoundError
from ntrkpath.rounds.coverage import coverage
from ntrkpath.rounds.design import Cell, Design, Designs, read_designs, shipped_designs
from ntrkpath.rounds.event_name import read_event
from ntrkpath.rounds.known_events import known_events
from ntrkpath.rounds.sight import panel_table, see

DESIGNS = shipped_designs()
ALL = panel_table(DESIGNS, known_events())


def call(panel: str, event: str) -> tuple[str, str]:
    design = DESIGNS.find(panel)
    assert design is not None
    found = see(design, read_event(event), DESIGNS)
    return found.call, found.gap


@pytest.mark.parametrize("panel", ["Oncomine Focus", "OFA", "oncomine comprehensive v3", "OCAv3"])
@pytest.mark.parametrize("event", ["WNK2::NTRK2", "STRN3::NTRK2"])
def test_the_partners_that_ten_laboratories_missed_are_not_on_the_panel(panel: str, event: str) -> None:
    assert call(panel, event) == ("not_seen", "partner")


@pytest.mark.parametrize("event", ["WNK2::NTRK2", "LMNA::NTRK1", "ETV6 e5::NTRK3 e15", "NEVER1::NTRK3"])
def test_an_open_design_sees_any_partner(event: str) -> None:
    if event.startswith("NEVER1"):
        with pytest.raises(RoundError):
            read_event(event)
        return
    assert call("FusionPlex Lung v2", event) == ("seen", "none")


def test_a_gene_that_is_not_on_the_panel_is_not_seen_unless_the_partner_may_show_it() -> None:
    assert call("Mayo Sarcoma Targeted Gene Fusion Panel (SARCP)", "WNK2::NTRK2") == ("not_seen", "gene")
    assert call("Mayo Sarcoma Targeted Gene Fusion Panel (SARCP)", "TPM4::NTRK2")[0] == "cannot_tell"


def test_dna_without_introns_does_not_see_what_breaks_in_them() -> None:
    assert call("FoundationOne CDx", "EML4::NTRK3") == ("not_seen", "introns")
    assert call("FoundationOne CDx", "NM_001987.5(ETV6):e.6::NM_002530.4(NTRK3):e.15") == ("seen", "none")
    assert call("FoundationOne CDx", "NM_001987.5(ETV6):e.5::NM_002530.4(NTRK3):e.15")[0] == "cannot_tell"
    assert call("FoundationOne CDx", "ETV6::NTRK3")[0] == "cannot_tell"
    assert call("FoundationOne CDx", "NM_001987.5(ETV6):e.4::NM_002530.4(NTRK3):e.15") == ("not_seen", "introns")


@pytest.mark.parametrize(
    "panel",
    ["FusionPlex Sarcoma (v1)", "MSK-Fusion (Solid)", "TruSight RNA Fusion", "FoundationOne Heme", "OncoDEEP"],
)
def test_a_design_that_nobody_read_tells_nothing(panel: str) -> None:
    for event in ("ETV6::NTRK3", "WNK2::NTRK2", "TPM3 e8::NTRK1 e10"):
        assert call(panel, event) == ("cannot_tell", "not_known")


def test_every_cell_that_decides_names_where_it_was_read() -> None:
    assert len(ALL) == len(known_events()) * len(DESIGNS.all)
    for one in ALL:
        if one.sight.call != "cannot_tell":
            assert one.sight.sources, (one.panel.name, one.event.event.name)
            assert all(source.strip() for source in one.sight.sources)
        assert (one.sight.gap in ("gene", "partner", "junction", "introns")) == (one.sight.call == "not_seen")
        assert one.sight.rule.startswith("SIGHT-")


def test_a_cell_without_a_source_is_refused() -> None:
    panel = {"id": "x", "name": "X", "method": "rna_mps", "genes": {"NTRK1": {"cover": "open", "source": " "}}}
    with pytest.raises(RoundError, match="without a source"):
        read_designs({"panels": [panel]}, "panels.yaml")
    del panel["genes"]["NTRK1"]["source"]
    with pytest.raises(RoundError, match="source"):
        read_designs({"panels": [panel]}, "panels.yaml")
    with pytest.raises(RoundError, match="NTRK gene"):
        read_designs({"panels": [{**panel, "genes": {"ALK": {"cover": "open", "source": "s"}}}]}, "panels.yaml")


@given(
    cover=st.sampled_from(["open", "targeted", "listed", "imbalance", "regions", "exons_only", "absent", None]),
    event=st.sampled_from([known.event for known in known_events() if known.event.ntrk]),
)
def test_reading_more_of_a_design_never_turns_seen_into_not_seen(cover: str | None, event: object) -> None:
    """A partner that is covered for any other gene is seen, whatever was read of the NTRK gene."""
    genes = {event.ntrk: Cell(cover, "s")} if cover else {}  # type: ignore[attr-defined, arg-type]
    design = Design(id="x", name="X", method="rna_mps", genes=genes)
    open_ = Design(
        id="x",
        name="X",
        method="rna_mps",
        genes=genes,
        partners={event.partner or "": Cell("open", "s")},  # type: ignore[attr-defined]
    )
    designs = Designs((design,), {})
    assert see(open_, event, designs).call == "seen"  # type: ignore[arg-type]
    if see(design, event, designs).call == "not_seen":  # type: ignore[arg-type]
        assert cover is not None


def test_a_buyer_may_ask_for_one_event_or_one_panel() -> None:
    assert len(coverage(["WNK2::NTRK2"], ["Oncomine Focus"])) == 1
    assert len(coverage(["KANK1::NTRK2"])) == len(DESIGNS.all)
    with pytest.raises(RoundError) as error:
        coverage([], ["Oncomin Focus"])
    assert "Oncomine Focus" in error.value.allowed
    with pytest.raises(RoundError):
        coverage(["EML4::ALK"])


def test_a_round_may_bring_designs_of_its_own() -> None:
    own = read_designs(
        {
            "sources": {"kit": "kit sheet of 2026"},
            "panels": [
                {
                    "id": "fusionplex-sarcoma-v1", "name": "FusionPlex Sarcoma (v1)", "method": "rna_mps",
                    "genes": {"NTRK3": {"cover": "open", "source": "kit"}},
                }
            ],
        },
        "panels.yaml",
    )  # fmt: skip
    both = DESIGNS.with_own(own)
    design = both.find("FusionPlex Sarcoma (v1)")
    assert design is not None
    found = see(design, read_event("ETV6::NTRK3"), both)
    assert (found.call, found.sources) == ("seen", ("kit sheet of 2026",))
    assert len(both.all) == len(DESIGNS.all)
