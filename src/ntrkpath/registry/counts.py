"""Counts that leave the book, each time noted in it: small cells hidden and growth in steps, or exact for pooling."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Literal

import msgspec
import sqlalchemy as sa

from ntrkpath.registry import tables
from ntrkpath.registry.book import Book
from ntrkpath.registry.database import told
from ntrkpath.registry.entries import WHOLE, Counted, Draft, Release
from ntrkpath.registry.reading import edition

#: A cell under this many subjects is hidden, and a row changes between releases by at least as many.
LEAST = 5
SCHEMA = "https://ntrkpath.org/schema/registry-counts-1.json"
TOTAL = "all"


class Cells(msgspec.Struct, frozen=True):
    """One row that is published; ``None`` is a hidden cell."""

    histology: str
    subjects: int | None
    tested: int | None
    positive: int | None


class Published(msgspec.Struct, frozen=True):
    """Counts as they are published.

    Args:
        rows: By the histology before the test, with the row ``all`` at the end.
        held_back: Rows that changed by fewer than ``LEAST`` subjects since the last release and stand as then.
    """

    rows: tuple[Cells, ...]
    held_back: int
    least: int = LEAST


class ForPooling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exact counts for a pooled analysis: tested and positive by histology, and nothing that crosses them.

    Args:
        book: The id of the book, so that no book is counted twice.
    """

    schema: str
    book: str
    study: str
    at: str
    edition: str
    counts: tuple[Counted, ...]


def counted(book: Book, site: str | None = None) -> tuple[Counted, ...]:
    """Return the subjects that count, by the histology before the test, from the view that is kept of them."""
    t = tables.tallies.c
    query = sa.select(t.histology, sa.func.sum(t.subjects), sa.func.sum(t.tested), sa.func.sum(t.positive))
    if site is not None:
        query = query.where(t.site == site)
    query = query.group_by(t.histology).having(sa.func.sum(t.subjects) > 0).order_by(t.histology)
    with told(book.name), book.engine.connect() as connection:
        return tuple(Counted(row[0], int(row[1]), int(row[2]), int(row[3])) for row in connection.execute(query))


def published(book: Book, *, author: str) -> Published:
    """Return the counts that may be published, and note the release in the book.

    Raises:
        OutputError: The book cannot be written to; nothing is released then.
    """
    now = {row.histology: row for row in counted(book)}
    before = _last(book)
    rows = _grown(now, before)
    if rows != before:
        _note(book, "published", tuple(rows[name] for name in sorted(rows)), author)
    held = sum(1 for name in now if rows.get(name) != now[name])
    return Published(hidden(tuple(rows[name] for name in sorted(rows))), held)


def for_pooling(book: Book, study: str, *, author: str) -> ForPooling:
    """Return exact counts for pooling, and note in the book that they left it.

    Raises:
        OutputError: The book cannot be written to; nothing leaves it then.
    """
    rows = counted(book)
    _note(book, "pooling", rows, author)
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return ForPooling(SCHEMA, book.id, study, at, edition(), rows)


def _last(book: Book) -> dict[str, Counted]:
    """Return the rows of the last release that was published, as they were before cells were hidden."""
    found: dict[str, Counted] = {}
    for entry in book.entries(WHOLE, WHOLE):
        if isinstance(entry.body, Release) and entry.body.purpose == "published":
            found = {row.histology: row for row in entry.body.counts}
    return found


def _note(book: Book, purpose: Literal["published", "pooling"], rows: tuple[Counted, ...], author: str) -> None:
    body = Release(purpose=purpose, counts=rows, edition=edition())
    book.append(Draft(site=WHOLE, subject=WHOLE, body=body, author=author, request=str(uuid.uuid4())))


def _grown(now: Mapping[str, Counted], before: Mapping[str, Counted]) -> dict[str, Counted]:
    """Return the rows of now; one that changed by fewer than ``LEAST`` subjects stands as it was released before."""
    rows = {}
    for name in {*now, *before}:
        new = now.get(name, Counted(name, 0, 0, 0))
        old = before.get(name, Counted(name, 0, 0, 0))
        row = new if abs(new.subjects - old.subjects) >= LEAST else old
        if row.subjects:
            rows[name] = row
    return rows


def hidden(rows: tuple[Counted, ...]) -> tuple[Cells, ...]:
    """Hide every cell of fewer than ``LEAST`` subjects, and every sum that would give a hidden one away."""
    shown = []
    for row in rows:
        subjects = _cell(row.subjects)
        tested = _cell(row.tested) if subjects is not None else None
        positive = _cell(row.positive) if tested is not None and row.tested - row.positive >= LEAST else None
        shown.append(Cells(row.histology, subjects, tested, positive))
    total = [_sum([getattr(row, what) for row in rows], [getattr(cells, what) for cells in shown])
             for what in ("subjects", "tested", "positive")]  # fmt: skip
    return (*shown, Cells(TOTAL, *total))


def _cell(number: int) -> int | None:
    return number if number >= LEAST else None


def _sum(exact: list[int], shown: list[int | None]) -> int | None:
    """Return a sum, unless what it leaves for the hidden cells is too few subjects, or falls on one cell alone."""
    gone = [number for number, cell in zip(exact, shown, strict=True) if cell is None]
    all_but_full = len(gone) * (LEAST - 1) - 1
    if gone and (len(gone) == 1 or not LEAST <= sum(gone) <= max(all_but_full, len(gone) * max(gone) - 1)):
        return None
    return _cell(sum(exact))
