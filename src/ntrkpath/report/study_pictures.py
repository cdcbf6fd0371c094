"""The pictures of a study: attrition of both arms, frequencies, turnaround, survival."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ntrkpath.figures.forest import ForestRow, forest_svg
from ntrkpath.figures.patient_flow import Stage, patient_flow_svg
from ntrkpath.figures.waiting import Stair, waiting_svg
from ntrkpath.registry.study.flow import FlowStage
from ntrkpath.registry.study.frequency import Frequency
from ntrkpath.registry.study.product_limit import Curve
from ntrkpath.registry.study.results import Results
from ntrkpath.report.sheet import Draw

#: Histologies that the forest shows, beside those with a fusion; all stand in the sheet.
MOST = 12


def pictures(found: Results) -> dict[str, tuple[Draw, ...]]:
    """Return the pictures by the ``ident`` of the sheet above which they stand."""
    main, negatives = found.flow.main, found.flow.negatives
    flows = [(main, "From screened to returned to the clinic", "flow-main")]
    flows += [(negatives, "Stained negatives", "flow-negatives")] if negatives[0].count else []
    made: dict[str, list[Draw]] = {"flow": [_flow(*flow) for flow in flows]}
    if forest := _forest(found.frequency):
        made["frequency"] = [forest]
    whole = found.turnaround[-1]
    if (whole.curve.last or 0) > 0:
        made["turnaround"] = [_curve(whole.curve, whole.says, "share still waiting", "turnaround")]
    made["treatment"] = [
        _curve(curve, title, share, ident)
        for curve, title, share, ident in (
            (found.treated.free_of_progression, "Under a TRK inhibitor, free of progression", "free of it", "free"),
            (found.treated.survival, "Under a TRK inhibitor, survival", "alive", "survival"),
        )
        if (curve.last or 0) > 0
    ]
    return {ident: tuple(several) for ident, several in made.items() if several}


def _flow(stages: Iterable[FlowStage], title: str, ident: str) -> Draw:
    boxes = _stages(stages)
    return lambda width: patient_flow_svg(boxes, title=title, ident=ident, width=width)


def _stages(stages: Iterable[FlowStage]) -> list[Stage]:
    return [Stage(one.label, one.count, leaves=tuple(one.leaves.items())) for one in stages]


def _forest(every: Sequence[Frequency]) -> Draw | None:
    shown = [one for i, one in enumerate(every) if i <= MOST or one.found.count]
    rows = [
        ForestRow(
            one.name,
            one.found.interval.estimate,
            one.found.interval.low,
            one.found.interval.high,
            kind="study" if one.histology else "pooled",
            columns=(f"{one.found.count}/{one.found.of}",),
        )
        for one in shown
        if one.found.interval is not None
    ]
    if not rows:
        return None
    left = len(every) - len(shown)
    notes = ["The least there can be: not every stained negative was sequenced."]
    if left:
        notes.append(f"{left} further histologies, in none of which a fusion was found, stand in the table.")
    return lambda width: forest_svg(
        [*rows[1:], rows[0]], title="NTRK fusions found, of tumours stained, by the histology before the test",
        axis_title="Found of stained, with the exact interval", columns=("Found",), ident="study-frequency",
        notes_below=notes, width=width,
    )  # fmt: skip


def _curve(curve: Curve, title: str, share: str, ident: str) -> Draw:
    last = curve.last or 0.0
    times = [last * i / 5 for i in range(6)]
    notes = [f"{curve.events} events in {curve.followed} followed; the band is the 95 % interval."]
    if curve.late:
        notes.append(f"{curve.late} entered after time zero and count from then on.")
    if curve.broken_at is not None:
        notes.append(f"All at risk at {curve.broken_at:g} days had the event; nothing is said of later days.")
    return lambda width: waiting_svg(
        [Stair(step.time, step.share, step.low, step.high) for step in curve.steps],
        last=last, at_risk=[(time, curve.at_risk(time)) for time in times], title=title, across="days", upright=share,
        notes=notes, ident=ident, width=width,
    )  # fmt: skip
