"""`ntrkpath demo`: the published patients, decided."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from ntrkpath.cli.options import as_of_option, edition_option


def examples() -> Path:
    """Return the directory of the published cases: beside the sources, or inside the installed package."""
    packaged = Path(__file__).parent.parent / "examples" / "cases"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "examples" / "cases"


@click.command("demo")
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@as_of_option
@edition_option
def command(form: str, as_of: dt.date | None, edition: str) -> int:
    """Decide the published patients that come with ntrkpath, each with its source.

    Blank stays unknown: what a publication does not state is not assumed, so some answers ask first.
    """
    from ntrkpath.cli.recommend import Run, inputs, write
    from ntrkpath.guidance import load
    from ntrkpath.pathway import Pathway

    guidance = load(edition)
    run = Run(Pathway(guidance, as_of or dt.date.today()), ())
    write(run.decided(inputs([str(examples())])), form, guidance, sys.stdout)
    return 0 if run.good and not run.bad else 1
