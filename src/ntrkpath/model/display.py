"""How results show themselves in a notebook: where the markup of each type is made, found when it is asked for.

A result knows nothing of its markup, and the wing that makes it stands above; only the name of the place is known here.
"""

from __future__ import annotations

from importlib import import_module

#: Type of a result, and the function that gives its HTML.
HTML = {
    "Recommendation": "ntrkpath.report.notebook:recommendation",
    "FusionVerdict": "ntrkpath.report.notebook:verdict",
}


class Shown:
    """A result that a notebook shows as HTML."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        module, _, name = HTML[type(self).__name__].partition(":")
        markup: str = getattr(import_module(module), name)(self)
        return markup
