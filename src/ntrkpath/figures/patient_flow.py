"""The patient flow: from diagnosed to treated, one box a stage, and beside it those who leave, as one SVG."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.figures import host
from ntrkpath.figures.svg import FONT, arrow, clean, colour_rules, escape, identifier, number, tag, text_lines, wrap
from ntrkpath.model.numbers import grouped

_WIDTH, _MARGIN = 960.0, 16.0
_BOX, _SIDE, _GAP = 400.0, 400.0, 52.0
_SIZE, _SMALL = 15.0, 13.0
STYLE = (
    colour_rules(".ntrk-flow")
    + f".ntrk-flow{{background:var(--paper);font-family:{FONT}}}"
    + """
.ntrk-flow text{fill:var(--ink)}
.ntrk-flow .quiet{fill:var(--quiet)}
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


def patient_flow_svg(stages: Sequence[Stage], *, title: str = "Patient flow", ident: str = "flow") -> str:
    """Return the flow as one SVG element that reads without colour, in light and dark.

    The bar in a box is its share of the first stage; the number is always beside it.
    """
    ident = identifier(ident)
    parts: list[str] = []
    y = _MARGIN
    first = next((s.count for s in stages if s.count), 0) or 1
    bottom_before: float | None = None
    told: list[str] = []
    for i, stage in enumerate(stages):
        notes = wrap(stage.note, _BOX - 32, _SMALL) if stage.note else []
        side = [line for words, n in stage.leaves for line in wrap(f"{words}: {grouped(n)}", _SIDE - 32, _SMALL)]
        top = y
        if side and bottom_before is not None:
            height = 16 + 1.3 * _SMALL * len(side)
            x, middle = _MARGIN + _BOX + 88, bottom_before + 14 + height / 2
            parts.append(tag("rect", x=x, y=middle - height / 2, width=_SIDE, height=height, rx=5, class_="leaves"))
            parts.append(text_lines(side, x + 16, middle - height / 2 + 8 + _SMALL, _SMALL))
            centre = _MARGIN + _BOX / 2
            parts.append(tag("path", d=f"M{number(centre)} {number(middle)}H{number(x - 6)}", class_="line"))
            parts.append(tag("polygon", points=arrow((x, middle), (x - 30, middle), 8), class_="head"))
            top = max(top, middle + height / 2 + 14)
        height = 58 + 1.3 * _SMALL * len(notes)
        if bottom_before is not None:
            centre = _MARGIN + _BOX / 2
            parts.append(tag("path", d=f"M{number(centre)} {number(bottom_before)}V{number(top - 6)}", class_="line"))
            parts.append(tag("polygon", points=arrow((centre, top), (centre, top - 30), 9), class_="head"))
        parts.append(tag("rect", x=_MARGIN, y=top, width=_BOX, height=height, rx=6, class_="stage"))
        shown = "not stated" if stage.count is None else grouped(stage.count)
        parts.append(
            tag("text", escape(stage.label), x=_MARGIN + 16, y=top + 26, font_size=_SIZE)
            + tag("text", shown, x=_MARGIN + _BOX - 16, y=top + 26, font_size=_SIZE, text_anchor="end", class_="count")
        )
        if notes:
            parts.append(text_lines(notes, _MARGIN + 16, top + 26 + 1.4 * _SMALL, _SMALL, class_="quiet"))
        if stage.count is not None:
            bar = top + height - 16
            width = (_BOX - 32) * stage.count / first
            track = f"M{number(_MARGIN + 16)} {number(bar + 3)}H{number(_MARGIN + _BOX - 16)}"
            parts.append(tag("path", d=track, class_="line", stroke_dasharray="1 4"))
            if stage.count:
                parts.append(tag("rect", x=_MARGIN + 16, y=bar, width=max(width, 1.5), height=6, class_="share"))
        told.append(f"{stage.label}: {shown}" + "".join(f"; {words}: {grouped(n)}" for words, n in stage.leaves))
        bottom_before = top + height
        y = top + height + _GAP if i + 1 < len(stages) else top + height
    height = y + _MARGIN
    head = (
        tag("title", escape(clean(title)), id=f"{ident}-title")
        + tag("desc", escape(". ".join(told) + "."), id=f"{ident}-desc")
        + host.style(STYLE)
    )
    return tag(
        "svg", head + "".join(parts), xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(_WIDTH)} {number(height)}", class_="ntrk-flow", role="img",
        aria_labelledby=f"{ident}-title {ident}-desc",
    )  # fmt: skip
