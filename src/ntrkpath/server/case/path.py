"""The path of a case through figure 2 in steps, for a screen on which the figure itself would be cut."""

from __future__ import annotations

from ntrkpath.figures.graph import load, path_of
from ntrkpath.guidance import Edition
from ntrkpath.model.recommendation import Recommendation

_SAYS = {"recommended": "next", "consider": "consider", "may": "may"}


def taken(edition: Edition, rec: Recommendation) -> list[str]:
    """Return each line of the figure that the case takes, as what leads on and where to; none without a figure."""
    if "figure2" not in edition.data:
        return []
    graph = load(edition)
    path = path_of(graph, rec)
    steps = []
    for edge in graph.edges:
        if edge.id in path.edges:
            asked = _SAYS.get(path.next.get(edge.to, ""), "")
            lead = f"{edge.words}: " if edge.words else ""
            steps.append(f"{lead}{graph.nodes[edge.to].title}{f' ({asked})' if asked else ''}")
    return list(dict.fromkeys(steps))
