"""`ntrkpath histology`: how a diagnosis is read."""

from __future__ import annotations

import click

from ntrkpath.cli.main import EXIT_NO_INPUT, EXIT_OK
from ntrkpath.cli.options import edition_option, printed_option


@click.command("histology")
@click.argument("text", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@edition_option
@printed_option
def command(text: tuple[str, ...], form: str, edition: str) -> int:
    """Show how TEXT (a diagnosis, OncoTree code or ICD-O-3 morphology) is read.

    A likeness is shown, never used: `recommend` asks for a name that is recognised exactly.
    """
    from ntrkpath.exports.histologies import encode
    from ntrkpath.guidance import load

    guidance = load(edition)
    resolution = guidance.vocabulary.resolve(" ".join(text))
    code = EXIT_OK if resolution.histology is not None else EXIT_NO_INPUT
    if form == "json":
        click.echo(encode(resolution), nl=False)
        return code
    entry = resolution.histology
    if entry is None:
        why = "is an abbreviation of several diagnoses" if resolution.ambiguous else "is not recognised"
        click.echo(f"{resolution.text!r} {why}.")
    else:
        how = {"oncotree": "OncoTree code", "icdo3": "ICD-O-3 morphology"}.get(resolution.how, resolution.how)
        if resolution.how == "fuzzy":
            how = f"LIKENESS ONLY ({resolution.score:.0f} of 100): write the name out to use it"
        says = guidance.facts["histology_group"].says
        rows = [
            ("read as", f"{entry.name}" + (f"  (OncoTree {entry.oncotree})" if entry.oncotree else "")),
            ("by", how),
            ("group", says.get(entry.group, entry.group.replace("_", " "))),
            ("differentiation", entry.differentiation),
            ("ICD-O-3", ", ".join(entry.icdo3) or "-"),
            (
                "canonical alterations",
                "; ".join(
                    f"{m.id} ({'expected' if m.certainty == 'pathognomonic' else 'to be tested'})"
                    for m in entry.markers
                )
                or "none listed",
            ),
            ("source", entry.source),
        ]
        rows += [("note", note) for note in resolution.notes]
        import textwrap

        for name, value in rows:
            click.echo(textwrap.fill(f"{name:<22} {value}", 100, subsequent_indent=" " * 23))
    if resolution.candidates and resolution.how in ("fuzzy", "none"):
        click.echo("nearest names: " + "; ".join(f"{name} ({score:.0f})" for name, score in resolution.candidates))
    return code
