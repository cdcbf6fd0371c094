"""MetaFusion common fusion format (cff): no header, calls of several tools, each with its own conventions."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Support
from ntrkpath.readers import _cells, ericscript
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._registry import plain
from ntrkpath.readers._signature import Format, Opening, tabbed
from ntrkpath.readers._table import Header
from ntrkpath.readers._text import Document

#: The columns of the format in their fixed order (it has no header line).
FIELDS = (
    *("chr1", "pos1", "strand1", "chr2", "pos2", "strand2"),
    *("library", "sample", "sample_type", "disease", "tool", "split", "pairs"),
    *("gene1", "area1", "gene2", "area2"),
)

#: Tools that report 0-based positions, which MetaFusion carries over as they are.
_ZERO_BASED = frozenset({"starseqr"})
#: Tools whose rows do not run 5' to 3'.
_UNORDERED = frozenset({"defuse", "fusionmap", "squid", "fusionseeker", "longgf"})
#: INTEGRATE rows carry the RNA breakpoint, which misses the exon boundary by up to three bases.
_TOLERANCE = {"ericscript": ericscript.TOLERANCE, "integrate": 5, "longgf": 5, "fusionseeker": 5, "pbfusion": 5}


def _count(cell: str) -> int | None:
    """Return a read count; the format writes -1 where a tool gives none."""
    return None if cell.strip() == "-1" else _cells.count(cell)


def _junction(line: str, number: int, collector: Collector) -> Junction:
    cells = line.split("\t")
    if len(cells) < 14:
        raise RowError(f"the row has {len(cells)} columns, the format at least 14")
    row = dict(zip(FIELDS, cells + [""] * len(FIELDS), strict=False))
    tool = plain(row["tool"])
    shift = 1 if tool in _ZERO_BASED else 0
    # deFuse's strands are those of the kept sequence, not of the transcript.
    keeps = tool == "defuse"
    first, second = (
        _cells.side(
            row[f"gene{n}"],
            (
                _cells.chromosome(row[f"chr{n}"]),
                _cells.position(row[f"pos{n}"], shift),
                None if keeps else _cells.strand(row[f"strand{n}"]),
            ),
            keeps=_cells.retained(row[f"strand{n}"]) if keeps else None,
        )
        for n in (1, 2)
    )
    return collector.junction(
        first,
        second,
        number,
        line,
        caller=row["tool"].strip() or None,
        sample=_cells.value(row["sample"]),
        level={"DNA": "dna", "RNA": "rna"}.get(row["library"].strip().upper()),  # type: ignore[arg-type]
        ordered=tool not in _UNORDERED,
        tolerance=_TOLERANCE.get(tool, 0),
        support=Support(_count(row["split"]), _count(row["pairs"])),
    )


class _Cff:
    name = "metafusion-cff"

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read every line."""
        for number, line in enumerate(document.lines, 1):
            if not line.strip() or line.startswith("#") or not collector.wants(line):
                continue
            try:
                collector.add(_junction(line, number, collector))
            except RowError as error:
                collector.problem(number, line, error)


READER = _Cff()


FORMATS = (
    Format(
        reader=READER,
        file="common fusion format, no header",
        seen="real",
        callers=("metafusion",),
        opening=Opening(
            "most", r"(chr)?[\w.]+\t-?\d+\t(\+|-|\.|NA)\t(chr)?[\w.]+\t-?\d+\t(\+|-|\.|NA)\t(DNA|RNA|NA)\t"
        ),
        level=None,
        order="by tool",
        base="by tool (STAR-SEQR 0)",
        off_by="0; EricScript 1; INTEGRATE 3",
        tolerance="by tool",
        support="split, pairs",
        maintained="legacy",
        specimen=tabbed("12|12022903|+|15|88483984|-|RNA|S1|Tumor|NA|arriba|16|8|ETV6|NA|NTRK3|NA"),
    ),
)
