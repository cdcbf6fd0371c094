"""Case ids that stand twice: hashes spread over files on disk, so that memory stays flat for any number of cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ntrkpath.cohort.columns import CASE_ID
from ntrkpath.model.errors import CaseError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

#: Hashes are spread over this many files by their upper bits; 100 million ids make files of 12.5 MB.
_FILES = 64
_SHIFT = 64 - 6
#: This many ids that stand twice are named.
NAMED = 5


class SeenIds:
    """The hashes of all case ids of a run, in files of a directory.

    Args:
        directory: Where the files stand; made where it is missing. A run that goes on adds its earlier ids anew.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._paths = [directory / f"{i:02d}.u64" for i in range(_FILES)]
        for path in self._paths:
            path.write_bytes(b"")

    def add(self, ids: pl.Series) -> None:
        """Add the ids of some rows; null is none."""
        import numpy as np

        hashes = ids.drop_nulls().hash(seed=0).to_numpy()
        place = (hashes >> np.uint64(_SHIFT)).astype(np.uint8)
        order = np.argsort(place, kind="stable")
        ends = np.cumsum(np.bincount(place, minlength=_FILES))
        for path, part in zip(self._paths, np.split(hashes[order], ends[:-1]), strict=True):
            if len(part):
                with path.open("ab") as file:
                    part.tofile(file)

    def repeated(self) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        """Return the hashes that stand more than once; two ids may share one by chance."""
        import numpy as np

        found = []
        for path in self._paths:
            hashes = np.fromfile(path, dtype=np.uint64)
            hashes.sort()
            found.append(hashes[1:][hashes[1:] == hashes[:-1]])
        return np.unique(np.concatenate(found))

    def close(self) -> None:
        """Remove the files."""
        for path in self._paths:
            path.unlink(missing_ok=True)


def check(seen: SeenIds, again: Iterable[tuple[int, pl.Series]]) -> None:
    """Raise where an id stands twice, naming the first ones with their rows.

    Args:
        again: The ids once more, in batches, each with the number of its first row; read only where hashes are equal.

    Raises:
        CaseError: An id stands twice.
    """
    repeated = seen.repeated()
    if len(repeated) == 0:
        return
    rows: dict[str, list[int]] = {}
    for number, text in _matching(repeated, again):
        rows.setdefault(text, []).append(number)
    twice = [(text, sorted(numbers)) for text, numbers in rows.items() if len(numbers) > 1]
    if not twice:
        return
    named = "; ".join(f"{text} in rows {', '.join(map(str, numbers[:4]))}" for text, numbers in twice[:NAMED])
    raise CaseError(
        f"{len(twice)} case id{'s stand' if len(twice) > 1 else ' stands'} more than once",
        where=CASE_ID,
        value=named if len(named) <= 80 else None,
        allowed="" if len(named) <= 80 else f"each id once; first: {named}",
        remedy="give every case an id of its own (for samples: the sample id, not the patient's)",
    )


def _matching(
    repeated: np.ndarray[tuple[int], np.dtype[np.uint64]], again: Iterable[tuple[int, pl.Series]]
) -> Iterator[tuple[int, str]]:
    import numpy as np

    for first, ids in again:
        hit = np.flatnonzero(np.isin(ids.hash(seed=0).to_numpy(), repeated))
        for i in hit.tolist():
            if ids[i] is not None:
                yield first + i, str(ids[i])
