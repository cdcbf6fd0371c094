"""Subjects: the state of each as its entries leave it; derived, never stored as truth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Literal, TypeVar

from ntrkpath.model.case import Case
from ntrkpath.registry.entries import (
    WHOLE,
    Answer,
    CallerFile,
    CaseVersion,
    Decision,
    Entry,
    Erasure,
    NoMoreData,
    NoMoreUse,
    Proposal,
    Query,
    Reply,
    Retraction,
    Ruling,
    kind_of,
)
from ntrkpath.registry.forms import (
    AdverseEvent,
    CentralReview,
    Consent,
    FollowUp,
    Form,
    Growth,
    Registration,
    Response,
    Screening,
    Specimen,
    Stain,
    Surgery,
    Treatment,
)
from ntrkpath.registry.partial_dates import earliest, latest

F = TypeVar("F", bound=Form)
Status = Literal["active", "no_more_data", "no_more_use", "erased"]
#: Age of majority, in years, at which consent is asked for anew.
MAJORITY = 18


class Subject:
    """One subject as its entries leave it.

    Args:
        entries: All its entries, in the order of the book; an erased one has no body.

    Attributes:
        site: The site that holds it.
        id: Its pseudonym there.
        entries: As given.
    """

    __slots__ = ("_standing", "entries", "id", "site")

    def __init__(self, entries: Iterable[Entry[Any]]) -> None:
        self.entries = tuple(entries)
        self.site, self.id = self.entries[0].site, self.entries[0].subject
        self._standing = _standing(self.entries)

    @property
    def name(self) -> str:
        """Its name outside of the registry, which no other subject has, whatever its site and pseudonym are.

        A hyphen of the site is doubled: an odd run of hyphens ends the site, as no pseudonym begins with one.
        """
        return f"{self.site.replace('-', '--')}-{self.id}"

    def of(self, form: type[F]) -> tuple[Entry[F], ...]:
        """Return the entries of one kind that stand, in the order of the book; retracted and replaced ones do not."""
        return tuple(self._standing.get(str(form.__struct_config__.tag), ()))

    @property
    def standing(self) -> frozenset[int]:
        """The ``seq`` of every entry that stands: neither retracted nor replaced."""
        return frozenset(entry.seq for of_kind in self._standing.values() for entry in of_kind)

    def newest(self, form: type[F]) -> Entry[F] | None:
        """Return the newest entry of one kind that stands."""
        found = self.of(form)
        return found[-1] if found else None

    @property
    def status(self) -> Status:
        """What may still be done with the subject: the strictest wish stands until consent is given anew after it."""
        if self.of(Erasure):
            return "erased"
        wishes = {entry.kind for entry in self.wishes}
        return "no_more_use" if "no_more_use" in wishes else "no_more_data" if wishes else "active"

    @property
    def wishes(self) -> tuple[Entry[NoMoreData | NoMoreUse], ...]:
        """The wishes in force: those that no consent given anew, and written after them, has taken back."""
        consents = self.of(Consent)
        every: list[Entry[Any]] = [*self.of(NoMoreData), *self.of(NoMoreUse)]
        return tuple(
            wish for wish in every if not any(one.seq > wish.seq and given_anew(one.body, wish) for one in consents)
        )

    @property
    def registration(self) -> Registration | None:
        """The registration that stands."""
        return _body(self.newest(Registration))

    @property
    def literature(self) -> bool:
        """Whether it is a published patient, who is in no frequency; also where nothing says so (unregistered)."""
        return self.registration is None or self.registration.collection == "literature"

    @property
    def usable(self) -> bool:
        """Whether it may be used at all: neither "no more use" nor erased, and consent was not refused."""
        consent = self.consent
        return self.status in ("active", "no_more_data") and (consent is None or consent.status != "no")

    @property
    def counted(self) -> bool:
        """Whether it stands in counts and frequencies: usable, and no literature."""
        return self.usable and not self.literature

    @property
    def consent(self) -> Consent | None:
        """The newest consent."""
        return _body(self.newest(Consent))

    @property
    def versions(self) -> tuple[Entry[CaseVersion], ...]:
        """Every version of the case document, oldest first; retracted ones are left out."""
        gone = _retracted(self.entries)
        return tuple(e for e in self.entries if isinstance(e.body, CaseVersion) and e.seq not in gone)

    @property
    def case(self) -> Case | None:
        """The case document that stands."""
        found = self.newest(CaseVersion)
        return found.body.case if found else None

    @property
    def histology_before(self) -> str | None:
        """The histology before any NTRK test: as registered, else of the first case version without a test."""
        if self.registration is not None and self.registration.histology_before is not None:
            return self.registration.histology_before
        first = next((v.body.case for v in self.versions), None)
        return first.diagnosis.histology if first is not None and not first.tests else None

    @property
    def answers(self) -> tuple[Entry[Answer], ...]:
        """Answers given, oldest first."""
        return self.of(Answer)

    @property
    def decisions(self) -> tuple[Entry[Decision], ...]:
        """Decisions taken."""
        return self.of(Decision)

    @property
    def screening(self) -> tuple[Entry[Screening], ...]:
        """Steps of screening."""
        return self.of(Screening)

    @property
    def specimens(self) -> tuple[Entry[Specimen], ...]:
        """Tissue."""
        return self.of(Specimen)

    @property
    def stains(self) -> tuple[Entry[Stain], ...]:
        """Raw readouts of stains."""
        return self.of(Stain)

    @property
    def reviews(self) -> tuple[Entry[CentralReview], ...]:
        """Diagnoses at central review."""
        return self.of(CentralReview)

    @property
    def treatments(self) -> tuple[Entry[Treatment], ...]:
        """Drugs."""
        return self.of(Treatment)

    @property
    def surgery(self) -> tuple[Entry[Surgery], ...]:
        """Operations, planned and performed."""
        return self.of(Surgery)

    @property
    def responses(self) -> tuple[Entry[Response], ...]:
        """Assessments of response."""
        return self.of(Response)

    @property
    def adverse_events(self) -> tuple[Entry[AdverseEvent], ...]:
        """Adverse events."""
        return self.of(AdverseEvent)

    @property
    def growth(self) -> tuple[Entry[Growth], ...]:
        """Growth and development."""
        return self.of(Growth)

    @property
    def follow_ups(self) -> tuple[Entry[FollowUp], ...]:
        """Contacts, and the news of death or loss."""
        return self.of(FollowUp)

    @property
    def state(self) -> FollowUp | None:
        """The follow-up that tells what became of the subject: a death, else the one that speaks of the latest day."""
        told = [entry.body for entry in self.follow_ups]
        return max(told, key=_how_late, default=None)

    @property
    def files(self) -> tuple[Entry[CallerFile], ...]:
        """Caller files that are kept."""
        return self.of(CallerFile)

    @property
    def open_queries(self) -> tuple[Entry[Query], ...]:
        """Queries that no reply has closed."""
        closed = {e.body.query for e in self.of(Reply) if e.body.closes}
        return tuple(e for e in self.of(Query) if e.seq not in closed)

    @property
    def waiting(self) -> tuple[Entry[Proposal], ...]:
        """Imported values that differ from what stands and wait for a ruling."""
        ruled = {e.body.proposal for e in self.of(Ruling)}
        return tuple(e for e in self.of(Proposal) if e.seq not in ruled)

    def majority_due(self, on: dt.date) -> bool:
        """Whether a living subject may be of age on a day, with consent at majority neither given nor out of reach."""
        registration, consent, state = self.registration, self.consent, self.state
        if registration is None or registration.birth is None or (state is not None and state.status == "dead"):
            return False
        born = earliest(registration.birth)
        answered = consent is not None and consent.at_majority in ("given", "refused", "lost")
        asked_as_child = consent is not None and consent.by in ("parent", "guardian")
        age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        return asked_as_child and not answered and age >= MAJORITY


def given_anew(consent: Consent, wish: Entry[NoMoreData | NoMoreUse]) -> bool:
    """Return whether a consent was certainly given after a wish: by its own date, not by when it was written down.

    A wish without a date was made by the day on which it was written.
    """
    made = latest(wish.body.date) if wish.body.date else wish.at.date()
    return consent.status == "yes" and consent.date is not None and earliest(consent.date) > made


def subjects(entries: Iterable[Entry[Any]]) -> Iterator[Subject]:
    """Yield every subject of some entries, by site and in the order in which they came into the book.

    Args:
        entries: Of any number of sites, in the order of the book or grouped by subject; those of one subject must be
            complete and in order.
    """
    found: dict[tuple[str, str], list[Entry[Any]]] = {}
    for entry in entries:
        if entry.subject != WHOLE:
            found.setdefault((entry.site, entry.subject), []).append(entry)
    for _, of_subject in sorted(found.items(), key=lambda item: (item[0][0], item[1][0].seq)):
        yield Subject(of_subject)


def grouped(entries: Iterable[Entry[Any]]) -> Iterator[Subject]:
    """Yield every subject of entries that come subject by subject, without holding more than one."""
    for (_, name), of_subject in groupby(entries, key=lambda entry: (entry.site, entry.subject)):
        if name != WHOLE:
            yield Subject(of_subject)


#: Kinds of which only the newest entry stands.
_SINGLE = frozenset({"registration", "case"})


def stands_under(body: Form) -> tuple[str, int | None] | None:
    """Return under what only the newest body stands: its kind, or its kind and number; None where each one stands."""
    kind = kind_of(body)
    if kind in _SINGLE:
        return kind, None
    return None if body.instance is None else (kind, body.instance)


def _standing(entries: tuple[Entry[Any], ...]) -> dict[str, list[Entry[Any]]]:
    gone = _retracted(entries)
    found: dict[str, dict[Any, Entry[Any]]] = {}
    for entry in entries:
        if entry.body is None or entry.seq in gone:
            continue
        same = found.setdefault(kind_of(entry.body), {})
        key = stands_under(entry.body) or entry.seq
        same.pop(key, None)
        same[key] = entry
    return {kind: list(same.values()) for kind, same in found.items()}


def _how_late(told: FollowUp) -> tuple[bool, bool, str, str, str]:
    """Return by what a follow-up goes before others: death, its date, the day it speaks of; never who wrote first."""
    dated = told.death_date is not None
    return told.status == "dead", dated, told.date or "", told.status, told.death_date or ""


def _retracted(entries: tuple[Entry[Any], ...]) -> set[int]:
    return {entry.body.entry for entry in entries if isinstance(entry.body, Retraction)}


def _body(entry: Entry[F] | None) -> F | None:
    return None if entry is None else entry.body
