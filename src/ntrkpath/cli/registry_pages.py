"""The pages of a registry, served on this machine alone by an address that only this run has."""

from __future__ import annotations

import datetime as dt
import webbrowser
from contextlib import suppress
from getpass import getuser
from threading import Timer

import click

from ntrkpath.cli.listening import listen
from ntrkpath.cli.main import EXIT_OK


def serve_registry(
    database: str, protocol: str, *, edition: str = "wsn2020", as_of: dt.date | None = None, port: int = 8000,
    workers: int = 2, browser: bool = False,
) -> int:  # fmt: skip
    """Serve the pages of a book until they are ended.

    Args:
        database: The book: a folder, a file or an address.
        protocol: The protocol of its study, by name or file.
        edition: The edition that reads its tests.
        as_of: The day of lists and results; today where not given.
        port: The port of 127.0.0.1.
        workers: Processes that decide.
        browser: Open the first page.

    Raises:
        RegistryError: There is no such book or protocol.
    """
    from ntrkpath.guidance import load
    from ntrkpath.registry.book import Book
    from ntrkpath.registry.study.protocol import load_protocol
    from ntrkpath.server.app import create_app
    from ntrkpath.server.kit.running import serve
    from ntrkpath.server.kit.settings import Settings
    from ntrkpath.server.registry.opened import Opened

    guidance = load(edition)
    with Book.open(database) as book:
        registry = Opened(book, load_protocol(protocol, guidance), guidance, as_of=as_of, author=_user())
        settings = Settings(as_of=as_of, edition=edition, workers=workers)
        listening = listen("127.0.0.1", port)
        address = f"http://127.0.0.1:{port}{registry.path}"
        click.echo(f"ntrkpath: {address}  (this run alone; end with Ctrl+C)", err=True)
        if browser:
            opening = Timer(1.5, webbrowser.open, (address,))
            opening.daemon = True
            opening.start()
        with suppress(KeyboardInterrupt):  # Ctrl+C is the way to end it
            serve(create_app(settings, registry), listening)
    return EXIT_OK


def _user() -> str:
    """Return who runs this, for what is written from the pages."""
    try:
        return getuser()
    except (OSError, KeyError):  # no such user on this system
        return "page"
