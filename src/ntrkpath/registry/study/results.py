"""All results of a study at one time, from its participants; whoever shows them reckons nothing again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.registry.attached import FileOf, none_kept
from ntrkpath.registry.study.accuracy import Accuracy, accuracy, by_trait
from ntrkpath.registry.study.children import Children, children
from ntrkpath.registry.study.correlation import Correlations, correlations
from ntrkpath.registry.study.drivers import OtherDrivers, other_drivers_beside
from ntrkpath.registry.study.flow import Flow, flow
from ntrkpath.registry.study.frequency import Frequency, frequencies
from ntrkpath.registry.study.material import Material, material
from ntrkpath.registry.study.participants import Gathered, Participant, gathered
from ntrkpath.registry.study.protocol import Protocol
from ntrkpath.registry.study.review import ReviewAgreement, review_agreement
from ntrkpath.registry.study.safety import Safety, safety
from ntrkpath.registry.study.stopping import Stopping, stopping
from ntrkpath.registry.study.treatment import Treated, treated
from ntrkpath.registry.study.turnaround import Turnaround, turnarounds
from ntrkpath.registry.subjects import Subject

SCHEMA = "https://ntrkpath.org/schema/study-results-1.json"


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """What a study has found by a date.

    Args:
        left_out: Subjects of the book that are no participants, by the reason.
        cut: Entries and tests that are dated after the day; they are in nothing.
        faults: Participants whose case cannot be read; they count as not tested.
        without_stain: Participants sequenced with a result but without a readable stain, and those of them with a
            fusion; they are in no frequency and no accuracy, since why they were sequenced is not known.
    """

    schema: str
    protocol: str
    version: str
    title: str
    edition: str
    edition_sha256: str
    as_of: dt.date
    sites: dict[str, int]
    participants: int
    left_out: dict[str, int]
    cut: int
    faults: int
    without_stain: tuple[int, int]
    flow: Flow
    material: Material
    turnaround: tuple[Turnaround, ...]
    accuracy: Accuracy
    by_clone: tuple[Accuracy, ...]
    by_staining: tuple[Accuracy, ...]
    frequency: tuple[Frequency, ...]
    correlations: tuple[Correlations, ...]
    other_drivers: OtherDrivers
    treated: Treated
    safety: Safety
    children: Children
    review: ReviewAgreement
    stopping: tuple[Stopping, ...]


def results(
    subjects: Iterable[Subject], protocol: Protocol, edition: Edition, as_of: dt.date, file_of: FileOf = none_kept
) -> Results:
    """Return the results of a study over the subjects of a book; their order changes nothing."""
    return results_of(gathered(subjects, protocol, edition, as_of, file_of), protocol, edition, as_of)


def results_of(found: Gathered, protocol: Protocol, edition: Edition, as_of: dt.date) -> Results:
    """Return the results of participants that were gathered on that day."""
    given = found.participants
    bare = [one for one in given if one.conclusive and one.stain not in ("positive", "negative")]
    overall, frequency = accuracy(given, protocol), frequencies(given, protocol)
    return Results(
        schema=SCHEMA,
        protocol=protocol.id,
        version=protocol.version,
        title=protocol.title,
        edition=edition.id,
        edition_sha256=edition.sha256,
        as_of=as_of,
        sites={site: sum(one.site == site for one in given) for site in sorted({one.site for one in given})},
        participants=len(given),
        left_out=found.left_out,
        cut=found.cut,
        faults=sum(bool(one.fault) for one in given),
        without_stain=(len(bare), sum(one.sequence == "fusion" for one in bare)),
        flow=flow(given),
        material=material(given),
        turnaround=turnarounds(given, protocol, as_of),
        accuracy=overall,
        by_clone=by_trait(given, protocol, lambda one: one.traits.get("clone")),
        by_staining=by_trait(given, protocol, _staining),
        frequency=frequency,
        correlations=correlations(given),
        other_drivers=other_drivers_beside(given, edition),
        treated=treated(given, edition),
        safety=safety(given, edition),
        children=children(given),
        review=review_agreement(given, edition),
        stopping=stopping(protocol, overall, frequency),
    )


def _staining(one: Participant) -> str | None:
    """Return the protocol of staining where it is stated and one only."""
    named = {
        " ".join(filter(None, (entry.body.platform, entry.body.protocol, entry.body.dilution)))
        for entry in one.subject.stains
    } - {""}
    return named.pop() if len(named) == 1 else None
