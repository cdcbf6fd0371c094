"""What every drawing needs: escaping, text widths and wrapping, boxes, right-angled lines, and the colours."""

from __future__ import annotations

import html
import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence

import msgspec

from ntrkpath.model.printable import clean as clean  # drawings take it from here, with the rest

FONT = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"

# Advance widths in 1/1000 em of U+0020 to U+007E in DejaVu Sans, the widest font of the list above: text that
# fits with these fits with the others.
_REGULAR = (
    317, 400, 459, 837, 636, 950, 779, 274, 390, 390, 500, 837, 317, 360, 317, 336, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 336, 336, 837, 837, 837, 530, 1000, 684, 686, 698, 770, 631, 575, 774, 751, 294, 294, 655, 557, 862,
    748, 787, 603, 787, 694, 634, 610, 731, 684, 988, 685, 610, 685, 390, 336, 390, 837, 500, 500, 612, 634, 549, 634,
    615, 352, 634, 633, 277, 277, 579, 277, 974, 633, 611, 634, 634, 411, 520, 392, 633, 591, 817, 591, 591, 524, 636,
    336, 636, 837,
)  # fmt: skip
_BOLD = (
    348, 456, 520, 837, 695, 1001, 872, 306, 457, 457, 522, 837, 379, 415, 379, 365, 695, 695, 695, 695, 695, 695, 695,
    695, 695, 695, 399, 399, 837, 837, 837, 580, 1000, 773, 762, 733, 830, 683, 683, 820, 836, 372, 372, 774, 637, 995,
    836, 850, 732, 850, 770, 720, 682, 812, 773, 1103, 770, 724, 725, 457, 365, 457, 837, 500, 500, 674, 715, 592, 715,
    678, 435, 715, 711, 342, 342, 665, 342, 1041, 711, 687, 715, 715, 493, 595, 478, 711, 651, 923, 645, 651, 582, 711,
    365, 711, 837,
)  # fmt: skip

#: Colours by custom property: light, dark. Meaning never rests on them alone.
COLOURS: dict[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#15191f"),
    "ink": ("#1b2430", "#e8ecf1"),
    "quiet": ("#4a5666", "#b4bfcc"),
    "line": ("#5c6877", "#95a1b0"),
    "box": ("#f4f6f8", "#1f252e"),
    "edge": ("#76818f", "#7e8a99"),
    "taken": ("#0b4f8a", "#7cc0ff"),
    "taken-box": ("#dcebf8", "#17324b"),
    "on-taken": ("#ffffff", "#0b1622"),
}


class Box(msgspec.Struct, frozen=True):
    """A rectangle in px; ``y`` grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of the right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower side."""
        return self.y + self.height

    def meets(self, other: Box, slack: float = 0) -> bool:
        """Say whether the two overlap by more than ``slack`` px both ways."""
        return (
            min(self.right, other.right) - max(self.x, other.x) > slack
            and min(self.bottom, other.bottom) - max(self.y, other.y) > slack
        )


Point = tuple[float, float]


#: What means something in markup; most texts hold none of it.
_MARKS = re.compile("[&<>\"']")


def escape(text: object) -> str:
    """Return text safe as XML or HTML content and inside quoted attributes."""
    shown = clean(str(text))
    return html.escape(shown, quote=True) if _MARKS.search(shown) else shown


def identifier(text: str) -> str:
    """Return an id that is safe in markup, from any text."""
    return "i" + re.sub(r"[^A-Za-z0-9_-]", "_", text)


def number(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of ``text`` in px at font size ``size``, never less than a listed font needs."""
    table = _BOLD if bold else _REGULAR
    total = 0
    for char in text:
        code = ord(char)
        if 32 <= code <= 126:
            total += table[code - 32]
        elif not unicodedata.combining(char):
            total += 1000
    return total * size / 1000


def wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Break ``text`` into lines no wider than ``width`` px; a word that is wider alone is broken inside."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        trial = f"{line} {word}" if line else word
        if text_width(trial, size, bold) <= width:
            line = trial
            continue
        if line:
            lines.append(line)
        while text_width(word, size, bold) > width and len(word) > 1:
            cut = len(word) - 1
            while cut > 1 and text_width(word[:cut], size, bold) > width:
                cut -= 1
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    if line:
        lines.append(line)
    return lines


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """Return one element; ``class_`` becomes ``class``, other underscores hyphens, numbers are shortened."""
    parts = []
    for key, value in attributes.items():
        if value is None:
            continue
        shown = number(value) if isinstance(value, float) else escape(value)
        parts.append(f' {key.rstrip("_").replace("_", "-")}="{shown}"')
    return f"<{name}{''.join(parts)}>{content}</{name}>" if content else f"<{name}{''.join(parts)}/>"


def text_lines(
    lines: Iterable[str], x: float, y: float, size: float, *, anchor: str = "start", class_: str = ""
) -> str:
    """Return lines of text, the first with its baseline at ``y``, the others 1.3 em apart."""
    return "".join(
        tag("text", escape(line), x=x, y=y + i * size * 1.3, text_anchor=anchor, font_size=size, class_=class_ or None)
        for i, line in enumerate(lines)
    )


def polyline(points: Sequence[Point], hops: Iterable[Point] = (), radius: float = 5) -> str:
    """Return path data along ``points``; at each of ``hops``, which lie on level segments, the line jumps over."""
    jumps = list(hops)
    data = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        if y1 == y2:
            step = 1 if x2 > x1 else -1
            on_it = [x for x, y in jumps if y == y1 and min(x1, x2) + radius < x < max(x1, x2) - radius]
            for x in sorted(on_it, reverse=step < 0):
                data.append(f"H{number(x - step * radius)}")
                sweep = 1 if step > 0 else 0
                data.append(f"A{radius} {radius} 0 0 {sweep} {number(x + step * radius)} {number(y1)}")
        data.append(f"L{number(x2)} {number(y2)}")
    return "".join(data)


def arrow(end: Point, before: Point, size: float) -> str:
    """Return the points of an arrow head that ends at ``end``, on a line that comes from ``before``."""
    (x, y), (px, py) = end, before
    if x == px:
        back = -size if y > py else size
        corners = [(x, y), (x - size * 0.55, y + back), (x + size * 0.55, y + back)]
    else:
        back = -size if x > px else size
        corners = [(x, y), (x + back, y - size * 0.55), (x + back, y + size * 0.55)]
    return " ".join(f"{number(a)},{number(b)}" for a, b in corners)


def colour_rules(selector: str) -> str:
    """Return the CSS that sets the colours for ``selector``: light, dark where preferred, light again in print."""

    def block(index: int) -> str:
        return selector + "{" + "".join(f"--{name}:{pair[index]};" for name, pair in COLOURS.items()) + "}"

    return f"{block(0)}@media screen and (prefers-color-scheme:dark){{{block(1)}}}"


def base_rules(root: str) -> str:
    """Return the CSS with which the style of each drawing begins: colours, paper and font, texts and quiet texts."""
    return (
        f"{colour_rules(root)}{root}{{background:var(--paper);font-family:{FONT}}}"
        f"\n{root} text{{fill:var(--ink)}}\n{root} .quiet{{fill:var(--quiet)}}"
    )
