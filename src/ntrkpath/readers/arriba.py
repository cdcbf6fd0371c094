"""Arriba ``fusions.tsv`` (versions 1 and 2): ordered 5' to 3', 1-based, fusion strand and kept side given."""

from __future__ import annotations

from typing import Literal

from ntrkpath.model.fusion import Junction, Standing, Strand, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _strands(cell: str) -> tuple[Strand | None, Strand | None]:
    """Return gene strand and fusion strand of ``+/-``; a lone strand is the fusion's."""
    first, slash, second = cell.partition("/")
    return (_cells.strand(first), _cells.strand(second)) if slash else (None, _cells.strand(first))


def _keeps(direction: str) -> Literal["left", "right"] | None:
    """``downstream`` means that the partner follows at higher coordinates, so the lower ones are kept."""
    return {"downstream": "left", "upstream": "right"}.get(direction.strip().lower())  # type: ignore[return-value]


def _standing(row: Row) -> tuple[Standing, str | None]:
    """Return what Arriba says: filters that discarded the event reject it, low confidence is a doubt.

    ``filters`` also lists those that took single reads, with their number (``duplicates(5)``); one without a number
    discarded the event as a whole.
    """
    discarded = [name for part in row["filters"].split(",") if (name := _cells.value(part)) and "(" not in name]
    if discarded:
        return "rejected", f"discarded: {','.join(discarded)}"
    confidence = row.value("confidence")
    standing, _ = _cells.judged(row["confidence"], accepted=("high", "medium"), doubted=("low",))
    return standing, f"{confidence} confidence" if standing == "doubted" else None


def _junction(row: Row) -> Junction:
    gene5, strand5 = _strands(row["strand1"])
    gene3, strand3 = _strands(row["strand2"])
    at5 = _cells.locus(row["breakpoint1"])
    at3 = _cells.locus(row["breakpoint2"])
    five = _cells.side(
        row["gene1"],
        (at5[0], at5[1], strand5 or at5[2]),
        keeps=_keeps(row["direction1"]),
        transcript=row.value("transcript1"),
    )
    three = _cells.side(
        row["gene2"],
        (at3[0], at3[1], strand3 or at3[2]),
        keeps=_keeps(row["direction2"]),
        transcript=row.value("transcript2"),
    )
    standing, words = _standing(row)
    call = row.value("frame")
    split = _cells.total(row.count("split1"), row.count("split2"))
    return row.junction(
        five,
        three,
        sample=row.value("sample"),
        ordered=five.strand is not None and three.strand is not None,
        frame=_cells.frame(row["frame"]),
        call=call,
        support=Support(split, row.count("pairs")),
        standing=standing,
        filtered=words,
        intragenic=five.gene is not None and five.gene == three.gene,
        antisense=(gene5 is not None and strand5 is not None and gene5 != strand5)
        or (gene3 is not None and strand3 is not None and gene3 != strand3),
    )


READER = TableReader(
    "arriba",
    {
        "sample": ("sample", "sample_id", "tumor_id"),
        "gene1": ("gene1",),
        "gene2": ("gene2",),
        "strand1": ("strand1(gene/fusion)", "strand1", "strand1.gene.fusion."),
        "strand2": ("strand2(gene/fusion)", "strand2", "strand2.gene.fusion."),
        "breakpoint1": ("breakpoint1",),
        "breakpoint2": ("breakpoint2",),
        "direction1": ("direction1",),
        "direction2": ("direction2",),
        "transcript1": ("transcript_id1",),
        "transcript2": ("transcript_id2",),
        "split1": ("split_reads1",),
        "split2": ("split_reads2",),
        "pairs": ("discordant_mates",),
        "confidence": ("confidence",),
        "frame": ("reading_frame",),
        "filters": ("filters",),
    },
    ("gene1", "gene2", "breakpoint1", "breakpoint2"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="`fusions.tsv`, 1.x and 2.x",
        seen="real (1.x), built (2.x)",
        also=("confidence|site1|type",),
        order="5'-3' where strands are known",
        off_by="0",
        frame="`reading_frame`",
        support="split, pairs",
        standing="`confidence`, `filters`",
        specimen=tabbed(
            "#gene1|gene2|strand1(gene/fusion)|strand2(gene/fusion)|breakpoint1|breakpoint2|site1|type|"
            "split_reads1|split_reads2|discordant_mates|confidence|reading_frame|transcript_id1|"
            "transcript_id2|direction1|direction2",
            "TPM3|NTRK1|-/-|+/+|chr1:154142876|chr1:156844363|CDS/splice-site|inversion|21|18|9|high|in-frame|"
            "ENST00000651641|ENST00000524377|upstream|upstream",
        ),
    ),
)
