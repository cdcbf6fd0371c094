"""`ntrkpath variants`: NTRK mutations and copy numbers of files, and what each is worth."""

from __future__ import annotations

import click

from ntrkpath.cli.fusions import given, report
from ntrkpath.cli.main import EXIT_NO_INPUT, EXIT_OK


@click.command("variants")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--sample", default=None, metavar="ID", help="Sample, where the file names none (default: the file's name)."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--allow-bad", is_flag=True, help="Exit 0 also where a row or file could not be read or evaluated.")
def command(files: tuple[str, ...], sample: str | None, form: str, allow_bad: bool) -> int:
    """Read NTRK mutations and copy numbers, with the class of resistance of each mutation.

    FILE is a MAF, a VCF with ANN or CSQ, a cBioPortal copy-number matrix, a copy-number table, or a TSO500 or
    Foundation report; - is standard input. Codon numbers differ by isoform: the reference number and the transcript
    are named.
    """
    from ntrkpath.fusion.judge import judge_files
    from ntrkpath.variants import finding

    judged = judge_files(given(files), sample=sample).asked("mutations", "copy_numbers")
    findings = [*map(finding, judged.changes), *map(finding, judged.copy_numbers)]
    if form == "json":
        from ntrkpath.exports.findings import document

        click.echo(document(judged.files, findings), nl=False)
        report(judged)
    else:
        from ntrkpath.report.verdict_text import findings_text

        click.echo(findings_text(judged.files, (one.says for one in findings)), nl=False)
    return EXIT_OK if judged.complete or allow_bad else EXIT_NO_INPUT
