"""`ntrkpath fusions`: a caller's file in, a verdict on every NTRK event out."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ntrkpath.cli.main import EXIT_FINDING, EXIT_NO_INPUT, EXIT_OK

if TYPE_CHECKING:
    from ntrkpath.fusion import Transcripts
    from ntrkpath.model.fusion import FusionVerdict, Junction

_SAYS = {
    "productive": "PRODUCTIVE",
    "likely_productive": "LIKELY PRODUCTIVE",
    "uncertain": "UNCERTAIN",
    "not_productive": "NOT PRODUCTIVE",
}
_VERDICTS = tuple(_SAYS)


def _show_formats(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from ntrkpath.readers import formats_page

        click.echo(formats_page())
        context.exit()


@click.command("fusions")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--caller", default=None, metavar="NAME", help="Read the files as this caller's, instead of recognising them."
)
@click.option(
    "--assembly",
    type=click.Choice(["GRCh37", "GRCh38"]),
    default=None,
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
    svg: Path | None, fail_on: tuple[str, ...],
) -> int:  # fmt: skip
    """Judge every NTRK event in the output files of fusion callers.

    The format is recognised by content. Events of one sample that several callers report are merged. A row or a
    file that cannot be read is listed on standard error and the others go on.
    """
    import msgspec

    from ntrkpath.fusion import Assessor, Transcripts
    from ntrkpath.model.errors import NtrkpathError
    from ntrkpath.readers import NTRK, read

    if gtf and not assembly:
        raise click.UsageError("--gtf needs --assembly")
    junctions: list[Junction] = []
    unread = 0
    for file in files:
        try:
            content = read(file, caller=caller, sample=sample, genes=NTRK)
        except NtrkpathError as error:
            unread += 1
            click.echo(f"error: {error}", err=True)
            continue
        for problem in content.problems:
            line = f":{problem.line}" if problem.line else ""
            click.echo(f"error: {problem.file}{line}: {problem.message}; row: {problem.raw[:120]}", err=True)
        for note in content.notes:
            click.echo(f"note: {Path(file).name}: {note}", err=True)
        found = content.junctions
        if assembly:
            found = tuple(msgspec.structs.replace(j, assembly=j.assembly or assembly) for j in found)
        click.echo(f"{Path(file).name}: {content.caller}, {content.rows_read} rows, {len(found)} NTRK", err=True)
        junctions += found
    if unread == len(files):
        return EXIT_NO_INPUT
    transcripts = Transcripts.from_gtf(gtf, assembly) if gtf and assembly else None  # type: ignore[arg-type]
    verdicts = Assessor(transcripts).assess(junctions)
    click.echo(_render(verdicts, form), nl=form == "text")
    if svg:
        _draw(verdicts, svg, transcripts)
    return EXIT_FINDING if any(v.verdict in fail_on for v in verdicts) else EXIT_OK


def _render(verdicts: list[FusionVerdict], form: str) -> str:
    import msgspec

    if form == "json":
        return msgspec.json.encode(verdicts).decode() + "\n"
    if form == "vicc":
        from ntrkpath.fusion import assayed_fusion

        return msgspec.json.encode([assayed_fusion(verdict) for verdict in verdicts]).decode() + "\n"
    if form == "tsv":
        from ntrkpath.exports.tsv import verdicts_tsv

        return verdicts_tsv(verdicts)
    if form == "multiqc":
        from ntrkpath.exports.multiqc import multiqc_section

        return msgspec.json.encode(multiqc_section(verdicts)).decode() + "\n"
    return "\n\n".join(_text(v) for v in verdicts) or "No NTRK event."


def _text(v: FusionVerdict) -> str:
    """Return one verdict as a pathologist reads it: the verdict first, then why, then where it comes from."""
    lines = [f"{v.name}  {_SAYS[v.verdict]}" + (f"  ({v.sample})" if v.sample else "")]

    def add(name: str, value: str) -> None:
        lines.append(textwrap.fill(f"  {name:<9}{value}", 100, subsequent_indent=" " * 11, break_on_hyphens=False))

    add("why", ", ".join(reason.replace("_", " ") for reason in v.reasons) + f"  [{', '.join(v.rules)}]")
    for name, side in (("5'", v.five_prime), ("3'", v.three_prime)):
        parts = [side.gene or "?"]
        if side.exon is not None:
            parts.append(f"exon {side.exon} of {side.transcript}")
        if side.position:
            parts.append(f"{side.position} ({v.assembly})" if v.assembly else side.position)
        add(name, ", ".join(parts))
    pairs = v.frame.isoforms_in + v.frame.isoforms_out
    add(
        "frame",
        f"{v.frame.ours}; {v.frame.isoforms_in} of {pairs} isoform pairs in frame; the caller says {v.frame.by_caller}",
    )
    kept = v.kinase_domain.retained_fraction
    add("kinase", v.kinase_domain.status + (f", {kept:.0%} of the domain kept" if kept is not None else ""))
    reads = [
        (n, w)
        for n, w in (
            (v.support.split_reads, "split"),
            (v.support.spanning_pairs, "spanning"),
            (v.support.total, "in all"),
        )
        if n is not None
    ]
    add("reads", ", ".join(f"{n} {w}" for n, w in reads) or "not stated")
    if v.vicc_name:
        add("name", v.vicc_name + (f"; {v.hgvs_name}" if v.hgvs_name else ""))
    for note in v.notes:
        add("note", note)
    add(
        "from",
        f"{', '.join(v.callers)} ({v.level.upper()}): "
        + ", ".join(f"{s.file}:{s.line}" if s.line else s.file for s in v.source),
    )
    return "\n".join(lines)


def _draw(verdicts: list[FusionVerdict], directory: Path, transcripts: Transcripts | None) -> None:
    import re

    from ntrkpath.figures.fusion import fusion_svg

    directory.mkdir(parents=True, exist_ok=True)
    for number, verdict in enumerate(verdicts, 1):
        name = re.sub(r"[^\w.-]+", "-", f"{verdict.sample}-{number}-{verdict.name}")
        (directory / f"{name}.svg").write_text(fusion_svg(verdict, transcripts), encoding="utf-8")
    click.echo(f"{len(verdicts)} pictures in {directory}", err=True)
