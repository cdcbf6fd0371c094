"""Several series in one plot, told apart by shape and dash as well as by name: marks, lines, and the key."""

from __future__ import annotations

from collections.abc import Sequence

from ntrkpath.figures import host
from ntrkpath.figures.axes import SMALL, WIDTH, margin
from ntrkpath.figures.svg import Point, number, tag, text_lines, text_width, wrap

#: Light and dark colour of each series; more series than colours begin again, with other shapes.
COLOURS = (
    ("#0b4f8a", "#7cc0ff"),
    ("#9a3b00", "#ffab73"),
    ("#1d6b35", "#79d694"),
    ("#7a2a8c", "#dd9cee"),
    ("#5f5200", "#ddcb5a"),
    ("#9c1f3d", "#ff98ae"),
    ("#3d4653", "#bfc8d4"),
)
SHAPES = ("circle", "square", "triangle", "diamond", "cross", "ring", "bar", "hollow")
DASHES = ("none", "9 4", "3 3", "12 4 3 4", "6 2 2 2", "18 4", "2 5", "14 3 2 3 2 3")

CSS = (
    "".join(f".ntrk-plot .s{i}{{--series:{light}}}" for i, (light, _) in enumerate(COLOURS))
    + "@media screen and (prefers-color-scheme:dark){"
    + "".join(f".ntrk-plot .s{i}{{--series:{dark}}}" for i, (_, dark) in enumerate(COLOURS))
    + "}"
    + """
.ntrk-plot .solid{fill:var(--series);stroke:none}
.ntrk-plot .outline{fill:none;stroke:var(--series);stroke-width:1.6}
.ntrk-plot .cloud{opacity:.45}
.ntrk-plot .line{fill:none;stroke:var(--series);stroke-width:2.4;stroke-linejoin:round}
.ntrk-plot .solid.mean{stroke:var(--paper);stroke-width:1.5}
.ntrk-plot .outline.mean{stroke-width:3}
.ntrk-plot .low-end{fill:var(--line);stroke:var(--ink);stroke-width:.8}
.ntrk-plot .high-end{fill:var(--taken-box);stroke:var(--ink);stroke-width:.8}
"""
)


def style() -> str:
    """Return the style element of the series."""
    return host.style(CSS)


def colour(index: int) -> str:
    """Return the class that sets the colour of a series."""
    return f"s{index % len(COLOURS)}"


def mark(index: int, at: Point, size: float, class_: str = "") -> str:
    """Return the mark of a series, ``size`` px across."""
    x, y = at
    r = size / 2
    shape = SHAPES[index % len(SHAPES)]
    kind = "outline" if shape in ("cross", "ring", "hollow") else "solid"
    given = " ".join(filter(None, (kind, class_)))
    if shape in ("circle", "ring"):
        return tag("circle", cx=float(x), cy=float(y), r=float(r), class_=given)
    corners = {
        "square": [(-r, -r), (r, -r), (r, r), (-r, r)],
        "hollow": [(-r, -r), (r, -r), (r, r), (-r, r)],
        "triangle": [(0, -r * 1.2), (r * 1.15, r), (-r * 1.15, r)],
        "diamond": [(0, -r * 1.3), (r * 1.3, 0), (0, r * 1.3), (-r * 1.3, 0)],
        "bar": [(-r, -r * 0.45), (r, -r * 0.45), (r, r * 0.45), (-r, r * 0.45)],
    }
    if shape == "cross":
        a = f"M{number(x - r)} {number(y - r)}L{number(x + r)} {number(y + r)}"
        return tag("path", d=f"{a}M{number(x - r)} {number(y + r)}L{number(x + r)} {number(y - r)}", class_=given)
    data = "L".join(f"{number(x + dx)} {number(y + dy)}" for dx, dy in corners[shape])
    return tag("path", d=f"M{data}Z", class_=given)


def line(index: int, points: Sequence[Point]) -> str:
    """Return a series as a line with the dashes of its own."""
    data = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return tag("path", d=f"M{data}", class_=f"line {colour(index)}", stroke_dasharray=DASHES[index % len(DASHES)])


def key(names: Sequence[str], y: float, *, lines: bool = False, width: float = WIDTH) -> tuple[str, float]:
    """Return the key of the series in rows from ``y``, and the y below it; a long name takes several lines."""
    parts: list[str] = []
    left, right = margin(width), width - margin(width)
    x, rows = left, 1
    sample = 40.0 if lines else 18.0
    for i, name in enumerate(names):
        told = wrap(name, right - left - sample - 8, SMALL)
        wide = sample + 8 + max(text_width(line, SMALL) for line in told) + 26
        if x > left and (x + wide > right or len(told) > 1):
            x, y, rows = left, y + 6 + 16 * rows, 1
        shown = line(i, [(x, y), (x + sample, y)]) if lines else mark(i, (x + 8, y), 10)
        parts.append(tag("g", shown, class_=colour(i)))
        parts.append(text_lines(told, x + sample + 6, y + SMALL * 0.36, SMALL))
        x, rows = x + wide, max(rows, len(told))
    return "".join(parts), y + 6 + 16 * rows
