"""Cases in YAML and JSON, and the published patients, as what arrives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from ntrkpath.cases import read_located
from ntrkpath.model.case import NO_ID, Case
from ntrkpath.model.errors import CaseError, NtrkpathError
from ntrkpath.pathway.examples import examples
from ntrkpath.registry.caller_files import kept_files
from ntrkpath.registry.entries import CaseVersion
from ntrkpath.registry.forms import Form, Registration
from ntrkpath.registry.incoming import Arrived, Bad, reason_of

Collection = Literal["prospective", "retrospective", "literature"]


def cases(path: Path, collection: Collection) -> Iterator[Arrived | Bad]:
    """Yield the cases of a file or directory, each with its registration; the id of a case is its pseudonym."""
    directory = path if path.is_dir() else path.parent
    for where, found in read_located(path):
        if isinstance(found, CaseError):
            yield Bad(where, reason_of(found))
            continue
        if found.id == NO_ID:
            yield Bad(where, "required key is missing: id, the pseudonym of the subject")
            continue
        try:
            case, files = kept_files(found, directory)
        except NtrkpathError as error:
            yield Bad(where, reason_of(error))
            continue
        yield Arrived(where, case.id, ((_registration(case, collection), None), (CaseVersion(case=case), None), *files))


def published() -> Iterator[Arrived | Bad]:
    """Yield the published patients that come with the product, marked as literature."""
    yield from cases(examples(), "literature")


def _registration(case: Case, collection: Collection) -> Form:
    before = None if case.tests else case.diagnosis.histology
    source = case.source if collection == "literature" else None
    return msgspec.convert(
        {"collection": collection, **{k: v for k, v in (("histology_before", before), ("source", source)) if v}},
        Registration,
    )
