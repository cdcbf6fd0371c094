"""Facts: the closed vocabulary that decision tables read, each with its question and its levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ntrkpath.model.errors import GuidanceError

#: Levels that say "nothing is known from this": ``{not: X}`` never matches one of them.
SILENT: frozenset[str] = frozenset({"unknown", "not_done", "failed", "not_interpretable"})


class Fact(msgspec.Struct, frozen=True):
    """One fact of an edition.

    Args:
        id: Name used in ``when`` and ``then``.
        question: What one would ask a colleague, in plain words.
        levels: Every value it can take; order is the order of the compiled look-up.
        says: Plain words for levels whose name alone does not say enough.
        derive: How a case yields the fact; ``None`` for a fact that a table sets. Read by the pathway only.
        kind: ``case`` (asked), ``readout`` (of a test), ``setting`` (of the reader) or ``table`` (set by one).
        source: Statement or reference behind a threshold or list in ``derive``.
    """

    id: str
    question: str
    levels: tuple[str, ...]
    says: dict[str, str]
    derive: dict[str, Any] | None
    kind: str
    source: str

    def index(self, level: str) -> int:
        """Return the position of ``level``; raises ``ValueError`` for a level the fact lacks."""
        return self.levels.index(level)


_KEYS = {"id", "question", "levels", "says", "derive", "kind", "source"}


def load_facts(entries: Iterable[Mapping[str, Any]], file: str = "facts.yaml") -> dict[str, Fact]:
    """Check the entries of ``facts.yaml`` and return them by id, in file order.

    Raises:
        GuidanceError: A key is unknown, an id is repeated, or a fact has fewer than two levels.
    """
    facts: dict[str, Fact] = {}
    for entry in entries:
        ident = str(entry.get("id", "?"))
        where = f"{file}: fact {ident}"
        if unknown := set(entry) - _KEYS:
            raise GuidanceError("unknown key", where=where, value=min(unknown), allowed=sorted(_KEYS))
        if ident in facts:
            raise GuidanceError("fact is defined twice", where=where, remedy="keep one of the two")
        levels = tuple(str(level) for level in entry.get("levels", ()))
        if len(levels) < 2 or len(set(levels)) != len(levels):
            raise GuidanceError("a fact needs two or more distinct levels", where=where, value=levels)
        says = {str(k): str(v) for k, v in dict(entry.get("says", {})).items()}
        if stray := set(says) - set(levels):
            raise GuidanceError("says a level it lacks", where=where, value=min(stray), allowed=levels)
        derive = entry.get("derive")
        facts[ident] = Fact(
            id=ident,
            question=str(entry.get("question", "")),
            levels=levels,
            says=says,
            derive=dict(derive) if derive is not None else None,
            kind=str(entry.get("kind", "case" if derive is not None else "table")),
            source=str(entry.get("source", "")),
        )
    return facts
