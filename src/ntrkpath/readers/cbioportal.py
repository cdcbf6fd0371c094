"""cBioPortal structural variants (``data_sv``) and the older ``data_fusions``: not ordered 5' to 3', mostly DNA."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ntrkpath.model.fusion import Breakpoint, Junction, Strand, Support
from ntrkpath.readers import _cells
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
    number = _cells.count(row[f"region_number{n}"])
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


def _sv(row: Row) -> Junction:
    transcripts = dict(_TRANSCRIPT.findall(row["annotation"]))
    connection = _CONNECTION.search(row["connection"])
    ends = (connection[1], connection[2]) if connection else (None, None)
    first = _site(row, 1, transcripts, ends[0])
    second = _site(row, 2, transcripts, ends[1])
    word, call = _words(row)
    rna_only = row["rna"].strip().lower() == "yes" and row["dna"].strip().lower() != "yes"
    event = f"{row['event']} {row['annotation']}".lower()
    return row.junction(
        first,
        second,
        sample=row.value("sample"),
        assembly=_cells.assembly(row["build"]),
        level="rna" if rna_only else "dna",
        ordered=False,
        frame=_cells.frame(word),
        call=call,
        support=Support(row.count("split"), row.count("pairs"), row.count("reads")),
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
        level="rna" if row["rna"].strip().lower() == "yes" else "dna",
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
