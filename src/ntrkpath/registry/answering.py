"""Answers of the guidance, kept in the book as they were given: edition, hash, actions, what is said of the drug."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from ntrkpath.model.errors import NtrkpathError
from ntrkpath.pathway import Pathway
from ntrkpath.registry.attached import FileOf, attached_to
from ntrkpath.registry.book import Book
from ntrkpath.registry.entries import Answer, CaseVersion, Draft
from ntrkpath.registry.subjects import Subject

_BATCH = 250


class Given(msgspec.Struct, frozen=True):
    """What came of giving answers.

    Args:
        new: Answers that were written.
        same: Cases whose newest answer is this one.
        faults: Cases that cannot be decided, by site and pseudonym, each with the reason.
    """

    new: int
    same: int
    faults: tuple[tuple[str, str, str], ...]


def give(
    book: Book, pathway: Pathway, *, author: str, site: str | None = None,
    wanted: Callable[[Subject], bool] = lambda _: True,
) -> Given:  # fmt: skip
    """Write the answer of the guidance to every active case whose newest answer is another, or has none.

    Args:
        book: The book.
        pathway: The edition and the date of the labels.
        author: Who gives it.
        site: One site only.
        wanted: Which subjects; all of them where not given.

    Raises:
        RegistryError: An entry cannot be written.
    """
    drafts: list[Draft] = []
    faults: list[tuple[str, str, str]] = []
    same = 0
    for subject in book.subjects(site):
        version = subject.newest(CaseVersion)
        if version is None or not subject.usable or subject.status != "active" or not wanted(subject):
            continue
        try:
            answer = answer_to(subject, version.seq, pathway, book.file)
        except NtrkpathError as error:
            faults.append((subject.site, subject.id, f"{error.where}: {error.problem}".strip(": ")))
            continue
        newest = subject.newest(Answer)
        if newest is not None and _said(newest.body) == _said(answer):
            same += 1
            continue
        after = newest.seq if newest is not None else 0
        request = f"answer {subject.site} {version.seq} after {after}: {answer.edition_sha256} {answer.as_of}"
        drafts.append(Draft(site=subject.site, subject=subject.id, body=answer, author=author, request=request))
    for batch in _batches(drafts):
        book.append(*batch)
    return Given(len(drafts), same, tuple(faults))


def answer_to(subject: Subject, seq: int, pathway: Pathway, file_of: FileOf) -> Answer:
    """Return the answer to the case of a subject, whose version stands at ``seq``.

    Raises:
        CaseError: The case cannot be decided.
    """
    assert subject.case is not None
    found = pathway.recommend(subject.case, attached_to(subject, subject.case, file_of))
    return Answer(
        case=seq,
        edition=found.guideline.id,
        version=found.guideline.version,
        edition_sha256=found.guideline.sha256,
        as_of=found.as_of,
        tier=found.tier,
        priority=found.priority,
        actions=tuple(action.action for action in found.actions),
        target=found.answer.target,
        trk_inhibitor=found.answer.trk_inhibitor,
        next=found.answer.next,
        sha256=hashlib.sha256(msgspec.json.encode(found)).hexdigest(),
    )


def _said(answer: Answer) -> tuple[Any, ...]:
    """Return what makes an answer another one; the day on which the same was said again does not."""
    return (answer.case, answer.edition_sha256, answer.tier, answer.priority, answer.actions, answer.target,
            answer.trk_inhibitor, answer.next)  # fmt: skip


def _batches(drafts: list[Draft]) -> Iterable[list[Draft]]:
    return (drafts[i : i + _BATCH] for i in range(0, len(drafts), _BATCH))
