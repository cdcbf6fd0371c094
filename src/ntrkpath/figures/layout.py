"""Places the boxes, lines and labels of figure 2: columns and gaps are given, heights follow from the text."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec

from ntrkpath.figures.graph import Edge, Graph, Node, signed
from ntrkpath.figures.svg import Box, Point, text_width, wrap

TITLE = 15.0
TEXT = 13.5
LEADING = 1.3
PAD = 9.0


class Placed(msgspec.Struct, frozen=True):
    """A node with its place and its lines of text."""

    node: Node
    box: Box
    title: tuple[str, ...]
    text: tuple[str, ...]


class Line(msgspec.Struct, frozen=True):
    """An edge with its corners, its label and where it jumps over another line."""

    edge: Edge
    points: tuple[Point, ...]
    label: tuple[str, ...]
    label_box: Box | None
    hops: tuple[Point, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """The whole drawing in px."""

    width: float
    height: float
    nodes: dict[str, Placed]
    lines: tuple[Line, ...]


def _height(title: tuple[str, ...], text: tuple[str, ...]) -> float:
    return 2 * PAD + len(title) * TITLE * LEADING + len(text) * TEXT * LEADING + (3 if text else 0)


class _Grid:
    def __init__(self, graph: Graph) -> None:
        layout = graph.layout
        self.margin = float(layout["margin"])
        lane = float(layout["lane"])
        self.left: list[float] = []
        self.right: list[float] = []
        x: float = self.margin
        for width, gap in zip(layout["columns"], [*layout["column_gaps"], 0], strict=True):
            self.left.append(x)
            self.right.append(x + width)
            x += width + gap
        self.width = x + lane + self.margin
        self.lane_x: float = x + lane / 2 + 2
        self.texts: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        heights: dict[int, float] = {}
        for node in graph.nodes.values():
            first, last = node.at["columns"]
            inner = self.right[last - 1] - self.left[first - 1] - 2 * PAD
            title = tuple(wrap(signed(node.title, node.sign), inner, TITLE, bold=True))
            text = tuple(wrap(node.text, inner, TEXT))
            self.texts[node.id] = title, text
            row = node.at["row"]
            if "to_row" not in node.at:
                heights[row] = max(heights.get(row, 0), _height(title, text))
        self.top: dict[int, float] = {}
        self.bottom: dict[int, float] = {}
        y = self.margin
        gaps = layout["row_gaps"]
        for row in sorted(heights):
            self.top[row] = y
            self.bottom[row] = y + heights[row]
            y += heights[row] + (gaps[row - 1] if row - 1 < len(gaps) else 0)
        self.height = y + self.margin

    def place(self, node: Node) -> Placed:
        first, last = node.at["columns"]
        row, last_row = node.at["row"], node.at.get("to_row", node.at["row"])
        x, y = self.left[first - 1], self.top[row]
        return Placed(node, Box(x, y, self.right[last - 1] - x, self.bottom[last_row] - y), *self.texts[node.id])

    def lane(self, after_column: int, shift: float) -> float:
        if after_column == len(self.left):
            return self.lane_x + shift
        return (self.right[after_column - 1] + self.left[after_column]) / 2 + shift


def _port(box: Box, side: str, fraction: float) -> Point:
    if side in ("top", "bottom"):
        return round(box.x + box.width * fraction, 1), box.y if side == "top" else box.bottom
    return (box.x if side == "left" else box.right), round(box.y + box.height * fraction, 1)


def _ends(route: dict[str, Any], source: Box, target: Box) -> tuple[str, Point, str, Point]:
    """Return side and point of both ends; a fraction left out takes the coordinate of the other end."""
    out_side, *out_at = route.get("out", ["bottom"])
    in_side, *in_at = route.get("in", ["top"])
    start = _port(source, out_side, out_at[0] if out_at else 0.5)
    end = _port(target, in_side, in_at[0] if in_at else 0.5)
    level = {"left", "right"}
    if not out_at:
        start = (start[0], end[1]) if out_side in level else (end[0], start[1])
    if not in_at:
        lane = route.get("lane")
        if not lane:
            end = (end[0], start[1]) if in_side in level else (start[0], end[1])
    return out_side, start, in_side, end


def _points(edge: Edge, grid: _Grid, source: Box, target: Box) -> tuple[Point, ...]:
    out_side, start, in_side, end = _ends(edge.route, source, target)
    if lane := edge.route.get("lane"):
        x = grid.lane(int(lane["after_column"]), float(lane.get("shift", 0)))
        if in_side == "top":
            return start, (x, start[1]), (x, end[1])
        return start, (x, start[1]), (x, end[1]), end
    if start[0] == end[0] or start[1] == end[1]:
        return start, end
    if out_side in ("left", "right"):
        return start, (end[0], start[1]), end
    if in_side in ("left", "right"):
        return start, (start[0], end[1]), end
    y = round(start[1] + (end[1] - start[1]) * float(edge.route.get("channel", 0.5)), 1)
    return start, (start[0], y), (end[0], y), end


def _label(edge: Edge, points: tuple[Point, ...]) -> tuple[tuple[str, ...], Box | None]:
    shown = signed(edge.label, edge.sign)
    if not shown:
        return (), None
    spec = edge.route.get("label", {})
    if spec == "hidden":
        return (), None
    # bold, as on a taken path, so that a marked label keeps its place
    lines = tuple(wrap(shown, float(spec.get("width", 120)), TEXT, bold=True))
    width = max(text_width(line, TEXT, bold=True) for line in lines)
    height = len(lines) * TEXT * LEADING
    segment = int(spec.get("segment", 0))
    (x1, y1), (x2, y2) = points[segment], points[segment + 1]
    at = float(spec.get("at", 0.5))
    x, y = x1 + (x2 - x1) * at, y1 + (y2 - y1) * at
    if x1 == x2:
        left = x - 8 - width if spec.get("side") == "left" else x + 8
        return lines, Box(left, y - height / 2 - 3, width, height)
    top = y + 5 if spec.get("side") == "below" else y - height - 4
    return lines, Box(x - width / 2, top, width, height)


def _crossings(points: tuple[Point, ...], others: list[tuple[Point, ...]]) -> tuple[Point, ...]:
    """Return where a level piece of ``points`` crosses an upright piece of another line."""
    found: list[Point] = []
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        if y1 != y2:
            continue
        for other in others:
            for (ox1, oy1), (ox2, oy2) in itertools.pairwise(other):
                inside = min(oy1, oy2) < y1 < max(oy1, oy2)
                if ox1 == ox2 and inside and min(x1, x2) < ox1 < max(x1, x2):
                    found.append((ox1, y1))
    return tuple(sorted(set(found)))


def plan(graph: Graph) -> Plan:
    """Return where everything of the figure stands, in px."""
    grid = _Grid(graph)
    nodes = {node.id: grid.place(node) for node in graph.nodes.values()}
    corners = [_points(edge, grid, nodes[edge.from_].box, nodes[edge.to].box) for edge in graph.edges]
    lines = []
    for edge, points in zip(graph.edges, corners, strict=True):
        label, box = _label(edge, points)
        others = [other for o, other in zip(graph.edges, corners, strict=True) if o.from_ != edge.from_]
        lines.append(Line(edge, points, label, box, _crossings(points, others)))
    return Plan(grid.width, grid.height, nodes, tuple(lines))
