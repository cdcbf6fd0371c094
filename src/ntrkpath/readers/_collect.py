"""The collector every reader fills: junctions, located problems, counts, and the gene filter."""

from __future__ import annotations

from collections.abc import Iterable

from ntrkpath.model.fusion import Assembly, Breakpoint, FrameCall, Junction, Level, Source, Standing, Support
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._loci import GeneFilter
from ntrkpath.readers._result import ReadResult, RowProblem
from ntrkpath.readers._text import Document

_NO_SUPPORT = Support()


class Collector:
    """Gathers what a reader finds in one document.

    Args:
        document: The file.
        caller: Caller to note on junctions whose format does not name one.
        sample: Sample to note on junctions whose row does not name one.
        genes: Keeps only junctions that touch these genes; ``None`` keeps all.
    """

    def __init__(self, document: Document, caller: str, sample: str | None, genes: GeneFilter | None) -> None:
        self.document = document
        self.caller = caller
        self.sample = sample
        self.genes = genes
        self.junctions: list[Junction] = []
        self.problems: list[RowProblem] = []
        #: What a reader says of the file as a whole: the mapping of columns that it took.
        self.notes: list[str] = []
        self.rows_read = 0
        self.rows_other = 0
        #: Keys of events already taken, for formats that name one event in several rows.
        self.seen: set[tuple[str, ...]] = set()

    def wants(self, line: str) -> bool:
        """Whether a line can hold a wanted record; counts it as read, and as other where it cannot."""
        self.rows_read += 1
        if self.genes is None or self.genes.line(line):
            return True
        self.rows_other += 1
        return False

    def add(self, found: Junction | Iterable[Junction] | None) -> None:
        """Keep what one record gave, if it touches a wanted gene."""
        junctions = () if found is None else (found,) if isinstance(found, Junction) else tuple(found)
        kept = junctions if self.genes is None else tuple(filter(self.genes.junction, junctions))
        self.junctions.extend(kept)
        if junctions and not kept:
            self.rows_other += 1

    def problem(self, line: int | None, raw: str, message: str | RowError) -> None:
        """Note a record that cannot be read."""
        self.problems.append(RowProblem(self.document.name, line, raw, str(message)))

    def junction(
        self,
        five_prime: Breakpoint,
        three_prime: Breakpoint,
        line: int | None,
        raw: str | None,
        *,
        caller: str | None = None,
        sample: str | None = None,
        assembly: Assembly | None = None,
        level: Level = "rna",
        ordered: bool = True,
        tolerance: int = 0,
        frame: FrameCall = "unknown",
        call: str | None = None,
        support: Support = _NO_SUPPORT,
        filtered: str | None = None,
        intragenic: bool = False,
        antisense: bool = False,
        standing: Standing = "not_stated",
        level_stated: bool = False,
    ) -> Junction:
        """Build one junction with its source; a record without any gene or position is an error."""
        if not any(
            side.gene or side.others or side.position or side.exon or side.transcript
            for side in (five_prime, three_prime)
        ):
            raise RowError("neither side names a gene or a position")
        return Junction(
            caller=caller or self.caller,
            five_prime=five_prime,
            three_prime=three_prime,
            source=Source(self.document.name, line),
            sample=sample or self.sample,
            assembly=assembly,
            level=level,
            ordered=ordered,
            tolerance=tolerance,
            frame_by_caller=frame,
            call_by_caller=call,
            support=support,
            filtered=filtered,
            raw=raw,
            intragenic=intragenic,
            antisense=antisense,
            standing=standing,
            level_stated=level_stated,
        )

    def result(self, format_name: str) -> ReadResult:
        """Close the collection."""
        return ReadResult(
            tuple(self.junctions),
            tuple(self.problems),
            self.caller,
            format_name,
            self.rows_read,
            self.rows_other,
            tuple(self.notes),
        )
