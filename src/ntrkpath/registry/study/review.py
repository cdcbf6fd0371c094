"""Central pathology review, blinded to every NTRK result: who is sent, what the reader sees, and how they agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.registry.study.draw import place, taken
from ntrkpath.registry.study.participants import Participant
from ntrkpath.registry.study.protocol import Protocol
from ntrkpath.rounds.agreement import Agreement, agreement
from ntrkpath.rounds.shares import Ratio, ratio


class ToReview(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader is given of one tumour: all of it known before any NTRK test, and nothing since."""

    site: str
    id: str
    histology: str
    age: str
    sex: str
    body_site: str
    markers: dict[str, str]


class ReviewAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """Central review against the diagnosis before the test, and readers against each other.

    Args:
        same: Tumours whose diagnosis every blinded reader left as it was, of those reviewed.
        unblinded: Reviews that say they were not blinded, or do not say; they are in no figure.
        readers: Agreement of readers on the entity, over tumours that two or more of them read.
        unread: Revised diagnoses that the vocabulary does not know; they stand by their words.
    """

    same: Ratio
    unblinded: int
    readers: Agreement
    unread: int


def to_review(participants: Iterable[Participant], protocol: Protocol) -> tuple[ToReview, ...]:
    """Return the tumours to be reviewed, in an order that says nothing of their results.

    All with a positive stain or a fusion stand among a drawn share of the others.
    """
    chosen = [one for one in participants if _chosen(one, protocol) and not _reviewed(one)]
    key = protocol.negatives.key
    chosen.sort(key=lambda one: place(key, "order of review", one.site, one.id))
    return tuple(_shown(one) for one in chosen)


def _chosen(one: Participant, protocol: Protocol) -> bool:
    if one.subject.status != "active" or one.stain == "not_done":
        return False
    if one.stain == "positive" or one.sequence == "fusion":
        return True
    return taken(protocol.negatives.key, "review", one.site, one.id, protocol.review.others)


def _reviewed(one: Participant) -> bool:
    return any(e.body.outcome != "not_done" and e.body.blinded == "yes" for e in one.subject.reviews)


def _shown(one: Participant) -> ToReview:
    early = one.early
    return ToReview(
        site=one.site,
        id=one.id,
        histology=early.diagnosis.histology if early else "",
        age=str(early.patient.age) if early and early.patient.age is not None else "",
        sex=str(early.patient.sex or "") if early else "",
        body_site=(early.diagnosis.site or "") if early else "",
        markers=_markers(early.diagnosis.immunoprofile) if early else {},
    )


def _markers(profile: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in profile.items() if "TRK" not in name.upper()}


def review_agreement(participants: Iterable[Participant], edition: Edition) -> ReviewAgreement:
    """Return how central review and the diagnosis before the test agree, and readers among themselves."""
    same = reviewed = unblinded = 0
    unread: list[str] = []
    ratings: list[Sequence[str]] = []
    for one in participants:
        done = [entry.body for entry in one.subject.reviews if entry.body.outcome != "not_done"]
        blinded = [body for body in done if body.blinded == "yes"]
        unblinded += len(done) - len(blinded)
        if not blinded:
            continue
        reviewed += 1
        same += all(body.outcome == "same" for body in blinded)
        rated = {
            body.reader: one.histology if body.outcome == "same" else _entity(body.revised_histology, edition, unread)
            for body in blinded
        }
        ratings.append([value for _, value in sorted(rated.items())])
    return ReviewAgreement(
        same=ratio(same, reviewed), unblinded=unblinded, readers=agreement(ratings), unread=len(unread)
    )


def _entity(text: str | None, edition: Edition, unread: list[str]) -> str:
    found = edition.vocabulary.resolve(text or "").histology
    if found is not None:
        return found.id
    unread.append(text or "")
    return (text or "not stated").casefold()
