"""How often a fusion is found, by the histology before the test: as found, and reckoned for all that were stained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ntrkpath.registry.study.accuracy import NOBODY, NONE_SEQUENCED, Figure, negative_strata
from ntrkpath.registry.study.participants import Participant
from ntrkpath.registry.study.protocol import Protocol
from ntrkpath.registry.study.weighted import Stratum, share
from ntrkpath.rounds.shares import Ratio, ratio

NOTHING_STAINED = "Nothing was stained."


class Frequency(msgspec.Struct, frozen=True, kw_only=True):
    """The frequency in one histology, named as it was before any NTRK test.

    Args:
        stained: Tumours with a readable stain; ``sequenced`` those with a result of sequencing.
        found: Fusions found of those stained: the least there can be, since not every negative was sequenced.
        reckoned: The share of all stained, weighted by the sampling fractions; without it why.
    """

    histology: str
    name: str
    stained: int
    sequenced: int
    found: Ratio
    reckoned: Figure


def frequencies(participants: Iterable[Participant], protocol: Protocol) -> tuple[Frequency, ...]:
    """Return the frequency of all, and of each histology before the test, the commonest first."""
    given = [one for one in participants if one.stain in ("positive", "negative")]
    groups: dict[tuple[str, str], list[Participant]] = {}
    for one in given:
        groups.setdefault((one.histology, one.histology_name), []).append(one)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return (
        _frequency("", "All", given, protocol),
        *(_frequency(histology, name, group, protocol) for (histology, name), group in ordered),
    )


def _frequency(histology: str, name: str, group: Sequence[Participant], protocol: Protocol) -> Frequency:
    fusions = sum(one.sequence == "fusion" for one in group)
    sequenced = sum(one.conclusive for one in group)
    positives = [one for one in group if one.stain == "positive"]
    verified = [one for one in positives if one.conclusive]
    found = sum(one.sequence == "fusion" for one in verified)
    positive = Stratum("positive", len(positives), len(verified), found)
    negatives = [one for one in negative_strata(group, protocol) if one.population]
    why = _why_not(positive, negatives)
    interval = share([one for one in (positive, *negatives) if one.population]) if not why else None
    return Frequency(
        histology=histology, name=name, stained=len(group), sequenced=sequenced, found=ratio(fusions, len(group)),
        reckoned=Figure(interval, f"{fusions} of {sequenced} sequenced", why),
    )  # fmt: skip


def _why_not(positive: Stratum, negatives: Sequence[Stratum]) -> str:
    """Return why the share of all stained cannot be reckoned; empty where it can."""
    bare = [one.name for one in negatives if not one.verified]
    if not positive.population and not negatives:
        return NOTHING_STAINED
    if bare and len(bare) == len(negatives):
        return NONE_SEQUENCED
    if bare:
        return f"Not estimable: of the stained negatives of a stratum none was sequenced ({', '.join(bare)})."
    return NOBODY if positive.population and not positive.verified else ""
