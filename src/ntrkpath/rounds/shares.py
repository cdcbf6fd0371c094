"""Counts and shares of a group of results with exact intervals; what stands beside the wrong is never within it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

import msgspec

from ntrkpath.evidence.proportions import Interval, clopper_pearson
from ntrkpath.rounds.knowledge import knowledge
from ntrkpath.rounds.result import Result

#: Outcomes that stand beside right and wrong, in the order shown.
BESIDE = ("out_of_design", "inconclusive", "failed", "not_tested", "unreadable")


@cache
def counts_as() -> dict[str, str]:
    """Return how each outcome counts: ``right``, ``wrong``, ``beside`` or ``none``."""
    return {entry["id"]: entry["counts"] for entry in knowledge("wording")["outcomes"]}


class Ratio(msgspec.Struct, frozen=True):
    """A count of a total with its exact interval; ``interval`` is ``None`` where nothing was counted."""

    count: int
    of: int
    interval: Interval | None

    @property
    def share(self) -> float | None:
        """The share, or ``None``."""
        return self.count / self.of if self.of else None


@lru_cache(maxsize=8192)
def ratio(count: int, of: int) -> Ratio:
    """Return a ratio with its exact interval."""
    return Ratio(count, of, clopper_pearson(count, of) if of else None)


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """The results of a group.

    Args:
        by: What it is a group of; ``name`` which one.
        clear: Right of right and wrong: the share that counts.
        with_design: The same with what lies outside the design of the assay in the denominator.
        inconclusive_wrong: The same as ``clear`` with inconclusive results counted as wrong.
        inconclusive_right: The same with inconclusive results counted as right.
        beside: Results beside right and wrong, by outcome.
    """

    by: str
    name: str
    right: int
    wrong: int
    beside: dict[str, int]
    clear: Ratio
    with_design: Ratio
    inconclusive_wrong: Ratio
    inconclusive_right: Ratio


def tally(results: Iterable[Result], by: str, name: str) -> Tally:
    """Return the counts and shares of results."""
    outcomes = Counter(one.outcome for one in results)
    return tally_of(outcomes, by, name)


def tally_of(outcomes: Counter[str], by: str, name: str) -> Tally:
    """Return the shares of counted outcomes."""
    kinds = counts_as()
    right = sum(count for outcome, count in outcomes.items() if kinds[outcome] == "right")
    wrong = sum(count for outcome, count in outcomes.items() if kinds[outcome] == "wrong")
    beside = {outcome: outcomes.get(outcome, 0) for outcome in BESIDE}
    unsure = beside["inconclusive"]
    return Tally(
        by=by,
        name=name,
        right=right,
        wrong=wrong,
        beside=beside,
        clear=ratio(right, right + wrong),
        with_design=ratio(right, right + wrong + beside["out_of_design"]),
        inconclusive_wrong=ratio(right, right + wrong + unsure),
        inconclusive_right=ratio(right + unsure, right + wrong + unsure),
    )


def tallies(results: Iterable[Result], by: str, group: Callable[[Result], str | None]) -> tuple[Tally, ...]:
    """Return one tally a group, in order of appearance; a result whose group is ``None`` is left out."""
    found: dict[str, Counter[str]] = {}
    for one in results:
        name = group(one)
        if name is not None:
            counts = found.get(name)
            if counts is None:
                counts = found[name] = Counter()
            counts[one.outcome] += 1
    return tuple(tally_of(outcomes, by, name) for name, outcomes in found.items())


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """Sensitivity or specificity of a kind of assay over the round.

    Args:
        clear: Inconclusive results left out, and events outside the design too.
        with_design: Events outside the design counted as not found (sensitivity only differs).
        inconclusive_positive: Inconclusive results counted as positive; ``inconclusive_negative`` as negative.
    """

    method: str
    kind: str
    clear: Ratio
    with_design: Ratio
    inconclusive_positive: Ratio
    inconclusive_negative: Ratio


def accuracies(results: Iterable[Result]) -> tuple[Accuracy, ...]:
    """Return sensitivity and specificity of each method that has counted results of the kind."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for one in results:
        if one.expected in ("positive", "negative"):
            found.setdefault((one.method, one.expected), Counter())[one.outcome] += 1
    return tuple(
        accuracy_of(outcomes, method, "sensitivity" if expected == "positive" else "specificity")
        for (method, expected), outcomes in sorted(
            found.items(), key=lambda item: (item[0][0], item[0][1] == "negative")
        )
    )


def accuracy_of(outcomes: Counter[str], method: str, kind: str) -> Accuracy:
    """Return the accuracy from counted outcomes of samples that are all positive, or all negative."""
    whole = tally_of(outcomes, "method", method)
    unsure = whole.beside["inconclusive"]
    of = whole.right + whole.wrong + unsure
    as_right, as_wrong = ratio(whole.right + unsure, of), ratio(whole.right, of)
    sensitive = kind == "sensitivity"
    return Accuracy(
        method=method,
        kind=kind,
        clear=whole.clear,
        with_design=whole.with_design,
        inconclusive_positive=as_right if sensitive else as_wrong,
        inconclusive_negative=as_wrong if sensitive else as_right,
    )
