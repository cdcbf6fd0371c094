"""Axes for plots: linear, logarithmic and logit scales, their ticks, numbers in words, and the frame of a plot."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from ntrkpath.figures import host
from ntrkpath.figures.svg import (
    base_rules,
    clean,
    escape,
    identifier,
    number,
    tag,
    text_lines,
    text_width,
    wrap,
)
from ntrkpath.model.numbers import set_number, set_percent

Scale = Literal["linear", "log", "logit"]
Form = Literal["percent", "number"]

#: Width of a drawing on its own, of one in a page, and of one on a phone, which is laid out anew; in px.
WIDTH, PAGE, NARROW = 960.0, 760.0, 340.0
MARGIN = 20.0
SMALL, TEXT, HEAD = 12.0, 13.0, 16.0

STYLE = (
    base_rules(".ntrk-plot")
    + """
.ntrk-plot .strong{font-weight:700}
.ntrk-plot .axis{fill:none;stroke:var(--ink);stroke-width:1.2}
.ntrk-plot .grid{fill:none;stroke:var(--edge);stroke-width:.5;stroke-dasharray:2 4}
.ntrk-plot .rule{fill:none;stroke:var(--edge);stroke-width:.8}
.ntrk-plot .range{fill:none;stroke:var(--line);stroke-width:2}
.ntrk-plot .mark{fill:var(--line);stroke:var(--paper);stroke-width:.8}
.ntrk-plot .pooled{fill:var(--taken);stroke:var(--ink);stroke-width:1}
.ntrk-plot .wide{fill:none;stroke:var(--taken);stroke-width:2.5}
.ntrk-plot .reference{fill:none;stroke:var(--taken);stroke-width:1.3;stroke-dasharray:6 4}
.ntrk-plot .limit{fill:none;stroke:var(--edge);stroke-width:1.2;stroke-dasharray:3 3}
.ntrk-plot .band{fill:var(--taken-box);stroke:none}
.ntrk-plot .hollow{fill:var(--paper);stroke:var(--taken);stroke-width:2.2}
.ntrk-plot .shift{fill:none;stroke:var(--ink);stroke-width:1.4}
.ntrk-plot .tip{fill:var(--ink)}
.ntrk-plot .halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
"""
)

#: Candidates for ticks on a logit scale, those that matter most first.
_LOGIT_TICKS = (
    0.5, 0.01, 0.99, 0.1, 0.9, 0.001, 0.999, 0.0001, 0.9999, 0.05, 0.95, 0.2, 0.8, 0.02, 0.98, 0.005, 0.995, 0.3, 0.7,
    0.002, 0.998, 0.4, 0.6,
)  # fmt: skip
#: Limits of a logit scale: what lies beyond is drawn at the limit.
LOGIT_LIMITS = (0.0001, 0.9999)


def logit(share: float) -> float:
    """Return the log odds of a share strictly between 0 and 1."""
    return math.log(share) - math.log1p(-share)


def expit(odds: float) -> float:
    """Return the share whose log odds these are."""
    return 1 / (1 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1 + math.exp(odds))


class Axis(msgspec.Struct, frozen=True):
    """A scale laid along px.

    Args:
        scale: ``linear``, ``log`` (values over 0) or ``logit`` (shares; 0 and 1 stand at the limits).
        low: The value at ``start``; ``high`` the value at ``end``.
        start: In px; ``end`` may be smaller, for an axis that grows upwards.
        form: ``percent`` for shares (0 to 1), ``number`` for anything else.
    """

    scale: Scale
    low: float
    high: float
    start: float
    end: float
    form: Form = "percent"

    def __post_init__(self) -> None:
        limits = {"log": (0.0, math.inf), "logit": (0.0, 1.0)}.get(self.scale, (-math.inf, math.inf))
        if not (limits[0] < self.low < self.high < limits[1]):
            raise ValueError(f"a {self.scale} axis cannot run from {self.low} to {self.high}")

    def _at(self, value: float) -> float:
        return value if self.scale == "linear" else math.log(value) if self.scale == "log" else logit(value)

    def px(self, value: float) -> float:
        """Return the place of a value; values beyond the limits stand at the limits."""
        inside = min(max(value, self.low), self.high)
        first, last = self._at(self.low), self._at(self.high)
        return self.start + (self._at(inside) - first) / (last - first) * (self.end - self.start)

    def covers(self, value: float) -> bool:
        """Say whether a value lies within the limits."""
        return self.low <= value <= self.high

    def words(self, value: float) -> str:
        """Return a value as a tick names it."""
        if self.form == "percent":
            return set_percent(value)
        return set_number(value)

    def ticks(self, upright: bool = False) -> list[float]:
        """Return round values whose names do not touch, in rising order."""
        chosen: list[tuple[float, float, float]] = []
        for value in self._candidates():
            if not self.covers(value):
                continue
            half = SMALL * 0.8 if upright else text_width(self.words(value), SMALL) / 2 + 7
            middle = self.px(value)
            if all(middle + half <= left or middle - half >= right for left, right, _ in chosen):
                chosen.append((middle - half, middle + half, value))
        return sorted(value for _, _, value in chosen)

    def _candidates(self) -> Iterator[float]:
        if self.scale == "logit":
            yield from _LOGIT_TICKS
            return
        if self.scale == "log":
            decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            for factor in (1, 3, 2, 5):
                for decade in decades:
                    yield factor * 10.0**decade
            return
        rough = (self.high - self.low) / max(2, abs(self.end - self.start) / 90)
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
        first = math.ceil(self.low / step - 1e-9)
        while first * step <= self.high + step * 1e-9:
            yield round(first * step, 12)
            first += 1


def limits(values: Sequence[float], scale: Scale) -> tuple[float, float]:
    """Return limits that hold all values with some air, never beyond those of the scale.

    Raises:
        ValueError: No value lies within the scale.
    """
    if scale == "logit":
        inner = [min(max(v, LOGIT_LIMITS[0]), LOGIT_LIMITS[1]) for v in values]
        low, high = logit(min(inner)), logit(max(inner))
        air = max(0.05 * (high - low), 0.3)
        return max(expit(low - air), LOGIT_LIMITS[0] / 2), min(expit(high + air), 1 - LOGIT_LIMITS[0] / 2)
    if scale == "log":
        positive = [v for v in values if v > 0]
        air = max((max(positive) / min(positive)) ** 0.05, 1.2)
        return min(positive) / air, max(positive) * air
    low, high = min(values), max(values)
    air = 0.04 * (high - low) or 0.5
    return (0.0 if 0 <= low < 0.3 * high else low - air), high + air


def narrow(width: float) -> bool:
    """Say whether a drawing is laid out for a phone: names above what they name, not beside it."""
    return width < 600


def margin(width: float) -> float:
    """Return the empty edge of a drawing of this width."""
    return 4.0 if narrow(width) else MARGIN


def across(axis: Axis, top: float, bottom: float, title: str, width: float = WIDTH) -> str:
    """Return a horizontal axis at ``bottom``, with its grid up to ``top`` and its title below (see ``axis_height``)."""
    parts = [stroke(axis.start, bottom, axis.end, bottom, "axis")]
    for value in axis.ticks():
        x = axis.px(value)
        parts += [stroke(x, top, x, bottom, "grid"), stroke(x, bottom, x, bottom + 6, "axis")]
        half = text_width(axis.words(value), SMALL) / 2
        inside = min(max(x, half), width - half)
        parts.append(text_lines([axis.words(value)], inside, bottom + 20, SMALL, anchor="middle"))
    lines = wrap(title, width - 2 * margin(width), SMALL)
    half = max((text_width(line, SMALL) for line in lines), default=0.0) / 2
    middle = min(max((axis.start + axis.end) / 2, margin(width) + half), width - margin(width) - half)
    parts.append(text_lines(lines, middle, bottom + 40, SMALL, anchor="middle", class_="quiet"))
    return "".join(parts)


def axis_height(title: str, width: float) -> float:
    """Return how high a horizontal axis with its title is."""
    return AXIS + SMALL * 1.3 * max(len(wrap(title, width - 2 * margin(width), SMALL)) - 1, 0)


def upright(axis: Axis, left: float, right: float, title: str, width: float = WIDTH) -> str:
    """Return an upright axis at ``left``, with its grid up to ``right`` and its title above."""
    parts = [stroke(left, axis.start, left, axis.end, "axis")]
    for value in axis.ticks(upright=True):
        y = axis.px(value)
        parts += [stroke(left, y, right, y, "grid"), stroke(left - 6, y, left, y, "axis")]
        parts.append(text_lines([axis.words(value)], left - 10, y + SMALL * 0.36, SMALL, anchor="end"))
    start = margin(width) if narrow(width) else left
    lines = wrap(title, width - margin(width) - start, SMALL)
    first = min(axis.start, axis.end) - 12 - SMALL * 1.3 * (len(lines) - 1)
    parts.append(text_lines(lines, start, first, SMALL, class_="quiet"))
    return "".join(parts)


def field(width: float, top: float, tall: float, upright_title: str) -> tuple[float, float, float]:
    """Return top, bottom and right of the field of a plot that has an axis on two sides.

    Args:
        top: Below the heading.
        tall: Height of the field where there is room.
        upright_title: Stands above the field, on as many lines as it needs.
    """
    edge = margin(width)
    if not narrow(width):
        return top + 34, top + 34 + tall, width - edge
    lines = len(wrap(upright_title, width - 2 * edge, SMALL))
    start = top + 18 + SMALL * 1.3 * lines
    return start, start + 0.75 * tall, width - edge - 10


def left_of(tall: Axis, width: float) -> float:
    """Return where the field right of an upright axis begins: there is room for the names of its ticks."""
    needed = margin(width) + max((text_width(tall.words(tick), SMALL) for tick in tall.ticks(upright=True)), default=0)
    return max(40.0 if narrow(width) else 100.0, needed + 10)


def stroke(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """Return a straight line of a class of the style sheet."""
    return tag("path", d=f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", class_=class_)


def range_bar(axis: Axis, low: float, high: float, y: float, class_: str = "range") -> str:
    """Return a range as a horizontal line; where it runs beyond the axis it ends in an arrow, else in a stop."""
    x1, x2 = axis.px(low), axis.px(high)
    parts = [stroke(x1, y, x2, y, class_)]
    for value, x, out in ((low, x1, -1), (high, x2, 1)):
        if axis.covers(value):
            parts.append(stroke(x, y - 4, x, y + 4, class_))
        else:
            back = number(x - 6 * out)
            data = f"M{back} {number(y - 4.5)}L{number(x)} {number(y)}L{back} {number(y + 4.5)}"
            parts.append(tag("path", d=data, class_=class_))
    return "".join(parts)


#: Height of a horizontal axis with a title of one line.
AXIS = 54.0


def heading(title: str, width: float = WIDTH) -> tuple[str, float]:
    """Return the heading of a plot, and the y below it."""
    lines = wrap(clean(title), width - 2 * margin(width), HEAD, bold=True)
    y = margin(width) + HEAD
    return text_lines(lines, margin(width), y, HEAD, class_="strong"), y + (len(lines) - 1) * HEAD * 1.3 + 10


def notes(lines: Sequence[str], y: float, width: float = WIDTH) -> tuple[str, float]:
    """Return notes below a plot, and the y below them."""
    broken = [part for line in lines for part in wrap(clean(line), width - 2 * margin(width), SMALL)]
    height = len(broken) * SMALL * 1.3 + MARGIN * 0.6
    return text_lines(broken, margin(width), y + SMALL, SMALL, class_="quiet"), y + height


def ident_for(ident: str, width: float) -> str:
    """Return what makes the ids of a drawing unique, also beside the same drawing at another width."""
    return f"{ident}-narrow" if narrow(width) else ident


def plot(parts: Sequence[str], height: float, title: str, description: str, ident: str, width: float = WIDTH) -> str:
    """Return a plot as one SVG element, with its title and description for those who do not see it."""
    base = identifier(ident_for(ident, width))
    body = (
        tag("title", escape(title), id=f"{base}-title")
        + tag("desc", escape(description), id=f"{base}-desc")
        + host.style(STYLE)
        + tag("rect", width="100%", height="100%", fill="var(--paper)")
        + "".join(parts)
    )
    return tag(
        "svg",
        body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_labelledby=f"{base}-title {base}-desc",
        class_="ntrk-plot",
    )
