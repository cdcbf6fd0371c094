"""What panels can see of known events, chosen by name: the answer to a buyer's question."""

from __future__ import annotations

from collections.abc import Iterable

from ntrkpath.model.errors import RoundError
from ntrkpath.rounds.design import Designs, shipped_designs
from ntrkpath.rounds.event_name import read_event
from ntrkpath.rounds.known_events import KnownEvent, known_events
from ntrkpath.rounds.sight import Seen, panel_table


def coverage(
    events: Iterable[str] = (), panels: Iterable[str] = (), designs: Designs | None = None
) -> tuple[Seen, ...]:
    """Return what panels can see of events; all known ones where none are named.

    Args:
        events: Names of events; one that is not known is looked at all the same.
        panels: Names of panels.
        designs: The panels; by default those that ship with the product.

    Raises:
        RoundError: A name is no NTRK event, or no panel that is known.
    """
    known = designs or shipped_designs()
    chosen = []
    for name in panels:
        design = known.find(name)
        if design is None:
            near = known.nearest(name) or [one.name for one in known.all[:6]]
            raise RoundError("no such panel", where="--panel", value=name, allowed=near)
        chosen.append(design)
    wanted: list[KnownEvent] = []
    for name in events:
        event = read_event(name)
        if event.ntrk is None:
            raise RoundError("no NTRK event", where="--event", value=name, allowed="a fusion of NTRK1, NTRK2 or NTRK3")
        same = [one for one in known_events() if one.event.name == event.name and not event.five_at]
        wanted += same or [KnownEvent(event, "as given", "as given")]
    return panel_table(known.only(chosen) if chosen else known, wanted or known_events())
