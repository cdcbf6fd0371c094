"""Views of the book: tables that are derived from it, kept up to date with every entry, and rebuilt at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from ntrkpath.registry import tables
from ntrkpath.registry.entries import CaseVersion
from ntrkpath.registry.reading import Reading, edition, reading
from ntrkpath.registry.subjects import Subject

#: Subjects without a histology before the test are counted under this word.
NOT_STATED = "not stated"
#: Gives the rows of a caller's file that is kept with an entry.
FileOf = Callable[[str, int], bytes | None]
#: What the tallies count: subjects, those with any NTRK test, those with evidence of a fusion.
COUNTS = ("subjects", "tested", "positive")
_CHUNK = 500


def row(subject: Subject, file_of: FileOf, before: Reading | None = None) -> dict[str, Any]:
    """Return the row of ``current`` of a subject; an erased one keeps its pseudonym and its status alone.

    Args:
        before: The reading of the same case version, where it is known already.
    """
    version = subject.newest(CaseVersion)
    found = before
    if version is None:
        found = Reading(edition())
    elif found is None:
        kept = {e.body.name: file_of(e.site, e.seq) for e in subject.files}
        found = reading(version.body.case, {name: content for name, content in kept.items() if content is not None})
    assert found is not None
    registration = subject.registration
    return {
        "site": subject.site,
        "subject": subject.id,
        "first_seq": subject.entries[0].seq,
        "last_seq": subject.entries[-1].seq,
        "status": subject.status,
        "collection": registration.collection if registration else None,
        "counted": subject.counted,
        "case_seq": version.seq if version else None,
        "histology_before": subject.histology_before,
        "histology": found.histology,
        "tier": found.tier,
        "priority": found.priority,
        "target": found.target,
        "tested": found.tested,
        "positive": found.positive,
        "edition": found.edition if version else None,
        "open_queries": len(subject.open_queries),
        "waiting": len(subject.waiting),
    }


def read_before(standing: Any) -> Reading:
    """Return the reading that a row of ``current`` holds."""
    return Reading(
        standing.edition, standing.histology, standing.tier, standing.priority, standing.target, standing.tested,
        standing.positive,
    )  # fmt: skip


def tally(current: dict[str, Any] | None) -> Counter[tuple[str, str, str]]:
    """Return what a row of ``current`` adds to the tallies, by site, histology and what is counted."""
    if current is None or not current["counted"]:
        return Counter()
    at = (current["site"], current["histology_before"] or NOT_STATED)
    return Counter(
        {(*at, "subjects"): 1, (*at, "tested"): int(bool(current["tested"])), (*at, "positive"): _positive(current)}
    )


def _positive(current: dict[str, Any]) -> int:
    return int(bool(current["tested"]) and bool(current["positive"]))


def put(connection: sa.Connection, rows: list[dict[str, Any]], before: list[dict[str, Any]]) -> None:
    """Put rows into ``current`` in place of those before, and bring the tallies up to date with the difference."""
    if not rows:
        return
    _upsert(connection, tables.current, rows)
    change: Counter[tuple[str, str, str]] = Counter()
    for standing in before:
        change.subtract(tally(standing))
    for new in rows:
        change.update(tally(new))
    _add(connection, change)


def _add(connection: sa.Connection, change: Counter[tuple[str, str, str]]) -> None:
    counted: dict[tuple[str, str], dict[str, Any]] = {}
    for (site, histology, what), number in change.items():
        at = counted.setdefault((site, histology), {"site": site, "histology": histology} | dict.fromkeys(COUNTS, 0))
        at[what] += number
    moved = [counts for _, counts in sorted(counted.items()) if any(counts[what] for what in COUNTS)]
    if moved:
        sums = ", ".join(f"{what} = tallies.{what} + excluded.{what}" for what in COUNTS)
        after = f"ON CONFLICT (site, histology) DO UPDATE SET {sums}"
        tables.insert_many(connection, tables.tallies, moved, after)
    if any(counts["subjects"] < 0 for counts in moved):
        # A word that nobody has any more may be the last trace of one who was erased.
        connection.execute(tables.tallies.delete().where(tables.tallies.c.subjects == 0))


def _upsert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    keys = [column.name for column in table.primary_key]
    others = ", ".join(f"{c.name} = excluded.{c.name}" for c in table.columns if c.name not in keys)
    tables.insert_many(connection, table, rows, f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {others}")


def rebuild(connection: sa.Connection, subjects: Iterable[Subject], file_of: FileOf) -> int:
    """Empty the views and derive them anew from the book; return the number of subjects."""
    for table in tables.derived.sorted_tables:
        connection.execute(table.delete())
    done = 0
    for rows in _chunks(row(subject, file_of) for subject in subjects):
        put(connection, rows, [])
        done += len(rows)
    return done


def _chunks(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    held: list[dict[str, Any]] = []
    for one in rows:
        held.append(one)
        if len(held) == _CHUNK:
            yield held
            held = []
    if held:
        yield held
