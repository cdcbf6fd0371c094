"""Drawings inside a page: their style goes into the one style sheet, since a page may carry none."""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@cache
def styles() -> str:
    """Return the style of the reports and of every kind of drawing."""
    from ntrkpath.figures import axes, fusion_pen, pathway_svg, patient_flow, round_matrix, series
    from ntrkpath.guidance import load
    from ntrkpath.report.style import CSS

    pathway = "".join(_STYLE.findall(pathway_svg(load())))
    plots = axes.STYLE + round_matrix.STYLE
    return CSS + pathway + fusion_pen.STYLE + plots + patient_flow.STYLE + "".join(_STYLE.findall(series.style()))


def embed(svg: str) -> Markup:
    """Return a drawing without its own style, for a page with the style sheet of the server."""
    return Markup(_STYLE.sub("", svg))  # noqa: S704 - drawings escape what they show
