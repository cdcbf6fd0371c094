"""How often a fusion is found, by the histology before the test: as found, and reckoned for all that were stained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ntrkpath.registry.study.accuracy import NOBODY, NONE_SEQUENCED, Figure, negative_strata
from ntrkpath.registry.study.participants import Participant
from ntrkpath.registry.study.protocol import Protocol
from ntrkpath.registry.study.weighted import Stratum, share
from ntrkpath.rounds.shares import Ratio, ratio


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
    positives = [one for one in group if one.stain == "positive"]
    verified = [one for one in positives if one.conclusive]
    strata = [one for one in negative_strata(group, protocol) if one.population]
    sequenced = sum(one.conclusive for one in group)
    why = ""
    if any(not one.verified for one in strata):
        bare = ", ".join(one.name for one in strata if not one.verified)
        why = NONE_SEQUENCED if all(not one.verified for one in strata) else (
            f"Not estimable: of the stained negatives of a stratum none was sequenced ({bare})."
        )  # fmt: skip
    elif positives and not verified:
        why = NOBODY
    if positives:
        found = sum(one.sequence == "fusion" for one in verified)
        strata.insert(0, Stratum("positive", len(positives), len(verified), found))
    counts = f"{fusions} of {sequenced} sequenced"
    interval = share(strata) if strata and not why else None
    return Frequency(
        histology=histology, name=name, stained=len(group), sequenced=sequenced, found=ratio(fusions, len(group)),
        reckoned=Figure(interval, counts, why or ("" if interval else "Nothing was stained.")),
    )  # fmt: skip
