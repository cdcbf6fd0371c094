"""The labels over time as one drawing: a bar for each version, by drug and agency, and a line at the day asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ntrkpath.figures.axes import HEAD, MARGIN, SMALL, TEXT, WIDTH, plot, stroke
from ntrkpath.figures.svg import arrow, number, tag, text_lines, text_width
from ntrkpath.server.guidance.entries import LabelEntry

_ROW, _LABEL = 26.0, 210.0
#: Most years that are drawn after the newest label.
_AHEAD = 5


def timeline_svg(labels: Collection[LabelEntry], day: dt.date) -> str:
    """Return the drawing: bars filled where in force on ``day``, else hollow; an arrow where no end is known."""
    rows = list(dict.fromkeys((label.drug, label.agency) for label in labels))
    first = dt.date(min(label.start for label in labels).year, 1, 1)
    newest = max(label.start for label in labels).year
    last = dt.date(max(newest, min(day.year, newest + _AHEAD)) + 1, 1, 1)
    left, right = MARGIN + _LABEL, WIDTH - MARGIN - 14

    def px(date: dt.date) -> float:
        share = (date - first).days / (last - first).days
        return left + min(max(share, 0.0), 1.0) * (right - left)

    top = MARGIN + HEAD
    bottom = top + _ROW * len(rows) + 8
    parts = []
    for year in range(first.year, last.year + 1):
        x = px(dt.date(year, 1, 1))
        parts += [stroke(x, top, x, bottom, "grid"), stroke(x, bottom, x, bottom + 6, "axis")]
        parts.append(text_lines([str(year)], x, bottom + 20, SMALL, anchor="middle"))
    parts.append(stroke(left, bottom, right, bottom, "axis"))
    drug_before = ""
    for i, (drug, agency) in enumerate(rows):
        middle = top + _ROW * (i + 0.5) + 4
        if drug != drug_before:
            parts.append(text_lines([drug], MARGIN, middle + TEXT * 0.36, TEXT, class_="strong"))
            drug_before = drug
        parts.append(text_lines([agency], left - 12, middle + TEXT * 0.36, TEXT, anchor="end"))
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
    return plot(parts, bottom + 32, f"Labels over time, and those in force on {day}", " ".join(told), "label-timeline")
