"""What Alembic runs: the migrations, on the connection that it is given."""

from __future__ import annotations

from alembic import context


def run() -> None:
    """Run the migrations that are asked for."""
    context.configure(connection=context.config.attributes["connection"], version_table="book_version")
    context.run_migrations()


if hasattr(context, "config"):  # only while Alembic runs it
    run()
