"""Participants: what the study reads of a subject, the steps taken with the tumour and what each test says.

A stain and a sequence are read by the edition from the case document, as for a single case. Readouts that stand in a
form alone (a stain by compartment, a reported result) are put into the case first, so that the edition reads them too.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Literal

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.model.case import Case
from ntrkpath.model.errors import NtrkpathError
from ntrkpath.pathway import Pathway
from ntrkpath.pathway.intake.files import Attached
from ntrkpath.registry.attached import FileOf, attached_to, none_kept
from ntrkpath.registry.partial_dates import earliest, latest
from ntrkpath.registry.study.before import case_before, traits_before
from ntrkpath.registry.study.cut import known_by
from ntrkpath.registry.study.draw import taken
from ntrkpath.registry.study.findings import Fusion, fusions_of, other_drivers, traits_of_tests
from ntrkpath.registry.study.inhibitors import AsChild, treated_as_child
from ntrkpath.registry.study.protocol import Protocol, holds, stratum_of
from ntrkpath.registry.study.readouts import with_forms
from ntrkpath.registry.subjects import Subject

Stained = Literal["positive", "negative", "not_readable", "not_done"]
Sequenced = Literal["fusion", "no_fusion", "open", "rna_failed", "failed", "not_done"]
#: Steps of screening that end the way of a tumour before it is stained.
ENDED = ("excluded", "declined")


class Participant(msgspec.Struct, frozen=True, kw_only=True):
    """One tumour in the study.

    Args:
        histology: The entity before any NTRK test, by id; ``""`` where it was not stated or not recognised.
        child: Whether a child took a TRK inhibitor, and since when.
        early: The case as it was before any NTRK test.
        before: Levels of the facts that were known before the test.
        steps: Each step taken, with its date as precise as it is known; ``None`` where it has none.
        stain: What the stain says to the protocol; ``not_readable`` where one was done and says neither.
        sequence: What sequencing says to the protocol; ``rna_failed`` is a class of its own.
        sequence_level: The same as the edition has it.
        stratum: Its stratum of stained negatives; ``drawn`` whether it is among those to be sequenced if negative.
        traits: Of tumour and test, for correlation; what is unknown is absent.
        fusions: NTRK fusions that are stated.
        drivers: Other drivers found, or ``None`` where none was looked for.
        subject: The subject of the book.
        fault: Why the case cannot be read; then no test of it is.
    """

    site: str
    id: str
    histology: str
    histology_name: str
    before: dict[str, str]
    steps: dict[str, str | None]
    stain: Stained
    sequence: Sequenced
    sequence_level: str
    stratum: str
    drawn: bool
    traits: dict[str, str]
    fusions: tuple[Fusion, ...]
    drivers: tuple[str, ...] | None
    exhausted: bool
    subject: Subject
    early: Case | None = None
    child: AsChild = AsChild()
    fault: str = ""

    @property
    def to_sequence(self) -> bool:
        """Whether the protocol wants it sequenced: a positive, one that cannot be read, or a drawn negative."""
        return self.stain in ("positive", "not_readable") or (self.stain == "negative" and self.drawn)

    @property
    def ended(self) -> bool:
        """Whether it was excluded, or the subject declined: nothing more is done with it."""
        return any(step in self.steps for step in ENDED)

    @property
    def conclusive(self) -> bool:
        """Whether sequencing shows or excludes a fusion."""
        return self.sequence in ("fusion", "no_fusion")

    def day(self, step: str) -> dt.date | None:
        """Return the day of a step; ``None`` where it was not taken or is not known to the day."""
        date = self.steps.get(step)
        if date is None or earliest(date) != latest(date):
            return None
        return earliest(date)


class Gathered(msgspec.Struct, frozen=True):
    """The participants, how many subjects of the book are none, by the reason, and what is dated after the day."""

    participants: tuple[Participant, ...]
    left_out: dict[str, int]
    cut: int = 0


class Gathering:
    """The participants of a study on a day, taken in one subject at a time; one that has changed is taken in again.

    Args:
        protocol: The protocol of the study.
        edition: The edition that reads the tests.
        as_of: The day of the study; what is dated later is as if it were not known.
        file_of: Gives the caller files that the book keeps (``Book.file``).
    """

    def __init__(self, protocol: Protocol, edition: Edition, as_of: dt.date, file_of: FileOf = none_kept) -> None:
        self.protocol, self.as_of, self.file_of = protocol, as_of, file_of
        self._pathway = Pathway(edition, as_of, probability=False)
        self._found: dict[tuple[str, str], tuple[Participant | str, int]] = {}

    def take(self, whole: Subject) -> None:
        """Take in a subject, in place of what it was before."""
        why, later = _why_not(whole, self.protocol), 0
        if not why:
            subject, later = known_by(whole, self.as_of)
            why = "screened after the day" if whole.screening and not subject.screening else ""
        one = None if why else self._participant(subject, case_before(whole))
        self._found[whole.site, whole.id] = (one or why or "outside the population", later)

    def gathered(self) -> Gathered:
        """Return the participants by site and pseudonym, and who is none."""
        people = [found for _, (found, _) in sorted(self._found.items()) if isinstance(found, Participant)]
        left_out = Counter(found for found, _ in self._found.values() if isinstance(found, str))
        cut = sum(later for _, later in self._found.values())
        return Gathered(tuple(people), dict(sorted(left_out.items())), cut)

    def _participant(self, subject: Subject, early: Case | None) -> Participant | None:
        return _participant(subject, early, self.protocol, self._pathway, self.file_of)


def gathered(
    subjects: Iterable[Subject], protocol: Protocol, edition: Edition, as_of: dt.date, file_of: FileOf = none_kept
) -> Gathered:
    """Return the participants of a study among the subjects of a book, by site and pseudonym, as they stood by a day.

    Whoever has withdrawn the use of their data or refused consent, the literature, and collections that the protocol
    does not screen are left out and counted; see ``Gathering`` for the arguments.
    """
    gathering = Gathering(protocol, edition, as_of, file_of)
    for subject in subjects:
        gathering.take(subject)
    return gathering.gathered()


def _why_not(subject: Subject, protocol: Protocol) -> str:
    if subject.status == "erased":
        return "erased"
    if not subject.usable:
        return "use withdrawn" if subject.status == "no_more_use" else "consent refused"
    registration = subject.registration
    if registration is None:
        return "not registered"
    if registration.collection not in protocol.collections:
        return f"collection: {registration.collection}"
    return ""


def _participant(
    subject: Subject, early: Case | None, protocol: Protocol, pathway: Pathway, file_of: FileOf
) -> Participant | None:
    histology, name, before, fault = "", "not stated", {"histology_group": "unresolved"}, ""
    if early is not None:
        try:
            read = pathway.facts(early)
            histology, name, before = read.histology.id, read.histology.name, read.levels
        except NtrkpathError as error:
            name, fault = "not recognised", f"{error.where}: {error.problem}".strip(": ")
    if not holds(protocol.population.when, before):
        return None
    stratum = stratum_of(protocol, before)
    levels: dict[str, str] = {}
    attached: Attached = {}
    case = with_forms(subject, early)
    if case is not None and not fault:
        try:
            attached = attached_to(subject, case, file_of)
            levels = pathway.chain.decide(pathway.facts(case, attached).levels).levels
        except NtrkpathError as error:
            fault = f"{error.where}: {error.problem}".strip(": ")
    steps = _steps(subject)
    return Participant(
        site=subject.site,
        id=subject.id,
        histology=histology,
        histology_name=name,
        before={fact: level for fact, level in before.items() if level != "unknown"},
        steps=steps,
        stain=_stain(levels, protocol),
        sequence=_sequence(levels, protocol, subject),
        sequence_level=levels.get("sequence", "not_done"),
        stratum=stratum.id,
        drawn=taken(protocol.negatives.key, "negatives", subject.site, subject.id, stratum.fraction),
        traits={**traits_before(subject, early, before), **traits_of_tests(case, attached)},
        fusions=fusions_of(case, attached),
        drivers=other_drivers(case, levels),
        exhausted=_exhausted(subject, steps),
        subject=subject,
        early=early,
        child=treated_as_child(subject, pathway.edition),
        fault=fault,
    )


def _exhausted(subject: Subject, steps: dict[str, str | None]) -> bool:
    """Return whether no tissue is left: a step or every specimen says so, and no specimen says otherwise."""
    said = [entry.body.exhausted for entry in subject.specimens]
    return "no" not in said and ("exhausted" in steps or (bool(said) and all(one == "yes" for one in said)))


def _steps(subject: Subject) -> dict[str, str | None]:
    """Return each step with its date: the first time it was taken, but the last time of a result and its return."""
    found: dict[str, str | None] = {}
    dated = [(entry.body.step, entry.body.date) for entry in subject.screening]
    for step, date in sorted(dated, key=lambda item: (item[1] is not None, item[1] or "")):
        if found.get(step) is None or step in ("reported", "returned"):
            found[step] = date
    return found


def _stain(levels: dict[str, str], protocol: Protocol) -> Stained:
    level = levels.get("ihc", "not_done")
    if level in protocol.stain.positive:
        return "positive"
    if level in protocol.stain.negative:
        return "negative"
    return "not_done" if level == "not_done" else "not_readable"


def _sequence(levels: dict[str, str], protocol: Protocol, subject: Subject) -> Sequenced:
    level = levels.get("sequence", "not_done")
    if level in protocol.confirmation.fusion:
        return "fusion"
    if level in protocol.confirmation.no_fusion:
        return "no_fusion"
    failures = [entry.body for entry in subject.screening if entry.body.step == "failed"]
    rna = any(one.failure == "rna_degraded" for one in failures) or levels.get("rna") == "failed"
    if level in ("failed", "not_done", "unknown") and (failures or level == "failed"):
        return "rna_failed" if rna else "failed"
    return "not_done" if level == "not_done" else "open"
