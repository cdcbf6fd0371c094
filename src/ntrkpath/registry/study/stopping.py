"""Stopping rules: where the figures of an interim stand; the study is stopped by people, never by a rule."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.registry.study.accuracy import Accuracy
from ntrkpath.registry.study.frequency import Frequency
from ntrkpath.registry.study.protocol import Protocol


class Stopping(msgspec.Struct, frozen=True):
    """One rule: the figure now (``None`` where it cannot be estimated), and whether the rule holds."""

    id: str
    says: str
    figure: float | None
    limit: float
    holds: bool


def stopping(protocol: Protocol, overall: Accuracy, frequency: Sequence[Frequency]) -> tuple[Stopping, ...]:
    """Return where each stopping rule stands; a figure that cannot be estimated never stops a study."""
    every = frequency[0]
    reckoned, sensitivity = every.reckoned.interval, overall.sensitivity.interval
    figures: dict[str, float | None] = {
        "results": float(every.stained),
        "fusions": float(every.found.count),
        "frequency_width": reckoned.high - reckoned.low if reckoned else None,
        "sensitivity_high": sensitivity.high if sensitivity else None,
        "sensitivity_low": sensitivity.low if sensitivity else None,
    }
    found = []
    for rule in protocol.stopping:
        figure = figures[rule.when]
        limit = rule.at_least if rule.at_least is not None else rule.at_most
        assert limit is not None
        holds = figure is not None and (figure >= limit if rule.at_least is not None else figure <= limit)
        found.append(Stopping(rule.id, rule.says, figure, limit, holds))
    return tuple(found)
