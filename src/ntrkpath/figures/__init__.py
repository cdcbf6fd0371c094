"""Drawings of the guidance and of what it says of a case."""

from ntrkpath.figures.pathway import pathway_list, pathway_svg

__all__ = ["pathway_list", "pathway_svg"]
