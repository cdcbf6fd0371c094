"""`ntrkpath verify`: the decision tables, proved."""

from __future__ import annotations

import textwrap
import time

import click

from ntrkpath.cli.main import EXIT_FINDING, EXIT_OK
from ntrkpath.cli.options import edition_option, printed_option


@click.command("verify")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--write-lock", is_flag=True, help="First sign off the outcomes of the tables as they are now.")
@edition_option
@printed_option
def command(form: str, write_lock: bool, edition: str) -> int:
    """Prove the decision tables of an edition; exit 1 on a finding.

    Every state of every table is enumerated: no gaps, no dead rows, no undeclared overlaps, the compiled form
    agrees. Every fact, level and statement is accounted for, and every safety property holds in every state and
    on every date of a label.
    """
    import msgspec

    from ntrkpath.guidance import load
    from ntrkpath.guidance.files import KNOWLEDGE
    from ntrkpath.proof.edition import sign_off, verify
    from ntrkpath.rounds import proof as rounds

    guidance = load(edition)
    if write_lock:
        click.echo(f"signed off: {sign_off(guidance)}", err=True)
        if guidance.directory.parent == KNOWLEDGE:  # the tables of rounds belong to no edition of a user
            click.echo(f"signed off: {rounds.sign_off()}", err=True)
    started = time.perf_counter()
    report, beside = verify(guidance), rounds.verify()
    report = msgspec.structs.replace(
        report,
        tables=(*report.tables, *beside.tables),
        facts=report.facts + beside.facts,
        levels=report.levels + beside.levels,
        quiet={**report.quiet, **beside.quiet},
        lock={**report.lock, **beside.lock},
        findings=(*report.findings, *beside.findings),
    )
    if form == "json":
        click.echo(msgspec.json.encode(report).decode())
    else:
        click.echo(f"{guidance.id} {guidance.version}, sha256 {guidance.sha256}")
        for line in report.lines():
            click.echo(textwrap.fill(line, 120, subsequent_indent="    ", break_on_hyphens=False))
        click.echo(f"in {time.perf_counter() - started:.1f} s", err=True)
    return EXIT_OK if report.ok else EXIT_FINDING
