"""`ntrkpath demo`: the published patients, decided."""

from __future__ import annotations

import datetime as dt
import textwrap
from typing import TYPE_CHECKING

import click

from ntrkpath.cli.options import as_of_option, edition_option
from ntrkpath.cli.output import coloured, write

if TYPE_CHECKING:
    from ntrkpath.guidance import Edition
    from ntrkpath.model.case import Case
    from ntrkpath.model.recommendation import Recommendation


@click.command("demo")
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@as_of_option
@edition_option
def command(form: str, as_of: dt.date | None, edition: str) -> int:
    """Decide the published patients that come with ntrkpath, each with its source.

    Blank stays unknown: what a publication does not state is not assumed, so some answers ask first.
    """
    from ntrkpath.cli.recommend import rendered
    from ntrkpath.guidance import load
    from ntrkpath.model.errors import CaseError
    from ntrkpath.pathway import Pathway, read_cases
    from ntrkpath.pathway.examples import examples

    guidance = load(edition)
    pathway = Pathway(guidance, as_of or dt.date.today())
    decided: list[tuple[Case, Recommendation]] = []
    for case in read_cases(examples()):
        if isinstance(case, CaseError):
            raise case
        decided.append((case, pathway.recommend(case)))
    if form == "text":
        _tell(decided, guidance)
    else:
        write(rendered(iter([answer for _, answer in decided]), form, guidance))
    return 0


def _tell(decided: list[tuple[Case, Recommendation]], edition: Edition) -> None:
    """Print every answer under its source, and one line for each patient at the end."""
    from ntrkpath.report.text import render

    for case, answer in decided:
        click.echo(textwrap.fill(f"=== {case.id}: {answer.histology.name}. {case.source or ''}", 100))
        write(render(answer, edition, colour=coloured(None)) + "\n", styled=True)
    click.echo(f"{len(decided)} published patients, one line each")
    for case, answer in decided:
        first = answer.actions[0]
        line = f"{case.id}  {answer.tier:<12} {answer.histology.name}: {first.text.rstrip('.')} [{first.strength}]"
        click.echo(textwrap.fill(line, 100, subsequent_indent=" " * 19))
