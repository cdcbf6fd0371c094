"""Dated documents whose criteria are facts (drug labels), proved on every date on which one begins or ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product

import msgspec

from ntrkpath.proof.reach import count_reachable
from ntrkpath.proof.report import DatedCount, Finding, PropertyCount
from ntrkpath.rules.chain import Chain, Masks
from ntrkpath.rules.table import Table

Dated = tuple[DatedCount, tuple[PropertyCount, ...], tuple[Finding, ...]]


class Document(msgspec.Struct, frozen=True):
    """One version of a document about one subject (a drug), in force from ``start`` to the day before ``end``."""

    id: str
    subject: str
    requires: tuple[str, ...]
    start: dt.date
    end: dt.date | None


class Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A property of every document in force: where ``when`` holds, its status is never, or always, ``level``.

    Args:
        subjects: Only documents about these; all where empty.
        requires: Only documents that name this criterion; all where empty.
    """

    id: str
    text: str
    when: dict[str, tuple[str, ...]]
    never: str = ""
    always: str = ""
    subjects: tuple[str, ...] = ()
    requires: str = ""


class Status(msgspec.Struct, frozen=True):
    """The table that is read once per document, and how its facts come about.

    Args:
        criteria: The fact that sums up the criteria: its levels for all met, one not met, and neither.
        other: For each other fact of the table the levels it may take, given the subject of a document and the levels
            of ``keep``. Levels that cannot be excluded are to be included.
        keep: The facts of the case on which ``other`` depends.
    """

    table: Table
    criteria: str
    levels: tuple[str, str, str]
    sets: str
    keep: tuple[str, ...]
    other: Callable[[str, Mapping[str, str]], Mapping[str, Iterable[str]]]


def dates_of(documents: Iterable[Document]) -> tuple[dt.date, ...]:
    """Return each first day, each day on which a version ends, and the day before each of them."""
    days = {day for d in documents for day in (d.start, d.end) if day is not None}
    return tuple(sorted(days | {day - dt.timedelta(days=1) for day in days}))


def _sum_up(values: Iterable[str], levels: tuple[str, str, str]) -> str:
    seen = set(values)
    return levels[1] if "not_met" in seen else levels[0] if seen <= {"met"} else levels[2]


def _statuses(chain: Chain, status: Status, document: Document, clause: Clause) -> tuple[int, int, dict[str, str]]:
    """Return the number of cases, of states of the criteria, and every status reached with a state behind it."""
    masks = Masks(status.table, chain.facts)
    keep = (*document.requires, *status.keep)
    within = {fact: chain.facts[fact].expand(levels) for fact, levels in clause.when.items()}
    cases, states = 0, 0
    seen: dict[str, str] = {}
    for (levels, _), count in sorted(count_reachable(chain, {}, keep, within).items(), key=lambda s: s[0][0]):
        case = dict(zip(keep, levels, strict=True))
        criteria = _sum_up(levels[: len(document.requires)], status.levels)
        other = status.other(document.subject, {fact: case[fact] for fact in status.keep})
        cases += count
        for combination in product(*other.values()):
            states += 1
            state = {status.criteria: criteria, **dict(zip(other, combination, strict=True))}
            mask = masks.matching(state)
            row = status.table.rows[(mask & -mask).bit_length() - 1]
            seen.setdefault(row.sets[status.sets], ", ".join(f"{f}={lv}" for f, lv in {**case, **state}.items()))
    return cases, states, seen


def _spoken_of(
    clause: Clause, days: Iterable[dt.date], documents: Sequence[Document]
) -> Iterator[tuple[dt.date, Document]]:
    """Yield each day with the documents in force on it of which a clause speaks."""
    about = [
        document
        for document in documents
        if (not clause.subjects or document.subject in clause.subjects)
        and (not clause.requires or clause.requires in document.requires)
    ]
    for day in days:
        for document in about:
            if document.start <= day and (document.end is None or day < document.end):
                yield day, document


def prove_dated(chain: Chain, documents: Sequence[Document], clauses: Iterable[Clause], status: Status) -> Dated:
    """Prove the clauses for every document in force on each of ``dates_of(documents)``, over all states of criteria."""
    days = dates_of(documents)
    found: list[Finding] = []
    counts: list[PropertyCount] = []
    total = 0
    for clause in clauses:
        memo: dict[str, tuple[int, int, dict[str, str]]] = {}
        cases = 0
        wrong: set[str] = set()
        for day, document in _spoken_of(clause, days, documents):
            if document.id not in memo:
                memo[document.id] = _statuses(chain, status, document, clause)
            number, states, reached = memo[document.id]
            cases, total = cases + number, total + states
            bad = {s for s in reached if s == clause.never or (clause.always and s != clause.always)}
            if bad and document.id not in wrong:
                wrong.add(document.id)
                level = min(bad)
                found.append(Finding("label", document.id, f"{clause.id}: {level} on {day}: {reached[level]}"))
        if not cases:
            found.append(Finding("label", clause.id, "is empty: no document and state that it speaks of"))
        counts.append(PropertyCount(clause.id, clause.text, cases, not wrong and cases > 0))
    return DatedCount(days, len(documents), total), tuple(counts), tuple(found)
