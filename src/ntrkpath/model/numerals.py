"""Numbers as programs, laboratories and spreadsheets write them, read in one way or refused.

A point is a decimal mark unless it groups digits (``11.869.969``). A comma with other than three digits behind it is
a decimal mark (``1,0`` is 1, ``1,25`` is 1.25). ``1,234`` may be either: it is read only where the quantity allows
one reading (a position is whole) or the decimal mark is known from elsewhere, and refused otherwise. Exponents lose
digits and are refused for whole numbers.
"""

from __future__ import annotations

import re
from typing import Literal

DecimalMark = Literal[".", ","]

#: Blanks and apostrophes that group digits: blank, no-break, thin and narrow no-break blank, apostrophes.
_GROUPING = " \u00a0\u2009\u202f'\u2019"
_PLAIN = re.compile(r"[+-]?\d+", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})+", re.ASCII)
_BOTH = re.compile(r"[+-]?\d{1,3}(?P<group>[.,])\d{3}(?:(?P=group)\d{3})*(?P<mark>[.,])\d+", re.ASCII)
_SINGLE = re.compile(r"[+-]?\d*(?P<mark>[.,])\d+", re.ASCII)
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_EXPONENT = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d{1,3}", re.ASCII)
_BLANKS = re.compile(rf"[+-]?\d{{1,3}}(?:[{_GROUPING}]\d{{3}})+(?:[.,]\d+)?", re.ASCII)
_LONGEST = 40


class NumberError(ValueError):
    """A text that is no number of the wanted kind; the message says why."""


class AmbiguousNumberError(NumberError):
    """A number whose mark may be decimal or grouping (``1,234``)."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} may be read in two ways: its mark is decimal or groups digits")


def decimal_mark_of(text: str) -> DecimalMark | None:
    """Return the decimal mark that one number shows beyond doubt, ``None`` where it shows none.

    ``0,5`` and ``11.869.969`` show a comma, ``0.5`` and ``11,869,969`` a point.
    """
    text = text.strip()
    if found := _GROUPED.fullmatch(text):
        return "," if found["mark"] == "." else "."
    if (found := _BOTH.fullmatch(text)) and found["group"] != found["mark"]:
        return found["mark"]  # type: ignore[return-value]
    if (found := _SINGLE.fullmatch(text)) and not _EITHER.fullmatch(text):
        return found["mark"]  # type: ignore[return-value]
    return None


def is_ambiguous(text: str) -> bool:
    """Whether the mark of a number may be decimal as well as group its digits (``1,234``, ``1.234``)."""
    return _EITHER.fullmatch(text.strip()) is not None


def number(text: str, decimal_mark: DecimalMark | None = None) -> float:
    """Return a number that may have a fraction.

    Args:
        text: The number as written; surrounding blanks do not matter.
        decimal_mark: The decimal mark in use, where it is known.

    Raises:
        AmbiguousNumberError: ``1,234`` without a known decimal mark. (``1.234`` is 1.234 unless the mark is a comma.)
        NumberError: No number.
    """
    shown, plain = _prepared(text)
    if _EXPONENT.fullmatch(plain):
        return float(plain.replace(",", "."))
    if _PLAIN.fullmatch(plain):
        return float(plain)
    if found := _GROUPED.fullmatch(plain):
        return float(plain.replace(found["mark"], ""))
    if (found := _BOTH.fullmatch(plain)) and found["group"] != found["mark"]:
        return float(plain.replace(found["group"], "").replace(found["mark"], "."))
    found = _SINGLE.fullmatch(plain)
    if found is None:
        raise NumberError(f"{shown!r} is no number")
    if _EITHER.fullmatch(plain):
        if decimal_mark is None and found["mark"] == ",":
            raise AmbiguousNumberError(shown)
        if decimal_mark is not None and decimal_mark != found["mark"]:
            return float(plain.replace(found["mark"], ""))
    return float(plain.replace(",", "."))


def whole(text: str, decimal_mark: DecimalMark | None = None) -> int:
    """Return a whole number; a mark that can only group digits groups them (``11,869`` is 11869).

    Raises:
        AmbiguousNumberError: ``1,000`` may be 1 or 1000, and the decimal mark is not known.
        NumberError: No number, one with a fraction, or one with an exponent, whose digits are lost.
    """
    shown, plain = _prepared(text)
    if _PLAIN.fullmatch(plain):
        return int(plain)
    if _EXPONENT.fullmatch(plain):
        raise NumberError(f"{shown!r} has lost digits: a spreadsheet wrote it with an exponent")
    if _EITHER.fullmatch(plain):
        grouped = int(re.sub(r"[.,]", "", plain))
        fraction = float(plain.replace(",", "."))
        if decimal_mark is not None and decimal_mark in plain:
            grouped = int(fraction)
            if grouped != fraction:
                raise NumberError(f"{shown!r} is no whole number")
            return grouped
        if decimal_mark is None and fraction == int(fraction):
            raise AmbiguousNumberError(shown)
        return grouped
    value = number(plain, decimal_mark)
    if value != int(value):
        raise NumberError(f"{shown!r} is no whole number")
    return int(value)


def _prepared(text: str) -> tuple[str, str]:
    """Return the text to show in messages, and the number without blanks that group its digits."""
    stripped = text.strip()
    if len(stripped) > _LONGEST:
        raise NumberError(f"{stripped[:_LONGEST]!r} is no number")
    plain = re.sub(f"[{_GROUPING}]", "", stripped) if _BLANKS.fullmatch(stripped) else stripped
    return stripped, plain
