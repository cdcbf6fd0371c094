"""The labels over time as one drawing: a bar for each version, by drug and agency, and a line at the day asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence

import msgspec

from ntrkpath.figures.axes import HEAD, SMALL, TEXT, WIDTH, margin, narrow, plot, stroke
from ntrkpath.figures.svg import arrow, number, tag, text_lines, text_width

_ROW, _DRUG, _AGENCY = 26.0, 110.0, 100.0
#: Most years that are drawn after the newest label.
_AHEAD = 5


class LabelSpan(msgspec.Struct, frozen=True):
    """One version of a label: from when, until when (``None``: no end is known), and whether it is in force."""

    drug: str
    agency: str
    start: dt.date
    until: dt.date | None
    in_force: bool


def timeline_svg(labels: Collection[LabelSpan], day: dt.date, width: float = WIDTH) -> str:
    """Return the drawing: bars filled where in force on ``day``, else hollow; an arrow where no end is known.

    Args:
        labels: Every version of every label.
        day: The day asked for.
        width: In px; below 600 it is laid out for a phone.
    """
    rows = list(dict.fromkeys((label.drug, label.agency) for label in labels))
    first = dt.date(min(label.start for label in labels).year, 1, 1)
    newest = max(label.start for label in labels).year
    last = dt.date(max(newest, min(day.year, newest + _AHEAD)) + 1, 1, 1)
    edge = margin(width)
    beside = 0.0 if narrow(width) else _DRUG
    left, right = edge + beside + _AGENCY, width - edge - 14

    def px(date: dt.date) -> float:
        share = (date - first).days / (last - first).days
        return left + min(max(share, 0.0), 1.0) * (right - left)

    top = edge + HEAD + 4
    tops = _tops(rows, top, beside == 0)
    bottom = tops[-1] + _ROW + 8
    parts = [_years(px, first.year, last.year, top, bottom), stroke(left, bottom, right, bottom, "axis")]
    for i, ((drug, agency), y) in enumerate(zip(rows, tops, strict=True)):
        middle = y + _ROW / 2 + 4
        if i == 0 or rows[i - 1][0] != drug:
            at = middle if beside else y - 4
            parts.append(text_lines([drug], edge, at + TEXT * 0.36, TEXT, class_="strong"))
        parts.append(text_lines([agency], left - 8, middle + TEXT * 0.36, TEXT, anchor="end"))
        for label in labels:
            if (label.drug, label.agency) != (drug, agency):
                continue
            x1, x2 = px(label.start), px(label.until) if label.until else right
            kind = "pooled" if label.in_force else "hollow"
            parts.append(tag("rect", x=x1, y=middle - 6, width=max(x2 - x1, 3.0), height=12.0, class_=kind))
            if label.until is None:
                parts.append(tag("polygon", points=arrow((right + 13, middle), (right, middle), 11), class_="tip"))
    if first <= day <= last:
        x = px(day)
        half = text_width(day.isoformat(), SMALL, bold=True) / 2
        at = min(max(x, left + half), right - half)
        parts.append(tag("path", d=f"M{number(x)} {number(top - 6)}V{number(bottom)}", class_="reference"))
        parts.append(text_lines([day.isoformat()], at, top - 12, SMALL, anchor="middle", class_="strong"))
    told = [
        f"{label.drug}, {label.agency}: {label.start} to {label.until or 'now'}"
        + (", in force." if label.in_force else ", not in force.")
        for label in labels
    ]
    title = f"Labels over time, and those in force on {day}"
    return plot(parts, bottom + 32, title, " ".join(told), "label-timeline", width)


def _tops(rows: Sequence[tuple[str, str]], top: float, headed: bool) -> list[float]:
    """Return the y of each row; where ``headed``, the name of a drug stands on a line of its own over its rows."""
    found, y = [], top
    for i, (drug, _) in enumerate(rows):
        y += _ROW if headed and (i == 0 or rows[i - 1][0] != drug) else 0.0
        found.append(y)
        y += _ROW
    return found


def _years(px: Callable[[dt.date], float], first: int, last: int, top: float, bottom: float) -> str:
    """Return a line at each year, named where the name does not touch the one before."""
    parts, free = [], 0.0
    for year in range(first, last + 1):
        x = px(dt.date(year, 1, 1))
        parts += [stroke(x, top, x, bottom, "grid"), stroke(x, bottom, x, bottom + 6, "axis")]
        half = text_width(str(year), SMALL) / 2
        if x - half > free:
            parts.append(text_lines([str(year)], x, bottom + 20, SMALL, anchor="middle"))
            free = x + half + 6
    return "".join(parts)
