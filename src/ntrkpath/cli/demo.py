"""`ntrkpath demo`: the published patients, decided."""

from __future__ import annotations

import datetime as dt
import textwrap
from typing import TYPE_CHECKING

import click

from ntrkpath.cli.options import as_of_option, edition_option, printed_option
from ntrkpath.cli.output import coloured, write

if TYPE_CHECKING:
    from ntrkpath.guidance import Edition
    from ntrkpath.model.recommendation import Recommendation
    from ntrkpath.pathway.examples import Published


@click.command("demo")
@click.option("--all", "every", is_flag=True, help="Every published patient, not only the eight that teach most.")
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@as_of_option
@edition_option
@printed_option
def command(every: bool, form: str, as_of: dt.date | None, edition: str) -> int:
    """Decide published patients, each with its source and with what its authors did.

    Blank stays unknown: what a publication does not state is not assumed, so some answers ask first.

    \b
    ntrkpath demo
    ntrkpath demo --all --format json
    """
    from ntrkpath.cli.recommend import rendered
    from ntrkpath.guidance import load
    from ntrkpath.pathway import Pathway
    from ntrkpath.pathway.examples import SHOWN, published

    guidance = load(edition)
    pathway = Pathway(guidance, as_of or dt.date.today())
    patients = published()
    chosen = [patients[ident] for ident in (patients if every else SHOWN)]
    decided = [(patient, pathway.recommend(patient.case)) for patient in chosen]
    if form == "text":
        _tell(decided, guidance)
    else:
        write(rendered(iter([answer for _, answer in decided]), form, guidance))
    return 0


def _tell(decided: list[tuple[Published, Recommendation]], edition: Edition) -> None:
    """Print every answer between what it teaches and what the authors did."""
    from ntrkpath.pathway.examples import SHOWN
    from ntrkpath.report.text import render

    for patient, answer in decided:
        ident = patient.case.id
        teaches = f": {SHOWN[ident]}" if ident in SHOWN else ""
        write(textwrap.fill(f"=== {ident}{teaches}. {patient.case.source or ''}", 100) + "\n")
        write(render(answer, edition, colour=coloured(None), brief=True), styled=True)
        for name, told in (("Authors", patient.authors), ("Compared", patient.compared)):
            write(textwrap.fill(f"{name:<10}{told}", 100, subsequent_indent=" " * 10) + "\n")
        write("\n")
    badges = [patient.badge for patient, _ in decided]
    counted = ", ".join(f"{badge} {badges.count(badge)}" for badge in dict.fromkeys(badges))
    write(f"{len(decided)} published patients; beside their authors: {counted}\n")
