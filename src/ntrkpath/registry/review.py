"""The review list: imported values that differ from what stands, and rulings on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

from ntrkpath.model.errors import RegistryError
from ntrkpath.registry import tables
from ntrkpath.registry.book import Book
from ntrkpath.registry.database import told
from ntrkpath.registry.incoming import rule


class Waiting(msgspec.Struct, frozen=True):
    """One proposal that waits.

    Args:
        seq: Its place in the chain of its site.
        form: The kind of the body that is proposed.
        differs: The paths that differ, each with what stands and what is proposed in ``values``.
        source: The file that proposed it.
    """

    site: str
    seq: int
    subject: str
    form: str
    differs: tuple[str, ...]
    values: dict[str, tuple[Any, Any]]
    source: str


def waiting(book: Book, site: str | None = None) -> Iterator[Waiting]:
    """Yield what waits for a ruling, by site and subject; the view names the subjects."""
    c = tables.current.c
    query = sa.select(c.site, c.subject).where(c.waiting > 0).order_by(c.site, c.subject)
    if site is not None:
        query = query.where(c.site == site)
    with told(book.name), book.engine.connect() as connection:
        names = connection.execute(query).all()
    for row in names:
        subject = book.subject(row.site, row.subject)
        for entry in subject.waiting if subject is not None else ():
            assert subject is not None
            stands = next((e.body for e in subject.entries if e.seq == entry.body.stands), None)
            plain = msgspec.to_builtins(stands)
            values = {p: (_at(plain, p), _at(entry.body.proposed, p)) for p in entry.body.differs}
            form = str(entry.body.proposed.get("kind", ""))
            yield Waiting(row.site, entry.seq, row.subject, form, entry.body.differs, values, entry.body.source)


def decide(book: Book, places: Iterable[str], *, accepted: bool, author: str, reason: str = "") -> None:
    """Rule on proposals, each named as ``SITE:SEQ``.

    Raises:
        RegistryError: A place is none, or no proposal waits there.
    """
    found = {f"{one.site}:{one.seq}": one for one in waiting(book)}
    for place in places:
        if place not in found:
            raise RegistryError("no proposal waits there", where="--at", value=place, allowed=list(found)[:12])
    for place in places:
        one = found[place]
        rule(book, one.site, one.subject, one.seq, accepted=accepted, author=author, reason=reason)


def _at(plain: Any, path: str) -> Any:
    for name in path.split("."):
        plain = plain.get(name) if isinstance(plain, dict) else None
    return plain
