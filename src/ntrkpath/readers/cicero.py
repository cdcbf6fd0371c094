"""CICERO ``annotated.fusion.txt`` and ``final_fusions.txt``: RNA, 1-based positions of the two ends of the contig.

Source: stjude/CICERO (README "Output Fields", ``annotate.pl``, ``rank_SVs.pl``). A comes before B in the contig;
``sv_ort`` is ``>`` where that order is the sense of transcription, ``?`` where CICERO cannot tell. No real file was
read.
"""

from __future__ import annotations

from ntrkpath.model.fusion import FrameCall, Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader

_FRAME: dict[str, FrameCall] = {"0": "out", "1": "in"}
#: Codes of the column ``frame`` in CICERO's own words.
_SAYS = {
    "0": "not in frame",
    "1": "in frame",
    "2": "gene B keeps its whole coding sequence",
    "3": "possible 5' UTR fusion",
}


def _most(*counts: int | None) -> int | None:
    given = [number for number in counts if number is not None]
    return max(given, default=None)


def _junction(row: Row) -> Junction:
    sense = row["sense"].strip() == ">"
    first, second = (
        _cells.side(
            row[f"gene{n}"],
            (
                _cells.chromosome(row[f"chr{n}"]),
                _cells.position(row[f"pos{n}"]),
                # The strand of the contig is that of the transcript only where the contig runs with it.
                _cells.strand(row[f"strand{n}"]) if sense else None,
            ),
        )
        for n in "ab"
    )
    code = row["frame"].strip().removesuffix(".0")
    standing, words = _cells.judged(row["rating"], accepted=("hq",), doubted=("lq", "rt"), rejected=("bad",))
    return row.junction(
        first,
        second,
        sample=row.value("sample"),
        ordered=sense,
        frame=_FRAME.get(code, "unknown"),
        call=_SAYS.get(code, row.value("frame")),
        # The reads of the two ends may be the same reads: the greater number is what is sure.
        support=Support(_most(row.count("readsa"), row.count("readsb"))),
        standing=standing,
        filtered=words and f"rating {words}",
        intragenic=row["type"].strip().lower() == "internal_dup" or (bool(first.gene) and first.gene == second.gene),
    )


READER = TableReader(
    "cicero",
    {
        "sample": ("sample",),
        **{f"{field}{n}": (f"{field}{n}",) for n in "ab" for field in ("gene", "chr", "pos", "reads")},
        **{f"strand{n}": (f"ort{n}",) for n in "ab"},
        "sense": ("sv_ort",),
        "type": ("type",),
        "frame": ("frame",),
        "rating": ("rating",),
    },
    ("genea", "geneb", "chra", "chrb", "posa", "posb", "stranda", "strandb", "sense"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="`annotated.fusion.txt`, `final_fusions.txt`",
        seen="built (its documented fields and writer)",
        order="5'-3' where `sv_ort` is `>`",
        base="1, not verified",
        frame="`frame`",
        support="split",
        standing="`rating`",
        specimen=tabbed(
            "sample|geneA|chrA|posA|ortA|featureA|geneB|chrB|posB|ortB|featureB|sv_ort|readsA|readsB|type|rating|frame",
            "S1|ETV6|chr12|12022903|+|coding|NTRK3|chr15|88483984|-|coding|>|30|28|CTX|HQ|1",
        ),
    ),
)
