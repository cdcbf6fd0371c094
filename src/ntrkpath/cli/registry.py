"""`ntrkpath registry`: the book of a registry, what goes in and what comes out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ntrkpath.cli.main import EXIT_FINDING, EXIT_OK
from ntrkpath.cli.options import out_option, printed_option
from ntrkpath.cli.output import write
from ntrkpath.cli.registry_entries import COMMANDS as ENTRIES
from ntrkpath.cli.registry_options import AUTHOR, FILE, FORM, SITE, as_json, book_option, opened
from ntrkpath.cli.registry_study import COMMANDS as STUDY
from ntrkpath.model.numbers import percent_with_range

if TYPE_CHECKING:
    from ntrkpath.registry.heads import Head

_KEY = click.option(
    "--key", type=FILE, envvar="NTRKPATH_REGISTRY_KEY", default=None, metavar="FILE",
    help="The key that signs heads; keep it apart from the database (default: in your settings).",
)  # fmt: skip


def _key_path(key: Path | None) -> Path:
    return key if key is not None else Path(click.get_app_dir("ntrkpath")) / "registry-key.pem"


@click.group("registry")
def command() -> None:
    """A registry of cases: one append-only book, and views of it.

    Begin with `ntrkpath registry init`, then `ntrkpath registry import`. Without --database the book is `book.sqlite`
    in this folder.
    """
    from ntrkpath.registry.needed import require

    require()


@command.command("init")
@book_option
@_KEY
@click.option("--application", default=None, metavar="ROLE", help="PostgreSQL: the role that appends.")
@click.option("--upgrade", is_flag=True, help="Bring the tables of a book to the newest version; bodies stay.")
def init_command(database: str, key: Path | None, application: str | None, upgrade: bool) -> int:
    """Make a new book, and the key that signs its heads where there is none yet."""
    from ntrkpath.registry.book import Book
    from ntrkpath.registry.heads import new_key

    if upgrade:
        with Book.of(database) as book:
            book.upgrade()
            book.rebuild()
        click.echo(f"{book.name}: tables are of the newest version")
        return EXIT_OK
    Book.create(database, application=application).close()
    place = _key_path(key)
    made = not place.exists()
    if made:
        new_key(place)
    click.echo(f"The book is made. {'New key' if made else 'Key'}: {place} (keep it apart from the database).")
    return EXIT_OK


@command.command("verify")
@book_option
@click.option("--head", "head_file", type=FILE, default=None, metavar="FILE", help="An exported head that must fit.")
@_KEY
@FORM
@printed_option
def verify_command(database: str, head_file: Path | None, key: Path | None, form: str) -> int:
    """Walk every chain and compare bodies, views, guards and an exported head; exit 1 on any finding."""
    from ntrkpath.registry.verify import verify

    head = _head(head_file, key) if head_file is not None else None
    with opened(database) as book:
        found = verify(book, head)
    if form == "json":
        write(as_json(found))
    else:
        sites = ", ".join(f"{site} {seq}" for site, seq in found.chains.items()) or "none"
        click.echo(f"{found.entries} entries; chains: {sites}; {found.erased} bodies erased")
        for finding in found.findings:
            click.echo(f"{finding.where}: {finding.text}")
        click.echo(f"{len(found.findings) + found.more} findings" if found.findings else "nothing found")
    return EXIT_OK if found.ok else EXIT_FINDING


def _head(path: Path, key: Path | None) -> Head:
    from ntrkpath.registry.heads import public_of, read_head

    place = _key_path(key)
    return read_head(path, public_of(place) if key is not None or place.exists() else None)


@command.command("rebuild")
@book_option
def rebuild_command(database: str) -> int:
    """Derive every view anew from the book; after a new edition of the guidance too."""
    with opened(database) as book:
        click.echo(f"{book.rebuild()} subjects")
    return EXIT_OK


@command.command("head")
@book_option
@_KEY
@out_option
def head_command(database: str, key: Path | None, out: Path | None) -> int:
    """Write the signed head: where every chain stands, and every erasure. Keep it apart from the database."""
    from ntrkpath.registry.heads import private_key

    with opened(database) as book:
        write(as_json(book.head(private_key(_key_path(key)))), out)
    return EXIT_OK


@command.command("backup")
@click.argument("out", type=FILE)
@book_option
def backup_command(out: Path, database: str) -> int:
    """Copy the whole book into the file OUT, which is a book itself, and verify the copy."""
    from ntrkpath.registry.backup import backup

    with opened(database) as book:
        found = backup(book, out)
    click.echo(f"{found.entries} entries in {out}")
    return EXIT_OK


@command.command("restore")
@click.argument("source", metavar="BACKUP", type=FILE)
@book_option
@click.option("--head", "head_file", type=FILE, default=None, metavar="FILE", help="The newest head exported.")
@click.option("--no-head", is_flag=True, help="There is none; then nobody can tell what is lost or was erased since.")
@_KEY
@FORM
def restore_command(
    source: Path, database: str, head_file: Path | None, no_head: bool, key: Path | None, form: str
) -> int:
    """Make a book anew from BACKUP, say what is lost, and erase again whoever was erased after the backup.

    The newest head names both: give it with --head.
    """
    from ntrkpath.registry.backup import restore

    if (head_file is None) != no_head:
        raise click.UsageError("give the newest head with --head, or say --no-head")
    found = restore(source, database, _head(head_file, key) if head_file is not None else None)
    if form == "json":
        write(as_json(found))
        return EXIT_OK
    click.echo(f"{found.entries} entries restored")
    for lost in found.lost:
        click.echo(f"lost: {lost.site} {lost.first} to {lost.last}")
    for again in found.erased:
        click.echo(f"erased again: {again.site} {again.subject}")
    click.echo("Export a new head now: `ntrkpath registry head`.", err=True)
    return EXIT_OK


@command.command("erase")
@click.argument("subject")
@SITE
@book_option
@click.option(
    "--asked-by", required=True, help="Who asked for it.",
    type=click.Choice(["subject", "parent", "guardian", "representative", "site", "authority", "unknown"]),
)  # fmt: skip
@AUTHOR
@click.confirmation_option(prompt="Remove everything that was said of this subject, for ever?")
def erase_command(subject: str, site: str, database: str, asked_by: str, author: str) -> int:
    """Erase SUBJECT: bodies, salts, files and derived rows go; the chain still verifies.

    Export a head afterwards, so that a restored backup erases again; older backups hold the subject still.
    """
    import secrets

    with opened(database) as book:
        entry = book.erase(site, subject, author=author, request=secrets.token_hex(16), asked_by=asked_by)
    click.echo(f"{len(entry.body.erased)} entries emptied by {site} {entry.seq}")
    return EXIT_OK


@command.command("counts")
@book_option
@click.option("--for-pooling", "study", default=None, metavar="NAME", help="Exact counts for NAME's pooled analysis.")
@AUTHOR
@FORM
@out_option
def counts_command(database: str, study: str | None, author: str, form: str, out: Path | None) -> int:
    """Count subjects, tested and positive by the histology before the test; every release is noted in the book.

    Cells under 5 are hidden, and a row changes between releases by at least 5 subjects. With --for-pooling the counts
    are exact and stand alone. The literature is in no count.
    """
    from ntrkpath.registry.counts import for_pooling, published

    with opened(database) as book:
        if study is not None:
            write(as_json(for_pooling(book, study, author=author)), out)
            return EXIT_OK
        found = published(book, author=author)
    if form == "json":
        write(as_json(found), out)
        return EXIT_OK
    lines = [f"{'histology before the test':<44} {'subjects':>8} {'tested':>8} {'positive':>8}"]
    for row in found.rows:
        numbers = (row.subjects, row.tested, row.positive)
        cells = " ".join(f"{f'<{found.least}' if n is None else n:>8}" for n in numbers)
        lines.append(f"{row.histology[:44]:<44} {cells}")
    write("\n".join(lines) + "\n", out)
    if found.held_back:
        click.echo(f"{found.held_back} rows stand as released before: fewer than {found.least} more", err=True)
    return EXIT_OK


@command.command("pool")
@click.argument("files", nargs=-1, required=True, type=FILE)
@FORM
@out_option
def pool_command(files: tuple[Path, ...], form: str, out: Path | None) -> int:
    """Combine the counts of several registries (`counts --for-pooling`) with the models of `ntrkpath evidence`."""
    from ntrkpath.registry.pooling import combine, read_counts

    found = combine([read_counts(path) for path in files])
    if form == "json":
        write(as_json(found), out)
        return EXIT_OK
    lines = [f"{'histology before the test':<44} {'positive of tested':>20}  share (95 % interval)"]
    for one in found:
        tested, positive = sum(s.tested for s in one.studies), sum(s.positive for s in one.studies)
        share = one.why_not
        if one.pooled is not None:
            p = one.pooled
            share = f"{percent_with_range(p.estimate, p.low, p.high)}, {len(one.studies)} registries"
        lines.append(f"{one.histology[:44]:<44} {f'{positive} of {tested}':>20}  {share}")
    write("\n".join(lines) + "\n", out)
    return EXIT_OK


@command.command("export")
@click.argument("out", type=FILE)
@book_option
@click.option(
    "--as", "kind", required=True, help="What is written to OUT.",
    type=click.Choice(
        ["tables", "parquet", "redcap", "cbioportal", "dnpm", "dictionary", "template", "subject", "cases"]
    ),
)  # fmt: skip
@click.option("--site", default=None, metavar="NAME", help="One site only; with --as subject the subject's.")
@click.option("--subject", default=None, metavar="NAME", help="With --as subject: everything of this one.")
@click.option("--de-identified", is_flag=True, help="Tables: ages over 89 joined, days since diagnosis, no free text.")
@click.option("--literature", is_flag=True, help="With the published patients, in a column of their own.")
def export_command(
    out: Path, database: str, kind: str, site: str | None, subject: str | None, de_identified: bool, literature: bool
) -> int:
    """Write the registry, or its forms, for other programs.

    Into a folder: tables (CSV), parquet, redcap (data dictionary and records), cbioportal (a study), dnpm (a record of
    DNPM:DIP for each subject), dictionary, template. Into a file: cases (JSON lines, as `ntrkpath cohort` reads them),
    subject (all that is known of one).
    """
    from ntrkpath.registry import exporting

    if (kind == "subject") != (subject is not None) or (kind == "subject" and site is None):
        raise click.UsageError("--as subject goes with --site NAME --subject NAME")
    if de_identified and kind not in ("tables", "parquet"):
        raise click.UsageError("--de-identified goes with --as tables or --as parquet")
    files: dict[str, str | bytes]
    if kind in ("dictionary", "template"):
        files = {**exporting.blank(kind)}
    else:
        with opened(database) as book:
            wanted = exporting.Wanted(kind, site, subject, de_identified, literature)
            files = exporting.files(book, wanted)
    for name, content in files.items():
        place = out / name if kind not in ("subject", "cases") else out
        place.parent.mkdir(parents=True, exist_ok=True)
        write(content, place)
        click.echo(place.as_posix())
    return EXIT_OK


for more in (*ENTRIES, *STUDY):
    command.add_command(more)
