"""One result of a round as scored: what was reported, what it is worth, and why it differs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from ntrkpath.rounds.causes import Cause
from ntrkpath.rounds.sight import Sight


class Result(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A sample tested by one assay of one laboratory.

    Args:
        panel: Panel, clone or probe: what peers are compared by.
        reference: What the sample holds, in words; ``gene`` and ``partner`` of its event.
        named: The events as the laboratory wrote them; ``event_named`` what they are to the reference, and why.
        before_appeal: The outcome before an appeal was upheld.
        rules: Rows of the decision tables that decided.
    """

    laboratory: str
    assay: str
    method: str
    panel: str
    sample: str
    reference: str
    gene: str | None
    partner: str | None
    expected: str
    call: str
    call_why: str
    named: str
    event_named: str
    named_why: str
    sight: Sight | None
    outcome: str
    says: str
    faults: tuple[str, ...]
    critical: tuple[str, ...]
    cause: Cause | None
    rules: tuple[str, ...]
    days: int | None
    reported: dt.date | None
    before_appeal: str | None = None
    readouts: dict[str, Any] = {}

    @property
    def key(self) -> tuple[str, str, str]:
        """Laboratory, assay, sample."""
        return self.laboratory, self.assay, self.sample
