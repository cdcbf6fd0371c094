"""Imported values that differ from what stands: what each would change, and the ruling on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ntrkpath.model.errors import RegistryError
from ntrkpath.registry.book import Book
from ntrkpath.registry.entries import Draft, Entry, Proposal, Ruling, checked
from ntrkpath.registry.subjects import Subject
from ntrkpath.server.registry.timeline import Difference, differences, flat


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One proposal that waits: whose, from where, and each value that differs."""

    site: str
    id: str
    seq: int
    kind: str
    source: str
    differences: tuple[Difference, ...]


def waiting(subjects: Iterable[Subject]) -> tuple[Waiting, ...]:
    """Return the proposals that wait for a ruling, by site and pseudonym; erased subjects have none."""
    return tuple(_waiting(subject, entry) for subject in subjects for entry in subject.waiting)


def _waiting(subject: Subject, entry: Entry[Proposal]) -> Waiting:
    stands = next((e for e in subject.entries if e.seq == entry.body.stands), None)
    before = msgspec.to_builtins(stands.body) if stands is not None and stands.body is not None else {}
    after = {name: value for name, value in entry.body.proposed.items() if name != "kind"}
    before.pop("kind", None)
    return Waiting(
        site=subject.site, id=subject.id, seq=entry.seq, kind=str(entry.body.proposed.get("kind", "")),
        source=entry.body.source, differences=differences(dict(flat(before)), dict(flat(after))),
    )  # fmt: skip


def rule(book: Book, site: str, subject: str, proposal: int, *, accepted: bool, author: str) -> None:
    """Write the ruling on a proposal, and what was proposed as an entry of its own where it is accepted.

    A ruling that was given already is not given again.

    Raises:
        RegistryError: No such proposal waits.
    """
    found = book.subject(site, subject)
    entry = next((e for e in found.waiting if e.seq == proposal), None) if found is not None else None
    if entry is None:
        raise RegistryError("no such imported value waits", value=proposal, remedy="it may have been ruled on already")
    request = f"ruling/{site}/{subject}/{proposal}"
    body: Any = Ruling(proposal=proposal, accepted=accepted)
    drafts = [Draft(site=site, subject=subject, body=body, author=author, request=request)]
    if accepted:
        body = checked(entry.body.proposed)
        drafts.append(Draft(site=site, subject=subject, body=body, author=author, request=f"{request}/accepted"))
    book.append(*drafts)
