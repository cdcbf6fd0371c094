"""The collector every reader fills: findings, located problems, counts, and what became of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from ntrkpath.model.fusion import (
    Assembly,
    Breakpoint,
    FileStatus,
    FrameCall,
    Junction,
    Level,
    Source,
    Standing,
    Support,
)
from ntrkpath.model.variants import CopyNumber, Found, ProteinChange
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._contigs import contig, end_of
from ntrkpath.readers._loci import NAMED, GeneFilter, contradicts, touches_ntrk
from ntrkpath.readers._result import ReadResult, RowProblem, Tells
from ntrkpath.readers._symbols import NTRK, became_a_date, may_be_begun, ntrk_gene
from ntrkpath.readers._text import Document

_NO_SUPPORT = Support()
_Kind = TypeVar("_Kind", Junction, ProteinChange, CopyNumber)
#: Records whose contig is not known that are shown one by one; of more only their number is told.
_SHOWN = 20


def _check_sides(sides: tuple[Breakpoint, Breakpoint]) -> None:
    if not any(side.gene or side.others or side.position or side.exon or side.transcript for side in sides):
        raise RowError("neither side names a gene or a position")
    for side in sides:
        if side.exon is not None and side.exon < 1:
            raise RowError(f"exons are counted from 1, not {side.exon}")


class Collector:
    """Gathers what a reader finds in one document.

    Args:
        document: The file.
        caller: Caller to note on junctions whose format does not name one.
        sample: Sample to note on findings whose row does not name one.
        genes: Keeps only what touches these genes; ``None`` keeps all.
        level: Level of events of this format, where the row does not say it.
        level_stated: Whether that level is certain.
        tells: What a file of this format can tell.
    """

    def __init__(
        self,
        document: Document,
        caller: str,
        sample: str | None,
        genes: GeneFilter | None,
        *,
        level: Level = "rna",
        level_stated: bool = False,
        tells: tuple[Tells, ...] = ("fusions",),
    ) -> None:
        self.document = document
        self.caller = caller
        #: The sample asked for: it gets the rows of a file that names none.
        self.asked = sample
        #: The sample of the whole file, where its header states one; what is asked for fills in at the end.
        self.sample: str | None = None
        self.genes = genes
        self.level = level
        self.level_stated = level_stated
        self.tells = tells
        self.junctions: list[Junction] = []
        self.changes: list[ProteinChange] = []
        self.copy_numbers: list[CopyNumber] = []
        self.problems: list[RowProblem] = []
        self.notes: list[str] = []
        self.not_told: list[str] = []
        #: Every sample that the file names, in its order.
        self.samples: dict[str, None] = {}
        #: The assembly that the file states, and one it states that cannot be used (T2T, hg18).
        self.assembly: Assembly | None = None
        self.foreign: str | None = None
        self.rows_read = 0
        self.rows_other = 0
        self.rows_without_reads = 0
        #: Keys of events already taken, for formats that name one event in several rows.
        self.seen: set[tuple[str, ...]] = set()
        self._explained: set[int] = set()
        self._contigs: set[str] = set()
        self._ntrk: set[object] = set()

    @property
    def asks_for_others(self) -> bool:
        """Whether genes beside NTRK1, NTRK2 and NTRK3 are asked for by name."""
        return self.genes is not None and bool(self.genes.genes - set(NTRK))

    def wants(self, line: str) -> bool:
        """Whether a line can hold a wanted record; counts it as read, and as other where it cannot."""
        self.rows_read += 1
        if self.genes is None or self.genes.line(line):
            return True
        self.rows_other += 1
        return False

    def add(self, found: Junction | Found | Iterable[Junction | Found] | None) -> None:
        """Keep what one record gave, if it touches a wanted gene; an event without a single read is none."""
        if found is None:
            return
        every = (found,) if isinstance(found, msgspec.Struct) else tuple(found)
        kept = 0
        for one in every:
            if isinstance(one, Junction):
                kept += self._add_junction(one)
            elif self.genes is None or self.genes.gene(one.gene):
                kept += 1
                self._mark(ntrk_gene(one.gene) is not None, one.source)
                (self.changes if isinstance(one, ProteinChange) else self.copy_numbers).append(one)  # type: ignore[arg-type]
        if every and not kept:
            self.rows_other += 1

    def _add_junction(self, junction: Junction) -> bool:
        if self.genes is not None and not self.genes.junction(junction):
            return False
        ntrk = touches_ntrk(junction)
        self._mark(ntrk, junction.source)
        counts = [n for n in msgspec.structs.astuple(junction.support) if n is not None]
        if counts and not any(counts):
            self.rows_without_reads += 1
            self.explain(junction.source.line)
            if ntrk:
                sides = [s.gene or "?" for s in (junction.five_prime, junction.three_prime)]
                self.note(junction.source.line, f"{'::'.join(sides)} has no read, so that it is no event")
            return True
        self.junctions.append(junction)
        return True

    def _mark(self, ntrk: bool, source: Source) -> None:
        if ntrk:
            self._ntrk.add(source.line if source.line is not None else len(self._ntrk))

    def problem(self, line: int | None, raw: str, message: str | RowError) -> None:
        """Note a record that cannot be read."""
        if line is not None and NAMED.search(raw):
            self._ntrk.add(line)
        self.problems.append(RowProblem(self.document.name, line, raw, str(message)))

    def note(self, line: int | None, message: str) -> None:
        """Note what was noticed and does no harm."""
        self.notes.append(f"{self.document.where(line)}: {message}")

    def explain(self, line: int | None) -> None:
        """Say that a record was understood and gives nothing (a silent mutation, an event without a read)."""
        if line is not None:
            self._explained.add(line)

    def state_sample(self, name: str | None) -> None:
        """Note a sample that the file names."""
        if name is not None and name.strip():
            self.samples.setdefault(name.strip())

    def state_assembly(self, name: Assembly | None) -> None:
        """Note the assembly that the file states.

        Raises:
            RowError: It stated another one before.
        """
        if name is None:
            return
        if self.assembly is not None and self.assembly != name:
            raise RowError(f"coordinates of {name} in a file of {self.assembly}")
        self.assembly = name

    def place(self, name: str, line: int) -> None:
        """Note the contig of a record that names no gene: on an unknown one nobody can say whether it is of NTRK."""
        if name in self._contigs:
            return
        self._contigs.add(name)
        place = contig(name)
        if place.foreign is not None:
            self.foreign = self.foreign or place.foreign
        elif not place.known:
            self.problem(line, name, f"{name[:40]!r} is no human chromosome of GRCh37 or GRCh38: its records stay open")

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
        level: Level | None = None,
        ordered: bool = True,
        tolerance: int = 0,
        frame: FrameCall = "unknown",
        call: str | None = None,
        support: Support = _NO_SUPPORT,
        standing: Standing = "not_stated",
        filtered: str | None = None,
        intragenic: bool = False,
        antisense: bool = False,
    ) -> Junction:
        """Build one junction with its source.

        Args:
            level: The level that the row itself states; without one it is that of the format.
            standing, filtered: What the caller says of the row, and its words; words alone are a doubt.

        Raises:
            RowError: No gene and no position, an unknown contig, a position beyond its chromosome, or an NTRK gene
                on a chromosome that is not its own.
        """
        _check_sides((five_prime, three_prime))
        self.state_sample(sample)
        five_prime, first = self._placed(five_prime, line, assembly)
        three_prime, second = self._placed(three_prime, line, assembly)
        if first is not None and second is not None and first != second:
            raise RowError(f"one side is on {first}, the other on {second}")
        return Junction(
            caller=caller or self.caller,
            five_prime=five_prime,
            three_prime=three_prime,
            source=Source(self.document.name, line),
            sample=sample or self.sample,
            assembly=assembly or first or second or self.assembly,
            level=level or self.level,
            level_stated=level is not None or self.level_stated,
            ordered=ordered,
            tolerance=tolerance,
            frame_by_caller=frame,
            call_by_caller=call,
            support=support,
            standing="doubted" if filtered is not None and standing == "not_stated" else standing,
            filtered=filtered,
            raw=raw,
            intragenic=intragenic,
            antisense=antisense,
        )

    def _placed(
        self, side: Breakpoint, line: int | None, stated: Assembly | None
    ) -> tuple[Breakpoint, Assembly | None]:
        """Return a side with its chromosome's plain name, and the assembly that an accession says."""
        if side.gene is not None and became_a_date(side.gene):
            self.note(line, f"the gene {side.gene!r} looks like a date: a spreadsheet may have changed its name")
        if side.chromosome is None:
            return side, None
        place = contig(side.chromosome)
        if place.foreign is not None:
            self.foreign = self.foreign or place.foreign
            raise RowError(f"{side.chromosome} is of {place.foreign}; only GRCh37 and GRCh38 are read")
        if not place.known:
            raise RowError(f"{side.chromosome[:40]!r} is no human chromosome of GRCh37 or GRCh38")
        own = stated or self.assembly
        if place.assembly is not None:
            if own is not None and own != place.assembly:
                raise RowError(f"{side.chromosome} is of {place.assembly}, and the file says {own}")
            self.state_assembly(place.assembly)
        end = end_of(place.name, place.assembly or own)
        if end is not None and side.position is not None and side.position > end:
            raise RowError(f"position {side.position} lies beyond the end of chromosome {place.name} ({end})")
        if place.name in {"1", "9", "15"} or end is not None:
            wrong = contradicts(side.gene, place.name, side.position)
            if wrong is not None:
                raise RowError(wrong)
        if place.name == side.chromosome:
            return side, place.assembly
        return msgspec.structs.replace(side, chromosome=place.name), place.assembly

    def result(self, format_name: str) -> ReadResult:
        """Close the collection: what cannot have been read rightly becomes a problem, and the status is settled."""
        if self.foreign is not None:
            self.problem(
                None, "", f"its coordinates are of {self.foreign}: run the caller on GRCh37 or GRCh38, or lift it over"
            )
            self.junctions.clear()
        self._settle_samples()
        self._look_at_the_end()
        self._look_for_names()
        return ReadResult(
            junctions=tuple(self.junctions),
            problems=tuple(self.problems),
            caller=self.caller,
            format=format_name,
            rows_read=self.rows_read,
            rows_other=self.rows_other,
            changes=tuple(self.changes),
            copy_numbers=tuple(self.copy_numbers),
            samples=tuple(self.samples),
            assembly=self.assembly,
            status=self._status(),
            tells=self.tells,
            not_told=tuple(self.not_told),
            notes=tuple(self.notes),
            rows_ntrk=len(self._ntrk),
            rows_without_reads=self.rows_without_reads,
        )

    def _status(self) -> FileStatus:
        found = bool(self.junctions or self.changes or self.copy_numbers)
        if self.foreign is not None or not self.tells:
            return "partly_read" if found else "not_evaluable"
        if not self.problems:
            return "read"
        evaluated = self.rows_read - len({problem.line for problem in self.problems})
        return "partly_read" if found or evaluated > 0 else "not_evaluable"

    def _settle_samples(self) -> None:
        """Give the rows of a file without samples to the sample asked for.

        In a file that names samples a row without one belongs to nobody: it is not given to the patient asked for.
        """
        self.junctions = [*self._of_someone(self.junctions)]
        self.changes = [*self._of_someone(self.changes)]
        self.copy_numbers = [*self._of_someone(self.copy_numbers)]

    def _of_someone(self, found: list[_Kind]) -> Iterator[_Kind]:
        for one in found:
            if one.sample is not None:
                yield one
            elif not self.samples:
                yield msgspec.structs.replace(one, sample=self.asked) if self.asked is not None else one
            else:
                self.problem(
                    one.source.line, getattr(one, "raw", None) or "",
                    "the row names no sample, and the file names some: nobody can say whose it is",
                )  # fmt: skip

    def _look_at_the_end(self) -> None:
        """Note a last line without its end; one that stops in what may become an NTRK name was cut."""
        if self.document.ended:
            return
        number, line = len(self.document.lines), self.document.lines[-1]
        if any(problem.line == number for problem in self.problems) or line.endswith((">", "]", "}")):
            return
        if not self.rows_read:
            self.problem(number, line, "the file ends within its header: it may have been cut, and says nothing")
            return
        self.note(number, "the last line has no line end: the file may have been cut short")
        sources = [one.source for found in (self.junctions, self.changes, self.copy_numbers) for one in found]
        if any(source.line == number for source in sources):
            return
        if may_be_begun(_last_word(line)):
            self.problem(number, line, "the file ends in the middle of a name: it may have been cut")

    def _look_for_names(self) -> None:
        """Text that names an NTRK gene while nothing of it was read is no clean answer."""
        if self.problems or self._ntrk or (self.genes is not None and not self.genes.ntrk):
            return
        for number, line in enumerate(self.document.lines, 1):
            if line.startswith("#") or number in self._explained:
                continue
            if found := NAMED.search(line):
                self.problem(number, line, f"this line names {found[0]}, and nothing of it could be read")
                return


def _last_word(line: str) -> str:
    at = len(line)
    while at and (line[at - 1].isalnum()):
        at -= 1
    return line[at:]
