"""What a panel can see of an event: seen, not seen or cannot tell, with the rule, the source and the gap."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, cast

import msgspec

from ntrkpath.fusion.locus import NTRK
from ntrkpath.fusion.site import Role
from ntrkpath.rounds.design import Cell, Design, Designs
from ntrkpath.rounds.event_name import Event, atlas
from ntrkpath.rounds.known_events import KnownEvent
from ntrkpath.rounds.tables import decide
from ntrkpath.rules import Row

Call = Literal["seen", "not_seen", "cannot_tell"]


class Sight(msgspec.Struct, frozen=True):
    """Whether an event can be seen.

    Args:
        gap: What the design lacks (``gene``, ``partner``, ``junction``, ``introns``), or ``none`` or ``not_known``.
        why: What the rule says, with what was read of the design.
        sources: Where the cells that decide were read.
    """

    call: Call
    gap: str
    rule: str
    why: str
    sources: tuple[str, ...] = ()


#: Of an assay whose design is not known at all.
UNREAD = Sight("cannot_tell", "not_known", "SIGHT-17", "No design of this panel was read: ask for the kit sheet.")


def see(design: Design, event: Event, designs: Designs) -> Sight:
    """Return what a panel can see of an event that holds an NTRK gene."""
    levels, cells = _levels(design, event)
    row = decide("panel_sight", levels)
    sources = tuple(dict.fromkeys(designs.source(cell.source) for cell in cells))
    return Sight(cast("Call", row.sets["sight"]), row.sets["design_gap"], row.id, _why(row, event), sources)


def _levels(design: Design, event: Event) -> tuple[dict[str, str], list[Cell]]:
    ntrk, partner = event.ntrk or "", event.partner
    gene = design.genes.get(ntrk)
    other = design.partners.get(partner or "")
    pair = design.pairs.get(event.name)
    ntrk_is_three = event.three == ntrk
    at_ntrk, at_partner = (event.three_at, event.five_at) if ntrk_is_three else (event.five_at, event.three_at)
    roles: tuple[Role, Role] = ("three_prime", "five_prime") if ntrk_is_three else ("five_prime", "three_prime")
    levels = {
        "pair_stands": pair.stands if pair is not None else "not_read",
        "gene_cover": gene.cover if gene is not None else "not_read",
        "ntrk_break": _broken(gene, ntrk, at_ntrk, roles[0]),
        "partner_cover": "not_read",
    }
    if other is not None:
        broken = _broken(other, partner or "", at_partner, roles[1])
        levels["partner_cover"] = {"open": "open", "regions": broken.replace("not_known", "not_read")}.get(
            other.cover, "not_read"
        )
    elif design.whole_list and partner is not None and partner not in {*NTRK, *design.targets}:
        levels["partner_cover"] = "absent"
    cells = [Cell("open", pair.source)] if pair is not None else [c for c in (gene, other) if c is not None]
    return levels, cells


def _why(row: Row, event: Event) -> str:
    return f"{event.name}: {row.says[0].lower()}{row.says[1:]}" if row.says else event.name


def _broken(cell: Cell | None, symbol: str, at: tuple[int, ...], role: Role) -> str:
    """Return where the break lies against the introns of a cell, over every numbering that the design may mean."""
    if cell is None or cell.cover != "regions" or not (cell.introns or cell.partly) or not at:
        return "not_known"
    introns = {number for position in at for number in _introns(symbol, position, role, cell.transcript)}
    said = {
        "inside" if number in cell.introns else "inside_partly" if number in cell.partly else "outside"
        for number in introns
    }
    if said == {"inside", "inside_partly"}:
        return "inside_partly"
    return said.pop() if len(said) == 1 else "not_known"


@lru_cache(maxsize=4096)
def _introns(symbol: str, position: int, role: Role, transcript: str | None) -> frozenset[int]:
    """Return the numbers of the intron in which DNA breaks where RNA joins at an exon boundary."""
    found = set()
    for gene in atlas().annotation.named(symbol):
        chosen = gene.transcript(transcript) if transcript is not None else None
        for one in [chosen] if chosen is not None else gene.transcripts:
            for exon in range(1, len(one.exons) + 1):
                at = one.last_base(exon) if role == "five_prime" else one.first_base(exon)
                if at == position:
                    found.add(exon if role == "five_prime" else exon - 1)
    return frozenset(found)


def dna_breaks(event: Event) -> str:
    """Return the introns in which DNA breaks, in every numbering, for an event known by its exons; else ``""``."""
    if not event.five_at or not event.three_at:
        return ""
    sides = []
    for symbol, at, role in (
        (event.five, event.five_at[0], "five_prime"),
        (event.three, event.three_at[0], "three_prime"),
    ):
        numbers = sorted(_introns(symbol or "", at, role, None))
        sides.append(f"{symbol} intron {' or '.join(map(str, numbers))}" if numbers else f"{symbol} intron not known")
    return "::".join(sides)


class Seen(msgspec.Struct, frozen=True):
    """One cell of the table of events by panels."""

    event: KnownEvent
    panel: Design
    sight: Sight


def panel_table(designs: Designs, events: Iterable[KnownEvent]) -> tuple[Seen, ...]:
    """Return what every panel can see of every event, panels within events."""
    return tuple(Seen(known, design, see(design, known.event, designs)) for known in events for design in designs.all)
