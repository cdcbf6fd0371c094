"""Verdicts for junctions: reads each against its assembly, merges events, and decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import msgspec

from ntrkpath.fusion.assembly import Told, fits_elsewhere, infer
from ntrkpath.fusion.decision import Thresholds, default_thresholds
from ntrkpath.fusion.junction import Reading, contradicts, read, undecided
from ntrkpath.fusion.locus import OTHER_CHROMOSOME, Atlas
from ntrkpath.fusion.merge import collect, verdicts
from ntrkpath.fusion.transcripts import Transcripts
from ntrkpath.model.errors import AnnotationError
from ntrkpath.model.fusion import Assembly, Breakpoint, FusionVerdict, Junction
from ntrkpath.readers import RowProblem, end_of


class Examined(NamedTuple):
    """The rows of one file, read against the annotation.

    Args:
        readings: Of the rows that concern an NTRK gene.
        others: Rows that concern none.
        assembly: The one that the rows state or that was told from their coordinates; ``None`` where rows state
            different ones, or none is needed.
        problems: Rows that cannot be evaluated, each with its place.
    """

    readings: list[Reading]
    others: list[Junction]
    assembly: Assembly | None
    problems: list[RowProblem]


class Assessor:
    """Keeps what was worked out on an annotation from one call to the next.

    Args:
        transcripts: Annotation to read junctions against; the shipped one by default.
        thresholds: Limits of the verdict; those of the edition by default.
    """

    def __init__(self, transcripts: Transcripts | None = None, thresholds: Thresholds | None = None) -> None:
        self.transcripts = transcripts or Transcripts.open()
        self.thresholds = thresholds or default_thresholds()
        self._atlases: dict[Assembly, Atlas] = {}

    def atlas(self, assembly: Assembly) -> Atlas:
        """Return the annotation of one assembly with what was worked out on it.

        Raises:
            AnnotationError: The annotation does not hold that assembly.
        """
        found = self._atlases.get(assembly)
        if found is None:
            found = self._atlases[assembly] = Atlas(self.transcripts.on(assembly))
        return found

    def examine(self, junctions: Sequence[Junction], file: str) -> Examined:
        """Read the junctions of one file; a row that cannot be evaluated is a problem of that row alone.

        Raises:
            AnnotationError: The assembly is neither stated nor to be inferred.
        """
        sound, problems = [], []
        for junction in junctions:
            told = self._beyond(junction)
            if told is None:
                sound.append(junction)
            else:
                problems.append(told)
        inferred = infer(self.transcripts.assemblies, self.atlas, sound, file)
        found = Examined([], [], _common(sound, inferred.assembly), problems)
        for junction in sound:
            reading = self._read(junction, inferred)
            if reading is None:
                found.others.append(junction)
            else:
                found.readings.append(reading)
        return found

    def _read(self, junction: Junction, inferred: Told) -> Reading | None:
        assembly = junction.assembly or inferred.assembly
        reading = read(
            self.atlas(assembly or self.transcripts.assemblies[0]),
            junction,
            junction.sample or stem(junction.source.file),
            self.thresholds,
        )
        if reading is None:
            return None
        if any(locus.note for locus in (reading.orientation.five, reading.orientation.three)):
            reading = self._doubt(reading)
        if junction.assembly is None and inferred.note and reading.key[8]:
            reading = msgspec.structs.replace(reading, notes=(*reading.notes, inferred.note))
        return reading

    def _beyond(self, junction: Junction) -> RowProblem | None:
        assemblies = (junction.assembly,) if junction.assembly else self.transcripts.assemblies
        if _on_chromosome(junction.five_prime, assemblies) and _on_chromosome(junction.three_prime, assemblies):
            return None
        point = junction.three_prime if _on_chromosome(junction.five_prime, assemblies) else junction.five_prime
        message = f"{point.chromosome}:{point.position} lies beyond the chromosome on {' and '.join(assemblies)}"
        source = junction.source
        return RowProblem(source.file, source.line, junction.raw or "", f"{message}; check the number")

    def _doubt(self, reading: Reading) -> Reading:
        """Return the reading, undecided where a position contradicts the gene that the row names for it."""
        here = reading.key[8]
        for other in self.transcripts.assemblies:
            if here and other != here and fits_elsewhere(self.atlas(here), self.atlas(other), reading.junction):  # type: ignore[arg-type]
                return undecided(reading, f"the coordinates fit {other}, not {here}: check the assembly of the file")
        if contradicts(reading, self.thresholds):
            return undecided(reading, "a position contradicts the gene that the row names: check both")
        return reading

    def readings(self, junctions: Iterable[Junction]) -> list[Reading]:
        """Return the reading of each junction that concerns an NTRK gene, file by file.

        Raises:
            AnnotationError: The assembly of a file is neither stated nor to be inferred, or a position lies beyond
                its chromosome.
        """
        files: dict[str, list[Junction]] = {}
        for junction in junctions:
            files.setdefault(junction.source.file, []).append(junction)
        found: list[Reading] = []
        for file, rows in files.items():
            examined = self.examine(rows, file)
            if examined.problems:
                first = examined.problems[0]
                raise AnnotationError(first.message, where=f"{file}:{first.line}" if first.line else file)
            found += examined.readings
        return found

    def assess(self, junctions: Iterable[Junction]) -> list[FusionVerdict]:
        """Return one verdict per event; see ``assess``."""
        return self.decide(self.readings(junctions))

    def decide(self, readings: Iterable[Reading]) -> list[FusionVerdict]:
        """Return one verdict per event among readings of any number of files."""
        return verdicts(collect(readings), self.thresholds)


def _on_chromosome(point: Breakpoint, assemblies: tuple[Assembly, ...]) -> bool:
    """Whether a position lies on its chromosome on one of some assemblies, as far as its length is known."""
    if point.position is None:
        return True
    end = _end(point.chromosome or "", assemblies)
    return 1 <= point.position <= end


@lru_cache(maxsize=1_024)
def _end(chromosome: str, assemblies: tuple[Assembly, ...]) -> int:
    ends = [end_of(chromosome, assembly) for assembly in assemblies]
    return max((OTHER_CHROMOSOME if end is None else end for end in ends), default=OTHER_CHROMOSOME)


def _common(junctions: Sequence[Junction], inferred: Assembly | None) -> Assembly | None:
    named = {junction.assembly or inferred for junction in junctions} - {None}
    return next(iter(named)) if len(named) == 1 else None


@lru_cache(maxsize=4_096)
def stem(file: str) -> str:
    """Return a file name without compression and format suffix, as the sample's name of last resort."""
    name = file.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".gz").removesuffix(".bgz")
    return name.rsplit(".", 1)[0] if "." in name[1:] else name


@cache
def shared() -> Assessor:
    """Return the one assessor of the process: the shipped transcripts, the limits of the edition."""
    return Assessor()


def assess(
    junctions: Iterable[Junction],
    transcripts: Transcripts | None = None,
    thresholds: Thresholds | None = None,
) -> list[FusionVerdict]:
    """Return one verdict per NTRK event among the junctions.

    Junctions without an NTRK gene are left out. Events merge within one sample; the order of the junctions does not
    change the result.

    Args:
        junctions: As readers yield them, of any number of callers, files and samples.
        transcripts: Annotation to read them against; the shipped one by default.
        thresholds: Limits of the verdict; those of the edition by default.

    Raises:
        AnnotationError: The assembly of a file is neither stated nor to be inferred, or a position lies beyond its
            chromosome.
    """
    if transcripts is None and thresholds is None:
        return shared().assess(junctions)
    return Assessor(transcripts, thresholds).assess(junctions)
