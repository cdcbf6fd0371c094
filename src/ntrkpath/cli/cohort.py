"""`ntrkpath cohort`: whole cohorts decided, summed up and compared."""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ntrkpath.cli.main import EXIT_NO_INPUT, EXIT_OK
from ntrkpath.cli.options import as_of_option, edition_option, out_option
from ntrkpath.cli.output import write
from ntrkpath.cli.reports import report_form_option, write_report
from ntrkpath.model.numbers import duration, grouped

if TYPE_CHECKING:
    from ntrkpath.cohort.outcome import Outcome, Progress

sheet_option = click.option(
    "--sheet", default="", metavar="NAME", help="The sheet of a workbook (default: the first filled)."
)


@click.group("cohort")
def command() -> None:
    """Decide thousands to millions of cases, sum them up, compare two runs (needs `ntrkpath[batch]`)."""


@command.command("triage")
@click.argument("source", metavar="IN")
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--mapping", default=None, metavar="NAME|FILE", help="Which column fills which key of a case.")
@click.option(
    "--missing/--no-missing", default=True, show_default=True, help="Work out the missing facts of each case."
)
@click.option("--labels", is_flag=True, help="Add the status by label of each case with evidence of a fusion.")
@click.option("--allow-bad", is_flag=True, help="End with 0 although some rows could not be decided.")
@sheet_option
@click.option("--overwrite", is_flag=True, help="Replace OUT where it is there already.")
@click.option("--resume", is_flag=True, help="Go on with a run into a directory that was broken off.")
@click.option("--part-rows", type=click.IntRange(1), default=None, help="Rows of one part of a directory.")
@click.option("--threads", type=click.IntRange(1), default=None, help="Threads that decide (default: all processors).")
@click.option(
    "--figure2-reading", type=click.Choice(["both", "a", "b"]), default=None,
    help="After a negative stain in priority ++ (default: both).",
)  # fmt: skip
@as_of_option
@edition_option
def triage(
    source: str, out: Path, mapping: str | None, missing: bool, labels: bool, allow_bad: bool, sheet: str,
    overwrite: bool, resume: bool, part_rows: int | None, threads: int | None, figure2_reading: str | None,
    as_of: dt.date | None, edition: str,
) -> int:  # fmt: skip
    """Decide every case of IN and write the answers to OUT.

    IN is Parquet (a file, a directory, an address of an object store), CSV, TSV, a workbook (.xlsx), JSON lines, or
    the folder of a cBioPortal study. OUT is .parquet, .csv, .tsv or .jsonl; a name without an ending makes a directory
    of Parquet parts, with which a run that was broken off can go on (--resume). Rows that cannot be decided go to
    OUT.bad.jsonl with their reason, and the command ends with 65; a case id that stands twice is an error.
    """
    from ntrkpath.cohort.sources import open_source
    from ntrkpath.cohort.triage import PART, Triage
    from ntrkpath.guidance import load

    guidance = load(edition)
    opened = open_source(source, guidance, mapping, sheet=sheet)
    for note in opened.notes:
        click.echo(f"note: {note}", err=True)
    bar = _Bar()
    run = Triage(
        opened, out, guidance, as_of or dt.date.today(), mapping=mapping or "", figure2_reading=figure2_reading,
        missing=missing, labels=labels, overwrite=overwrite, resume=resume, part_rows=part_rows or PART,
        threads=threads, told=bar.show,
    )  # fmt: skip
    if run.resumed:
        click.echo(f"note: {grouped(run.resumed)} rows were done already", err=True)
    if run.journal is not None and run.journal.lost:
        click.echo(f"note: {grouped(run.journal.lost)} parts are not as they were left, and are decided anew", err=True)
    try:
        outcome = run.run()
    finally:
        bar.end()
    _report(outcome)
    about = outcome.about
    return EXIT_OK if about.decided and (allow_bad or not about.bad) else EXIT_NO_INPUT


class _Bar:
    """One line of progress on standard error: rewritten on a terminal, else a line every ten seconds."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.last = time.monotonic()
        self.open = False

    def show(self, at: Progress) -> None:
        """Show how far the run is."""
        now = time.monotonic()
        if now - self.last < (0.2 if self.terminal else 10):
            return
        self.last = now
        of = f" of {grouped(at.total)}" if at.total is not None else ""
        left = f", {duration(at.left)} left" if at.left is not None else ""
        bad = f", {grouped(at.bad)} bad" if at.bad else ""
        text = f"{grouped(at.rows)}{of} rows, {grouped(at.rate)} a second{left}{bad}"
        click.echo(f"\r{text:<78}" if self.terminal else text, nl=not self.terminal, err=True)
        self.open = self.terminal

    def end(self) -> None:
        """Leave the line."""
        if self.open:
            click.echo("", err=True)


def _report(outcome: Outcome) -> None:
    from ntrkpath.report.cohort_terms import headline

    about = outcome.about
    where = outcome.out if about.decided else "nothing is written"
    click.echo(f"{headline(about)}: {where}", err=True)
    if outcome.bad_rows is not None:
        places = ", ".join(f"{where} {grouped(n)}" for where, n in outcome.places[:4])
        click.echo(f"{grouped(about.bad)} bad rows: {outcome.bad_rows}" + (f" ({places})" if places else ""), err=True)


@command.command("map")
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.option("--mapping", default=None, metavar="NAME|FILE", help="Begin with this mapping (default: the best fit).")
@sheet_option
@out_option
def map_command(source: Path, mapping: str | None, sheet: str, out: Path | None) -> int:
    """Propose which column of IN fills which key of a case, as YAML to be read, corrected and given by --mapping.

    Known other names of columns and words in cells are proposed as they stand, near ones with the mark `# near`; what
    is not understood is listed. Nothing is applied unless you give the file: `cohort triage IN OUT --mapping FILE`.
    """
    from ntrkpath.cohort.proposal import propose

    found = propose(source, mapping, sheet=sheet)
    write(found.text, out)
    for line in found.told:
        click.echo(line, err=True)
    return EXIT_OK


@command.command("summarise")
@click.argument("decided", metavar="OUT", type=click.Path(path_type=Path))
@report_form_option
@out_option
@edition_option
def summarise_command(decided: Path, form: str, out: Path | None, edition: str) -> int:
    """Sum up what `cohort triage` wrote: funnel, histologies, stain against sequencing, partners, turnaround, missing.

    Shares carry exact 95 % intervals (Clopper-Pearson).
    """
    from ntrkpath.cohort.summarise import summarise
    from ntrkpath.guidance import load
    from ntrkpath.report.cohort_sheets import summary_report

    guidance = load(edition)
    summary = summarise(decided, guidance)
    write_report(form, lambda: summary_report(summary, guidance), lambda: _json(summary), out)
    return EXIT_OK


@command.command("diff")
@click.argument("before", metavar="A", type=click.Path(path_type=Path))
@click.argument("after", metavar="B", type=click.Path(path_type=Path))
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Changed cases that are listed.")
@report_form_option
@out_option
@edition_option
def diff_command(before: Path, after: Path, limit: int, form: str, out: Path | None, edition: str) -> int:
    """Compare two runs of `cohort triage` over the same cases: two editions, dates, mappings, or states of the data.

    Which cases change action, and how tier and priority move.
    """
    from ntrkpath.cohort.diff import compare
    from ntrkpath.guidance import load
    from ntrkpath.report.cohort_sheets import diff_report

    found = compare(before, after, limit)
    write_report(form, lambda: diff_report(found, load(edition)), lambda: _json(found), out)
    return EXIT_OK


@command.command("sql")
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--dialect", "dialects", multiple=True,
    type=click.Choice(["sqlite", "duckdb", "postgresql", "spark", "bigquery", "snowflake"]),
    help="Write for this warehouse; may be repeated (default: all).",
)  # fmt: skip
@click.option(
    "--source", default="cohort_facts", show_default=True, metavar="NAME",
    help="The table or view that is decided, with its schema where it has one.",
)  # fmt: skip
@click.option(
    "--schema", default="", metavar="NAME",
    help="The schema (dataset, database) of the look-ups and the answers (default: the one in use).",
)  # fmt: skip
@click.option("--prefix", default="ntrkpath_", show_default=True, metavar="TEXT", help="How their names begin.")
@edition_option
def sql_command(directory: Path, dialects: tuple[str, ...], source: str, schema: str, prefix: str, edition: str) -> int:
    """Write the guidance as look-up tables with SQL into DIR, so that a warehouse decides by plain joins.

    One file of SQLite; Parquet for DuckDB, Spark and BigQuery; CSV for PostgreSQL and Snowflake; one SQL file for each;
    the rules with their sentences and statements beside them.
    """
    from ntrkpath.cohort.dialects import DIALECTS, Names
    from ntrkpath.cohort.sql import export
    from ntrkpath.guidance import load

    names = Names(source=source, schema=schema, prefix=prefix)
    files = export(load(edition), directory, names=names, dialects=dialects or DIALECTS)
    for file in files:
        if file.suffix in (".sql", ".sh"):
            click.echo(file)
    click.echo(f"{len(files)} files in {directory}", err=True)
    return EXIT_OK


def _json(value: Any) -> bytes:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"
