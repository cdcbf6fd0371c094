"""Everything of one subject as a document: YAML or JSON by hand, or what ``export --as subject`` wrote.

``subject`` is the pseudonym and ``entries`` its forms and case documents, each with its ``kind``. Of an exported one
what stands is taken; answers, queries and rulings belong to the book that they were written in.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ntrkpath.cases.plain_yaml import load_plain
from ntrkpath.model.errors import NtrkpathError, RegistryError
from ntrkpath.registry.entries import checked
from ntrkpath.registry.forms import Form
from ntrkpath.registry.incoming import Arrived, Bad, reason_of
from ntrkpath.registry.items import forms

_TAKEN = frozenset({*forms(), "case", "caller_file"})
_WISHES = ("no_more_data", "no_more_use", "erasure")


def subject_document(path: Path) -> dict[str, Any] | None:
    """Return the document of a subject that a file holds; None where it holds something else."""
    if path.is_dir() or path.suffix.casefold() not in (".yaml", ".yml", ".json"):
        return None
    try:
        plain = load_plain(path.read_bytes())
    except (NtrkpathError, OSError):
        return None  # whoever reads it as a case says what is wrong
    is_one = isinstance(plain, dict) and "subject" in plain and isinstance(plain.get("entries"), list)
    return plain if is_one else None


def arrived(plain: Mapping[str, Any], name: str) -> Iterator[Arrived | Bad]:
    """Yield what a document says of its subject: all of it, or why none of it is taken."""
    subject = str(plain["subject"])
    try:
        bodies = list(_bodies(plain["entries"], plain.get("files") or []))
    except NtrkpathError as error:
        yield Bad(name, reason_of(error))
        return
    yield Arrived(name, subject, tuple(bodies))


def _bodies(entries: Iterable[Any], files: Iterable[Any]) -> Iterator[tuple[Form, bytes | None]]:
    contents = {file.get("seq"): base64.b64decode(file.get("content", "")) for file in files}
    given = [(entry.get("seq"), entry.get("body", entry)) for entry in entries if isinstance(entry, dict)]
    bodies = [(seq, body) for seq, body in given if isinstance(body, dict)]
    gone = {body.get("entry") for _, body in bodies if body.get("kind") == "retraction"}
    wish = next((str(b["kind"]) for seq, b in bodies if b.get("kind") in _WISHES and seq not in gone), None)
    if wish is not None:
        raise RegistryError(f"the subject stands at {wish!r}", remedy="leave it out")
    standing: dict[Any, tuple[Any, dict[str, Any]]] = {}
    for place, (seq, body) in enumerate(bodies):
        if seq not in gone and body.get("kind") in _TAKEN:
            standing[_key(body, place)] = (seq, body)
    if not standing:
        raise RegistryError("no entry that can be taken", where="entries", allowed=(*forms(), "case"))
    for seq, body in standing.values():
        yield checked(body), contents.get(seq)


def _key(body: Mapping[str, Any], place: int) -> Any:
    """Return under what a body stands: of two with one key the later does."""
    kind, number = str(body["kind"]), body.get("instance")
    if kind == "case" or (kind in forms() and forms()[kind].single):
        return kind
    return (kind, number) if number is not None else place
