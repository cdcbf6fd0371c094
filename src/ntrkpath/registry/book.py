"""The book: entries are appended and read, never changed; SQLite in a file, or PostgreSQL."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import sqlalchemy as sa

from ntrkpath.model.errors import RegistryError
from ntrkpath.registry import database, heads, tables, views
from ntrkpath.registry.entries import WHOLE, Draft, Entry
from ntrkpath.registry.rows import entry_of, file_of, joined, streamed, subjects_in
from ntrkpath.registry.subjects import Subject, grouped
from ntrkpath.registry.writing import Written, append, erase

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from ntrkpath.registry.heads import Head

T = TypeVar("T")


class Book:
    """An open book.

    Use ``Book.open``; as a context it closes what it opened.
    """

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self.engine, self.name = engine, name

    @classmethod
    def create(cls, where: str | Path, *, application: str | None = None, ident: str | None = None) -> Self:
        """Make a new book at a path (a file, or ``book.sqlite`` in a folder) or an address, and open it.

        Args:
            application: A role of PostgreSQL that is to append and read without owning the tables.
            ident: The id of the book that is copied; a new one where not given.

        Raises:
            RegistryError: There is one already, or it cannot be made.
            OutputError: The place cannot be written to, or the server cannot be reached.
        """
        book = cls.of(where)
        if book.engine.dialect.name == "sqlite":
            if application is not None:
                raise RegistryError("a file has no roles", where="--application", allowed="with postgresql:// only")
            Path(book.engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        with book._closed_on_error(), book.engine.execution_options(writes=True).begin() as connection:
            if database.exists(connection):
                raise RegistryError("there is a book already", where=book.name, remedy="choose another place")
            database.migrate(connection)
            connection.execute(tables.about.insert().values(id=ident or secrets.token_hex(16)))
            if application is not None:
                database.grant(connection, application)
        return book

    @classmethod
    def open(cls, where: str | Path) -> Self:
        """Open a book that is there: a file, a folder that holds ``book.sqlite``, or an address.

        Raises:
            RegistryError: There is none, or its tables are of another version.
            OutputError: It cannot be reached.
        """
        book = cls.of(where)
        path = book.engine.url.database if book.engine.dialect.name == "sqlite" else None
        if path is not None and not Path(path).is_file():
            raise RegistryError("there is no book", where=path, remedy="make one with `ntrkpath registry init`")
        with book._closed_on_error(), book.engine.connect() as connection:
            if not database.exists(connection):
                raise RegistryError("there is no book", where=book.name, remedy="`ntrkpath registry init` makes one")
            here, newest = database.version(connection)
            if here != newest:
                raise RegistryError(
                    "the tables are of another version", where=book.name, value=here, allowed=newest or "",
                    remedy="make a backup, then `ntrkpath registry init --upgrade`",
                )  # fmt: skip
        return book

    @classmethod
    def of(cls, where: str | Path) -> Self:
        """Return the book at a place without looking whether it is there, or of which version."""
        url = database.address(where)
        name = url.render_as_string(hide_password=True) if url.host or url.query else str(url.database)
        return cls(database.engine_of(url), name)

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            with database.told(self.name):
                yield
        except BaseException:
            self.close()
            raise

    @property
    def id(self) -> str:
        """The id of the book, made with it."""
        with database.told(self.name), self.engine.connect() as connection:
            return str(connection.execute(sa.select(tables.about.c.id)).scalar_one())

    def append(self, *drafts: Draft) -> tuple[Entry[Any], ...]:
        """Append entries, all or none, and bring the views up to date; on return they are on the disk.

        A request that is in the book already is not written again: the entry that stands is returned.

        Raises:
            RegistryError: A request was used for another entry, the subject takes no more data or is erased, or a
                body is none.
            OutputError: The database cannot be written to; nothing was appended.
        """
        return tuple(written.entry for written in self.write(drafts))

    def write(self, drafts: Iterable[Draft]) -> list[Written]:
        """Append entries as ``append`` does, and say of each whether it is new."""
        wanted = list(drafts)
        return self._retried(lambda connection: append(connection, wanted))

    def erase(self, site: str, subject: str, *, author: str, request: str, asked_by: Any) -> Entry[Any]:
        """Erase a subject: append an erasure, and remove bodies, salts, files and derived rows of all before it.

        The chain still verifies. What a database keeps of removed rows is overwritten on SQLite; on PostgreSQL the
        owner runs ``VACUUM``, and older backups and logs are the site's to remove.

        Raises:
            RegistryError: There is no such subject, or it is erased already.
            OutputError: The database cannot be written to; nothing was erased.
        """
        entry = self._retried(lambda c: erase(c, site, subject, author, request, asked_by))
        if self.engine.dialect.name == "sqlite":
            with database.told(self.name), self.engine.connect() as connection:
                database.overwritten(connection)
        return entry

    def _retried(self, work: Callable[[sa.Connection], T]) -> T:
        """Do some work in one transaction; where the server went away it is done again, which requests make safe."""
        with database.told(self.name):
            for left in (2, 1, 0):
                try:
                    with self.engine.execution_options(writes=True).begin() as connection:
                        return work(connection)
                except sa.exc.DBAPIError as error:
                    if not (error.connection_invalidated and left):
                        raise
        raise AssertionError  # the last attempt returned or raised

    def entries(self, site: str | None = None, subject: str | None = None, *, after: int = 0) -> Iterator[Entry[Any]]:
        """Yield entries by site and ``seq``, all or those of a site or a subject, from ``after`` on."""
        e = tables.entries.c
        query = joined().where(e.seq > after).order_by(e.site, e.seq)
        if site is not None:
            query = query.where(e.site == site)
        if subject is not None:
            query = query.where(e.subject == subject)
        yield from self._read(query)

    def subjects(self, site: str | None = None) -> Iterator[Subject]:
        """Yield every subject by site and pseudonym, erased and withdrawn ones with them, one at a time."""
        e = tables.entries.c
        query = joined().order_by(e.site, e.subject, e.seq)
        yield from grouped(self._read(query if site is None else query.where(e.site == site)))

    def subject(self, site: str, subject: str) -> Subject | None:
        """Return one subject, or None."""
        found = tuple(self.entries(site, subject))
        return Subject(found) if found else None

    def _read(self, query: Any) -> Iterator[Entry[Any]]:
        with (
            database.told(self.name),
            self.engine.connect() as connection,
            closing(streamed(connection, query)) as rows,
        ):
            yield from map(entry_of, rows)

    def sites(self) -> tuple[str, ...]:
        """Return the sites that have entries, in order."""
        e = tables.entries.c
        with database.told(self.name), self.engine.connect() as connection:
            query = sa.select(e.site).where(e.seq == 1, e.site != WHOLE).order_by(e.site)
            return tuple(connection.execute(query).scalars())

    def file(self, site: str, seq: int) -> bytes | None:
        """Return the rows of a caller's file that are kept with an entry, or None."""
        with database.told(self.name), self.engine.connect() as connection:
            return file_of(connection)(site, seq)

    def head(self, key: Ed25519PrivateKey) -> Head:
        """Return the signed head: where every chain stands, and every erasure."""
        with database.told(self.name), self.engine.connect() as connection:
            ident = connection.execute(sa.select(tables.about.c.id)).scalar_one()
            return heads.head(connection, str(ident), key)

    def rebuild(self) -> int:
        """Derive every view anew from the book; return the number of subjects."""
        with database.told(self.name), self.engine.execution_options(writes=True).begin() as connection:
            return views.rebuild(connection, subjects_in(connection), file_of(connection))

    def upgrade(self) -> None:
        """Bring the tables to the newest version; bodies stay as they were written."""
        with database.told(self.name), self.engine.execution_options(writes=True).begin() as connection:
            database.migrate(connection)

    def close(self) -> None:
        """Close the book."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
