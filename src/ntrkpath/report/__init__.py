"""Everything that people read: the terms of an answer, sheets of numbers, text, pages and paper made from them."""

from ntrkpath.report.html import render_html
from ntrkpath.report.text import render

__all__ = ["render", "render_html"]
