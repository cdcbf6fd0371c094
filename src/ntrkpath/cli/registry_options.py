"""Options that the commands of a registry share, and how they open a book."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ntrkpath.registry.book import Book

FILE = click.Path(path_type=Path)
FORM = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
SITE = click.option("--site", required=True, metavar="NAME", help="The site.")
AUTHOR = click.option("--author", default=getpass.getuser, metavar="NAME", help="Who writes (default: your login).")


def book_option(wanted: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--database``."""
    return click.option(
        "--database", envvar="NTRKPATH_REGISTRY", default=".", metavar="PATH|URL",
        help="The book: a file, a folder (book.sqlite in it; default: this one), or postgresql://...",
    )(wanted)  # fmt: skip


def opened(database: str) -> Book:
    """Open a book."""
    from ntrkpath.registry.book import Book

    return Book.open(database)


def as_json(value: Any) -> str:
    """Return a value as JSON that people can read."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(value)).decode() + "\n"
