"""Figure 2 as SVG and as a nested list, drawn from the tables, with the path of a case marked."""

from __future__ import annotations

from functools import cache, lru_cache

from ntrkpath.figures import host
from ntrkpath.figures.axes import WIDTH, narrow
from ntrkpath.figures.graph import Edge, Graph, load, path_of, signed
from ntrkpath.figures.layout import LEADING, PAD, TEXT, TITLE, Line, Placed, Plan, plan
from ntrkpath.figures.pathway_marks import (
    CORNERS,
    DASHES,
    MEANING,
    OF_CASE,
    STYLE,
    Marked,
    case_marked,
    disc,
    following_word,
    summary,
    title_of,
)
from ntrkpath.figures.pathway_tree import tree_svg
from ntrkpath.figures.svg import (
    Box,
    Point,
    arrow,
    clean,
    escape,
    identifier,
    number,
    polyline,
    tag,
    text_lines,
    text_width,
    wrap,
)
from ntrkpath.guidance.edition import Edition
from ntrkpath.model.recommendation import Recommendation


def _line(line: Line, taken: bool) -> str:
    end, before = line.points[-1], line.points[-2]
    size = 12.0 if taken else 8.0
    shaft: list[Point] = [*line.points[:-1], _short_of(end, before, size * 0.7)]
    parts = [
        tag("path", d=polyline(shaft, line.hops), class_="line", stroke_dasharray=DASHES.get(line.edge.status)),
        tag("polygon", points=arrow(end, before, size), class_="head"),
    ]
    return tag("g", "".join(parts), class_="edge taken" if taken else "edge", data_edge=line.edge.id)


def _label(line: Line, taken: bool) -> str:
    if line.label_box is None:
        return ""
    box = line.label_box
    written = text_lines(line.label, box.x, box.y + TEXT, TEXT, class_="label quiet" if not taken else "label")
    return tag("g", written, class_="taken" if taken else None)


def _short_of(end: Point, before: Point, length: float) -> Point:
    (x, y), (px, py) = end, before
    if x == px:
        return x, y - length if y > py else y + length
    return x - length if x > px else x + length, y


def _node(placed: Placed, taken: bool, following: str) -> str:
    box, middle = placed.box, placed.box.x + placed.box.width / 2
    used = len(placed.title) * TITLE * LEADING + len(placed.text) * TEXT * LEADING
    y = box.y + (box.height - used) / 2 + TITLE
    parts = [
        tag(
            "rect",
            x=box.x,
            y=box.y,
            width=box.width,
            height=box.height,
            rx=CORNERS[placed.node.kind],
            class_=f"node {placed.node.kind}",
        ),
        text_lines(placed.title, middle, y, TITLE, anchor="middle", class_="title"),
        text_lines(
            placed.text,
            middle,
            y + len(placed.title) * TITLE * LEADING,
            TEXT,
            anchor="middle",
            class_="quiet",
        ),
    ]
    if taken:
        parts.append(disc(box.x, box.y))
    if following:
        word = following_word(following)
        width = text_width(word, 12, bold=True) + 14
        flag = Box(box.right - width + 6, box.bottom - 9, width, 18)
        parts.append(tag("rect", x=flag.x, y=flag.y, width=flag.width, height=flag.height, rx=9, class_="mark"))
        parts.append(text_lines([word], flag.x + flag.width / 2, flag.y + 13, 12, anchor="middle", class_="on-mark"))
    return tag("g", "".join(parts), class_="taken" if taken else None, data_node=placed.node.id)


def _legend(graph: Graph, width: float, top: float, with_path: bool) -> tuple[str, float]:
    """Return the legend and the notes, and the y below them."""
    left, y = float(graph.layout["margin"]), top
    parts = [tag("path", d=f"M{number(left)} {number(y)}H{number(width - left)}", class_="line", stroke_opacity="0.5")]
    y += 24
    x = left
    for status, words in MEANING.items():
        needed = 44 + text_width(words, TEXT) + 26
        if x + needed > width - left and x > left:
            x, y = left, y + 22
        signed = status == "resolved"
        shaft = f"M{number(x)} {number(y - 4)}H{number(x + (15 if signed else 34))}"
        parts.append(tag("path", d=shaft, class_="line", stroke_dasharray=DASHES.get(status)))
        if signed:
            parts.append(text_lines(["(n)"], x + 34, y, TEXT, anchor="end", class_="title"))
        parts.append(text_lines([words], x + 42, y, TEXT, class_="quiet"))
        x += needed
    if with_path:
        y += 26
        parts.append(tag("g", tag("path", d=f"M{number(left)} {number(y - 4)}h34", class_="line"), class_="taken"))
        parts.append(disc(left + 17, y - 4))
        parts.append(text_lines([OF_CASE], left + 42, y, TEXT))
    y += 14
    for note in graph.notes:
        lines = wrap(note.text, width - 2 * left - 42, TEXT)
        y += 8
        parts.append(text_lines([f"({note.sign})"], left + 34, y + TEXT, TEXT, anchor="end", class_="title"))
        parts.append(text_lines(lines, left + 42, y + TEXT, TEXT))
        y += len(lines) * TEXT * LEADING
    return "".join(parts), y + PAD + 6


class _Drawn:
    """The figure of one edition: each of its parts is drawn once in each of its few looks."""

    def __init__(self, edition: Edition) -> None:
        self.graph = load(edition)
        self.plan: Plan = plan(self.graph)
        self.line = cache(lambda index, taken: _line(self.plan.lines[index], taken))
        self.label = cache(lambda index, taken: _label(self.plan.lines[index], taken))
        self.node = cache(lambda name, taken, following: _node(self.plan.nodes[name], taken, following))
        self.legend = cache(lambda with_path: _legend(self.graph, self.plan.width, self.plan.height + 6, with_path))


_drawn = lru_cache(maxsize=4)(_Drawn)


def pathway_svg(edition: Edition, recommendation: Recommendation | None = None, ident: str = "pathway") -> str:
    """Return figure 2 as one SVG element, with the path of a case marked by thick lines, ticks and words.

    Args:
        ident: Makes the ids of title and description unique where several figures share a page.

    Raises:
        GuidanceError: The edition has no figure, or it refers to something that is not there.
    """
    return figure_svg(edition, case_marked(edition, recommendation), ident)


def figure_svg(edition: Edition, marked: Marked | None, ident: str = "pathway", width: float = WIDTH) -> str:
    """Return figure 2 as one SVG element with some of it marked; below 600 px as a tree, for a phone.

    Raises:
        GuidanceError: The edition has no figure, or it refers to something that is not there.
    """
    if narrow(width):
        return tree_svg(edition, marked, ident)
    drawn = _drawn(edition)
    graph, drawing = drawn.graph, drawn.plan
    path = marked.path if marked is not None else None
    nodes = path.nodes if path else frozenset()
    following = path.next if path else {}
    edges = path.edges if path else frozenset()
    taken = {index: line.edge.id in edges for index, line in enumerate(drawing.lines)}
    lines = sorted(taken.items(), key=lambda one: one[1])
    legend, height = drawn.legend(marked is not None and marked.of_case)
    base = identifier(ident)
    body = (
        tag("title", escape(title_of(graph, marked)), id=f"{base}-title")
        + tag("desc", escape(summary(graph, marked)), id=f"{base}-desc")
        + host.style(STYLE)
        + tag("rect", width="100%", height="100%", fill="var(--paper)")
        + "".join(drawn.line(*one) for one in lines)
        + "".join(drawn.label(*one) for one in lines)
        + "".join(drawn.node(name, name in nodes, following.get(name, "")) for name in drawing.nodes)
        + legend
    )
    return tag(
        "svg",
        body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(drawing.width)} {number(height)}",
        role="img",
        aria_labelledby=f"{base}-title {base}-desc",
        class_="ntrk-figure",
    )


def _rows(edge: Edge, held: frozenset[str] | None) -> str:
    """Return the rows of an edge, runs shortened; with a case only those that held."""
    by_table: dict[str, list[int]] = {}
    for row in edge.rows:
        stem, _, index = row.rpartition("-")
        if held is None or row in held:
            by_table.setdefault(stem, []).append(int(index))
    parts = []
    for stem, indices in by_table.items():
        runs: list[list[int]] = []
        for place in sorted(indices):
            if runs and place == runs[-1][-1] + 1:
                runs[-1].append(place)
            else:
                runs.append([place])
        for run in runs:
            parts.append(f"{stem}-{run[0]}" if len(run) == 1 else f"{stem}-{run[0]} to {run[-1]}")
    return ", ".join(parts)


@lru_cache(maxsize=4)
def _every_row(edition: Edition) -> dict[str, str]:
    """Return the rows of every edge, by its id."""
    return {edge.id: _rows(edge, None) for edge in load(edition).edges}


def pathway_list(edition: Edition, recommendation: Recommendation | None = None) -> str:
    """Return figure 2 as a nested list in plain text; what a case takes is led by ``[this case]``.

    Every edge gives its condition, the box it leads to, how it rests on the source, and its rows (with a case, only
    those that held). A box met again is named and not repeated.
    """
    graph = load(edition)
    path = path_of(graph, recommendation) if recommendation is not None else None
    held = frozenset(step.rule for step in recommendation.trace) if recommendation is not None else None
    out = [clean(graph.title + (f", case {recommendation.case_id}" if recommendation is not None else "")), ""]
    told: set[str] = set()
    every = _every_row(edition)

    def box(name: str) -> str:
        node = graph.nodes[name]
        flag = f" <{following_word(path.next[name])}>" if path and name in path.next else ""
        return signed(node.title + flag, node.sign) + (f" - {node.text}" if node.text and name not in told else "")

    def walk(name: str, depth: int) -> None:
        told.add(name)
        for edge in graph.leaving(name):
            taken = path is not None and edge.id in path.edges
            again = edge.to in told and bool(graph.leaving(edge.to))
            words = f"{edge.words}: " if edge.words else ""
            sign = f" ({edge.sign})" if edge.sign else ""
            rows = _rows(edge, held) if taken else every[edge.id]
            tail = f" [{edge.status}{'; ' + rows if rows else ''}]"
            mark = "[this case] " if taken else ""
            out.append(f"{'  ' * depth}- {mark}{words}{box(edge.to)}{', as told above' if again else ''}{sign}{tail}")
            if not again:
                walk(edge.to, depth + 1)

    first = next(iter(graph.nodes))
    out.append(f"- {'[this case] ' if path and first in path.nodes else ''}{box(first)}")
    walk(first, 1)
    out += ["", "Notes"]
    out += [f"- ({note.sign}) {note.text} [{note.fidelity}; {note.row}]" for note in graph.notes]
    return "\n".join(out) + "\n"
