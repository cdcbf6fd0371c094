"""The recommendation: what the guidance says of one case, each item with its rule and its statements."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec

SCHEMA = "https://ntrkpath.org/schema/recommendation-1.json"


class _Item(msgspec.Struct, frozen=True, gc=False):
    """An item of a recommendation."""


class Guideline(_Item, frozen=True, gc=False):
    """The edition that answered, and the SHA-256 of its files."""

    id: str
    version: str
    sha256: str


class Action(_Item, frozen=True, gc=False):
    """What to do next; ``strength`` is ``recommended``, ``consider`` or ``may``."""

    action: str
    strength: str
    text: str
    reason: str
    rule: str
    statements: tuple[str, ...]
    fidelity: str
    note: str


class Caution(_Item, frozen=True, gc=False):
    """A warning that the case raises."""

    text: str
    rule: str
    statements: tuple[str, ...]
    fidelity: str


class Missing(_Item, frozen=True, gc=False):
    """A fact that is unknown and could change the actions, alone or together with other unknown ones."""

    fact: str
    question: str
    could_change: tuple[str, ...]


class Reading(_Item, frozen=True, gc=False):
    """What one readout, or all of them together, say. ``test`` is the position in ``tests`` of the case, from 1."""

    readout: str
    call: str
    text: str
    rule: str
    statements: tuple[str, ...]
    fidelity: str
    test: int | None = None
    fusion: str | None = None


class Label(_Item, frozen=True, gc=False):
    """One drug at one agency on the ``as_of`` date: ``within_label``, ``outside_label`` or ``cannot_tell``."""

    drug: str
    agency: str
    status: str
    reasons: tuple[str, ...]
    label: str
    label_date: dt.date
    text: str
    source: str
    in_paper: bool


class Step(_Item, frozen=True, gc=False):
    """One row that held: the facts it tests (their levels stand in ``facts`` of the recommendation), what it set."""

    table: str
    rule: str
    reads: tuple[str, ...]
    sets: dict[str, str]


class HistologyAnswer(_Item, frozen=True, gc=False):
    """How the histology was read."""

    text: str
    id: str
    name: str
    group: str
    how: str


class Recommendation(msgspec.Struct, frozen=True, gc=False):
    """The whole answer for one case.

    Args:
        tier: By histology and drivers: ``+++``, ``++``, ``+``, ``undetermined``, ``out_of_scope``.
        priority: The stage gate applied to the tier: the same values, or ``not_routine``.
        labels_known_to: The newest label date of the edition; labels after it are not known.
        probability: Probability of a productive fusion, where the evidence layer gives one.
        facts: The level of every fact of the case.
    """

    schema: str
    case_id: str
    guideline: Guideline
    as_of: dt.date
    labels_known_to: dt.date
    histology: HistologyAnswer
    tier: str
    tier_reason: str
    priority: str
    priority_reason: str
    actions: tuple[Action, ...]
    cautions: tuple[Caution, ...]
    missing: tuple[Missing, ...]
    interpretation: tuple[Reading, ...]
    therapy: tuple[Label, ...]
    probability: dict[str, Any] | None
    facts: dict[str, str]
    trace: tuple[Step, ...]
    intended_use: str


TierLevel = Literal["+++", "++", "+", "undetermined", "out_of_scope"]
