"""A round scored: every result with its worth and cause, the numbers over it, and what each laboratory earned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import msgspec

from ntrkpath.model.numbers import percent
from ntrkpath.rounds.agreement import Agreement, agreement
from ntrkpath.rounds.change import Change, changes
from ntrkpath.rounds.consensus import Agreed
from ntrkpath.rounds.description import Appeal, Round
from ntrkpath.rounds.design import Designs
from ntrkpath.rounds.effects import Effects, effects
from ntrkpath.rounds.folder import Assay, Folder, read_folder
from ntrkpath.rounds.funnel import Place, Scored, funnel
from ntrkpath.rounds.pass_marks import Operating, characteristics, needed_of
from ntrkpath.rounds.result import Result
from ntrkpath.rounds.results import gather, judged_results
from ntrkpath.rounds.scoring import Mark, Rule, load_rule, marks
from ntrkpath.rounds.shares import Accuracy, Tally, accuracies, counts_as, ratio, tallies
from ntrkpath.rounds.sheet import Fault
from ntrkpath.rounds.truth import Truth


class Turnaround(msgspec.Struct, frozen=True):
    """Days from arrival to report of an assay, where both are stated; ``late``: reports after the deadline."""

    laboratory: str
    assay: str
    stated: int
    median: float
    shortest: int
    longest: int
    late: int


class CauseCount(msgspec.Struct, frozen=True):
    """How often a cause was met, and how sure each time."""

    cause: str
    method: str
    count: int
    by_certainty: dict[str, int]


class Repeat(msgspec.Struct, frozen=True):
    """A blinded repeat: laboratories (by assay) that gave the same answer twice, of those that answered both."""

    sample: str
    of: str
    method: str
    alike: int
    both: int
    differing: tuple[str, ...]


class Review(msgspec.Struct, frozen=True):
    """A sample with so many discordant results that it is to be looked at again."""

    sample: str
    wrong: int
    of: int
    withdrawn: bool


class ByMethod(msgspec.Struct, frozen=True):
    """Agreement of the laboratories by one kind of assay, on calls alone (positive or negative)."""

    method: str
    laboratories: int
    agreement: Agreement


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A scored round; every part is typed, and every number can be followed to ``results``."""

    round: Round
    rule: Rule
    assays: tuple[Assay, ...]
    designs: Designs
    truths: dict[str, Truth]
    results: tuple[Result, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    silent: tuple[str, ...]
    tallies: tuple[Tally, ...]
    accuracies: tuple[Accuracy, ...]
    agreement: tuple[ByMethod, ...]
    consensus: tuple[Agreed, ...]
    causes: tuple[CauseCount, ...]
    places: tuple[Place, ...]
    marks: tuple[Mark, ...]
    operating: tuple[Operating, ...]
    turnaround: tuple[Turnaround, ...]
    repeats: tuple[Repeat, ...]
    review: tuple[Review, ...]
    effects: Effects
    changes: tuple[Change, ...] = ()
    before: str = ""

    @property
    def appeals(self) -> list[Appeal]:
        """The appeals of the round."""
        return self.round.appeals

    @property
    def laboratories(self) -> tuple[str, ...]:
        """The laboratories, in the order of their table."""
        return tuple(dict.fromkeys(assay.laboratory for assay in self.assays))

    def of(self, laboratory: str) -> tuple[Result, ...]:
        """Return the results of a laboratory."""
        return tuple(one for one in self.results if one.laboratory == laboratory)


def score(path: Path, before: Path | None = None) -> Score:
    """Score the round in a folder.

    Args:
        path: The folder.
        before: The folder of an earlier round, for the change since.

    Raises:
        RoundError: The round, its laboratories or its rule cannot be read; faults of sheets do not raise.
    """
    found = score_folder(read_folder(path))
    if before is None:
        return found
    earlier = score_folder(read_folder(before))
    return msgspec.structs.replace(found, changes=changes(earlier.results, found.results), before=earlier.round.title)


def score_folder(folder: Folder) -> Score:
    """Score a round that was read.

    Raises:
        RoundError: The scoring rule or the reference of a sample cannot be read.
    """
    rule = load_rule(folder.round.scoring, folder.path)
    told = gather(folder)
    results, values, known = judged_results(folder, told)
    kinds = counts_as()
    counted = [one for one in results if kinds[one.outcome] in ("right", "wrong")]
    earned = marks(rule, results)
    notes = [*folder.notes, *(note for one in folder.submissions for note in one.sheet.notes)]
    return Score(
        round=folder.round,
        rule=rule,
        assays=folder.assays,
        designs=folder.designs,
        truths=known,
        results=results,
        faults=told.faults,
        notes=tuple(notes),
        silent=told.silent,
        tallies=_tallies(results),
        accuracies=accuracies(results),
        agreement=_agreement(results),
        consensus=values,
        causes=_causes(results),
        places=funnel(
            Scored(one.laboratory, (one.sample, one.method), kinds[one.outcome] == "right") for one in counted
        ),
        marks=earned,
        operating=_operating(rule, earned),
        turnaround=_turnaround(results, folder.round),
        repeats=_repeats(results, folder.round),
        review=_review(results, rule, known),
        effects=effects((one.laboratory, one.sample, kinds[one.outcome] == "right") for one in counted),
    )


def _tallies(results: Sequence[Result]) -> tuple[Tally, ...]:
    return (
        *tallies(results, "round", lambda _: "all"),
        *tallies(results, "method", lambda one: one.method),
        *tallies(results, "panel", lambda one: f"{one.panel} ({one.method})" if one.panel != one.method else one.panel),
        *tallies(results, "gene", lambda one: one.gene if one.expected == "positive" else None),
        *tallies(results, "partner", lambda one: one.partner if one.expected == "positive" else None),
        *tallies(results, "sample", lambda one: one.sample),
        *tallies(results, "laboratory", lambda one: one.laboratory),
    )


def _agreement(results: Sequence[Result]) -> tuple[ByMethod, ...]:
    found = []
    for method in dict.fromkeys(one.method for one in results):
        by_sample: dict[str, list[str]] = {}
        names = set()
        for one in results:
            if one.method == method and one.call in ("positive", "negative", "not_productive"):
                names.add((one.laboratory, one.assay))
                call = "positive" if one.call == "positive" and one.event_named != "no_ntrk" else "negative"
                by_sample.setdefault(one.sample, []).append(call)
        if by_sample:
            found.append(ByMethod(method, len(names), agreement(by_sample.values())))
    return tuple(found)


def _causes(results: Sequence[Result]) -> tuple[CauseCount, ...]:
    found: dict[tuple[str, str], Counter[str]] = {}
    kinds = counts_as()
    for one in results:
        if one.cause is not None and (kinds[one.outcome] != "right" or one.faults):
            found.setdefault((one.cause.id, one.method), Counter())[one.cause.certainty] += 1
    counts = [CauseCount(*key, sum(held.values()), dict(held)) for key, held in found.items()]
    return tuple(sorted(counts, key=lambda one: (-one.count, one.cause, one.method)))


def _operating(rule: Rule, earned: Sequence[Mark]) -> tuple[Operating, ...]:
    """Return what the mark does with the number of samples that most assays had counted."""
    if rule.pass_ is None or not earned:
        return ()
    most = Counter(mark.counted for mark in earned if mark.counted).most_common(1)
    if not most:
        return ()
    of = most[0][0]
    share = rule.pass_.share_with.get(of, rule.pass_.share_at_least) or (1.0 if rule.wrong_is_critical else None)
    return characteristics(needed_of(of, share), of) if share is not None else ()


def _turnaround(results: Sequence[Result], described: Round) -> tuple[Turnaround, ...]:
    groups: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        if one.days is not None or one.reported is not None:
            groups.setdefault((one.laboratory, one.assay), []).append(one)
    found = []
    for key, group in groups.items():
        days = [one.days for one in group if one.days is not None]
        end = described.deadline
        late = sum(1 for one in group if end is not None and one.reported is not None and one.reported > end)
        if days:
            found.append(Turnaround(*key, len(days), float(median(days)), min(days), max(days), late))
    return tuple(found)


def _repeats(results: Sequence[Result], described: Round) -> tuple[Repeat, ...]:
    by_key = {one.key: one for one in results}
    found = []
    for sample in described.samples:
        if sample.repeat_of is None or sample.withdrawn is not None:
            continue
        for method in described.assays:
            alike = both = 0
            differing = []
            for one in results:
                other = by_key.get((one.laboratory, one.assay, sample.repeat_of))
                calls = one.call, other.call if other is not None else ""
                if one.sample != sample.id or one.method != method or not set(calls) <= {"positive", "negative"}:
                    continue
                both += 1
                if calls[0] == calls[1]:
                    alike += 1
                else:
                    differing.append(one.laboratory)
            if both:
                found.append(Repeat(sample.id, sample.repeat_of, method, alike, both, tuple(differing)))
    return tuple(found)


def _review(results: Sequence[Result], rule: Rule, known: dict[str, Truth]) -> tuple[Review, ...]:
    if rule.review_sample_at is None:
        return ()
    found = []
    for one in tallies(results, "sample", lambda r: r.sample):
        of = one.right + one.wrong
        if of and one.wrong / of >= rule.review_sample_at:
            found.append(Review(one.name, one.wrong, of, known[one.name].sample.withdrawn is not None))
    return tuple(found)


def homogeneous(alike: int, tested: int) -> str:
    """Return a check of homogeneity or stability in words, with its exact interval."""
    found = ratio(alike, tested)
    assert found.interval is not None
    return f"{alike} of {tested} alike (at least {percent(found.interval.low)})"
