"""The numbers behind the guidance: studies, their counts, and what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ntrkpath.evidence.data import Evidence, evidence_of

__all__ = ["Evidence", "evidence_of"]


def __getattr__(name: str) -> Any:
    """Return a public name; the studies are not needed where a case is decided."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ntrkpath.evidence import data

    return getattr(data, name)
