"""Verifying a book: every chain walked, every body against its digest, views and guards, and an exported head."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import zip_longest
from typing import Any

import msgspec
import sqlalchemy as sa

from ntrkpath.model.errors import RegistryError
from ntrkpath.registry import chain, guards, tables, views
from ntrkpath.registry.book import Book
from ntrkpath.registry.chain import Link
from ntrkpath.registry.database import told
from ntrkpath.registry.entries import CallerFile, Erasure, kind_of, read
from ntrkpath.registry.heads import Head
from ntrkpath.registry.reading import edition
from ntrkpath.registry.rows import file_of, streamed, subjects_in

#: Findings that are listed; the rest are counted.
LISTED = 200


class Finding(msgspec.Struct, frozen=True):
    """What is not as it was written.

    Args:
        where: The site and the place in its chain (``Leeds 17``), the table, or ``head``.
        text: What was found.
    """

    where: str
    text: str


class Verified(msgspec.Struct, frozen=True):
    """What was walked, and what was found.

    Args:
        entries: Entries walked, over all sites.
        chains: The newest place of each site.
        erased: Bodies that an erasure removed.
        findings: The first ``LISTED``; ``more`` counts those beyond.
    """

    entries: int
    chains: dict[str, int]
    erased: int
    findings: tuple[Finding, ...]
    more: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(book: Book, head: Head | None = None, *, with_views: bool = True) -> Verified:
    """Walk a whole book in one snapshot.

    Args:
        head: An exported head that the book must reach and agree with.
        with_views: Whether the views are derived again and compared.

    Raises:
        OutputError: The database cannot be read.
    """
    with told(book.name), book.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        walk = _Walk(connection, head)
        findings: list[Finding] = []
        more = 0
        for finding in walk.findings(with_views):
            if len(findings) < LISTED:
                findings.append(finding)
            else:
                more += 1
    return Verified(walk.count, walk.chains, walk.erased, tuple(findings), more)


class _Walk:
    def __init__(self, connection: sa.Connection, head: Head | None) -> None:
        self.connection, self.head = connection, head
        self.count = self.erased = 0
        self.chains: dict[str, int] = {}

    def findings(self, with_views: bool) -> Iterator[Finding]:
        yield from self._guards()
        self.erasures = dict(self._erasures())
        yield from self._chains()
        yield from self._foreign()
        if self.head is not None:
            yield from self._head(self.head)
        if with_views:
            yield from self._views()

    def _guards(self) -> Iterator[Finding]:
        dialect = self.connection.dialect.name
        found = guards.in_place(self.connection)
        wanted = guards.expected(dialect)
        for name in sorted(set(wanted) - set(found)):
            yield Finding("guards", f"the trigger {name} is missing or off")
        for name, definition in wanted.items():
            if name in found and found[name] != definition:
                yield Finding("guards", f"the trigger {name} is not the one that was made")

    def _erasures(self) -> Iterator[tuple[tuple[str, int], tuple[str, int]]]:
        """Yield what erasures removed: the entry, to the subject and the place of the erasure."""
        e, b = tables.entries.c, tables.bodies.c
        query = sa.select(e.site, e.seq, e.subject, e.schema, b.body).join(
            tables.bodies, sa.and_(b.site == e.site, b.seq == e.seq)
        )
        for row in self.connection.execute(query.where(e.kind == "erasure")):
            try:
                body = read(bytes(row.body), row.schema)
            except (RegistryError, TypeError):
                continue  # told where the chain is walked
            if isinstance(body, Erasure):
                yield from (((row.site, seq), (row.subject, row.seq)) for seq in body.erased)

    def _chains(self) -> Iterator[Finding]:
        e, b, f = tables.entries, tables.bodies, tables.files
        source = e.outerjoin(b, sa.and_(b.c.site == e.c.site, b.c.seq == e.c.seq))
        source = source.outerjoin(f, sa.and_(f.c.site == e.c.site, f.c.seq == e.c.seq))
        query = sa.select(*e.c, b.c.salt, b.c.body, f.c.content).select_from(source).order_by(e.c.site, e.c.seq)
        site, seq, previous = None, 0, chain.START
        heads = {c.site: c for c in self.head.chains} if self.head else {}
        for row in streamed(self.connection, query):
            link = Link._make(tuple(row)[:11])
            if link.site != site:
                site, seq, previous = link.site, 0, chain.START
            self.count += 1
            where = f"{link.site} {link.seq}"
            if link.seq != seq + 1:
                yield Finding(where, f"entries {seq + 1} to {_before(link.seq)} are missing before it")
            if link.previous != previous:
                yield Finding(where, "does not follow on the entry before it")
            if chain.hash_of(_plain(link)) != link.hash:
                yield Finding(where, "was changed: its hash does not hold")
            named = heads.get(link.site)
            if named is not None and named.seq == link.seq and named.hash != _hex(link.hash):
                yield Finding("head", f"{where} is not the entry that the head names: the chain was written anew")
            yield from self._body(where, link, row.salt, row.body, row.content)
            seq = link.seq if isinstance(link.seq, int) else seq + 1
            previous = link.hash
            self.chains[str(link.site)] = seq

    def _body(self, where: str, link: Link, salt: Any, body: Any, content: Any) -> Iterator[Finding]:
        erasure = self.erasures.get((link.site, link.seq))
        if erasure is not None and (erasure[0] != link.subject or erasure[1] <= link.seq):
            yield Finding(where, f"is named by the erasure {erasure[1]} of another subject")
            erasure = None
        if body is None:
            self.erased += erasure is not None
            if erasure is None:
                yield Finding(where, "its body is missing, and no erasure names it")
            if content is not None:
                yield Finding(where, "the rows of a caller stand without their entry's body")
            return
        if erasure is not None:
            yield Finding(where, f"its body stands although erasure {erasure[1]} removed it")
        if not isinstance(body, bytes) or not isinstance(salt, bytes) or chain.digest(salt, body) != link.digest:
            yield Finding(where, "its body was changed: its digest does not hold")
            return
        try:
            said = read(body, link.schema)
        except RegistryError as error:
            yield Finding(where, f"cannot be read: {error.problem}")
            return
        if kind_of(said) != link.kind:
            yield Finding(where, f"is written as {link.kind}, and its body is of {kind_of(said)}")
        kept = said.kept_sha256 if isinstance(said, CallerFile) else None
        found = hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else None
        if kept != found or (content is not None and found is None):
            yield Finding(where, "the rows of its caller were changed, are missing, or belong to no entry")

    def _foreign(self) -> Iterator[Finding]:
        """Find bodies and files that belong to no entry."""
        e = tables.entries.c
        for table in (tables.bodies, tables.files):
            query = sa.select(table.c.site, table.c.seq).outerjoin(
                tables.entries, sa.and_(e.site == table.c.site, e.seq == table.c.seq)
            )
            for row in self.connection.execute(query.where(e.seq.is_(None)).limit(LISTED)):
                yield Finding(f"{row.site} {row.seq}", f"a row of {table.name} belongs to no entry")

    def _head(self, head: Head) -> Iterator[Finding]:
        book = self.connection.execute(sa.select(tables.about.c.id)).scalars().all()
        if book != [head.book]:
            yield Finding("head", "the head is of another book")
        for named in head.chains:
            if (reached := self.chains.get(named.site, 0)) < named.seq:
                yield Finding("head", f"{named.site}: entries {reached + 1} to {named.seq} are gone from its end")

    def _views(self) -> Iterator[Finding]:
        content = file_of(self.connection)
        c = tables.current.c
        query = sa.select(tables.current).order_by(c.site, c.subject)
        derived: Counter[tuple[str, str, str]] = Counter()
        with closing(streamed(self.connection, query)) as standing, closing(subjects_in(self.connection)) as subjects:
            pairs = zip_longest(
                (views.row(subject, content) for subject in subjects), (row._asdict() for row in standing)
            )
            try:
                for wanted, found in pairs:
                    derived.update(views.tally(wanted))
                    if wanted != found:
                        yield _differing(wanted, found)
                        if wanted is None or found is None or wanted["subject"] != found["subject"]:
                            return  # from here on the two lists are out of step
            except RegistryError:
                yield Finding("views", "cannot be derived: see the entries above")
                return
        sums: dict[tuple[str, str, str], int] = {}
        for row in self.connection.execute(sa.select(tables.tallies)):
            sums |= {(row.site, row.histology, what): getattr(row, what) for what in views.COUNTS}
        if {k: n for k, n in derived.items() if n} != {k: n for k, n in sums.items() if n}:
            yield Finding("tallies", "the counts are not those of the book; `ntrkpath registry rebuild` derives them")


def _differing(wanted: dict[str, Any] | None, found: dict[str, Any] | None) -> Finding:
    some: dict[str, Any] = wanted or found or {}
    where = f"current {some['site']} {some['subject']}"
    if wanted is not None and found is not None and found["edition"] not in (None, edition()):
        return Finding(where, "was read by another edition; `ntrkpath registry rebuild` reads it anew")
    return Finding(where, "is not what the book says; `ntrkpath registry rebuild` derives it")


def _before(seq: Any) -> Any:
    return seq - 1 if isinstance(seq, int) else "?"


def _hex(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else ""


def _plain(link: Link) -> Link:
    """Return a link whose digests are bytes whatever a changed database holds there."""
    if isinstance(link.digest, bytes) and isinstance(link.previous, bytes):
        return link
    as_bytes = [value if isinstance(value, bytes) else b"" for value in (link.digest, link.previous)]
    return link._replace(digest=as_bytes[0], previous=as_bytes[1])
