"""EasyFuse ``fusions.csv`` and ``Detected_Fusions.csv``: ordered 5' to 3', 1-based, strands given.

Columns as its own parser names them; a row of ``Detected_Fusions.csv`` is what one tool saw.
"""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _junction(row: Row) -> Junction:
    first, second = row["at1"], row["at2"]
    if not (first and second):
        first, found, second = row["id"].partition("_")
        if not found:
            raise RowError(f"not a pair of breakpoints (A_B): {row['id'][:60]!r}")
    left, right = _cells.pair(row["genes"], ("_", "--", "::"))
    standing, words = _cells.judged(row["class"], accepted=("positive",), rejected=("negative",))
    word = row.value("frame")
    return row.junction(
        _cells.side(left, _cells.locus(first)),
        _cells.side(right, _cells.locus(second)),
        caller=row.value("tool"),
        sample=row.value("sample"),
        frame=_cells.frame(word or ""),
        call=word,
        support=Support(row.count("split"), row.count("pairs")),
        standing=standing,
        filtered=words and f"prediction {words}",
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


FORMATS = (
    Format(
        reader=READER,
        file="`fusions.csv`, `Detected_Fusions.csv`",
        standing="`prediction_class`",
        seen="built (its parser)",
        also=("ft_junc_cnt|frame|ftid|junction_reads",),
        frame="`frame`",
        support="split, pairs",
        specimen=tabbed(
            "BPID|Fusion_Gene|Breakpoint1|Breakpoint2|FTID|frame|ft_junc_cnt|ft_span_cnt|prediction_class",
            "12:12022903:+_15:88483984:-|ETV6_NTRK3|12:12022903:+|15:88483984:-|x|in_frame|9|4|positive",
        ),
    ),
)
