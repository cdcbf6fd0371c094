"""MAVIS ``mavis_summary_all_*.tab`` and annotation tables: by coordinate, 1-based ranges, kept side given, DNA or RNA.

Source: bcgsc/mavis (``docs/outputs/columns.md``, and the summary that its tests ship, which was read for its layout).
Break 1 is the lower coordinate; ``gene1_direction`` says which gene is 5'. Orientation L or R is the kept side. Every
splicing pattern of an event has a row of its own. No real summary with an NTRK row was read.
"""

from __future__ import annotations

from ntrkpath.model.fusion import Breakpoint, Junction, Level, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader

_KEEPS = {"L": "left", "R": "right"}
_LEVEL: dict[str, Level] = {"transcriptome": "rna", "genome": "dna"}
_ABSENT = frozenset({"none", "not applicable", "na", "?", ""})
#: A breakpoint known only to a wider range than this has no position.
_WIDEST = 5


def _given(cell: str) -> str:
    return "" if cell.strip().lower() in _ABSENT else cell.strip()


def _gene(row: Row, n: int) -> str:
    """Return the symbol; the gene column itself holds the identifier of Ensembl."""
    aliases = _given(row[f"aliases{n}"])
    return (aliases.split(";")[0].strip() if aliases else "") or _given(row[f"gene{n}"])


def _side(row: Row, n: int, exon: int | None) -> tuple[Breakpoint, int]:
    """Return one break and the width of its range."""
    start, end = _cells.position(row[f"start{n}"]), _cells.position(row[f"end{n}"])
    if start is not None and end is not None and end < start:
        raise RowError(f"break {n} ends before it begins: {start}-{end}")
    width = 0 if start is None or end is None else end - start
    strand = _cells.strand(_given(row[f"strand{n}"]))
    at = (_cells.chromosome(row[f"chr{n}"]), start if width <= _WIDEST else None, strand)
    keeps = _KEEPS.get(row[f"keeps{n}"].strip().upper())
    transcript = _given(row[f"transcript{n}"]) if _given(row[f"gene{n}"]) else ""
    side = _cells.side(_gene(row, n), at, exon=exon, transcript=transcript or None, keeps=keeps)  # type: ignore[arg-type]
    return side, width if width <= _WIDEST else 0


def _reads(row: Row) -> int | None:
    """Return the greatest of the counts of reads across the junction: a read may stand in several of them."""
    counts = [row.count(name) for name in ("split1", "split2", "linking", "contig", "spanning")]
    return max((number for number in counts if number is not None), default=None)


def _junction(row: Row) -> Junction:
    directions = (_given(row["direction1"]), _given(row["direction2"]))
    exons = (_cells.exon(_given(row["exon5"]), "exon_last_5prime"), _cells.exon(_given(row["exon3"])))
    turned = directions == ("3", "5")
    ordered = turned or directions == ("5", "3")
    own = (None, None) if not ordered else (exons[1], exons[0]) if turned else exons
    first, width1 = _side(row, 1, own[0])
    second, width2 = _side(row, 2, own[1])
    five, three = (second, first) if turned else (first, second)
    return row.junction(
        five,
        three,
        sample=_given(row["sample"]) or None,
        level=_LEVEL.get(row["protocol"].strip().lower()),
        ordered=ordered,
        tolerance=5 if max(width1, width2) > 1 else max(width1, width2),
        support=Support(_reads(row), row.count("pairs")),
        intragenic=first.gene is not None and first.gene == second.gene,
        antisense=_given(row["product"]).lower() == "anti-sense",
    )


READER = TableReader(
    "mavis",
    {
        "sample": ("library",),
        **{f"{field}{n}": (name.format(n=n),) for n in (1, 2)
           for field, name in (
               ("gene", "gene{n}"), ("aliases", "gene{n}_aliases"), ("direction", "gene{n}_direction"),
               ("transcript", "transcript{n}"), ("chr", "break{n}_chromosome"), ("start", "break{n}_position_start"),
               ("end", "break{n}_position_end"), ("keeps", "break{n}_orientation"), ("strand", "break{n}_strand"),
               ("split", "break{n}_split_reads"))},
        "exon5": ("exon_last_5prime",),
        "exon3": ("exon_first_3prime",),
        "product": ("gene_product_type",),
        "protocol": ("protocol",),
        "linking": ("linking_split_reads",),
        "contig": ("contig_remapped_reads",),
        "spanning": ("spanning_reads",),
        "pairs": ("flanking_pairs",),
    },
    ("chr1", "start1", "keeps1", "chr2", "start2", "keeps2", "gene1", "gene2"),
    _junction,
)  # fmt: skip


FORMATS = (
    Format(
        reader=READER,
        file="`mavis_summary_all_*.tab`, annotation tables",
        seen="built (its documented columns)",
        level=None,
        order="`gene1_direction`; orientation gives the kept side",
        tolerance="width of the range, up to 5",
        support="split, pairs",
        specimen=tabbed(
            "library|gene1|gene1_direction|gene2|gene2_direction|gene1_aliases|gene2_aliases|break1_chromosome|break1_position_start|break1_position_end|break1_orientation|break2_chromosome|break2_position_start|break2_position_end|break2_orientation|protocol|break1_split_reads|break2_split_reads",
            "S1|ENSG00000139083|5|ENSG00000140538|3|ETV6|NTRK3|12|12022903|12022903|L|15|88483984|88483984|L|transcriptome|8|9",
        ),
    ),
)
