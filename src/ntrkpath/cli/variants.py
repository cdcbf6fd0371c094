"""`ntrkpath variants`: NTRK mutations and copy numbers of a file, and what each is worth."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from ntrkpath.cli.main import EXIT_NO_INPUT, EXIT_OK

if TYPE_CHECKING:
    from ntrkpath.readers.variants import CopyNumber, ProteinChange


@click.command("variants")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--sample", default=None, metavar="ID", help="Sample, where the file names none (default: the file's name)."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(files: tuple[str, ...], sample: str | None, form: str) -> int:
    """Read NTRK mutations and copy numbers, with the class of resistance of each mutation.

    FILE is a MAF, a VCF with ANN or CSQ, a cBioPortal copy-number matrix, a copy-number table, or a TSO500 or
    Foundation report. Codon numbers differ by isoform: the reference number and the transcript are named.
    """
    import msgspec

    from ntrkpath.model.errors import NtrkpathError
    from ntrkpath.readers.variants import read_variants

    found: list[ProteinChange | CopyNumber] = []
    unread = 0
    for file in files:
        try:
            content = read_variants(file, sample=sample)
        except NtrkpathError as error:
            unread += 1
            click.echo(f"error: {error}", err=True)
            continue
        for problem in content.problems:
            click.echo(f"error: {problem.file}:{problem.line}: {problem.message}", err=True)
        found += [*content.changes, *content.copy_numbers]
    if unread == len(files):
        return EXIT_NO_INPUT
    told = [_told(finding) for finding in found]
    if form == "json":
        click.echo(msgspec.json.encode(told).decode())
    else:
        for entry in told or [{"says": "No NTRK mutation or copy number."}]:
            click.echo(textwrap.fill(str(entry["says"]), 100, subsequent_indent="    "))
    return EXIT_OK


def _told(finding: ProteinChange | CopyNumber) -> dict[str, object]:
    """Return a finding as plain data: where it stands, what it is, and in one sentence what it is worth."""
    from ntrkpath.fusion import read_mutation
    from ntrkpath.model.errors import AnnotationError
    from ntrkpath.readers.variants import CopyNumber

    place: dict[str, object] = {"sample": finding.sample, "file": finding.source.file, "line": finding.source.line}
    if isinstance(finding, CopyNumber):
        says = f"{finding.gene} {finding.call or 'copy number'}"
        if finding.copies is not None:
            says += f", {finding.copies:g} copies"
        if finding.call == "amplification":
            says += ": no target of TRK inhibitors (BIO-4), and it may explain a strong stain (IHC-5)"
        return {**place, "gene": finding.gene, "kind": "copy_number", "call": finding.call, "says": f"{says}."}
    entry: dict[str, object] = {**place, "gene": finding.gene, "kind": "mutation", "change": finding.protein_change}
    try:
        reading = read_mutation(finding.gene, finding.protein_change, finding.transcript)
    except AnnotationError as error:
        return {
            **entry,
            "says": f"{finding.gene} {finding.protein_change}: not a substitution that can be placed ({error}).",
        }
    if reading.resistance:
        worth = f"resistance to TRK inhibitors, class {reading.resistance.replace('_', ' ')}"
        worth += "" if reading.listed else " by its residue; this substitution is not listed"
    else:
        worth = "not predictive of response to a TRK inhibitor (MPS-6)"
    return {
        **entry,
        "reference_change": reading.change,
        "transcript": reading.transcript,
        "resistance": reading.resistance,
        "says": f"{finding.gene} {reading.change or finding.protein_change}: {worth}. {reading.note}.",
    }
