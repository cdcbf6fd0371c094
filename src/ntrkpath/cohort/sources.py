"""Where a cohort comes from: Parquet, CSV, TSV, JSON lines or a cBioPortal study, read in batches of raw columns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ntrkpath.cohort.batches import DELIMITED, FORMATS, LINES, WORKBOOKS, Batch, Source, require
from ntrkpath.cohort.mapping import Mapping, load_mapping
from ntrkpath.cohort.regular_files import regular
from ntrkpath.guidance import Edition
from ntrkpath.model.errors import CaseError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["DELIMITED", "Batch", "Source", "open_source", "require"]


def open_source(path: str, edition: Edition, mapping: str | Path | Mapping | None = None, *, sheet: str = "") -> Source:
    """Open a cohort.

    Args:
        path: A file, a directory of Parquet files, a pattern (``part-*.parquet``), an address of an object store
            (``s3://``, ``gs://``, ``az://``, ``https://``), or the folder of a cBioPortal study. The file of samples
            of a study, with a mapping that names it, stands for its folder; any other file with a mapping of a study
            is read alone.
        edition: Whose histologies say which genes of a study matter.
        mapping: A mapping of columns, its name or its file; by default ``cbioportal`` for a study, else ``default``.
        sheet: The sheet of a workbook; by default the first that holds anything.

    Raises:
        CaseError: There is no such file, its format is not known, or nothing fills the case id or the histology.
        InputError: It is a pipe or a device.
        GuidanceError: The mapping is unknown or malformed.
    """
    require()
    from ntrkpath.cohort.cbioportal import is_study

    local, remote = Path(path), "://" in path
    if not remote:
        _check_file(path, local)
    study = not remote and is_study(local)
    known = load_mapping(mapping or ("cbioportal" if study else "default"))
    if not remote and (found := _study_of(local, known, edition, study)) is not None:
        return found
    source = _one_file(path, local, known, remote, sheet)
    if known.study:
        source.notes.append("this table is read alone: what the other files of its study say stays unknown")
    return source


def _check_file(path: str, local: Path) -> None:
    """Raise where there is nothing to be read under a local name."""
    from ntrkpath.cohort.study_tables import is_pointer

    if "*" not in path and not local.exists():
        raise CaseError("no such file or directory", where=path, allowed=FORMATS, remedy="check the path")
    regular(local)
    if local.is_file() and is_pointer(local):
        raise CaseError("the file was never fetched: it is a Git LFS pointer", where=path, remedy="run `git lfs pull`")


def _study_of(local: Path, known: Mapping, edition: Edition, study: bool) -> Source | None:
    """Return the study of a folder, or of its file of samples; ``None`` for anything else."""
    from ntrkpath.cohort.cbioportal import sample_files

    if local.is_dir() and (study or known.study):
        return _StudySource(local, known if known.study else load_mapping("cbioportal"), edition)
    if known.study and any(local.match(name) for name in sample_files(known)):
        return _StudySource(local.parent, known, edition, local)
    return None


def _one_file(path: str, local: Path, known: Mapping, remote: bool, sheet: str) -> Source:
    from ntrkpath.cohort.lines import LineSource
    from ntrkpath.cohort.tables import DelimitedSource, ParquetSource
    from ntrkpath.cohort.workbook import WorkbookSource

    ending = format_of(path, local)
    if ending in WORKBOOKS and not remote:
        return WorkbookSource(local, known, sheet)
    if sheet:
        raise CaseError("only a workbook has sheets", where=path, value=sheet, allowed=WORKBOOKS)
    if ending in LINES and not remote:
        return LineSource(local, known)
    return ParquetSource(path, known) if ending == ".parquet" else DelimitedSource(path, known, ending)


def format_of(path: str, local: Path) -> str:
    """Return the format of a source by its name, as one of ``batches.FORMATS``."""
    name = path.rstrip("/").rpartition("/")[2].casefold()
    if "://" not in path and local.is_dir():
        if not any(local.glob("**/*.parquet")):
            raise CaseError(
                "no Parquet files here, and no cBioPortal study (data_clinical_sample.txt)", where=path,
                remedy="give the file itself, or name the study's files in a mapping",
            )  # fmt: skip
        return ".parquet"
    for ending in FORMATS:
        if name.endswith((ending, f"{ending}.gz")):
            return ending
    raise CaseError("format not known by the name", where=path, value=name, allowed=FORMATS, remedy="rename the file")


class _StudySource:
    """A cBioPortal study folder, or the one file of samples of it that was named."""

    def __init__(self, folder: Path, mapping: Mapping, edition: Edition, samples: Path | None = None) -> None:
        from ntrkpath.cohort.cbioportal import Study

        self.study = Study(folder, mapping, edition, samples)
        self.name, self.notes = (samples or folder.resolve()).name, self.study.notes
        self.not_read = self.study.plan.not_read
        self.files = [str(file) for file in self.study.files]
        self.mapping = mapping
        self.rows: int | None = self.study.rows
        self.share: float | None = None

    def batches(self, size: int, start: int = 0) -> Iterator[Batch]:
        for first, rows, table, bad in self.study.batches(size, start):
            yield Batch(first, rows, table, bad)

    def ids(self, size: int) -> Iterator[tuple[int, pl.Series]]:
        yield 1, self.study.clinical[self.study.sample_column()]
