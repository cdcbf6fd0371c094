"""Figure 2 as a graph read from an edition: nodes, edges, the rows that take each edge, and the path of a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.errors import GuidanceError
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.rules.conditions import When

FILE = "figure2"
STATUSES = ("certain", "resolved", "ambiguous", "inferred")
#: The tables of which every row is drawn or listed as not drawn.
DRAWN = ("tier", "priority", "next_test", "treatment")


class Node(msgspec.Struct, frozen=True):
    """A box; ``actions`` are those it stands for, ``action@ROW`` only where that row gives it."""

    id: str
    kind: str
    at: dict[str, Any]
    title: str
    text: str = ""
    sign: str = ""
    actions: tuple[str, ...] = ()


class Edge(msgspec.Struct, frozen=True):
    """A line; ``says`` is its label in words where the drawing has no room for one."""

    id: str
    from_: str
    to: str
    label: str
    says: str
    sign: str
    status: str
    taken: tuple[Taking, ...]
    route: dict[str, Any]

    @property
    def rows(self) -> tuple[str, ...]:
        """Every row that can take this edge, each once."""
        return tuple(dict.fromkeys(row for taking in self.taken for rows in taking.rows.values() for row in rows))

    @property
    def words(self) -> str:
        """The label in full."""
        return self.says or self.label


def signed(text: str, sign: str) -> str:
    """Return a text with its note sign, or the sign alone."""
    return f"{text} ({sign})".lstrip() if sign else text


class Taking(msgspec.Struct, frozen=True):
    """One way an edge is taken: of every table one of these rows held, and these facts are at these levels."""

    rows: dict[str, tuple[str, ...]]
    when: When


class Sign(msgspec.Struct, frozen=True):
    """A note sign with its text, which is the note of a row."""

    sign: str
    row: str
    text: str
    fidelity: str


class Graph(msgspec.Struct, frozen=True):
    """The figure: what is drawn, and which rows are left out for which reason."""

    title: str
    about: str
    layout: dict[str, Any]
    nodes: dict[str, Node]
    edges: tuple[Edge, ...]
    notes: tuple[Sign, ...]
    not_drawn: dict[str, str]

    def leaving(self, node: str) -> list[Edge]:
        """Return the edges that leave ``node``, in file order."""
        return [edge for edge in self.edges if edge.from_ == node]


class Path(msgspec.Struct, frozen=True):
    """The path of one case: edge ids, node ids, and the strength of what comes next at a node."""

    edges: frozenset[str]
    nodes: frozenset[str]
    next: dict[str, str]


def _flat(items: Iterable[Any]) -> list[str]:
    found: list[str] = []
    for item in items:
        found.extend(_flat(item) if isinstance(item, list) else [str(item)])
    return found


def _taking(entry: Mapping[str, Any], edition: Edition, where: str) -> Taking:
    rows: dict[str, list[str]] = {}
    for row in _flat(entry["rows"]):
        if row not in edition.rows:
            raise GuidanceError("the figure names a row that no table has", where=where, value=row)
        rows.setdefault(edition.rows[row][0].id, []).append(row)
    when = entry.get("when", {})
    for fact, levels in when.items():
        if fact not in edition.facts:
            raise GuidanceError("the figure names a fact that is not defined", where=where, value=fact)
        if stray := set(levels) - set(edition.facts[fact].levels):
            raise GuidanceError(
                "the figure names a level that the fact lacks",
                where=where,
                value=min(stray),
                allowed=edition.facts[fact].levels,
            )
    return Taking({table: tuple(ids) for table, ids in rows.items()}, When(when))


@lru_cache(maxsize=8)
def load(edition: Edition) -> Graph:
    """Read figure 2 of an edition and check it against the tables; read once for each edition.

    Raises:
        GuidanceError: The edition has no figure, or it names a row, fact, level, node or action that does not exist.
    """
    if FILE not in edition.data:
        raise GuidanceError("this edition has no figure", where=edition.directory.name, remedy=f"add {FILE}.yaml to it")
    data = edition.data[FILE]
    nodes = {entry["id"]: msgspec.convert(entry, Node) for entry in data["nodes"]}
    for node in nodes.values():
        for action in node.actions:
            name, _, row = action.partition("@")
            if name not in edition.actions or (row and row not in edition.rows):
                raise GuidanceError("the figure names an unknown action or row", where=node.id, value=action)
    edges = []
    for entry in data["edges"]:
        where = f"{FILE}.yaml: {entry['id']}"
        for end in (entry["from"], entry["to"]):
            if end not in nodes:
                raise GuidanceError("the edge has no such node", where=where, value=end, allowed=nodes)
        if entry["status"] not in STATUSES:
            raise GuidanceError("unknown status", where=where, value=entry["status"], allowed=STATUSES)
        edges.append(
            Edge(
                id=entry["id"],
                from_=entry["from"],
                to=entry["to"],
                label=entry.get("label", ""),
                says=entry.get("says", ""),
                sign=str(entry.get("sign", "")),
                status=entry["status"],
                taken=tuple(_taking(way, edition, where) for way in entry["taken"]),
                route=entry.get("route", {}),
            )
        )
    notes = []
    for entry in data["notes"]:
        if entry["row"] not in edition.rows:
            raise GuidanceError("the note names a row that no table has", where=f"{FILE}.yaml", value=entry["row"])
        noted = edition.rows[entry["row"]][1]
        notes.append(Sign(str(entry["sign"]), noted.id, noted.note, noted.fidelity))
    return Graph(
        title=data["title"],
        about=data["about"],
        layout=data["layout"],
        nodes=nodes,
        edges=tuple(edges),
        notes=tuple(notes),
        not_drawn={entry["row"]: entry["reason"] for entry in data["not_drawn"]},
    )


def path_of(graph: Graph, recommendation: Recommendation) -> Path:
    """Return what the case takes of the figure, from the rows that held in it."""
    held = {step.rule for step in recommendation.trace}
    levels = recommendation.facts
    edges = [
        edge
        for edge in graph.edges
        if any(
            all(held.intersection(rows) for rows in way.rows.values()) and way.when.holds(levels) for way in edge.taken
        )
    ]
    nodes = frozenset(end for edge in edges for end in (edge.from_, edge.to))
    following: dict[str, str] = {}
    for ident in nodes:
        for action in recommendation.actions:
            listed = graph.nodes[ident].actions
            if action.action in listed or f"{action.action}@{action.rule}" in listed:
                following.setdefault(ident, action.strength)
    return Path(frozenset(edge.id for edge in edges), nodes, following)
