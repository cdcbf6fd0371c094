"""Worklists: what is to be done next with whom, from the protocol and the subjects as they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

import msgspec

from ntrkpath.registry.study.children import growth_due
from ntrkpath.registry.study.participants import Participant
from ntrkpath.registry.study.protocol import Protocol
from ntrkpath.registry.study.review import to_review
from ntrkpath.registry.study.turnaround import overdue

#: The lists, in the order of the way of a tumour, with what each asks for.
LISTS = {
    "to_enrol": "To enrol",
    "to_stain": "To stain",
    "to_read": "Stains to read",
    "to_send": "To send for sequencing",
    "in_sequencing": "Result of sequencing awaited",
    "failed": "Failed, tissue left: to repeat",
    "ask_laboratory": "Result leaves it open: ask the laboratory",
    "exhausted": "Tissue exhausted before an answer",
    "not_returned": "Positive not yet returned to the clinic",
    "overdue": "Overdue",
    "growth_due": "Child under a TRK inhibitor: growth to be examined",
    "to_review": "For central review, blinded",
    "query_open": "Query open",
    "import_waiting": "Imported values to be ruled on",
    "consent_at_majority": "Consent at majority is due",
    "not_readable": "The case cannot be read",
}


class Item(msgspec.Struct, frozen=True):
    """One subject on a list: what is said of it, and since how many days it waits, where that is known."""

    list: str
    site: str
    id: str
    says: str
    days: int | None = None


def worklists(participants: Iterable[Participant], protocol: Protocol, as_of: dt.date) -> dict[str, tuple[Item, ...]]:
    """Return every list by its id, the longest wait first; a withdrawn or erased subject stands on none."""
    active = [one for one in participants if one.subject.status == "active"]
    found: dict[str, list[Item]] = {name: [] for name in LISTS}
    for one in active:
        for name, since, says in _next(one):
            found[name].append(Item(name, one.site, one.id, says, _days(one, since, as_of)))
        for limit in protocol.time_limits:
            over = overdue(one, limit, as_of)
            if over is not None and not one.exhausted and not one.ended:
                found["overdue"].append(Item("overdue", one.site, one.id, f"{limit.says}: {over} days over", over))
        due = growth_due(one, protocol.growth.days, as_of) if protocol.growth is not None else None
        if due is not None:
            found["growth_due"].append(Item("growth_due", one.site, one.id, f"{due} days over", due))
        if one.subject.majority_due(as_of):
            found["consent_at_majority"].append(Item("consent_at_majority", one.site, one.id, "may be of age"))
    # What stands on this list must not tell the reader anything: no words, no days, an order by the draw.
    found["to_review"] = [Item("to_review", one.site, one.id, one.histology) for one in to_review(active, protocol)]
    for name, items in found.items():
        if name != "to_review":
            items.sort(key=lambda item: (-(item.days or 0), item.site, item.id))
    return {name: tuple(items) for name, items in found.items()}


def _days(one: Participant, since: str, as_of: dt.date) -> int | None:
    day = one.day(since) if since else None
    return (as_of - day).days if day is not None and day <= as_of else None


def _next(one: Participant) -> Iterable[tuple[str, str, str]]:
    """Yield each list that one stands on, the step since which it waits, and what is said."""
    for entry in one.subject.open_queries:
        yield "query_open", "", f"{entry.body.about}: {entry.body.text}"
    if one.subject.waiting:
        yield "import_waiting", "", f"{len(one.subject.waiting)} to rule on"
    if one.fault:
        yield "not_readable", "", one.fault
    if one.ended:
        return
    if one.sequence == "fusion" and "returned" not in one.steps:
        yield "not_returned", "reported", _fusion(one)
    if one.sequence == "open":
        yield "ask_laboratory", "reported", one.sequence_level.replace("_", " ")
    if one.fault or one.conclusive or one.sequence == "open":
        return
    wanted = one.stain == "not_done" or one.to_sequence
    if one.exhausted:
        if wanted:
            yield "exhausted", "exhausted", "before the stain" if one.stain == "not_done" else "before sequencing"
        return
    for name, step, says, holds in _WAY:
        if holds(one):
            yield name, step, says(one)
            return


def _fusion(one: Participant) -> str:
    return ", ".join(f"{found.partner or '?'}::{found.gene}" for found in one.fusions) or "NTRK fusion"


def _why_sequence(one: Participant) -> str:
    if one.stain == "negative":
        return f"stain negative, drawn: {one.stratum}"
    return "stain positive" if one.stain == "positive" else "stain cannot be read"


Says = Callable[[Participant], str]
_WAY: tuple[tuple[str, str, Says, Callable[[Participant], bool]], ...] = (
    ("to_enrol", "screened", lambda one: one.histology_name,
     lambda one: one.stain == "not_done" and not set(one.steps) - {"screened"}),
    ("to_stain", "enrolled", lambda one: one.histology_name,
     lambda one: one.stain == "not_done" and "stained" not in one.steps),
    ("to_read", "stained", lambda one: one.histology_name, lambda one: one.stain == "not_done"),
    ("failed", "failed", lambda one: "RNA failed" if one.sequence == "rna_failed" else "sequencing failed",
     lambda one: one.to_sequence and one.sequence in ("rna_failed", "failed")),
    ("in_sequencing", "sent", _why_sequence, lambda one: one.to_sequence and "sent" in one.steps),
    ("to_send", "read", _why_sequence, lambda one: one.to_sequence),
)  # fmt: skip
