"""Answers and verdicts as a frame of the user's own library: polars, pandas or Arrow, by narwhals."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

from ntrkpath.exports import recommendations, tsv
from ntrkpath.model.errors import CaseError, NtrkpathError
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.recommendation import Recommendation

_LIBRARIES = ("polars", "pandas", "pyarrow")


def to_frame(
    results: Recommendation | FusionVerdict | Iterable[Recommendation | FusionVerdict], library: str | None = None
) -> Any:
    """Return results of one kind as a frame, one row each; null where there is nothing to be said.

    Args:
        results: Recommendations, or verdicts on fusions; one or several.
        library: ``polars``, ``pandas`` or ``pyarrow``; by default the one that is in use, or the first installed.

    Returns:
        A frame with the columns of ``--format tsv``.

    Raises:
        CaseError: Results of two kinds, none at all, or no such library.
        NtrkpathError: None of the libraries, or narwhals, is installed.
    """
    listed = [results] if isinstance(results, Recommendation | FusionVerdict) else list(results)
    kinds = {type(one) for one in listed}
    if len(kinds) != 1:
        raise CaseError("not results of one kind", value=f"{len(kinds)} kinds", allowed="recommendations, or verdicts")
    if library not in (None, *_LIBRARIES):
        raise CaseError("no such library of frames", value=library, allowed=_LIBRARIES)
    columns: dict[str, list[Any]]
    if kinds == {Recommendation}:
        columns = {
            name: [cell(one) or None for one in listed]  # type: ignore[arg-type]
            for name, (_, cell) in recommendations.COLUMNS.items()
        }
    else:
        rows = [tsv.cells(one) for one in listed]  # type: ignore[arg-type]
        columns = {name: [None if row[i] == "" else row[i] for row in rows] for i, name in enumerate(tsv.COLUMNS)}
    if find_spec("narwhals") is None:
        raise NtrkpathError("narwhals is not installed", remedy="pip install 'ntrkpath[batch]'")
    import narwhals as nw

    backend: Any = library or _at_hand()
    return nw.from_dict(columns, backend=backend).to_native()


def _at_hand() -> str:
    for name in (*(name for name in _LIBRARIES if name in sys.modules), *_LIBRARIES):
        if find_spec(name) is not None:
            return name
    raise NtrkpathError("no library of frames is installed", allowed=_LIBRARIES, remedy="pip install polars")
