"""What a run over a cohort comes to, and how far it is."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ntrkpath.cohort.writing import About


class Progress(msgspec.Struct, frozen=True):
    """How far a run is.

    Args:
        rows: Rows read so far; ``total`` of them in all where the source tells, else ``None``.
        rate: Rows a second in this run.
        left: Seconds that the rest will take at this rate, by rows or by bytes; ``None`` where neither tells.
    """

    rows: int
    total: int | None
    bad: int
    rate: float
    left: float | None


class Outcome(msgspec.Struct, frozen=True):
    """What a run came to.

    Args:
        about: How the cohort was decided, with the counts.
        out: Where the decided rows are; nothing is written where none was decided.
        bad_rows: The side file, where there are bad rows.
        places: How many rows of this run each place made bad, most first.
        resumed: Rows that an earlier run had done already.
        lost: Parts that an earlier run had noted and that are not as it left them; they were decided anew.
        seconds: Time that this run took.
    """

    about: About
    out: Path
    bad_rows: Path | None
    places: tuple[tuple[str, int], ...]
    resumed: int
    seconds: float
    lost: int = 0
