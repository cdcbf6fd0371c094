"""NTRK fusions beside other drivers (P3-2): how often both are found, and what became of those patients."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.registry.study.participants import Participant
from ntrkpath.registry.study.treatment import Outcome, outcome
from ntrkpath.rounds.shares import Ratio, ratio


class Beside(msgspec.Struct, frozen=True):
    """One tumour with an NTRK fusion and another driver."""

    fusions: tuple[str, ...]
    drivers: tuple[str, ...]
    histology: str
    outcome: Outcome


class OtherDrivers(msgspec.Struct, frozen=True):
    """Tumours with a fusion in which another driver was looked for, and those in which one was found.

    Args:
        not_looked_for: Tumours with a fusion of which nobody says whether another driver is there; they count as
            neither.
    """

    found: Ratio
    not_looked_for: int
    tumours: tuple[Beside, ...]


def other_drivers_beside(participants: Iterable[Participant], edition: Edition) -> OtherDrivers:
    """Return how often another driver stands beside an NTRK fusion, and what became of each."""
    fused = [one for one in participants if one.sequence == "fusion"]
    looked = [one for one in fused if one.drivers is not None]
    both = [one for one in looked if one.drivers]
    return OtherDrivers(
        ratio(len(both), len(looked)),
        len(fused) - len(looked),
        tuple(
            Beside(
                tuple(f"{f.partner or '?'}::{f.gene}" for f in one.fusions), one.drivers or (), one.histology_name,
                outcome(one, edition),
            )
            for one in both
        ),
    )  # fmt: skip
