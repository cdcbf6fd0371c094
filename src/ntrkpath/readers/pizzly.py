"""pizzly ``pizzly.tsv``: ordered 5' to 3', names and transcripts only, no genomic positions."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _transcripts(cell: str) -> tuple[str | None, str | None]:
    """Return the transcripts of the first fused pair (``ENST1_0:410_ENST2_900:1500;...``)."""
    parts = cell.split(";")[0].split("_")
    names = [part for part in parts if part and ":" not in part]
    return (names[0], names[1]) if len(names) == 2 else (None, None)


def _junction(row: Row) -> Junction:
    transcript5, transcript3 = _transcripts(row["transcripts"])
    return row.junction(
        _cells.side(row["gene5"] or row["id5"], transcript=transcript5),
        _cells.side(row["gene3"] or row["id3"], transcript=transcript3),
        support=Support(row.count("split"), row.count("pairs")),
    )


READER = TableReader(
    "pizzly",
    {
        "gene5": ("genea.name",),
        "id5": ("genea.id",),
        "gene3": ("geneb.name",),
        "id3": ("geneb.id",),
        "pairs": ("paircount",),
        "split": ("splitcount",),
        "transcripts": ("transcripts.list",),
    },
    ("gene5", "gene3"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="`pizzly.tsv`",
        seen="real",
        base="no positions",
        tolerance="-",
        support="split, pairs",
        maintained="legacy",
        specimen=tabbed(
            "geneA.name|geneA.id|geneB.name|geneB.id|paircount|splitcount|transcripts.list",
            "ETV6|ENSG00000139083.10|NTRK3|ENSG00000140538.16|2|8|"
            "ENST00000396373.8_0:1262_ENST00000360948.6_1600:2520;ENST00000396373.8_0:1262_ENST00000357724.6_1"
            "570:2490",
        ),
    ),
)
