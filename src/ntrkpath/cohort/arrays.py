"""Arrow arrays from plain values and as numpy arrays, where no pandas is wanted.

pyarrow's own ways (``pa.array``, ``to_numpy``) import pandas wherever it is installed, which takes longer than to
decide a hundred thousand rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    import pyarrow as pa
    from numpy.typing import NDArray


def as_numpy(array: pa.Array) -> NDArray[Any]:
    """Return whole numbers without nulls as numpy has them; what stands in the place of a null is no promise."""
    import numpy as np

    kind = f"{'u' if str(array.type).startswith('u') else 'i'}{array.type.bit_width // 8}"
    values: NDArray[Any] = np.frombuffer(array.buffers()[1], kind, len(array), array.offset * array.type.bit_width // 8)
    return values


def as_arrow(numbers: NDArray[Any], filled: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return whole numbers as an Arrow array; null where ``filled`` is false, nowhere without it."""
    import numpy as np
    import pyarrow as pa

    held = np.ascontiguousarray(numbers)
    kind = getattr(pa, held.dtype.name)()
    valid = None if filled is None else pa.py_buffer(np.packbits(filled, bitorder="little"))
    return pa.Array.from_buffers(kind, len(held), [valid, pa.py_buffer(held)])


def as_texts(words: Sequence[str | None]) -> pa.Array:
    """Return words as an Arrow array of text; ``None`` is an empty cell."""
    import polars as pl

    return pl.Series(words, dtype=pl.String).to_arrow(compat_level=pl.CompatLevel.oldest())


def as_mask(kept: NDArray[np.bool_]) -> pa.Array:
    """Return true and false as an Arrow array without nulls."""
    import numpy as np
    import pyarrow as pa

    return pa.Array.from_buffers(pa.bool_(), len(kept), [None, pa.py_buffer(np.packbits(kept, bitorder="little"))])


def are_valid(array: pa.Array) -> NDArray[np.bool_]:
    """Return whether each cell is filled."""
    import numpy as np

    held = array.buffers()[0]
    if held is None or not array.null_count:
        return np.ones(len(array), np.bool_)
    stop = array.offset + len(array)
    return np.unpackbits(np.frombuffer(held, np.uint8), count=stop, bitorder="little")[array.offset :].view(np.bool_)


def as_table(frame: pl.DataFrame) -> pa.Table:
    """Return a polars frame as an Arrow table of the types that every version of Arrow knows."""
    import polars as pl

    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())
