"""Columns of a table as the raw columns of a cohort, by a mapping that is held against them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ntrkpath.cohort.arrays import are_valid, as_arrow, as_mask, as_numpy, as_texts
from ntrkpath.cohort.bad_rows import BadRow
from ntrkpath.cohort.columns import CASE_ID
from ntrkpath.cohort.mapping import DATES, Field, Mapping, Plan, filled, translated, wrong_word

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


def apply(plan: Plan, given: pa.Table, first: int | NDArray[np.uint64]) -> tuple[pa.Table, list[BadRow]]:
    """Return the raw columns of a table with the column ``row`` (its number), and the rows that cannot be mapped.

    A word that the mapping does not know makes the row bad; nothing is guessed. Cells that are taken as they stand
    are read, and checked, where they are decided.

    Args:
        given: Rows of the table, in order.
        first: The number of the first row, or of every row.
    """
    import numpy as np
    import pyarrow as pa

    rows = np.arange(first, first + given.num_rows, dtype=np.uint64) if isinstance(first, int) else first
    made: dict[str, Any] = {"row": as_arrow(rows)}
    bad: dict[int, BadRow] = {}
    wrong_cells: list[tuple[Field, int, str]] = []
    for field, names in plan.fields:
        column, wrong = _column(plan.mapping, field, [_flat(given[name]) for name in names])
        made[field.path] = column
        wrong_cells += [(field, row, word) for row, word in wrong]
    ids = made[CASE_ID]
    if ids.null_count:
        for i in np.flatnonzero(~are_valid(ids)).tolist():
            bad[i] = BadRow(int(rows[i]), None, CASE_ID, "the case has no id; give every row one")
    for field, i, word in wrong_cells:
        if i not in bad:
            bad[i] = BadRow(int(rows[i]), ids[i].as_py(), field.path, wrong_word(field, word))
    table = pa.table(made)
    if bad:
        keep = np.ones(given.num_rows, dtype=bool)
        keep[list(bad)] = False
        table = table.filter(as_mask(keep))
    return table, [bad[i] for i in sorted(bad)]


def _flat(cells: pa.ChunkedArray) -> pa.Array:
    return cells.chunk(0) if cells.num_chunks == 1 else cells.unify_dictionaries().combine_chunks()


def _column(mapping: Mapping, field: Field, given: list[pa.Array]) -> tuple[pa.Array, list[tuple[int, str]]]:
    """Return one raw column from the columns that fill it, first filled cell first, and the cells not understood."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if field.path == CASE_ID:
        ids = [_trimmed(cells.cast(pa.large_string())) for cells in given]
        return (ids[0] if len(ids) == 1 else pc.coalesce(*ids)), []
    if len(given) > 1:
        cleaned = [_cleaned(mapping, field, cells) for cells in given]
        if len({cells.type for cells in cleaned}) > 1 or pa.types.is_dictionary(cleaned[0].type):
            cleaned = [_as_text(cells) for cells in cleaned]
        found = pc.coalesce(*cleaned)
    else:
        found = _cleaned(mapping, field, given[0])
    if field.values:
        return _translated(field, found)
    if field.path in DATES:
        return _dates(found)
    return found, []


def _trimmed(texts: pa.Array) -> pa.Array:
    """Return texts without spaces around them; an empty one is null. Most ids are so already, which is seen fast."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    offsets, content = (
        np.frombuffer(buffer or b"", kind) for buffer, kind in zip(texts.buffers()[1:], ("i8", "u1"), strict=True)
    )
    bounds = offsets[texts.offset : texts.offset + len(texts) + 1]
    if len(bounds) > 1 and (bounds[1:] > bounds[:-1]).all():
        ends = np.concatenate([content.take(bounds[:-1]), content.take(bounds[1:] - 1)])
        if ((ends > ord(" ")) & (ends < 127)).all():
            return texts
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(trimmed, pa.scalar("", pa.large_string())), None, trimmed)


def _as_text(cells: pa.Array) -> pa.Array:
    import pyarrow as pa

    if not pa.types.is_nested(cells.type):
        return cells.cast(pa.large_string())
    told = [None if cell is None else msgspec.json.encode(cell).decode() for cell in cells.to_pylist()]
    return as_texts(told)


def _cleaned(mapping: Mapping, field: Field, cells: pa.Array) -> pa.Array:
    """Return text as a dictionary array without the words that stand for an empty cell; other types unchanged."""
    import pyarrow as pa

    if field.values and not pa.types.is_dictionary(cells.type):
        cells = cells.cast(pa.large_string())
    if pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        cells = cells.dictionary_encode()
    if not pa.types.is_dictionary(cells.type):
        return cells
    kept = [filled(mapping, word) for word in cells.dictionary.cast(pa.large_string()).to_pylist()]
    return pa.DictionaryArray.from_arrays(cells.indices, as_texts(kept), safe=False)


def _translated(field: Field, cells: pa.Array) -> tuple[pa.Array, list[tuple[int, str]]]:
    import numpy as np
    import pyarrow as pa

    if not pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_encode()
    words: list[str | None] = []
    wrong: dict[int, str] = {}
    for i, word in enumerate(cells.dictionary.to_pylist()):
        try:
            words.append(None if word is None else translated(field, word))
        except LookupError:
            words.append(None)
            wrong[i] = word
    found = pa.DictionaryArray.from_arrays(cells.indices, as_texts(words), safe=False)
    if not wrong:
        return found, []
    places = as_numpy(cells.indices)
    rows = np.flatnonzero(np.isin(places, list(wrong)) & are_valid(cells.indices))
    return found, [(i, wrong[int(places[i])]) for i in rows.tolist()]


def _dates(cells: pa.Array) -> tuple[pa.Array, list[tuple[int, str]]]:
    """Return text as dates, each distinct text read once, and the cells that hold none."""
    import numpy as np
    import polars as pl
    import pyarrow as pa

    if pa.types.is_date(cells.type):
        return cells, []
    if not pa.types.is_dictionary(cells.type):
        cells = cells.cast(pa.large_string()).dictionary_encode()
    words = pl.Series(cells.dictionary.cast(pa.large_string()).to_pylist(), dtype=pl.String)
    days = words.str.head(10).str.to_date("%Y-%m-%d", strict=False)
    wrong = (days.is_null() & words.is_not_null()).arg_true().to_list()
    places = as_numpy(cells.indices)
    rows = np.flatnonzero(np.isin(places, wrong) & are_valid(cells.indices)) if wrong else ()
    return days.to_arrow().take(cells.indices), [(int(i), words[int(places[i])]) for i in rows]
