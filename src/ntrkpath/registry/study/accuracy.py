"""The stain against sequencing, each sequenced tumour counted for all that it was drawn to stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from ntrkpath.evidence.proportions import Interval, clopper_pearson, need
from ntrkpath.registry.study.participants import Participant
from ntrkpath.registry.study.protocol import Protocol
from ntrkpath.registry.study.weighted import Stratum, part_of_both, share, total

#: Level of each of two intervals that together hold at 95 %.
_HALF = 0.975
NONE_SEQUENCED = "Not estimable: no stained negative was sequenced, so the fusions it missed are not known."
NONE_FOUND = "Not estimable: no fusion was found."
NOBODY = "Not estimable: no stained positive has been sequenced with a result."


class Figure(msgspec.Struct, frozen=True):
    """A share with its interval, or why there is none; ``counts`` says what it rests on."""

    interval: Interval | None
    counts: str
    why: str = ""


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """The stain against sequencing in one set of participants.

    Args:
        name: Which participants: all, or those of a clone or a protocol of staining.
        positives: Stained positives, those sequenced with a result, and those with a fusion.
        strata: Stained negatives by stratum: all, those drawn and sequenced with a result, and those with a fusion.
        uncovered: Strata with negatives of which none was sequenced; they are in no figure, nor are their positives.
        prevalence: The share with a fusion in the strata covered, at which the predictive values hold.
        outside_draw: Stained negatives that were sequenced without being drawn, and those of them with a fusion; they
            carry no weight, since why they were sequenced is not known.
    """

    name: str
    positives: Stratum
    strata: tuple[Stratum, ...]
    uncovered: tuple[str, ...]
    sensitivity: Figure
    specificity: Figure
    positive_predictive: Figure
    negative_predictive: Figure
    prevalence: Figure
    outside_draw: tuple[int, int]


def accuracy(participants: Iterable[Participant], protocol: Protocol, name: str = "all") -> Accuracy:
    """Return the stain against sequencing, weighted by the sampling fractions that were reached."""
    given = [one for one in participants if one.stain in ("positive", "negative")]
    negatives = negative_strata(given, protocol)
    uncovered = tuple(one.name for one in negatives if one.population and not one.verified)
    covered = tuple(one for one in negatives if one.name not in uncovered)
    positives = _stratum("positive", [one for one in given if one.stain == "positive"])
    inside = _stratum("positive", [o for o in given if o.stain == "positive" and o.stratum not in uncovered])
    outside = [one for one in given if one.stain == "negative" and not one.drawn and one.conclusive]
    return Accuracy(
        name=name,
        positives=positives,
        strata=negatives,
        uncovered=uncovered,
        outside_draw=(len(outside), sum(one.sequence == "fusion" for one in outside)),
        **_figures(positives, inside, covered),
    )


def _figures(positives: Stratum, inside: Stratum, covered: Sequence[Stratum]) -> dict[str, Figure]:
    drawn, missed = sum(one.verified for one in covered), sum(one.found for one in covered)
    found = f"{inside.found} of {inside.verified} sequenced positives, {missed} of {drawn} sequenced negatives"
    predictive = Figure(
        clopper_pearson(positives.found, positives.verified) if positives.verified else None,
        f"{positives.found} of {positives.verified}", "" if positives.verified else NOBODY,
    )  # fmt: skip
    if not drawn:
        none = Figure(None, found, NONE_SEQUENCED)
        return {"sensitivity": none, "specificity": none, "positive_predictive": predictive,
                "negative_predictive": none, "prevalence": none}  # fmt: skip
    stained = [inside] if inside.population else []
    if inside.population and not inside.verified:
        none = Figure(None, found, NOBODY)
        sensitivity = specificity = prevalence = none
    else:
        with_fusion = part_of_both(stained, covered)
        sensitivity = Figure(with_fusion, found, "" if with_fusion else NONE_FOUND)
        specificity = Figure(_specificity(stained, covered), found)
        prevalence = Figure(share([*stained, *covered]), found)
    missing = share(covered)
    negative = None if missing is None else Interval(1 - missing.estimate, 1 - missing.high, 1 - missing.low)
    return {"sensitivity": sensitivity, "specificity": specificity, "positive_predictive": predictive,
            "negative_predictive": Figure(negative, f"{missed} of {drawn} with a fusion"),
            "prevalence": prevalence}  # fmt: skip


def _specificity(stained: Sequence[Stratum], covered: Sequence[Stratum]) -> Interval | None:
    """Return the share of tumours without a fusion that stain negative; ``None`` where none is without one.

    The exact interval of the share at half the error, at either end of the interval of the missed fusions at the other
    half: together they hold at least as often as one would.
    """
    negatives = sum(one.population for one in covered)
    missed = total(covered, _HALF)
    weight = stained[0].weight if stained else 1.0
    false = sum(one.verified - one.found for one in stained)
    true = negatives - missed.estimate
    if true + false * weight <= 0:
        return None
    low = 1 - _end(false, max(0.0, negatives - missed.high) / weight, upper=True)
    high = 1 - _end(false, (negatives - missed.low) / weight, upper=False)
    return Interval(true / (true + false * weight), low, high)


def _end(false: int, true: float, *, upper: bool) -> float:
    """Return an end of the exact interval of ``false`` in ``false + true``, where ``true`` need not be whole."""
    special, alpha = need("scipy.special"), (1 - _HALF) / 2
    if upper:
        return float(special.betaincinv(false + 1, true, 1 - alpha)) if true else 1.0
    return float(special.betaincinv(false, true + 1, alpha)) if false else 0.0


def negative_strata(participants: Iterable[Participant], protocol: Protocol) -> tuple[Stratum, ...]:
    """Return the stained negatives of each stratum of the protocol: all, drawn with a result, with a fusion."""
    groups: dict[str, list[Participant]] = {one.id: [] for one in protocol.negatives.strata}
    for one in participants:
        if one.stain == "negative":
            groups[one.stratum].append(one)
    return tuple(_stratum(name, group, drawn=True) for name, group in groups.items())


def _stratum(name: str, group: Sequence[Participant], *, drawn: bool = False) -> Stratum:
    verified = [one for one in group if one.conclusive and (one.drawn or not drawn)]
    return Stratum(name, len(group), len(verified), sum(one.sequence == "fusion" for one in verified))


def weights(participants: Iterable[Participant], protocol: Protocol) -> dict[tuple[str, str], float]:
    """Return how many stained tumours each verified one stands for, by site and pseudonym.

    They sum to the stained tumours of all strata of which at least one was verified.
    """
    given = [one for one in participants if one.stain in ("positive", "negative")]
    by_stratum = {one.name: one for one in negative_strata(given, protocol)}
    positives = _stratum("positive", [one for one in given if one.stain == "positive"])
    return {
        (one.site, one.id): positives.weight if one.stain == "positive" else by_stratum[one.stratum].weight
        for one in given
        if one.conclusive and (one.stain == "positive" or one.drawn)
    }


def by_trait(
    participants: Iterable[Participant], protocol: Protocol, trait: Callable[[Participant], str | None]
) -> tuple[Accuracy, ...]:
    """Return the stain against sequencing in each group of a trait, as the clone; without the trait is no group."""
    groups: dict[str, list[Participant]] = {}
    for one in participants:
        name = trait(one)
        if name:
            groups.setdefault(name, []).append(one)
    return tuple(accuracy(group, protocol, name) for name, group in sorted(groups.items()))
