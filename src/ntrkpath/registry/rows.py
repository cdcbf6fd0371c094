"""Rows of the book read on a connection: entries with their bodies, subjects, files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import Any

import sqlalchemy as sa

from ntrkpath.registry import tables
from ntrkpath.registry.entries import Entry, read
from ntrkpath.registry.subjects import Subject, grouped
from ntrkpath.registry.views import FileOf

#: Rows that a query brings at once, and subjects that are asked for at once.
BATCH = 2_000


def joined() -> sa.Select[Any]:
    """Return the query of entries with their bodies; an erased body is null."""
    e, b = tables.entries.c, tables.bodies.c
    source = tables.entries.outerjoin(tables.bodies, sa.and_(b.site == e.site, b.seq == e.seq))
    return sa.select(
        e.site, e.seq, e.subject, e.kind, e.schema, e.author, e.at, e.request, b.body
    ).select_from(source)  # fmt: skip


def entry_of(row: Any) -> Entry[Any]:
    """Return the entry of a row of ``joined``."""
    return Entry(
        site=row.site, seq=row.seq, subject=row.subject, kind=row.kind, schema=row.schema, author=row.author,
        at=dt.datetime.fromisoformat(row.at), request=row.request,
        body=None if row.body is None else read(row.body, row.schema),
    )  # fmt: skip


def streamed(connection: sa.Connection, query: Any) -> Generator[Any, None, None]:
    """Yield the rows of a query, a batch at a time."""
    with connection.execute(query, execution_options={"yield_per": BATCH}) as found:
        yield from found


def subjects_in(connection: sa.Connection) -> Generator[Subject, None, None]:
    """Yield every subject by site and pseudonym."""
    e = tables.entries.c
    with closing(streamed(connection, joined().order_by(e.site, e.subject, e.seq))) as rows:
        yield from grouped(map(entry_of, rows))


def entries_of(connection: sa.Connection, site: str, subjects: Iterable[str]) -> dict[str, list[Entry[Any]]]:
    """Return every entry of some subjects of a site, in order."""
    e = tables.entries.c
    found: dict[str, list[Entry[Any]]] = {}
    for names in chunks(list(subjects)):
        query = joined().where(e.site == site, e.subject.in_(names)).order_by(e.seq)
        for row in connection.execute(query):
            found.setdefault(row.subject, []).append(entry_of(row))
    return found


def file_of(connection: sa.Connection) -> FileOf:
    """Return what gives the rows of a caller's file that are kept with an entry."""
    f = tables.files.c

    def content(site: str, seq: int) -> bytes | None:
        found = connection.execute(sa.select(f.content).where(f.site == site, f.seq == seq)).scalar_one_or_none()
        return None if found is None else bytes(found)

    return content


def chunks(names: list[str]) -> Iterator[list[str]]:
    """Yield a list in runs that a query can take."""
    for start in range(0, len(names), BATCH):
        yield names[start : start + BATCH]
