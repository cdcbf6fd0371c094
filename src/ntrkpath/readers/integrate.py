"""INTEGRATE tables (bedpe, breakpoints, exons, summary): ordered 5' to 3'; bedpe is 0-based, the others 1-based."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction, Strand, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _bedpe(row: Row) -> Junction:
    return row.junction(
        _cells.side(row["gene5"], (_cells.chromosome(row["chr5"]), _cells.position(row["pos5"], 1), None)),
        _cells.side(row["gene3"], (_cells.chromosome(row["chr3"]), _cells.position(row["pos3"], 1), None)),
    )


def _breakpoints(row: Row) -> Junction:
    """The exon breakpoints are exact; the RNA breakpoints shift within a homology."""
    exon5, exon3 = _cells.position(row["exon5"]), _cells.position(row["exon3"])
    exact = exon5 is not None and exon3 is not None
    pos5 = exon5 if exact else _cells.position(row["pos5"])
    pos3 = exon3 if exact else _cells.position(row["pos3"])
    counts = [_cells.count(part) for part in row["counts"].split()]
    support = Support(counts[1], counts[0]) if len(counts) == 2 else Support(row.count("spanning"), row.count("pairs"))
    return row.junction(
        _cells.side(row["gene5"], (_cells.chromosome(row["chr5"]), pos5, None)),
        _cells.side(row["gene3"], (_cells.chromosome(row["chr3"]), pos3, None)),
        tolerance=0 if exact else 5,
        support=support,
    )


def _exons(row: Row) -> Junction:
    strand5, strand3 = _cells.strand(row["strand5"]), _cells.strand(row["strand3"])

    def edge(n: str, strand: Strand | None, last: bool) -> int | None:
        """Return the exon's base next to the junction: the last one on the 5' side, the first on the 3' side."""
        if strand is None:
            return None
        return _cells.position(row[f"end{n}"] if (strand == "+") is last else row[f"start{n}"])

    return row.junction(
        _cells.side(
            row["gene5"],
            (_cells.chromosome(row["chr5"]), edge("5", strand5, True), strand5),
            exon=_cells.exon(row["exon5"]),
            transcript=row.value("transcript5"),
        ),
        _cells.side(
            row["gene3"],
            (_cells.chromosome(row["chr3"]), edge("3", strand3, False), strand3),
            exon=_cells.exon(row["exon3"]),
            transcript=row.value("transcript3"),
        ),
    )


def _summary(row: Row) -> Junction:
    return row.junction(
        _cells.side(row["gene5"]),
        _cells.side(row["gene3"]),
        support=Support(row.count("spanning"), row.count("pairs")),
        call=row.value("splicings"),
    )


BEDPE = TableReader(
    "integrate-bedpe",
    {
        "chr5": ("chr5p", "chr 5p"),
        "pos5": ("start5p", "start 5p"),
        "chr3": ("chr3p", "chr 3p"),
        "pos3": ("start3p", "start 3p"),
        "gene5": ("gene5p", "5p"),
        "gene3": ("gene3p", "3p"),
    },
    ("chr5", "pos5", "chr3", "pos3", "gene5", "gene3"),
    _bedpe,
)
BREAKPOINTS = TableReader(
    "integrate-breakpoints",
    {
        "gene5": ("5p",),
        "gene3": ("3p",),
        "chr5": ("chr1",),
        "pos5": ("rna_bk1",),
        "exon5": ("exon_bk1",),
        "chr3": ("chr2",),
        "pos3": ("rna_bk2",),
        "exon3": ("exon_bk2",),
        "counts": ("num_en_rna num_sp_rna",),
        "pairs": ("num_en_rna",),
        "spanning": ("num_sp_rna",),
    },
    ("gene5", "gene3", "chr5", "pos5", "chr3", "pos3"),
    _breakpoints,
)
EXONS = TableReader(
    "integrate-exons",
    {
        "gene5": ("5p",),
        "gene3": ("3p",),
        "transcript5": ("5p_transcipt", "5p_transcript"),
        "exon5": ("5p_exon",),
        "strand5": ("5p_strand", "5p_exon_strand"),
        "chr5": ("5p_exon_chr",),
        "start5": ("5p_exon_start",),
        "end5": ("5p_exon_end",),
        "transcript3": ("3p_transcript",),
        "exon3": ("3p_exon",),
        "strand3": ("3p_exon_strand", "3p_strand"),
        "chr3": ("3p_exon_chr",),
        "start3": ("3p_exon_start",),
        "end3": ("3p_exon_end",),
    },
    ("gene5", "gene3", "exon5", "exon3"),
    _exons,
)
SUMMARY = TableReader(
    "integrate-summary",
    {
        "gene5": ("5_prime",),
        "gene3": ("3_prime",),
        "pairs": ("en_rna",),
        "spanning": ("sp_rna",),
        "splicings": ("splicings",),
    },
    ("gene5", "gene3"),
    _summary,
)


FORMATS = (
    Format(
        reader=BEDPE,
        file="`bk_fusion.bedpe`",
        seen="real",
        callers=("integrate",),
        base="0",
        off_by="0",
        maintained="legacy",
        specimen=tabbed(
            "#chr5p|start5p|chr3p|start3p|gene5p|gene3p",
            "12|12022902|15|88483983|ETV6|NTRK3",
        ),
    ),
    Format(
        reader=BREAKPOINTS,
        file="`breakpoints.tsv`, `breakpoints.cov.tsv`",
        seen="real",
        callers=("integrate",),
        off_by="0 by exon, 3 by RNA",
        tolerance="0 by exon, 5 by RNA",
        support="split, pairs",
        maintained="legacy",
        specimen=tabbed(
            "#5P|3P|Chr1|RNA_BK1|Exon_BK1|Chr2|RNA_BK2|Exon_BK2|NUM_EN_RNA NUM_SP_RNA",
            "ETV6|NTRK3|12|12022901|12022903|15|88483986|88483984|31 20",
        ),
    ),
    Format(
        reader=EXONS,
        file="`exons.tsv`",
        seen="real",
        callers=("integrate",),
        off_by="0",
        maintained="legacy",
        specimen=tabbed(
            "5p|3P|5P_Transcipt|5P_Exon|5P_Strand|5P_Exon_Chr|5P_Exon_Start|5P_Exon_End|3P_Transcript|3P_Exon|"
            "3P_Exon_Strand|3P_Exon_Chr|3P_Exon_Start|3P_Exon_END",
            "ETV6|NTRK3|uc001qzz.3|5|+|12|12022358|12022903|uc002bme.2|15|-|15|88483854|88483984",
        ),
    ),
    Format(
        reader=SUMMARY,
        file="`summary.tsv`",
        seen="real",
        also=("fusion_candidate",),
        callers=("integrate",),
        base="no positions",
        tolerance="-",
        support="split, pairs",
        maintained="legacy",
        specimen=tabbed(
            "Fusion_Candidate|5_Prime|3_Prime|EN_RNA|SP_RNA|Splicings",
            "1|ETV6|NTRK3|31|20|ETV6>>NTRK3(Inter_Chromosomal Canonical 20);",
        ),
    ),
)
