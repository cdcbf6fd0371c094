"""Every result of a round: sheets put together by laboratory, assay and sample, judged, explained, appeals applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ntrkpath.rounds.causes import cause_of
from ntrkpath.rounds.consensus import Agreed, agreed
from ntrkpath.rounds.description import Appeal
from ntrkpath.rounds.folder import Assay, Folder, Submission
from ntrkpath.rounds.judging import Judged, judge, sight_of
from ntrkpath.rounds.reported import NOT_SENT, Reported, put_together
from ntrkpath.rounds.result import Result
from ntrkpath.rounds.shares import counts_as
from ntrkpath.rounds.sheet import Fault, Line
from ntrkpath.rounds.sight import Sight
from ntrkpath.rounds.truth import Truth, truths

_SWAPPED = frozenset({"missed", "false_positive", "wrong_event"})


class Told(msgspec.Struct, frozen=True):
    """What every assay reports of every sample, and the faults of the sheets."""

    reported: dict[tuple[str, str], dict[str, Reported]]
    faults: tuple[Fault, ...]
    silent: tuple[str, ...]


def gather(folder: Folder) -> Told:
    """Return what the laboratories report; rows of unknown samples, assays or laboratories are faults."""
    by_laboratory: dict[str, dict[str, Assay]] = {}
    for assay in folder.assays:
        by_laboratory.setdefault(assay.laboratory, {})[assay.assay] = assay
    accepted = set(folder.round.assays)
    samples = {sample.id for sample in folder.round.samples}
    found: dict[tuple[str, str], dict[str, Reported]] = {
        assay.key: {} for assay in folder.assays if assay.method in accepted
    }
    faults = list(folder.faults)
    sent = set()
    for submission in folder.submissions:
        own = by_laboratory.get(submission.laboratory)
        if own is None:
            where = submission.sheet.name
            faults.append(Fault(where, f"no laboratory {submission.laboratory} in the table of laboratories"))
            continue
        if submission.laboratory in sent:
            faults.append(Fault(submission.sheet.name, f"a second sheet of {submission.laboratory}; not read"))
            continue
        sent.add(submission.laboratory)
        faults += sorted(_one(submission, own, samples, found), key=_line)
    return Told(found, tuple(faults), tuple(name for name in by_laboratory if name not in sent))


def _line(fault: Fault) -> int:
    line = fault.where.rpartition(":")[2]
    return int(line) if line.isdigit() else 0


def _one(
    submission: Submission, own: Mapping[str, Assay], samples: set[str],
    found: dict[tuple[str, str], dict[str, Reported]],
) -> list[Fault]:  # fmt: skip
    sheet = submission.sheet
    faults = list(sheet.faults)
    broken = {
        (fault.keys["assay"], fault.keys["sample"]): fault.text
        for fault in sheet.faults
        if fault.keys.get("assay") in own and fault.keys.get("sample") in samples
    }
    rows: dict[tuple[str, str], list[Line]] = {}
    for line in sheet.lines:
        assay, sample = line.values["assay"], line.values["sample"]
        where = f"{sheet.name}:{line.line}"
        if assay not in own:
            faults.append(Fault(where, f"assay {assay!r} is not in the table of laboratories: {', '.join(own)}"))
        elif sample not in samples:
            faults.append(Fault(where, f"sample {sample!r} is not in this round"))
        else:
            seen = rows.setdefault((assay, sample), [])
            if any(line.values == other.values for other in seen):
                faults.append(Fault(where, f"stands twice (sample {sample}, assay {assay}); counted once"))
            else:
                seen.append(line)
    for key in {**rows, **broken}:
        assay, sample = key
        place = found.get((submission.laboratory, assay))
        if place is None:
            continue
        if key in broken:
            place[sample] = Reported(call="unreadable", why=broken[key])
            continue
        place[sample] = told = put_together(rows[key], sample, own[assay], submission.files)
        if told.call == "unreadable" or told.bad_names:
            why = told.why or "; ".join(why for _, why in told.bad_names)
            faults.append(Fault(f"{sheet.name}:{rows[key][0].line}", f"sample {sample}, assay {assay}: {why}"))
    return faults


def judged_results(folder: Folder, told: Told) -> tuple[tuple[Result, ...], tuple[Agreed, ...], dict[str, Truth]]:
    """Return every result, the consensus of samples without a reference, and the samples as judged.

    Raises:
        RoundError: The reference event of a sample cannot be read.
    """
    known = truths(folder.round)
    values = _consensus(folder, told, known)
    appeals = {
        (appeal.laboratory, appeal.assay, appeal.sample): appeal
        for appeal in folder.round.appeals
        if appeal.decision == "upheld"
    }
    sights: dict[tuple[object, ...], Sight | None] = {}
    found: list[Result] = []
    for assay in folder.assays:
        if assay.key not in told.reported:
            continue
        own: list[tuple[Truth, Reported, Judged]] = []
        for truth in known.values():
            design = assay.method, assay.panel, assay.genes, assay.targets, truth.id
            if design not in sights:
                sights[design] = sight_of(truth, assay, folder.designs)
            reported = told.reported[assay.key].get(truth.id, NOT_SENT)
            own.append((truth, reported, judge(truth, assay, reported, sights[design])))
        swaps = _swaps(own, assay)
        found += [
            _result(truth, assay, reported, judged, swaps.get(truth.id), appeals.get((*assay.key, truth.id)))
            for truth, reported, judged in own
        ]
    return tuple(found), values, known


def _consensus(folder: Folder, told: Told, known: dict[str, Truth]) -> tuple[Agreed, ...]:
    found = []
    for ident, truth in known.items():
        if truth.sample.reference.status != "none" or truth.sample.withdrawn is not None:
            continue
        for method in folder.round.assays:
            if method in truth.sample.expected:
                continue
            keys = [assay.key for assay in folder.assays if assay.method == method]
            calls = [_call(told.reported[key][ident]) for key in keys if ident in told.reported.get(key, {})]
            if calls:
                value = agreed(ident, method, calls, folder.round.consensus)
                found.append(value)
                if value.call is not None:
                    known[ident] = msgspec.structs.replace(
                        known[ident], consensus={**known[ident].consensus, method: value.call}
                    )
    return tuple(found)


def _call(told: Reported) -> str:
    """Return a call on NTRK: a fusion of other genes alone, or an event called not productive, is none."""
    other = told.call == "positive" and told.events and all(event.ntrk is None for event in told.events)
    return "negative" if told.call == "not_productive" or other else told.call


def _swaps(own: Sequence[tuple[Truth, Reported, Judged]], assay: Assay) -> dict[str, tuple[str, str]]:
    """Return pairs of samples with which exchanged an assay would be right in both, by each of the two samples.

    Only a pair that stands alone is named: where a result could be exchanged with several others nothing is said.
    """
    wrong = [one for one in own if one[2].outcome in _SWAPPED]
    if not 2 <= len(wrong) <= 12:
        return {}
    pairs = []
    for i, (first, told_first, _) in enumerate(wrong):
        for second, told_second, _ in wrong[i + 1 :]:
            if told_first.call == told_second.call and told_first.named == told_second.named:
                continue
            there = judge(first, assay, told_second, None).outcome
            if there == "right" and judge(second, assay, told_first, None).outcome == "right":
                pairs.append((first.id, second.id))
    counted = [ident for pair in pairs for ident in pair]
    return {ident: pair for pair in pairs for ident in pair if all(counted.count(one) == 1 for one in pair)}


def _result(
    truth: Truth, assay: Assay, told: Reported, judged: Judged, swap: tuple[str, str] | None, appeal: Appeal | None
) -> Result:
    outcome = judged.outcome
    kind = counts_as()[outcome]
    agreed_on = truth.sample.reference.status == "none" and judged.expected != "not_stated"
    explained = kind in ("wrong", "beside") or (outcome == "right" and told.call == "positive")
    cause = cause_of(truth, assay, told, judged, swap) if explained else None
    result = Result(
        laboratory=assay.laboratory,
        assay=assay.assay,
        method=assay.method,
        panel=assay.shown,
        sample=truth.id,
        reference=f"consensus: {judged.expected}" if agreed_on else truth.shown,
        gene=truth.event.ntrk if truth.event is not None else None,
        partner=truth.event.partner if truth.event is not None else None,
        expected=judged.expected,
        call=judged.call,
        call_why=told.why,
        named=told.named,
        event_named=judged.named,
        named_why=judged.named_why,
        sight=judged.sight,
        outcome=outcome,
        says=judged.says,
        faults=judged.faults,
        critical=judged.critical,
        cause=cause,
        rules=judged.rules,
        days=told.days,
        reported=told.readouts.get("reported"),
        readouts=told.readouts,
    )
    if appeal is None or appeal.outcome is None or outcome == "not_scored":
        return result
    right = appeal.outcome == "right"
    return msgspec.structs.replace(
        result,
        outcome=appeal.outcome,
        before_appeal=outcome,
        critical=() if right else judged.critical,
        cause=None if right else cause,
        says=f"Appeal upheld: {appeal.reason or appeal.claim}",
    )
