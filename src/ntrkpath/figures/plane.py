"""The cost-effectiveness plane: additional fusions found against additional cost, one mark a draw."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.figures import axes, series
from ntrkpath.figures.svg import tag
from ntrkpath.model.numbers import amount

_MARKS = "Small marks: single draws. Large marks: their means."


class Cloud(msgspec.Struct, frozen=True):
    """The draws of one strategy: (additional fusions found, additional cost)."""

    name: str
    draws: tuple[tuple[float, float], ...]


def plane_svg(
    clouds: Sequence[Cloud], *, title: str, across: str, upright: str, notes: Sequence[str] = (), ident: str = "plane",
    width: float = axes.WIDTH,
) -> str:  # fmt: skip
    """Return the plane as one SVG element.

    Args:
        clouds: Strategies in the order of the key.
        across: What the horizontal axis counts; ``upright`` likewise.
        notes: Lines below the plot.
        width: In px; below 600 it is laid out for a phone.

    Raises:
        ValueError: No draw.
    """
    xs = [x for cloud in clouds for x, _ in cloud.draws]
    ys = [y for cloud in clouds for _, y in cloud.draws]
    if not xs:
        raise ValueError("no draw to show")
    head, y = axes.heading(title, width)
    top, bottom, right = axes.field(width, y, 420, upright)
    low_x, high_x = axes.limits([*xs, 0.0], "linear")
    low_y, high_y = axes.limits([*ys, 0.0], "linear")
    tall = axes.Axis("linear", low_y, high_y, bottom, top, "number")
    left = axes.left_of(tall, width)
    flat = axes.Axis("linear", low_x, high_x, left, right, "number")
    parts = [
        series.style(), head, axes.across(flat, top, bottom, across, width),
        axes.upright(tall, left, right, upright, width),
    ]  # fmt: skip
    if low_x < 0:
        parts.append(axes.stroke(flat.px(0), top, flat.px(0), bottom, "limit"))
    if low_y < 0:
        parts.append(axes.stroke(left, tall.px(0), right, tall.px(0), "limit"))
    means: list[str] = []
    described = []
    for i, cloud in enumerate(clouds):
        marks = "".join(series.mark(i, (flat.px(x), tall.px(y)), 5) for x, y in cloud.draws)
        parts.append(tag("g", marks, class_=f"cloud {series.colour(i)}"))
        n = len(cloud.draws)
        x, y = sum(d[0] for d in cloud.draws) / n, sum(d[1] for d in cloud.draws) / n
        means.append(tag("g", series.mark(i, (flat.px(x), tall.px(y)), 15, "mean"), class_=series.colour(i)))
        described.append(f"{cloud.name}: on average {amount(x)} more fusions found at {amount(y)} more cost.")
    key, y = series.key([cloud.name for cloud in clouds], bottom + axes.axis_height(across, width) + 14, width=width)
    below, height = axes.notes([*notes, *([_MARKS] if len(xs) > len(clouds) else [])], y, width)
    return axes.plot([*parts, *means, key, below], height, title, " ".join([*described, *notes]), ident, width)
