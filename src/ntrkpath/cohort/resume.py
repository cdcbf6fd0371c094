"""The journal of a run into a directory: which parts are done, so that a run that was broken off can go on."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from ntrkpath.model.errors import CaseError

JOURNAL = "journal.jsonl"


class PartDone(msgspec.Struct, frozen=True):
    """One part that was written whole.

    Args:
        part: Its number, from 0.
        rows: Rows read for it; ``decided`` were good, ``bad`` were not.
        bad_bytes: Size of the side file of bad rows after it.
        id_bytes: Sizes of the files of hashed ids after it.
    """

    part: int
    rows: int
    decided: int
    bad: int
    bad_bytes: int
    id_bytes: list[int]


class Journal:
    """Parts done, one JSON line each, after one line that says what the run is.

    Args:
        directory: The directory of the run.
        run: What must be the same for a run to go on: input, mapping, edition, settings.
        resume: Whether to go on with what is there.

    Raises:
        CaseError: There is nothing to go on with, or it was another run.
    """

    def __init__(self, directory: Path, run: dict[str, object], *, resume: bool) -> None:
        self.path = directory / JOURNAL
        self.done: list[PartDone] = []
        mark = hashlib.sha256(msgspec.json.encode(run, order="deterministic")).hexdigest()
        if resume:
            if not self.path.is_file():
                raise CaseError(
                    "there is no broken run to go on with", where=str(directory), remedy="run without --resume"
                )  # fmt: skip
            lines = self.path.read_bytes().split(b"\n")
            if lines[0].decode(errors="replace") != mark:
                raise CaseError(
                    "the broken run was another one: input, mapping, edition or settings differ",
                    where=str(directory), remedy="run without --resume to begin anew, or give the same as then",
                )  # fmt: skip
            for line in lines[1:]:
                try:
                    self.done.append(msgspec.json.decode(line, type=PartDone))
                except (msgspec.DecodeError, msgspec.ValidationError):
                    break
        self.path.write_bytes(b"".join([mark.encode() + b"\n", *(msgspec.json.encode(d) + b"\n" for d in self.done)]))

    def add(self, done: PartDone) -> None:
        """Note that a part is done."""
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(done) + b"\n")
        self.done.append(done)
