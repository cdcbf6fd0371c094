"""Figure 2 for a phone: the same graph as a tree from top to bottom, what a case takes first and marked."""

from __future__ import annotations

from functools import cache, lru_cache

import msgspec

from ntrkpath.figures import host
from ntrkpath.figures.axes import NARROW, ident_for, margin
from ntrkpath.figures.graph import Edge, Graph, Path, load, signed
from ntrkpath.figures.pathway_marks import (
    CORNERS,
    DASHES,
    MEANING,
    OF_CASE,
    STYLE,
    Marked,
    disc,
    following_word,
    summary,
    title_of,
)
from ntrkpath.figures.svg import escape, identifier, number, tag, text_lines, text_width, wrap
from ntrkpath.guidance.edition import Edition

_TITLE, _TEXT, _LEADING, _PAD, _STEP = 13.0, 12.0, 1.3, 7.0, 13.0


class _Entry(msgspec.Struct, frozen=True):
    """One line of the tree: the edge that leads here (none for the root), the entry it starts from, and how deep.

    Args:
        again: The box was met before: it is named, and not repeated.
    """

    node: str
    edge: Edge | None
    start: int
    depth: int
    again: bool


def _entries(graph: Graph, path: Path | None) -> list[_Entry]:
    """Return the tree from top to bottom; of the edges that leave a box those that the case takes come first."""
    found: list[_Entry] = []
    told: set[str] = set()

    def walk(name: str, edge: Edge | None, start: int, depth: int) -> None:
        again = name in told and bool(graph.leaving(name))
        told.add(name)
        found.append(_Entry(name, edge, start, depth, again))
        if again:
            return
        here = len(found) - 1
        for following in sorted(graph.leaving(name), key=lambda e: path is None or e.id not in path.edges):
            walk(following.to, following, here, depth + 1)

    walk(next(iter(graph.nodes)), None, 0, 0)
    return found


@lru_cache(maxsize=4)
class _Wrapped:
    """The texts of one edition broken into lines, each once for each depth."""

    def __init__(self, edition: Edition) -> None:
        self.graph = load(edition)
        self.lines = cache(lambda text, width, size, bold: tuple(wrap(text, width, size, bold)))


def tree_svg(edition: Edition, marked: Marked | None = None, ident: str = "pathway") -> str:
    """Return figure 2 as a tree, as one SVG element as wide as a phone, with the path of a case marked.

    Args:
        marked: What to mark, and whose it is.
        ident: Makes the ids of title and description unique where several figures share a page.

    Raises:
        GuidanceError: The edition has no figure, or it refers to something that is not there.
    """
    wrapped = _Wrapped(edition)
    graph = wrapped.graph
    path = marked.path if marked is not None else None
    right, y = NARROW - margin(NARROW), 12.0
    lines, boxes = [], []
    rails: list[tuple[float, float]] = []  # of each entry: x and lower side of its box
    for entry in _entries(graph, path):
        x = margin(NARROW) + 8 + entry.depth * _STEP
        taken = path is not None and entry.node in path.nodes and (entry.edge is None or entry.edge.id in path.edges)
        words = signed(entry.edge.words, entry.edge.sign) if entry.edge else ""
        label = wrapped.lines(words, right - x, _TEXT, False) if words else ()
        y += 8
        if label:
            class_ = "label" if taken else "label quiet"
            boxes.append(tag("g", text_lines(label, x, y + _TEXT, _TEXT, class_=class_), class_=_taken(taken)))
            y += len(label) * _TEXT * _LEADING + 2
        box, height, anchor = _box(wrapped, entry, path, taken, x, y, right)
        boxes.append(box)
        if entry.edge is not None:
            lines.append((taken, _line(entry.edge, rails[entry.start], (x, y + anchor), taken)))
        rails.append((x + 7, y + height))
        y += height
    legend, y = _legend(wrapped, y + 14, right, of_case=marked is not None and marked.of_case)
    notes, y = _notes(graph, wrapped, y, right)
    base = identifier(ident_for(ident, NARROW))
    body = (
        tag("title", escape(title_of(graph, marked)), id=f"{base}-title")
        + tag("desc", escape(summary(graph, marked)), id=f"{base}-desc")
        + host.style(STYLE)
        + tag("rect", width="100%", height="100%", fill="var(--paper)")
        + "".join(line for _, line in sorted(lines, key=lambda one: one[0]))
        + "".join(boxes)
        + legend
        + notes
    )
    return tag(
        "svg", body, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {number(NARROW)} {number(y)}", role="img",
        aria_labelledby=f"{base}-title {base}-desc", class_="ntrk-figure",
    )  # fmt: skip


def _taken(taken: bool) -> str | None:
    return "taken" if taken else None


def _line(edge: Edge, start: tuple[float, float], end: tuple[float, float], taken: bool) -> str:
    """Return the line from the lower side of a box down and to the left side of another."""
    (x, y), (to, at) = start, end
    data = f"M{number(x)} {number(y)}V{number(at)}H{number(to)}"
    line = tag("path", d=data, class_="line", stroke_dasharray=DASHES.get(edge.status))
    return tag("g", line, class_="edge taken" if taken else "edge", data_edge=edge.id)


def _box(
    wrapped: _Wrapped, entry: _Entry, path: Path | None, taken: bool, x: float, y: float, right: float
) -> tuple[str, float, float]:
    """Return a box with its texts, its height, and how far below its top the line that leads to it ends."""
    node = wrapped.graph.nodes[entry.node]
    titled = signed(node.title, node.sign)
    if entry.again:
        told = wrapped.lines(f"→ {titled}, as above", right - x - 4, _TEXT, False)
        said = text_lines(told, x + 4, y + _TEXT, _TEXT, class_="label" if taken else "label quiet")
        return tag("g", said, class_=_taken(taken)), len(told) * _TEXT * _LEADING, _TEXT * 0.6
    room = right - x - 2 * _PAD
    title = wrapped.lines(titled, room, _TITLE, True)
    text = wrapped.lines(node.text, room, _TEXT, False) if node.text else ()
    word = following_word(path.next[node.id]) if path is not None and node.id in path.next else ""
    height = 2 * _PAD + len(title) * _TITLE * _LEADING + len(text) * _TEXT * _LEADING + (18 if word else 0)
    below = y + _PAD + len(title) * _TITLE * _LEADING
    parts = [
        tag("rect", x=x, y=y, width=right - x, height=height, rx=CORNERS[node.kind], class_=f"node {node.kind}"),
        text_lines(title, x + _PAD, y + _PAD + _TITLE * 0.85, _TITLE, class_="title"),
        text_lines(text, x + _PAD, below + _TEXT * 0.9, _TEXT, class_="quiet"),
    ]
    if taken:
        parts.append(disc(x, y))
    if word:
        wide = text_width(word, _TEXT, bold=True) + 14
        top = below + len(text) * _TEXT * _LEADING
        parts.append(tag("rect", x=x + _PAD, y=top, width=wide, height=18, rx=9, class_="mark"))
        parts.append(text_lines([word], x + _PAD + wide / 2, top + 13, _TEXT, anchor="middle", class_="on-mark"))
    marked = path is not None and node.id in path.nodes
    return tag("g", "".join(parts), class_=_taken(marked), data_node=node.id), height, height / 2


def _legend(wrapped: _Wrapped, y: float, right: float, *, of_case: bool) -> tuple[str, float]:
    """Return what each kind of line means, one below the other, and the y below them."""
    left = margin(NARROW)
    parts = []
    for status, words in [*MEANING.items(), *([("taken", OF_CASE)] if of_case else [])]:
        lines = wrapped.lines(words, right - left - 42, _TEXT, False)
        signed_line = status == "resolved"
        shaft = f"M{number(left)} {number(y + 8)}h{15 if signed_line else 34}"
        drawn = tag("path", d=shaft, class_="line", stroke_dasharray=DASHES.get(status))
        if status == "taken":
            drawn = tag("g", drawn + disc(left + 17, y + 8), class_="taken")
        parts.append(drawn)
        if signed_line:
            parts.append(text_lines(["(n)"], left + 34, y + _TEXT, _TEXT, anchor="end", class_="title"))
        parts.append(text_lines(lines, left + 42, y + _TEXT, _TEXT, class_="quiet"))
        y += len(lines) * _TEXT * _LEADING + 4
    return "".join(parts), y + 8


def _notes(graph: Graph, wrapped: _Wrapped, y: float, right: float) -> tuple[str, float]:
    """Return the notes to the signs, and the y below them."""
    parts = []
    left = margin(NARROW)
    for note in graph.notes:
        lines = wrapped.lines(note.text, right - left - 28, _TEXT, False)
        parts.append(text_lines([f"({note.sign})"], left, y + _TEXT, _TEXT, class_="title"))
        parts.append(text_lines(lines, left + 28, y + _TEXT, _TEXT, class_="quiet"))
        y += len(lines) * _TEXT * _LEADING + 6
    return "".join(parts), y + 8
