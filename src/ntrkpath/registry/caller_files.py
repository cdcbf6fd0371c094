"""Caller files of a subject: only the rows of its own sample are kept, with the hash of the whole file."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import msgspec

from ntrkpath.model.case import Case, DnaMps, RnaMps
from ntrkpath.model.errors import CaseError, NtrkpathError
from ntrkpath.pathway.intake.files import chosen_sample, raise_all
from ntrkpath.readers import read
from ntrkpath.registry.entries import CallerFile

_VCF_FIXED = 9


def kept_files(case: Case, directory: Path) -> tuple[Case, list[tuple[CallerFile, bytes]]]:
    """Return a case whose tests name kept files, and what is kept of each.

    Args:
        directory: Where relative file names of the case start.

    Raises:
        CaseError: A file is not there, cannot be read, or the rows of others cannot be taken out of it.
    """
    tests, kept, errors = [], [], []
    for position, test in enumerate(case.tests):
        if isinstance(test, DnaMps | RnaMps) and test.file:
            try:
                entry, content = keep(directory / test.file, test, case.id, position + 1)
            except NtrkpathError as error:
                errors.append(error.at(f"tests[{position}].file"))
                continue
            kept.append((entry, content))
            test = msgspec.structs.replace(test, file=entry.name, sample=entry.sample)
        tests.append(test)
    raise_all(errors)
    return msgspec.structs.replace(case, tests=tests), kept


def keep(path: Path, test: DnaMps | RnaMps, case_id: str, position: int) -> tuple[CallerFile, bytes]:
    """Return what is kept of the file of one test.

    Raises:
        CaseError: It cannot be read, or the rows of other samples cannot be taken out of it.
        ReaderError: Its format cannot be told.
    """
    try:
        whole = path.read_bytes()
    except OSError as error:
        raise CaseError(f"cannot be read ({error.strerror})", where=path.name, remedy="check the path") from None
    name = f"{position}-{path.name.removesuffix('.gz')}"
    plain = gzip.decompress(whole) if whole[:2] == b"\x1f\x8b" else whole
    found = read(plain, path.name, caller=test.caller, sample=test.sample or case_id)
    sample = chosen_sample(found.samples, test.sample, case_id, path.name)
    others = {one for one in found.samples if one != sample}
    content = _cut(plain, others, sample or "") if others else plain
    if others and set(read(content, path.name, caller=test.caller).samples) - {sample}:
        raise CaseError(
            "the rows of other samples cannot be taken out of it", where=path.name,
            remedy="give the file of this sample alone",
        )  # fmt: skip
    entry = CallerFile(
        name=name, whole_sha256=hashlib.sha256(whole).hexdigest(), kept_sha256=hashlib.sha256(content).hexdigest(),
        rows=found.rows_read if not others else _rows(content), caller=found.caller, sample=sample, test=position,
    )  # fmt: skip
    return entry, content


def _rows(content: bytes) -> int:
    return sum(1 for line in content.splitlines() if line.strip() and not line.startswith(b"#"))


def _cut(content: bytes, others: set[str], sample: str) -> bytes:
    """Return a file without the rows, or in a VCF the columns, of other samples."""
    lines = content.decode("utf-8").splitlines(keepends=True)
    columns = next((line for line in lines if line.startswith("#CHROM\t")), None)
    if columns is not None:
        head = columns.rstrip("\r\n").split("\t")
        wanted = [*range(min(_VCF_FIXED, len(head))), *(i for i, cell in enumerate(head) if cell == sample)]
        return "".join(_columns(line, wanted) if not line.startswith("##") else line for line in lines).encode()
    return "".join(line for line in lines if not others & _cells(line)).encode()


def _columns(line: str, wanted: list[int]) -> str:
    cells = line.rstrip("\r\n").split("\t")
    return "\t".join(cells[i] for i in dict.fromkeys(wanted) if i < len(cells)) + "\n"


def _cells(line: str) -> set[str]:
    return {cell.strip().strip('"') for mark in "\t,;" for cell in line.rstrip("\r\n").split(mark)}
