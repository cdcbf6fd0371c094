"""`ntrkpath registry import | enter | review`: what goes into a book."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ntrkpath.cli.main import EXIT_NO_INPUT, EXIT_OK
from ntrkpath.cli.options import allow_bad_option, printed_option
from ntrkpath.cli.output import write
from ntrkpath.cli.registry_options import AUTHOR, FILE, FORM, SITE, as_json, book_option, opened


@click.command("import")
@click.argument("files", nargs=-1, type=FILE)
@book_option
@click.option("--site", default=None, metavar="NAME", help="The site that the cases are of.")
@click.option("--published", is_flag=True, help="The published patients that come with ntrkpath, as literature.")
@click.option(
    "--collection", type=click.Choice(["prospective", "retrospective", "literature"]), default=None,
    help="How the cases of YAML and JSON files were collected (needed there).",
)  # fmt: skip
@click.option("--mapping", default=None, metavar="NAME|FILE", help="Tables: which column fills which key of a case.")
@click.option("--dictionary", type=FILE, default=None, metavar="FILE", help="REDCap: the data dictionary (CSV).")
@click.option("--sheet", default="", metavar="NAME", help="Workbooks: the sheet.")
@click.option("--errors", type=FILE, default=None, metavar="FILE", help="Write what was not taken here, with reasons.")
@AUTHOR
@allow_bad_option
def import_command(
    files: tuple[Path, ...], database: str, site: str | None, published: bool, collection: Any, mapping: str | None,
    dictionary: Path | None, sheet: str, errors: Path | None, author: str, allow_bad: bool,
) -> int:  # fmt: skip
    """Take cases in: YAML, JSON and JSON lines with their caller files, CSV and Excel tables, REDCap exports.

    The good ones go in, the bad ones come back with their reasons. Importing again changes nothing; values that differ
    from what stands wait for a ruling (`ntrkpath registry review`).
    """
    from ntrkpath.registry import sources

    if published == bool(files):
        raise click.UsageError("name files, or --published")
    site = site or ("literature" if published else None)
    if site is None:
        raise click.UsageError("name the site: --site NAME")
    request = sources.Request(files, site, author, published, collection, mapping, dictionary, sheet)
    with opened(database) as book:
        taken, notes = sources.take_in(book, request)
    for note in notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"{taken.new} new, {taken.same} stood already, {taken.waiting} wait for a ruling, {len(taken.bad)} bad")
    for bad in taken.bad[:20]:
        click.echo(f"{bad.where}: {bad.reason}", err=True)
    if len(taken.bad) > 20:
        click.echo(f"... {len(taken.bad)} in all; --errors writes them all", err=True)
    if errors is not None and taken.bad:
        write(sources.error_file(request, taken), errors)
    return EXIT_OK if allow_bad or not taken.bad else EXIT_NO_INPUT


@click.command("enter")
@click.argument("subject")
@click.argument("kind")
@click.argument("items", nargs=-1, metavar="[ITEM=VALUE]...")
@SITE
@book_option
@AUTHOR
@click.option("--request", default=None, metavar="ID", help="The same id written again is one entry.")
def enter_command(
    subject: str, kind: str, items: tuple[str, ...], site: str, database: str, author: str, request: str | None
) -> int:
    """Write one entry of SUBJECT by hand; a new subject needs its registration first.

    KIND is a form (registration, screening, treatment, follow_up, adverse_event, consent, ...), a wish (no_more_data,
    no_more_use), query, reply, decision, or retraction of an entry that was wrong.
    """
    import uuid

    from ntrkpath.model.errors import RegistryError
    from ntrkpath.registry.entering import entered, kinds, stated
    from ntrkpath.registry.entries import Draft

    if kind not in kinds():
        raise RegistryError("no such kind of entry", value=kind, allowed=kinds())
    body = entered(kind, stated(items))
    draft = Draft(site=site, subject=subject, body=body, author=author, request=request or str(uuid.uuid4()))
    with opened(database) as book:
        if kind != "registration" and book.subject(site, subject) is None:
            raise RegistryError("no such subject", where=site, remedy="write its registration, or import its case")
        (entry,) = book.append(draft)
    click.echo(f"{entry.site} {entry.seq}")
    return EXIT_OK


@click.command("review")
@book_option
@click.option("--accept", "ruling", flag_value="accept", help="Take the proposed values.")
@click.option("--reject", "ruling", flag_value="reject", help="Keep what stands.")
@click.option("--at", "places", multiple=True, metavar="SITE:SEQ", help="The proposal; repeatable.")
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@AUTHOR
@FORM
@printed_option
def review_command(
    database: str, ruling: str | None, places: tuple[str, ...], reason: str, author: str, form: str
) -> int:
    """List imported values that differ from what stands, or rule on them."""
    from ntrkpath.registry.review import decide, waiting

    if (ruling is None) != (not places):
        raise click.UsageError("--accept or --reject goes with --at SITE:SEQ")
    with opened(database) as book:
        if ruling is not None:
            decide(book, places, accepted=ruling == "accept", author=author, reason=reason)
        found = list(waiting(book))
    if form == "json":
        write(as_json(found))
        return EXIT_OK
    for one in found:
        click.echo(f"{one.site}:{one.seq}  {one.subject}  {one.form}  {', '.join(one.differs)}  ({one.source})")
    click.echo(f"{len(found)} wait for a ruling", err=True)
    return EXIT_OK


COMMANDS = (import_command, enter_command, review_command)
