"""The patient flow: from diagnosed to treated, one box a stage, and beside it those who leave, as one SVG."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.figures import host
from ntrkpath.figures.axes import ident_for, narrow
from ntrkpath.figures.svg import (
    arrow,
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
from ntrkpath.model.numbers import grouped

_GAP = 52.0
_SIZE, _SMALL = 15.0, 13.0
STYLE = (
    base_rules(".ntrk-flow")
    + """
.ntrk-flow .count{font-weight:700}
.ntrk-flow .stage{fill:var(--taken-box);stroke:var(--taken);stroke-width:2}
.ntrk-flow .leaves{fill:var(--box);stroke:var(--edge);stroke-width:1.2;stroke-dasharray:5 3}
.ntrk-flow .line{fill:none;stroke:var(--line);stroke-width:1.6}
.ntrk-flow .head{fill:var(--line)}
.ntrk-flow .share{fill:var(--taken)}
"""
)


class Stage(msgspec.Struct, frozen=True):
    """One stage of the flow.

    Args:
        label: What these cases have in common.
        count: How many they are; ``None`` where it is not known, and why stands in ``note``.
        note: A line below the label.
        leaves: Those of the stage before who are not here: words with their counts.
    """

    label: str
    count: int | None
    note: str = ""
    leaves: tuple[tuple[str, int], ...] = ()


class _Place(msgspec.Struct, frozen=True):
    """Where boxes stand: the stages at ``left``, who leaves at ``aside``; in px."""

    width: float
    left: float
    box: float
    aside: float
    side: float

    @property
    def centre(self) -> float:
        """The x of the line from stage to stage."""
        return self.left + (14.0 if narrow(self.width) else self.box / 2)


def _place(width: float) -> _Place:
    if narrow(width):
        return _Place(width, 4.0, width - 8, 40.0, width - 44)
    return _Place(width, 16.0, (width - 160) / 2, 104 + (width - 160) / 2, (width - 160) / 2)


def patient_flow_svg(
    stages: Sequence[Stage], *, title: str = "Patient flow", ident: str = "flow", width: float = 960.0
) -> str:
    """Return the flow as one SVG element that reads without colour, in light and dark.

    The bar in a box is its share of the first stage; the number is always beside it. Below 600 px it is laid out for
    a phone: who leaves stands between the stages.
    """
    base, place = identifier(ident_for(ident, width)), _place(width)
    parts: list[str] = []
    first = next((s.count for s in stages if s.count), 0) or 1
    y, above = 16.0, None
    for stage in stages:
        if above is not None:
            y = above + _GAP
            side, lowest = _leaving(stage, place, above)
            y = max(y, lowest)
            parts += [side, _step(place.centre, above, y)]
        box, above = _stage(stage, place, y, first)
        parts.append(box)
    height = (above or 16.0) + 16
    told = [f"{s.label}: {_count(s)}" + "".join(f"; {words}: {grouped(n)}" for words, n in s.leaves) for s in stages]
    head = (
        tag("title", escape(clean(title)), id=f"{base}-title")
        + tag("desc", escape(". ".join(told) + "."), id=f"{base}-desc")
        + host.style(STYLE)
    )
    return tag(
        "svg", head + "".join(parts), xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}", class_="ntrk-flow", role="img",
        aria_labelledby=f"{base}-title {base}-desc",
    )  # fmt: skip


def _count(stage: Stage) -> str:
    return "not stated" if stage.count is None else grouped(stage.count)


def _step(x: float, above: float, below: float) -> str:
    """Return the arrow from one stage down to the next."""
    line = tag("path", d=f"M{number(x)} {number(above)}V{number(below - 6)}", class_="line")
    return line + tag("polygon", points=arrow((x, below), (x, below - 30), 9), class_="head")


def _leaving(stage: Stage, place: _Place, above: float) -> tuple[str, float]:
    """Return the box of those who leave before a stage, and the y from which the stage may begin."""
    told = [line for words, n in stage.leaves for line in wrap(f"{words}: {grouped(n)}", place.side - 32, _SMALL)]
    if not told:
        return "", 0.0
    height = 16 + 1.3 * _SMALL * len(told)
    x, top = place.aside, above + 14
    middle = top + height / 2
    return (
        tag("rect", x=x, y=top, width=place.side, height=height, rx=5, class_="leaves")
        + text_lines(told, x + 16, top + 8 + _SMALL, _SMALL)
        + tag("path", d=f"M{number(place.centre)} {number(middle)}H{number(x - 6)}", class_="line")
        + tag("polygon", points=arrow((x, middle), (x - 30, middle), 8), class_="head")
    ), top + height + (30 if narrow(place.width) else 14)


def _stage(stage: Stage, place: _Place, top: float, whole: int) -> tuple[str, float]:
    """Return the box of a stage, with the bar of its share of the ``whole``, and the y of its lower side."""
    left, right = place.left + 16, place.left + place.box - 16
    count = _count(stage)
    room = right - left - text_width(count, _SIZE, bold=True) - 10
    label, notes = wrap(stage.label, room, _SIZE), wrap(stage.note, right - left, _SMALL) if stage.note else []
    more = (len(label) - 1) * 1.3 * _SIZE
    height = 58 + more + 1.3 * _SMALL * len(notes)
    parts = [
        tag("rect", x=place.left, y=top, width=place.box, height=height, rx=6, class_="stage"),
        text_lines(label, left, top + 26, _SIZE),
        tag("text", count, x=right, y=top + 26, font_size=_SIZE, text_anchor="end", class_="count"),
        text_lines(notes, left, top + 26 + more + 1.4 * _SMALL, _SMALL, class_="quiet"),
    ]
    if stage.count is not None:
        bar = top + height - 16
        track = f"M{number(left)} {number(bar + 3)}H{number(right)}"
        parts.append(tag("path", d=track, class_="line", stroke_dasharray="1 4"))
        if stage.count:
            share = max((right - left) * stage.count / whole, 1.5)
            parts.append(tag("rect", x=left, y=bar, width=share, height=6, class_="share"))
    return "".join(parts), top + height
