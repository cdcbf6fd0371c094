"""Distinct combinations of numbers: which one each row has, and a row for each."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from ntrkpath.cohort.arrays import as_arrow, as_numpy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Keys up to here are one number of 32, and of 64 bits; beyond, they are numbered anew.
_SHORT, _LONG = 1 << 31, 1 << 62
#: So many keys are looked up directly, however few the rows.
_FEW = 1 << 12


def distinct_rows(
    numbers: Sequence[NDArray[np.int32]], widths: Sequence[int]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return which distinct combination of several numbers each row has, and the first row of each combination.

    Args:
        numbers: One array for each number, shape (rows,).
        widths: How many values each number can have.
    """
    import numpy as np

    rows = len(numbers[0])
    key: NDArray[Any] = numbers[0].astype(np.int32 if prod(widths) < _SHORT else np.int64)
    size = widths[0]
    for given, width in zip(numbers[1:], widths[1:], strict=True):
        if size > _LONG // width:
            key, size = _renumbered(key)
        size *= width
        key *= width
        key += given
    key, size = _dense(key, size) if size <= max(2 * rows, _FEW) else _renumbered(key)
    first = np.empty(size, np.int32)
    first[key[::-1]] = np.arange(rows - 1, -1, -1, dtype=np.int32)
    return key.astype(np.int32, copy=False), first


def _dense(key: NDArray[Any], size: int) -> tuple[NDArray[Any], int]:
    """Return keys numbered anew, in their order and without gaps, and how many there are."""
    import numpy as np

    seen = np.zeros(size, np.bool_)
    seen[key] = True
    place = np.cumsum(seen, dtype=np.int32)
    return (place - 1).take(key), int(place[-1]) if size else 0


def _renumbered(key: NDArray[Any]) -> tuple[NDArray[Any], int]:
    encoded = as_arrow(key).dictionary_encode()
    return as_numpy(encoded.indices).astype(key.dtype), len(encoded.dictionary)
