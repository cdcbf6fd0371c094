"""Every NTRK event that is known: the partners of the guidance's edition, and those of comparisons and test menus."""

from __future__ import annotations

from functools import cache

import msgspec

from ntrkpath.guidance import load
from ntrkpath.model.errors import RoundError
from ntrkpath.rounds.event_name import Event, read_event
from ntrkpath.rounds.knowledge import knowledge


class KnownEvent(msgspec.Struct, frozen=True):
    """A fusion that was reported: its event, where it was seen, and the source of that."""

    event: Event
    context: str
    source: str

    @property
    def exons(self) -> str:
        """The exons as the source prints them, or ``""``."""
        return f"e{self.event.exons[0]}::e{self.event.exons[1]}" if self.event.exons else ""


@cache
def known_events(edition: str = "wsn2020") -> tuple[KnownEvent, ...]:
    """Return the known events in the order of the NTRK genes and partners; those with NTRK first are no targets."""
    data = load(edition).data["partners"]
    entries = [*data["partners"], *knowledge("events")]
    found = []
    for entry in entries:
        exons = entry.get("exon_five_prime"), entry.get("exon_three_prime")
        numbered = all(isinstance(exon, int) for exon in exons)
        five, three = entry["five_prime"], entry["three_prime"]
        name = f"{five} e{exons[0]}::{three} e{exons[1]}" if numbered else f"{five}::{three}"
        try:
            event = read_event(name)
        except RoundError:
            event = Event(name, five, three)
        source = entry["source"] if isinstance(entry["source"], str) else ", ".join(entry["source"])
        found.append(KnownEvent(event, entry["context"], source))
    return tuple(sorted(found, key=lambda known: (known.event.ntrk or "", known.event.name)))
