"""Where a cohort comes from: Parquet, CSV, TSV, JSON lines or a cBioPortal study, read in batches of raw columns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ntrkpath.cohort.batches import DELIMITED, FORMATS, LINES, Batch, Source, require
from ntrkpath.cohort.mapping import Mapping, load_mapping
from ntrkpath.guidance import Edition
from ntrkpath.model.errors import CaseError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["DELIMITED", "Batch", "Source", "open_source", "require"]


def open_source(path: str, edition: Edition, mapping: str | Path | None = None) -> Source:
    """Open a cohort.

    Args:
        path: A file, a directory of Parquet files, a pattern (``part-*.parquet``), an address of an object store
            (``s3://``, ``gs://``, ``az://``, ``https://``), or the folder of a cBioPortal study.
        edition: Whose histologies say which genes of a study matter.
        mapping: Name or file of a mapping of columns; by default ``cbioportal`` for a study, else ``default``.

    Raises:
        CaseError: There is no such file, its format is not known, or nothing fills the case id or the histology.
        GuidanceError: The mapping is unknown or malformed.
    """
    require()
    from ntrkpath.cohort.cbioportal import is_pointer, is_study
    from ntrkpath.cohort.lines import LineSource
    from ntrkpath.cohort.tables import DelimitedSource, ParquetSource

    local = Path(path)
    remote = "://" in path
    if not remote and "*" not in path and not local.exists():
        raise CaseError("no such file or directory", where=path, allowed=FORMATS, remedy="check the path")
    study = not remote and is_study(local)
    known = load_mapping(mapping or ("cbioportal" if study else "default"))
    if not remote and local.is_dir() and (study or known.study):
        return _StudySource(local, known if known.study else load_mapping("cbioportal"), edition)
    if known.study:
        raise CaseError(
            "this mapping reads the folder of a study", where=path, value=known.id, remedy="give the folder, not a file"
        )  # fmt: skip
    if not remote and local.is_file() and is_pointer(local):
        raise CaseError("the file was never fetched: it is a Git LFS pointer", where=path, remedy="run `git lfs pull`")
    ending = _ending(path, local)
    if ending in LINES and not remote:
        return LineSource(local, known)
    return ParquetSource(path, known) if ending == ".parquet" else DelimitedSource(path, known, ending)


def _ending(path: str, local: Path) -> str:
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
    """A cBioPortal study folder."""

    def __init__(self, folder: Path, mapping: Mapping, edition: Edition) -> None:
        from ntrkpath.cohort.cbioportal import Study

        self.study = Study(folder, mapping, edition)
        self.name, self.notes = folder.resolve().name, self.study.notes
        self.files = [str(file) for file in sorted(folder.rglob("*")) if file.is_file()]
        self.mapping = mapping
        self.rows: int | None = self.study.rows
        self.share: float | None = None

    def batches(self, size: int, start: int = 0) -> Iterator[Batch]:
        for first, rows, table, bad in self.study.batches(size, start):
            yield Batch(first, rows, table, bad)

    def ids(self, size: int) -> Iterator[tuple[int, pl.Series]]:
        yield 1, self.study.clinical[self.study.sample_column()]
