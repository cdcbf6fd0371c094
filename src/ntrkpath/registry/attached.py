"""What the caller files that are kept of a subject give to the tests of its case."""

from __future__ import annotations

from collections.abc import Callable

from ntrkpath.model.case import Case
from ntrkpath.pathway import attach
from ntrkpath.pathway.intake.files import Attached, telling_genes
from ntrkpath.registry.subjects import Subject

#: Gives the rows of a caller's file that is kept with an entry, by site and ``seq``.
FileOf = Callable[[str, int], bytes | None]


def none_kept(_: str, __: int) -> bytes | None:
    """Return that nothing is kept; a case that names a file then cannot be read."""
    return None


def attached_to(subject: Subject, case: Case, file_of: FileOf) -> Attached:
    """Return what the kept files give, by position of the test.

    Raises:
        CaseError: A test names a file that is not kept or cannot be read; its silence is no result.
    """
    kept = {entry.body.name: file_of(entry.site, entry.seq) for entry in subject.files}
    there = {name: content for name, content in kept.items() if content is not None}
    return attach(case, there, telling_genes())[1]
