"""What both drawings of figure 2 share: the style, the marks of the path of a case, and the figure in one paragraph."""

from __future__ import annotations

import msgspec

from ntrkpath.figures.graph import Graph, Path, load, path_of
from ntrkpath.figures.svg import base_rules, number, tag
from ntrkpath.guidance.edition import Edition
from ntrkpath.model.recommendation import Recommendation

#: How round the corners of a box are, by its kind; how a line is broken, by how it rests on the source.
CORNERS = {"start": 16, "gate": 3, "tier": 3, "test": 9, "stop": 3, "target": 9, "therapy": 9}
DASHES = {"ambiguous": "7 5", "inferred": "2 4"}
#: What the legend says of each kind of line, and of the marks.
MEANING = {
    "certain": "figure and text agree",
    "resolved": "figure and text differ: see the note",
    "ambiguous": "left open by the source: see the note",
    "inferred": "not in the figure of the paper; follows from its text",
}
OF_CASE = 'the path of this case (thick line, tick); "next", "consider", "may": what the answer asks for'
_SAYS = {"recommended": "next", "consider": "consider", "may": "may"}

STYLE = (
    base_rules(".ntrk-figure")
    + """
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


def disc(x: float, y: float, radius: float = 8) -> str:
    """Return the marker of the taken path: a disc with a tick."""
    tick = f"M{number(x - 3.6)} {number(y + 0.2)}l2.6 2.8l4.6 -5.6"
    return tag("circle", cx=x, cy=y, r=radius, class_="mark") + tag("path", d=tick, class_="tick")


def following_word(strength: str) -> str:
    """Return how strongly the answer asks for a box of the figure, in one word."""
    return _SAYS.get(strength, strength)


class Marked(msgspec.Struct, frozen=True):
    """What of the figure is marked, and whose it is.

    Args:
        path: Lines, boxes, and what comes next.
        what: As ``case L022`` or ``NEXT-30``.
        of_case: Whether it is the path of a case, which the legend explains.
    """

    path: Path
    what: str
    of_case: bool = False


def case_marked(edition: Edition, recommendation: Recommendation | None) -> Marked | None:
    """Return the path of a case; ``None`` without one."""
    if recommendation is None:
        return None
    return Marked(path_of(load(edition), recommendation), f"case {recommendation.case_id}", of_case=True)


def title_of(graph: Graph, marked: Marked | None) -> str:
    """Return the title of the figure with what is marked in it."""
    return graph.title + (f", {marked.what}" if marked is not None else "")


def summary(graph: Graph, marked: Marked | None) -> str:
    """Return the figure in one paragraph, for those who do not see it."""
    tiers = "; ".join(f"{n.title}: {n.text}" for n in graph.nodes.values() if n.kind == "tier")
    whole = f"{graph.about} Tumour sample, histological diagnosis and extent of disease lead to three tiers ({tiers})"
    whole += ", each to its tests, and these to an end of testing or to a TRK inhibitor."
    if marked is None:
        return whole
    path = marked.path
    told = ", ".join(
        node.title + (f" [{following_word(path.next[name])}]" if name in path.next else "")
        for name, node in graph.nodes.items()
        if name in path.nodes
    )
    lead = "Path of this case" if marked.of_case else f"Marked for {marked.what}"
    return f"{whole} {lead}: {told or 'none of it'}."
