"""`ntrkpath variants`: NTRK mutations and copy numbers of files, and what each is worth."""

from __future__ import annotations

from pathlib import Path

import click

from ntrkpath.cli.fusions import given, report
from ntrkpath.cli.main import EXIT_NO_INPUT, EXIT_OK
from ntrkpath.cli.options import allow_bad_option, caller_option, out_option
from ntrkpath.cli.output import write


@click.command("variants")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@caller_option
@click.option(
    "--sample", default=None, metavar="ID", help="Sample, where the file names none (default: the file's name)."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@allow_bad_option
@out_option
def command(
    files: tuple[str, ...], caller: str | None, sample: str | None, form: str, allow_bad: bool, out: Path | None
) -> int:
    """Read NTRK mutations and copy numbers, with the class of resistance of each mutation.

    FILE is a MAF, a VCF with ANN or CSQ, a cBioPortal copy-number matrix, a copy-number table, or a TSO500 or
    Foundation report; - is standard input. Codon numbers differ by isoform: the reference number and the transcript
    are named.
    """
    from ntrkpath.fusion.judge import judge_files
    from ntrkpath.variants import finding

    judged = judge_files(given(files), caller=caller, sample=sample).asked("mutations", "copy_numbers")
    findings = [*map(finding, judged.changes), *map(finding, judged.copy_numbers)]
    if form == "json":
        from ntrkpath.exports.findings import document

        write(document(judged.files, findings), out)
        report(judged)
    else:
        from ntrkpath.report.verdict_text import findings_text

        write(findings_text(judged.files, (one.says for one in findings)), out)
    return EXIT_OK if judged.complete or allow_bad else EXIT_NO_INPUT
