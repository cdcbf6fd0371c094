"""The cost-effectiveness plane: additional fusions found against additional cost, one mark a draw."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.figures import axes, series
from ntrkpath.figures.svg import tag
from ntrkpath.model.numbers import amount


class Cloud(msgspec.Struct, frozen=True):
    """The draws of one strategy: (additional fusions found, additional cost)."""

    name: str
    draws: tuple[tuple[float, float], ...]


def plane_svg(
    clouds: Sequence[Cloud], *, title: str, across: str, upright: str, notes: Sequence[str] = (), ident: str = "plane"
) -> str:
    """Return the plane as one SVG element.

    Args:
        clouds: Strategies in the order of the key.
        across: What the horizontal axis counts; ``upright`` likewise.
        notes: Lines below the plot.

    Raises:
        ValueError: No draw.
    """
    xs = [x for cloud in clouds for x, _ in cloud.draws]
    ys = [y for cloud in clouds for _, y in cloud.draws]
    if not xs:
        raise ValueError("no draw to show")
    head, y = axes.heading(title)
    top, bottom, left, right = y + 34, y + 34 + 420, 100.0, axes.WIDTH - axes.MARGIN
    low_x, high_x = axes.limits([*xs, 0.0], "linear")
    low_y, high_y = axes.limits([*ys, 0.0], "linear")
    flat = axes.Axis("linear", low_x, high_x, left, right, "number")
    tall = axes.Axis("linear", low_y, high_y, bottom, top, "number")
    parts = [series.style(), head, axes.across(flat, top, bottom, across), axes.upright(tall, left, right, upright)]
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
    key, y = series.key([cloud.name for cloud in clouds], bottom + axes.AXIS + 14)
    marks_mean = ["Small marks: single draws. Large marks: their means."] if len(xs) > len(clouds) else []
    below, height = axes.notes([*notes, *marks_mean], y)
    return axes.plot([*parts, *means, key, below], height, title, " ".join([*described, *notes]), ident)
