"""Figure 2 with chosen lines marked: the lines that a rule can take, or that lead to an action."""

from __future__ import annotations

from collections.abc import Collection

from ntrkpath.figures.graph import Path
from ntrkpath.figures.pathway import figure_svg
from ntrkpath.figures.pathway_marks import Marked
from ntrkpath.figures.screens import for_screens
from ntrkpath.guidance.edition import Edition
from ntrkpath.server.guidance.catalogue import catalogue
from ntrkpath.server.kit.drawing import on_a_page


def figure_with(edition: Edition, edges: Collection[str] = (), nodes: Collection[str] = (), what: str = "") -> str:
    """Return figure 2 for every screen, the named lines with the boxes at their ends, and the named boxes, marked.

    Args:
        what: Whose lines they are, for those who do not see the figure.
    """
    graph = catalogue(edition).figure
    if graph is None:
        return ""
    ends = {end for edge in graph.edges if edge.id in edges for end in (edge.from_, edge.to)}
    marked = Marked(Path(frozenset(edges), frozenset({*nodes, *ends}), {}), what) if edges or nodes else None
    with on_a_page():
        return for_screens(lambda width: figure_svg(edition, marked, width=width), whole_page=True)
