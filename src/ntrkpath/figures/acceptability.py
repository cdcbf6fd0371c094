"""The acceptability curve: how surely each strategy is best, over what one is willing to pay for a fusion found."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.figures import axes, series
from ntrkpath.model.numbers import percent


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
) -> str:
    """Return the curves as one SVG element.

    Args:
        amounts: At least two, rising.
        curves: Strategies in the order of the key, each with a share for every amount.

    Raises:
        ValueError: Fewer than two amounts, or a curve of another length.
    """
    if len(amounts) < 2 or any(len(curve.shares) != len(amounts) for curve in curves):
        raise ValueError("a share for each of two amounts or more")
    head, y = axes.heading(title)
    top, bottom, left, right = y + 34, y + 34 + 340, 100.0, axes.WIDTH - axes.MARGIN
    flat = axes.Axis("linear", amounts[0], amounts[-1], left, right, "number")
    tall = axes.Axis("linear", 0.0, 1.0, bottom, top)
    parts = [
        series.style(),
        head,
        axes.across(flat, top, bottom, across),
        axes.upright(tall, left, right, "share of draws in which the strategy is best"),
    ]
    described = []
    for i, curve in enumerate(curves):
        points = [(flat.px(a), tall.px(s)) for a, s in zip(amounts, curve.shares, strict=True)]
        parts.append(series.line(i, points))
        described.append(f"{curve.name}: {percent(curve.shares[0])} at first, {percent(curve.shares[-1])} at last.")
    key, y = series.key([curve.name for curve in curves], bottom + axes.AXIS + 14, lines=True)
    below, height = axes.notes(notes, y)
    return axes.plot([*parts, key, below], height, title, " ".join([*described, *notes]), ident)


def value_svg(
    amounts: Sequence[float],
    values: Sequence[float],
    *,
    title: str,
    across: str,
    upright: str,
    notes: Sequence[str] = (),
    ident: str = "information",
) -> str:
    """Return the expected value of perfect information over the amounts, as one SVG element.

    Raises:
        ValueError: Fewer than two amounts, or not a value for each.
    """
    if len(amounts) < 2 or len(values) != len(amounts):
        raise ValueError("a value for each of two amounts or more")
    head, y = axes.heading(title)
    top, bottom, left, right = y + 34, y + 34 + 240, 100.0, axes.WIDTH - axes.MARGIN
    flat = axes.Axis("linear", amounts[0], amounts[-1], left, right, "number")
    tall = axes.Axis("linear", 0.0, 1.08 * max(values) or 1.0, bottom, top, "number")
    points = [(flat.px(a), tall.px(v)) for a, v in zip(amounts, values, strict=True)]
    parts = [
        series.style(),
        head,
        axes.across(flat, top, bottom, across),
        axes.upright(tall, left, right, upright),
        series.line(0, points),
    ]
    below, height = axes.notes(notes, bottom + axes.AXIS)
    said = f"At most {max(values):.4g}, at {amounts[list(values).index(max(values))]:.4g}."
    return axes.plot([*parts, below], height, title, " ".join([said, *notes]), ident)
