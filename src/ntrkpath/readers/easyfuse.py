"""EasyFuse ``fusions.csv`` and ``Detected_Fusions.csv``: ordered 5' to 3', 1-based, strands given; columns as its own parser names them."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._table import Row, TableReader


def _junction(row: Row) -> Junction:
    first, second = row["at1"], row["at2"]
    if not (first and second):
        first, found, second = row["id"].partition("_")
        if not found:
            raise RowError(f"not a pair of breakpoints (A_B): {row['id'][:60]!r}")
    left, right = _cells.pair(row["genes"], ("_", "--", "::"))
    verdict = row.value("class")
    word = row.value("frame")
    return row.junction(
        _cells.side(left, _cells.locus(first)),
        _cells.side(right, _cells.locus(second)),
        caller=row.value("tool"),
        sample=row.value("sample"),
        frame=_cells.frame(word or ""),
        call=word,
        support=Support(row.count("split"), row.count("pairs")),
        filtered=verdict if (verdict or "").lower() == "negative" else None,
    )


READER = TableReader(
    "easyfuse",
    {
        "sample": ("sample", "sample_name", "sample_id"),
        "id": ("bpid", "fgid"),
        "genes": ("fusion_gene",),
        "at1": ("breakpoint1",),
        "at2": ("breakpoint2",),
        "frame": ("frame",),
        "split": ("ft_junc_cnt", "junction_reads"),
        "pairs": ("ft_span_cnt", "spanning_reads"),
        "class": ("prediction_class",),
        "tool": ("tool",),
    },
    ("id", "genes"),
    _junction,
)
