"""`ntrkpath guideline`: the guidance itself, row by row."""

from __future__ import annotations

import datetime as dt
import textwrap

import click

from ntrkpath.cli.main import EXIT_OK
from ntrkpath.cli.options import as_of_option, edition_option, printed_option


@click.group("guideline")
def command() -> None:
    """Look up the guidance: rules, statements, facts, actions, labels; figure 2; differences between editions."""


@command.command("show")
@click.argument("what", nargs=-1)
@click.option(
    "--table", default=None, metavar="TABLE", help="Print a decision table as a table, one line for each row."
)
@click.option("--width", type=click.IntRange(60), default=160, show_default=True, help="Columns of --table.")
@as_of_option
@edition_option
@printed_option
def show(what: tuple[str, ...], table: str | None, width: int, as_of: dt.date | None, edition: str) -> int:
    """Show statements (IHC-8), rules (NEXT-30), tables (priority), facts (extent), labels, or a list.

    Lists: statements, tables, facts, actions, labels, resistance. Without an argument: what the edition holds.
    """
    from ntrkpath.guidance import load
    from ntrkpath.guidance.lookup import look_up
    from ntrkpath.model.errors import GuidanceError

    guidance = load(edition)
    if table is not None:
        from ntrkpath.report.decision_table import table_text

        click.echo(table_text(guidance, table, width))
        return EXIT_OK
    day = as_of or dt.date.today()
    try:
        found = list(look_up(guidance, " ".join(what), day))
    except GuidanceError:
        if len(what) < 2:
            raise
        found = [text for one in what for text in look_up(guidance, one, day)]
    for text in found:
        click.echo(text)
    return EXIT_OK


@command.command("figure")
@click.option("--format", "form", type=click.Choice(["text", "svg"]), default="text", show_default=True)
@click.option("--case", "case_path", default=None, metavar="FILE", help="Mark the path that this case takes.")
@edition_option
@printed_option
def figure(form: str, case_path: str | None, edition: str) -> int:
    """Draw figure 2 from the tables, as SVG or as a nested list."""
    from ntrkpath.figures.pathway import pathway_list, pathway_svg
    from ntrkpath.guidance import load
    from ntrkpath.pathway import read_case, recommend

    guidance = load(edition)
    answer = recommend(read_case(case_path), guidance) if case_path else None
    text = pathway_svg(guidance, answer) if form == "svg" else pathway_list(guidance, answer)
    click.echo(text)
    return EXIT_OK


@command.command("diff")
@click.argument("one")
@click.argument("other")
@printed_option
def diff(one: str, other: str) -> int:
    """Show what differs between two editions (names or directories): rows, facts, labels, outcomes."""
    from ntrkpath.guidance import load
    from ntrkpath.guidance.compare import differences

    found = differences(load(one), load(other))
    for line in found or ["no difference"]:
        click.echo(textwrap.fill(line, 110, subsequent_indent="    "))
    return EXIT_OK
