"""The share still without an event over time, from people who enter late, leave early, and are still waiting.

The product-limit estimate (Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-481) with those counted as at risk only from
when they entered (delayed entry), Greenwood's variance and intervals on the scale of log(-log). One who enters after an
event was never at risk of it: whoever is registered after time zero would else be counted as immortal until then.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from math import exp, log, sqrt

import msgspec

from ntrkpath.evidence.proportions import LEVEL, normal_quantile
from ntrkpath.model.errors import EvidenceError


class Followed(msgspec.Struct, frozen=True):
    """One who was followed, in any unit of time from time zero: entered, left, and whether by the event."""

    left: float
    event: bool
    entered: float = 0.0


class Step(msgspec.Struct, frozen=True):
    """A time with events: those at risk just before it, the events, and the share without one just after it."""

    time: float
    at_risk: int
    events: int
    share: float
    low: float
    high: float


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """The product-limit estimate.

    Args:
        followed: How many were followed; ``events`` of them had the event, ``late`` entered after time zero.
        unusable: Left no later than they entered; they are in no figure.
        steps: At every time with an event, in order.
        last: The latest time at which one was followed; ``None`` where none was.
        median: Where half had the event; ``None`` where that was not reached. ``low`` and ``high`` its interval.
        entries: When each entered, in order; ``exits`` when each left.
        broken_at: Where all then at risk had the event although others entered later: the estimate says nothing after.
    """

    followed: int
    events: int
    late: int
    unusable: int
    steps: tuple[Step, ...]
    last: float | None
    median: float | None
    median_low: float | None
    median_high: float | None
    entries: tuple[float, ...] = ()
    exits: tuple[float, ...] = ()
    broken_at: float | None = None

    def at_risk(self, time: float) -> int:
        """Return how many are at risk just before a time."""
        return (bisect_left(self.entries, time) if time > 0 else bisect_right(self.entries, 0)) - bisect_left(
            self.exits, time
        )

    def at(self, time: float) -> Step | None:
        """Return the last step up to a time; ``None`` before the first."""
        found = None
        for step in self.steps:
            if step.time > time:
                break
            found = step
        return found


def product_limit(people: Iterable[Followed], level: float = LEVEL) -> Curve:
    """Return the share without an event over time.

    Raises:
        EvidenceError: Someone entered before time zero.
    """
    given = list(people)
    if any(one.entered < 0 for one in given):
        raise EvidenceError("entered before time zero", where="entered", allowed="0 or more")
    usable = [one for one in given if one.left > one.entered or (one.left == one.entered == 0)]
    z = normal_quantile(level)
    steps: list[Step] = []
    share, variance = 1.0, 0.0
    broken = None
    exits = sorted(one.left for one in usable)
    entries = sorted(one.entered for one in usable)
    events: dict[float, int] = {}
    for one in usable:
        if one.event:
            events[one.left] = events.get(one.left, 0) + 1
    for time in sorted(events):
        come = bisect_left(entries, time) if time > 0 else bisect_right(entries, 0)
        gone = bisect_left(exits, time)
        at_risk, count = come - gone, events[time]
        share *= 1 - count / at_risk
        variance += count / (at_risk * (at_risk - count)) if at_risk > count else 0.0
        low, high = _around(share, variance, z)
        steps.append(Step(time, at_risk, count, share, low, high))
        if at_risk == count:
            broken = time if come < len(entries) else None
            break
    return Curve(
        followed=len(usable), events=sum(events.values()), late=sum(one.entered > 0 for one in usable),
        unusable=len(given) - len(usable), steps=tuple(steps), last=exits[-1] if exits else None,
        median=_reached(steps, "share"), median_low=_reached(steps, "low"), median_high=_reached(steps, "high"),
        entries=tuple(entries), exits=tuple(exits), broken_at=broken,
    )  # fmt: skip


def _around(share: float, variance: float, z: float) -> tuple[float, float]:
    if share <= 0:
        return 0.0, 0.0
    if share >= 1:
        return 1.0, 1.0
    half = z * sqrt(variance) / abs(log(share))
    return exp(log(share) * exp(half)), exp(log(share) * exp(-half))


def _reached(steps: Iterable[Step], end: str) -> float | None:
    """Return the first time at which the share, or an end of its interval, is down to one half."""
    return next((step.time for step in steps if getattr(step, end) <= 0.5 + 1e-12), None)
