"""The one door for files: what callers wrote goes in, verdicts and the status of every file come out.

The command, the page, the interface for programs and the tests of a case all go through ``judge_files``. Files are
assessed one by one: one that cannot be evaluated never takes the answers of the others away.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from typing import Literal

import msgspec

from ntrkpath.fusion.assessment import Assessor, Examined, shared
from ntrkpath.fusion.junction import Reading
from ntrkpath.fusion.transcripts import Transcripts
from ntrkpath.model.errors import NtrkpathError
from ntrkpath.model.fusion import Assembly, FileReport, FusionVerdict, Junction, Level
from ntrkpath.readers import NTRK, CopyNumber, ProteinChange, ReadResult, RowProblem, read

#: What a file may be asked for.
Asked = Literal["fusions", "mutations", "copy_numbers"]
#: A path, or a name (for messages) with the content.
GivenFile = str | os.PathLike[str] | tuple[str, bytes]


class FilesJudged(msgspec.Struct, frozen=True):
    """What some files hold.

    Args:
        files: What became of each file, in the order given.
        events: One verdict per NTRK event; events merge over files, but only within one sample.
        others: Fusions without an NTRK gene, of the genes that were asked for.
        changes: Protein changes of the genes asked for.
        copy_numbers: Copy numbers of the genes asked for.
        contents: What the reader gave of each file; ``None`` where it could not be read.
        rows: Rows that could not be read or evaluated.
        errors: Files that could not be read, or whose junctions could not be placed.
    """

    files: tuple[FileReport, ...]
    events: tuple[FusionVerdict, ...]
    others: tuple[Junction, ...] = ()
    changes: tuple[ProteinChange, ...] = ()
    copy_numbers: tuple[CopyNumber, ...] = ()
    contents: tuple[ReadResult | None, ...] = ()
    rows: tuple[RowProblem, ...] = ()
    errors: tuple[NtrkpathError, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every file was read and evaluated wholly; only then does no event mean that there is none."""
        return all(file.status == "read" for file in self.files)

    def asked(self, *what: Asked) -> FilesJudged:
        """Return the same files, where one that can tell nothing of what is asked is not evaluable, and says so."""
        reports = list(self.files)
        for at, (report, found) in enumerate(zip(self.files, self.contents, strict=True)):
            if found is not None and not any(found.can_tell(one) for one in what):
                wanted = " or ".join(what).replace("_", " ")
                problem = f"{report.file}: read as {found.format}, which says nothing of {wanted}"
                reports[at] = msgspec.structs.replace(
                    report, status="not_evaluable", problems=(problem, *report.problems)
                )
        return msgspec.structs.replace(self, files=tuple(reports))

    def of(self, sample: str) -> FilesJudged:
        """Return the same files with what they hold of one sample only; what they hold of others does not count."""
        return msgspec.structs.replace(
            self,
            events=tuple(v for v in self.events if v.sample == sample),
            others=tuple(j for j in self.others if j.sample == sample),
            changes=tuple(c for c in self.changes if c.sample == sample),
            copy_numbers=tuple(c for c in self.copy_numbers if c.sample == sample),
        )


def judge_files(
    files: Iterable[GivenFile],
    *,
    caller: str | None = None,
    assembly: Assembly | None = None,
    sample: str | None = None,
    genes: Collection[str] | None = None,
    transcripts: Transcripts | None = None,
    level: Level | None = None,
) -> FilesJudged:
    """Read files and judge every NTRK event in them.

    Args:
        files: Paths, or (name, content).
        caller: Read the files as this caller's, instead of recognising them.
        assembly: Where a file does not state it.
        sample: Sample where a file names none; default the file's name without suffixes.
        genes: Genes to report beside NTRK1, NTRK2 and NTRK3 (``others``, ``changes``, ``copy_numbers``).
        transcripts: Annotation to read junctions against; the shipped one by default.
        level: Level of a test, taken for rows of which neither row nor format states the level.
    """
    assessor = shared() if transcripts is None else Assessor(transcripts)
    reports: list[FileReport] = []
    contents: list[ReadResult | None] = []
    rows: list[RowProblem] = []
    errors: list[NtrkpathError] = []
    readings: list[Reading] = []
    others: list[Junction] = []
    changes: list[ProteinChange] = []
    copies: list[CopyNumber] = []
    for given in files:
        source, name = _opened(given)
        try:
            found = read(source, name, caller=caller, sample=sample, genes={*NTRK, *(genes or ())})
        except NtrkpathError as error:
            reports.append(_unread(name, caller, error))
            errors.append(error)
            contents.append(None)
            continue
        contents.append(found)
        rows += found.problems
        junctions = [_settled(junction, assembly, level) for junction in found.junctions]
        unplaced: NtrkpathError | None = None
        try:
            examined = assessor.examine(junctions, name)
        except NtrkpathError as error:
            examined, unplaced = Examined([], [], None, []), error
            errors.append(error)
        reports.append(_report(name, found, examined, unplaced))
        rows += examined.problems
        readings += examined.readings
        others += examined.others
        changes += found.changes
        copies += found.copy_numbers
    return FilesJudged(
        tuple(reports),
        tuple(assessor.decide(readings)),
        tuple(others),
        tuple(changes),
        tuple(copies),
        tuple(contents),
        tuple(rows),
        tuple(errors),
    )


def _opened(given: GivenFile) -> tuple[str | os.PathLike[str] | bytes, str]:
    if isinstance(given, str | os.PathLike):
        return given, _last(os.fspath(given))
    name, content = given
    return content, _last(name)


def _last(name: str) -> str:
    """Return a file name without directories: no output shows where a file lies."""
    return name.replace("\\", "/").rpartition("/")[2] or name


def _settled(junction: Junction, assembly: Assembly | None, level: Level | None) -> Junction:
    """Return a junction with what the file leaves open filled in; what row or format state themselves wins."""
    changes: dict[str, object] = {}
    if assembly is not None and junction.assembly is None:
        changes["assembly"] = assembly
    if level is not None and level != junction.level and not junction.level_stated:
        changes["level"] = level
    return msgspec.structs.replace(junction, **changes) if changes else junction


def _unread(name: str, caller: str | None, error: NtrkpathError) -> FileReport:
    return FileReport(name, caller, None, None, (), 0, 0, "not_evaluable", (str(error),))


def _report(name: str, found: ReadResult, examined: Examined, unplaced: NtrkpathError | None) -> FileReport:
    """Return the report of a file; where its junctions cannot be placed, what else it holds still counts."""
    status = found.status
    if unplaced is not None:
        status = "not_evaluable"
    elif examined.problems and status == "read":
        status = "partly_read"
    told = [*map(str, (*found.problems, *examined.problems)), *([str(unplaced)] if unplaced else [])]
    return FileReport(
        name, found.caller, found.format, examined.assembly or found.assembly, found.samples, found.rows_read,
        found.rows_ntrk, status, (*told, *found.notes, *(f"{name}: {sentence}" for sentence in found.not_told)),
    )  # fmt: skip
