"""What a caller's own file says of the NTRK genes, judged by the same core as everywhere."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from ntrkpath.fusion.judge import judge_files
from ntrkpath.fusion.locus import NTRK
from ntrkpath.model.errors import RoundError
from ntrkpath.model.fusion import FusionVerdict, Level, Source
from ntrkpath.rounds.event_name import ELSEWHERE, Event, read_event

Standing = Literal["reported", "rejected"]


class FileEvent(msgspec.Struct, frozen=True):
    """One NTRK event of a file: as an event to compare, our verdict, and what its caller made of the row."""

    event: Event
    verdict: FusionVerdict
    standing: Standing


class FileRead(msgspec.Struct, frozen=True):
    """One file: whether everything in it was evaluated, its NTRK events, and what could not be read."""

    name: str
    readable: bool
    events: tuple[FileEvent, ...] = ()
    problems: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def read_file(path: Path, sample: str, level: Level) -> FileRead:
    """Return what a caller's file says of one sample; a file that cannot be read says nothing, and never "no fusion".

    Args:
        path: The file.
        sample: The sample of the round; it decides only where the file names several.
        level: What the assay looks at, for rows that do not state it.
    """
    judged = judge_files([path], level=level).asked("fusions")
    report = judged.files[0]
    problems = report.problems
    if len(report.samples) > 1:
        if sample not in report.samples:
            problems = (*problems, f"{report.file}: holds several samples and none is {sample}")
            return FileRead(path.name, False, (), problems)
        judged = judged.of(sample)
    rejected = {
        junction.source
        for content in judged.contents
        if content is not None
        for junction in content.junctions
        if junction.standing == "rejected"
    }
    events = tuple(FileEvent(_event(one), one, _standing(one, rejected)) for one in judged.events)
    return FileRead(path.name, report.status == "read", events, problems)


def _standing(verdict: FusionVerdict, rejected: set[Source]) -> Standing:
    """Return what the caller made of an event: rejected where it rejected every row of it."""
    return "rejected" if all(source in rejected for source in verdict.source) else "reported"


def _event(verdict: FusionVerdict) -> Event:
    """Return a verdict as an event: RNA by its exons, DNA by its genes, since DNA breaks between the exons."""
    five, three = verdict.five_prime.gene, verdict.three_prime.gene
    if five in NTRK and three not in NTRK:  # our core has oriented it: no other way of writing the fusion
        return Event(verdict.name, five, three, (ELSEWHERE,), (ELSEWHERE,))
    plain = Event(verdict.name, five, three)
    if verdict.level != "rna" or not verdict.vicc_name:
        return plain
    try:
        return read_event(verdict.vicc_name)
    except RoundError:
        return plain
