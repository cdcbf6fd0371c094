"""What leaves the registry, by name: files with their content, of the subjects that may be used."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ntrkpath.model.errors import RegistryError
from ntrkpath.registry import analysis, cbioportal_out, deidentified, dictionary, dnpm_out, redcap_out
from ntrkpath.registry.book import Book
from ntrkpath.registry.entries import CaseVersion
from ntrkpath.registry.reading import Reading, reading
from ntrkpath.registry.subject_files import SUBJECT_SCHEMA
from ntrkpath.registry.subjects import Subject


class Wanted(msgspec.Struct, frozen=True):
    """What is to be written, and of whom.

    Args:
        literature: Whether the published patients come along; the table of subjects tells them by ``collection``.
    """

    kind: str
    site: str | None = None
    subject: str | None = None
    de_identified: bool = False
    literature: bool = False


def blank(kind: str) -> dict[str, str]:
    """Return what says what may be filled in: the ``dictionary`` of columns, or the ``template`` of a table."""
    if kind == "dictionary":
        return {"dictionary.csv": dictionary.dictionary_csv(), "redcap_data_dictionary.csv": redcap_out.dictionary()}
    return {"template.csv": dictionary.template_csv()}


def files(book: Book, wanted: Wanted) -> dict[str, str | bytes]:
    """Return the files of an export by name; a single file has the name ``out``.

    Raises:
        RegistryError: There is no such subject, or several sites share pseudonyms where one is needed.
    """
    if wanted.kind == "subject":
        return {"out": everything_of(book, str(wanted.site), str(wanted.subject))}
    read = reader(book)
    some = list(exported(book, wanted.site, literature=wanted.literature))
    if wanted.kind == "cases":
        return {"out": b"".join(map(_line, some))}
    if wanted.kind == "cbioportal":
        return dict(cbioportal_out.study(some, read))
    if wanted.kind == "dnpm":
        return dnpm_out.files(some, book.file)
    if wanted.kind == "redcap":
        if len({subject.site for subject in some}) > 1:
            raise RegistryError("records of several sites", allowed=book.sites(), remedy="name one with --site")
        return {"data_dictionary.csv": redcap_out.dictionary(), "records.csv": redcap_out.records(some),
                "repeating_instruments.txt": "\n".join(redcap_out.repeating()) + "\n"}  # fmt: skip
    made = (deidentified.de_identified if wanted.de_identified else analysis.tables_of)(some, read)
    if wanted.kind == "parquet":
        found: dict[str, str | bytes] = {f"{name}.parquet": analysis.as_parquet(rows) for name, rows in made.items()}
    else:
        found = {f"{name}.csv": analysis.as_csv(rows) for name, rows in made.items()}
    return found | {"dictionary.csv": dictionary.dictionary_csv()}


def exported(book: Book, site: str | None = None, *, literature: bool = False) -> Iterator[Subject]:
    """Yield the subjects that may be used; the published patients only on request."""
    for subject in book.subjects(site):
        if subject.counted or (literature and subject.usable):
            yield subject


def reader(book: Book) -> Any:
    """Return what gives how the guidance reads the case of a subject, its caller files included."""

    def read(subject: Subject) -> Reading | None:
        if subject.case is None:
            return None
        kept = {entry.body.name: book.file(entry.site, entry.seq) for entry in subject.files}
        return reading(subject.case, {name: content for name, content in kept.items() if content is not None})

    return read


def _line(subject: Subject) -> bytes:
    if subject.case is None:
        return b""
    return msgspec.json.encode(msgspec.structs.replace(subject.case, id=f"{subject.site}/{subject.id}")) + b"\n"


def everything_of(book: Book, site: str, name: str) -> str:
    """Return all that the book holds of one subject, for whoever asks what is kept: entries, files, and the case.

    Raises:
        RegistryError: There is no such subject.
    """
    subject = book.subject(site, name)
    if subject is None:
        raise RegistryError("no such subject", where=site, remedy="check site and pseudonym")
    version = subject.newest(CaseVersion)
    document: Mapping[str, Any] = {
        "schema": SUBJECT_SCHEMA,
        "site": site,
        "subject": name,
        "status": subject.status,
        "case": version.body.case if version else None,
        "entries": subject.entries,
        "files": [
            {"seq": e.seq, "name": e.body.name, "content": base64.b64encode(book.file(site, e.seq) or b"").decode()}
            for e in subject.files
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document)).decode() + "\n"
