"""SQUID (annotated or not): sides by coordinate, BED 0-based; the strand says which side is kept."""

from __future__ import annotations

from collections.abc import Iterator

from ntrkpath.model.fusion import Breakpoint, Junction, Strand, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def breakpoint_of(start: str, end: str, mark: Strand | None) -> int | None:
    """Return the 1-based breakpoint of a 0-based, half-open segment: its end for ``+``, its start for ``-``."""
    if mark is None:
        raise RowError("a SQUID segment needs a strand to have a breakpoint")
    return _cells.position(end) if mark == "+" else _cells.position(start, 1)


def named(names: str, first: Breakpoint, second: Breakpoint) -> Iterator[tuple[Breakpoint, Breakpoint]]:
    """Yield the sides with their genes for each ``A:B`` of the list; the names run 5' to 3', the sides do not."""
    pairs = {part.partition(":")[::2] for part in names.split(",") if ":" in part} or {("", "")}
    seen: set[tuple[str, str]] = set()
    for pair in sorted(pairs):
        one, two = _cells.by_locus(pair, (first.chromosome, first.position), (second.chromosome, second.position))
        if (one, two) in seen:
            continue
        seen.add((one, two))
        yield (
            _cells.side(one, (first.chromosome, first.position, None), keeps=first.retained),
            _cells.side(two, (second.chromosome, second.position, None), keeps=second.retained),
        )


def _junctions(row: Row) -> Iterator[Junction]:
    marks = _cells.strand(row["strand1"]), _cells.strand(row["strand2"])
    first = Breakpoint(
        chromosome=_cells.chromosome(row["chr1"]),
        position=breakpoint_of(row["start1"], row["end1"], marks[0]),
        retained=_cells.retained(row["strand1"]),
    )
    second = Breakpoint(
        chromosome=_cells.chromosome(row["chr2"]),
        position=breakpoint_of(row["start2"], row["end2"], marks[1]),
        retained=_cells.retained(row["strand2"]),
    )
    for one, two in named(row.value("genes") or "", first, second):
        yield row.junction(one, two, ordered=False, support=Support(total=row.count("score")))


READER = TableReader(
    "squid",
    {
        "chr1": ("chrom1",),
        "start1": ("start1",),
        "end1": ("end1",),
        "chr2": ("chrom2",),
        "start2": ("start2",),
        "end2": ("end2",),
        "score": ("score",),
        "strand1": ("strand1",),
        "strand2": ("strand2",),
        "genes": ("fusedgenes",),
    },
    ("chr1", "start1", "end1", "chr2", "start2", "end2", "strand1", "strand2"),
    _junctions,
)


FORMATS = (
    Format(
        reader=READER,
        file="annotated and plain",
        seen="real (annotated), built (plain)",
        also=("type|fusedgenes|num_concordantfrag_bp1",),
        order="by coordinate; strand gives the kept side",
        base="0 (BED)",
        off_by="0",
        support="reads",
        maintained="legacy",
        specimen=tabbed(
            "# chrom1|start1|end1|chrom2|start2|end2|score|strand1|strand2|Type|FusedGenes",
            "12|12022600|12022903|15|88483800|88483984|10|+|+|fusion-gene|ETV6:NTRK3",
        ),
    ),
)
