"""Distinct combinations of numbers: one key for each row, and a row for each key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ntrkpath.cohort.arrays import as_arrow, as_numpy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Keys up to here are looked up directly; beyond, they are numbered anew by hashing.
_DIRECT = 1 << 20
_ROOM = 1 << 62


def keyed(numbers: Sequence[NDArray[np.intp]], widths: Sequence[int]) -> tuple[NDArray[np.intp], int, bool]:
    """Return one key for each row from several numbers, the bound of the keys, and whether they last.

    The bound is the product of the widths; where that is large the keys are numbered anew, for this batch only.

    Args:
        widths: How many values each number can have.
    """
    import numpy as np

    key: NDArray[np.intp] = numbers[0].astype(np.intp, copy=len(numbers) > 1)
    size, lasting = widths[0], True
    for given, width in zip(numbers[1:], widths[1:], strict=True):
        if size > _ROOM // width:
            (key, size), lasting = _renumbered(key), False
        size *= width
        key *= width
        key += given
    if size > _DIRECT:
        (key, size), lasting = _renumbered(key), False
    return key, size, lasting


def first_of(key: NDArray[np.intp], size: int, rows: NDArray[np.intp]) -> tuple[list[int], list[int]]:
    """Return the distinct keys of some rows, with the first row of each."""
    import numpy as np

    first = np.full(size, -1, np.int32)
    first[key[rows[::-1]]] = rows[::-1]
    distinct = np.flatnonzero(first >= 0)
    return distinct.tolist(), first[distinct].tolist()


def distinct_rows(
    numbers: Sequence[NDArray[np.int32]], widths: Sequence[int]
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Return which distinct combination of several numbers each row has, and a row for each combination."""
    import numpy as np

    rows = len(numbers[0])
    key, size = numbers[0].astype(np.int32), widths[0]
    for given, width in zip(numbers[1:], widths[1:], strict=True):
        if size * width > 4 * rows:
            key, size = _dense(key, size)
        if size * width > 4 * rows:
            joint, size = _renumbered(key.astype(np.intp) * width + given)
            key = joint.astype(np.int32)
        else:
            size *= width
            key *= width
            key += given
    key, size = _dense(key, size)
    first = np.empty(size, np.int32)
    first[key[::-1]] = np.arange(rows - 1, -1, -1, dtype=np.int32)
    return key.astype(np.intp), first


def _dense(key: NDArray[np.int32], size: int) -> tuple[NDArray[np.int32], int]:
    """Return keys numbered anew, in their order and without gaps, and how many there are."""
    import numpy as np

    seen = np.zeros(size, np.bool_)
    seen[key] = True
    place = np.cumsum(seen, dtype=np.int32)
    return (place - 1).take(key), int(place[-1]) if size else 0


def _renumbered(key: NDArray[np.intp]) -> tuple[NDArray[np.intp], int]:
    import numpy as np

    encoded = as_arrow(key).dictionary_encode()
    return as_numpy(encoded.indices).astype(np.intp), max(1, len(encoded.dictionary))
