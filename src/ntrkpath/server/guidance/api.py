"""The edition for programs: rules, statements, facts, actions, labels, each with its id."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from ntrkpath.guidance import Edition, load
from ntrkpath.rules import Row, Table
from ntrkpath.server.kit.mounting import Ask
from ntrkpath.server.kit.serving import serving


def edition(request: Ask) -> Edition:
    """Return the edition that this server applies."""
    return load(serving(request).settings.edition)


def _json(content: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(content) + b"\n", media_type="application/json")


def rule(table: Table, row: Row) -> dict[str, Any]:
    """Return one row of a table in plain data."""
    return {
        "id": row.id, "table": table.id, "question": table.question, "hit": table.hit,
        "when": {fact: sorted(levels) for fact, levels in row.when.items()}, "sets": row.sets,
        "emits": row.emits, "says": row.says, "statements": row.statements, "fidelity": row.fidelity,
        "source": row.source, "note": row.note,
    }  # fmt: skip


@get("/api/v1/guideline", sync_to_thread=False)
def about(request: Ask) -> Response[bytes]:
    """Return id, version, hash and counts of the edition."""
    used = edition(request)
    return _json({
        "id": used.id, "version": used.version, "sha256": used.sha256, "title": used.title,
        "published": used.published, "labels_known_to": used.labels_known_to, "intended_use": used.intended_use,
        "counts": {"rules": len(used.rows), "tables": len(used.tables), "facts": len(used.facts),
                   "statements": len(used.statements), "actions": len(used.actions), "labels": len(used.labels)},
    })  # fmt: skip


@get("/api/v1/guideline/rules", sync_to_thread=False)
def rules(request: Ask) -> Response[bytes]:
    """Return every rule."""
    return _json([rule(table, row) for table, row in edition(request).rows.values()])


@get("/api/v1/guideline/rules/{ident:str}", sync_to_thread=False)
def one_rule(request: Ask, ident: FromPath[str]) -> Response[bytes]:
    """Return one rule by its id, as ``NEXT-5``."""
    found = edition(request).rows.get(ident)
    if found is None:
        raise NotFoundException
    return _json(rule(*found))


@get("/api/v1/guideline/statements", sync_to_thread=False)
def statements(request: Ask) -> Response[bytes]:
    """Return every statement of the guidance, in our words, with its quotation."""
    return _json(list(edition(request).statements.values()))


@get("/api/v1/guideline/facts", sync_to_thread=False)
def facts(request: Ask) -> Response[bytes]:
    """Return every fact with its question and levels."""
    return _json(list(edition(request).facts.values()))


@get("/api/v1/guideline/actions", sync_to_thread=False)
def actions(request: Ask) -> Response[bytes]:
    """Return every action with its text."""
    return _json([{"id": ident, "text": text} for ident, text in edition(request).actions.items()])


@get("/api/v1/guideline/labels", sync_to_thread=False)
def labels(request: Ask, as_of: FromQuery[dt.date | None] = None) -> Response[bytes]:
    """Return the labels in force on a date, by default today."""
    return _json(edition(request).labels_on(as_of or serving(request).day))


ROUTES: list[Any] = [about, rules, one_rule, statements, facts, actions, labels]
