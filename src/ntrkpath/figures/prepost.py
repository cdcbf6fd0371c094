"""The pre- and post-test picture: how far each result moves the probability, with ranges, on one logit axis.

On a logit axis a result shifts the probability by the logarithm of its likelihood ratio wherever it starts, so that
this is Fagan's nomogram (N Engl J Med 1975;293:257) unfolded onto one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from ntrkpath.figures.axes import (
    AXIS,
    MARGIN,
    SMALL,
    TEXT,
    WIDTH,
    Axis,
    across,
    heading,
    limits,
    notes,
    plot,
    range_bar,
    stroke,
)
from ntrkpath.figures.svg import arrow, clean, tag, text_lines, text_width, wrap
from ntrkpath.model.numbers import percent, percent_with_range

_LABEL = 270.0
_ROW = 44.0


class PrePostRow(msgspec.Struct, frozen=True):
    """One probability of the picture.

    Args:
        label: What is known then, for example ``pan-TRK IHC positive``.
        estimate: Probability, 0 to 1; ``low`` and ``high`` its range.
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
) -> str:
    """Return the picture as one SVG element: what happened filled, what may come hollow.

    Args:
        rows: From top to bottom; a row may start only from one above it.
        title: Stands above the picture and names it to a screen reader.
        axis_title: What the axis measures.
        notes_below: Sentences below the picture.
        ident: Makes the ids unique where several share a page.

    Raises:
        ValueError: No row, a probability outside its range, or a row that starts from none above it.
    """
    if not rows:
        raise ValueError("a pre- and post-test picture needs a row")
    for i, row in enumerate(rows):
        if not 0 <= row.low <= row.estimate <= row.high <= 1:
            raise ValueError(f"{row.label}: {row.estimate} is no probability within {row.low} to {row.high}")
        if row.start is not None and not 0 <= row.start < i:
            raise ValueError(f"{row.label}: starts from row {row.start}, which is not above")
    columns = _columns(rows)
    head, y = heading(title)
    y += 18
    body = [text_lines([columns.figures], WIDTH - MARGIN, y, SMALL, anchor="end", class_="quiet")]
    if columns.ratio:
        body.append(text_lines(["Likelihood ratio"], columns.ratio, y, SMALL, anchor="end", class_="quiet"))
    y += 8
    body.append(stroke(MARGIN, y, WIDTH - MARGIN, y, "rule"))
    top = y
    middles: list[float] = []
    for i, row in enumerate(rows):
        if row.kind == "next" and not any(above.kind == "next" for above in rows[:i]):
            body.append(text_lines(["If next"], MARGIN, y + 20, SMALL, class_="quiet"))
            y += 26
        parts, height = _row(row, columns, y)
        middles.append(y + height / 2)
        if row.start is not None:
            body.append(_shift(columns.axis, rows[row.start].estimate, row.estimate, middles[row.start], middles[-1]))
        body += parts
        y += height
    y += 4
    below, end = notes(notes_below, y + AXIS)
    told = " ".join(
        f"{'If next ' if row.kind == 'next' else ''}{row.label}: {_shown(row)}."
        + (f" Likelihood ratio {row.ratio}." if row.ratio else "")
        for row in rows
    )
    return plot([head, across(columns.axis, top, y, axis_title), *body, below], end, clean(title), clean(told), ident)


class _Columns(msgspec.Struct, frozen=True):
    """The columns: widths and ends in the units of the drawing; ``ratio`` is 0 where there is none."""

    label: float
    ratio: float
    axis: Axis
    figures: str


def _columns(rows: Sequence[PrePostRow]) -> _Columns:
    figures = "Probability (95 % range)" if any(row.low < row.high for row in rows) else "Probability"
    right = max(text_width(text, TEXT, bold=True) for text in (*map(_shown, rows), figures))
    names = [text_width(row.label, TEXT, bold=True) for row in rows] + [text_width(row.note, SMALL) for row in rows]
    label = min(_LABEL, max(names)) + 1
    ratio = 0.0
    if any(row.ratio for row in rows):
        wide = max(text_width(row.ratio, TEXT) for row in rows)
        ratio = MARGIN + label + 20 + max(wide, text_width("Likelihood ratio", SMALL))
    low, high = limits([v for row in rows for v in (row.low, row.estimate, row.high)], "logit")
    axis = Axis("logit", low, high, (ratio or MARGIN + label) + 24, WIDTH - MARGIN - right - 24)
    return _Columns(label, ratio, axis, figures)


def _shown(row: PrePostRow) -> str:
    """Return the figure in words; a single figure has no range."""
    return percent(row.estimate) if row.low == row.high else percent_with_range(row.estimate, row.low, row.high)


def _row(row: PrePostRow, columns: _Columns, y: float) -> tuple[list[str], float]:
    """Return the parts of a row that begins at ``y``, and its height."""
    strong = row.kind != "next"
    lines = wrap(clean(row.label), columns.label, TEXT, bold=strong)
    small = wrap(clean(row.note), columns.label, SMALL) if row.note else []
    height = max(_ROW, 12 + len(lines) * TEXT * 1.3 + len(small) * SMALL * 1.3)
    middle = y + height / 2
    block = (len(lines) - 1) * TEXT * 1.3 + len(small) * SMALL * 1.3
    base = middle - block / 2 + TEXT * 0.36
    class_ = "strong" if strong else ""
    parts = [
        text_lines(lines, MARGIN, base, TEXT, class_=class_),
        text_lines(small, MARGIN, base + len(lines) * TEXT * 1.3, SMALL, class_="quiet"),
        text_lines([_shown(row)], WIDTH - MARGIN, middle + TEXT * 0.36, TEXT, anchor="end", class_=class_),
        range_bar(columns.axis, row.low, row.high, middle, "wide" if strong else "range"),
        tag("circle", cx=columns.axis.px(row.estimate), cy=middle, r=6, class_="pooled" if strong else "hollow"),
    ]
    if row.ratio:
        parts.append(text_lines([clean(row.ratio)], columns.ratio, middle + TEXT * 0.36, TEXT, anchor="end"))
    return parts, height


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
