"""The organiser's report of a round as one HTML file: what came out, the matrix, the numbers, every result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from ntrkpath.figures.round_matrix import matrix_svg
from ntrkpath.figures.round_places import Standing, places_svg
from ntrkpath.guidance.edition import Edition
from ntrkpath.model.numbers import percent_range
from ntrkpath.report.rounds_record import record_sheets
from ntrkpath.report.rounds_samples import coverage_sheet, samples_sheet
from ntrkpath.report.rounds_sheets import (
    accuracy_sheet,
    agreement_sheet,
    causes_sheet,
    marks_sheet,
    places_sheet,
    results_sheet,
    shares_sheet,
    told,
)
from ntrkpath.report.rounds_terms import meanings
from ntrkpath.report.sheet import Report, Sheet, rests_on
from ntrkpath.rounds.effects import Effects
from ntrkpath.rounds.known_events import KnownEvent
from ntrkpath.rounds.score import Score
from ntrkpath.rounds.sight import panel_table

#: More results than this stand in the CSV only.
MOST = 2000


def heading(score: Score) -> str:
    """Return the title of a round; a synthetic one is always called so."""
    return f"{score.round.title}{' (synthetic)' if score.round.synthetic else ''}"


def lead(score: Score) -> list[str]:
    """Return what came out in a few sentences."""
    return [*_right(score), *_spread(score.effects), *_beside(score)]


def _right(score: Score) -> Iterator[str]:
    whole = next(one for one in score.tallies if one.by == "round")
    beside = ", ".join(f"{count} {meanings()[name].says}" for name, count in whole.beside.items() if count)
    yield (
        f"{len(score.laboratories)} laboratories, {len(score.assays)} assays, {len(score.truths)} samples: right are "
        f"{told(whole.clear)}" + (f". Beside these: {beside}." if beside else ".")
    )


def _spread(spread: Effects) -> Iterator[str]:
    """Yield how far laboratories and samples differ, or why that is not said."""
    if spread.share is not None:
        yield (
            "Over laboratories and samples drawn anew the share right is "
            f"{percent_range(spread.share.low, spread.share.high)} (bootstrap, 95 %)."
        )
    if spread.laboratory_spread is not None and spread.sample_spread is not None:
        parts = [
            f"{name} {one.estimate:.1f} ({one.low:.1f} to {'over 4' if one.high is None else f'{one.high:.1f}'})"
            for name, one in (("laboratories", spread.laboratory_spread), ("samples", spread.sample_spread))
        ]
        drawn = ""
        if spread.fitted is not None and spread.fitted != (spread.laboratories, spread.samples):
            drawn = f" Fitted to {spread.fitted[0]} laboratories and {spread.fitted[1]} samples drawn from them."
        yield f"Spread in log odds: {', '.join(parts)}.{drawn}"
    elif spread.why:
        yield f"No effects of laboratories and samples are fitted: {spread.why}."


def _beside(score: Score) -> Iterator[str]:
    """Yield what stands beside the shares: results outside a design, marks, critical errors, faults."""
    if outside := sum(one.count for one in score.causes if one.cause in _GAPS):
        yield f"{outside} results lie outside the design of the assay; shares are given with and without them."
    passed = Counter(mark.passed for mark in score.marks)
    if passed[True] or passed[False]:
        yield f"{passed[True]} of {passed[True] + passed[False]} assays pass by the rule {score.rule.name}."
    if critical := sum(len(mark.critical) for mark in score.marks):
        yield f"{critical} critical errors."
    if score.faults:
        yield f"{len(score.faults)} faults in the sheets; what they concern is not scored, all else is."


_GAPS = frozenset({"gene_not_on_panel", "partner_not_on_panel", "junction_outside_design", "dna_without_introns",
                   "probe_other_gene"})  # fmt: skip


def matrix(score: Score) -> str:
    """Return the matrix of the round as SVG."""
    many = len({assay.laboratory for assay in score.assays}) != len(score.assays)
    names = {assay.key: f"{assay.laboratory} {assay.assay}" if many else assay.laboratory for assay in score.assays}
    cells = {(names[one.laboratory, one.assay], one.sample): one.outcome for one in score.results}
    return matrix_svg(
        list(names.values()), list(score.truths), cells, meanings(), title="Laboratories by samples", ident="matrix"
    )


def places(score: Score) -> list[str]:
    """Return where laboratories stand as SVG; none where nothing counts."""
    found = [
        Standing(one.laboratory, one.right, one.of, one.expected, one.low, one.high,
                 one.standing in ("below", "far_below", "above"))
        for one in score.places
    ]  # fmt: skip
    return [places_svg(found, title="Where laboratories stand")] if found else []


def sheets(score: Score, whole: bool = False) -> list[Sheet]:
    """Return the sheets of the report, in order; empty ones are left out.

    Args:
        score: The scored round.
        whole: Every row, as the CSV holds them; a page leaves what is long to it.
    """
    every = [
        samples_sheet(score), shares_sheet(score, whole), accuracy_sheet(score), causes_sheet(score),
        marks_sheet(score), places_sheet(score), agreement_sheet(score), coverage(score), *record_sheets(score),
    ]  # fmt: skip
    if whole or len(score.results) <= MOST:
        every.append(results_sheet(score.results))
    return [sheet for sheet in every if sheet.rows]


def coverage(score: Score) -> Sheet:
    """Return what the panels in use can see of the samples' events."""
    used = {assay.panel for assay in score.assays if assay.panel}
    designs = [design for name in sorted(used) if (design := score.designs.find(name)) is not None]
    events: dict[str, KnownEvent] = {}
    for truth in score.truths.values():
        if truth.event is not None and truth.sample.withdrawn is None:
            events.setdefault(truth.shown, KnownEvent(truth.event, f"sample {truth.id}", "this round"))
    seen = panel_table(score.designs.only(designs), events.values())
    return coverage_sheet(seen, "What the panels of this round can see", "coverage")


def organiser_report(score: Score, edition: Edition) -> Report:
    """Return the organiser's report: the matrix first, then the sheets."""
    first = Sheet(title="Laboratories by samples", heads=(), rows=(), ident="matrix")
    found = [first, *sheets(score)]
    if len(score.results) > MOST:
        last = found[-1]
        found[-1] = msgspec.structs.replace(last, notes=(*last.notes, "Every result stands in results.csv."))
    return Report(
        title=heading(score), lead=tuple(lead(score)), sheets=tuple(found), use=edition.intended_use,
        pictures={"matrix": (matrix(score),), "places": tuple(places(score))}, wide=True,
        source=f"Judged by the edition {rests_on(edition)}; scoring rule {score.rule.name}.",
    )  # fmt: skip
