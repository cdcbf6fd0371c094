"""Drawings: the figure of the guidance with the path of a case, fusions, forests and other plots, as SVG."""
