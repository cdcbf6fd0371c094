"""What a caller's own file says of the NTRK genes, judged by the same core as everywhere."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from ntrkpath.fusion import assess
from ntrkpath.model.errors import NtrkpathError, RoundError
from ntrkpath.model.fusion import FusionVerdict, Junction
from ntrkpath.rounds.event_name import Event, read_event

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
def read_file(path: Path) -> FileRead:
    """Return what a caller's file says; a file that cannot be read says nothing, and never "no fusion"."""
    from ntrkpath.readers import NTRK, read

    try:
        content = read(path, only_genes=NTRK)
        accepted = assess(j for j in content.junctions if not _rejected(j))
        rejected = assess(j for j in content.junctions if _rejected(j))
    except NtrkpathError as error:
        return FileRead(path.name, False, (), (str(error),))
    events = [FileEvent(_event(v), v, "reported") for v in accepted]
    events += [FileEvent(_event(v), v, "rejected") for v in rejected]
    problems = tuple(str(problem) for problem in content.problems)
    return FileRead(path.name, not problems, tuple(events), problems)


def _rejected(junction: Junction) -> bool:
    return junction.standing == "rejected"


def _event(verdict: FusionVerdict) -> Event:
    """Return a verdict as an event: RNA by its exons, DNA by its genes, since DNA breaks between the exons."""
    five, three = verdict.five_prime.gene, verdict.three_prime.gene
    plain = Event(verdict.name, five, three)
    if verdict.level != "rna" or not verdict.vicc_name:
        return plain
    try:
        return read_event(verdict.vicc_name)
    except RoundError:
        return plain
