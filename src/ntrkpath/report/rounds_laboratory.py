"""The report for one laboratory, one page: results, reference, why they differ, where it stands, what to do."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.errors import RoundError
from ntrkpath.report.rounds_organiser import heading
from ntrkpath.report.rounds_record import appeals_sheet, faults_sheet
from ntrkpath.report.rounds_sheets import result_record, told
from ntrkpath.report.rounds_terms import (
    STANDING,
    call_words,
    cause_entry,
    cause_words,
    critical_words,
    meanings,
    outcome_words,
)
from ntrkpath.report.sheet import Report, Row, Sheet, rests_on
from ntrkpath.rounds.result import Result
from ntrkpath.rounds.score import Score
from ntrkpath.rounds.shares import counts_as, tally
from ntrkpath.vocabulary.methods import method_name


class LaboratoryReport(msgspec.Struct, frozen=True):
    """What one laboratory is told: a few sentences, its results, where it stands, what to do, faults of its sheet."""

    laboratory: str
    title: str
    lead: tuple[str, ...]
    sheets: tuple[Sheet, ...]


class Reports:
    """The reports for the laboratories of a round, each made from the same score.

    Args:
        score: The scored round.
    """

    def __init__(self, score: Score) -> None:
        self.score = score
        self._results: dict[str, list[Result]] = {name: [] for name in score.laboratories}
        self._peers: dict[tuple[str, str, str], list[Result]] = {}
        for one in score.results:
            self._results[one.laboratory].append(one)
        by_method: dict[str, list[Result]] = {}
        for one in score.results:
            by_method.setdefault(one.method, []).append(one)
        self._methods = {method: tally(results, "method", method) for method, results in by_method.items()}
        self._marks = {(mark.laboratory, mark.assay): mark for mark in score.marks}
        self._places = {place.laboratory: place for place in score.places}

    def of(self, laboratory: str) -> LaboratoryReport:
        """Return the report for a laboratory.

        Raises:
            RoundError: No such laboratory.
        """
        results = self._results.get(laboratory)
        if results is None:
            known = list(self._results)[:8]
            raise RoundError("no such laboratory", where="--laboratory", value=laboratory, allowed=known)
        sheets = [
            self._own(results),
            self._standing(laboratory, results),
            self._advice(results),
            appeals_sheet(one for one in self.score.appeals if one.laboratory == laboratory),
            self._faults(laboratory),
        ]
        return LaboratoryReport(
            laboratory, f"{heading(self.score)}: laboratory {laboratory}", tuple(self._lead(laboratory, results)),
            tuple(sheet for sheet in sheets if sheet.rows),
        )  # fmt: skip

    def _lead(self, laboratory: str, results: Sequence[Result]) -> list[str]:
        whole = tally(results, "laboratory", laboratory)
        beside = ", ".join(f"{count} {meanings()[name].says}" for name, count in whole.beside.items() if count)
        said = [f"Right: {told(whole.clear)}." + (f" Beside these: {beside}." if beside else "")]
        critical = [
            f"{sample}: {critical_words(error)}"
            for (name, _), mark in self._marks.items()
            if name == laboratory
            for sample, error in mark.critical
        ]
        if critical:
            said.append(f"Critical: {'; '.join(critical)}.")
        if not results or all(one.outcome in ("not_tested", "not_scored") for one in results):
            said.append("Nothing was sent that could be scored.")
        return said

    def _own(self, results: Sequence[Result]) -> Sheet:
        many = len({one.assay for one in results}) > 1
        rows = []
        for one in results:
            why = cause_words(one)
            evidence = " ".join(one.cause.evidence) if one.cause is not None and why else ""
            sample = f"{one.sample}, {one.assay}" if many else one.sample
            reference = one.reference if one.outcome != "not_scored" else "not scored"
            cells = (sample, call_words(one), reference, outcome_words(one), f"{why}: {evidence}" if why else "")
            rows.append(Row(cells=cells, record=result_record(one)))
        heads = ("Sample", "You reported", "Reference", "Worth", "Why, and the evidence")
        return Sheet(title="Your results", heads=heads, rows=tuple(rows), ident="results")

    def _standing(self, laboratory: str, results: Sequence[Result]) -> Sheet:
        rows = []
        for assay in dict.fromkeys(one.assay for one in results):
            own = [one for one in results if one.assay == assay]
            method = own[0].method
            mark = self._marks.get((laboratory, assay))
            passed = {True: "passed", False: "not passed", None: "no mark"}[mark.passed if mark else None]
            cells = (
                f"{assay} ({own[0].panel})", told(tally(own, "assay", assay).clear),
                f"{method_name(method)}: {told(self._methods[method].clear)}",
                f"{passed}: {mark.why}" if mark is not None else passed,
            )  # fmt: skip
            record = {"assay": assay, "passed": mark.passed if mark else None, "points": mark.points if mark else None}
            rows.append(Row(cells=cells, record=record))
        place = self._places.get(laboratory)
        notes = []
        if place is not None and place.expected is not None:
            notes.append(
                f"{place.right} of {place.of} right; the other laboratories' results on the same samples lead to "
                f"expect {place.expected:.1f} (95 % between {place.low} and {place.high}): {STANDING[place.standing]}."
            )
        heads = ("Assay", "You", "All laboratories", f"Mark ({self.score.rule.name})")
        return Sheet(title="Where you stand", heads=heads, rows=tuple(rows), notes=tuple(notes), ident="standing")

    def _advice(self, results: Sequence[Result]) -> Sheet:
        kinds = counts_as()
        causes: dict[str, list[str]] = {}
        for one in results:
            if one.cause is not None and (
                kinds[one.outcome] != "right" or one.faults or one.cause.id == "other_transcript"
            ):
                causes.setdefault(one.cause.id, []).append(one.sample)
        rows = tuple(
            Row(
                cells=(cause_entry(cause)["says"], ", ".join(samples), cause_entry(cause)["do"]),
                record={"cause": cause, "samples": " ".join(samples), "do": cause_entry(cause)["do"]},
            )
            for cause, samples in causes.items()
        )
        return Sheet(title="What to do", heads=("Cause", "Samples", "Do"), rows=rows, ident="advice")

    def _faults(self, laboratory: str) -> Sheet:
        own = [(f.where, f.text) for f in self.score.faults if f.where.split(":")[0].rpartition(".")[0] == laboratory]
        sheet = faults_sheet(own)
        return msgspec.structs.replace(sheet, title="Faults of your sheet")


def laboratory_report(found: LaboratoryReport, edition: Edition) -> Report:
    """Return the report for one laboratory."""
    return Report(
        title=found.title, lead=tuple(found.lead), sheets=tuple(found.sheets), use=edition.intended_use,
        source=f"Judged by the edition {rests_on(edition)}.",
    )  # fmt: skip
