"""Numbers as text: the one form of a share, a range, a count or an amount on terminal, page, paper and picture.

Figures that were measured or worked out go through `percent`; one that somebody set, such as a threshold, through
`set_percent`, which shows it as it was set.
"""

from __future__ import annotations

import datetime as dt

#: What stands where there is no figure.
NONE = "-"


def percent(share: float | None) -> str:
    """Return a measured share (0 to 1): one decimal, two within 1 % of 0 and of 100 %, none at these.

    >>> percent(0.1254), percent(0.0051), percent(1.0), percent(0.00001)
    ('12.5 %', '0.51 %', '100 %', 'under 0.01 %')
    """
    if share is None:
        return NONE
    if share in (0.0, 1.0):
        return "0 %" if share == 0 else "100 %"
    value = 100 * share
    if 0 < value < 0.01:
        return "under 0.01 %"
    if 99.99 < value < 100:
        return "over 99.99 %"
    return f"{value:.{2 if min(value, 100 - value) < 1 else 1}f} %"


def percent_range(low: float, high: float) -> str:
    """Return two shares as a range: ``0.51 to 1.1 %``; one figure where both ends read the same."""
    first, last = percent(low), percent(high)
    return last if first == last else f"{first.removesuffix(' %')} to {last}"


def percent_with_range(share: float, low: float, high: float) -> str:
    """Return a share with its range: ``12.5 % (9.8 to 15.9 %)``."""
    return f"{percent(share)} ({percent_range(low, high)})"


def set_percent(share: float) -> str:
    """Return a share that somebody set (a threshold, a tick of an axis), with the digits it was given: ``5 %``."""
    return printed_percent(100 * share)


def printed_percent(hundredths: float) -> str:
    """Return a figure that is printed or measured in hundredths already, with the digits it was given: ``95.4 %``."""
    return f"{hundredths:.10g} %"


def grouped(number: float) -> str:
    """Return a count in groups of three digits: ``4,136``; parts of one are rounded."""
    return f"{number:,.0f}"


def set_number(number: float) -> str:
    """Return a number that somebody set, with the digits it was given, in groups of three: ``12,500.5``."""
    return f"{number:,.10g}"


def of(count: int, total: int) -> str:
    """Return a count among others: ``28 of 4,136``."""
    return f"{grouped(count)} of {grouped(total)}"


def amount(value: float | None) -> str:
    """Return a number with as many digits as it deserves: no decimals from 100, two significant digits below 0.01."""
    if value is None:
        return NONE
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 100:
        return grouped(value)
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 0.01 else f"{value:.2g}"


def significant(value: float, digits: int = 3) -> str:
    """Return a parameter of any size with its first significant digits, whole ones all: ``0.0123``, ``12,345``."""
    return grouped(value) if round(abs(value)) >= 10**digits else f"{value:.{digits}g}"


def ratio(value: float) -> str:
    """Return a likelihood ratio, an odds ratio or the like: two significant digits from 1 on, two decimals below."""
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"


def ratio_with_range(value: float, low: float, high: float) -> str:
    """Return a ratio with its range: ``2.3 (1.1 to 4.7)``."""
    return f"{ratio(value)} ({ratio(low)} to {ratio(high)})"


def day(date: dt.date) -> str:
    """Return a date as year, month and day: ``2026-06-01``."""
    return date.isoformat()


def years(age: str) -> str:
    """Return an age as it is said: a bare number is of years, any other text stands (``9 months``)."""
    try:
        return f"{age} year{'' if float(age) == 1 else 's'}"
    except ValueError:
        return age


def duration(seconds: float) -> str:
    """Return a time that something takes: ``45 s``, ``3 min``, ``2 h 05 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02} min"
