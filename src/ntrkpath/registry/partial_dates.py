"""Dates that may be known to the year, the month or the day: ``2024``, ``2024-05``, ``2024-05-17``."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Annotated

import msgspec

from ntrkpath.cases.dates import read_date
from ntrkpath.model.errors import CaseError

DATE_PATTERN = r"^[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"
#: A date as text, as precise as it is known.
PartialDate = Annotated[str, msgspec.Meta(pattern=DATE_PATTERN, max_length=10)]
ALLOWED = "a date as YYYY, YYYY-MM or YYYY-MM-DD"
_PARTIAL = re.compile(r"([12]\d{3})(?:[-/.](\d{1,2}))?")
_MONTH_FIRST = re.compile(r"(\d{1,2})[/.]([12]\d{3})")


def read_partial(text: str) -> str:
    """Return a partial date in the form above, from it or from a day as people write it.

    Raises:
        CaseError: It is none, the day does not exist, or it may be read in two ways.
    """
    text = text.strip()
    if match := _PARTIAL.fullmatch(text) or _MONTH_FIRST.fullmatch(text):
        year, month = match.groups() if match.re is _PARTIAL else reversed(match.groups())
        if month is None:
            return str(year)
        if 1 <= int(month) <= 12:
            return f"{year}-{int(month):02}"
    elif (day := read_date(text)) is not None and "1000" <= day < "3000":
        return day
    raise CaseError(
        "not a date, or one that may be read in two ways", value=text, allowed=ALLOWED,
        remedy="write as much of it as is known, year first",
    )  # fmt: skip


def earliest(date: str) -> dt.date:
    """Return the first day that a partial date may stand for."""
    year, month, day = _numbers(date)
    return dt.date(year, month or 1, day or 1)


def latest(date: str) -> dt.date:
    """Return the last day that a partial date may stand for."""
    year, month, day = _numbers(date)
    month = month or 12
    return dt.date(year, month, day or calendar.monthrange(year, month)[1])


def days_between(start: str, end: str) -> tuple[int, int]:
    """Return the fewest and the most days from one partial date to another; the two are equal where both are days."""
    return (earliest(end) - latest(start)).days, (latest(end) - earliest(start)).days


def exists(date: str) -> bool:
    """Return whether the day of a partial date is in the calendar."""
    try:
        earliest(date)
    except ValueError:
        return False
    return True


def _numbers(date: str) -> tuple[int, int, int]:
    year, month, day = (*map(int, date.split("-")), 0, 0)[:3]
    return year, month, day
