"""Cells of the sheets of a study: shares, counts, days, and flat records."""

from __future__ import annotations

from typing import Any

from ntrkpath.evidence.proportions import Interval
from ntrkpath.model import numbers
from ntrkpath.model.delimited import neutral
from ntrkpath.rounds.shares import Ratio


def shown(interval: Interval | None) -> str:
    """Return a share with its interval, or a dash."""
    if interval is None:
        return numbers.NONE
    return numbers.percent_with_range(interval.estimate, interval.low, interval.high)


def of(found: Ratio) -> str:
    """Return a count of its total with the exact interval of the share."""
    return f"{found.count}/{found.of}" + (f"  {shown(found.interval)}" if found.interval else "")


def days(value: float | None) -> str:
    """Return a number of days, or that it was not reached."""
    return "not reached" if value is None else f"{value:g} days"


def record(**items: Any) -> dict[str, Any]:
    """Return a flat record; an interval becomes three fields in percent."""
    flat: dict[str, Any] = {}
    for name, value in items.items():
        if isinstance(value, Interval):
            flat |= {f"{name}_percent": 100 * value.estimate, f"{name}_low": 100 * value.low,
                     f"{name}_high": 100 * value.high}  # fmt: skip
        elif value is not None:
            flat[name] = neutral(value) if isinstance(value, str) else value
    return flat
