"""Search over an edition: every word of the question must occur; an id that is named comes first."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from ntrkpath.guidance.edition import Edition
from ntrkpath.server.guidance.catalogue import catalogue

#: Kinds of entries and what a reader calls them, in the order of the results.
KINDS = {
    "rules": "Rule",
    "tables": "Table",
    "statements": "Statement",
    "facts": "Fact",
    "actions": "Action",
    "labels": "Label",
    "references": "Reference",
}
#: Longest question that is read, in characters.
LONGEST = 200


class Found(msgspec.Struct, frozen=True):
    """A result of the search.

    Args:
        kind: One of ``KINDS``.
        id: Id of the entry.
        text: What it says.
        address: Its page.
    """

    kind: str
    id: str
    text: str
    address: str
    fidelity: str = ""


class _Entry(msgspec.Struct, frozen=True):
    found: Found
    ident: str
    says: str
    words: str


@lru_cache(maxsize=8)
def _entries(edition: Edition) -> tuple[_Entry, ...]:
    book = catalogue(edition)
    made: list[_Entry] = []

    def add(kind: str, ident: str, text: str, *more: str, fidelity: str = "") -> None:
        whole = " ".join((ident, text, *more)).casefold()
        found = Found(kind, ident, text, f"/guidance/{kind}/{ident}", fidelity)
        made.append(_Entry(found, ident.casefold(), text.casefold(), f"{whole} {whole.replace('_', ' ')}"))

    for rule in book.rules.values():
        told = rule.says or rule.caution
        actions = [book.actions[action].text for action in rule.actions]
        add("rules", rule.id, told, rule.caution, rule.note, rule.source, rule.table, *rule.when, *rule.actions,
            *actions, *rule.statements, fidelity=rule.fidelity)  # fmt: skip
    for table in book.tables.values():
        add("tables", table.id, table.question, table.file)
    for statement in book.statements.values():
        add("statements", statement.id, statement.text, statement.section, statement.kind, statement.quote)
    for fact in book.facts.values():
        add("facts", fact.id, fact.question, *fact.levels, *fact.says.values(), fact.derived, fact.source)
    for action in book.actions.values():
        add("actions", action.id, action.text)
    for label in book.labels(edition.labels_known_to).values():
        brand = edition.drugs[label.drug].brand or ""
        add("labels", label.id, f"{label.drug}, {label.agency}, from {label.start}: {label.text}", brand,
            *edition.drugs[label.drug].names, label.note, label.source)  # fmt: skip
    for ref in book.references.values():
        told = ". ".join(part for part in (ref.short, ref.title, ref.journal) if part)
        add("references", ref.id, told, ref.doi, ref.pmid, ref.pmc, ref.note)
    return tuple(made)


def search(edition: Edition, question: str, kind: str = "", fidelity: str = "") -> list[Found]:
    """Return what holds every word of the question: ids first, then texts, then the rest, each in reading order.

    Args:
        question: Words or an id; empty finds everything that the other arguments leave.
        kind: One of ``KINDS``; any where empty.
        fidelity: Rules of this fidelity alone; any where empty.
    """
    words = question.casefold()[:LONGEST].split()
    ranked: list[tuple[int, Found]] = []
    for entry in _entries(edition):
        if (kind and entry.found.kind != kind) or (fidelity and entry.found.fidelity != fidelity):
            continue
        if all(word in entry.words for word in words):
            if words and entry.ident == " ".join(words):
                rank = 0
            elif words and all(word in entry.ident for word in words):
                rank = 1
            else:
                rank = 2 if all(word in entry.says for word in words) else 3
            ranked.append((rank, entry.found))
    return [found for _, found in sorted(ranked, key=lambda pair: pair[0])]


@lru_cache(maxsize=8)
def _vocabulary(edition: Edition) -> tuple[str, ...]:
    words: dict[str, None] = {}
    for entry in _entries(edition):
        words[entry.ident] = None
        words.update(dict.fromkeys(w.strip(".,:;()[]\"'?") for w in entry.says.split()))
    return tuple(word for word in words if len(word) > 2)


def nearest(edition: Edition, question: str) -> list[str]:
    """Return up to three words or ids of the edition that are spelt like the question."""
    from rapidfuzz import process

    asked = question.casefold()[:LONGEST].strip()
    if not asked:
        return []
    return [word for word, _, _ in process.extract(asked, _vocabulary(edition), limit=3, score_cutoff=70)]
