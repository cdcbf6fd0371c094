"""The acceptability curve: how surely each strategy is best, over what one is willing to pay for a fusion found."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.figures import axes, series
from ntrkpath.model.numbers import amount, percent


class Curve(msgspec.Struct, frozen=True):
    """The share of draws in which a strategy is best, at each amount."""

    name: str
    shares: tuple[float, ...]


def acceptability_svg(
    amounts: Sequence[float],
    curves: Sequence[Curve],
    *,
    title: str,
    across: str,
    notes: Sequence[str] = (),
    ident: str = "acceptability",
    width: float = axes.WIDTH,
) -> str:
    """Return the curves as one SVG element.

    Args:
        amounts: At least two, rising.
        curves: Strategies in the order of the key, each with a share for every amount.
        width: In px; below 600 it is laid out for a phone.

    Raises:
        ValueError: Fewer than two amounts, or a curve of another length.
    """
    if len(amounts) < 2 or any(len(curve.shares) != len(amounts) for curve in curves):
        raise ValueError("a share for each of two amounts or more")
    head, y = axes.heading(title, width)
    upright = "share of draws in which the strategy is best"
    top, bottom, right = axes.field(width, y, 340, upright)
    tall = axes.Axis("linear", 0.0, 1.0, bottom, top)
    left = axes.left_of(tall, width)
    flat = axes.Axis("linear", amounts[0], amounts[-1], left, right, "number")
    parts = [
        series.style(),
        head,
        axes.across(flat, top, bottom, across, width),
        axes.upright(tall, left, right, upright, width),
    ]
    described = []
    for i, curve in enumerate(curves):
        points = [(flat.px(a), tall.px(s)) for a, s in zip(amounts, curve.shares, strict=True)]
        parts.append(series.line(i, points))
        described.append(f"{curve.name}: {percent(curve.shares[0])} at first, {percent(curve.shares[-1])} at last.")
    under = bottom + axes.axis_height(across, width)
    key, y = series.key([curve.name for curve in curves], under + 14, lines=True, width=width)
    below, height = axes.notes(notes, y, width)
    return axes.plot([*parts, key, below], height, title, " ".join([*described, *notes]), ident, width)


def value_svg(
    amounts: Sequence[float],
    values: Sequence[float],
    *,
    title: str,
    across: str,
    upright: str,
    notes: Sequence[str] = (),
    ident: str = "information",
    width: float = axes.WIDTH,
) -> str:
    """Return the expected value of perfect information over the amounts, as one SVG element.

    Args:
        width: In px; below 600 it is laid out for a phone.

    Raises:
        ValueError: Fewer than two amounts, or not a value for each.
    """
    if len(amounts) < 2 or len(values) != len(amounts):
        raise ValueError("a value for each of two amounts or more")
    head, y = axes.heading(title, width)
    top, bottom, right = axes.field(width, y, 240, upright)
    tall = axes.Axis("linear", 0.0, 1.08 * max(values) or 1.0, bottom, top, "number")
    left = axes.left_of(tall, width)
    flat = axes.Axis("linear", amounts[0], amounts[-1], left, right, "number")
    points = [(flat.px(a), tall.px(v)) for a, v in zip(amounts, values, strict=True)]
    parts = [
        series.style(),
        head,
        axes.across(flat, top, bottom, across, width),
        axes.upright(tall, left, right, upright, width),
        series.line(0, points),
    ]
    below, height = axes.notes(notes, bottom + axes.axis_height(across, width), width)
    said = f"At most {amount(max(values))}, at {amount(amounts[list(values).index(max(values))])}."
    return axes.plot([*parts, below], height, title, " ".join([said, *notes]), ident, width)
