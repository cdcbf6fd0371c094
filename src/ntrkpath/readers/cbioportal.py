"""cBioPortal structural variants (``data_sv``) and the older ``data_fusions``: not ordered 5' to 3', mostly DNA."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ntrkpath.model.fusion import Breakpoint, Junction, Level, Strand, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader

# "Intron of LMNA(+): 2Kb before exon 3", "Exon 39 of TSC2(+)", "IGR: 27Kb after AKT3(-)"
_GENE_STRAND = re.compile(r"(?<![\w.-])([\w.-]+)\(([+-])\)")
_EXON = re.compile(r"^\s*exon (\d+)", re.IGNORECASE)
_NEAR_EXON = re.compile(r"\b(before|after) exon (\d+)", re.IGNORECASE)
_TRANSCRIPT = re.compile(r"(?<![\w.-])([\w.-]+) \(((?:N[MR]_|ENST)[\d.]+)\)")
_CONNECTION = re.compile(r"([35])\s*to\s*([35])", re.IGNORECASE)
#: DELLY's connection type: a joined 3' end keeps the lower coordinates of the chromosome, a 5' end the higher.
_KEEPS = {"3": "left", "5": "right"}


_ENTREZ = {"4914": "NTRK1", "4915": "NTRK2", "4916": "NTRK3"}


def _gene(row: Row, n: int) -> str:
    """Return the symbol; where a file gives Entrez identifiers alone, only the NTRK genes have a name here."""
    symbol = row[f"gene{n}"].strip()
    return symbol or _ENTREZ.get(row[f"entrez{n}"].strip().removesuffix(".0"), "")


def _described(row: Row, n: int) -> tuple[Strand | None, int | None, int | None, bool]:
    """Return gene strand, exon, intron and whether the site is intergenic, from the site's description."""
    text = row[f"about{n}"]
    region = row[f"region{n}"].strip().lower()
    number = _cells.exon(row[f"region_number{n}"])
    strand = exon = intron = None
    for gene, mark in _GENE_STRAND.findall(text):
        if gene == _gene(row, n):
            strand = _cells.strand(mark)
    if found := _EXON.match(text):
        exon = int(found[1][:6])
    elif region.startswith("exon"):
        exon = number
    elif text.lower().startswith("intron") or region.startswith("intron"):
        near = _NEAR_EXON.search(text)
        intron = int(near[2][:6]) - (near[1].lower() == "before") if near else number
    intergenic = text.strip().upper().startswith("IGR") or region in {"igr", "intergenic"}
    return strand, exon, intron, intergenic


def _site(row: Row, n: int, transcripts: dict[str, str], keeps: str | None) -> Breakpoint:
    strand, exon, intron, intergenic = _described(row, n)
    side = _cells.side(
        _gene(row, n),
        (_cells.chromosome(row[f"chr{n}"]), _cells.position(row[f"pos{n}"]), strand),
        exon=exon,
        intron=intron,
        transcript=row.value(f"transcript{n}") or transcripts.get(_gene(row, n)),
        keeps=_KEEPS.get(keeps or ""),  # type: ignore[arg-type]
    )
    if not intergenic or side.gene is None:
        return side
    return Breakpoint(
        chromosome=side.chromosome,
        position=side.position,
        retained=side.retained,
        others=(side.gene, *side.others),
    )


def _words(row: Row) -> tuple[str, str | None]:
    """Return what to take the frame from, and the caller's words verbatim."""
    effect, event = row.value("effect"), row.value("event")
    text = effect or event or ""
    lowered = text.lower()
    for word in ("out of frame", "out-of-frame", "in frame", "in-frame"):
        if word in lowered:
            return word, text.strip()
    return text, text.strip() or None


def _level(row: Row) -> Level | None:
    """Return the level that the support columns state: RNA where only it supports the event, DNA where it does."""
    rna, dna = (row[name].strip().lower() == "yes" for name in ("rna", "dna"))
    return "dna" if dna else "rna" if rna else None


def _support(row: Row) -> Support:
    """Return the reads; the tables list called events, so that nothing but zeros means that none were handed on."""
    counts = [row.count(field) for field in ("split", "pairs", "reads")]
    return Support(*counts) if any(counts) else Support()


def _sv(row: Row) -> Junction:
    transcripts = dict(_TRANSCRIPT.findall(row["annotation"]))
    connection = _CONNECTION.search(row["connection"])
    ends = (connection[1], connection[2]) if connection else (None, None)
    first = _site(row, 1, transcripts, ends[0])
    second = _site(row, 2, transcripts, ends[1])
    word, call = _words(row)
    germline = row.value("status") if row["status"].strip().upper() == "GERMLINE" else None
    event = f"{row['event']} {row['annotation']}".lower()
    return row.junction(
        first,
        second,
        sample=row.value("sample"),
        assembly=_cells.assembly(row["build"]),
        level=_level(row),
        ordered=False,
        frame=_cells.frame(word),
        call=call,
        support=_support(row),
        standing="doubted" if germline else "not_stated",
        filtered=germline,
        intragenic="intragenic" in event or (first.gene is not None and first.gene == second.gene),
        antisense="antisense" in row["event"].lower(),
    )


SV = TableReader(
    "cbioportal-sv",
    {
        "sample": ("sample_id", "sampleid", "tumor_sample_barcode"),
        **{
            f"{field}{n}": (f"site{n}_{column}",)
            for n in (1, 2)
            for field, column in (
                ("gene", "hugo_symbol"),
                ("entrez", "entrez_gene_id"),
                ("chr", "chromosome"),
                ("pos", "position"),
                ("about", "description"),
                ("region", "region"),
                ("region_number", "region_number"),
                ("transcript", "ensembl_transcript_id"),
            )
        },
        "effect": ("site2_effect_on_frame",),
        "build": ("ncbi_build",),
        "connection": ("connection_type",),
        "event": ("event_info",),
        "annotation": ("annotation",),
        "dna": ("dna_support",),
        "rna": ("rna_support",),
        "status": ("sv_status",),
        "reads": ("tumor_variant_count",),
        "split": ("tumor_split_read_count",),
        "pairs": ("tumor_paired_end_read_count",),
    },
    (),
    _sv,
)


def _fusion(row: Row) -> Iterator[Junction]:
    """Each partner has a row of its own; the first one of an event stands for both."""
    gene, text = row["gene"].strip(), row["fusion"].strip()
    key = (row["sample"].strip(), text)
    if text and key in row.collector.seen:
        return
    row.collector.seen.add(key)
    name = text.split()[0] if text else ""
    intragenic = "intragenic" in text.lower()
    if "--" in name or "::" in name:
        first, second = _cells.pair(name)
    elif "-" in name and not intragenic:
        first, second = _cells.hyphen_pair(name)
    else:
        first, second = (gene if intragenic else ""), gene
    yield row.junction(
        _cells.side(first),
        _cells.side(second),
        sample=row.value("sample"),
        level=_level(row),
        ordered=False,
        frame=_cells.frame(row["frame"]),
        call=row.value("frame"),
        intragenic=intragenic or (first == second != ""),
    )


FUSIONS = TableReader(
    "cbioportal-fusions",
    {
        "gene": ("hugo_symbol",),
        "sample": ("tumor_sample_barcode",),
        "fusion": ("fusion",),
        "dna": ("dna_support",),
        "rna": ("rna_support",),
        "frame": ("frame",),
    },
    ("gene", "fusion"),
    _fusion,
)


FORMATS = (
    Format(
        reader=SV,
        file="`data_sv.txt`",
        seen="real",
        also=(
            "site1_hugo_symbol|site1_entrez_gene_id",
            "site2_hugo_symbol|site2_entrez_gene_id",
        ),
        callers=("cbioportal",),
        level="dna",
        level_stated=False,
        order="not ordered; `Connection_Type` gives the kept sides",
        off_by="DNA",
        frame="`Site2_Effect_On_Frame`, event",
        support="reads",
        specimen=tabbed(
            "Sample_Id|Site1_Hugo_Symbol|Site1_Chromosome|Site1_Position|Site1_Description|Site1_Region|"
            "Site1_Region_Number|Site2_Hugo_Symbol|Site2_Chromosome|Site2_Position|Site2_Description|"
            "Site2_Region|Site2_Region_Number|Site2_Effect_on_Frame|NCBI_Build|Connection_Type|Event_Info|"
            "DNA_Support|RNA_Support|Tumor_Variant_Count|Annotation",
            "S1|LMNA|1|156102508.0|Intron of LMNA(+): 2Kb before exon 3|Intron||NTRK1|1|156844436.0|"
            "Intron of NTRK1(+): 18bp after exon 10|Intron|| in frame |GRCh37|3to5|"
            "Protein fusion: in frame (LMNA-NTRK1)|Yes||32.0|"
            "LMNA (NM_170707) - NTRK1 (NM_002529) rearrangement",
        ),
    ),
    Format(
        reader=FUSIONS,
        file="the older `data_fusions.txt`",
        seen="built",
        callers=("cbioportal",),
        level="dna",
        level_stated=False,
        order="not ordered",
        base="no positions",
        tolerance="-",
        frame="`Frame`",
        maintained="legacy",
        specimen=tabbed(
            "Hugo_Symbol|Tumor_Sample_Barcode|Fusion|DNA_support|RNA_support|Frame",
            "ETV6|S1|ETV6-NTRK3 fusion|no|yes|in-frame",
        ),
    ),
)
