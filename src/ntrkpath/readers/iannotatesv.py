"""iAnnotateSV annotation tables (MSK): DNA structural variants, not ordered, 1-based, direction of the reads given.

Source: rhshah/iAnnotateSV (README, ``PredictFunction.py``, and the annotated result that its tests ship, read for its
layout). ``str`` 0 is a read on the plus strand, so that the lower coordinates are kept; 1 keeps the higher ones (a
deletion has 0 and 1). No real file with an NTRK row was read.
"""

from __future__ import annotations

import re

from ntrkpath.model.fusion import Breakpoint, Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader

_STRAND = re.compile(r"\b[Oo]f ([\w.@-]+)\(([+-])\)")
_EXON = re.compile(r"^\s*Exon (\d{1,4})", re.IGNORECASE)
_NEAR_EXON = re.compile(r"\b(before|after) exon (\d{1,4})", re.IGNORECASE)
_KEEPS = {"0": "left", "1": "right", "+": "left", "-": "right"}


def _side(row: Row, n: int) -> Breakpoint:
    site, gene = row[f"site{n}"], row[f"gene{n}"].strip()
    at = (_cells.chromosome(row[f"chr{n}"]), _cells.position(row[f"pos{n}"]))
    mark = row[f"str{n}"].strip().removesuffix(".0")
    if mark not in _KEEPS:
        raise RowError(f"str{n} is neither 0 nor 1: {mark[:20]!r}")
    keeps = _KEEPS[mark]
    if site.strip().upper().startswith("IGR"):
        return Breakpoint(chromosome=at[0], position=at[1], retained=keeps, others=(gene,) if gene else ())  # type: ignore[arg-type]
    strand = next((_cells.strand(sign) for name, sign in _STRAND.findall(site) if name == gene), None)
    exon, intron = _EXON.match(site), _NEAR_EXON.search(site)
    return _cells.side(
        gene,
        (*at, strand),
        exon=int(exon[1]) if exon else None,
        intron=int(intron[2]) - (intron[1].lower() == "before") if intron and not exon else None,
        transcript=row.value(f"transcript{n}"),
        keeps=keeps,  # type: ignore[arg-type]
    )


def _junction(row: Row) -> Junction:
    first, second = _side(row, 1), _side(row, 2)
    says = row.value("fusion")
    lowered = (says or "").lower()
    frame = "out of frame" if "out of frame" in lowered else "in frame" if "in frame" in lowered else ""
    return row.junction(
        first,
        second,
        sample=row.value("sample"),
        ordered=False,
        frame=_cells.frame(frame),
        call=says,
        support=Support(row.count("split"), row.count("pairs")),
        intragenic=first.gene is not None and first.gene == second.gene,
        antisense="antisense" in lowered,
    )


READER = TableReader(
    "iannotatesv",
    {
        "sample": ("tumorid", "tumor_id", "sample", "sample_id"),
        **{
            f"{name}{n}": (f"{name}{n}", f"sv_{name}{n}")
            for n in (1, 2)
            for name in ("chr", "pos", "str", "gene", "transcript", "site")
        },
        "fusion": ("fusion",),
        "split": ("splitreadsupport", "split_read_support"),
        "pairs": ("pairendreadsupport", "pair_end_read_support"),
    },
    ("chr1", "pos1", "str1", "chr2", "pos2", "str2", "gene1", "gene2", "site1", "site2"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="annotation table",
        seen="built (its README, and the layout of its test result)",
        level="dna",
        order="not ordered; `str` gives the kept side",
        frame="`fusion`",
        support="split, pairs where given",
        specimen=tabbed(
            "chr1|pos1|str1|chr2|pos2|str2|gene1|transcript1|site1|gene2|transcript2|site2|fusion",
            "1|156102508|0|1|156844436|1|LMNA|NM_170707|Intron of LMNA(+):2Kb before exon 3|NTRK1|NM_002529|"
            "Intron of NTRK1(+):18bp after exon 10|Protein Fusion: in frame  {LMNA:NTRK1}",
        ),
    ),
)
