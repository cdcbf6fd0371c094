"""Whether a named event is the reference of a sample: same junction, same pair, written otherwise, or another."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from ntrkpath.fusion.numbering import readings
from ntrkpath.rounds.event_name import Event, gene

#: How near an event is to the reference; of several events that a laboratory names the nearest counts.
NEAREST = (
    "same_junction",
    "same_other_numbering",
    "same_pair",
    "reversed_order",
    "other_junction",
    "partner_not_named",
    "reciprocal_only",
    "partner_differs",
    "gene_differs",
    "unreadable_name",
    "no_ntrk",
    "none_named",
)


class Recognised(msgspec.Struct, frozen=True):
    """What a named event is to the reference (a level of ``event_named``), and why in one sentence."""

    level: str
    why: str


@lru_cache(maxsize=65536)
def recognise(named: Event, reference: Event | None) -> Recognised:
    """Return what ``named`` is to ``reference``; without a reference only whether an NTRK gene is in it."""
    if named.ntrk is None:
        return Recognised("no_ntrk", f"{named.name} holds no NTRK gene")
    if reference is None:
        return Recognised("gene_differs", f"{named.name} is named, and the sample holds no NTRK fusion")
    if named.ntrk != reference.ntrk:
        return Recognised("gene_differs", f"{named.ntrk} is named, the sample holds {reference.ntrk}")
    if named.partner is None:
        return Recognised("partner_not_named", f"{named.ntrk} is named without a partner")
    if named.partner != reference.partner:
        return Recognised("partner_differs", f"{named.partner} is named, the partner is {reference.partner}")
    if (named.five, named.three) != (reference.five, reference.three):
        return _swapped(named, reference)
    if not named.five_at:
        return Recognised("same_pair", f"{named.name} without exons")
    if not reference.five_at:
        return Recognised("same_pair", "the reference is known by its genes only")
    return _junction(named, reference)


def _junction(named: Event, reference: Event) -> Recognised:
    at = reference.five_at[0], reference.three_at[0]
    if (named.five_at[0], named.three_at[0]) == at:
        return Recognised("same_junction", "the same exon boundaries on both sides")
    if at[0] in named.five_at and at[1] in named.three_at:
        return Recognised("same_other_numbering", "the same exon boundaries, numbered on another transcript")
    return Recognised("other_junction", "the exons named are those of the reference on no transcript")


def _swapped(named: Event, reference: Event) -> Recognised:
    """Return what a name with the two genes exchanged means: written in reverse, or the reciprocal event."""
    if named.exons is None or reference.five is None or reference.three is None:
        if named.five_at:
            return Recognised("reciprocal_only", f"{named.name} by its transcripts: the reciprocal event")
        why = "the same pair written NTRK first; no exons, which would tell it from the reciprocal event"
        return Recognised("reversed_order", why)
    first = {choice.position for choice in readings(gene(reference.five), named.exons[1], "five_prime")}
    second = {choice.position for choice in readings(gene(reference.three), named.exons[0], "three_prime")}
    if not reference.five_at:
        return Recognised("reversed_order", "the same pair written NTRK first; the reference has no exons to compare")
    if reference.five_at[0] in first and reference.three_at[0] in second:
        return Recognised("reversed_order", "the exons are those of the reference, written NTRK first")
    return Recognised("reciprocal_only", f"{named.name} with these exons is the reciprocal event")
