"""The pre- and post-test picture: how far each result moves the probability, with ranges, on one logit axis.

On a logit axis a result shifts the probability by the logarithm of its likelihood ratio wherever it starts, so that
this is Fagan's nomogram (N Engl J Med 1975;293:257) unfolded onto one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from ntrkpath.figures.axes import (
    MARGIN,
    SMALL,
    TEXT,
    WIDTH,
    Axis,
    across,
    axis_height,
    heading,
    limits,
    margin,
    narrow,
    notes,
    plot,
    range_bar,
    stroke,
)
from ntrkpath.figures.svg import arrow, clean, tag, text_lines, text_width, wrap
from ntrkpath.model.numbers import percent, percent_range

_LABEL = 270.0
_ROW = 44.0
_RATIO, _NEXT = "Likelihood ratio", "If next"


class PrePostRow(msgspec.Struct, frozen=True):
    """One probability of the picture.

    Args:
        label: What is known then, for example ``pan-TRK IHC positive``.
        estimate: Probability, 0 to 1; ``low`` and ``high`` its range; equal to it where it has none.
        kind: ``before`` (no test yet), ``after`` (a result of this case), ``next`` (a result that may come).
        ratio: The likelihood ratio as text, with its range.
        note: One line below the label, for example the accuracy counts.
        start: The row, counted from 0, from which this result moves the probability; ``None`` for the first.
    """

    label: str
    estimate: float
    low: float
    high: float
    kind: Literal["before", "after", "next"] = "after"
    ratio: str = ""
    note: str = ""
    start: int | None = None


def prepost_svg(
    rows: Sequence[PrePostRow],
    *,
    title: str,
    axis_title: str = "Probability of a productive NTRK fusion (logit scale)",
    notes_below: Sequence[str] = (),
    ident: str = "prepost",
    width: float = WIDTH,
) -> str:
    """Return the picture as one SVG element: what happened filled, what may come hollow.

    Args:
        rows: From top to bottom; a row may start only from one above it.
        title: Stands above the picture and names it to a screen reader.
        axis_title: What the axis measures.
        notes_below: Sentences below the picture.
        ident: Makes the ids unique where several share a page.
        width: In px; below 600 it is laid out for a phone, each row over its mark.

    Raises:
        ValueError: No row, a probability outside its range, or a row that starts from none above it.
    """
    _check(rows)
    shown = [
        percent(row.estimate) + (f" ({percent_range(row.low, row.high)})" if row.low < row.high else "") for row in rows
    ]
    head, y = heading(title, width)
    draw = _stacked if narrow(width) else _beside
    drawn = draw(rows, shown, y + 18, width)
    marks = []
    for row, middle in zip(rows, drawn.middles, strict=True):
        strong = row.kind != "next"
        if row.start is not None:
            marks.append(_shift(drawn.axis, rows[row.start].estimate, row.estimate, drawn.middles[row.start], middle))
        marks.append(range_bar(drawn.axis, row.low, row.high, middle, "wide" if strong else "range"))
        x = drawn.axis.px(row.estimate)
        marks.append(tag("circle", cx=x, cy=middle, r=6, class_="pooled" if strong else "hollow"))
    below, end = notes(notes_below, drawn.bottom + axis_height(axis_title, width), width)
    frame = across(drawn.axis, drawn.top, drawn.bottom, axis_title, width)
    told = " ".join(
        f"{'If next ' if row.kind == 'next' else ''}{row.label}: {text}."
        + (f" Likelihood ratio {row.ratio}." if row.ratio else "")
        for row, text in zip(rows, shown, strict=True)
    )
    return plot([head, frame, *drawn.parts, *marks, below], end, clean(title), clean(told), ident, width)


class _Rows(msgspec.Struct, frozen=True):
    """Rows as written: texts, the axis for their marks, the y of each mark, and from where to where they reach."""

    parts: list[str]
    axis: Axis
    middles: list[float]
    top: float
    bottom: float


def _check(rows: Sequence[PrePostRow]) -> None:
    if not rows:
        raise ValueError("a pre- and post-test picture needs a row")
    for i, row in enumerate(rows):
        if not 0 <= row.low <= row.estimate <= row.high <= 1:
            raise ValueError(f"{row.label}: {row.estimate} is no probability within {row.low} to {row.high}")
        if row.start is not None and not 0 <= row.start < i:
            raise ValueError(f"{row.label}: starts from row {row.start}, which is not above")


def _axis(rows: Sequence[PrePostRow], start: float, end: float) -> Axis:
    return Axis("logit", *limits([v for row in rows for v in (row.low, row.estimate, row.high)], "logit"), start, end)


def _beside(rows: Sequence[PrePostRow], shown: Sequence[str], y: float, width: float) -> _Rows:
    """Write each row on one line: label and note, likelihood ratio, mark, probability."""
    ratios = any(row.ratio for row in rows)
    right = max(text_width(text, TEXT, bold=True) for text in (*shown, _probability(rows)))
    wide = max(*(text_width(row.ratio, TEXT) for row in rows), text_width(_RATIO, SMALL)) if ratios else 0.0
    names = [text_width(row.label, TEXT, bold=True) for row in rows] + [text_width(row.note, SMALL) for row in rows]
    label = min(_LABEL, width * 0.29, max(names)) + 1
    ratio_end = MARGIN + label + 20 + wide
    axis = _axis(rows, (ratio_end if ratios else MARGIN + label) + 24, width - MARGIN - right - 24)
    parts = [text_lines([_probability(rows)], width - MARGIN, y, SMALL, anchor="end", class_="quiet")]
    if ratios:
        parts.append(text_lines([_RATIO], ratio_end, y, SMALL, anchor="end", class_="quiet"))
    y += 8
    parts.append(stroke(MARGIN, y, width - MARGIN, y, "rule"))
    top, middles = y, []
    for i, (row, text) in enumerate(zip(rows, shown, strict=True)):
        if _parts_from(rows, i):
            parts.append(text_lines([_NEXT], MARGIN, y + 20, SMALL, class_="quiet"))
            y += 26
        strong = row.kind != "next"
        lines = wrap(clean(row.label), label, TEXT, bold=strong)
        small = wrap(clean(row.note), label, SMALL) if row.note else []
        height = max(_ROW, 12 + len(lines) * TEXT * 1.3 + len(small) * SMALL * 1.3)
        middle = y + height / 2
        block = (len(lines) - 1) * TEXT * 1.3 + len(small) * SMALL * 1.3
        base = middle - block / 2 + TEXT * 0.36
        class_ = "strong" if strong else ""
        parts.append(text_lines(lines, MARGIN, base, TEXT, class_=class_))
        parts.append(text_lines(small, MARGIN, base + len(lines) * TEXT * 1.3, SMALL, class_="quiet"))
        if row.ratio:
            parts.append(text_lines([clean(row.ratio)], ratio_end, middle + TEXT * 0.36, TEXT, anchor="end"))
        parts.append(text_lines([text], width - MARGIN, middle + TEXT * 0.36, TEXT, anchor="end", class_=class_))
        middles.append(middle)
        y += height
    return _Rows(parts, axis, middles, top, y + 4)


def _stacked(rows: Sequence[PrePostRow], shown: Sequence[str], y: float, width: float) -> _Rows:
    """Write each row over its mark: label, probability at the right, then note and likelihood ratio in small."""
    left, right = margin(width), width - margin(width)
    axis = _axis(rows, left + 10, right - 10)
    parts = [text_lines([_probability(rows)], right, y, SMALL, anchor="end", class_="quiet")]
    y += 8
    parts.append(stroke(left, y, right, y, "rule"))
    top, middles = y, []
    for i, (row, text) in enumerate(zip(rows, shown, strict=True)):
        if _parts_from(rows, i):
            y += SMALL * 1.3 + 6
            parts.append(text_lines([_NEXT], left, y, SMALL, class_="quiet halo"))
        class_ = "strong halo" if row.kind != "next" else "halo"
        bold = row.kind != "next"
        lines = wrap(clean(row.label), right - left, TEXT, bold=bold)
        y += 6 + TEXT * 1.3
        parts.append(text_lines(lines, left, y, TEXT, class_=class_))
        y += (len(lines) - 1) * TEXT * 1.3
        if text_width(lines[-1], TEXT, bold) + text_width(text, TEXT, bold) + 10 > right - left:
            y += TEXT * 1.3
        parts.append(text_lines([text], right, y, TEXT, anchor="end", class_=class_))
        told = [row.note, f"{_RATIO.lower()} {row.ratio}" if row.ratio else ""]
        small = [line for one in told if one for line in wrap(clean(one), right - left, SMALL)]
        parts.append(text_lines(small, left, y + SMALL * 1.4, SMALL, class_="quiet halo"))
        y += len(small) * SMALL * 1.3 + 18
        middles.append(y)
        y += 12
    return _Rows(parts, axis, middles, top, y + 4)


def _probability(rows: Sequence[PrePostRow]) -> str:
    """Return what the figures are; single figures have no range."""
    return "Probability (95 % range)" if any(row.low < row.high for row in rows) else "Probability"


def _parts_from(rows: Sequence[PrePostRow], i: int) -> bool:
    """Say whether what may come next begins at this row."""
    return rows[i].kind == "next" and all(row.kind != "next" for row in rows[:i])


def _shift(axis: Axis, before: float, after: float, above: float, at: float) -> str:
    """Return the arrow from the estimate above, down to the line of the row, and along it to the new estimate."""
    x1, x2 = axis.px(before), axis.px(after)
    if abs(x2 - x1) < 14:
        return stroke(x1, above + 7, x1, at - 7, "limit")
    out = 1 if x2 > x1 else -1
    end = x2 - 8 * out
    return (
        stroke(x1, above + 7, x1, at, "limit")
        + stroke(x1, at, end, at, "shift")
        + tag("polygon", points=arrow((end, at), (x1, at), 8), class_="tip")
    )
