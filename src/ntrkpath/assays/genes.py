"""The NTRK genes under the names that laboratories print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


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
        return self._symbol.get(name.strip().upper()) if name else None

    def covered(self, names: Iterable[str]) -> frozenset[str]:
        """Return the NTRK genes among ``names``."""
        return frozenset(s for s in map(self.symbol, names) if s)
