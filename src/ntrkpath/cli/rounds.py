"""`ntrkpath rounds`: a ring trial from the empty folder to the reports, and what panels can see."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ntrkpath.cli.main import EXIT_FINDING, EXIT_NO_INPUT, EXIT_OK
from ntrkpath.cli.options import edition_option, printed_option
from ntrkpath.cli.output import write

if TYPE_CHECKING:
    from ntrkpath.rounds.score import Score

_FOLDER = click.Path(path_type=Path)
_ALLOW = click.option("--allow-bad", is_flag=True, help="Exit 0 although rows of the sheets could not be read.")
_BEFORE = click.option("--before", type=_FOLDER, default=None, metavar="DIR", help="An earlier round, for the change.")
_OUT = click.option("--out", type=_FOLDER, default=None, metavar="FILE", help="Write to FILE.")


@click.group("rounds")
def command() -> None:
    """Ring trials: do laboratories find the same fusions, and why not.

    A round is a folder: `round.yaml`, `laboratories.csv`, `submissions/`. Begin with `ntrkpath rounds new NAME`, or see
    a synthetic one with `ntrkpath rounds new NAME --example`.
    """


@command.command("new")
@click.argument("folder", type=_FOLDER)
@click.option("--example", is_flag=True, help="A small synthetic round, complete with results.")
def new_command(folder: Path, example: bool) -> int:
    """Write the files of a new round to FOLDER, and the key to the pseudonyms beside it."""
    from ntrkpath.rounds.templates import new_round

    written = new_round(folder, example)
    for path in written[:-1]:
        click.echo(path.as_posix())
    click.echo(f"{written[-1].as_posix()}  (the key from pseudonyms to names: keep it apart from the round)")
    return EXIT_OK


@command.command("check")
@click.argument("path", type=_FOLDER)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@printed_option
def check_command(path: Path, form: str) -> int:
    """Check a round, or the sheet of one laboratory; exit 1 where something is to be mended."""
    import msgspec

    from ntrkpath.rounds.check import check, summary

    found = check(path)
    write(msgspec.json.encode(found) + b"\n" if form == "json" else "\n".join(summary(found)) + "\n")
    return EXIT_OK if found.ok else EXIT_FINDING


@command.command("score")
@click.argument("folder", type=_FOLDER)
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@_BEFORE
@_OUT
@_ALLOW
def score_command(folder: Path, form: str, before: Path | None, out: Path | None, allow_bad: bool) -> int:
    """Score a round: what each result is worth and why it differs, shares with intervals, marks."""
    from ntrkpath.report.rounds_files import score_json
    from ntrkpath.report.rounds_sheets import results_sheet
    from ntrkpath.report.rounds_text import score_text
    from ntrkpath.report.sheet_forms import sheets_csv
    from ntrkpath.rounds.score import score

    found = score(folder, before)
    if form == "json":
        write(score_json(found), out)
    elif form == "csv":
        write(sheets_csv([results_sheet(found.results)]), out)
    else:
        write(score_text(found), out)
    return _ended(found, allow_bad)


@command.command("report")
@click.argument("folder", type=_FOLDER)
@click.option("--laboratory", default=None, metavar="NAME", help="The report for this laboratory only.")
@click.option(
    "--format",
    "forms",
    type=click.Choice(["html", "pdf", "csv", "json"]),
    multiple=True,
    help="Repeatable; default: all.",
)
@click.option("--out", type=_FOLDER, default=None, metavar="DIR", help="Default: FOLDER/reports.")
@_BEFORE
@_ALLOW
@edition_option
def report_command(
    folder: Path,
    laboratory: str | None,
    forms: tuple[str, ...],
    out: Path | None,
    before: Path | None,
    allow_bad: bool,
    edition: str,
) -> int:
    """Write the reports of a round: for the organiser, and one page for each laboratory."""
    from ntrkpath.guidance import load
    from ntrkpath.report.rounds_files import FORMATS, MOST_PDF, files, laboratory_files
    from ntrkpath.report.rounds_laboratory import Reports
    from ntrkpath.rounds.score import score

    found = score(folder, before)
    chosen, guidance = forms or FORMATS, load(edition)
    target = out if out is not None else folder / "reports"
    if laboratory is not None:
        made = list(laboratory_files(Reports(found), laboratory, guidance, chosen))
    else:
        made = list(files(found, guidance, chosen))
    for name, content in made:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        write(content(), place)
    shown = made if len(made) <= 20 else made[:20]
    for name, _ in shown:
        click.echo((target / name).as_posix())
    if len(made) > len(shown):
        click.echo(f"... {len(made)} files in {target.as_posix()}")
    if "pdf" in chosen and laboratory is None and len(found.laboratories) > MOST_PDF:
        click.echo(f"PDFs for laboratories: with --laboratory (more than {MOST_PDF} laboratories).", err=True)
    return _ended(found, allow_bad)


def _ended(found: Score, allow_bad: bool) -> int:
    for fault in found.faults[:20]:
        click.echo(f"{fault.where}: {fault.text}", err=True)
    if len(found.faults) > 20:
        click.echo(f"... {len(found.faults)} faults; `ntrkpath rounds check` lists them all", err=True)
    return EXIT_OK if allow_bad or not found.faults else EXIT_NO_INPUT


@command.command("panels")
@click.option("--event", "events", multiple=True, metavar="NAME", help="This event only (WNK2::NTRK2); repeatable.")
@click.option("--panel", "panels", multiple=True, metavar="NAME", help="This panel only; repeatable.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv", "html"]), default="text", show_default=True)
@_OUT
@edition_option
def panels_command(events: tuple[str, ...], panels: tuple[str, ...], form: str, out: Path | None, edition: str) -> int:
    """Show what each panel can see of each known NTRK event: seen, not seen, cannot tell, and why.

    Only what was read in a source decides; a design that nobody read answers "cannot tell".
    """
    from ntrkpath.guidance import load
    from ntrkpath.report.rounds_panels import panels_html, panels_json, panels_text
    from ntrkpath.report.rounds_samples import coverage_sheet
    from ntrkpath.report.sheet_forms import sheets_csv
    from ntrkpath.rounds.coverage import coverage

    found = coverage(events, panels)
    if form == "json":
        write(panels_json(found), out)
    elif form == "csv":
        write(sheets_csv([coverage_sheet(found)]), out)
    elif form == "html":
        write(panels_html(found, load(edition)), out)
    else:
        write(panels_text(found, detailed=bool(events or panels)), out)
    return EXIT_OK


@command.command("rules")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@printed_option
def rules_command(form: str) -> int:
    """List the scoring rules: points, critical errors, pass marks, and the scheme that published each."""
    import msgspec

    from ntrkpath.report.rounds_text import rules_text
    from ntrkpath.rounds.knowledge import rule_files
    from ntrkpath.rounds.scoring import load_rule

    rules = [load_rule(name) for name in rule_files()]
    write(msgspec.json.encode(rules) + b"\n" if form == "json" else rules_text(rules))
    return EXIT_OK


@command.command("published")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@printed_option
def published_command(form: str) -> int:
    """Reckon again what ring trials of NTRK testing have published."""
    import msgspec

    from ntrkpath.report.rounds_text import published_text
    from ntrkpath.rounds.published import checks

    found = checks()
    write(msgspec.json.encode(found) + b"\n" if form == "json" else published_text(found))
    return EXIT_OK
