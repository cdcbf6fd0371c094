"""What is said of a cohort in words: shares with intervals, levels, where it comes from, and what was not read."""

from __future__ import annotations

from collections.abc import Mapping

from ntrkpath.cohort.diff import CohortDiff
from ntrkpath.cohort.summarise import Share
from ntrkpath.cohort.writing import About
from ntrkpath.guidance import Edition
from ntrkpath.model.numbers import grouped, percent_range

NOT_STATED = "not stated"


def interval(share: Share) -> str:
    """Return the 95 % interval of a share as ``0.1 to 2.3 %``."""
    if share.low is None or share.high is None:
        return ""
    return percent_range(share.low, share.high)


def level(name: str, edition: Edition | None, fact: str = "histology_group") -> str:
    """Return a level of a fact in plain words; its name where the edition is not here."""
    says = edition.facts[fact].says if edition else {}
    return says.get(name, name.replace("_", " "))


def origin(about: About) -> str:
    """Return how a cohort was decided, in one line."""
    by = f"{about.guideline['id']} {about.guideline['version']}, {about.as_of.isoformat()}"
    return f"{about.source}: {headline(about)}; {by}"


def headline(about: About) -> str:
    """Return what became of rows and columns: ``3 of 4 rows decided, 1 bad; columns ihc, rna not read``."""
    bad = f", {grouped(about.bad)} bad" if about.bad else ""
    return "; ".join([f"{grouped(about.decided)} of {grouped(about.rows)} rows decided{bad}", *unread(about.not_read)])


def unread(not_read: Mapping[str, str], most: int = 12, *, command: bool = True) -> list[str]:
    """Return in words which columns were not read, and which keys they may mean; nothing where all were.

    Args:
        most: Columns that are named.
        command: Whether the command that proposes a mapping is named.
    """
    if not not_read:
        return []
    names = ", ".join([*list(not_read)[:most], *([f"{len(not_read) - most} more"] if len(not_read) > most else [])])
    near = [f"{column}: {key}" for column, key in not_read.items() if key][:most]
    told = f"column{'s' if len(not_read) > 1 else ''} {names} not read"
    how = "; see `ntrkpath cohort map`" if command else ""
    return [f"{told} (nearest: {', '.join(near)}{how})" if near else told]


def counted(count: int | None) -> str:
    """Return a count in words; what no column tells is not stated, never none."""
    return NOT_STATED if count is None else grouped(count)


def dates_note(diff: CohortDiff) -> str:
    """Return what to say where the two runs differ in nothing but the date."""
    if diff.before.guideline != diff.after.guideline or diff.before.as_of == diff.after.as_of:
        return ""
    if diff.labels_changed is not None:
        return "Same edition: the date bears on the labels alone."
    return "Same edition: the date bears on the labels alone, which `cohort triage --labels` adds."
