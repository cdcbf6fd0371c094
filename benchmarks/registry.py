"""The registry: appends and batches beside the same rows without chain and triggers, the chain walked, flat lists."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.frame import record
from ntrkpath.registry import tables
from ntrkpath.registry.book import Book
from ntrkpath.registry.counts import counted
from ntrkpath.registry.entries import Draft, written
from ntrkpath.registry.forms import FollowUp, Registration
from ntrkpath.registry.verify import verify
from ntrkpath.registry.views import COUNTS

#: Cases of the flat lists, least and most; the larger takes minutes and gigabytes at a million.
FEW, MANY = 1_000, int(os.environ.get("NTRKPATH_BENCH_CASES", "100000"))
APPENDS, BATCH = 300, 5_000


def drafts(first: int, count: int, site: str = "S1") -> list[Draft]:
    """Return registrations of new subjects."""
    return [
        Draft(site=site, subject=f"P{n}", author="bench", request=str(uuid.uuid4()),
              body=Registration(collection="prospective", histology_before="leiomyosarcoma", birth="1980"))
        for n in range(first, first + count)
    ]  # fmt: skip


class Plain:
    """The same rows of entries, bodies and views, without chain, triggers and views worked out anew."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self.seq = engine, 0
        with engine.begin() as connection:
            for table in tables.book.sorted_tables[1:3]:
                connection.exec_driver_sql(f"CREATE TABLE plain_{table.name} AS SELECT * FROM {table.name} WHERE 1 = 0")
            connection.exec_driver_sql("CREATE UNIQUE INDEX plain_key ON plain_entries (site, seq)")
            connection.exec_driver_sql("CREATE INDEX plain_subject ON plain_entries (site, subject, seq)")
            connection.exec_driver_sql("CREATE UNIQUE INDEX plain_bodies_key ON plain_bodies (site, seq)")

    def append(self, some: list[Draft], current: dict[str, Any]) -> None:
        """Write the rows in one transaction."""
        entries, bodies, views = [], [], []
        for one in some:
            self.seq += 1
            entries.append({"site": "S1", "seq": self.seq, "subject": one.subject, "kind": one.kind, "schema": 1,
                            "author": one.author, "at": "2026-01-01T00:00:00.000000+00:00", "request": one.request,
                            "digest": bytes(32), "previous": bytes(32), "hash": bytes(32)})  # fmt: skip
            bodies.append({"site": "S1", "seq": self.seq, "salt": bytes(32), "body": written(one.body)})
            views.append({**current, "site": "plain", "subject": one.subject, "first_seq": self.seq,
                          "last_seq": self.seq})  # fmt: skip
        with self.engine.execution_options(writes=True).begin() as connection:
            for name, table, rows in (("entries", tables.entries, entries), ("bodies", tables.bodies, bodies)):
                columns = [c.name for c in table.columns]
                values = ", ".join(f":{c}" for c in columns)
                connection.execute(sa.text(f"INSERT INTO plain_{name} ({', '.join(columns)}) VALUES ({values})"), rows)
            connection.execute(tables.current.insert(), views)
            connection.execute(
                sa.text("UPDATE tallies SET subjects = subjects + :n WHERE site = 'S1' AND histology LIKE 'leio%'"),
                {"n": len(some)},
            )


def timed(work: Callable[[], Any]) -> float:
    """Return the seconds that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def against_plain(where: str, says: str) -> None:
    """Print appends and batches beside the same rows without chain and triggers, in turns in one run."""
    with Book.create(where) as book:
        book.append(*drafts(0, 1))
        with book.engine.connect() as connection:
            current = dict(connection.execute(sa.select(tables.current)).one()._mapping)
        plain = Plain(book.engine)
        own = bare = 0.0
        for n in range(1, APPENDS + 1):
            one = drafts(n, 1)
            own += timed(lambda: book.append(*one))  # noqa: B023 - called at once
            bare += timed(lambda: plain.append(one, current))  # noqa: B023
        if says != "SQLite":
            record("registry.appends", bare / own)
        print(f"{says}: appends {APPENDS / own:,.0f}/s, {bare / own:.2f} x plain rows (bar: PostgreSQL >= 0.5)")
        own = bare = 0.0
        for n in range(3):
            some = drafts(10_000 * (n + 1), BATCH)
            own += timed(lambda: book.append(*some))  # noqa: B023
            bare += timed(lambda: plain.append(some, current))  # noqa: B023
        if says != "SQLite":
            record("registry.batches", bare / own)
        print(f"{says}: batches {3 * BATCH / own:,.0f}/s, {bare / own:.2f} x plain rows (bar: PostgreSQL >= 0.4)")
        with book.engine.execution_options(writes=True).begin() as connection:
            connection.execute(tables.current.delete().where(tables.current.c.site == "plain"))
        walked = verify(book, with_views=False)
        seconds = timed(lambda: verify(book, with_views=False))
        record("registry.verify", walked.entries / seconds)
        print(f"{says}: chain verified {walked.entries / seconds:,.0f} entries/s (bar: >= 20,000)")


def flat(where: str, says: str) -> None:
    """Print how much slower counts and a page of a list are with many cases than with few."""
    with Book.create(where) as book:
        book.append(*drafts(0, FEW))
        analysed(book)
        few = look(book)
        for n in range(FEW, MANY, BATCH):
            book.append(*drafts(n, min(BATCH, MANY - n)))
        analysed(book)
        many = look(book)
        for name, before, after in zip(("counts", "a page of 50"), few, many, strict=True):
            record("registry.flat", after / before)
            print(f"{says}: {name}, {MANY:,} cases against {FEW:,}: {after / before:.2f} x (bar: <= 1.5)")


def analysed(book: Book) -> None:
    """Have PostgreSQL count its rows, as it does by itself within minutes."""
    with book.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def look(book: Book) -> tuple[float, float]:
    """Return the seconds of the counts and of one page of a list, the best of many."""
    c = tables.current.c
    query = sa.select(tables.current).where(c.site == "S1", c.subject > "P5").order_by(c.site, c.subject).limit(50)

    def page() -> None:
        with book.engine.connect() as connection:
            connection.execute(query).all()

    assert COUNTS
    return min(timed(lambda: counted(book)) for _ in range(50)), min(timed(page) for _ in range(50))


def _site(where: str, site: str, count: int, ready: Any = None) -> None:
    with Book.open(where) as book:
        if ready is not None:
            ready.wait()
        for n in range(count):
            book.append(*drafts(n, 1, site))


def at_once(where: str, says: str) -> None:
    """Print how much faster ten sites write at once than one."""
    Book.create(where).close()
    alone = timed(lambda: _site(where, "S0", APPENDS))
    ready = multiprocessing.Barrier(11)
    workers = [multiprocessing.Process(target=_site, args=(where, f"S{n}", APPENDS, ready)) for n in range(1, 11)]
    for worker in workers:
        worker.start()
    ready.wait()
    start = time.perf_counter()
    for worker in workers:
        worker.join()
    together = time.perf_counter() - start
    record("registry.at_once", 10 * alone / together)
    print(f"{says}: ten sites at once {10 * alone / together:.2f} x one (bar: >= 1.5)")


def follow_ups(where: str, says: str) -> None:
    """Print what an append costs for a subject that has many entries already."""
    with Book.create(where) as book:
        book.append(*drafts(0, 1))
        body = FollowUp(status="alive", date="2026")
        one = [Draft(site="S1", subject="P0", body=body, author="bench", request=f"f{n}") for n in range(200)]
        first = timed(lambda: book.append(*one[:1]))
        book.append(*one[1:199])
        print(f"{says}: an append to a subject of 200 entries: {timed(lambda: book.append(one[199])) / first:.1f} x")


def main() -> None:
    """Measure on SQLite, and on PostgreSQL where ``NTRKPATH_BENCH_POSTGRESQL`` names a server (``postgresql://...``)."""
    with tempfile.TemporaryDirectory() as place:
        run_all(lambda name: str(Path(place) / f"{name}.sqlite"), "SQLite")
    server = os.environ.get("NTRKPATH_BENCH_POSTGRESQL")
    if server is None:
        print("PostgreSQL: not measured (NTRKPATH_BENCH_POSTGRESQL names no server)")
        return
    engine = sa.create_engine(server.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT")

    def database(name: str) -> str:
        made = f"bench_{name}_{uuid.uuid4().hex[:8]}"
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {made}")
        return engine.url.set(drivername="postgresql", database=made).render_as_string(hide_password=False)

    run_all(database, "PostgreSQL")


def run_all(where: Callable[[str], str], says: str) -> None:
    """Run every measurement on one database."""
    against_plain(where("plain"), says)
    flat(where("flat"), says)
    at_once(where("sites"), says)
    follow_ups(where("follow_ups"), says)


if __name__ == "__main__":
    main()
