"""The tornado: how far one outcome moves when each parameter alone goes to the ends of its range."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.figures import axes, series
from ntrkpath.figures.svg import tag, text_lines, text_width, wrap

_ROW, _LABELS = 40.0, 380.0


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
) -> str:
    """Return the tornado as one SVG element.

    Args:
        levers: The widest first.
        central: The outcome where every parameter has its central value.

    Raises:
        ValueError: No parameter.
    """
    if not levers:
        raise ValueError("no parameter to show")
    head, y = axes.heading(title)
    left, right = axes.MARGIN + _LABELS, axes.WIDTH - axes.MARGIN - 60
    top, bottom = y + 20, y + 20 + _ROW * len(levers)
    ends = [central, *(v for lever in levers for v in (lever.at_low, lever.at_high))]
    # Air on both sides for the figures at the bars.
    air = 0.13 * (max(ends) - min(ends)) or 0.5
    low, high = min(ends) - air, max(ends) + air
    flat = axes.Axis("linear", low, high, left, right, "number")
    parts = [series.style(), head, axes.across(flat, top, bottom, across)]
    described = [f"Central value {central:.4g}."]
    for i, lever in enumerate(levers):
        middle = top + _ROW * (i + 0.5)
        lines = wrap(lever.name, _LABELS - 16, axes.SMALL)[:2]
        first = middle - (len(lines) - 1) * axes.SMALL * 0.65 + axes.SMALL * 0.36
        parts.append(text_lines(lines, left - 10, first, axes.SMALL, anchor="end"))
        for value, outcome, class_ in ((lever.low, lever.at_low, "low-end"), (lever.high, lever.at_high, "high-end")):
            a, b = sorted((flat.px(central), flat.px(outcome)))
            parts.append(tag("rect", x=a, y=middle - 9, width=b - a, height=18.0, class_=class_))
            down = outcome < central or (outcome == central and value == lever.low)
            words = f"{value:.3g}"
            x = flat.px(outcome) + (-6 if down else 6)
            if x - text_width(words, axes.SMALL) < left and down:
                x = left + text_width(words, axes.SMALL) + 2
            parts.append(
                text_lines(
                    [words], x, middle + axes.SMALL * 0.36, axes.SMALL, anchor="end" if down else "start", class_="halo"
                )
            )
        moved = f"moves it from {lever.at_low:.4g} to {lever.at_high:.4g}."
        described.append(f"{lever.name}: from {lever.low:.3g} to {lever.high:.3g} {moved}")
    parts.append(axes.stroke(flat.px(central), top - 4, flat.px(central), bottom, "axis"))
    said = [
        "Dark: the parameter at the low end of its central 95 %; light: at the high end.",
        "Figures at the bars: the parameter.",
    ]
    below, height = axes.notes([*notes, *said], bottom + axes.AXIS)
    return axes.plot([*parts, below], height, title, " ".join([*described, *notes]), ident)
