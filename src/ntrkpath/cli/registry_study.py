"""`ntrkpath registry worklist | results | plan | study ...`: the screening study of a registry."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ntrkpath.cli.main import EXIT_NO_INPUT, EXIT_OK
from ntrkpath.cli.options import as_of_option, edition_option, out_option, printed_option
from ntrkpath.cli.output import write
from ntrkpath.cli.reports import report_form_option, write_report

if TYPE_CHECKING:
    from ntrkpath.registry.study.planned_sequencing import Expected

_FILE = click.Path(path_type=Path)
_book = click.option(
    "--database",
    envvar="NTRKPATH_REGISTRY",
    default=".",
    metavar="PATH|URL",
    help="The book: a file, a folder (book.sqlite in it; default: this one), or postgresql://...",
)
_protocol = click.option(
    "--protocol", "name", default="sts_ihc_mps", show_default=True, metavar="NAME|FILE", help="The study's protocol."
)
_site = click.option("--site", default=None, metavar="NAME", help="This site only.")


def _day(as_of: dt.date | None) -> dt.date:
    return as_of or dt.date.today()


@click.command("worklist")
@_book
@_protocol
@_site
@click.option("--list", "only", default=None, metavar="NAME", help="This list only, whole.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@as_of_option
@edition_option
@out_option
def worklist_command(
    database: str, name: str, site: str | None, only: str | None, form: str, as_of: dt.date | None, edition: str,
    out: Path | None,
) -> int:  # fmt: skip
    """Show what is to be done next with whom: to stain, to read, to send, overdue, not returned, queries."""
    import msgspec

    from ntrkpath.guidance import load
    from ntrkpath.model.errors import RegistryError
    from ntrkpath.registry.book import Book
    from ntrkpath.registry.study.participants import gathered
    from ntrkpath.registry.study.protocol import load_protocol
    from ntrkpath.registry.study.worklists import LISTS, worklists
    from ntrkpath.report.study_files import worklists_csv, worklists_text

    if only is not None and only not in LISTS:
        raise RegistryError("no such list", where="--list", value=only, allowed=LISTS)
    guidance = load(edition)
    protocol = load_protocol(name, guidance)
    with Book.open(database) as book:
        found = gathered(book.subjects(site), protocol, guidance, _day(as_of), book.file)
    lists = worklists(found.participants, protocol, _day(as_of))
    if only is not None:
        lists = {only: lists[only]}
    if form == "json":
        write(msgspec.json.encode(lists) + b"\n", out)
    elif form == "csv":
        write(worklists_csv(lists), out)
    else:
        write(worklists_text(lists, 20 if only is None else len(lists[only])), out)
    return EXIT_OK


@click.command("results")
@_book
@_protocol
@_site
@report_form_option
@as_of_option
@edition_option
@out_option
def results_command(
    database: str, name: str, site: str | None, form: str, as_of: dt.date | None, edition: str, out: Path | None
) -> int:
    """Show the results so far: attrition, turnaround, the stain against sequencing, frequency, outcome."""
    from ntrkpath.guidance import load
    from ntrkpath.registry.book import Book
    from ntrkpath.registry.study.protocol import load_protocol
    from ntrkpath.registry.study.results import results
    from ntrkpath.report.study_files import results_json, results_report

    guidance = load(edition)
    protocol = load_protocol(name, guidance)
    with Book.open(database) as book:
        found = results(book.subjects(site), protocol, guidance, _day(as_of), book.file)
    write_report(form, lambda: results_report(found, guidance), lambda: results_json(found), out)
    return EXIT_OK


@click.command("plan")
@click.option("--frequency", type=float, default=None, metavar="SHARE", help="The frequency expected, as 0.007.")
@click.option("--width", type=float, default=None, metavar="SHARE", help="Widest interval wanted, as 0.01.")
@click.option("--evaluable", type=float, default=1.0, show_default=True, help="Share that will have a result.")
@click.option("--sensitivity", type=float, default=None, metavar="SHARE", help="The sensitivity expected, as 0.85.")
@click.option("--at-least", type=float, default=None, metavar="SHARE", help="The sensitivity to be shown, as 0.6.")
@click.option("--specificity", type=float, default=0.95, show_default=True, help="The specificity expected.")
@click.option(
    "--stratum", "strata", multiple=True, metavar="NAME:SCREENED:FREQUENCY", help="As rest:1500:0.003; repeatable."
)
@click.option("--assurance", type=float, default=0.8, show_default=True, help="Chance wanted of being shown it.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@printed_option
def plan_command(
    frequency: float | None, width: float | None, evaluable: float, sensitivity: float | None, at_least: float | None,
    specificity: float, strata: tuple[str, ...], assurance: float, form: str,
) -> int:  # fmt: skip
    """Plan: how many to screen for a frequency, or how many stained negatives to sequence for a sensitivity.

    Give --frequency and --width, or --sensitivity, --at-least and each --stratum.
    """
    import msgspec

    from ntrkpath.registry.study.planned_screening import to_screen
    from ntrkpath.registry.study.planned_sequencing import to_sequence
    from ntrkpath.report.study_files import screening_text, sequencing_text

    if frequency is not None and width is not None:
        screened = to_screen(frequency, width, assurance=assurance, evaluable=evaluable)
        write(msgspec.json.encode(screened) + b"\n" if form == "json" else screening_text(screened))
    elif sensitivity is not None and at_least is not None and strata:
        sequenced = to_sequence(
            [_stratum(text) for text in strata], sensitivity=sensitivity, at_least=at_least, specificity=specificity,
            assurance=assurance,
        )  # fmt: skip
        write(msgspec.json.encode(sequenced) + b"\n" if form == "json" else sequencing_text(sequenced))
    else:
        raise click.UsageError("give --frequency and --width, or --sensitivity, --at-least and one --stratum or more")
    return EXIT_OK


def _stratum(text: str) -> Expected:
    from ntrkpath.registry.study.planned_sequencing import Expected

    name, _, rest = text.partition(":")
    screened, _, frequency = rest.partition(":")
    try:
        return Expected(name, int(screened), float(frequency))
    except ValueError:
        raise click.BadParameter(f"{text!r} is not NAME:SCREENED:FREQUENCY, as rest:1500:0.003") from None


@click.command("protocol")
@click.argument("name", default="")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a protocol.")
@edition_option
@printed_option
def protocol_command(name: str, schema: bool, edition: str) -> int:
    """List the protocols that ship, print one (a site's own begins as a copy), or check a file.

    NAME is one that ships; it is printed as it stands. A YAML file is checked, with all its errors at once.
    """
    import msgspec

    from ntrkpath.guidance import load
    from ntrkpath.model.errors import RegistryError
    from ntrkpath.registry.study.protocol import json_schema, load_protocol, shipped

    guidance = load(edition)
    if schema:
        write(msgspec.json.format(msgspec.json.encode(json_schema())) + b"\n")
    elif not name:
        write("".join(f"{key}  {load_protocol(key, guidance).title}\n" for key in shipped()))
    elif name in shipped():
        write(shipped()[name].read_text(encoding="utf-8"))
    else:
        try:
            protocol = load_protocol(name, guidance)
        except RegistryError as error:
            for one in error.all:
                click.echo(f"error: {one}", err=True)
            return EXIT_NO_INPUT
        write(f"{protocol.title}, version {protocol.version}: {len(protocol.negatives.strata)} strata, no error\n")
    return EXIT_OK


@click.command("changed")
@_book
@_site
@click.option("--before-edition", default=None, metavar="NAME|DIR", help="Compare with this edition.")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Compare with labels of this date.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@as_of_option
@edition_option
@out_option
def changed_command(
    database: str, site: str | None, before_edition: str | None, before: dt.datetime | None, form: str,
    as_of: dt.date | None, edition: str, out: Path | None,
) -> int:  # fmt: skip
    """List only the cases that an edition or a label date changes: other actions, or another word on the drug.

    Compared with the last answer that each was given, or with --before-edition and --before.
    """
    import msgspec

    from ntrkpath.guidance import load
    from ntrkpath.pathway import Pathway
    from ntrkpath.registry.book import Book
    from ntrkpath.registry.study.changed import changed
    from ntrkpath.report.study_files import changed_csv, changed_text

    after = Pathway(load(edition), _day(as_of), probability=False)
    earlier = None
    if before_edition is not None or before is not None:
        day = before.date() if before is not None else _day(as_of)
        earlier = Pathway(load(before_edition or edition), day, probability=False)
    with Book.open(database) as book:
        found = list(changed(book.subjects(site), after, earlier, book.file))
    forms: dict[str, Any] = {
        "text": lambda: changed_text(found), "csv": lambda: changed_csv(found),
        "json": lambda: msgspec.json.encode(found) + b"\n",
    }  # fmt: skip
    write(forms[form](), out)
    return EXIT_OK


@click.command("answer")
@_book
@_site
@click.option("--author", default=getpass.getuser, metavar="NAME", help="Who gives them (default: your login).")
@as_of_option
@edition_option
def answer_command(database: str, site: str | None, author: str, as_of: dt.date | None, edition: str) -> int:
    """Keep the answer of the guidance to every case, where it is another than the newest one that was given.

    `ntrkpath registry changed` compares with these. A case that cannot be decided is listed; the others go on.
    """
    from ntrkpath.guidance import load
    from ntrkpath.pathway import Pathway
    from ntrkpath.registry.answering import give
    from ntrkpath.registry.book import Book

    with Book.open(database) as book:
        found = give(book, Pathway(load(edition), _day(as_of), probability=False), author=author, site=site)
    click.echo(f"{found.new} answers given, {found.same} stood already, {len(found.faults)} cases cannot be decided")
    for where, subject, why in found.faults:
        click.echo(f"{where} {subject}: {why}", err=True)
    return EXIT_NO_INPUT if found.faults else EXIT_OK


@click.command("own-evidence")
@click.argument("folder", type=_FILE)
@_book
@_protocol
@as_of_option
@edition_option
def own_evidence_command(folder: Path, database: str, name: str, as_of: dt.date | None, edition: str) -> int:
    """Write to FOLDER an edition that holds this registry's counts as one more study, marked as such.

    Use it with --edition FOLDER in `evidence`, `recommend` and others; the edition itself is never changed.
    """
    from ntrkpath.guidance import load
    from ntrkpath.registry.book import Book
    from ntrkpath.registry.study.own_counts import own_counts, write_edition
    from ntrkpath.registry.study.participants import gathered
    from ntrkpath.registry.study.protocol import load_protocol

    guidance = load(edition)
    protocol = load_protocol(name, guidance)
    with Book.open(database) as book:
        found = gathered(book.subjects(), protocol, guidance, _day(as_of), book.file)
    counts = own_counts(found.participants, guidance)
    click.echo("Reckoning the probabilities anew; this takes half a minute.", err=True)
    made = write_edition(counts, guidance, protocol, _day(as_of), folder)
    click.echo(f"{made.id} {made.version} in {folder.as_posix()}")
    for count in counts:
        click.echo(f"  {count.group}: {count.positive} of {count.tested}")
    return EXIT_OK


@click.command("central-review")
@_book
@_protocol
@_site
@as_of_option
@edition_option
@out_option
def central_review_command(
    database: str, name: str, site: str | None, as_of: dt.date | None, edition: str, out: Path | None
) -> int:
    """Write the sheet for central review as CSV: what was known before any NTRK test, and nothing since.

    All with a positive stain or a fusion stand in it among a drawn share of the others.
    """
    from ntrkpath.guidance import load
    from ntrkpath.registry.book import Book
    from ntrkpath.registry.study.participants import gathered
    from ntrkpath.registry.study.protocol import load_protocol
    from ntrkpath.registry.study.review import to_review
    from ntrkpath.report.study_files import review_csv

    guidance = load(edition)
    protocol = load_protocol(name, guidance)
    with Book.open(database) as book:
        found = gathered(book.subjects(site), protocol, guidance, _day(as_of), book.file)
    write(review_csv(to_review(found.participants, protocol)), out)
    return EXIT_OK


@click.command("study")
@click.argument("folder", type=_FILE)
@click.option("--subjects", type=click.IntRange(1, 100_000), default=None, help="How many; 2,000 where not given.")
@click.option("--open/--no-open", "opened", default=True, help="Serve its pages and open them.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen at.")
def study_command(folder: Path, subjects: int | None, opened: bool, port: int) -> int:
    """Fill FOLDER with a synthetic study of four sites, half-way, and open it.

    Nobody in it ever lived. The same command makes the same study; a folder that holds it already is opened as it is.
    """
    from ntrkpath.guidance import load
    from ntrkpath.model.numbers import grouped
    from ntrkpath.registry.study.protocol import load_protocol
    from ntrkpath.registry.study.synthetic import as_of, fill

    guidance = load()
    count = fill(folder, load_protocol("sts_ihc_mps", guidance), guidance, subjects)
    if count:
        said = f"A synthetic study of {grouped(count)} subjects, as of {as_of()}, in {folder.as_posix()}."
        click.echo(said, err=True)
    if opened:
        from ntrkpath.cli.registry_pages import serve_registry

        return serve_registry(str(folder), "sts_ihc_mps", as_of=as_of(), port=port, browser=True)
    click.echo(f"ntrkpath registry results --database {folder.as_posix()} --as-of {as_of()}")
    return EXIT_OK


COMMANDS = (
    worklist_command, results_command, plan_command, protocol_command, central_review_command, answer_command,
    changed_command, own_evidence_command, study_command,
)  # fmt: skip
