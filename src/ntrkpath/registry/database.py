"""The database under a book: where it is, how it is opened, made and brought to the newest version."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic import command, config

from ntrkpath.model.errors import OutputError, RegistryError
from ntrkpath.registry import tables

#: The name of the file of a book in a folder.
FILE = "book.sqlite"
#: Seconds that a writer waits for another one.
PATIENCE = float(os.environ.get("NTRKPATH_REGISTRY_PATIENCE", "30"))
_SCHEMES = ("postgresql://", "postgresql+psycopg://", "postgres://")


def address(where: str | Path) -> sa.URL:
    """Return the address of a book: of PostgreSQL as it stands, else of the file, or of ``book.sqlite`` in a folder.

    Raises:
        RegistryError: It is an address of something else.
    """
    text = str(where)
    for scheme in _SCHEMES:
        if text.startswith(scheme):
            return sa.make_url("postgresql+psycopg://" + text[len(scheme) :])
    if "://" in text:
        raise RegistryError(
            "no database of a registry", where="--database", value=text.partition("://")[0],
            allowed="a file, a folder, or postgresql://",
        )  # fmt: skip
    path = Path(where)
    return sa.URL.create("sqlite+pysqlite", database=str(path / FILE if path.is_dir() else path))


def engine_of(url: sa.URL) -> sa.Engine:
    """Return an engine; nothing is opened yet."""
    if url.get_backend_name() == "postgresql":
        made = sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
        sa.event.listen(made, "connect", _settings)
        return made
    made = sa.create_engine(url, connect_args={"timeout": PATIENCE, "check_same_thread": False})
    sa.event.listen(made, "connect", _prepare)
    sa.event.listen(made, "begin", _begin)
    return made


def _settings(connection: Any, _: Any) -> None:
    """Have no writer wait for ever, and statements planned for the tables as they are.

    A plan that is kept from an empty book reads all of a full one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_custom_plan")
        cursor.execute(f"SET lock_timeout = {round(PATIENCE * 1000)}")
    connection.commit()


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we begin ourselves: a writer takes its lock at once, and waits for it
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def told(where: str) -> Iterator[None]:
    """Turn what a database says into one error of ours, without the values that it repeats.

    Raises:
        OutputError: It cannot be written to: no space, locked, read only, out of reach.
        RegistryError: It refuses, or is no database.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise _said(error, where) from None
    except (sqlite3.Error, psycopg.Error) as error:
        raise RegistryError(f"the database refuses ({type(error).__name__})", where=where) from None


def _said(error: sa.exc.DBAPIError, where: str) -> OutputError | RegistryError:
    cause = error.orig
    code = str(getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or type(cause).__name__)
    for start, (why, remedy) in _REASONS.items():
        if code.startswith(start):
            return OutputError(f"the book cannot be written: {why}", where=where, remedy=remedy)
    if code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return RegistryError("the file is no database, or a damaged one", where=where, remedy="restore a backup")
    if isinstance(error, sa.exc.OperationalError):
        return OutputError(
            f"the database cannot be reached or written ({code})", where=where,
            remedy="check that it runs, its rights and its space",
        )  # fmt: skip
    return RegistryError(f"the database refuses ({code})", where=where, remedy="the book is append-only")


#: By the beginning of SQLite's name of an error, or of an SQLSTATE (PostgreSQL, appendix A).
_REASONS = {
    "SQLITE_FULL": ("no space is left", "make space on the disk"),
    "SQLITE_BUSY": ("another writer holds it", "try again when that one has ended"),
    "SQLITE_READONLY": ("it may only be read", "open the book with the right to write"),
    "53": ("no space or memory is left", "make space on the database server"),
    "55P03": ("another writer holds it", "try again when that one has ended"),
    "25006": ("it may only be read", "open the book with the right to write"),
    "42501": ("the role may not do this", "see the grants of `ntrkpath registry init --application`"),
}


def exists(connection: sa.Connection) -> bool:
    """Return whether a database holds a book."""
    return sa.inspect(connection).has_table("about")


def migrate(connection: sa.Connection) -> None:
    """Bring the tables of the book to the newest version, and make the views anew where one is missing."""
    command.upgrade(_configuration(connection), "head")
    tables.derived.create_all(connection)


def version(connection: sa.Connection) -> tuple[str | None, str | None]:
    """Return the version of the tables, and the newest one that is known here."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    here = MigrationContext.configure(connection, opts={"version_table": "book_version"}).get_current_revision()
    return here, ScriptDirectory.from_config(_configuration(connection)).get_current_head()


def _configuration(connection: sa.Connection) -> config.Config:
    made = config.Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def overwritten(connection: sa.Connection) -> None:
    """Write the file of a book anew, so that nothing of what was deleted is left in it or in its log (SQLite)."""
    plain: Any = connection.connection.driver_connection
    plain.execute("VACUUM")
    plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def grant(connection: sa.Connection, role: str) -> None:
    """Give a role of PostgreSQL what the application needs, and no more: it is not the owner of the book."""
    name = connection.dialect.identifier_preparer.quote(role)
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    within = connection.dialect.identifier_preparer.quote(schema)
    for statement in (
        f"GRANT USAGE ON SCHEMA {within} TO {name}",
        f"GRANT SELECT ON about, book_version TO {name}",
        f"GRANT SELECT, INSERT ON entries TO {name}",
        f"GRANT SELECT, INSERT, DELETE ON bodies, files TO {name}",
        *(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {name}" for table in tables.derived.tables),
    ):
        connection.exec_driver_sql(statement)
