"""The book: entries are appended and read, never changed; SQLite in a file, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from ntrkpath.registry.entries import Draft, Entry
from ntrkpath.registry.subjects import Subject


class Book:
    """An open book.

    Use ``Book.open``; as a context it closes what it opened.
    """

    @classmethod
    def create(cls, where: str | Path) -> Self:
        """Make a new book at a path (``book.sqlite``) or an address (``postgresql://``), and open it.

        Raises:
            RegistryError: There is one already, or it cannot be made.
        """
        raise NotImplementedError

    @classmethod
    def open(cls, where: str | Path) -> Self:
        """Open a book that is there: a file, a folder that holds ``book.sqlite``, or an address.

        Raises:
            RegistryError: There is none, it cannot be reached, or its tables are of another version.
        """
        raise NotImplementedError

    def append(self, *drafts: Draft) -> tuple[Entry[Any], ...]:
        """Append entries, all or none, and bring the views up to date; on return they are on the disk.

        A request that is in the book already is not written again: the entry that stands is returned.

        Raises:
            RegistryError: A request was used for another entry, the subject takes no more data or is erased, a day
                does not exist, or the database cannot be written to.
        """
        raise NotImplementedError

    def entries(
        self, site: str | None = None, subject: str | None = None, *, after: int = 0
    ) -> Iterator[Entry[Any]]:
        """Yield entries by site and ``seq``, all or those of a site or a subject, from ``after`` on."""
        raise NotImplementedError

    def subjects(self, site: str | None = None) -> Iterator[Subject]:
        """Yield every subject by site and pseudonym, erased and withdrawn ones with them, one at a time."""
        raise NotImplementedError

    def subject(self, site: str, subject: str) -> Subject | None:
        """Return one subject, or None."""
        raise NotImplementedError

    def sites(self) -> tuple[str, ...]:
        """Return the sites that have entries, in order."""
        raise NotImplementedError

    def file(self, site: str, seq: int) -> bytes | None:
        """Return the rows of a caller's file that are kept with an entry, or None."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the book."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
