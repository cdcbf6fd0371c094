"""Verdicts for junctions: reads each against its assembly, merges events, and decides."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import msgspec

from ntrkpath.fusion.assembly import fits_elsewhere, infer
from ntrkpath.fusion.decision import Thresholds, default_thresholds
from ntrkpath.fusion.junction import Reading, read, undecided
from ntrkpath.fusion.locus import Atlas
from ntrkpath.fusion.merge import collect, verdicts
from ntrkpath.fusion.transcripts import Transcripts
from ntrkpath.model.fusion import Assembly, FusionVerdict, Junction


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

    def readings(self, junctions: Iterable[Junction]) -> list[Reading]:
        """Return the reading of each junction that concerns an NTRK gene.

        Raises:
            AnnotationError: The assembly of a file is neither stated nor to be inferred.
        """
        junctions = list(junctions)
        assemblies, inferred = infer(self, junctions)
        found = []
        for junction in junctions:
            assembly = junction.assembly or assemblies.get(junction.source.file)
            reading = read(
                self.atlas(assembly or self.transcripts.assemblies[0]),
                junction,
                junction.sample or stem(junction.source.file),
                self.thresholds,
            )
            if reading is not None:
                if any(locus.note for locus in (reading.orientation.five, reading.orientation.three)):
                    reading = self._doubt_assembly(reading)
                if junction.assembly is None and junction.source.file in inferred:
                    reading = msgspec.structs.replace(reading, notes=(*reading.notes, inferred[junction.source.file]))
                found.append(reading)
        return found

    def _doubt_assembly(self, reading: Reading) -> Reading:
        """Return the reading, undecided where the coordinates fit only the other assembly."""
        here = reading.key[8]
        for other in self.transcripts.assemblies:
            if here and other != here and fits_elsewhere(self.atlas(here), self.atlas(other), reading.junction):  # type: ignore[arg-type]
                return undecided(reading, f"the coordinates fit {other}, not {here}: check the assembly of the file")
        return reading

    def assess(self, junctions: Iterable[Junction]) -> list[FusionVerdict]:
        """Return one verdict per event; see ``assess``."""
        return verdicts(collect(self.readings(junctions)), self.thresholds)


@cache
def stem(file: str) -> str:
    """Return a file name without compression and format suffix, as the sample's name of last resort."""
    name = file.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".gz").removesuffix(".bgz")
    return name.rsplit(".", 1)[0] if "." in name[1:] else name


@cache
def _shipped() -> Assessor:
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
        AnnotationError: The assembly of a file is neither stated nor to be inferred.
    """
    if transcripts is None and thresholds is None:
        return _shipped().assess(junctions)
    return Assessor(transcripts, thresholds).assess(junctions)
