"""The strokes of the drawing of a fusion: exon bars, brackets, domains, labels and the legend."""

from __future__ import annotations

from ntrkpath.figures.svg import FONT, clean, colour_rules, number, tag, text_lines, text_width, wrap
from ntrkpath.figures.tracks import Mark, Span, Track

WIDTH, MARGIN = 960.0, 24.0
INNER = WIDTH - 2 * MARGIN
BAR, DOMAIN = 26.0, 9.0
SMALL, TEXT, HEAD, NAME = 11.0, 12.0, 14.0, 20.0
KEY = 150.0
#: Beyond this ratio of lengths each gene gets its own scale, so that the shorter one stays legible.
RATIO = 4.0

STYLE = (
    colour_rules(".ntrk-fusion")
    + f".ntrk-fusion{{background:var(--paper);font-family:{FONT}}}"
    + """
.ntrk-fusion text{fill:var(--ink)}
.ntrk-fusion .quiet{fill:var(--quiet)}
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
    """Collects elements and keeps the y of the next one."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.parts: list[str] = []
        self.y = 0.0

    def add(self, element: str) -> None:
        """Append an element."""
        self.parts.append(element)

    def text(self, lines: list[str], x: float, y: float, size: float, class_: str = "", anchor: str = "start") -> None:
        """Write lines of text, the first with its baseline at ``y``."""
        self.parts.append(text_lines(lines, x, y, size, anchor=anchor, class_=class_))

    def rect(self, x: float, y: float, width: float, height: float, class_: str, lost: bool = False) -> None:
        """Draw a rectangle, hatched where ``lost``."""
        fill = {"fill": f"url(#{self.base}-hatch)"} if lost else {}
        self.parts.append(tag("rect", x=x, y=y, width=max(width, 0.6), height=height, class_=class_, **fill))

    def path(self, data: str, class_: str) -> None:
        """Draw a path."""
        self.parts.append(tag("path", d=data, class_=class_))


def heading(pen: Pen, head: str, rest: str) -> None:
    """Write the heading of a part, with a quiet remark beside it, or beneath where there is no room."""
    lines = wrap(clean(head), INNER, HEAD, bold=True) or [""]
    pen.y += HEAD + 8
    pen.text(lines, MARGIN, pen.y, HEAD, "strong")
    pen.y += (len(lines) - 1) * HEAD * 1.3
    left = MARGIN + text_width(lines[0], HEAD, bold=True) + 12
    if len(lines) > 1 or left > WIDTH * 0.6:
        left = MARGIN
        pen.y += HEAD * 1.3 if rest else 0
    remarks = wrap(clean(rest), WIDTH - MARGIN - left, TEXT)
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
        size = SMALL if text_width(shown, SMALL) + 3 <= width else 8.5
        if text_width(shown, size) + 1 <= width:
            pen.text([shown], left + width / 2, y + BAR / 2 + size * 0.36, size, "number", "middle")


def brackets(pen: Pen, told: list[tuple[float, float, str]], y: float) -> None:
    """Draw brackets (x, width, label) side by side; the label of the wider one makes room for the other."""
    told = [item for item in told if item[1] > 0]
    middles, needed = [], [text_width(label, SMALL) for _, _, label in told]
    for (x, width, _), need in zip(told, needed, strict=True):
        pen.path(f"M{number(x)} {number(y)}v-5h{number(width)}v5", "line")
        middles.append(min(max(x + width / 2, MARGIN + need / 2), WIDTH - MARGIN - need / 2))
    if len(told) == 2:
        apart = (needed[0] + needed[1]) / 2 + 12
        if middles[1] - middles[0] < apart:
            if told[0][1] >= told[1][1] and middles[1] - apart >= MARGIN + needed[0] / 2:
                middles[0] = middles[1] - apart
            else:
                middles[0] = max(middles[0], MARGIN + needed[0] / 2)
                middles[1] = middles[0] + apart
    for middle, (_, _, label) in zip(middles, told, strict=True):
        pen.text([label], middle, y - 9, SMALL, "", "middle")


def write_labels(pen: Pen, found: list[tuple[float, float, str]], y: float) -> float:
    """Write the labels of domains beneath them, on as many lines as keep them apart; return the y below."""
    ends: list[float] = []
    for left, right, label in sorted(found):
        needed = text_width(label, SMALL)
        start = min(max((left + right) / 2 - needed / 2, MARGIN), WIDTH - MARGIN - needed)
        row = next((i for i, end in enumerate(ends) if end + 10 < start), len(ends))
        ends[row:] = [start + needed, *ends[row + 1 :]]
        pen.text([label], start, y + SMALL + row * SMALL * 1.35, SMALL)
    return y + len(ends) * SMALL * 1.35 + (4 if ends else 0)


def draw_domain(pen: Pen, mark: Mark, left: float, width: float, y: float, state: str) -> None:
    """Draw a domain or a part of it: ``kept`` filled, ``lost`` hatched, ``unplaced`` in outline."""
    if state == "kept":
        pen.rect(left, y, width, DOMAIN, "kinase" if mark.kinase else "other")
    elif state == "lost":
        pen.rect(left, y, width, DOMAIN, "gone", lost=True)
    else:
        pen.rect(left, y, width, DOMAIN, "unplaced firm")


def legend(pen: Pen, scale: float | None) -> None:
    """Explain the signs; with one scale for all, draw its bar (``scale`` in px per base)."""
    pen.y += 10
    y, x = pen.y, MARGIN
    for class_, text in (
        ("five kept", "kept, 5' gene"),
        ("three kept", "kept, 3' gene"),
        ("lost", "lost"),
        ("unplaced", "not known whether kept"),
        ("kinase", "kinase domain kept"),
        ("other", "association domain kept"),
    ):
        pen.rect(x, y, 22, 11, class_, lost=class_ == "lost")
        pen.text([text], x + 28, y + 10, SMALL, "quiet")
        x += 28 + text_width(text, SMALL) + 18
    y, x = y + 20, MARGIN
    pen.path(f"M{number(x + 11)} {number(y - 3)}v16", "break")
    told = "breakpoint; boxes are coding exons, numbered as in the transcript named"
    pen.text([told], x + 28, y + 10, SMALL, "quiet")
    x += 28 + text_width(told, SMALL) + 18
    if scale is not None:
        width = 300 * scale
        pen.path(f"M{number(x)} {number(y + 2)}v8M{number(x)} {number(y + 6)}h{number(width)}m0 -4v8", "line")
        pen.text(["100 amino acids"], x + width + 6, y + 10, SMALL, "quiet")
    else:
        pen.text(["each gene is drawn to its own scale"], x, y + 10, SMALL, "quiet")
    pen.y = y + 24
