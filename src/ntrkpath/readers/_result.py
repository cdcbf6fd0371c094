"""What reading a file gives: findings, the rows that could not be read, and what the file can and cannot tell."""

from __future__ import annotations

from typing import Literal

import msgspec

from ntrkpath.model.fusion import Assembly, FileStatus, Junction, Level
from ntrkpath.model.variants import CopyNumber, ProteinChange

#: What a file can tell. ``fusions``: its level is not stated, and the test that it belongs to says it.
Tells = Literal["rna_fusions", "dna_fusions", "fusions", "mutations", "copy_numbers"]


class RowProblem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A row that could not be read; the others went on.

    Args:
        file: File name without directory.
        line: 1-based line; ``None`` where the format has no lines of its own (JSON, XML) or the whole file is meant.
        raw: The row as it stands in the file.
        message: What is wrong with it.
    """

    file: str
    line: int | None
    raw: str
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}"


class ReadResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One file, read: everything it holds of the wanted genes.

    Args:
        junctions: Every event of the file (or those that touch the wanted genes), in the order of the file.
        problems: Rows that could not be read or evaluated, with place and raw text.
        caller: The caller, as recognised or as given by the user.
        format: The format the file was read as.
        rows_read: Records looked at, without header, comments and blank lines.
        rows_other: Records left out because they touch none of the wanted genes.
        changes: Protein changes of the wanted genes.
        copy_numbers: Copy numbers of the wanted genes.
        samples: Every sample that the file names, in its order; empty where it names none.
        assembly: The assembly that the file states, or that its contigs show.
        status: ``read``, ``partly_read`` or ``not_evaluable``; only of the first "none found" may be said.
        tells: What a file of this kind can tell; of what is not among them, its silence says nothing.
        not_told: What it cannot tell, in sentences ("RNA was not analysed: RNA Sample ID is NA").
        notes: What was noticed and does no harm ("line 7: no read supports it, so that it is no event").
        rows_ntrk: Records that name an NTRK gene or lie on one.
        rows_without_reads: Records of wanted genes whose caller counts reads and found none: no event.
    """

    junctions: tuple[Junction, ...]
    problems: tuple[RowProblem, ...]
    caller: str
    format: str
    rows_read: int = 0
    rows_other: int = 0
    changes: tuple[ProteinChange, ...] = ()
    copy_numbers: tuple[CopyNumber, ...] = ()
    samples: tuple[str, ...] = ()
    assembly: Assembly | None = None
    status: FileStatus = "read"
    tells: tuple[Tells, ...] = ("fusions",)
    not_told: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rows_ntrk: int = 0
    rows_without_reads: int = 0

    def can_tell(self, what: Literal["fusions", "mutations", "copy_numbers"], level: Level | None = None) -> bool:
        """Whether the silence of this file on ``what`` means "none"; for fusions, on one level or on any."""
        if what != "fusions":
            return what in self.tells
        if level is None:
            return any(word.endswith("fusions") for word in self.tells)
        return "fusions" in self.tells or f"{level}_fusions" in self.tells

    def of_sample(self, name: str) -> ReadResult:
        """Return what the file holds of one sample; files that name no sample belong to their only one."""
        if not self.samples:
            return self
        return msgspec.structs.replace(
            self,
            junctions=tuple(one for one in self.junctions if one.sample == name),
            changes=tuple(one for one in self.changes if one.sample == name),
            copy_numbers=tuple(one for one in self.copy_numbers if one.sample == name),
        )
