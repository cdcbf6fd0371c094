"""The pictures of a cohort: the patient flow, and fusions among the tested by histology group."""

from __future__ import annotations

from ntrkpath.cohort.summarise import Summary
from ntrkpath.figures.forest import ForestRow, forest_svg
from ntrkpath.figures.patient_flow import Stage, patient_flow_svg
from ntrkpath.guidance import Edition
from ntrkpath.model.numbers import grouped
from ntrkpath.report.cohort_terms import level
from ntrkpath.report.sheet import Draw

_ANY = "by any method, whatever the result"


def pictures(summary: Summary, edition: Edition | None) -> dict[str, tuple[Draw, ...]]:
    """Return the pictures by the ``ident`` of the sheet above which they stand."""
    boxes = stages(summary)
    flow: Draw = lambda width: patient_flow_svg(boxes, title="From diagnosed to treated", width=width)  # noqa: E731
    return {"funnel": (flow,), "histologies": _forest(summary, edition)}


def stages(summary: Summary) -> list[Stage]:
    """Return the stages of the patient flow."""
    f = summary.funnel
    outside = f.diagnosed - f.in_scope
    bad = f"{grouped(summary.about.bad)} rows could not be decided" if summary.about.bad else ""
    untested = 0 if f.tested is None else f.in_scope - f.tested
    unfound = 0 if f.tested is None or f.positive is None else f.tested - f.positive
    none = "none, or not conclusive"
    found = [
        Stage("Diagnosed and decided", f.diagnosed, bad),
        Stage("Within the guidance", f.in_scope, "", (("not a sarcoma", outside),) if outside else ()),
        Stage(
            "Tested for NTRK fusions", f.tested, "the cohort states no tests" if f.tested is None else _ANY,
            (("not tested", untested),) if untested else (),
        ),
        Stage(
            "Evidence of a fusion", f.positive, "that may lead to a TRK inhibitor",
            () if f.positive is None else ((none, unfound),),
        ),
    ]  # fmt: skip
    note = "the cohort states no therapy" if f.treated is None and f.tested is not None else ""
    leaves: tuple[tuple[str, int], ...] = ()
    if f.treated is not None and f.positive is not None:
        untreated = f.positive - f.treated - f.therapy_unknown
        leaves = (("not given one", untreated),) if untreated else ()
        leaves += (("therapy not stated", f.therapy_unknown),) if f.therapy_unknown else ()
    if f.treated_otherwise:
        note = f"and {grouped(f.treated_otherwise)} without such evidence here"
    found.append(Stage("Given a TRK inhibitor", f.treated, note, leaves))
    return found


def _forest(summary: Summary, edition: Edition | None) -> tuple[Draw, ...]:
    """Return the shares with a fusion by histology group; nothing where no case was tested."""
    largest = max((g.tested or 0 for g in summary.histologies), default=0)
    rows = [
        ForestRow(
            level(group.name, edition), s.share, s.low, s.high, columns=(grouped(s.count), grouped(s.of)),
            weight=max(0.05, (group.tested / largest) ** 0.5),
        )
        for group in summary.histologies
        if (s := group.positive) is not None and s.share is not None and group.tested
    ]  # fmt: skip
    if not rows:
        return ()
    return (
        lambda width: forest_svg(
            rows, title="Fusions among the tested", axis_title="Share with evidence of a fusion (exact 95 % interval)",
            columns=("fusion", "tested"), figures="Share (95 % interval)", width=width,
        ),
    )  # fmt: skip
