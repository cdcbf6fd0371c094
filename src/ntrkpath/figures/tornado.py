"""The tornado: how far one outcome moves when each parameter alone goes to the ends of its range."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.figures import axes, series
from ntrkpath.figures.svg import tag, text_lines, text_width, wrap
from ntrkpath.model.numbers import amount, significant

_ROW, _LABELS, _LINE = 40.0, 380.0, axes.SMALL * 1.3


class Lever(msgspec.Struct, frozen=True):
    """A parameter: its name in words, the ends of its range, and the outcome at each."""

    name: str
    low: float
    high: float
    at_low: float
    at_high: float


def tornado_svg(
    levers: Sequence[Lever],
    central: float,
    *,
    title: str,
    across: str,
    notes: Sequence[str] = (),
    ident: str = "tornado",
    width: float = axes.WIDTH,
) -> str:
    """Return the tornado as one SVG element.

    Args:
        levers: The widest first.
        central: The outcome where every parameter has its central value.
        width: In px; below 600 it is laid out for a phone, each name over its bars.

    Raises:
        ValueError: No parameter.
    """
    if not levers:
        raise ValueError("no parameter to show")
    head, y = axes.heading(title, width)
    over = axes.narrow(width)
    edge = axes.margin(width)
    left, right = (edge + 10, width - edge - 10) if over else (edge + _LABELS * width / axes.WIDTH, width - edge - 60)
    room = width - 2 * edge if over else left - edge - 16
    names = [wrap(lever.name, room, axes.SMALL) for lever in levers]
    heights = [_ROW + len(lines) * _LINE if over else max(_ROW, (len(lines) + 0.5) * _LINE) for lines in names]
    top, bottom = y + 20, y + 20 + sum(heights)
    flat = _axis(levers, central, left, right, 0.24 if over else 0.13)
    parts = [series.style(), head, axes.across(flat, top, bottom, across, width)]
    described = [f"Central value {amount(central)}."]
    y = top
    for lever, lines, height in zip(levers, names, heights, strict=True):
        middle = y + height - _ROW / 2 if over else y + height / 2
        if over:
            parts.append(text_lines(lines, edge, y + axes.SMALL + 6, axes.SMALL, class_="halo"))
        else:
            first = middle - (len(lines) - 1) * _LINE / 2 + axes.SMALL * 0.36
            parts.append(text_lines(lines, left - 10, first, axes.SMALL, anchor="end"))
        parts += _bars(lever, central, flat, middle)
        moved = f"moves it from {amount(lever.at_low)} to {amount(lever.at_high)}."
        described.append(f"{lever.name}: from {significant(lever.low)} to {significant(lever.high)} {moved}")
        y += height
    parts.append(axes.stroke(flat.px(central), top - 4, flat.px(central), bottom, "axis"))
    said = [
        "Dark: the parameter at the low end of its central 95 %; light: at the high end.",
        "Figures at the bars: the parameter.",
    ]
    below, height = axes.notes([*notes, *said], bottom + axes.axis_height(across, width), width)
    return axes.plot([*parts, below], height, title, " ".join([*described, *notes]), ident, width)


def _axis(levers: Sequence[Lever], central: float, left: float, right: float, share: float) -> axes.Axis:
    """Return an axis with air on both sides for the figures at the bars, a ``share`` of what the bars span."""
    ends = [central, *(v for lever in levers for v in (lever.at_low, lever.at_high))]
    air = share * (max(ends) - min(ends)) or 0.5
    return axes.Axis("linear", min(ends) - air, max(ends) + air, left, right, "number")


def _bars(lever: Lever, central: float, flat: axes.Axis, middle: float) -> list[str]:
    """Return the bars to both ends of a parameter, each with the value of the parameter there."""
    parts = []
    for value, outcome, class_ in ((lever.low, lever.at_low, "low-end"), (lever.high, lever.at_high, "high-end")):
        a, b = sorted((flat.px(central), flat.px(outcome)))
        parts.append(tag("rect", x=a, y=middle - 9, width=b - a, height=18.0, class_=class_))
        down = outcome < central or (outcome == central and value == lever.low)
        words = significant(value)
        x = flat.px(outcome) + (-6 if down else 6)
        if x - text_width(words, axes.SMALL) < flat.start and down:
            x = flat.start + text_width(words, axes.SMALL) + 2
        at = middle + axes.SMALL * 0.36
        parts.append(text_lines([words], x, at, axes.SMALL, anchor="end" if down else "start", class_="halo"))
    return parts
