"""TruSight Oncology 500: AllFusions.csv and the ctDNA Fusions.csv."""

from __future__ import annotations

from typing import Literal

from ntrkpath.model.fusion import Junction, Standing, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader

#: No real file was at hand to measure the position's convention, so one base is allowed for.
TOLERANCE = 1

#: How breakends 1 and 2 are joined, as the ctDNA guide defines it: what each of them keeps.
_DIRECTIONS: dict[str, tuple[Literal["left", "right"], Literal["left", "right"]]] = {
    "l1r2": ("left", "right"),
    "l1rl2": ("left", "left"),
    "l2r1": ("right", "left"),
    "rr2r1": ("right", "right"),
}


def _kept(row: Row) -> tuple[Standing, str | None]:
    """KeepFusion says whether the candidate is reported, Filter why not."""
    keep = _cells.truth(row["keep"])
    if keep is False:
        return "rejected", row.value("filter") or f"KeepFusion {row['keep'].strip()}"
    return ("accepted", None) if keep else _cells.filtered(row["filter"])


def _all_fusions(row: Row) -> Junction:
    standing, words = _kept(row)
    known = _cells.truth(row["direction"]) is True
    senses = [_cells.truth(row[field]) for field in ("sense1", "sense2")]
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
        standing=standing,
        filtered=words,
        call=f"{row.value('tool')}" if row.value("tool") else None,
        antisense=known and False in senses,
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
    standing, words = _cells.filtered(row["filter"])
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
        standing=standing,
        filtered=words,
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


FORMATS = (
    Format(
        reader=ALL_FUSIONS,
        file="`AllFusions.csv`, also TruSight Tumor 170",
        seen="built",
        also=("keepfusion|filter|caller|fusion directionality known|supporting reads|alt split",),
        callers=(
            "tso500",
            "trusight",
        ),
        level="rna",
        standing="`KeepFusion`, `Filter`",
        order="5'-3' where \"Fusion Directionality Known\"",
        base="1, not verified",
        tolerance="1",
        support="split, pairs",
        specimen=tabbed(
            "Caller|Gene A|Gene B|Gene A Breakpoint|Gene B Breakpoint|Filter|Alt Split Dedup|Alt Pair Dedup|"
            "KeepFusion|Fusion Directionality Known|Gene A Sense|Gene B Sense",
            "DRAGEN|ETV6|NTRK3|chr12:12022903|chr15:88483984|PASS|9|4|True|True|True|True",
        ),
    ),
    Format(
        reader=CTDNA,
        file="ctDNA `Fusions.csv`",
        seen="built (its guide)",
        also=("contig|direction|alt_depth",),
        callers=(
            "tso500",
            "trusight",
        ),
        level="dna",
        standing="`Filter`",
        order="by breakend; `Direction` gives the kept sides",
        base="1, not verified",
        tolerance="1",
        support="reads",
        specimen=tabbed(
            "Sample|Chr1|Pos1|Chr2|Pos2|Direction|Alt_Depth|Gene1|Gene2|Contig|Filter|Fusion Directionality Known",
            "S1|chr1|156102508|chr1|156844436|L1R2|8|LMNA|NTRK1|ACGT|PASS|False",
        ),
    ),
)
