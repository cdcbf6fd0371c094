"""Figure 2 with chosen lines marked: the lines that a rule can take, or that lead to an action."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from ntrkpath.figures.pathway import pathway_svg
from ntrkpath.guidance.edition import Edition
from ntrkpath.server.guidance.catalogue import catalogue
from ntrkpath.server.kit.drawing import embed


@lru_cache(maxsize=8)
def _plain(edition: Edition) -> str:
    return str(embed(pathway_svg(edition)))


def figure_with(edition: Edition, edges: Collection[str] = (), nodes: Collection[str] = (), what: str = "") -> str:
    """Return figure 2 as SVG, the named lines with the boxes at their ends, and the named boxes, marked.

    Args:
        what: Whose lines they are, for those who do not see the figure.
    """
    graph = catalogue(edition).figure
    if graph is None:
        return ""
    svg = _plain(edition)
    touched = dict.fromkeys(nodes)
    for edge in graph.edges:
        if edge.id in edges:
            touched.update(dict.fromkeys((edge.from_, edge.to)))
            svg = svg.replace(f'class="edge" data-edge="{edge.id}"', f'class="edge taken" data-edge="{edge.id}"')
    for node in touched:
        svg = svg.replace(f'<g data-node="{node}"', f'<g class="taken" data-node="{node}"')
    if what and touched:
        titles = ", ".join(graph.nodes[node].title for node in graph.nodes if node in touched)
        svg = svg.replace("</desc>", f" Marked for {what}: {titles}.</desc>", 1)
    return svg
