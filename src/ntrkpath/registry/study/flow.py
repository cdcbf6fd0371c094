"""The attrition flow: how many came to each step, and where the others are, so that every one stands in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from ntrkpath.registry.study.participants import ENDED, Participant


class FlowStage(msgspec.Struct, frozen=True):
    """A stage: how many reached it, and why those of the stage before did not, each counted once."""

    id: str
    label: str
    count: int
    leaves: dict[str, int]


class Flow(msgspec.Struct, frozen=True):
    """From screened to returned; ``negatives`` is the arm of stained negatives, from the stain on.

    In each, the count of a stage and what left before it add up to the stage before.
    """

    main: tuple[FlowStage, ...]
    negatives: tuple[FlowStage, ...]


Test = Callable[[Participant], bool]


def flow(participants: Iterable[Participant]) -> Flow:
    """Return the attrition flow of the participants."""
    given = list(participants)
    main = _stages(given, _MAIN)
    negatives = [one for one in given if _enrolled(one) and one.stain == "negative"]
    return Flow(main, _stages(negatives, _NEGATIVES))


def _stages(people: Sequence[Participant], stages: Sequence[tuple[str, str, Test]]) -> tuple[FlowStage, ...]:
    found = []
    here = list(people)
    for ident, label, reached in stages:
        there = [one for one in here if reached(one)]
        gone = Counter(_why(one, ident) for one in here if not reached(one))
        found.append(FlowStage(ident, label, len(there), dict(sorted(gone.items()))))
        here = there
    return tuple(found)


def _enrolled(one: Participant) -> bool:
    """Whether it is in: a step says so, or a later one could not have been taken without."""
    return not one.ended and (
        one.stain != "not_done" or one.sequence != "not_done" or bool(set(one.steps) - {"screened"})
    )


def _everyone(_: Participant) -> bool:
    return True


def _tested(one: Participant) -> bool:
    return one.sequence != "not_done"


_MAIN: tuple[tuple[str, str, Test], ...] = (
    ("screened", "Screened", _everyone),
    ("enrolled", "Enrolled", _enrolled),
    ("stained", "Stained", lambda one: one.stain != "not_done" or "stained" in one.steps),
    ("read", "Stain read", lambda one: one.stain in ("positive", "negative")),
    ("positive", "Stain positive", lambda one: one.stain == "positive"),
    ("sequenced", "Sequenced", _tested),
    ("result", "With a result", lambda one: one.conclusive),
    ("fusion", "NTRK fusion", lambda one: one.sequence == "fusion"),
    ("returned", "Returned to the clinic", lambda one: "returned" in one.steps),
)
_NEGATIVES: tuple[tuple[str, str, Test], ...] = (
    ("negative", "Stain negative", _everyone),
    ("drawn", "Drawn to be sequenced", lambda one: one.drawn),
    ("sequenced", "Sequenced", _tested),
    ("result", "With a result", lambda one: one.conclusive),
    ("fusion", "NTRK fusion: missed by the stain", lambda one: one.sequence == "fusion"),
)


_NO_RESULT = {"rna_failed": "RNA failed", "failed": "sequencing failed"}


def _why(one: Participant, stage: str) -> str:
    """Return why one did not reach a stage."""
    status = one.subject.status
    if stage == "enrolled":
        return next((step for step in ENDED if step in one.steps), "not enrolled yet")
    if stage == "positive":
        return "stain negative"
    if stage == "drawn":
        return "not drawn"
    if stage == "fusion":
        return "no NTRK fusion"
    if stage == "read" and one.stain == "not_readable":
        return "stain cannot be read"
    if stage == "result":
        return _NO_RESULT.get(one.sequence, "the result leaves it open")
    if one.fault:
        return "the case cannot be read"
    if stage == "stained" and one.conclusive:
        return "sequenced without a stain"
    if status == "no_more_data":
        return "no more data wanted"
    if one.exhausted and stage in ("stained", "read", "sequenced"):
        return "tissue exhausted"
    return "waiting"
