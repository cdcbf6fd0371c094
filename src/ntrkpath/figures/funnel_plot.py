"""The funnel of the evidence: each study's share against its size, with the limits that chance alone would set."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from ntrkpath.figures.axes import (
    AXIS,
    MARGIN,
    SMALL,
    WIDTH,
    Axis,
    Scale,
    across,
    heading,
    limits,
    notes,
    plot,
    stroke,
    upright,
)
from ntrkpath.figures.svg import Box, clean, number, tag, text_lines, text_width
from ntrkpath.model.numbers import percent

_HEIGHT = 380.0


class FunnelPoint(msgspec.Struct, frozen=True):
    """One study: ``positive`` of ``total`` tested; ``hollow`` where it is not among the pooled ones."""

    label: str
    positive: int
    total: int
    hollow: bool = False


def binomial_limits(total: int, share: float, tail: float = 0.025) -> tuple[float, float]:
    """Return the shares that a sample leaves with the probability ``tail`` on either side, by the exact binomial.

    Interpolated between counts, so that the limits run smoothly over sample sizes (Spiegelhalter,
    Stat Med 2005;24:1185).

    Args:
        total: Sample size, 1 or more.
        share: The true share, strictly between 0 and 1.
        tail: Probability beyond each limit.
    """
    return _quantile(total, share, tail), _quantile(total, share, 1 - tail)


def _quantile(total: int, share: float, level: float) -> float:
    mass = math.exp(total * math.log1p(-share)) if total * -math.log1p(-share) < 700 else 0.0
    start = 0
    if mass == 0.0:  # begin where the binomial is not yet negligible
        start = max(0, int(total * share - 12 * math.sqrt(total * share * (1 - share))))
        mass = math.exp(
            math.lgamma(total + 1) - math.lgamma(start + 1) - math.lgamma(total - start + 1)
            + start * math.log(share) + (total - start) * math.log1p(-share)
        )  # fmt: skip
    below, sum_ = 0.0, mass
    count = start
    while sum_ < level and count < total:
        below = sum_
        mass *= (total - count) / (count + 1) * share / (1 - share)
        count += 1
        sum_ += mass
    part = (sum_ - level) / (sum_ - below) if sum_ > below else 0.0
    return min(max((count - min(max(part, 0.0), 1.0)) / total, 0.0), 1.0)


def funnel_svg(
    points: Sequence[FunnelPoint],
    centre: float,
    *,
    title: str,
    axis_title: str = "Share with an NTRK fusion",
    size_title: str = "Tumours tested",
    scale: Scale = "linear",
    notes_below: Sequence[str] = (),
    ident: str = "funnel",
) -> str:
    """Return a funnel plot as one SVG element.

    Args:
        points: The studies.
        centre: The pooled share, strictly between 0 and 1: the upright line.
        title: Stands above the plot and names it to a screen reader.
        axis_title: What the horizontal axis measures; ``size_title`` the upright one.
        scale: Of the horizontal axis: ``linear`` or ``logit``.
        notes_below: Sentences below the plot.
        ident: Makes the ids unique where several plots share a page.

    Raises:
        ValueError: No point, a count over its total, or ``centre`` not between 0 and 1.
    """
    if not points or not 0 < centre < 1:
        raise ValueError("a funnel plot needs points, and a centre between 0 and 1")
    for point in points:
        if not 0 <= point.positive <= point.total or point.total < 1:
            raise ValueError(f"{point.label}: {point.positive} of {point.total}")
    head, y = heading(title)
    top, bottom = y + 30, y + 30 + _HEIGHT
    sizes = [point.total for point in points]
    least, most = limits(sizes, "log")
    size = Axis("log", max(least, 1.0), most, bottom, top, "number")
    ends = limits([centre, *(p.positive / p.total for p in points)], scale)
    if scale == "linear":
        ends = 0.0, min(1.0, ends[1])
    left = MARGIN + 70
    share = Axis(scale, *ends, left, WIDTH - MARGIN - 30)
    body = [_funnel(size, share, centre), stroke(share.px(centre), top, share.px(centre), bottom, "reference")]
    taken: list[Box] = []
    for point in points:
        x, at = share.px(point.positive / point.total), size.px(point.total)
        taken.append(Box(x - 6, at - 6, 12, 12))
        body.append(tag("circle", cx=x, cy=at, r=5.5, class_="hollow" if point.hollow else "pooled"))
    line = share.px(centre)
    for point in sorted(points, key=lambda p: -p.total):
        x, at = share.px(point.positive / point.total), size.px(point.total)
        label = clean(point.label)
        box = _room(text_width(label, SMALL), x, at, line, taken, Box(left, top, share.end - left, bottom - top))
        taken.append(box)
        body.append(text_lines([label], box.x, box.y + SMALL * 0.85, SMALL, class_="halo"))
    told = " ".join(f"{p.label}: {p.positive} of {p.total} ({percent(p.positive / p.total)})." for p in points)
    below, y = notes(
        ["Dashed line: pooled. Dotted: limits that 95 % of studies of that size keep if chance alone divides them.",
         *notes_below], bottom + AXIS
    )  # fmt: skip
    frame = [upright(size, left, share.end, f"{size_title} (logarithmic)"), across(share, top, bottom, axis_title)]
    description = f"Funnel plot of {len(points)} studies around {percent(centre)}. {told}"
    return plot([head, *frame, *body, below], y, clean(title), clean(description), ident)


def _funnel(size: Axis, share: Axis, centre: float) -> str:
    """Return the two limits over all sizes, as dotted lines."""
    steps = 60
    totals = sorted({max(1, round(size.low * (size.high / size.low) ** (i / steps))) for i in range(steps + 1)})
    parts = []
    for side, widest in ((0, min), (1, max)):
        found = [binomial_limits(n, centre)[side] for n in totals]
        # Counts are whole, so the limits saw; the line drawn never narrows as the studies get smaller.
        spots = [(share.px(widest(found[i:])), size.px(n)) for i, n in enumerate(totals)]
        data = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in spots)
        parts.append(tag("path", d=data, class_="limit"))
    return "".join(parts)


def _room(width: float, x: float, y: float, line: float, taken: Iterable[Box], frame: Box) -> Box:
    """Return where a label stands clear of marks, labels and the pooled line, near its point."""
    height = SMALL * 1.15
    others = list(taken)
    spots = [
        (x + 10, y - height / 2), (x - 10 - width, y - height / 2), (x + 8, y - height - 4), (x + 8, y + 5),
        (x - 8 - width, y - height - 4), (x - 8 - width, y + 5), (x + 14, y - 2 * height), (x + 14, y + height),
    ]  # fmt: skip
    best, least = Box(*spots[0], width, height), math.inf
    for place, (left, top) in enumerate(spots):
        box = Box(left, top, width, height)
        outside = left < frame.x + 2 or box.right > frame.right + 30 or top < frame.y or box.bottom > frame.bottom
        cost = place + 50 * sum(box.meets(other, 0) for other in others) + 200 * outside
        cost += 20 * (left < line < box.right)
        if cost < least:
            best, least = box, cost
    return best
