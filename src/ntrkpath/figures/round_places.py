"""Where laboratories stand: the share right of each against the range that the difficulty of its samples allows."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.figures.axes import AXIS, MARGIN, SMALL, WIDTH, Axis, across, heading, notes, plot, stroke
from ntrkpath.figures.svg import clean, tag, text_lines, text_width

#: Rows drawn; with more laboratories those furthest from what is expected are kept.
MOST = 60
_ROW = 22.0


class Standing(msgspec.Struct, frozen=True):
    """A laboratory: ``right`` of ``of``, the number expected and its limits (``None`` without others to compare)."""

    label: str
    right: int
    of: int
    expected: float | None
    low: int | None
    high: int | None
    outside: bool


def places_svg(
    standings: Sequence[Standing], *, title: str, ident: str = "places", notes_below: Sequence[str] = ()
) -> str:
    """Return the picture as one SVG element; a hollow mark lies outside its limits.

    Raises:
        ValueError: No laboratory.
    """
    if not standings:
        raise ValueError("no laboratory to draw")
    shown = list(standings)
    if len(shown) > MOST:
        kept = sorted(shown, key=lambda s: (s.right - s.expected) / s.of if s.expected is not None and s.of else 1.0)
        shown = kept[:MOST]
    head, y = heading(title)
    left = MARGIN + max(text_width(clean(one.label), SMALL) for one in shown) + 14
    axis = Axis("linear", 0.0, 1.0, left, WIDTH - MARGIN - 110)
    top, bottom = y + 6, y + 14 + len(shown) * _ROW
    parts = []
    for i, one in enumerate(shown):
        at = top + (i + 0.5) * _ROW + 4
        parts.append(text_lines([clean(one.label)], left - 10, at + 4, SMALL, anchor="end"))
        if one.of:
            if one.low is not None and one.high is not None and one.expected is not None:
                x1, x2 = axis.px(one.low / one.of), axis.px(one.high / one.of)
                parts.append(tag("rect", x=x1 - 4, y=at - 6, width=x2 - x1 + 8, height=12.0, class_="band"))
                mid = axis.px(one.expected / one.of)
                parts.append(stroke(mid, at - 8, mid, at + 8, "shift"))
            class_ = "hollow" if one.outside else "pooled"
            parts.append(tag("circle", cx=axis.px(one.right / one.of), cy=at, r=5.5, class_=class_))
        parts.append(text_lines([f"{one.right} of {one.of}"], axis.end + 16, at + 4, SMALL))
    said = [
        "Mark: results right. Band: what 95 % of laboratories reach on the same samples; upright line: expected. "
        "Hollow: outside the band."
    ]
    if len(standings) > len(shown):
        said.append(f"Of {len(standings)} laboratories the {len(shown)} that fall furthest below are drawn.")
    below, end = notes([*said, *notes_below], bottom + AXIS)
    told = " ".join(f"{one.label}: {one.right} of {one.of}{', outside' if one.outside else ''}." for one in shown)
    frame = across(axis, top, bottom, "Share of results right")
    return plot([head, frame, *parts, below], end, clean(title), clean(f"{title}. {told}"), ident)
