"""TruSight Oncology 500: CombinedVariantOutput, AllFusions.csv and the ctDNA Fusions.csv."""

from __future__ import annotations

import re
from typing import Literal

from ntrkpath.model.fusion import Junction, Level, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._table import Header, Row, TableReader, names_of, split
from ntrkpath.readers._text import Document

#: No real file was at hand to measure the position's convention, so one base is allowed for.
TOLERANCE = 1

#: How breakends 1 and 2 are joined, as the ctDNA guide defines it: what each of them keeps.
_DIRECTIONS: dict[str, tuple[Literal["left", "right"], Literal["left", "right"]]] = {
    "l1r2": ("left", "right"),
    "l1rl2": ("left", "left"),
    "l2r1": ("right", "left"),
    "rr2r1": ("right", "right"),
}
_SECTION = re.compile(r'^\s*"?\[([^\]]+)\]')


def looks_combined(document: Document) -> bool:
    """Whether a document has the sections of a CombinedVariantOutput."""
    return any(title == "analysis details" for title, _, _ in sections(document))


def sections(document: Document) -> list[tuple[str, int, int]]:
    """Return the sections of a CombinedVariantOutput: title in lower case, first and last line index (exclusive)."""
    marks = [
        (at, found[1].strip().lower()) for at, line in enumerate(document.lines) if (found := _SECTION.match(line))
    ]
    ends = [at for at, _ in marks[1:]] + [len(document.lines)]
    return [(title, at + 1, end) for (at, title), end in zip(marks, ends, strict=False)]


def _genes(cell: str) -> tuple[str, str]:
    """Return the genes of ``A/B`` or ``A-B``; several genes at one breakend are joined by ``;``."""
    if "/" in cell:
        first, _, second = cell.partition("/")
        return first, second
    return _cells.hyphen_pair(cell)


def _combined(level: Level) -> TableReader:
    def build(row: Row) -> Junction | None:
        if _cells.value(row["genes"]) is None:
            return None
        first, second = _genes(row["genes"])
        return row.junction(
            _cells.side(first, _cells.locus(row["at1"])),
            _cells.side(second, _cells.locus(row["at2"])),
            level=level,
            ordered=False,
            tolerance=TOLERANCE,
            support=Support(total=row.count("reads")),
        )

    return TableReader(
        "tso500-combined",
        {
            "genes": ("gene pair",),
            "at1": ("breakpoint 1",),
            "at2": ("breakpoint 2",),
            "reads": ("fusion supporting reads",),
        },
        ("genes", "at1", "at2"),
        build,
    )


class _Combined:
    name = "tso500-combined"

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read the fusion sections; the first table line below each is its header."""
        lines = document.lines
        for title, first, end in sections(document):
            if title == "analysis details":
                self._sample(lines[first:end], collector)
            if not title.endswith("fusions"):
                continue
            dna = "dna" in title or any("ctdna" in line.lower() for line in lines[: min(first, 60)])
            table = _combined("dna" if dna else "rna")
            start = next((i for i in range(first, end) if lines[i].strip()), end)
            if start == end:
                continue
            names = names_of(lines[start], "\t")
            if any(field not in table.index(names) for field in table.required):
                collector.problem(start + 1, lines[start], "the fusion section has no header with Gene Pair")
                continue
            table.rows(document, collector, Header(start, "\t", names), end)

    @staticmethod
    def _sample(lines: list[str], collector: Collector) -> None:
        for wanted in ("pair id", "sample id", "rna sample id", "dna sample id"):
            for line in lines:
                cells = split(line, "\t")
                if len(cells) > 1 and cells[0].strip().lower() == wanted and _cells.value(cells[1]):
                    collector.sample = cells[1].strip()
                    return


COMBINED = _Combined()


def _all_fusions(row: Row) -> Junction:
    keep = row["keep"].strip().lower()
    verdict = row.value("filter")
    known = row["direction"].strip().lower() == "true"
    senses = [row[field].strip().lower() for field in ("sense1", "sense2")]
    split_reads = row.count("split_dedup")
    pairs = row.count("pair_dedup")
    return row.junction(
        _cells.side(row["gene1"], _cells.locus(row["at1"])),
        _cells.side(row["gene2"], _cells.locus(row["at2"])),
        ordered=known,
        tolerance=TOLERANCE,
        support=Support(
            row.count("split") if split_reads is None else split_reads,
            row.count("pair") if pairs is None else pairs,
            row.count("reads"),
        ),
        filtered=(verdict or "KeepFusion false") if keep == "false" else None,
        call=f"{row.value('tool')}" if row.value("tool") else None,
        antisense=known and "false" in senses,
    )


ALL_FUSIONS = TableReader(
    "tso500-allfusions",
    {
        "tool": ("caller",),
        "gene1": ("gene a",),
        "gene2": ("gene b",),
        "at1": ("gene a breakpoint", "breakpoint a"),
        "at2": ("gene b breakpoint", "breakpoint b"),
        "filter": ("filter",),
        "keep": ("keepfusion",),
        "direction": ("fusion directionality known",),
        "sense1": ("gene a sense",),
        "sense2": ("gene b sense",),
        "split_dedup": ("alt split dedup",),
        "pair_dedup": ("alt pair dedup",),
        "split": ("alt split",),
        "pair": ("alt pair",),
        "reads": ("supporting reads",),
    },
    ("gene1", "gene2", "at1", "at2"),
    _all_fusions,
)


def _ctdna(row: Row) -> Junction:
    keeps = _DIRECTIONS.get(row["direction"].strip().lower(), (None, None))
    first, second = (
        _cells.side(
            row[f"gene{n}"],
            (_cells.chromosome(row[f"chr{n}"]), _cells.position(row[f"pos{n}"]), None),
            keeps=keeps[n - 1],
        )
        for n in (1, 2)
    )
    return row.junction(
        first,
        second,
        sample=row.value("sample"),
        level="dna",
        ordered=row["known"].strip().lower() == "true",
        tolerance=TOLERANCE,
        support=Support(total=row.count("reads")),
        filtered=_cells.failed(row["filter"]),
    )


CTDNA = TableReader(
    "tso500-ctdna",
    {
        "sample": ("sample",),
        "chr1": ("chr1",),
        "pos1": ("pos1",),
        "chr2": ("chr2",),
        "pos2": ("pos2",),
        "gene1": ("gene1",),
        "gene2": ("gene2",),
        "direction": ("direction",),
        "known": ("fusion directionality known",),
        "reads": ("alt_depth",),
        "filter": ("filter",),
    },
    ("chr1", "pos1", "chr2", "pos2", "gene1", "gene2"),
    _ctdna,
)
