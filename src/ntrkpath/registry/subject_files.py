"""Everything of one subject as a document: YAML or JSON by hand, or what ``export --as subject`` wrote.

``subject`` is the pseudonym and ``entries`` its forms and case documents, each with its ``kind``: read as whatever is
entered by hand. Of an exported one what stands is taken; what belongs to the book that it was written in is counted in
a note. Nothing else is passed over: what is not recognised is an error, and then none of the subject is taken.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.cases import case_from
from ntrkpath.cases.plain_yaml import load_plain
from ntrkpath.model.errors import CaseError, NtrkpathError, RegistryError
from ntrkpath.registry.caller_files import kept_files
from ntrkpath.registry.entering import entered
from ntrkpath.registry.entries import SCHEMA, CaseVersion, Entry, checked, kind_of
from ntrkpath.registry.flat import form_columns
from ntrkpath.registry.forms import Form
from ntrkpath.registry.incoming import Arrived, Bad
from ntrkpath.registry.items import forms
from ntrkpath.registry.subjects import Subject
from ntrkpath.registry.writing import named

SUBJECT_SCHEMA = "https://ntrkpath.org/schema/registry-subject-1.json"
_BY_HAND = ("subject", "entries", "files")
_EXPORTED = (*_BY_HAND, "schema", "site", "status", "case")
#: What is taken; the wishes of a subject are read too, and refuse the document.
_TAKEN = (*forms(), "case", "caller_file")
_WRITTEN = (*forms(), "case", "no_more_data", "no_more_use")
#: No day is after this one: a wish whose day nobody states is taken back by no consent.
_NO_DAY = dt.datetime.max.replace(tzinfo=dt.UTC)
_Contents = dict[int, bytes]


def subject_document(path: Path) -> dict[str, Any] | None:
    """Return the document of a subject that a file holds; None where it holds something else."""
    if path.suffix.casefold() not in (".yaml", ".yml", ".json") or not path.is_file():
        return None
    try:
        data = path.read_bytes()
        plain = load_plain(data) if b"entries" in data else None  # a file of cases is not read twice
    except (NtrkpathError, OSError):
        return None  # whoever reads it as a case says what is wrong
    return plain if isinstance(plain, dict) and {"subject", "entries"} <= plain.keys() else None


def arrived(plain: Mapping[str, Any], path: Path) -> tuple[list[Arrived | Bad], list[str]]:
    """Return what a document says of its subject, all of it or every reason why none of it is taken, and notes."""
    faults: list[NtrkpathError] = []
    reading = _Reading(plain, path.parent, faults)
    entries = sorted(reading.entries(), key=lambda entry: entry.seq)
    subject = Subject(entries) if entries else None
    if subject is not None and subject.status != "active":
        faults.append(RegistryError(f"the subject stands at {subject.status!r}", remedy="leave it out"))
    taken = [e for e in entries if subject is not None and e.seq in subject.standing and e.kind in _TAKEN]
    with _gathered(faults):
        reading.complete(taken)
    if faults:
        return [Bad(path.name, str(fault)) for fault in faults], []
    of_book = Counter(e.kind for e in entries if e.kind not in (*_TAKEN, "retraction"))
    notes = [f"{path.name}: not taken, of the book alone: " + ", ".join(f"{n} {kind}" for kind, n in of_book.items())]
    bodies = tuple((entry.body, reading.contents.get(entry.seq)) for entry in taken)
    return [Arrived(path.name, reading.subject, bodies)], notes if of_book else []


class _Reading:
    """The reading of one document; ``faults`` gets whatever is wrong."""

    def __init__(self, plain: Mapping[str, Any], directory: Path, faults: list[NtrkpathError]) -> None:
        self.plain, self.directory, self.faults = plain, directory, faults
        self.subject = ""
        self.contents: _Contents = {}
        self._by_hand: dict[int, str] = {}
        with _gathered(faults):
            _only(plain, _EXPORTED if "schema" in plain else _BY_HAND)
            if plain.get("schema", SUBJECT_SCHEMA) != SUBJECT_SCHEMA:
                raise RegistryError("a document of another schema", where="schema", allowed=SUBJECT_SCHEMA)
        with _gathered(faults):
            given = plain["subject"]
            named("subject", given if isinstance(given, str) else str(given) if type(given) is int else "")
            self.subject = str(given)
        for place, file in enumerate(_listed(plain.get("files"))):
            with _gathered(faults, f"files[{place}]"):
                seq, content = _file(file)
                self.contents[seq] = content

    def entries(self) -> Iterator[Entry[Any]]:
        """Yield every entry that can be read; those by hand come after those of a book."""
        given = self.plain["entries"]
        if not isinstance(given, list):
            self.faults.append(RegistryError("not a list of entries", where="entries", remedy="start each with a dash"))
        seen: set[int] = set()
        numbers = [one["seq"] for one in _listed(given) if isinstance(one, dict) and type(one.get("seq")) is int]
        free = max(numbers, default=0) + 1
        for place, one in enumerate(_listed(given)):
            where = f"entries[{place}]"
            with _gathered(self.faults, where):
                if not isinstance(one, dict):
                    raise RegistryError("an entry is a mapping of items", remedy="start it with `kind:`")
                if "body" in one:
                    entry = _of_book(one)
                    if entry.seq in seen:
                        raise RegistryError("the number stands twice", where="seq", value=entry.seq)
                    seen.add(entry.seq)
                    yield entry
                    continue
                for body, content in self._stated(one):
                    yield _entry(free, body)
                    self._by_hand[free] = where
                    if content is not None:
                        self.contents[free] = content
                    free += 1

    def _stated(self, one: Mapping[Any, Any]) -> Iterator[tuple[Form, bytes | None]]:
        """Yield the body of an entry by hand, and the caller files that a case names."""
        kind = one.get("kind")
        if kind not in _WRITTEN:
            problem = "required key is missing" if kind is None else "no such kind of entry by hand"
            shown = kind if isinstance(kind, str) else None
            raise RegistryError(problem, where="kind", value=shown, allowed=_WRITTEN)
        said = {str(name): value for name, value in one.items() if name != "kind"}
        if kind != "case":
            yield (
                entered(kind, {name: _text(kind, name, value) for name, value in said.items() if value is not None}),
                None,
            )
            return
        _only(said, ("case",))
        given = said.get("case")
        case = case_from({**given, "id": self.subject} if isinstance(given, dict) else given)
        case, files = kept_files(case, self.directory)
        yield CaseVersion(case=case), None
        yield from files

    def complete(self, taken: list[Entry[Any]]) -> None:
        """Check that of what was stated all is taken, and that the rows of callers are there.

        Raises:
            RegistryError: An entry by hand is replaced by another, rows are missing, or belong to no entry.
        """
        if self.faults:
            return
        seqs = {entry.seq for entry in taken}
        if not taken:
            raise RegistryError("no entry that can be taken", where="entries", allowed=_WRITTEN)
        twice = [where for seq, where in self._by_hand.items() if seq not in seqs]
        if twice:
            raise RegistryError("another entry stands in its place", where=twice[0], remedy="keep one of the two")
        of_callers = {entry.seq for entry in taken if entry.kind == "caller_file"}
        if bare := of_callers ^ self.contents.keys():
            raise RegistryError(
                "rows of a caller without their entry, or an entry without its rows", where="files", value=min(bare)
            )


def _of_book(one: Mapping[str, Any]) -> Entry[Any]:
    """Return an entry as a book has it."""
    _only(one, Entry.__struct_fields__)
    seq, kind = one.get("seq"), one.get("kind")
    if type(seq) is not int or seq < 1:
        raise RegistryError("not the number of an entry", where="seq", allowed="1, 2, 3, ...")
    try:
        at = msgspec.convert(one["at"], dt.datetime) if "at" in one else _NO_DAY
    except msgspec.ValidationError:
        raise RegistryError("not a time", where="at", allowed="as 2026-01-31T12:00:00Z") from None
    if one["body"] is None:
        raise RegistryError("what it said was erased", where="body", remedy="leave the subject out")
    body = checked(one["body"])
    if kind not in (None, kind_of(body)):
        raise RegistryError("two kinds", where="kind", value=kind, allowed=kind_of(body))
    return _entry(seq, body, at)


def _entry(seq: int, body: Form, at: dt.datetime = _NO_DAY) -> Entry[Any]:
    """Return an entry; whose and by whom it is says the book that takes it."""
    kind = kind_of(body)
    return Entry(seq=seq, site="", subject="", kind=kind, schema=SCHEMA, author="", at=at, request="", body=body)


def _file(file: Any) -> tuple[int, bytes]:
    """Return the number of an entry and the rows of a caller that belong to it."""
    if not isinstance(file, dict):
        raise RegistryError("a file is a mapping", remedy="take it as it was exported")
    _only(file, ("seq", "name", "content"))
    try:
        if type(file.get("seq")) is int:
            return file["seq"], base64.b64decode(file["content"], validate=True)
    except (KeyError, TypeError, ValueError):
        pass
    raise RegistryError("not the rows of a caller", allowed="`seq` and `content` in base64")


def _only(plain: Mapping[Any, Any], known: tuple[str, ...]) -> None:
    unknown = next((str(key) for key in plain if key not in known), None)
    if unknown is not None:
        raise RegistryError("no such key", where=unknown[:40], allowed=known)


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _text(kind: str, name: str, value: Any) -> str:
    """Return what YAML or JSON has for an item as whoever fills in a form writes it."""
    item = form_columns().get(f"{kind}.{name}")
    of = item.kind if item is not None else "text"
    if isinstance(value, list) and of == "choices":
        return " ".join(_text(kind, name, one) for one in value)
    if isinstance(value, bool) and of in ("choice", "choices"):
        return "yes" if value else "no"
    if isinstance(value, str) or type(value) is int or (isinstance(value, float) and of == "number"):
        return str(value)
    raise CaseError(
        "not an allowed value", where=f"{kind}.{name}", allowed=item.levels or item.kind if item else "text",
        remedy="write it in quotes",
    )  # fmt: skip


@contextmanager
def _gathered(faults: list[NtrkpathError], where: str = "") -> Iterator[None]:
    """Put every error of a part beside those of the others, so that all are told at once."""
    try:
        yield
    except NtrkpathError as error:
        faults += [one.at(where) for one in error.all]
