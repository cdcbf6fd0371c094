"""The journal of a run into a directory: which parts are done, so that a run that was broken off can go on."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from ntrkpath.cohort.durable import Mark, mark, to_disk
from ntrkpath.model.errors import CaseError

JOURNAL = "journal.jsonl"


class PartDone(msgspec.Struct, frozen=True):
    """One part that was written whole, and was on the disk before this was noted.

    Args:
        part: Its number, from 0.
        rows: Rows read for it; ``decided`` were good, ``bad`` were not.
        file: What its file holds; ``None`` where no row was good and there is none.
        bad_rows: What the side file of bad rows holds after it.
        columns: Keys of a case that some row so far fills.
    """

    part: int
    rows: int
    decided: int
    bad: int
    file: Mark | None
    bad_rows: Mark
    columns: tuple[str, ...] = ()


def part_name(number: int) -> str:
    """Return the name of the file of a part."""
    return f"part-{number:05d}.parquet"


class Journal:
    """Parts done, one JSON line each, after one line that says what the run is.

    Args:
        directory: The directory of the run.
        bad_rows: The side file of bad rows.
        run: What must be the same for a run to go on: input, mapping, edition, settings.
        resume: Whether to go on with what is there.

    Attributes:
        done: Parts that are still as they were noted, up to the first that is not.
        lost: How many noted parts are not: they are decided anew, and so is what follows them.

    Raises:
        CaseError: There is nothing to go on with, or it was another run.
    """

    def __init__(self, directory: Path, bad_rows: Path, run: dict[str, object], *, resume: bool) -> None:
        self.path = directory / JOURNAL
        self.done: list[PartDone] = []
        self.lost = 0
        this = hashlib.sha256(msgspec.json.encode(run, order="deterministic")).hexdigest()
        if resume:
            if not self.path.is_file():
                raise CaseError(
                    "there is no broken run to go on with", where=str(directory), remedy="run without --resume"
                )  # fmt: skip
            lines = self.path.read_bytes().split(b"\n")
            if lines[0].decode(errors="replace") != this:
                raise CaseError(
                    "the broken run was another one: input, mapping, edition or settings differ",
                    where=str(directory), remedy="run without --resume to begin anew, or give the same as then",
                )  # fmt: skip
            noted = _noted(lines[1:])
            self.done = _whole(directory, bad_rows, noted)
            self.lost = len(noted) - len(self.done)
        anew = self.path.with_suffix(".new")
        anew.write_bytes(b"".join([this.encode() + b"\n", *(msgspec.json.encode(d) + b"\n" for d in self.done)]))
        to_disk(anew)
        anew.replace(self.path)
        to_disk(directory)

    def add(self, done: PartDone) -> None:
        """Note that a part is done, after its file, the bad rows and their names are on the disk."""
        directory = self.path.parent
        if done.file is not None:
            to_disk(directory / part_name(done.part))
        to_disk(directory)
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(done) + b"\n")
        to_disk(self.path)
        self.done.append(done)


def _noted(lines: list[bytes]) -> list[PartDone]:
    found: list[PartDone] = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=PartDone))
        except (msgspec.DecodeError, msgspec.ValidationError):
            break
    return found


def _whole(directory: Path, bad_rows: Path, noted: list[PartDone]) -> list[PartDone]:
    """Return the parts up to the first whose file, or whose bad rows, are not as they were noted."""
    kept: list[PartDone] = []
    for number, part in enumerate(noted):
        if part.part != number or (part.file is not None and mark(directory / part_name(number)) != part.file):
            break
        kept.append(part)
    while kept and mark(bad_rows, kept[-1].bad_rows.bytes) != kept[-1].bad_rows:
        kept.pop()
    return kept
