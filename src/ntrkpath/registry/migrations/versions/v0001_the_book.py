"""The first tables of a book, with their guards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ntrkpath.registry import guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables as they were in the first version; later ones change them in migrations of their own."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table("about", sa.Column("id", text, primary_key=True), sqlite_with_rowid=False)
    op.create_table(
        "entries",
        sa.Column("site", text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True),
        sa.Column("subject", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("schema", sa.Integer, nullable=False),
        sa.Column("author", text, nullable=False),
        sa.Column("at", text, nullable=False),
        sa.Column("request", text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("request", "site", name="entries_request"),
        sqlite_with_rowid=False,
    )
    # Only the primary key begins with the site: of two such indexes PostgreSQL, which plans while the book is empty,
    # may take the one that holds all entries of a site for each new one.
    op.create_index("entries_subject", "entries", ["subject", "site", "seq"])
    erasures = sa.text("kind = 'erasure'")
    op.create_index(
        "entries_erasures", "entries", ["subject", "site"], sqlite_where=erasures, postgresql_where=erasures
    )
    for table, columns in (("bodies", ("salt", "body")), ("files", ("content",))):
        op.create_table(
            table,
            sa.Column("site", text, primary_key=True),
            sa.Column("seq", sa.BigInteger, primary_key=True),
            *(sa.Column(name, sa.LargeBinary, nullable=False) for name in columns),
            sqlite_with_rowid=False,
        )
    bind = op.get_bind()
    for statement in guards.statements(bind.dialect.name):
        bind.exec_driver_sql(statement)
