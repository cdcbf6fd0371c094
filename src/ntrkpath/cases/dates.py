"""A date as people write it, to YYYY-MM-DD; a date that may be read in two ways is none."""

from __future__ import annotations

import datetime as dt
import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OTHERS = {"mai": 5, "mär": 3, "mrz": 3, "okt": 10, "dez": 12, "fév": 2, "avr": 4, "aoû": 8, "déc": 12, "ene": 1,
           "abr": 4, "ago": 8, "dic": 12, "gen": 1, "mag": 5, "giu": 6, "lug": 7, "set": 9, "ott": 10}  # fmt: skip
#: A time of day may follow, and nothing else: two dates are not the first of them.
_TIME = r"[T ]\d{1,2}(?::\d{2}){1,2}(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?))?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?:{_TIME})?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DOTS = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})")
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})\.?[ -](?:de )?([^\W\d]{3,})\.?[ -](?:de )?(\d{4})", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"([^\W\d]{3,})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.IGNORECASE)


def read_date(text: str) -> str | None:
    """Return a date as YYYY-MM-DD: ISO, ``31.12.2020`` (day first), with the month in letters, or with slashes where
    only one reading is a date; None for any other text and for a day that does not exist.
    """
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _made(match[1], match[2], match[3])
    if match := _DOTS.fullmatch(text):
        return _made(match[3], match[2], match[1])
    if match := _DAY_FIRST.fullmatch(text):
        return _made(match[3], _month(match[2]), match[1])
    if match := _MONTH_FIRST.fullmatch(text):
        return _made(match[3], _month(match[1]), match[2])
    if match := _SLASHES.fullmatch(text):
        either = {_made(match[3], match[2], match[1]), _made(match[3], match[1], match[2])} - {None}
        return either.pop() if len(either) == 1 else None
    return None


def _month(word: str) -> int:
    start = word.casefold()[:3]
    return _MONTHS.index(start) + 1 if start in _MONTHS else _OTHERS.get(start, 0)


def _made(year: str | int, month: str | int, day: str | int) -> str | None:
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
