"""Quality of material: what harms tissue, and how often sequencing then fails; RNA failure is a class of its own."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ntrkpath.registry.study.participants import Participant
from ntrkpath.rounds.shares import Ratio, ratio


class MaterialGroup(msgspec.Struct, frozen=True):
    """Tumours of one kind of material: stains that could not be read, RNA that failed, other failures."""

    material: str
    not_readable: Ratio
    rna_failed: Ratio
    failed: Ratio


class Material(msgspec.Struct, frozen=True):
    """Quality by decalcification; ``not_stated`` is a group of its own. ``exhausted``: tumours without tissue left."""

    groups: tuple[MaterialGroup, ...]
    exhausted: int
    failures: dict[str, int]


_SAID = {"yes": "decalcified", "no": "not decalcified"}


def material(participants: Iterable[Participant]) -> Material:
    """Return the quality of material of all participants."""
    given = list(participants)
    groups: dict[str, list[Participant]] = {"decalcified": [], "not decalcified": [], "not stated": []}
    for one in given:
        groups[_SAID.get(one.traits.get("decalcified", ""), "not stated")].append(one)
    failures: dict[str, int] = {}
    for one in given:
        for entry in one.subject.screening:
            if entry.body.step == "failed":
                name = entry.body.failure or "unknown"
                failures[name] = failures.get(name, 0) + 1
    return Material(
        tuple(_group(name, group) for name, group in groups.items()),
        sum(one.exhausted for one in given),
        dict(sorted(failures.items())),
    )


def _group(name: str, group: list[Participant]) -> MaterialGroup:
    stained = [one for one in group if one.stain != "not_done"]
    sequenced = [one for one in group if one.sequence != "not_done"]
    return MaterialGroup(
        name,
        ratio(sum(one.stain == "not_readable" for one in stained), len(stained)),
        ratio(sum(one.sequence == "rna_failed" for one in sequenced), len(sequenced)),
        ratio(sum(one.sequence == "failed" for one in sequenced), len(sequenced)),
    )
