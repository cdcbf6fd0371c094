"""Everything that one file holds, fusions and variants, with what became of it."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Literal, NamedTuple

from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import Assembly, FileStatus, Junction
from ntrkpath.readers import NTRK, RowProblem, read
from ntrkpath.readers.variants import COPY_NUMBER_FORMATS, CopyNumber, ProteinChange, is_variants, read_variants

#: What a file may be asked for.
Asked = Literal["fusions", "mutations", "copy_numbers"]


class Contents(NamedTuple):
    """One file, read; ``ntrk_rows`` are the records that name an NTRK gene or lie on one."""

    caller: str
    format: str
    assembly: Assembly | None
    samples: tuple[str, ...]
    rows: int
    ntrk_rows: int
    status: FileStatus
    problems: tuple[RowProblem, ...]
    junctions: tuple[Junction, ...]
    changes: tuple[ProteinChange, ...]
    copy_numbers: tuple[CopyNumber, ...]
    tells: tuple[str, ...]

    def can_tell(self, what: Asked) -> bool:
        """Whether the silence of this file on ``what`` means "none"."""
        return what in self.tells


#: Formats that hold fusions and variants both.
_BOTH = frozenset({"tso500-combined", "foundation-xml", "vcf"})


def contents(
    source: str | os.PathLike[str] | bytes,
    name: str,
    *,
    caller: str | None = None,
    sample: str | None = None,
    genes: Collection[str] | None = None,
) -> Contents:
    """Read everything that a file holds of NTRK1, NTRK2 and NTRK3, and of further genes.

    Raises:
        ReaderError: The file cannot be opened or its format cannot be told.
    """
    if caller is None and is_variants(source, name):
        variants = read_variants(source, name, sample=sample)
        problems = variants.problems
        found: tuple[ProteinChange | CopyNumber, ...] = (*variants.changes, *variants.copy_numbers)
        samples = tuple(dict.fromkeys(one.sample for one in found if one.sample))
        return Contents(
            variants.format, variants.format, None, samples, len(found) + len(problems), len(found) + len(problems),
            "partly_read" if problems else "read", problems, (), variants.changes, variants.copy_numbers,
            ("copy_numbers",) if variants.format in COPY_NUMBER_FORMATS else ("mutations",),
        )  # fmt: skip
    result = read(source, name, caller=caller, sample=sample, genes={*NTRK, *(genes or ())})
    problems = result.problems
    changes: tuple[ProteinChange, ...] = ()
    copies: tuple[CopyNumber, ...] = ()
    tells: tuple[str, ...] = ("fusions",)
    if result.format in _BOTH:
        try:
            variants = read_variants(source, name, sample=sample)
        except ReaderError:  # a VCF without annotation says nothing of protein changes
            pass
        else:
            problems += tuple(p for p in variants.problems if p not in problems)
            changes, copies, tells = variants.changes, variants.copy_numbers, (*tells, "mutations", "copy_numbers")
    named = [*(j.sample for j in result.junctions), *(c.sample for c in changes), *(c.sample for c in copies)]
    samples = tuple(dict.fromkeys(name for name in named if name))
    return Contents(
        result.caller, result.format, None, samples, result.rows_read, result.rows_read - result.rows_other,
        "partly_read" if problems else "read", problems, result.junctions, changes, copies, tells,
    )  # fmt: skip
