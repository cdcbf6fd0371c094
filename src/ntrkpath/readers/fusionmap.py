"""FusionMap ``FusionReport.txt``: 1-based; the sides follow the read, ``FusionGene`` says which one is 5'."""

from __future__ import annotations

import re
from typing import Literal

from ntrkpath.model.fusion import Junction, Strand, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader

_FLIP: dict[str, Strand] = {"+": "-", "-": "+"}


def _sides(marks: str) -> tuple[Literal["left", "right"] | None, Literal["left", "right"] | None]:
    """The read ends at side 1 and goes on from side 2: ``+`` keeps left on side 1 and right on side 2."""
    if re.fullmatch(r"[+-]{2}", marks) is None:
        return None, None
    return _cells.retained(marks[0]), _cells.retained(_FLIP[marks[1]])


def _transcript(row: Row, n: int) -> tuple[str | None, int | None]:
    """Return transcript and exon where the row names exactly one (``NM_001276_chr1``, exon ``7``)."""
    name, exon = row[f"transcript{n}"].strip(), row[f"exon{n}"].strip()
    if not name or "," in name or not exon.isdigit():
        return None, None
    return re.sub(r"_chr\w+$", "", name), _cells.exon(exon)


def _junction(row: Row) -> Junction:
    marks = row["strand"].strip()
    keeps = _sides(marks)
    name = row["name"].strip()
    first_name = _cells.genes(row["gene1"])[0]
    named = [_cells.genes(part)[0] for part in name.split("->")] if "->" in name else []
    forward = bool(named) and named[0] == first_name and named[0] != named[-1]
    sides = []
    for n, kept in ((1, keeps[0]), (2, keeps[1])):
        transcript, exon = _transcript(row, n)
        sides.append(
            _cells.side(
                row[f"gene{n}"],
                (
                    _cells.chromosome(row[f"chr{n}"]),
                    _cells.position(row[f"pos{n}"]),
                    _cells.strand(marks[n - 1]) if forward and len(marks) == 2 else None,
                ),
                exon=exon,
                transcript=transcript,
                keeps=kept,
            )
        )
    shift = row.value("class")
    standing, words = _cells.filtered(row["filter"])
    return row.junction(
        sides[0],
        sides[1],
        ordered=forward,
        frame=_cells.frame(shift or ""),
        call=shift,
        support=Support(split_reads=_cells.total(row.count("seed"), row.count("rescued"))),
        standing=standing,
        filtered=words,
    )


class _FusionMap(TableReader):
    """The read count columns are named after the bam file (``tmplink.bam.SeedCount``)."""

    def index(self, names: tuple[str, ...]) -> dict[str, int]:
        """Find the count columns by the end of their names."""
        found = super().index(names)
        for at, name in enumerate(names):
            for field, ending in (("seed", "seedcount"), ("rescued", "rescuedcount")):
                if name.endswith(ending):
                    found.setdefault(field, at)
        return found


READER = _FusionMap(
    "fusionmap",
    {
        "strand": ("strand",),
        **{
            f"{field}{n}": (f"{column}{n}",)
            for n in (1, 2)
            for field, column in (
                ("chr", "chromosome"),
                ("pos", "position"),
                ("gene", "knowngene"),
                ("transcript", "knowntranscript"),
                ("exon", "knownexonnumber"),
            )
        },
        "name": ("fusiongene",),
        "class": ("frameshiftclass",),
        "filter": ("filter",),
    },
    ("chr1", "pos1", "chr2", "pos2", "gene1", "gene2"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="`FusionReport.txt`",
        standing="`Filter`",
        seen="real",
        also=("fusionid",),
        order="by the read; 5'-3' where `FusionGene` agrees",
        off_by="0",
        frame="`FrameShiftClass`",
        support="split",
        maintained="legacy",
        specimen=tabbed(
            "FusionID|a.bam.SeedCount|a.bam.RescuedCount|Strand|Chromosome1|Position1|Chromosome2|Position2|"
            "KnownGene1|KnownTranscript1|KnownExonNumber1|KnownGene2|KnownTranscript2|KnownExonNumber2|"
            "FusionGene|FrameShiftClass|Filter",
            "FUS_1(+-)|4|1|+-|12|12022903|15|88483984|ETV6|NM_001987_chr12|5|NTRK3|"
            "NM_001012338_chr15,NM_002530_chr15|15,14|ETV6->NTRK3|InFrame|",
        ),
    ),
)
