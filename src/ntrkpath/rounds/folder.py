"""The folder of a round: description, laboratories, submissions and the caller files that they name, read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import msgspec

from ntrkpath.model.errors import RoundError
from ntrkpath.rounds.description import Method, Round, read_round
from ntrkpath.rounds.design import Designs, read_designs, shipped_designs
from ntrkpath.rounds.sheet import Fault, Line, Sheet, read_sheet

#: Names of laboratories and assays: they name files too.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
ROUND, LABORATORIES, SUBMISSIONS = "round.yaml", "laboratories.csv", "submissions"


class Assay(msgspec.Struct, frozen=True, kw_only=True):
    """One assay of one laboratory, as ``laboratories.csv`` has it."""

    laboratory: str
    assay: str
    method: Method
    panel: str | None = None
    version: str | None = None
    platform: str | None = None
    clone: str | None = None
    protocol: str | None = None
    genes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    cutoff_percent: float | None = None
    min_reads: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Laboratory and assay."""
        return self.laboratory, self.assay

    @property
    def shown(self) -> str:
        """Panel, clone or method: what peers are compared by."""
        return self.panel or self.clone or ", ".join(self.genes or self.targets) or self.method


class Submission(msgspec.Struct, frozen=True):
    """The sheet of one laboratory and the caller files beside it, by name."""

    laboratory: str
    sheet: Sheet
    files: Mapping[str, Path] = {}


class Folder(msgspec.Struct, frozen=True):
    """A round as it stands on disk. ``faults`` are those of the laboratories' table and of the folder itself."""

    path: Path
    round: Round
    assays: tuple[Assay, ...]
    submissions: tuple[Submission, ...]
    designs: Designs
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def read_folder(path: Path) -> Folder:
    """Read a round.

    Raises:
        RoundError: No round, or its description or its own panels cannot be read; faults of sheets do not raise.
    """
    described = read_round(path / ROUND)
    designs = shipped_designs()
    own = path / "panels.yaml"
    if own.is_file():
        from ntrkpath.cases.plain_yaml import load_plain

        designs = designs.with_own(read_designs(load_plain(own.read_bytes()), own.name))
    assays, faults, notes = read_laboratories(path / LABORATORIES)
    faults += [
        Fault(LABORATORIES, f"{assay.laboratory}: this round does not accept {assay.method}")
        for assay in assays
        if assay.method not in described.assays
    ]
    for assay in assays:
        if assay.panel and designs.find(assay.panel) is None:
            near = designs.nearest(assay.panel)
            also = f"; like it: {', '.join(near)}" if near else ""
            notes.append(f"{assay.laboratory}: the design of {assay.panel!r} is not known{also}")
    return Folder(path, described, tuple(assays), _submissions(path), designs, tuple(faults), tuple(notes))


def read_laboratories(path: Path) -> tuple[list[Assay], list[Fault], list[str]]:
    """Return the assays of the laboratories, the faults of the table, and notes.

    Raises:
        RoundError: There is no such table.
    """
    if not path.is_file():
        raise RoundError("the table of laboratories is missing", where=path.name)
    sheet = read_sheet(path.read_bytes(), path.name, "laboratories")
    assays: list[Assay] = []
    faults = list(sheet.faults)
    seen: set[tuple[str, str]] = set()
    for line in sheet.lines:
        assay = Assay(**line.values)
        if not _NAME.fullmatch(assay.laboratory) or not _NAME.fullmatch(assay.assay):
            text = f"{assay.laboratory[:40]!r}, {assay.assay[:40]!r}: letters, digits, '.', '_' and '-' name them"
            faults.append(Fault(f"{path.name}:{line.line}", text))
            continue
        if assay.key in seen:
            faults.append(Fault(f"{path.name}:{line.line}", f"{assay.laboratory} {assay.assay} stands twice"))
            continue
        seen.add(assay.key)
        assays.append(assay)
    return assays, faults, list(sheet.notes)


def _submissions(path: Path) -> tuple[Submission, ...]:
    folder = path / SUBMISSIONS
    if not folder.is_dir():
        return ()
    found = []
    for sheet in sorted(folder.iterdir()):
        if sheet.is_file() and sheet.suffix.lower() in (".csv", ".tsv", ".txt") and not sheet.name.startswith("."):
            found.append(read_submission(sheet))
    return tuple(found)


def read_submission(path: Path) -> Submission:
    """Return the sheet of a laboratory; the name of the file is the laboratory."""
    sheet = read_sheet(path.read_bytes(), path.name, "submission")
    beside = path.parent / path.stem
    files: dict[str, Path] = {}
    faults: list[Fault] = []
    for line in sheet.lines:
        name = line.values.get("file")
        if name is None:
            continue
        if PurePosixPath(name).name != name or name in ("..", "."):
            faults.append(_fault(sheet, line, "file: a name in the folder of the laboratory, without a path"))
        elif not (beside / name).is_file():
            faults.append(_fault(sheet, line, f"file: {name} is not in {path.parent.name}/{path.stem}/"))
        else:
            files[name] = beside / name
    bad = {fault.where for fault in faults}
    good = tuple(line for line in sheet.lines if f"{sheet.name}:{line.line}" not in bad)
    read = msgspec.structs.replace(sheet, lines=good, faults=(*sheet.faults, *faults))
    return Submission(path.stem, read, files)


def _fault(sheet: Sheet, line: Line, text: str) -> Fault:
    keys = {key: line.values[key] for key in ("sample", "assay")}
    return Fault(f"{sheet.name}:{line.line}", text, keys)
