"""The tables of a book: entries, bodies, files, and the views that are derived from them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

#: Text is ordered by its code points, on SQLite as on PostgreSQL.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BYTES = sa.LargeBinary()
NUMBER = sa.BigInteger()

#: The book itself: made by migrations, guarded by triggers.
book = sa.MetaData()
#: What is derived from it: emptied and filled anew at any time.
derived = sa.MetaData()

about = sa.Table("about", book, sa.Column("id", TEXT, primary_key=True), sqlite_with_rowid=False)

entries = sa.Table(
    "entries", book,
    sa.Column("site", TEXT, primary_key=True),
    sa.Column("seq", NUMBER, primary_key=True),
    sa.Column("subject", TEXT, nullable=False),
    sa.Column("kind", TEXT, nullable=False),
    sa.Column("schema", sa.Integer, nullable=False),
    sa.Column("author", TEXT, nullable=False),
    sa.Column("at", TEXT, nullable=False),
    sa.Column("request", TEXT, nullable=False),
    sa.Column("digest", BYTES, nullable=False),
    sa.Column("previous", BYTES, nullable=False),
    sa.Column("hash", BYTES, nullable=False),
    sa.UniqueConstraint("request", "site", name="entries_request"),
    sqlite_with_rowid=False,
)  # fmt: skip
by_subject = sa.Index("entries_subject", entries.c.subject, entries.c.site, entries.c.seq)

bodies = sa.Table(
    "bodies", book,
    sa.Column("site", TEXT, primary_key=True),
    sa.Column("seq", NUMBER, primary_key=True),
    sa.Column("salt", BYTES, nullable=False),
    sa.Column("body", BYTES, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

files = sa.Table(
    "files", book,
    sa.Column("site", TEXT, primary_key=True),
    sa.Column("seq", NUMBER, primary_key=True),
    sa.Column("content", BYTES, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip


def insert_many(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]], after: str = "") -> None:
    """Insert rows in their order; on PostgreSQL as one statement over arrays, which is many times as fast.

    Args:
        after: What follows the rows, as ``ON CONFLICT ...``.
    """
    names = [column.name for column in table.columns]
    listed = ", ".join(names)
    if connection.dialect.name != "postgresql" or len(rows) == 1:
        marks = ", ".join(f":{name}" for name in names)
        connection.execute(sa.text(f"INSERT INTO {table.name} ({listed}) VALUES ({marks}) {after}"), rows)  # noqa: S608
        return
    arrays = ", ".join(f"CAST(:{c.name} AS {_array(c)}[])" for c in table.columns)
    statement = f"INSERT INTO {table.name} ({listed}) SELECT * FROM unnest({arrays}) {after}"  # noqa: S608
    connection.execute(sa.text(statement), {name: [row[name] for row in rows] for name in names})


def _array(column: sa.Column[Any]) -> str:
    if isinstance(column.type, sa.LargeBinary):
        return "bytea"
    if isinstance(column.type, sa.BigInteger | sa.Integer):
        return "bigint"
    return "boolean" if isinstance(column.type, sa.Boolean) else "text"


#: One row a subject; see ``views``.
current = sa.Table(
    "current", derived,
    sa.Column("site", TEXT, primary_key=True),
    sa.Column("subject", TEXT, primary_key=True),
    sa.Column("first_seq", NUMBER, nullable=False),
    sa.Column("last_seq", NUMBER, nullable=False),
    sa.Column("status", TEXT, nullable=False),
    sa.Column("collection", TEXT),
    sa.Column("counted", sa.Boolean, nullable=False),
    sa.Column("case_seq", NUMBER),
    sa.Column("histology_before", TEXT),
    sa.Column("histology", TEXT),
    sa.Column("tier", TEXT),
    sa.Column("priority", TEXT),
    sa.Column("target", TEXT),
    sa.Column("tested", sa.Boolean),
    sa.Column("positive", sa.Boolean),
    sa.Column("edition", TEXT),
    sa.Column("open_queries", sa.Integer, nullable=False),
    sa.Column("waiting", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
sa.Index(
    "current_waiting", current.c.site, current.c.subject, sqlite_where=current.c.waiting > 0,
    postgresql_where=current.c.waiting > 0,
)  # fmt: skip

#: Subjects that count, by site and histology before the test.
tallies = sa.Table(
    "tallies", derived,
    sa.Column("site", TEXT, primary_key=True),
    sa.Column("histology", TEXT, primary_key=True),
    sa.Column("subjects", NUMBER, nullable=False),
    sa.Column("tested", NUMBER, nullable=False),
    sa.Column("positive", NUMBER, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
