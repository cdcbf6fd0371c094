"""The forest plot: studies with their intervals, pooled estimates, prediction intervals, and counts beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from ntrkpath.figures.axes import (
    HEAD,
    MARGIN,
    SMALL,
    TEXT,
    WIDTH,
    Axis,
    Form,
    Scale,
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
from ntrkpath.figures.svg import clean, number, tag, text_lines, text_width, wrap
from ntrkpath.model.numbers import percent, percent_range, significant

_ROW = 25.0
_LABEL = 300.0
_LEAST = 120.0
_GAP = 16.0


class ForestRow(msgspec.Struct, frozen=True):
    """One line of a forest plot.

    Args:
        label: Study or group; wrapped where it is long.
        estimate: In the units of the axis; ``None`` for a heading, or a study without a figure.
        low: Lower end of the interval; ``high`` the upper end; ``None`` where there is none.
        kind: ``study`` (square), ``pooled`` (diamond), ``prediction`` (range alone), ``heading`` (words alone).
        columns: Texts beside the label, as the counts; one for each title in ``columns`` of the plot.
        weight: Size of the square relative to the largest of the plot, over 0 up to 1.
        shown: The figures as text at the right; made from the numbers where empty.
    """

    label: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    kind: Literal["study", "pooled", "prediction", "heading"] = "study"
    columns: tuple[str, ...] = ()
    weight: float = 0.5
    shown: str = ""


def forest_svg(
    rows: Sequence[ForestRow],
    *,
    title: str,
    axis_title: str,
    description: str = "",
    columns: Sequence[str] = (),
    figures: str = "Estimate (95 % interval)",
    scale: Scale = "linear",
    form: Form = "percent",
    low: float | None = None,
    high: float | None = None,
    reference: float | None = None,
    notes_below: Sequence[str] = (),
    ident: str = "forest",
    width: float = WIDTH,
) -> str:
    """Return a forest plot as one SVG element that reads without colour, in light and dark.

    Args:
        rows: From top to bottom.
        title: Stands above the plot and names it to a screen reader.
        axis_title: What the axis measures, with the unit.
        description: For those who do not see it; made from the rows where empty.
        columns: Titles of the text columns between label and plot.
        figures: Title of the column of figures at the right.
        scale: ``linear``, ``log`` or ``logit``.
        form: ``percent`` for shares (0 to 1), ``number`` for anything else.
        low: Lower limit of the axis; found from the rows where not given, as ``high``.
        reference: Where to draw an upright dashed line.
        notes_below: Sentences below the plot.
        ident: Makes the ids unique where several plots share a page.
        width: In px; below 600 it is laid out for a phone, each row over its mark.

    Raises:
        ValueError: No row has an estimate, a row has too many columns, or an interval leaves out its estimate.
    """
    _check(rows, columns)
    ends = _ends(rows, scale, form, reference, low, high)
    shown = [_figures(row, form) for row in rows]
    head, y = heading(title, width)
    draw = _stacked if narrow(width) else _beside
    drawn = draw(rows, shown, columns, figures, lambda x1, x2: Axis(scale, *ends, x1, x2, form), y + 18, width)
    frame = [across(drawn.axis, drawn.top, drawn.bottom, axis_title, width)]
    if reference is not None:
        x = drawn.axis.px(reference)
        frame.append(stroke(x, drawn.top, x, drawn.bottom, "reference"))
    below, y = notes(notes_below, drawn.bottom + axis_height(axis_title, width), width)
    told = description or _told(rows, shown)
    return plot([head, *frame, *drawn.parts, below], max(y, drawn.top + HEAD), clean(title), clean(told), ident, width)


class _Rows(msgspec.Struct, frozen=True):
    """Rows as drawn: their elements, the axis that their marks stand on, and from where to where they reach."""

    parts: list[str]
    axis: Axis
    top: float
    bottom: float


def _ends(
    rows: Sequence[ForestRow], scale: Scale, form: Form, reference: float | None, low: float | None, high: float | None
) -> tuple[float, float]:
    """Return the limits of the axis: those asked for, else such that every figure lies within."""
    values = [v for row in rows for v in (row.estimate, row.low, row.high, reference) if v is not None]
    found = limits(values, scale)
    if form == "percent" and scale == "linear":
        found = max(found[0], 0.0), min(found[1], 1.0)
    return found[0] if low is None else low, found[1] if high is None else high


def _beside(
    rows: Sequence[ForestRow], shown: Sequence[str], columns: Sequence[str], figures: str,
    axis_from: Callable[[float, float], Axis], y: float, width: float,
) -> _Rows:  # fmt: skip
    """Draw each row on one line: label, columns, mark, figures."""
    widths = [
        max([text_width(head, SMALL, bold=True)] + [text_width(r.columns[i], TEXT) for r in rows if len(r.columns) > i])
        for i, head in enumerate(columns)
    ]
    right = max(text_width(text, TEXT, bold=True) for text in (*shown, figures))
    names = [text_width(row.label, TEXT, bold=row.kind == "pooled") for row in rows if row.kind != "heading"]
    label = min(_LABEL, width * 0.32, max(_LEAST, *names))
    starts = [MARGIN + label + _GAP + sum(w + _GAP for w in widths[:i]) for i in range(len(widths))]
    left = MARGIN + label + sum(wide + _GAP for wide in widths) + _GAP
    axis = axis_from(left, width - MARGIN - right - 1.6 * _GAP)
    body = [
        text_lines([text], start + wide, y, SMALL, anchor="end", class_="quiet")
        for text, start, wide in zip(columns, starts, widths, strict=True)
    ]
    body.append(text_lines([figures], width - MARGIN, y, SMALL, anchor="end", class_="quiet"))
    y += 8
    body.append(stroke(MARGIN, y, width - MARGIN, y, "rule"))
    top = y
    for row, text in zip(rows, shown, strict=True):
        strong = row.kind in ("pooled", "heading")
        room = width - 2 * MARGIN if row.kind == "heading" else label
        lines = wrap(clean(row.label), room + 1, TEXT, bold=strong) or [""]
        height = _ROW + (len(lines) - 1) * TEXT * 1.3
        middle = y + height / 2
        class_ = "strong" if strong else ""
        first = middle - (len(lines) - 1) * TEXT * 0.65 + TEXT * 0.36
        body.append(text_lines(lines, MARGIN, first, TEXT, class_=class_))
        for cell, start, wide in zip(row.columns, starts, widths, strict=False):
            body.append(text_lines([cell], start + wide, middle + TEXT * 0.36, TEXT, anchor="end", class_=class_))
        body.append(text_lines([text], width - MARGIN, middle + TEXT * 0.36, TEXT, anchor="end", class_=class_))
        body.append(_mark(row, axis, middle))
        y += height
    return _Rows(body, axis, top, y + 4)


def _stacked(
    rows: Sequence[ForestRow], shown: Sequence[str], columns: Sequence[str], figures: str,
    axis_from: Callable[[float, float], Axis], y: float, width: float,
) -> _Rows:  # fmt: skip
    """Draw each row on lines of its own: the label, columns and figures at the right, and the mark beneath."""
    left, right = margin(width), width - margin(width)
    axis = axis_from(left + 8, right - 8)
    body = [text_lines([" · ".join([*columns, figures])], right, y, SMALL, anchor="end", class_="quiet")]
    y += 8
    body.append(stroke(left, y, right, y, "rule"))
    top = y
    for row, text in zip(rows, shown, strict=True):
        strong = row.kind in ("pooled", "heading")
        class_ = "strong" if strong else ""
        told = wrap(" · ".join(part for part in (*row.columns, text) if part), right - left, TEXT, bold=strong) or [""]
        lines = wrap(clean(row.label), right - left, TEXT, bold=strong) or [""]
        y += 4 + TEXT * 1.3
        body.append(text_lines(lines, left, y, TEXT, class_=class_))
        y += (len(lines) - 1) * TEXT * 1.3
        if text_width(lines[-1], TEXT, strong) + text_width(told[0], TEXT, strong) + 10 > right - left:
            y += TEXT * 1.3
        body.append(text_lines(told, right, y, TEXT, anchor="end", class_=class_))
        y += (len(told) - 1) * TEXT * 1.3
        if row.kind != "heading":
            body.append(_mark(row, axis, y + 15))
            y += 24
    return _Rows(body, axis, top, y + 8)


def _check(rows: Sequence[ForestRow], columns: Sequence[str]) -> None:
    if not any(row.estimate is not None or row.low is not None for row in rows):
        raise ValueError("a forest plot needs a row with figures")
    for row in rows:
        if len(row.columns) > len(columns):
            raise ValueError(f"{row.label}: {len(row.columns)} columns, but {len(columns)} titles")
        if (row.low is None) != (row.high is None):
            raise ValueError(f"{row.label}: an interval needs both ends")
        if (
            row.low is not None
            and row.high is not None
            and not (row.low <= (row.estimate if row.estimate is not None else row.low) <= row.high)
        ):
            raise ValueError(f"{row.label}: {row.estimate} lies outside {row.low} to {row.high}")


def _figures(row: ForestRow, form: Form) -> str:
    if row.shown or row.kind == "heading":
        return row.shown
    if form == "percent":
        ends = percent_range(row.low, row.high) if row.low is not None and row.high is not None else ""
        return percent(row.estimate) + (f" ({ends})" if ends else "") if row.estimate is not None else ends
    ends = f"{significant(row.low)} to {significant(row.high)}" if row.low is not None and row.high is not None else ""
    return significant(row.estimate) + (f" ({ends})" if ends else "") if row.estimate is not None else ends


def _mark(row: ForestRow, axis: Axis, y: float) -> str:
    """Return the range and the sign of a row: a square, a diamond, or the range alone."""
    both = row.low is not None and row.high is not None
    if row.kind == "pooled" and row.estimate is not None:
        low = row.low if row.low is not None else row.estimate
        high = row.high if row.high is not None else row.estimate
        x1, x, x2 = (axis.px(v) for v in (low, row.estimate, high))
        x1, x2 = min(x1, x - 4), max(x2, x + 4)
        points = (
            f"{number(x1)},{number(y)} {number(x)},{number(y - 8)} {number(x2)},{number(y)} {number(x)},{number(y + 8)}"
        )
        return tag("polygon", points=points, class_="pooled")
    parts = ""
    if both:
        parts = range_bar(axis, row.low, row.high, y, "wide" if row.kind == "prediction" else "range")  # type: ignore[arg-type]
    if row.kind == "study" and row.estimate is not None:
        side = 5 + 9 * min(max(row.weight, 0.0), 1.0) ** 0.5
        x = axis.px(row.estimate)
        parts += tag("rect", x=x - side / 2, y=y - side / 2, width=side, height=side, class_="mark")
    return parts


def _told(rows: Sequence[ForestRow], shown: Sequence[str]) -> str:
    said = [
        f"{row.label}: {', '.join(part for part in (*row.columns, text) if part)}." if text else f"{row.label}."
        for row, text in zip(rows, shown, strict=True)
    ]
    return f"Forest plot of {sum(row.kind == 'study' for row in rows)} studies. " + " ".join(said)
