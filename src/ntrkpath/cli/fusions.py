"""`ntrkpath fusions`: callers' files in, a verdict on every NTRK event and the status of every file out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ntrkpath.cli.main import EXIT_FINDING, EXIT_NO_INPUT, EXIT_OK
from ntrkpath.cli.one_case import STDIN
from ntrkpath.cli.options import AssemblyType, allow_bad_option, caller_option, out_option
from ntrkpath.cli.output import write

if TYPE_CHECKING:
    from ntrkpath.fusion import Transcripts
    from ntrkpath.fusion.judge import FilesJudged, GivenFile
    from ntrkpath.model.fusion import FusionVerdict

_VERDICTS = ("productive", "likely_productive", "uncertain", "not_productive")


def _show_formats(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from ntrkpath.readers import formats_page

        click.echo(formats_page())
        context.exit()


@click.command("fusions")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@caller_option
@click.option(
    "--assembly",
    type=AssemblyType(),
    default=None,
    metavar="GRCh37|GRCh38",
    help="Genome assembly, where the file does not say.",
)
@click.option(
    "--gtf", type=click.Path(exists=True, dir_okay=False), default=None, help="Another annotation; needs --assembly."
)
@click.option(
    "--sample", default=None, metavar="ID", help="Sample, where the file names none (default: the file's name)."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "tsv", "vicc", "multiqc"]), default="text", show_default=True
)
@click.option(
    "--svg",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    metavar="DIR",
    help="Also draw each event into this directory.",
)
@allow_bad_option
@out_option
@click.option(
    "--formats",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_formats,
    help="Show every format that is read, with the names of columns, and exit.",
)
@click.option(
    "--fail-on", type=click.Choice(_VERDICTS), multiple=True, help="Exit 1 where an event has this verdict; repeatable."
)
def command(
    files: tuple[str, ...], caller: str | None, assembly: str | None, gtf: str | None, sample: str | None, form: str,
    svg: Path | None, allow_bad: bool, out: Path | None, fail_on: tuple[str, ...],
) -> int:  # fmt: skip
    """Judge every NTRK event in the output files of fusion callers.

    The format is recognised by content; - is standard input. Events of one sample that several callers report are
    merged. What cannot be read or evaluated is listed, the rest is answered all the same, and the exit code is 65.
    """
    from ntrkpath.fusion import Transcripts
    from ntrkpath.fusion.judge import judge_files

    if gtf and not assembly:
        raise click.UsageError("--gtf needs --assembly")
    transcripts = Transcripts.from_gtf(gtf, assembly) if gtf and assembly else None  # type: ignore[arg-type]
    judged = judge_files(
        given(files), caller=caller, assembly=assembly, sample=sample, transcripts=transcripts  # type: ignore[arg-type]
    ).asked("fusions")  # fmt: skip
    if form == "text":
        from ntrkpath.report.verdict_text import judged_text

        write(judged_text(judged.files, judged.events), out)
    else:
        from ntrkpath.exports.verdicts import written

        write(written(form, judged.files, judged.events), out)  # type: ignore[arg-type]
        report(judged)
    if svg:
        _draw(judged.events, svg, transcripts)
    if any(v.verdict in fail_on for v in judged.events):
        return EXIT_FINDING
    return EXIT_OK if judged.complete or allow_bad else EXIT_NO_INPUT


def given(files: Sequence[str]) -> list[GivenFile]:
    """Return the files as they are named; ``-`` is read from standard input."""
    return [(STDIN, sys.stdin.buffer.read()) if file == "-" else file for file in files]


def report(judged: FilesJudged) -> None:
    """Say on standard error what was read of each file, and what was not."""
    from ntrkpath.report.verdict_text import file_lines

    for file in judged.files:
        click.echo("\n".join(file_lines(file)), err=True)


def _draw(verdicts: Sequence[FusionVerdict], directory: Path, transcripts: Transcripts | None) -> None:
    import re

    from ntrkpath.figures.fusion import fusion_svg

    directory.mkdir(parents=True, exist_ok=True)
    for number, verdict in enumerate(verdicts, 1):
        name = re.sub(r"[^\w.-]+", "-", f"{verdict.sample}-{number}-{verdict.name}")
        write(fusion_svg(verdict, transcripts), directory / f"{name}.svg")
    click.echo(f"{len(verdicts)} pictures in {directory}", err=True)
