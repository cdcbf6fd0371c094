"""The files of a round's reports: organiser and laboratories as HTML and PDF, every sheet as CSV, the score as JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import msgspec

from ntrkpath.guidance.edition import Edition
from ntrkpath.report.rounds_laboratory import Reports, laboratory_report
from ntrkpath.report.rounds_organiser import organiser_report, sheets
from ntrkpath.report.sheet_forms import report_html, sheets_csv
from ntrkpath.report.sheet_pdf import report_pdf
from ntrkpath.rounds.result import Result
from ntrkpath.rounds.score import Score

FORMATS = ("html", "pdf", "csv", "json")
#: With more laboratories than this, PDFs for laboratories are made one by one on request only.
MOST_PDF = 60
#: A file's name below the folder of reports, and what makes its content.
Made = tuple[str, Callable[[], str | bytes]]


def files(score: Score, edition: Edition, formats: Collection[str]) -> Iterator[Made]:
    """Return every file of the reports of a round, each made when asked for."""
    if "json" in formats:
        yield "score.json", lambda: score_json(score)
    if "csv" in formats:
        for sheet in sheets(score, whole=True):
            yield f"{sheet.ident}.csv", lambda sheet=sheet: sheets_csv([sheet])  # type: ignore[misc]
    if "html" in formats:
        yield "organiser.html", lambda: report_html(organiser_report(score, edition))
    if "pdf" in formats:
        yield "organiser.pdf", lambda: report_pdf(organiser_report(score, edition))
    reports = Reports(score)
    for laboratory in score.laboratories:
        wanted = [f for f in formats if f != "pdf" or len(score.laboratories) <= MOST_PDF]
        yield from laboratory_files(reports, laboratory, edition, wanted, "laboratories/")


def laboratory_files(
    reports: Reports, laboratory: str, edition: Edition, formats: Collection[str], folder: str = ""
) -> Iterator[Made]:
    """Return the files of one laboratory's report.

    Raises:
        RoundError: No such laboratory.
    """
    report = reports.of(laboratory)
    name = f"{folder}{laboratory}"
    if "html" in formats:
        yield f"{name}.html", lambda: report_html(laboratory_report(report, edition))
    if "pdf" in formats:
        yield f"{name}.pdf", lambda: report_pdf(laboratory_report(report, edition))
    if "csv" in formats:
        yield f"{name}.csv", lambda: sheets_csv([report.sheets[0]] if report.sheets else [])
    if "json" in formats:
        yield f"{name}.json", lambda: _json(report)


class _Scored(msgspec.Struct, frozen=True):
    """The JSON of a score: the schema, and every typed part but the panels' designs."""

    schema: str
    round: str
    title: str
    synthetic: bool
    rule: str
    laboratories: tuple[str, ...]
    results: tuple[Result, ...]
    score: dict[str, object]


def score_json(score: Score) -> bytes:
    """Return a score as one JSON document."""
    names = (
        "tallies", "accuracies", "agreement", "consensus", "causes", "places", "marks", "operating", "turnaround",
        "repeats", "review", "effects", "changes", "faults", "notes", "silent",
    )  # fmt: skip
    parts: dict[str, object] = {name: getattr(score, name) for name in names}
    found = _Scored(
        "ntrkpath-round-score-1", score.round.round, score.round.title, score.round.synthetic, score.rule.name,
        score.laboratories, score.results, parts,
    )  # fmt: skip
    return msgspec.json.encode(found) + b"\n"


def _json(report: object) -> bytes:
    return msgspec.json.encode(report) + b"\n"
