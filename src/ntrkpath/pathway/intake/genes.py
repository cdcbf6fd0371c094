"""Words of laboratories in one form: the NTRK genes by any name, a result, a reading frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ntrkpath.fusion.store import Store


class NtrkGenes:
    """Approved symbols of the NTRK genes by any of their names, upper case.

    Args:
        aliases: Older names by approved symbol, from ``guideline.yaml``.
    """

    def __init__(self, aliases: Mapping[str, Iterable[str]]) -> None:
        self._symbol = {name.upper(): symbol for symbol, names in aliases.items() for name in (symbol, *names)}
        self.all = frozenset(aliases)

    def symbol(self, name: str | None) -> str | None:
        """Return ``NTRK1``, ``NTRK2`` or ``NTRK3`` for any of their names, else ``None``."""
        if not name:
            return None
        known = self._symbol.get(name.strip().upper())
        if known is None:
            for symbol in approved(name):
                if symbol in self.all:
                    return symbol
        return known

    def covered(self, names: Iterable[str]) -> frozenset[str]:
        """Return the NTRK genes among ``names``."""
        return frozenset(s for s in map(self.symbol, names) if s)


@cache
def _annotation() -> Store:
    from ntrkpath.fusion.store import Store

    return Store()


@lru_cache(maxsize=16_384)
def approved(name: str) -> tuple[str, ...]:
    """Return the genes that a name stands for: an approved, previous or alias symbol, or an Ensembl number."""
    symbol = name.strip()
    if _annotation().entries(symbol.upper()):
        return (symbol.upper(),)
    return tuple(_annotation().symbols_of(symbol))


def result_level(result: str | None) -> str:
    """Return the level of a laboratory's result; a test that could not be interpreted counts as failed."""
    return "failed" if result == "not_interpretable" else result or "unknown"


def frame_level(frame: str | None) -> str:
    """Return ``in_frame``, ``out_of_frame`` or ``unknown`` for a laboratory's frame."""
    if frame is None or frame == "unknown":
        return "unknown"
    return "in_frame" if frame.startswith("in") else "out_of_frame"
