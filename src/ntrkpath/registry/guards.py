"""The triggers that keep a book append-only, on SQLite and on PostgreSQL."""

from __future__ import annotations

import re

import sqlalchemy as sa

#: Tables of the book; of these, entries are never deleted, the others only after an erasure.
GUARDED = ("about", "entries", "bodies", "files")
_SCHEMA = re.compile(r"\b\w+\.(?=\w)")
_BESIDE = ("bodies", "files")
_REFUSED = "the book is append-only"
_ERASED = """EXISTS (SELECT 1 FROM entries e JOIN entries x ON x.site = e.site AND x.subject = e.subject
  AND x.kind = 'erasure' AND x.seq > e.seq WHERE e.site = {row}.site AND e.seq = {row}.seq)"""
_NO_OTHER = "NOT EXISTS (SELECT 1 FROM {table} WHERE site = NEW.site AND seq = NEW.seq)"
_BELONGS = """EXISTS (SELECT 1 FROM entries e WHERE e.site = NEW.site AND e.seq = NEW.seq AND NOT EXISTS
  (SELECT 1 FROM entries x WHERE x.site = e.site AND x.subject = e.subject AND x.kind = 'erasure' AND x.seq > e.seq))"""
_FOLLOWS = """((NEW.seq = 1 AND NEW.previous = {start})
  OR EXISTS (SELECT 1 FROM entries WHERE site = NEW.site AND seq = NEW.seq - 1 AND hash = NEW.previous))"""
_NEW_REQUEST = "NOT EXISTS (SELECT 1 FROM entries WHERE site = NEW.site AND request = NEW.request)"


def statements(dialect: str) -> list[str]:
    """Return the statements that make the guards; ``dialect`` is ``sqlite`` or ``postgresql``."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def expected(dialect: str) -> dict[str, str]:
    """Return the triggers that a book must have, each with its definition as ``in_place`` gives it."""
    if dialect == "sqlite":
        return {statement.split()[2]: statement for statement in _sqlite()}
    made = _postgresql()
    sources = {s.split()[2].removesuffix("()"): s.split("$$")[1] for s in made if s.startswith("CREATE FUNCTION")}
    return {
        s.split()[2]: f"{s} {sources[s.rpartition(' ')[2].removesuffix('()')]}"
        for s in made if s.startswith("CREATE TRIGGER")
    }  # fmt: skip


def in_place(connection: sa.Connection) -> dict[str, str]:
    """Return the triggers on the tables of the book that are in force, each with its definition."""
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {str(name): str(sql) for name, sql in found}
    rows = connection.exec_driver_sql(
        "SELECT t.tgname, pg_get_triggerdef(t.oid), p.prosrc FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
        " AND c.relnamespace = current_schema()::regnamespace AND c.relname IN ('about', 'entries', 'bodies', 'files')"
    )
    return {str(name): f"{_SCHEMA.sub('', trigger)} {source}" for name, trigger, source in rows}


def _sqlite() -> list[str]:
    made = []
    for table in GUARDED:
        when_deleted = f"WHEN NOT {_ERASED.format(row='OLD')}" if table in _BESIDE else ""
        made += [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {when_deleted}"
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
            f"CREATE TRIGGER {table}_in_order BEFORE INSERT ON {table} WHEN NOT ({_condition(table, 'sqlite')})"
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
        ]
    return made


def _condition(table: str, dialect: str) -> str:
    """Return what must hold of a new row.

    On SQLite also that no row has its keys, since INSERT OR REPLACE would put it in place of that one; PostgreSQL
    knows no such statement, and its unique keys see to it.
    """
    if table == "about":
        return "NOT EXISTS (SELECT 1 FROM about)"
    zero = "00" * 32
    if dialect == "postgresql" and table == "entries":
        return _FOLLOWS.format(start=f"'\\x{zero}'::bytea")
    if dialect == "postgresql":
        return _BELONGS
    conditions = [_NO_OTHER.format(table=table)]
    if table == "entries":
        conditions += [_FOLLOWS.format(start=f"X'{zero}'"), _NEW_REQUEST]
    else:
        conditions.append(_BELONGS)
    return " AND ".join(conditions)


def _postgresql() -> list[str]:
    made = [
        f"CREATE FUNCTION ntrkpath_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$BEGIN RAISE EXCEPTION '{_REFUSED}'; END$$"
    ]
    for table in GUARDED:
        made += [
            f"CREATE FUNCTION {table}_in_order() RETURNS trigger LANGUAGE plpgsql"
            f" SET enable_seqscan = off AS $$BEGIN"  # its plan is made while the book is empty, and kept
            f" IF NOT ({_condition(table, 'postgresql')}) THEN RAISE EXCEPTION '{_REFUSED}'; END IF; RETURN NEW; END$$",
            f"CREATE TRIGGER {table}_in_order BEFORE INSERT ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_in_order()",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION ntrkpath_refuse()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION ntrkpath_refuse()",
        ]
        if table in _BESIDE:
            made.append(
                f"CREATE FUNCTION {table}_erased() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN"
                f" IF NOT ({_ERASED.format(row='OLD')}) THEN RAISE EXCEPTION '{_REFUSED}'; END IF; RETURN OLD; END$$"
            )
        function = f"{table}_erased" if table in _BESIDE else "ntrkpath_refuse"
        made.append(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
    return made
