"""Several callers on one sample: readings of the same event are one verdict, and names alone join what they fit."""

from __future__ import annotations

from collections.abc import Iterable

from ntrkpath.fusion.decision import Thresholds
from ntrkpath.fusion.junction import Reading
from ntrkpath.fusion.verdict import verdict_of
from ntrkpath.model.fusion import FusionVerdict, Junction

Events = dict[tuple[object, ...], list[Reading]]


def collect(readings: Iterable[Reading]) -> Events:
    """Return readings by event; equal keys are the same event, so that merging is associative."""
    events: Events = {}
    for reading in readings:
        events.setdefault(reading.key, []).append(reading)
    return events


def merge(left: Events, right: Events) -> Events:
    """Return the events of both sides."""
    events = {key: list(found) for key, found in left.items()}
    for key, found in right.items():
        events.setdefault(key, []).extend(found)
    return events


def verdicts(events: Events, thresholds: Thresholds) -> list[FusionVerdict]:
    """Return one verdict per event, in an order that depends on the events alone.

    A junction without breakpoints says the same as every located event of its genes, level and sample, and joins
    these; it stands alone where there is none. The opposite order of two genes in one sample is a reciprocal pair.
    """
    pairs = {(key[0], key[2], key[3]) for key in events}
    dna = {
        (key[0], key[2], key[3])
        for key, found in events.items()
        if key[1] == "dna" and key[9] == "sense" and any(r.junction.standing != "rejected" for r in found)
    }
    joined = _join_names(events)
    made = []
    for key in sorted(events) if len(events) > 1 else events:
        also = joined.get(key, [])
        if also is not None:
            mate = key[10] == "five_prime" and key[2] != key[3] and (key[0], key[3], key[2]) in pairs
            in_dna = bool(dna) and key[1] == "rna" and (key[0], key[2], key[3]) in dna
            made.append(verdict_of(events[key], also, mate, thresholds, in_dna))
    return made


def _join_names(events: Events) -> dict[tuple[object, ...], list[Junction] | None]:
    """Return what joins each event, and ``None`` for an event that joined others."""
    joined: dict[tuple[object, ...], list[Junction] | None] = {}
    unlocated = [key for key in events if key[11] == "not_given" and not key[4] and not key[5]]
    if not unlocated:
        return joined
    located: dict[tuple[object, ...], list[tuple[object, ...]]] = {}
    alone = set(unlocated)
    for key in events:
        if key not in alone:
            located.setdefault((key[0], key[1], frozenset(key[2:4])), []).append(key)
    for key in unlocated:
        hosts = located.get((key[0], key[1], frozenset(key[2:4])), ())
        hosts = [host for host in hosts if host[2] == key[2] or key[10] == "unknown"]
        for host in hosts:
            found = joined.setdefault(host, [])
            assert found is not None
            found.extend(r.junction for r in events[key])
        if hosts:
            joined[key] = None
    return joined
