"""Backups: a whole book copied into a file that is a book itself, and a book made anew from one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from ntrkpath.model.errors import OutputError, RegistryError
from ntrkpath.registry import tables
from ntrkpath.registry.book import Book
from ntrkpath.registry.database import told
from ntrkpath.registry.heads import Erased, Head
from ntrkpath.registry.rows import BATCH, streamed
from ntrkpath.registry.verify import Verified, verify


class Lost(msgspec.Struct, frozen=True):
    """Entries of a site that the newest head names and the backup has not: from ``first`` to ``last``."""

    site: str
    first: int
    last: int


class Restored(msgspec.Struct, frozen=True):
    """What a restored book holds, what is lost, and what was erased again."""

    entries: int
    lost: tuple[Lost, ...]
    erased: tuple[Erased, ...]


def backup(book: Book, out: Path) -> Verified:
    """Copy a book into a new SQLite file, verify the copy against the book's own chains, and say what it holds.

    Raises:
        OutputError: The file is there already, or cannot be written; nothing half-written stays.
        RegistryError: The book does not verify; a backup of it would hide that.
    """
    if out.exists():
        raise OutputError("there is a file already", where=str(out), remedy="choose another name")
    found = verify(book, with_views=False)
    if not found.ok:
        first = found.findings[0]
        raise RegistryError(f"the book does not verify: {first.where} {first.text}", where=book.name)
    beside = out.with_name(f".{out.name}.partial")
    _gone(beside)
    try:
        with Book.create(beside, ident=book.id) as copy:
            _copy(book, copy)
            if (held := verify(copy, with_views=False)).chains != found.chains or not held.ok:
                raise OutputError("the copy does not hold what the book holds", where=str(out), remedy="try again")
            copy.rebuild()
            _one_file(copy)
        beside.replace(out)
    finally:
        _gone(beside)
    return found


def restore(backed_up: Path, where: str | Path, head: Head | None, erasures: tuple[Erased, ...] = ()) -> Restored:
    """Make a book anew from a backup, and erase again whoever was erased after it.

    Args:
        where: Where the book is to be; there must be none yet.
        head: The newest head that was exported; None only where there is none, and then nobody can tell what is lost.
        erasures: The list of erasures beside those that the head names.

    Raises:
        RegistryError: The backup does not verify, is of another book than the head, or does not fit it.
    """
    with Book.open(backed_up) as source:
        found = verify(source, _within(head, source), with_views=False)
        if not found.ok:
            first = found.findings[0]
            raise RegistryError(f"the backup does not verify: {first.where} {first.text}", where=str(backed_up))
        with Book.create(where, ident=source.id) as book:
            _copy(source, book)
            wanted = dict.fromkeys([*(head.erasures if head else ()), *erasures])
            again = tuple(e for e in wanted if _standing(book, e))
            for erased in again:
                book.erase(
                    erased.site, erased.subject, author="restore", asked_by="unknown",
                    request=f"restore {erased.site} {erased.seq}",
                )  # fmt: skip
            book.rebuild()
    reached = found.chains
    lost = tuple(
        Lost(c.site, reached.get(c.site, 0) + 1, c.seq) for c in (head.chains if head else ())
        if reached.get(c.site, 0) < c.seq
    )  # fmt: skip
    return Restored(found.entries, lost, again)


def _within(head: Head | None, source: Book) -> Head | None:
    """Return a head as far as a backup reaches, for the chains that it must agree with."""
    if head is None:
        return None
    newest = sa.select(tables.entries.c.site, sa.func.max(tables.entries.c.seq)).group_by(tables.entries.c.site)
    with told(source.name), source.engine.connect() as connection:
        reached = {row[0]: row[1] for row in connection.execute(newest)}
    return msgspec.structs.replace(head, chains=tuple(c for c in head.chains if reached.get(c.site, 0) >= c.seq))


def _standing(book: Book, erased: Erased) -> bool:
    subject = book.subject(erased.site, erased.subject)
    return subject is not None and subject.status != "erased"


def _copy(source: Book, target: Book) -> None:
    with (
        told(source.name),
        source.engine.connect() as reading,
        target.engine.execution_options(writes=True).begin() as writing,
    ):
        reading = reading.execution_options(**_snapshot(reading))
        for table in (tables.entries, tables.bodies, tables.files):
            query = sa.select(table).order_by(table.c.site, table.c.seq)
            for rows in _batches(row._asdict() for row in streamed(reading, query)):
                writing.execute(table.insert(), rows)


def _snapshot(connection: sa.Connection) -> dict[str, Any]:
    return {"isolation_level": "REPEATABLE READ"} if connection.dialect.name == "postgresql" else {}


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    held: list[dict[str, Any]] = []
    for row in rows:
        held.append(row)
        if len(held) == BATCH:
            yield held
            held = []
    if held:
        yield held


def _one_file(copy: Book) -> None:
    """Put everything that a SQLite log holds into the file, so that the file alone is the backup."""
    with told(copy.name), copy.engine.connect() as connection:
        plain: Any = connection.connection.driver_connection
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        plain.execute("PRAGMA journal_mode=DELETE")


def _gone(path: Path) -> None:
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        name.unlink(missing_ok=True)
