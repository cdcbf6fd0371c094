"""What is imported, by the kind of its file: one way in for cases, tables, workbooks and REDCap."""

from __future__ import annotations

import typing
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.model.errors import CaseError, RegistryError
from ntrkpath.registry import redcap
from ntrkpath.registry.book import Book
from ntrkpath.registry.case_files import Collection, cases, published
from ntrkpath.registry.incoming import Arrived, Bad, Taken, take
from ntrkpath.registry.sheet_rows import TABLES, WORKBOOKS, Table, arrivals, errors_of, read_table, without_error_column
from ntrkpath.registry.subject_files import arrived, subject_document

_CASES = (".yaml", ".yml", ".json", ".jsonl", ".ndjson")
_WAYS = typing.get_args(Collection)


class Request(msgspec.Struct, frozen=True):
    """What is to be imported.

    Args:
        published: The published patients, and no file.
        collection: How the cases of files of cases were collected; tables say it in their own column.
        dictionary: The data dictionary of a REDCap project.
    """

    files: tuple[Path, ...]
    site: str
    author: str
    published: bool = False
    collection: Any = None
    mapping: str | None = None
    dictionary: Path | None = None
    sheet: str = ""


def take_in(book: Book, request: Request) -> tuple[Taken, list[str]]:
    """Import, and return what became of it, with notes.

    Raises:
        RegistryError: A file is of no known kind, or nothing says how its cases were collected; nothing is taken then.
        CaseError: A table cannot be read at all.
        OutputError: The book cannot be written to.
    """
    total = Taken(bad=[])
    notes: list[str] = []
    if request.published:
        return take(book, published(), request.site, request.author, "published"), notes
    documents = {path: subject_document(path) for path in request.files}
    for path in request.files:
        if documents[path] is None and _holds_cases(path) and request.collection is None:
            raise RegistryError(
                "nothing says how the cases were collected", where=path.name, remedy=f"--collection {'|'.join(_WAYS)}"
            )
    for path in request.files:
        found, said = _arrived(path, documents[path], request)
        taken = take(book, found, request.site, request.author, path.name)
        total = Taken(total.new + taken.new, total.same + taken.same, total.waiting + taken.waiting,
                      [*total.bad, *taken.bad])  # fmt: skip
        notes += said
    return total, notes


def _holds_cases(path: Path) -> bool:
    return path.is_dir() or path.suffix.casefold() in _CASES


def _arrived(
    path: Path, document: dict[str, Any] | None, request: Request
) -> tuple[Iterable[Arrived | Bad], list[str]]:
    if document is not None:
        return arrived(document, path)
    if _holds_cases(path):
        return cases(path, request.collection), []
    return arrivals(_table(path, request), request.mapping)


def _table(path: Path, request: Request) -> Table:
    if path.suffix.casefold() not in (*TABLES, *WORKBOOKS):
        raise RegistryError(
            "format not known by the name", where=str(path), allowed=(*_CASES, *TABLES, *WORKBOOKS),
            remedy="rename the file",
        )  # fmt: skip
    table = without_error_column(read_table(path, request.sheet))
    if request.dictionary is not None:
        return redcap.as_columns(table, redcap.fields_of(request.dictionary))
    if redcap.is_records(table):
        if not set(redcap.path_of()).intersection(table.head):
            raise CaseError(
                "records of REDCap whose codes nobody knows", where=table.name,
                remedy="give the data dictionary too: --dictionary FILE",
            )  # fmt: skip
        return redcap.as_columns(table, {})
    return table


def error_file(request: Request, taken: Taken) -> str:
    """Return what was not taken: of one table its rows with their reasons, else a list of places and reasons."""
    from ntrkpath.model.delimited import neutral

    if len(request.files) == 1 and not request.files[0].is_dir():
        path = request.files[0]
        if path.suffix.casefold() in (*TABLES, *WORKBOOKS):
            return errors_of(without_error_column(read_table(path, request.sheet)), taken.bad)
    lines = [f"{_quoted(neutral(bad.where))},{_quoted(neutral(bad.reason))}" for bad in taken.bad]
    return "\n".join(["where,error", *lines]) + "\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
