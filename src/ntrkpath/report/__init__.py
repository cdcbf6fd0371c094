"""Reports of recommendations: text for a terminal, one self-contained HTML file."""

from ntrkpath.report.html import render_html
from ntrkpath.report.text import render

__all__ = ["render", "render_html"]
