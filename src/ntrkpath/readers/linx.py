"""LINX ``linx.fusion.tsv`` (exons and transcripts, no positions) and ``linx.vis_fusion.tsv``: ordered, DNA."""

from __future__ import annotations

from ntrkpath.model.fusion import Junction
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _junction(row: Row) -> Junction:
    phased = row.value("phased")
    word = {"true": "in", "false": "out", "out_of_frame": "out", "inframe": "in"}.get((phased or "").lower(), "")
    standing, doubt = _cells.judged(row["reported"], accepted=("true",), rejected=("false",))
    terminated = _cells.truth(row["terminated"]) is True
    reasons = row.value("reasons") or ("CHAIN_TERMINATED" if terminated else None)
    words = f"not reported{f': {reasons}' if reasons else ''}" if standing == "rejected" else doubt
    if terminated and standing in ("accepted", "not_stated"):
        # The chain of breakends stops inside a gene, so that the fused transcript may not be whole.
        standing, words = "doubted", "CHAIN_TERMINATED"
    return row.junction(
        _cells.side(row["gene5"], exon=_cells.exon(row["exon5"], "fusedExonUp"), transcript=row.value("transcript5")),
        _cells.side(row["gene3"], exon=_cells.exon(row["exon3"], "fusedExonDown"), transcript=row.value("transcript3")),
        frame=_cells.frame(word),
        call=None if phased is None else f"phased {phased}",
        standing=standing,
        filtered=words,
    )


READER = TableReader(
    "linx",
    {
        "gene5": ("genestart",),
        "transcript5": ("transcriptstart", "genetranscriptstart"),
        "exon5": ("fusedexonup",),
        "gene3": ("geneend",),
        "transcript3": ("transcriptend", "genetranscriptend"),
        "exon3": ("fusedexondown",),
        "phased": ("phased",),
        "reported": ("reported",),
        "reasons": ("reportablereasons",),
        "terminated": ("chainterminated",),
    },
    ("gene5", "gene3", "exon5", "exon3"),
    _junction,
)


def _vis(row: Row) -> Junction:
    sides = [
        _cells.side(
            row[f"gene{n}"],
            (_cells.chromosome(row[f"chr{n}"]), _cells.position(row[f"pos{n}"]), _cells.strand(row[f"strand{n}"])),
            exon=_cells.exon(row[f"exon{n}"]),
            transcript=row.value(f"transcript{n}"),
        )
        for n in (5, 3)
    ]
    standing, words = _cells.judged(row["reported"], accepted=("true",), rejected=("false",))
    return row.junction(
        sides[0],
        sides[1],
        sample=row.value("sample"),
        standing=standing,
        filtered="not reportable" if standing == "rejected" else words,
    )


VIS = TableReader(
    "linx-vis",
    {
        "sample": ("sampleid",),
        "reported": ("reportable",),
        **{
            f"{field}{n}": (f"{column}{end}",)
            for n, end in ((5, "up"), (3, "down"))
            for field, column in (
                ("gene", "genename"),
                ("transcript", "transcript"),
                ("chr", "chr"),
                ("pos", "pos"),
                ("strand", "strand"),
                ("exon", "fusedexon"),
            )
        },
    },
    ("gene5", "gene3", "chr5", "pos5", "chr3", "pos3"),
    _vis,
)


FORMATS = (
    Format(
        reader=READER,
        file="`linx.fusion.tsv`",
        standing="`reported`, `reportableReasons`",
        seen="built (its writer's columns)",
        also=(
            "fiveprimebreakendid|name",
            "phased",
        ),
        level="dna",
        base="exons only",
        tolerance="-",
        frame="`phased`",
        specimen=tabbed(
            "fivePrimeBreakendId|name|phased|fusedExonUp|fusedExonDown|geneStart|transcriptStart|geneEnd|transcriptEnd",
            "1|ETV6_NTRK3|INFRAME|5|15|ETV6|ENST00000396373|NTRK3|ENST00000360948",
        ),
    ),
    Format(
        reader=VIS,
        file="`linx.vis_fusion.tsv`",
        seen="built (its writer's columns)",
        callers=("linx",),
        also=("transcriptup|fusedexonup", "transcriptdown|fusedexondown"),
        standing="`Reportable`",
        level="dna",
        specimen=tabbed(
            "SampleId|GeneNameUp|TranscriptUp|ChrUp|PosUp|StrandUp|FusedExonUp|GeneNameDown|TranscriptDown|"
            "ChrDown|PosDown|StrandDown|FusedExonDown",
            "S1|ETV6|ENST00000396373|12|12022950|1|5|NTRK3|ENST00000360948|15|88484100|-1|15",
        ),
    ),
)
