"""One subject as a page shows it: its entries in the order of their days, and what each version of the case changed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from ntrkpath.cases.plain_yaml import load_plain
from ntrkpath.guidance.files import KNOWLEDGE
from ntrkpath.registry.entries import Answer, CaseVersion, Decision, Entry, Proposal, Query, Reply, Retraction
from ntrkpath.registry.subjects import Subject

#: Items that say when it was, the first that is filled in counts.
_WHEN = ("date", "start", "death_date", "progression_date", "date_pathology", "as_of")
_TITLES = {
    "case": "Case", "caller_file": "Caller file", "answer": "Answer of the guidance", "decision": "Decision",
    "query": "Query", "reply": "Reply", "proposal": "Imported, differs", "ruling": "Ruling on an import",
    "retraction": "Retraction", "no_more_data": "No more data", "no_more_use": "No more use", "erasure": "Erasure",
}  # fmt: skip


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a subject: when it was, what it is, its items, and whether it still stands."""

    seq: int
    when: str
    title: str
    items: tuple[tuple[str, str], ...]
    author: str
    written: str
    stands: bool


class Difference(msgspec.Struct, frozen=True):
    """One key of the case that a version changed; empty where it was not there before, or no longer is."""

    path: str
    before: str
    after: str


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the case document, and what it changed."""

    seq: int
    written: str
    author: str
    differences: tuple[Difference, ...]


@cache
def _forms() -> dict[str, Any]:
    found: dict[str, Any] = load_plain((KNOWLEDGE / "registry" / "forms.yaml").read_bytes())
    return found


def timeline(subject: Subject) -> tuple[Shown, ...]:
    """Return the entries of a subject by the day they speak of; those without a day stand last, in the book's order."""
    standing = {(kind, e.seq) for kind in {e.kind for e in subject.entries} for e in _standing(subject, kind)}
    shown = [_shown(entry, (entry.kind, entry.seq) in standing) for entry in subject.entries]
    return tuple(sorted(shown, key=lambda one: (one.when or "9", one.seq)))


def _standing(subject: Subject, kind: str) -> tuple[Entry[Any], ...]:
    form = next((type(e.body) for e in subject.entries if e.kind == kind and e.body is not None), None)
    return subject.of(form) if form is not None else ()


def _shown(entry: Entry[Any], stands: bool) -> Shown:
    plain: dict[str, Any] = msgspec.to_builtins(entry.body) if entry.body is not None else {}
    plain.pop("kind", None)
    form = _forms().get(entry.kind, {})
    dated = next((name for name in _WHEN if plain.get(name)), "")
    when = str(plain.pop(dated)) if dated else ""
    return Shown(
        seq=entry.seq,
        when=when,
        title=form.get("title") or _TITLES.get(entry.kind, entry.kind.replace("_", " ")),
        items=tuple(_items(entry.body, plain, form)) if entry.body is not None else (("", "erased"),),
        author=entry.author,
        written=_minute(entry),
        stands=stands or isinstance(entry.body, Retraction),
    )


def _items(body: Any, plain: dict[str, Any], form: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(body, CaseVersion):
        yield "Histology", body.case.diagnosis.histology
        if body.case.tests:
            yield "Tests", ", ".join(str(t.__struct_config__.tag) for t in body.case.tests).replace("_", " ")
        return
    if isinstance(body, Proposal):
        yield "Differs at", ", ".join(body.differs)
        yield "From", body.source
        return
    labels = form.get("items", {})
    for name, value in plain.items():
        if isinstance(value, dict) or (isinstance(body, Answer) and name in ("sha256", "edition_sha256")):
            continue
        said = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        yield labels.get(name, {}).get("label") or name.replace("_", " ").capitalize(), said.replace("_", " ")


def versions(subject: Subject) -> tuple[Version, ...]:
    """Return every version of the case document with what it changed, the newest first."""
    found = []
    before: dict[str, str] = {}
    for entry in subject.versions:
        after = dict(flat(msgspec.to_builtins(entry.body.case)))
        found.append(
            Version(
                seq=entry.seq, written=_minute(entry), author=entry.author,
                differences=differences(before, after),
            )
        )  # fmt: skip
        before = after
    return tuple(reversed(found))


def differences(before: dict[str, str], after: dict[str, str]) -> tuple[Difference, ...]:
    """Return every path at which two flat documents differ, in the order of the newer one."""
    paths = [*after, *(path for path in before if path not in after)]
    return tuple(
        Difference(path, before.get(path, ""), after.get(path, ""))
        for path in paths
        if before.get(path) != after.get(path)
    )


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each value of a document with its path: ``tests[0].percent``."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for i, inner in enumerate(value):
            yield from flat(inner, f"{path}[{i}]")
    elif value is not None:
        yield path, str(value)


def answers(subject: Subject) -> tuple[Entry[Answer], ...]:
    """Return the answers given, the newest first."""
    return tuple(reversed(subject.answers))


def decisions(subject: Subject) -> tuple[Entry[Decision], ...]:
    """Return the decisions taken, the newest first."""
    return tuple(reversed(subject.decisions))


def _minute(entry: Entry[Any]) -> str:
    return entry.at.replace(tzinfo=None).isoformat(" ", "minutes")


class Asked(msgspec.Struct, frozen=True):
    """A query with its replies, and whether it is still unanswered."""

    query: Entry[Query]
    replies: tuple[Entry[Reply], ...]
    unanswered: bool


def queries(subject: Subject) -> tuple[Asked, ...]:
    """Return the queries of a subject, open ones first."""
    open_ = {entry.seq for entry in subject.open_queries}
    asked = [
        Asked(entry, tuple(r for r in subject.of(Reply) if r.body.query == entry.seq), entry.seq in open_)
        for entry in subject.of(Query)
    ]
    return tuple(sorted(asked, key=lambda one: (not one.unanswered, one.query.seq)))
