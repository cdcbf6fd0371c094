"""Drawings: the figure of the guidance with the path of a case, fusions, forests and other plots, as SVG."""

from ntrkpath.figures.pathway import pathway_list, pathway_svg

__all__ = ["pathway_list", "pathway_svg"]
