"""Entries with a condition, of which the first that holds counts: for lists in the knowledge that are no tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ntrkpath.model.remembered import Remembered


class When:
    """A condition: each fact has one of the levels; ``histology`` is read as a fact of its own."""

    __slots__ = ("wanted",)

    def __init__(self, when: Mapping[str, Any]) -> None:
        self.wanted = tuple((fact, frozenset([lv] if isinstance(lv, str) else lv)) for fact, lv in when.items())

    def holds(self, levels: Mapping[str, str]) -> bool:
        """Say whether the condition holds in these levels; a fact that is absent is unknown."""
        return all(levels.get(fact, "unknown") in wanted for fact, wanted in self.wanted)


#: Keys of one list of entries that are remembered.
_REMEMBERED = 10_000


class Ruled:
    """Entries of which the first whose condition holds counts.

    Args:
        entries: Each with ``when`` and whatever else.
    """

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        self.entries = [(When(entry.get("when", {})), entry) for entry in entries]
        self._read = tuple(sorted(self.facts()))
        self._known: Remembered[tuple[str, ...], Mapping[str, Any] | None] = Remembered(_REMEMBERED)

    def first(self, levels: Mapping[str, str]) -> Mapping[str, Any] | None:
        """Return the first entry whose condition holds."""
        key = tuple([levels.get(fact, "unknown") for fact in self._read])
        if key in self._known:
            return self._known[key]
        return self._known.keep(key, next((entry for when, entry in self.entries if when.holds(levels)), None))

    def facts(self) -> set[str]:
        """Return every fact that a condition names."""
        return {fact for when, _ in self.entries for fact, _ in when.wanted}
