"""What Alembic runs: the migrations, on the connection that it is given."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table="book_version")
context.run_migrations()
