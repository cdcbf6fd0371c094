"""Figure 2 with chosen lines marked: the lines that a rule can take, or that lead to an action."""

from __future__ import annotations

from collections.abc import Collection

from ntrkpath.figures import pathway_svg
from ntrkpath.figures.pathway import Marked
from ntrkpath.guidance.edition import Edition
from ntrkpath.server.guidance.catalogue import catalogue
from ntrkpath.server.kit.drawing import on_a_page


def figure_with(edition: Edition, edges: Collection[str] = (), nodes: Collection[str] = (), what: str = "") -> str:
    """Return figure 2 as SVG, the named lines with the boxes at their ends, and the named boxes, marked.

    Args:
        what: Whose lines they are, for those who do not see the figure.
    """
    if catalogue(edition).figure is None:
        return ""
    with on_a_page():
        return pathway_svg(edition, marked=Marked(frozenset(edges), frozenset(nodes), what))
