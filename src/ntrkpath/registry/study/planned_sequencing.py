"""How many stained negatives to sequence, and from which strata, to show that the stain finds so many of the fusions.

At a prevalence of 0.7 % hundreds of negatives drawn from all alike hold less than one missed fusion. A plan therefore
names its scope: the strata of which the sensitivity is shown, from those where fusions are most frequent on, up to all.
A stratum that is left out is not covered by the figure, and nothing in a plan says that the stain does well there.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.evidence.proportions import LEVEL, need
from ntrkpath.model.errors import EvidenceError
from ntrkpath.registry.study.planned_screening import ASSURANCE, check_share
from ntrkpath.registry.study.weighted import lower_share

_DRAWS = 4_000
_SEED = 17
#: Negatives are spread over strata in proportion to their number times this power of the share missed: 0 draws from all
#: alike, a half gives the total the least variance (Neyman).
_POWERS = (0.0, 0.25, 0.5, 0.75, 1.0)
_MOST_TIMES = 1_000


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stratum as it is expected: tumours screened, and how often they carry a fusion."""

    name: str
    screened: int
    frequency: float


class Drawn(msgspec.Struct, frozen=True):
    """A stratum in a plan: stained negatives expected, how many of them to sequence, missed fusions among these."""

    name: str
    negatives: int
    sequenced: int
    expected: float


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How many stained negatives to sequence for one scope.

    Args:
        scope: The strata of which the sensitivity is shown.
        found: Fusions expected among the stained positives of the scope; ``missed`` among its negatives.
        drawn: How many to draw from each; empty where not even all of them are enough.
        total: Negatives to be sequenced; ``expected`` missed fusions among them.
        expected_at_random: Missed fusions among as many negatives drawn from all strata of the study alike.
        chance: Chance of showing it with this plan, or with every negative sequenced where none is enough.
        screen_times: How many times as many tumours would have to be screened where none is enough; ``None`` where a
            thousand times as many would not do.
    """

    scope: tuple[str, ...]
    found: float
    missed: float
    drawn: tuple[Drawn, ...]
    total: int
    expected: float
    expected_at_random: float
    chance: float
    screen_times: float | None = None

    @property
    def enough(self) -> bool:
        """Whether some number of negatives is enough."""
        return bool(self.drawn)


class ToSequence(msgspec.Struct, frozen=True, kw_only=True):
    """Plans for every scope: the stratum with the most frequent fusions, then with the next, up to all."""

    sensitivity: float
    at_least: float
    specificity: float
    assurance: float
    plans: tuple[Plan, ...]


def to_sequence(
    strata: Sequence[Expected], *, sensitivity: float, at_least: float, specificity: float = 0.95,
    assurance: float = ASSURANCE, level: float = LEVEL,
) -> ToSequence:  # fmt: skip
    """Return the fewest stained negatives to sequence so that the sensitivity is shown to be ``at_least`` so much.

    Shown: the lower end of the weighted interval of the results lies there or above, with this assurance. The draws
    are from a fixed seed, so that the same question has the same answer.

    Args:
        strata: What is screened, in any order.
        sensitivity: The sensitivity that is expected, in every stratum.
        at_least: What is to be shown.
        specificity: The specificity that is expected.
        assurance: The chance wanted of showing it.
        level: Level of the interval.

    Raises:
        EvidenceError: No stratum, nothing screened, a share outside 0 to 1, or more is to be shown than is expected.
    """
    if not strata:
        raise EvidenceError("no stratum", where="strata", allowed="one or more")
    for name, value in (("sensitivity", sensitivity), ("specificity", specificity), ("assurance", assurance),
                        ("at least", at_least)):  # fmt: skip
        check_share(name, value)
    for one in strata:
        check_share(f"frequency of {one.name}", one.frequency)
        if one.screened < 1:
            raise EvidenceError("nothing screened", where=one.name, value=one.screened, allowed="1 or more")
    if at_least >= sensitivity:
        raise EvidenceError("no number shows more than there is", where="at least", value=at_least,
                            allowed=f"below the expected sensitivity, {sensitivity:g}")  # fmt: skip
    ordered = sorted(strata, key=lambda one: (-one.frequency, one.name))
    every = _Scope(ordered, sensitivity, specificity, level)
    rate = sum(every.missed) / sum(every.negatives)
    plans = tuple(
        _plan(ordered[: i + 1], sensitivity, specificity, at_least, assurance, level, rate) for i in range(len(ordered))
    )
    return ToSequence(
        sensitivity=sensitivity, at_least=at_least, specificity=specificity, assurance=assurance, plans=plans
    )


def _plan(
    strata: Sequence[Expected], sensitivity: float, specificity: float, at_least: float, assurance: float,
    level: float, rate: float,
) -> Plan:  # fmt: skip
    scope = _Scope(strata, sensitivity, specificity, level)
    chance, best, times = scope.chance(scope.negatives, at_least), scope.negatives, None
    enough = chance >= assurance
    if enough:
        best = min((scope.fewest(power, at_least, assurance) for power in _POWERS), key=sum)
        chance = scope.chance(best, at_least)
    else:
        times = _times(strata, sensitivity, specificity, at_least, assurance, level)
    drawn = tuple(
        Drawn(one.name, negatives, number, number * share)
        for one, negatives, number, share in zip(strata, scope.negatives, best, scope.shares, strict=True)
    )
    return Plan(
        scope=tuple(one.name for one in strata), found=sum(scope.found), missed=sum(scope.missed),
        drawn=drawn if enough else (), total=sum(best), expected=sum(one.expected for one in drawn),
        expected_at_random=sum(best) * rate, chance=chance, screen_times=times,
    )  # fmt: skip


def _times(
    strata: Sequence[Expected], sensitivity: float, specificity: float, at_least: float, assurance: float, level: float
) -> float | None:
    """Return how many times as many would have to be screened, in tenths, for every negative to be enough."""

    def enough(tenths: int) -> bool:
        more = [Expected(one.name, one.screened * tenths // 10, one.frequency) for one in strata]
        scope = _Scope(more, sensitivity, specificity, level)
        return scope.chance(scope.negatives, at_least) >= assurance

    low, high = 10, 20
    while not enough(high):
        low, high = high, high * 2
        if high > 10 * _MOST_TIMES:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high / 10


class _Scope:
    """What is expected of some strata, and the chance of what a plan would show, over the same draws for each plan."""

    def __init__(self, strata: Sequence[Expected], sensitivity: float, specificity: float, level: float) -> None:
        np = need("numpy")
        fusions = [one.screened * one.frequency for one in strata]
        self.level = level
        self.found = [count * sensitivity for count in fusions]
        self.missed = [count * (1 - sensitivity) for count in fusions]
        without = [(one.screened - count) * specificity for one, count in zip(strata, fusions, strict=True)]
        self.negatives = [max(1, round(a + b)) for a, b in zip(without, self.missed, strict=True)]
        self.shares = [min(1.0, a / b) for a, b in zip(self.missed, self.negatives, strict=True)]
        rng = np.random.default_rng(_SEED)
        self.uniform = rng.random((_DRAWS, len(strata)))
        self.positives = rng.poisson(sum(self.found), _DRAWS)[:, None]

    def chance(self, drawn: Sequence[int], at_least: float) -> float:
        """Return the chance that the lower end of the interval is at least this."""
        np, special = need("numpy"), need("scipy.special")
        missed = np.zeros(self.uniform.shape, dtype=int)
        for i, (number, share) in enumerate(zip(drawn, self.shares, strict=True)):
            most = min(number, int(number * share + 12 * (number * share) ** 0.5 + 20))
            missed[:, i] = np.searchsorted(special.bdtr(np.arange(most), number, share), self.uniform[:, i])
        weights = [a / b for a, b in zip(self.negatives, drawn, strict=True)]
        return float((lower_share(self.positives, [1.0], missed, weights, self.level) >= at_least).mean())

    def fewest(self, power: float, at_least: float, assurance: float) -> list[int]:
        """Return the smallest allocation of a power that is enough; all negatives are."""
        wanted = [n * share**power for n, share in zip(self.negatives, self.shares, strict=True)]
        low, high = 0, sum(self.negatives)
        while high - low > 1:
            middle = (low + high) // 2
            enough = self.chance(self.spread(middle, wanted), at_least) >= assurance
            low, high = (low, middle) if enough else (middle, high)
        return self.spread(high, wanted)

    def spread(self, total: int, wanted: Sequence[float]) -> list[int]:
        """Return a number of negatives spread over the strata as wanted, at least one and at most all of each."""
        left, drawn = float(total), [0] * len(wanted)
        open_ = set(range(len(wanted)))
        while open_:
            whole = sum(wanted[i] for i in open_)
            full = {i for i in open_ if left * wanted[i] / whole >= self.negatives[i]}
            for i in full or open_:
                drawn[i] = self.negatives[i] if full else max(1, round(left * wanted[i] / whole))
            left -= sum(drawn[i] for i in full)
            open_ = open_ - full if full else set()
        return drawn
