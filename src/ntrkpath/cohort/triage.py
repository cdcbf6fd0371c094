"""A cohort, decided from file to file: read in batches, decided, written, with its bad rows and its ids checked."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ntrkpath import __version__
from ntrkpath.cohort.bad_rows import BadRow, BadRows, read_bad_rows
from ntrkpath.cohort.batches import Batch, Source, require
from ntrkpath.cohort.carried import Carried
from ntrkpath.cohort.cases import case_of
from ntrkpath.cohort.columns import ANSWERS, CARRIED, CASE_ID
from ntrkpath.cohort.durable import Lock, mark, to_disk
from ntrkpath.cohort.ids import SeenIds, check
from ntrkpath.cohort.outcome import Outcome, Progress
from ntrkpath.cohort.resume import Journal, PartDone, part_name
from ntrkpath.cohort.tally import counting
from ntrkpath.cohort.writing import (
    SCHEMA,
    About,
    Behind,
    Sheet,
    about_path,
    counted,
    ending_of,
    only_ours,
    writable,
    write_about,
)
from ntrkpath.guidance import Edition
from ntrkpath.model.errors import CaseError, OutputError
from ntrkpath.pathway import Pathway

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

    from ntrkpath.cohort.frame import Decider

#: Facts set by tables that a summary counts.
CALLS = ("ihc", "fish", "rt_pcr", "rna", "dna", "sequence", "target")
#: Rows that are decided at once, and rows of one part of a directory.
BATCH, PART = 262_144, 1_048_576


class Triage:
    """Decides one source into one output.

    Args:
        source: The cohort.
        out: A file (``.parquet``, ``.csv``, ``.tsv``, ``.jsonl``), or a directory of Parquet parts.
        edition: The edition to apply.
        as_of: The date noted with the answers; the labels of drugs do not bear on the actions.
        mapping: Name of the mapping, noted with the answers.
        figure2_reading: ``both``, ``a`` or ``b``; the edition's default where not given.
        missing: Whether the missing facts of each case are worked out.
        labels: Whether cases with evidence of a fusion get their status by label on ``as_of``.
        overwrite: Whether an output that is there is replaced.
        resume: Whether a broken run into a directory goes on.
        part_rows: Rows of one part of a directory.
        threads: How many threads decide.
        told: Is given the progress after each batch.

    Raises:
        OutputError: The output is there already, or is the input; nothing can be written there; another run works
            on it.
        CaseError: Its name has another ending; there is no such run to go on with.
    """

    def __init__(
        self,
        source: Source,
        out: Path,
        edition: Edition,
        as_of: dt.date,
        *,
        mapping: str = "",
        figure2_reading: str | None = None,
        missing: bool = True,
        labels: bool = False,
        overwrite: bool = False,
        resume: bool = False,
        part_rows: int = PART,
        threads: int | None = None,
        told: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        require()
        from ntrkpath.cohort.frame import Decider

        self.source, self.out, self.edition, self.told = source, out, edition, told
        self.ending, self.part_rows = ending_of(out), part_rows
        self.missing, self.mapping = missing, mapping
        if out.name in ("", ".."):
            raise OutputError("the output needs a name of its own", where=str(out), remedy="for example: ./decided")
        self.work = out.with_name(f"{out.name}.partial")
        if not out.parent.is_dir():
            raise OutputError("no such directory", where=str(out.parent), remedy="make it first")
        self._spare(overwrite)
        if resume and self.ending:
            raise CaseError(
                "only a run into a directory can go on", where=str(out),
                remedy="give OUT a name without an ending: its parts are kept when a run breaks off",
            )  # fmt: skip
        self.decider: Decider = Decider(
            edition, figure2_reading=figure2_reading, missing=missing, kept=CALLS, threads=threads
        )
        self.carried = Carried(edition)
        self.pathway = Pathway(edition, as_of, figure2_reading=figure2_reading) if labels else None
        self._by_label = frozenset(counting()["positive"]["target"])
        if resume and not self.work.is_dir():
            raise CaseError("there is no broken run to go on with", where=str(self.work), remedy="run without --resume")
        self.about = About(
            SCHEMA, __version__, {"id": edition.id, "version": edition.version, "sha256": edition.sha256}, as_of,
            edition.labels_known_to, self.decider.derivation.pathway.reading, source.name, mapping,
            not_read=source.not_read,
        )  # fmt: skip
        self._sheet: Sheet | None = None
        self.rows = self.decided = 0
        self.columns: set[str] = set()
        with writable(self.work):
            self._lock = Lock(self.work)
        try:
            with writable(self.work):
                self._begin(resume)
        except BaseException:
            self._lock.release()
            raise

    def _begin(self, resume: bool) -> None:
        """Empty the directory of the run, or take up what is whole of an earlier one."""
        if not resume:
            self._lock.empty()
        side = self.work / "bad.jsonl"
        self.journal = None if self.ending else Journal(self.work, side, self._run(), resume=resume)
        done = self.journal.done if self.journal else []
        self.rows = sum(d.rows for d in done)
        self.decided = sum(d.decided for d in done)
        self.resumed = self.rows
        self.columns |= set(done[-1].columns if done else ())
        self.bad = BadRows(side, done[-1].bad_rows.bytes if done else 0, sum(d.bad for d in done))
        self.seen = SeenIds(self.work / "ids")
        for ids in self._earlier_ids(done):
            self.seen.add(ids)

    def _earlier_ids(self, done: list[PartDone]) -> Iterator[pl.Series]:
        """Yield the ids of an earlier run from what it wrote; hashes that lay beside it prove nothing."""
        import polars as pl

        for part in done:
            if part.file is not None:
                yield pl.read_parquet(self.work / part_name(part.part), columns=[CASE_ID], glob=False)[CASE_ID].cast(
                    pl.String
                )
        if self.bad.count:
            told = (row.case_id for row in read_bad_rows(self.bad.path))
            while held := [ident for _, ident in zip(range(BATCH), told, strict=False)]:
                yield pl.Series(held, dtype=pl.String)

    def _spare(self, overwrite: bool) -> None:
        """Refuse to replace the cohort that is read, and any directory that is not all ours."""
        out = self.out.resolve()
        if any(out == file or out in file.parents for file in (Path(name).resolve() for name in self.source.files)):
            raise OutputError("the output would replace the input", where=str(self.out), remedy="choose another name")
        if self.out.exists() and not overwrite:
            raise OutputError(
                "the output is there already", where=str(self.out), remedy="choose another name, or --overwrite"
            )  # fmt: skip
        for directory in (self.out, self.work):
            if directory.is_dir() and not only_ours(directory):
                raise OutputError(
                    "this directory holds other files, which would be lost", where=str(directory),
                    remedy="choose another name",
                )  # fmt: skip
        if self.out.is_file() and not self.ending:
            raise OutputError("this is a file, not a directory", where=str(self.out), remedy="choose another name")

    def _run(self) -> dict[str, object]:
        import polars as pl

        read = [(Path(name).name, (stat := Path(name).stat()).st_size, stat.st_mtime_ns) for name in self.source.files]
        return {
            "read": read, "columns": self.source.mapping,
            "about": self.about, "rows": self.source.rows, "part_rows": self.part_rows, "missing": self.missing,
            "labels": self.pathway is not None,
            "polars": pl.__version__,
        }  # fmt: skip

    def run(self) -> Outcome:
        """Decide every row.

        Raises:
            CaseError: The source cannot be read to its end, or an id stands twice; what was done of a directory is
                kept for ``resume``, a single file is removed.
        """
        started = time.monotonic()
        try:
            with writable(self.work):
                self._parts(started) if not self.ending else self._one(started)
            self.bad.close()
            check(self.seen, self.source.ids(BATCH))
        except BaseException:
            self.bad.close()
            if self.ending:
                if self._sheet is not None:
                    self._sheet.abandon()
                shutil.rmtree(self.work, ignore_errors=True)
            self._lock.release()
            raise
        try:
            with writable(self.out):
                return self._finish(self._counted(), time.monotonic() - started)
        finally:
            self._lock.release()

    def _counted(self) -> About:
        """Return how the cohort was decided, once every row of the input is known to be in the output or bad.

        Raises:
            OutputError: A row is in neither, or a part is not as it was written.
        """
        if self.rows != self.decided + self.bad.count or self.source.rows not in (None, self.rows):
            raise OutputError(
                "rows of the input are missing from the output", where=str(self.out),
                value=f"{self.rows} read of {self.source.rows}, {self.decided} decided, {self.bad.count} bad",
                remedy="do not use this output; run again",
            )  # fmt: skip
        for part in self.journal.done if self.journal else ():
            if part.file is not None:
                counted(self.work / part_name(part.part), part.decided)
        return msgspec.structs.replace(
            self.about, rows=self.rows, decided=self.decided, bad=self.bad.count, columns=tuple(sorted(self.columns))
        )

    def _one(self, started: float) -> None:
        self._sheet = Sheet(self.work / f"all{self.ending}", self.ending)
        with Behind(self._sheet) as behind:
            for batch in self.source.batches(BATCH):
                behind.write(self._decide(batch))
                self._tell(started)

    def _parts(self, started: float) -> None:
        assert self.journal is not None
        batches = self.source.batches(min(BATCH, self.part_rows), self.rows)
        number = len(self.journal.done)
        while True:
            rows, decided, bad = self.rows, self.decided, self.bad.count
            path = self.work / part_name(number)
            sheet = Sheet(path, ".parquet")
            with Behind(sheet) as behind:
                try:
                    while self.rows - rows < self.part_rows and (batch := next(batches, None)) is not None:
                        behind.write(self._decide(batch))
                        self._tell(started)
                except BaseException:
                    behind.wait()
                    sheet.abandon()
                    raise
            if self.rows == rows:
                sheet.abandon()
                return
            sheet.close(self.about)
            self.bad.to_disk()
            self.journal.add(
                PartDone(
                    number, self.rows - rows, self.decided - decided, self.bad.count - bad,
                    mark(path) if sheet.rows else None, self.bad.mark, tuple(sorted(self.columns)),
                )
            )  # fmt: skip
            number += 1

    def _decide(self, batch: Batch) -> pa.Table | None:
        """Decide one batch; count it, note its bad rows and its ids."""
        import polars as pl
        import pyarrow as pa

        self.rows += batch.rows
        bad = list(batch.bad)
        if refused := [row.case_id for row in bad if row.case_id is not None]:
            self.seen.add(pl.Series(refused, dtype=pl.String))
        table = batch.table
        found: pa.Table | None = None
        if table is not None and table.num_rows:
            self.columns.update(table.column_names)
            ids = pl.Series(pl.from_arrow(table[CASE_ID]))
            self.seen.add(ids)
            answered = self.decider.answer(table.select(self.decider.needs(table.column_names)))
            places = answered.bad["row"].to_pylist()
            if places:
                numbers = table["row"].to_pylist()
                rows = zip(places, *(answered.bad[c].to_pylist() for c in (CASE_ID, "where", "reason")), strict=True)
                bad += [
                    BadRow(numbers[i], ident, where, reason.removeprefix(f"{where}: "))
                    for i, ident, where, reason in rows
                ]
                good = [True] * table.num_rows
                for i in places:
                    good[i] = False
                table = table.filter(pa.array(good))
            found = self._joined(table, answered.answers)
            self.decided += found.num_rows
        self.bad.write(bad)
        return found

    def _joined(self, table: pa.Table, answers: pa.Table) -> pa.Table:
        """Return the answers with the carried columns of the same cases, in a fixed order of columns."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not pc.all(pc.equal(table[CASE_ID].cast(pa.large_string()), answers[CASE_ID])).as_py() and answers.num_rows:
            raise AssertionError("answers do not stand in the order of their cases")
        carried = self.carried.columns(table)
        empty = {"turnaround_days": pa.int32()}
        words = pa.dictionary(pa.int32(), pa.large_string())
        columns = {name: answers[name] for name in (*ANSWERS, *(("missing",) if self.missing else ()), *CALLS)}
        for name in CARRIED:
            columns[name] = carried.get(name, pa.nulls(answers.num_rows, empty.get(name, words)))
        if self.pathway is not None:
            columns["labels"] = self._labels(table, answers)
        return pa.table(columns)

    def _labels(self, table: pa.Table, answers: pa.Table) -> pa.Array:
        """Return ``drug@agency=status`` of the cases with evidence of a fusion, by the single-case core."""
        import pyarrow as pa

        assert self.pathway is not None
        told: list[str | None] = [None] * table.num_rows
        for i, target in enumerate(answers["target"].to_pylist()):
            if target in self._by_label:
                row = {name: cell[0] for name, cell in table.slice(i, 1).to_pydict().items()}
                found = self.pathway.recommend(case_of(row)).therapy
                told[i] = " ".join(f"{label.drug}@{label.agency}={label.status}" for label in found)
        return pa.array(told, pa.large_string()).dictionary_encode()

    def _tell(self, started: float) -> None:
        seconds = max(time.monotonic() - started, 1e-9)
        rate = (self.rows - self.resumed) / seconds
        total, share = self.source.rows, self.source.share
        left = None
        if total is not None:
            left = max(total - self.rows, 0) / max(rate, 1e-9)
        elif share and not self.resumed:
            left = seconds * (1 - share) / share
        self.told(Progress(self.rows, total, self.bad.count, rate, left))

    def _finish(self, about: About, seconds: float) -> Outcome:
        """Put the output in its place, whole, and remove what served the run."""
        self.seen.close()
        (self.work / "ids").rmdir()
        if self._sheet is not None:
            self._sheet.close(about)
        side = self.out.with_name(f"{self.out.name}.bad.jsonl")
        about_path(self.out).unlink(missing_ok=True)
        side.unlink(missing_ok=True)
        if self.bad.count:
            self.bad.to_disk()
            (self.work / "bad.jsonl").replace(side)
        if about.decided and self.ending != ".parquet":
            write_about(about_path(self.out), about)
        if self.ending:
            if about.decided:
                (self.work / f"all{self.ending}").replace(self.out)
            shutil.rmtree(self.work)
        else:
            assert self.journal is not None
            self.journal.path.unlink()
            if not about.decided:
                shutil.rmtree(self.work)
            else:
                if self.out.is_dir():
                    shutil.rmtree(self.out)
                self.work.replace(self.out)
        to_disk(self.out.parent)
        return Outcome(
            about,
            self.out,
            side if self.bad.count else None,
            tuple(self.bad.places.most_common()),
            self.resumed,
            seconds,
            self.journal.lost if self.journal else 0,
        )
