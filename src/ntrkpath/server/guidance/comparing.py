"""Two editions side by side: what was added, removed or changed, entry by entry, with the parts that differ."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from ntrkpath.guidance.compare import differences
from ntrkpath.guidance.edition import Edition
from ntrkpath.server.guidance.catalogue import catalogue

#: What is compared, and the parts of each entry that are of the edition itself.
_PARTS = {
    "rules": ("says", "when", "sets", "actions", "caution", "statements", "source", "fidelity", "note", "yields_to"),
    "tables": ("question", "hit", "reads", "sets"),
    "statements": ("kind", "section", "text", "quote", "quoted_from"),
    "facts": ("question", "kind", "levels", "says", "derived", "source"),
    "actions": ("text", "kind"),
    "labels": ("start", "until", "approval", "requires", "text", "source", "note", "in_paper", "label_read"),
    "references": ("short", "title", "journal", "doi", "pmid", "pmc", "url", "note"),
}


class Part(msgspec.Struct, frozen=True):
    """One part of an entry in both editions, in words."""

    name: str
    one: str
    other: str


class Change(msgspec.Struct, frozen=True):
    """An entry that differs; ``how`` is ``added``, ``removed`` or ``changed``, ``parts`` those that differ."""

    kind: str
    id: str
    how: str
    parts: tuple[Part, ...]


class Comparison(msgspec.Struct, frozen=True):
    """Two editions compared.

    Args:
        one: Name of the first edition, ``other`` of the second.
        sentences: The differences as `ntrkpath guideline diff` says them.
        changes: Entry by entry.
    """

    one: str
    other: str
    sentences: tuple[str, ...]
    changes: tuple[Change, ...]


@lru_cache(maxsize=8)
def compare(one: Edition, other: Edition) -> Comparison:
    """Return what differs from ``one`` to ``other``."""
    changes: list[Change] = []
    for kind, parts in _PARTS.items():
        before, after = _of(one, kind), _of(other, kind)
        for ident in dict.fromkeys([*before, *after]):
            told = tuple(
                Part(name.replace("_", " "), a, b)
                for name in parts
                if (a := _text(before.get(ident), name)) != (b := _text(after.get(ident), name))
            )
            how = "added" if ident not in before else "removed" if ident not in after else "changed"
            if told:
                changes.append(Change(kind, ident, how, told))
    return Comparison(one.id, other.id, tuple(differences(one, other)), tuple(changes))


def _of(edition: Edition, kind: str) -> Mapping[str, Any]:
    book = catalogue(edition)
    if kind == "labels":
        return book.labels(edition.labels_known_to)
    found: Mapping[str, Any] = getattr(book, kind)
    return found


def _text(entry: Any, name: str) -> str:
    value = getattr(entry, name, None)
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "; ".join(f"{k}: {' or '.join(v) if isinstance(v, tuple) else v}" for k, v in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
