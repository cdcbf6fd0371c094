"""Results that can be shown as text and as a page, without the code that makes them knowing how."""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar, Protocol, cast

import msgspec


class _Form(Protocol):
    """What a module that shows results offers."""

    def text(self, found: object) -> str:
        """Return text for a terminal."""

    def document(self, found: object) -> str:
        """Return one HTML document that needs nothing else."""

    def fragment(self, found: object) -> str:
        """Return HTML for a notebook."""


class Showing:
    """What shows itself by a text and a page of its own; ``SHOWN_BY`` names the module, imported when asked for.

    So a notebook shows a result by itself, while whoever makes numbers imports no drawing and no layout.
    """

    __slots__ = ()
    SHOWN_BY: ClassVar[str] = ""

    def _form(self) -> _Form:
        return cast("_Form", import_module(self.SHOWN_BY))

    def to_html(self) -> str:
        """Return the result as one HTML document that needs nothing else."""
        return self._form().document(self)

    def _repr_html_(self) -> str:
        return self._form().fragment(self)

    def __str__(self) -> str:
        return self._form().text(self)


class Shown(Showing, msgspec.Struct, frozen=True):
    """A result that shows itself."""
