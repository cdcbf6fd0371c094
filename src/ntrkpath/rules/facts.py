"""Facts: the closed vocabulary that decision tables read, each with its question and its levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ntrkpath.model.errors import GuidanceError

#: Levels that say "nothing is known from this": ``{not: X}`` never matches one of them.
SILENT: frozenset[str] = frozenset({"unknown", "not_done", "failed", "not_interpretable", "contradicted"})


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
        groups: Levels that stand together in conditions, by the name of the group.
        answered_by: Facts that answer the question another way, so that it is not asked where one of them says.
        decides_where: Levels of other facts outside which the question decides nothing by itself.
    """

    id: str
    question: str
    levels: tuple[str, ...]
    says: dict[str, str]
    derive: dict[str, Any] | None
    kind: str
    source: str
    groups: dict[str, frozenset[str]] = {}
    answered_by: tuple[str, ...] = ()
    decides_where: dict[str, frozenset[str]] = {}

    def expand(self, names: str | Iterable[str]) -> frozenset[str]:
        """Return the levels that a name, or each of several names, stands for; raises ``KeyError`` for an unknown one.

        A name is a level or a group of levels.
        """
        chosen: set[str] = set()
        for name in [names] if isinstance(names, str) else names:
            if name in self.groups:
                chosen |= self.groups[name]
            elif name in self.levels:
                chosen.add(name)
            else:
                raise KeyError(name)
        return frozenset(chosen)

    def index(self, level: str) -> int:
        """Return the position of ``level``; raises ``ValueError`` for a level the fact lacks."""
        return self.levels.index(level)


_KEYS = {"id", "question", "levels", "groups", "says", "derive", "kind", "source", "answered_by",
         "decides_where"}  # fmt: skip


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
            groups=_groups(dict(entry.get("groups", {})), levels, where),
            answered_by=tuple(entry.get("answered_by", ())),
            decides_where={f: frozenset(chosen) for f, chosen in dict(entry.get("decides_where", {})).items()},
        )
    for fact in facts.values():
        for other in (*fact.answered_by, *fact.decides_where):
            if other not in facts:
                raise GuidanceError("names a fact that is not defined", where=f"{file}: fact {fact.id}", value=other)
    return facts


def _groups(entries: Mapping[str, Any], levels: tuple[str, ...], where: str) -> dict[str, frozenset[str]]:
    """Return each group with its levels; a group may name an earlier one."""
    found: dict[str, frozenset[str]] = {}
    for name, members in entries.items():
        chosen: set[str] = set()
        for member in map(str, members):
            if member not in levels and member not in found:
                raise GuidanceError(
                    "a group names levels and earlier groups", where=f"{where}.groups.{name}", value=member,
                    allowed=(*levels, *found),
                )  # fmt: skip
            chosen |= found.get(member, frozenset({member}))
        if name in levels or len(chosen) < 2:
            raise GuidanceError(
                "a group has a name of its own and two or more levels", where=f"{where}.groups.{name}", value=name
            )
        found[str(name)] = frozenset(chosen)
    return found
