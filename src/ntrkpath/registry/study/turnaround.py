"""Turnaround: days from one step to another, with those still waiting counted as waiting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from ntrkpath.registry.study.participants import Participant
from ntrkpath.registry.study.product_limit import Curve, Followed, product_limit
from ntrkpath.registry.study.protocol import Protocol, TimeLimit


class Turnaround(msgspec.Struct, frozen=True, kw_only=True):
    """The time from one step to another.

    Args:
        curve: The share still waiting, by days.
        waiting: Those without the second step at the date of the results; they count as waiting until then.
        ended: Those who can wait no longer (tissue exhausted, no more data); they count until the last step taken.
        undated: Those one of whose two steps is not known to the day, or stands in the wrong order.
        within: The share done within the limit, where there is one, read from the curve.
    """

    id: str
    says: str
    limit: int | None
    curve: Curve
    waiting: int
    ended: int
    undated: int
    within: float | None


def turnarounds(participants: Iterable[Participant], protocol: Protocol, as_of: dt.date) -> tuple[Turnaround, ...]:
    """Return the turnaround of every limit of the protocol, and of the whole way to a result of sequencing."""
    given = list(participants)
    whole = TimeLimit(
        id="whole", says="From enrolment to the result of sequencing", start="enrolled", end="reported", days=0,
        only="to_sequence",
    )  # fmt: skip
    return (
        *(_turnaround(given, limit, as_of, limit.days) for limit in protocol.time_limits),
        _turnaround(given, whole, as_of, None),
    )


def _turnaround(people: Iterable[Participant], limit: TimeLimit, as_of: dt.date, days: int | None) -> Turnaround:
    followed: list[Followed] = []
    waiting = ended = undated = 0
    for one in people:
        if limit.start not in one.steps or (limit.only == "to_sequence" and not one.to_sequence):
            continue
        start, end = one.day(limit.start), one.day(limit.end)
        if start is None or start > as_of or (limit.end in one.steps and (end is None or end < start)):
            undated += 1
        elif end is not None and end <= as_of:
            followed.append(Followed((end - start).days, True))
        else:
            over = one.exhausted or one.subject.status != "active"
            last = _last(one, start, as_of) if over else as_of
            followed.append(Followed((last - start).days, False))
            ended, waiting = ended + over, waiting + (not over)
    curve = product_limit(followed)
    step = curve.at(days) if days is not None else None
    known = days is not None and bool(followed) and (curve.last or 0) >= days
    return Turnaround(
        id=limit.id, says=limit.says, limit=days, curve=curve, waiting=waiting, ended=ended, undated=undated,
        within=(1 - step.share if step else 0.0) if known else None,
    )  # fmt: skip


def _last(one: Participant, start: dt.date, as_of: dt.date) -> dt.date:
    days = [day for step in one.steps if (day := one.day(step)) is not None and start <= day <= as_of]
    return max(days, default=start)


def overdue(one: Participant, limit: TimeLimit, as_of: dt.date) -> int | None:
    """Return how many days beyond a limit one waits; ``None`` where it does not, or the start has no day."""
    start = one.day(limit.start)
    if start is None or limit.end in one.steps or (limit.only == "to_sequence" and not one.to_sequence):
        return None
    over = (as_of - start).days - limit.days
    return over if over > 0 else None
