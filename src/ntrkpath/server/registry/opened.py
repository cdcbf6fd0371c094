"""A book that is open for pages: its study by the protocol; only subjects with new entries are read again."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from ntrkpath.guidance import Edition
from ntrkpath.registry.book import Book
from ntrkpath.registry.study.participants import Gathered, Gathering
from ntrkpath.registry.study.protocol import Protocol
from ntrkpath.registry.study.results import Results, results_of
from ntrkpath.registry.study.worklists import Item, worklists
from ntrkpath.registry.subjects import Subject

#: Seconds that a page waits for the results; what takes longer is reckoned behind a page that says so.
PATIENCE = 0.6


class Opened:
    """A registry behind its one-time address.

    Args:
        book: The open book.
        protocol: The protocol of the study.
        edition: The edition that reads the tests.
        as_of: The day of the lists and results; today where not given.
        author: Who rules on imported values.

    Attributes:
        token: The part of the address that only this run has. It is an address, not a sign-in.
    """

    def __init__(
        self, book: Book, protocol: Protocol, edition: Edition, *, as_of: dt.date | None = None, author: str = "page"
    ) -> None:
        self.book, self.protocol, self.edition, self.author = book, protocol, edition, author
        self.token = secrets.token_urlsafe(24)
        self._as_of = as_of
        self._lock = Lock()
        self._behind = ThreadPoolExecutor(1, "registry")
        self._seen: dict[str, int] = {}
        self._gathering: Gathering | None = None
        self._gathered: Gathered | None = None
        self._results: Results | None = None

    @property
    def day(self) -> dt.date:
        """The day of the lists and results."""
        return self._as_of or dt.date.today()

    @property
    def path(self) -> str:
        """The address of its first page, without the host."""
        return f"/registry/{self.token}"

    def admits(self, token: str) -> bool:
        """Return whether a token is that of this run."""
        return secrets.compare_digest(token.encode(), self.token.encode())

    def gathered(self) -> Gathered:
        """Return the participants: those whose entries are new taken in again, all of them on another day."""
        with self._lock:
            return self._fresh()

    def results(self) -> Results:
        """Return the results, reckoned anew where the book has grown or the day is another."""
        with self._lock:
            found = self._fresh()
            if self._results is None:
                self._results = results_of(found, self.protocol, self.edition, self.day)
            return self._results

    def ready(self) -> bool:
        """Begin to reckon the results, and return whether they are there within the patience of a page."""
        try:
            self._behind.submit(self.results).result(PATIENCE)
        except TimeoutError:
            return False
        return True

    def worklists(self) -> dict[str, tuple[Item, ...]]:
        """Return the worklists."""
        return worklists(self.gathered().participants, self.protocol, self.day)

    def _fresh(self) -> Gathered:
        if self._gathering is None or self._gathering.as_of != self.day:
            self._gathering = Gathering(self.protocol, self.edition, self.day, self.book.file)
            self._seen, self._gathered = {}, None
        changed = self._changed() if self._gathered is not None else self._whole()
        for subject in changed:
            self._gathering.take(subject)
            self._gathered = None
        if self._gathered is None:
            self._results, self._gathered = None, self._gathering.gathered()
        return self._gathered

    def _whole(self) -> Iterator[Subject]:
        """Yield every subject, all of them as the book stood at one moment."""
        for subject in self.book.subjects():
            self._seen[subject.site] = max(self._seen.get(subject.site, 0), subject.entries[-1].seq)
            yield subject

    def _changed(self) -> Iterator[Subject]:
        """Yield the subjects of entries that came since the book was last looked at, each once."""
        for site in self.book.sites():
            new = {entry.seq: entry.subject for entry in self.book.entries(site, after=self._seen.get(site, 0))}
            for name in sorted(set(new.values())):
                subject = self.book.subject(site, name)
                if subject is not None:
                    yield subject
            # Not what stands in the subjects: they are read later, when others may have written of others between.
            self._seen[site] = max(new, default=self._seen.get(site, 0))
