"""Which cases another edition, or another date of labels, changes: only those with other actions or another drug."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from ntrkpath.model.errors import NtrkpathError
from ntrkpath.pathway import Pathway
from ntrkpath.registry.attached import FileOf, attached_to, none_kept
from ntrkpath.registry.entries import Answer
from ntrkpath.registry.subjects import Subject


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """One case whose actions change, or what is said of a TRK inhibitor (a label may open or close).

    Args:
        gained: Actions that are new; ``lost`` those that fall away. Both empty: their order changes, or the drug.
        trk_inhibitor: What is said of the drug now; ``trk_inhibitor_was`` what was said.
        was: The edition and the date of the answer that it is compared with.
        fault: Why the case cannot be decided now; it is listed, since its answer no longer stands.
    """

    site: str
    id: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    trk_inhibitor: str
    trk_inhibitor_was: str
    was: str
    fault: str = ""


def changed(
    subjects: Iterable[Subject], after: Pathway, before: Pathway | None = None, file_of: FileOf = none_kept
) -> Iterator[Changed]:
    """Yield the usable, active cases whose actions change.

    Args:
        subjects: Of a book.
        after: The edition and date that are new.
        before: The edition and date to compare with; the last answer given to each where not given, and those that
            never had one are then not listed.
        file_of: Gives the caller files that the book keeps (``Book.file``).
    """
    for subject in subjects:
        case = subject.case
        if case is None or not subject.usable or subject.status != "active":
            continue
        try:
            old = _then(subject, before, file_of)
        except NtrkpathError:
            continue
        if old is None:
            continue
        actions, drug, was = old
        try:
            now = after.recommend(case, attached_to(subject, case, file_of))
        except NtrkpathError as error:
            yield Changed(
                site=subject.site, id=subject.id, gained=(), lost=actions, trk_inhibitor="", trk_inhibitor_was=drug,
                was=was, fault=f"{error.where}: {error.problem}".strip(": "),
            )  # fmt: skip
            continue
        new = tuple(action.action for action in now.actions)
        if new != actions or now.answer.trk_inhibitor != drug:
            yield Changed(
                site=subject.site, id=subject.id, gained=tuple(a for a in new if a not in actions),
                lost=tuple(a for a in actions if a not in new), trk_inhibitor=now.answer.trk_inhibitor,
                trk_inhibitor_was=drug, was=was,
            )  # fmt: skip


def _then(subject: Subject, before: Pathway | None, file_of: FileOf) -> tuple[tuple[str, ...], str, str] | None:
    """Return the actions of then, what was said of the drug, and the edition and date; ``None`` without an answer."""
    if before is not None:
        assert subject.case is not None
        then = before.recommend(subject.case, attached_to(subject, subject.case, file_of))
        actions = tuple(action.action for action in then.actions)
        return actions, then.answer.trk_inhibitor, f"{before.edition.id}, {before.as_of}"
    newest = subject.newest(Answer)
    if newest is None:
        return None
    return newest.body.actions, newest.body.trk_inhibitor, f"{newest.body.edition}, {newest.body.as_of}"
