"""The strokes of the drawing of a fusion: exon bars, brackets, domains, labels and the legend."""

from __future__ import annotations

from collections.abc import Sequence

from ntrkpath.figures.axes import narrow
from ntrkpath.figures.svg import base_rules, clean, number, tag, text_lines, text_width, wrap
from ntrkpath.figures.tracks import Mark, Span, Track

WIDTH = 960.0
BAR, DOMAIN = 26.0, 9.0
SMALL, TEXT, HEAD, NAME = 12.0, 12.5, 14.0, 20.0
KEY = 150.0
#: Beyond this ratio of lengths each gene gets its own scale, so that the shorter one stays legible.
RATIO = 4.0

STYLE = (
    base_rules(".ntrk-fusion")
    + """
.ntrk-fusion .strong{font-weight:700}
.ntrk-fusion .kept{fill:var(--taken-box);stroke:var(--ink);stroke-width:1.2}
.ntrk-fusion .three.kept{fill:var(--box)}
.ntrk-fusion .lost{stroke:var(--edge);stroke-width:1;stroke-dasharray:3 2}
.ntrk-fusion .unplaced{fill:var(--paper);stroke:var(--edge);stroke-width:1}
.ntrk-fusion .firm{stroke:var(--ink)}
.ntrk-fusion .thin{stroke-width:0.4}
.ntrk-fusion .hatch{stroke:var(--edge);stroke-width:1}
.ntrk-fusion .ground{fill:var(--paper)}
.ntrk-fusion .kinase{fill:var(--taken);stroke:var(--ink);stroke-width:1}
.ntrk-fusion .other{fill:var(--line);stroke:var(--ink);stroke-width:1}
.ntrk-fusion .gone{stroke:var(--line);stroke-width:1;stroke-dasharray:3 2}
.ntrk-fusion .line{fill:none;stroke:var(--line);stroke-width:1.2}
.ntrk-fusion .break{fill:none;stroke:var(--ink);stroke-width:2.6}
.ntrk-fusion .point{fill:var(--ink)}
.ntrk-fusion .badge{fill:var(--paper);stroke:var(--ink);stroke-width:2}
.ntrk-fusion .number{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
"""
)


class Pen:
    """Collects elements and keeps the y of the next one.

    Args:
        base: Leads the ids of the drawing.
        width: In px; below 600 the drawing is laid out for a phone.
    """

    def __init__(self, base: str, width: float = WIDTH) -> None:
        self.base, self.width = base, width
        self.narrow = narrow(width)
        self.left = 4.0 if self.narrow else 24.0
        self.right = width - self.left
        self.inner = self.right - self.left
        self.parts: list[str] = []
        self.y = 0.0

    def add(self, element: str) -> None:
        """Append an element."""
        self.parts.append(element)

    def text(
        self, lines: Sequence[str], x: float, y: float, size: float, class_: str = "", anchor: str = "start"
    ) -> None:
        """Write lines of text, the first with its baseline at ``y``."""
        self.parts.append(text_lines(lines, x, y, size, anchor=anchor, class_=class_))

    def paragraph(self, text: str, size: float = TEXT, class_: str = "") -> None:
        """Write a text from edge to edge at the y of the next element, which then lies below its last line."""
        lines = wrap(clean(text), self.inner, size)
        self.text(lines, self.left, self.y, size, class_)
        self.y += max(len(lines) - 1, 0) * size * 1.3

    def rect(self, x: float, y: float, width: float, height: float, class_: str, lost: bool = False) -> None:
        """Draw a rectangle, hatched where ``lost``."""
        fill = {"fill": f"url(#{self.base}-hatch)"} if lost else {}
        self.parts.append(tag("rect", x=x, y=y, width=max(width, 0.6), height=height, class_=class_, **fill))

    def path(self, data: str, class_: str) -> None:
        """Draw a path."""
        self.parts.append(tag("path", d=data, class_=class_))


def heading(pen: Pen, head: str, rest: str) -> None:
    """Write the heading of a part, with a quiet remark beside it, or beneath where there is no room."""
    lines = wrap(clean(head), pen.inner, HEAD, bold=True) or [""]
    pen.y += HEAD + 8
    pen.text(lines, pen.left, pen.y, HEAD, "strong")
    pen.y += (len(lines) - 1) * HEAD * 1.3
    left = pen.left + text_width(lines[0], HEAD, bold=True) + 12
    if len(lines) > 1 or left > pen.width * 0.6 or pen.narrow:
        left = pen.left
        pen.y += HEAD * 1.3 if rest else 0
    remarks = wrap(clean(rest), pen.right - left, TEXT)
    pen.text(remarks, left, pen.y, TEXT, "quiet")
    pen.y += max(len(remarks) - 1, 0) * TEXT * 1.3 + 18


def bar(pen: Pen, track: Track, span: Span, x: float, y: float, scale: float, state: str) -> None:
    """Draw the exons of a stretch from ``x`` on; numbers stand where they fit."""
    arm = "three" if track.role == "three_prime" else "five"
    for exon in track.exons:
        part = exon.span.within(span)
        if part is None:
            continue
        left, width = x + (part.start - span.start) * scale, part.length * scale
        thin = " thin" if width < 4 else ""
        pen.rect(left, y, width, BAR, f"{arm} {state}{thin}", lost=state == "lost")
        shown = str(exon.number)
        if text_width(shown, SMALL) + 1 <= width:
            pen.text([shown], left + width / 2, y + BAR / 2 + SMALL * 0.36, SMALL, "number", "middle")


def brackets(pen: Pen, told: list[tuple[float, float, str]], y: float) -> float:
    """Draw brackets (x, width, label) side by side over a bar; the label of the wider makes room for the other.

    Args:
        y: Of the bar, where one line of labels fits over it.

    Returns:
        The y of the bar: lower where the labels do not fit beside each other and stand on two lines.
    """
    told = [item for item in told if item[1] > 0]
    middles, needed = [], [text_width(label, SMALL) for _, _, label in told]
    lifted = len(told) == 2 and sum(needed) + 12 > pen.inner
    top = y + (SMALL * 1.4 if lifted else 0.0)
    for (x, width, _), need in zip(told, needed, strict=True):
        pen.path(f"M{number(x)} {number(top - 3)}v-5h{number(width)}v5", "line")
        middles.append(min(max(x + width / 2, pen.left + need / 2), pen.right - need / 2))
    if len(told) == 2 and not lifted:
        apart = (needed[0] + needed[1]) / 2 + 12
        if middles[1] - middles[0] < apart:
            if told[0][1] >= told[1][1] and middles[1] - apart >= pen.left + needed[0] / 2:
                middles[0] = middles[1] - apart
            else:
                middles[0] = max(middles[0], pen.left + needed[0] / 2)
                middles[1] = middles[0] + apart
    for i, (middle, (_, _, label)) in enumerate(zip(middles, told, strict=True)):
        above = SMALL * 1.4 if lifted and i == 0 else 0.0
        pen.text([label], middle, top - 12 - above, SMALL, "", "middle")
    return top


def write_labels(pen: Pen, found: list[tuple[float, float, str]], y: float) -> float:
    """Write the labels of domains beneath them, on as many lines as keep them apart; return the y below."""
    ends: list[float] = []
    for left, right, label in sorted(found):
        lines = wrap(label, pen.inner, SMALL)
        needed = max(text_width(line, SMALL) for line in lines)
        start = min(max((left + right) / 2 - needed / 2, pen.left), pen.right - needed)
        row = next((i for i in range(len(ends)) if all(end + 10 < start for end in ends[i:])), len(ends))
        ends[row:] = [start + needed] * len(lines)
        pen.text(lines, start, y + SMALL + row * SMALL * 1.35, SMALL)
    return y + len(ends) * SMALL * 1.35 + (4 if ends else 0)


def draw_domain(pen: Pen, mark: Mark, left: float, width: float, y: float, state: str) -> None:
    """Draw a domain or a part of it: ``kept`` filled, ``lost`` hatched, ``unplaced`` in outline."""
    if state == "kept":
        pen.rect(left, y, width, DOMAIN, "kinase" if mark.kinase else "other")
    elif state == "lost":
        pen.rect(left, y, width, DOMAIN, "gone", lost=True)
    else:
        pen.rect(left, y, width, DOMAIN, "unplaced firm")


_SIGNS = (
    ("five kept", "kept, 5' gene"),
    ("three kept", "kept, 3' gene"),
    ("lost", "lost"),
    ("unplaced", "not known whether kept"),
    ("kinase", "kinase domain kept"),
    ("other", "association domain kept"),
)
_BREAK = "breakpoint; boxes are coding exons, numbered as in the transcript named"


def legend(pen: Pen, scale: float | None) -> None:
    """Explain the signs; with one scale for all, draw its bar (``scale`` in px per base)."""
    pen.y += 10
    x = pen.left
    for class_, text in _SIGNS:
        width = 28 + text_width(text, SMALL) + 18
        if x > pen.left and x + width - 18 > pen.right:
            x, pen.y = pen.left, pen.y + 18
        pen.rect(x, pen.y, 22, 11, class_, lost=class_ == "lost")
        pen.text([text], x + 28, pen.y + 10, SMALL, "quiet")
        x += width
    y, x = pen.y + 20, pen.left
    pen.path(f"M{number(x + 11)} {number(y - 3)}v16", "break")
    told = wrap(_BREAK, pen.inner - 28, SMALL)
    pen.text(told, x + 28, y + 10, SMALL, "quiet")
    said = "100 amino acids" if scale is not None else "each gene is drawn to its own scale"
    width = 300 * scale if scale is not None else 0.0
    x += 28 + text_width(told[-1], SMALL) + 18
    if len(told) > 1 or x + width + 6 + text_width(said, SMALL) > pen.right:
        x, y = pen.left, y + 18 + (len(told) - 1) * SMALL * 1.3
    if scale is not None:
        pen.path(f"M{number(x)} {number(y + 2)}v8M{number(x)} {number(y + 6)}h{number(width)}m0 -4v8", "line")
    pen.text([said], x + width + (6 if width else 0), y + 10, SMALL, "quiet")
    pen.y = y + 24
