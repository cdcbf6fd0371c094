"""Writing to the book: entries appended to the chain of their site, and the erasure of a subject."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from ntrkpath.model.errors import RegistryError
from ntrkpath.registry import chain, tables, views
from ntrkpath.registry.chain import Link
from ntrkpath.registry.entries import (
    SCHEMA,
    WHOLE,
    Answer,
    CallerFile,
    CaseVersion,
    Decision,
    Draft,
    Entry,
    Erasure,
    NoMoreUse,
    Proposal,
    Query,
    Release,
    Reply,
    Retraction,
    Ruling,
    sound,
    written,
)
from ntrkpath.registry.forms import Consent
from ntrkpath.registry.reading import edition
from ntrkpath.registry.rows import BATCH, chunks, entries_of, entry_of, file_of, joined
from ntrkpath.registry.subjects import Subject, given_anew

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LONGEST = 200
#: What may still be written of a subject, by its status: no data of the subject, and what takes a wish back.
_STILL_WRITTEN = {
    "no_more_data": frozenset({"no_more_data", "no_more_use", "query", "reply", "ruling", "retraction", "answer"}),
    "no_more_use": frozenset({"retraction"}),
    "erased": frozenset[str](),
}
#: What an item of a body points to in the same subject.
_POINTS = (
    (Reply, "query", Query), (Ruling, "proposal", Proposal), (Answer, "case", CaseVersion), (Decision, "answer", Answer)
)  # fmt: skip


class Written(NamedTuple):
    """An entry as it stands in the book, and whether it was written just now."""

    entry: Entry[Any]
    new: bool


def append(connection: sa.Connection, drafts: Sequence[Draft]) -> list[Written]:
    """Append drafts to the chains of their sites, in their order, and bring the views up to date.

    Raises:
        RegistryError: See ``Book.append``.
    """
    for draft in drafts:
        check(draft)
    drafts = [_under_pseudonym(draft) for draft in drafts]
    places: dict[str, list[int]] = {}
    for i, draft in enumerate(drafts):
        places.setdefault(draft.site, []).append(i)
    found: dict[int, Written] = {}
    for site in sorted(places):  # in one order, so that two writers never wait for each other
        lock(connection, site)
        for part in range(0, len(places[site]), BATCH):
            of_site = places[site][part : part + BATCH]
            found |= zip(of_site, _append_to(connection, site, [drafts[i] for i in of_site]), strict=True)
    return [found[i] for i in range(len(drafts))]


def _under_pseudonym(draft: Draft) -> Draft:
    """Return a draft whose case document has the pseudonym for its id: any other may be a number of the hospital."""
    if not isinstance(draft.body, CaseVersion) or draft.body.case.id == draft.subject:
        return draft
    case = msgspec.structs.replace(draft.body.case, id=draft.subject)
    return msgspec.structs.replace(draft, body=msgspec.structs.replace(draft.body, case=case))


def lock(connection: sa.Connection, site: str) -> None:
    """Wait until no other writer works on the chain of a site; ends with the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:site, 0))"), {"site": site})


def named(what: str, text: str) -> None:
    """Check the name of a ``site`` or the pseudonym of a ``subject``; an error never repeats the latter.

    Raises:
        RegistryError: It is none.
    """
    if not _NAME.fullmatch(text):
        raise RegistryError(
            f"not a name of a {what}", where=what, value=text if what == "site" else None,
            allowed="1 to 64 letters, digits, dots, hyphens and underscores",
            remedy="give a pseudonym: no name, no number of a hospital",
        )  # fmt: skip


def check(draft: Draft) -> None:
    """Check what can be told of a draft without the book.

    Raises:
        RegistryError: It may not stand in any book.
    """
    if not (isinstance(draft.body, Release) and (draft.site, draft.subject) == (WHOLE, WHOLE)):
        named("site", draft.site)
        named("subject", draft.subject)
    for what, text in (("author", draft.author), ("request", draft.request)):
        if not (0 < len(text) <= _LONGEST and text.isprintable()):
            raise RegistryError(f"an entry has its {what}", where=what, allowed=f"text of 1 to {_LONGEST} characters")
    sound(draft.body)
    if isinstance(draft.body, Erasure):
        raise RegistryError("an erasure is not appended", where=draft.kind, remedy="use `ntrkpath registry erase`")
    if isinstance(draft.body, CallerFile) != (draft.content is not None):
        raise RegistryError("the rows of a caller belong to an entry caller_file, and to no other", where=draft.kind)
    if draft.content is not None and hashlib.sha256(draft.content).hexdigest() != draft.body.kept_sha256:
        raise RegistryError("the rows are not those that the entry names", where="caller_file.kept_sha256")
    if isinstance(draft.body, Decision) and draft.body.follows in ("no", "partly") and not draft.body.override_reason:
        raise RegistryError(
            "a decision against the answer has a reason", where="decision.override_reason", remedy="say why"
        )


def _append_to(connection: sa.Connection, site: str, drafts: list[Draft]) -> list[Written]:
    standing, entries, (seq, previous) = _before(connection, site, drafts)
    links: list[Link] = []
    beside: list[dict[str, Any]] = []
    files: list[dict[str, Any]] = []
    made: list[Written] = []
    for draft in drafts:
        if draft.request in standing:
            made.append(Written(_same(draft, *standing[draft.request]), new=False))
            continue
        _allowed(draft, entries.get(draft.subject, []))
        seq += 1
        salt, body = chain.new_salt(), written(draft.body)
        link = _link(draft, seq, chain.digest(salt, body), previous)
        previous = link.hash
        links.append(link)
        beside.append({"site": site, "seq": seq, "salt": salt, "body": body})
        if draft.content is not None:
            files.append({"site": site, "seq": seq, "content": draft.content})
        entry = _entry(link, draft.body)
        entries.setdefault(draft.subject, []).append(entry)
        standing[draft.request] = (entry, link.digest, salt)
        made.append(Written(entry, new=True))
    if links:
        tables.insert_many(connection, tables.entries, [link._asdict() for link in links])
        tables.insert_many(connection, tables.bodies, beside)
        if files:
            connection.execute(tables.files.insert(), files)
        changed = dict.fromkeys(link.subject for link in links if link.subject != WHOLE)
        refresh(connection, [Subject(entries[name]) for name in changed])
    return made


@cache
def _what_stands() -> Any:
    """Return the query of ``_before``; to build it takes as long as to run it."""
    e, b = tables.entries.c, tables.bodies.c
    of: sa.BindParameter[str] = sa.bindparam("of")
    whole = joined().add_columns(e.digest, b.salt, e.hash).where(e.site == of)
    last = sa.select(sa.func.max(e.seq)).where(e.site == of).scalar_subquery()
    return sa.union_all(
        *(
            whole.add_columns(sa.literal_column(f"'{what}'").label("what")).where(condition)
            for what, condition in (
                ("request", e.request.in_(sa.bindparam("requests", expanding=True))),
                ("subject", e.subject.in_(sa.bindparam("subjects", expanding=True))),
                ("newest", e.seq == last),
            )
        )
    )


@cache
def _rows_that_stand() -> Any:
    c = tables.current.c
    names: sa.BindParameter[Any] = sa.bindparam("subjects", expanding=True)
    return sa.select(tables.current).where(c.site == sa.bindparam("of"), c.subject.in_(names))


def _before(
    connection: sa.Connection, site: str, drafts: list[Draft]
) -> tuple[dict[str, tuple[Entry[Any], bytes, Any]], dict[str, list[Entry[Any]]], tuple[int, bytes]]:
    """Return, in one round trip: what stands under the requests, every entry of the subjects, and the newest entry."""
    asked = {
        "of": site,
        "requests": [draft.request for draft in drafts],
        "subjects": list(dict.fromkeys(draft.subject for draft in drafts)),
    }
    standing: dict[str, tuple[Entry[Any], bytes, Any]] = {}
    entries: dict[str, list[Entry[Any]]] = {}
    head = (0, chain.START)
    for row in sorted(connection.execute(_what_stands(), asked), key=lambda row: row.seq):
        if row.what == "newest":
            head = (row.seq, bytes(row.hash))
        elif row.what == "request":
            standing[row.request] = (entry_of(row), bytes(row.digest), row.salt)
        else:
            entries.setdefault(row.subject, []).append(entry_of(row))
    return standing, entries, head


def _same(draft: Draft, entry: Entry[Any], digest: bytes, salt: Any) -> Entry[Any]:
    """Return the entry that stands under the request of a draft, which must be of the same; an erased one is taken."""
    told = salt is None or chain.digest(bytes(salt), written(draft.body)) == digest
    if (entry.subject, entry.kind) != (draft.subject, draft.kind) or not told:
        raise RegistryError(
            "the request was used for another entry", where=f"{entry.site} {entry.seq}", value=draft.request,
            remedy="give each entry a request id of its own",
        )  # fmt: skip
    return entry


def _allowed(draft: Draft, entries: list[Entry[Any]]) -> None:
    subject = Subject(entries) if entries else None
    status = subject.status if subject is not None else "active"
    wishes = subject.wishes if subject is not None and status != "erased" else ()
    consent = isinstance(draft.body, Consent) and draft.body.status == "yes"
    anew = consent and bool(wishes) and all(given_anew(draft.body, wish) for wish in wishes)
    if status != "active" and not anew and draft.kind not in _STILL_WRITTEN[status]:
        raise RegistryError(
            f"the subject stands at {status!r}: this is no longer written", where=draft.kind,
            remedy="only consent given anew opens it: state its date, after that of the wish" if consent and wishes
            else "leave the subject out",
        )  # fmt: skip
    if status == "no_more_use" and isinstance(draft.body, Retraction):
        _points_to(entries, draft.body.entry, NoMoreUse, "retraction.entry")
    for kind, item, wanted in _POINTS:
        if isinstance(draft.body, kind) and (at := getattr(draft.body, item)) is not None:
            _points_to(entries, at, wanted, f"{draft.kind}.{item}")
    if isinstance(draft.body, Retraction):
        _points_to(entries, draft.body.entry, object, "retraction.entry")


def _points_to(entries: list[Entry[Any]], seq: int, wanted: type, where: str) -> None:
    if not any(entry.seq == seq and isinstance(entry.body, wanted) for entry in entries):
        raise RegistryError(
            "no such entry of this subject", where=where, value=seq,
            allowed=[str(entry.seq) for entry in entries if isinstance(entry.body, wanted)][:12],
        )  # fmt: skip


def _link(draft: Draft, seq: int, digest: bytes, previous: bytes) -> Link:
    at = dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
    return chain.linked(
        Link(draft.site, seq, draft.subject, draft.kind, SCHEMA, draft.author, at, draft.request, digest, previous, b"")
    )


def _entry(link: Link, body: Any) -> Entry[Any]:
    return Entry(
        site=link.site, seq=link.seq, subject=link.subject, kind=link.kind, schema=link.schema, author=link.author,
        at=dt.datetime.fromisoformat(link.at), request=link.request, body=body,
    )  # fmt: skip


def newest(connection: sa.Connection, site: str) -> tuple[int, bytes]:
    """Return the ``seq`` and the hash of the newest entry of a site; 0 and the start where it has none."""
    e = tables.entries.c
    query = sa.select(e.seq, e.hash).where(e.site == site).order_by(e.seq.desc()).limit(1)
    found = connection.execute(query).one_or_none()
    return (0, chain.START) if found is None else (found.seq, bytes(found.hash))


def refresh(connection: sa.Connection, subjects: Sequence[Subject]) -> None:
    """Bring the views up to date with some subjects of one site."""
    if not subjects:
        return
    before: dict[str, Any] = {}
    for names in chunks([subject.id for subject in subjects]):
        asked = {"of": subjects[0].site, "subjects": names}
        before |= {row.subject: row for row in connection.execute(_rows_that_stand(), asked)}
    content = file_of(connection)
    rows = []
    for subject in subjects:
        standing = before.get(subject.id)
        read = views.read_before(standing) if standing is not None and _read_already(subject, standing) else None
        rows.append(views.row(subject, content, read))
    views.put(connection, rows, [standing._asdict() for standing in before.values()])


def _read_already(subject: Subject, standing: Any) -> bool:
    """Return whether the case that stands was read already, by this edition and with the files that are kept."""
    version, files = subject.newest(CaseVersion), subject.newest(CallerFile)
    if version is None or standing.case_seq != version.seq or standing.edition != edition():
        return False
    return files is None or files.seq <= standing.last_seq


def erase(connection: sa.Connection, site: str, subject: str, author: str, request: str, asked_by: Any) -> Entry[Any]:
    """Append an erasure, and remove every earlier body, salt, file and derived row of the subject.

    Raises:
        RegistryError: There is no such subject, or it is erased already by another request.
    """
    lock(connection, site)
    entries = entries_of(connection, site, [subject]).get(subject, [])
    if not entries or subject == WHOLE:
        raise RegistryError("no such subject", where=site, remedy="check site and pseudonym")
    if Subject(entries).status == "erased":
        last = entries[-1]
        if last.request == request:
            return last
        raise RegistryError("the subject is erased already", where=f"{site} {last.seq}")
    seq, previous = newest(connection, site)
    body = Erasure(asked_by=asked_by, erased=tuple(entry.seq for entry in entries))
    draft = Draft(site=site, subject=subject, body=body, author=author, request=request)
    salt, data = chain.new_salt(), written(body)
    link = _link(draft, seq + 1, chain.digest(salt, data), previous)
    connection.execute(tables.entries.insert(), [link._asdict()])
    connection.execute(tables.bodies.insert(), [{"site": site, "seq": seq + 1, "salt": salt, "body": data}])
    for table in (tables.bodies, tables.files):
        connection.execute(table.delete().where(table.c.site == site, table.c.seq.in_(body.erased)))
    made = _entry(link, body)
    gone = [msgspec.structs.replace(entry, body=None) for entry in entries]
    refresh(connection, [Subject([*gone, made])])
    return made
