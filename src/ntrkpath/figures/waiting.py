"""Time to an event: the share still without it as a stair with its interval, and how many are at risk below."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.figures import axes
from ntrkpath.figures.series import style
from ntrkpath.figures.svg import clean, number, tag, text_lines, text_width
from ntrkpath.model.numbers import grouped, percent


class Stair(msgspec.Struct, frozen=True):
    """A step down: the time, and the share after it with its interval."""

    time: float
    share: float
    low: float
    high: float


def waiting_svg(
    stairs: Sequence[Stair],
    *,
    last: float,
    at_risk: Sequence[tuple[float, int]],
    title: str,
    across: str,
    upright: str,
    limit: float | None = None,
    notes: Sequence[str] = (),
    ident: str = "waiting",
    width: float = axes.WIDTH,
) -> str:
    """Return the share without an event over time as one SVG element that reads without colour.

    Args:
        stairs: At every time with an event, rising.
        last: The latest time at which one was followed; the stair ends there.
        at_risk: Numbers at risk at some times, shown below.
        title: Stands above and names it to a screen reader.
        across: What time is counted from, with the unit.
        upright: What the share is.
        limit: Where a limit of time stands, as an upright dashed line.
        notes: Sentences below.
        ident: Makes the ids unique on a page.
        width: In px; below 600 it is laid out for a phone.

    Raises:
        ValueError: Nobody was followed for any time.
    """
    if last <= 0:
        raise ValueError("nobody was followed for any time")
    head, y = axes.heading(title, width)
    top, bottom, right = axes.field(width, y, 260, upright)
    right -= 0 if axes.narrow(width) else 24
    tall = axes.Axis("linear", 0.0, 1.0, bottom, top)
    left = axes.left_of(tall, width)
    flat = axes.Axis("linear", 0.0, max(last, limit or 0.0), left, right, "number")
    parts = [style(), head, axes.across(flat, top, bottom, across, width)]
    parts.append(axes.upright(tall, left, right, upright, width))
    if stairs:
        parts.append(tag("path", d=_band(stairs, last, flat, tall), class_="band"))
    parts.append(tag("path", d=_line(stairs, last, flat, tall), class_="wide"))
    if limit is not None:
        parts.append(axes.stroke(flat.px(limit), top, flat.px(limit), bottom, "reference"))
    y = bottom + axes.axis_height(across, width) + 8
    parts.append(text_lines(["at risk"], axes.margin(width), y, axes.SMALL, class_="quiet"))
    free = axes.margin(width) + text_width("at risk", axes.SMALL)
    for time, count in at_risk:
        half = text_width(grouped(count), axes.SMALL) / 2
        at = min(flat.px(time), width - half)
        if at - half > free:  # what would touch the number before it is left out
            parts.append(text_lines([grouped(count)], at, y, axes.SMALL, anchor="middle"))
            free = at + half + 3
    below, height = axes.notes(notes, y + 10, width)
    told = [f"{percent(stair.share)} after {stair.time:g}" for stair in _some(stairs)]
    said = f"{upright}: {'; '.join(told) or 'no event yet'}."
    return axes.plot([*parts, below], height, clean(title), " ".join([said, *notes]), ident, width)


def _some(stairs: Sequence[Stair], most: int = 6) -> Sequence[Stair]:
    """Return a few stairs, evenly, the last one with them."""
    step = max(1, -(-len(stairs) // most))
    return [*stairs[: len(stairs) - 1 : step], *stairs[-1:]]


def _line(stairs: Sequence[Stair], last: float, flat: axes.Axis, tall: axes.Axis) -> str:
    data = f"M{number(flat.px(0))} {number(tall.px(1))}"
    for stair in stairs:
        data += f"H{number(flat.px(stair.time))}V{number(tall.px(stair.share))}"
    return data + f"H{number(flat.px(max(last, stairs[-1].time if stairs else 0)))}"


def _band(stairs: Sequence[Stair], last: float, flat: axes.Axis, tall: axes.Axis) -> str:
    """Return the interval, forth along its upper end and back along its lower one."""
    ends = [stair.time for stair in stairs[1:]] + [max(last, stairs[-1].time)]
    forth = "".join(
        f"V{number(tall.px(stair.high))}H{number(flat.px(end))}" for stair, end in zip(stairs, ends, strict=True)
    )
    back = "".join(f"V{number(tall.px(stair.low))}H{number(flat.px(stair.time))}" for stair in reversed(stairs))
    return f"M{number(flat.px(stairs[0].time))} {number(tall.px(1))}{forth}{back}Z"
