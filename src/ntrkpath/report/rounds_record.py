"""The sheets of the record of a round: turnaround, repeats, appeals, reviews, change, faults of sheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ntrkpath.model.numbers import significant
from ntrkpath.report.rounds_sheets import told
from ntrkpath.report.rounds_terms import meanings
from ntrkpath.report.sheet import Row, Sheet
from ntrkpath.rounds.description import Appeal
from ntrkpath.rounds.score import Score
from ntrkpath.vocabulary.methods import method_name


def record_sheets(score: Score) -> list[Sheet]:
    """Return the sheets of the record, empty ones included."""
    return [
        _turnaround(score),
        _repeats(score),
        appeals_sheet(score.appeals),
        _review(score),
        _change(score),
        faults_sheet((fault.where, fault.text) for fault in score.faults),
    ]


def _rows(names: Sequence[str], values: Iterable[tuple[tuple[str, ...], tuple[object, ...]]]) -> tuple[Row, ...]:
    return tuple(Row(cells=cells, record=dict(zip(names, plain, strict=True))) for cells, plain in values)


def _turnaround(score: Score) -> Sheet:
    values = [
        (
            (t.laboratory, t.assay, str(t.stated), f"{t.median:g}", f"{t.shortest} to {t.longest}", str(t.late)),
            (t.laboratory, t.assay, t.stated, t.median, t.shortest, t.longest, t.late),
        )
        for t in score.turnaround
    ]
    names = ("laboratory", "assay", "stated", "median_days", "shortest", "longest", "late")
    heads = ("Laboratory", "Assay", ">Stated", ">Median days", ">Range", ">Late")
    notes = () if score.round.deadline is None else (f"Late: reported after {score.round.deadline}.",)
    return Sheet(title="Turnaround", heads=heads, rows=_rows(names, values), notes=notes, ident="turnaround")


def _repeats(score: Score) -> Sheet:
    values = [
        (
            (r.sample, r.of, method_name(r.method), f"{r.alike} of {r.both}", ", ".join(r.differing)),
            (r.sample, r.of, r.method, r.alike, r.both, " ".join(r.differing)),
        )
        for r in score.repeats
    ]
    names = ("sample", "repeat_of", "method", "alike", "both", "differing")
    heads = ("Sample", "Repeat of", "Assay", ">Alike", "Differing")
    return Sheet(title="Blinded repeats", heads=heads, rows=_rows(names, values), ident="repeats")


def appeals_sheet(appeals: Iterable[Appeal]) -> Sheet:
    """Return appeals with their decision and reason."""
    values = []
    for a in appeals:
        decision = a.decision + (f": {meanings()[a.outcome].says}" if a.outcome else "")
        day = a.on.isoformat()
        values.append(
            (
                (a.laboratory, a.assay, a.sample, day, a.claim, decision, a.reason),
                (a.laboratory, a.assay, a.sample, day, a.claim, a.decision, a.outcome or "", a.reason),
            )
        )
    names = ("laboratory", "assay", "sample", "on", "claim", "decision", "outcome", "reason")
    heads = ("Laboratory", "Assay", "Sample", "On", "Claim", "Decision", "Reason")
    return Sheet(title="Appeals", heads=heads, rows=_rows(names, values), ident="appeals")


def _review(score: Score) -> Sheet:
    values = [
        (
            (r.sample, f"{r.wrong} of {r.of}", "yes" if r.withdrawn else "no"),
            (r.sample, r.wrong, r.of, r.withdrawn),
        )
        for r in score.review
    ]
    heads = ("Sample", ">Wrong", "Withdrawn")
    rows = _rows(("sample", "wrong", "of", "withdrawn"), values)
    return Sheet(title="Samples to look at again", heads=heads, rows=rows, ident="review")


def _change(score: Score) -> Sheet:
    values = []
    for c in score.changes:
        p = "-" if c.p is None else significant(c.p, 2)
        plain = (c.laboratory, c.method, c.before.count, c.before.of, c.now.count, c.now.of, c.p)
        values.append(((c.laboratory, method_name(c.method), told(c.before), told(c.now), p), plain))
    names = ("laboratory", "method", "before", "before_of", "now", "now_of", "p")
    heads = ("Laboratory", "Assay", "Before", "Now", ">p")
    notes = ("Fisher's exact test. Samples differ between rounds: a change is of laboratory and samples together.",)
    title = f"Change since {score.before}"
    return Sheet(title=title, heads=heads, rows=_rows(names, values), notes=notes, ident="change")


def faults_sheet(faults: Iterable[tuple[str, str]]) -> Sheet:
    """Return faults as a sheet: where, and what."""
    rows = _rows(("where", "what"), (((where, text), (where, text)) for where, text in faults))
    return Sheet(title="Faults of the sheets", heads=("Where", "What"), rows=rows, ident="faults")
