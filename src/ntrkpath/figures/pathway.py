"""Figure 2 as SVG and as a nested list, drawn from the tables, with the path of a case marked."""

from __future__ import annotations

from functools import cache, lru_cache

import msgspec

from ntrkpath.figures import host
from ntrkpath.figures.graph import STATUSES, Edge, Graph, Path, load, path_of
from ntrkpath.figures.layout import LEADING, PAD, TEXT, TITLE, Line, Placed, Plan, plan
from ntrkpath.figures.svg import (
    FONT,
    Box,
    Point,
    arrow,
    clean,
    colour_rules,
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

_CORNERS = {"start": 16, "gate": 3, "tier": 3, "test": 9, "stop": 3, "target": 9, "therapy": 9}
_DASHES = {"ambiguous": "7 5", "inferred": "2 4"}
_MEANING = {
    "certain": "figure and text agree",
    "resolved": "figure and text differ: see the note",
    "ambiguous": "left open by the source: see the note",
    "inferred": "not in the figure of the paper; follows from its text",
}
_SAYS = {"recommended": "next", "consider": "consider", "may": "may"}

STYLE = (
    colour_rules(".ntrk-figure")
    + f".ntrk-figure{{background:var(--paper);font-family:{FONT}}}"
    + """
.ntrk-figure text{fill:var(--ink)}
.ntrk-figure .quiet{fill:var(--quiet)}
.ntrk-figure .title{font-weight:700}
.ntrk-figure .label{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.ntrk-figure .node{fill:var(--box);stroke:var(--edge);stroke-width:1.2}
.ntrk-figure .tier,.ntrk-figure .therapy,.ntrk-figure .target{stroke:var(--ink);stroke-width:1.6}
.ntrk-figure .stop{fill:var(--paper)}
.ntrk-figure .line{fill:none;stroke:var(--line);stroke-width:1.4}
.ntrk-figure .head{fill:var(--line)}
.ntrk-figure .taken .node{fill:var(--taken-box);stroke:var(--taken);stroke-width:3.2}
.ntrk-figure .taken .line{stroke:var(--taken);stroke-width:4.2}
.ntrk-figure .taken .head,.ntrk-figure .mark{fill:var(--taken)}
.ntrk-figure .tick{fill:none;stroke:var(--on-taken);stroke-width:2.2;stroke-linecap:round;stroke-linejoin:round}
.ntrk-figure .taken .label{font-weight:700}
.ntrk-figure text.on-mark{fill:var(--on-taken);font-weight:700}
"""
)


def _disc(x: float, y: float, radius: float = 8) -> str:
    """Return the marker of the taken path: a disc with a tick."""
    tick = f"M{number(x - 3.6)} {number(y + 0.2)}l2.6 2.8l4.6 -5.6"
    return tag("circle", cx=x, cy=y, r=radius, class_="mark") + tag("path", d=tick, class_="tick")


def _line(line: Line, taken: bool) -> str:
    end, before = line.points[-1], line.points[-2]
    size = 12.0 if taken else 8.0
    shaft: list[Point] = [*line.points[:-1], _short_of(end, before, size * 0.7)]
    parts = [
        tag("path", d=polyline(shaft, line.hops), class_="line", stroke_dasharray=_DASHES.get(line.edge.status)),
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
            rx=_CORNERS[placed.node.kind],
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
        parts.append(_disc(box.x, box.y))
    if following:
        word = _SAYS.get(following, following)
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
    for status in STATUSES:
        words = _MEANING[status]
        needed = 44 + text_width(words, TEXT) + 26
        if x + needed > width - left and x > left:
            x, y = left, y + 22
        signed = status == "resolved"
        shaft = f"M{number(x)} {number(y - 4)}H{number(x + (15 if signed else 34))}"
        parts.append(tag("path", d=shaft, class_="line", stroke_dasharray=_DASHES.get(status)))
        if signed:
            parts.append(text_lines(["(n)"], x + 34, y, TEXT, anchor="end", class_="title"))
        parts.append(text_lines([words], x + 42, y, TEXT, class_="quiet"))
        x += needed
    if with_path:
        y += 26
        parts.append(tag("g", tag("path", d=f"M{number(left)} {number(y - 4)}h34", class_="line"), class_="taken"))
        parts.append(_disc(left + 17, y - 4))
        parts.append(
            text_lines(
                ['the path of this case (thick line, tick); "next", "consider", "may": what the answer asks for'],
                left + 42,
                y,
                TEXT,
            )
        )
    y += 14
    for note in graph.notes:
        lines = wrap(note.text, width - 2 * left - 42, TEXT)
        y += 8
        parts.append(text_lines([f"({note.sign})"], left + 34, y + TEXT, TEXT, anchor="end", class_="title"))
        parts.append(text_lines(lines, left + 42, y + TEXT, TEXT))
        y += len(lines) * TEXT * LEADING
    return "".join(parts), y + PAD + 6


def _summary(graph: Graph, path: Path | None) -> str:
    """Return the figure in one paragraph, for those who do not see it."""
    tiers = "; ".join(f"{n.title}: {n.text}" for n in graph.nodes.values() if n.kind == "tier")
    whole = f"{graph.about} Tumour sample, histological diagnosis and extent of disease lead to three tiers ({tiers})"
    whole += ", each to its tests, and these to an end of testing or to a TRK inhibitor."
    if path is None:
        return whole
    order = [n for n in graph.nodes if n in path.nodes]
    told = ", ".join(
        graph.nodes[n].title + (f" [{_SAYS.get(path.next[n], path.next[n])}]" if n in path.next else "") for n in order
    )
    return f"{whole} Path of this case: {told or 'none of it'}."


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


class Marked(msgspec.Struct, frozen=True):
    """Lines and boxes of the figure to be marked, by their ids; ``what`` says whose they are."""

    edges: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    what: str = ""


def pathway_svg(
    edition: Edition, recommendation: Recommendation | None = None, ident: str = "pathway", marked: Marked | None = None
) -> str:
    """Return figure 2 as one SVG element, with the path of a case marked by thick lines, ticks and words.

    Args:
        marked: Without a case: these lines, the boxes at their ends and these boxes are marked.
        ident: Makes the ids of title and description unique where several figures share a page.

    Raises:
        GuidanceError: The edition has no figure, or it refers to something that is not there.
    """
    drawn = _drawn(edition)
    graph, drawing = drawn.graph, drawn.plan
    path = path_of(graph, recommendation) if recommendation is not None else None
    marked = marked or Marked()
    edges = path.edges if path else marked.edges
    ends = {end for edge in graph.edges if edge.id in edges for end in (edge.from_, edge.to)}
    nodes = path.nodes if path else marked.nodes | ends
    following = path.next if path else {}
    told = _summary(graph, path)
    if marked.what and nodes:
        told += f" Marked for {marked.what}: {', '.join(n.title for i, n in graph.nodes.items() if i in nodes)}."
    taken = {index: line.edge.id in edges for index, line in enumerate(drawing.lines)}
    lines = sorted(taken.items(), key=lambda one: one[1])
    legend, height = drawn.legend(path is not None)
    base = identifier(ident)
    case = f", case {recommendation.case_id}" if recommendation is not None else ""
    body = (
        tag("title", escape(graph.title + case), id=f"{base}-title")
        + tag("desc", escape(told), id=f"{base}-desc")
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

    def box(name: str) -> str:
        node = graph.nodes[name]
        flag = f" <{_SAYS.get(path.next[name], path.next[name])}>" if path and name in path.next else ""
        sign = f" ({node.sign})" if node.sign else ""
        return node.title + flag + sign + (f" - {node.text}" if node.text and name not in told else "")

    def walk(name: str, depth: int) -> None:
        told.add(name)
        for edge in graph.leaving(name):
            taken = path is not None and edge.id in path.edges
            again = edge.to in told and bool(graph.leaving(edge.to))
            words = f"{edge.words}: " if edge.words else ""
            sign = f" ({edge.sign})" if edge.sign else ""
            rows = _rows(edge, held if taken else None)
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
