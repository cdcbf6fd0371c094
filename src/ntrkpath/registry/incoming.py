"""What arrives from outside, held against what stands: new values go in, differing ones wait for a ruling."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from ntrkpath.model.errors import NtrkpathError, RegistryError
from ntrkpath.registry.book import Book
from ntrkpath.registry.database import told
from ntrkpath.registry.entries import CallerFile, CaseVersion, Draft, Entry, Proposal, checked, sound
from ntrkpath.registry.forms import Consent, Form
from ntrkpath.registry.rows import entries_of
from ntrkpath.registry.subjects import Subject, stands_under
from ntrkpath.registry.writing import check, named

#: Subjects that are written at once.
AT_ONCE = 250


class Arrived(msgspec.Struct, frozen=True):
    """What one source says of one subject.

    Args:
        where: The file, and the lines that said it.
        rows: Those rows by number, for the file of errors.
        bodies: Each with the rows of a caller that belong to it, or None.
    """

    where: str
    subject: str
    bodies: tuple[tuple[Form, bytes | None], ...]
    rows: tuple[int, ...] = ()


class Bad(msgspec.Struct, frozen=True):
    """What could not be taken, and why, without anything that names a person."""

    where: str
    reason: str
    rows: tuple[int, ...] = ()


class Taken(msgspec.Struct):
    """What became of an import: entries that are new, bodies that stood already, and those that wait for a ruling."""

    new: int = 0
    same: int = 0
    waiting: int = 0
    bad: list[Bad] = []


def take(book: Book, arrived: Iterable[Arrived | Bad], site: str, author: str, source: str) -> Taken:
    """Take what arrives into a site; importing the same again changes nothing.

    A value where none stands is added; one that differs from what stands becomes a proposal, which waits for a ruling;
    an empty one says nothing. Of each subject all is taken, or nothing.

    Raises:
        RegistryError: The site has no such name.
        OutputError: The database cannot be written to; subjects before that are in the book.
    """
    named("site", site)
    taken = Taken()
    for some in _some(arrived, taken):
        with told(book.name), book.engine.connect() as connection:
            standing = entries_of(connection, site, dict.fromkeys(one.subject for one in some))
        drafts: list[Draft] = []
        for one in some:
            try:
                drafts += _drafts(one, standing.get(one.subject, []), site, author, source, taken)
            except RegistryError as error:
                taken.bad.append(Bad(one.where, str(error), one.rows))
        book.append(*drafts)
    return taken


def _some(arrived: Iterable[Arrived | Bad], taken: Taken) -> Iterator[list[Arrived]]:
    """Yield subjects some at a time, no subject twice at once, so that each is held against what stands."""
    held: dict[str, Arrived] = {}
    for one in arrived:
        if isinstance(one, Bad):
            taken.bad.append(one)
            continue
        if one.subject in held or len(held) == AT_ONCE:
            yield list(held.values())
            held = {}
        held[one.subject] = one
    if held:
        yield list(held.values())


def _drafts(one: Arrived, entries: list[Entry[Any]], site: str, author: str, source: str, taken: Taken) -> list[Draft]:
    named("subject", one.subject)
    subject = Subject(entries) if entries else None
    if subject is not None and subject.status != "active":
        raise RegistryError(f"the subject stands at {subject.status!r}", remedy="leave it out of the file")
    made: list[Draft] = []
    counts = {"new": 0, "same": 0, "waiting": 0}
    for body, content in one.bodies:
        sound(body)
        outcome, written = _against(body, subject)
        if outcome == "waiting":
            assert isinstance(written, Proposal)
            written = msgspec.structs.replace(written, source=source)
            content = None
        counts[outcome] += 1
        if outcome != "same":
            made.append(
                Draft(site=site, subject=one.subject, body=written, author=author, request=str(uuid.uuid4()),
                      content=content)
            )  # fmt: skip
            check(made[-1])
    taken.new += counts["new"]
    taken.same += counts["same"]
    taken.waiting += counts["waiting"]
    return made


def _against(body: Form, subject: Subject | None) -> tuple[str, Form]:
    """Return ``new``, ``same`` or ``waiting``, and what is to be written."""
    if subject is None:
        return "new", body
    stands = _replaced(body, subject)
    if stands is None:
        return ("same" if _stands_already(body, subject) else "new"), body
    merged, differs = _merged(msgspec.to_builtins(stands.body), msgspec.to_builtins(body))
    if not differs:
        whole = checked(merged)
        return ("same", body) if _said(whole) == _said(stands.body) else ("new", whole)
    if _proposed_already(merged, stands, subject):
        return "same", body
    return "waiting", Proposal(proposed=merged, stands=stands.seq, differs=tuple(differs), source="")


def _replaced(body: Form, subject: Subject) -> Entry[Form] | None:
    """Return the entry that a body would take the place of: of the forms that stand once, or under its number."""
    under = stands_under(body)
    same_kind = subject.of(type(body)) if under is not None else ()
    return next((entry for entry in same_kind if stands_under(entry.body) == under), None)


def _stands_already(body: Form, subject: Subject) -> bool:
    """Return whether a body that takes no other's place stands in the book, with or without a number."""
    if isinstance(body, CallerFile):
        return any(entry.body.kept_sha256 == body.kept_sha256 for entry in subject.of(CallerFile))
    # A form that was written without a number may come back from a program that numbers every one.
    plain = msgspec.structs.replace(body, instance=None)
    return any(entry.body in (body, plain) for entry in subject.of(type(body)))


def _proposed_already(merged: Any, stands: Entry[Form], subject: Subject) -> bool:
    """Return whether the same values wait for a ruling, or were turned down before."""
    if any(w.body.proposed == merged and w.body.stands == stands.seq for w in subject.waiting):
        return True
    ruled = {e.body.proposal for e in subject.entries if e.kind == "ruling" and e.body is not None}
    return any(e.seq in ruled and e.body.proposed == merged for e in subject.of(Proposal))


def _said(body: Form) -> Form:
    """Return a body without how the words of its source were read: the same said in other words is no news."""
    if not isinstance(body, CaseVersion):
        return body
    return msgspec.structs.replace(body, case=msgspec.structs.replace(body.case, read_as=[]))


def _merged(stands: Any, given: Any, path: str = "") -> tuple[Any, list[str]]:
    """Return what stands with what is given added, and the paths of what differs (there the given value is taken)."""
    if isinstance(stands, dict) and isinstance(given, dict):
        merged = dict(stands)
        differs: list[str] = []
        for key, value in given.items():
            place = f"{path}.{key}" if path else key
            if key not in stands or stands[key] in (None, [], {}):
                merged[key] = value
            elif value not in (None, [], {}):
                merged[key], found = _merged(stands[key], value, place)
                differs += found
        return merged, differs
    if isinstance(stands, list) and isinstance(given, list):
        added = [item for item in given if item not in stands]
        if all(item in given for item in stands) or path.endswith("read_as"):
            return [*stands, *added], []
        return (given, [path]) if added else (stands, [])
    return given, [] if stands == given else [path]


def rule(book: Book, site: str, subject: str, proposal: int, *, accepted: bool, author: str, reason: str = "") -> None:
    """End a proposal: an accepted one is appended as an entry of its own, together with the ruling.

    Raises:
        RegistryError: There is no such proposal that waits, or it corrects a consent of before a wish.
    """
    from ntrkpath.registry.entries import Ruling

    found = book.subject(site, subject)
    waiting = [entry for entry in (found.waiting if found else ()) if entry.seq == proposal]
    if not waiting:
        raise RegistryError("no proposal waits there", where=f"{site} {proposal}")
    name = f"ruling {site} {proposal}"
    drafts = [Draft(site=site, subject=subject, author=author, request=name,
                    body=Ruling(proposal=proposal, accepted=accepted, reason=reason or None))]  # fmt: skip
    if accepted:
        body = checked(waiting[0].body.proposed)
        assert found is not None
        if isinstance(body, Consent) and any(wish.seq > waiting[0].body.stands for wish in found.wishes):
            # It corrects a consent of before the wish, whatever day it now states: nobody consented anew.
            raise RegistryError(
                f"the subject stands at {found.status!r}: a consent of before is no longer corrected",
                where=f"{site} {proposal}", remedy="reject it",
            )  # fmt: skip
        drafts.append(Draft(site=site, subject=subject, author=author, request=f"{name} accepted", body=body))
    book.append(*drafts)


def reason_of(error: NtrkpathError) -> str:
    """Return every error of a subject on one line."""
    return "; ".join(str(one) for one in error.all)
