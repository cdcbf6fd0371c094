"""Which formats there are, how each is recognised, and in which module it is read.

Signatures stand here as text so that recognising a file imports no reader but the one that fits.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable
from typing import Protocol, cast, runtime_checkable

from ntrkpath.model.errors import ReaderError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._header_names import key
from ntrkpath.readers._table import Header, TableReader, headers
from ntrkpath.readers._text import Document

GROUP = "ntrkpath.readers"


@runtime_checkable
class Reader(Protocol):
    """What a format module, or an installed reader of the entry point group ``ntrkpath.readers``, provides."""

    name: str

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read a document into the collector; ``header`` is the recognised header line of a table."""


class Known:
    """A format that can be recognised.

    Args:
        name: The format; also the caller where ``callers`` names none.
        module: Module and attribute that hold its reader (``arriba:READER``).
        need: Column names a header must hold; ``a|b`` means either. Empty for formats that are no tables.
        rank: Of several formats that fit, the highest rank wins; equal ranks are undecidable.
        callers: Callers whose files have this format, as accepted by ``--caller``; the first is noted on junctions.
        looks: For formats that are no tables: whether the document is of this format.
    """

    def __init__(
        self,
        name: str,
        module: str,
        need: tuple[str, ...] = (),
        *,
        rank: int = 0,
        callers: tuple[str, ...] = (),
        looks: Callable[[Document], bool] | None = None,
    ) -> None:
        self.name = name
        self.module = module
        self.need = tuple(tuple(key(name) for name in alternative.split("|")) for alternative in need)
        self.rank = rank
        self.callers = callers or (name,)
        self.looks = looks

    def fits(self, names: frozenset[str]) -> bool:
        """Whether a header with these column names is of this format."""
        return bool(self.need) and all(not names.isdisjoint(accepted) for accepted in self.need)

    def share(self, names: frozenset[str]) -> float:
        """Share of the needed columns a header holds, 0 to 1."""
        return sum(not names.isdisjoint(accepted) for accepted in self.need) / (len(self.need) or 1)

    def load(self) -> Reader:
        """Import the reader."""
        module, _, attribute = self.module.partition(":")
        path = module if "." in module else f"ntrkpath.readers.{module}"
        return cast("Reader", getattr(importlib.import_module(path), attribute or "READER"))


def _starts(*patterns: str) -> Callable[[Document], bool]:
    compiled = re.compile("|".join(patterns), re.IGNORECASE)

    def looks(document: Document) -> bool:
        return any(compiled.match(line) for line in document.lines[:200])

    return looks


def _first(pattern: str) -> Callable[[Document], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)

    def looks(document: Document) -> bool:
        return compiled.match(next((line for line in document.lines if line.strip()), "").strip()) is not None

    return looks


def _most(pattern: str) -> Callable[[Document], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)

    def looks(document: Document) -> bool:
        lines = [line for line in document.lines[:50] if line.strip() and not line.startswith("#")]
        return 2 * sum(compiled.match(line.strip()) is not None for line in lines) > len(lines)

    return looks


_LEFT_RIGHT = ("leftbreakpoint|left_breakpoint", "rightbreakpoint|right_breakpoint")
_NAME = "fusionname|fusion_name|fusion"

TABLES: tuple[Known, ...] = (
    Known("arriba", "arriba", ("gene1", "gene2", "breakpoint1", "breakpoint2", "confidence|site1|type")),
    Known("star-fusion", "star_fusion", (*_LEFT_RIGHT, _NAME, "junctionreadcount|junctionreads|est_j|junction_count")),
    Known(
        "fusioninspector",
        "star_fusion:FUSION_INSPECTOR",
        (*_LEFT_RIGHT, _NAME, "leftlocalbreakpoint", "rightlocalbreakpoint", "junctionreadcount|est_j"),
        rank=1,
    ),
    Known("ctat-lr-fusion", "star_fusion:CTAT_LR", (*_LEFT_RIGHT, _NAME, "num_lr"), rank=2),
    Known("dragen", "dragen", (*_LEFT_RIGHT, "fusiongene", "score")),
    Known("pcgr", "pcgr", (*_LEFT_RIGHT, "fusiongene", "splitreads"), rank=-1),
    Known(
        "fusioncatcher",
        "fusioncatcher",
        ("gene_1_symbol(5end_fusion_partner)", "gene_2_symbol(3end_fusion_partner)"),
    ),
    Known(
        "fusion-report",
        "fusion_report",
        ("fusion", "databases|found in database|tools hits|fusion indication index (fii)"),
    ),
    Known("jaffa", "jaffa", ("fusion genes", "base1", "base2", "chrom1", "chrom2"), callers=("jaffa", "jaffal")),
    Known("pizzly", "pizzly", ("genea.name", "geneb.name")),
    Known(
        "squid",
        "squid",
        (
            "chrom1",
            "start1",
            "end1",
            "chrom2",
            "start2",
            "end2",
            "strand1",
            "strand2",
            "type|fusedgenes|num_concordantfrag_bp1",
        ),
    ),
    Known("ericscript", "ericscript", ("genename1", "genename2", "breakpoint1", "breakpoint2")),
    Known("defuse", "defuse", ("gene_name1", "gene_name2", "genomic_break_pos1", "genomic_break_pos2")),
    Known("fusionmap", "fusionmap", ("fusionid", "knowngene1", "knowngene2", "position1", "position2")),
    Known(
        "integrate-bedpe",
        "integrate:BEDPE",
        ("chr5p|chr 5p", "chr3p|chr 3p", "gene5p|5p", "gene3p|3p"),
        callers=("integrate",),
    ),
    Known("integrate-breakpoints", "integrate:BREAKPOINTS", ("5p", "3p", "rna_bk1", "rna_bk2"), callers=("integrate",)),
    Known("integrate-exons", "integrate:EXONS", ("5p", "3p", "5p_exon", "3p_exon"), callers=("integrate",)),
    Known("integrate-summary", "integrate:SUMMARY", ("fusion_candidate", "5_prime", "3_prime"), callers=("integrate",)),
    Known("star-seqr", "star_seqr", ("brkpt_left", "brkpt_right", "left_symbol|name")),
    Known("pbfusion", "pbfusion", ("chr1", "start1", "chr2", "start2", "strand1", "strand2", "info")),
    Known("fusionseeker", "fusionseeker", ("gene1", "gene2", "chrom1", "breakpoint1", "chrom2", "breakpoint2")),
    Known(
        "cbioportal-sv",
        "cbioportal:SV",
        ("site1_hugo_symbol|site1_entrez_gene_id", "site2_hugo_symbol|site2_entrez_gene_id"),
        callers=("cbioportal",),
    ),
    Known(
        "cbioportal-fusions",
        "cbioportal:FUSIONS",
        ("hugo_symbol", "fusion", "tumor_sample_barcode|center|entrez_gene_id|dna_support|frame"),
        callers=("cbioportal",),
    ),
    Known(
        "tso500-allfusions",
        "tso500:ALL_FUSIONS",
        ("gene a", "gene b", "gene a breakpoint|breakpoint a", "gene b breakpoint|breakpoint b"),
        callers=("tso500", "trusight"),
    ),
    Known(
        "tso500-ctdna",
        "tso500:CTDNA",
        ("chr1", "pos1", "chr2", "pos2", "gene1", "gene2", "contig|direction|alt_depth"),
        callers=("tso500", "trusight"),
    ),
    Known("easyfuse", "easyfuse", ("bpid|fgid", "fusion_gene", "ft_junc_cnt|frame|ftid|junction_reads")),
    Known(
        "mapsplice",
        "mapsplice",
        ("doner_end|donor_end", "acceptor_start", "annotated_gene_donor", "annotated_gene_acceptor"),
    ),
    Known(
        "linx", "linx", ("fiveprimebreakendid|name", "phased", "fusedexonup", "fusedexondown", "genestart", "geneend")
    ),
    Known(
        "linx-vis",
        "linx:VIS",
        ("genenameup", "chrup", "posup", "genenamedown", "chrdown", "posdown"),
        callers=("linx",),
    ),
    Known("annofuse", "annofuse", ("fusionname", "gene1a", "gene1b"), rank=3),
    Known("cicero", "cicero", ("genea", "geneb", "chra", "chrb", "posa", "posb", "orta", "ortb", "sv_ort")),
    Known(
        "isofox",
        "isofox",
        (
            *("chrup|chromosomeup", "posup|positionup", "chrdown|chromosomedown", "posdown|positiondown"),
            *("junctypeup|junctiontypeup", "junctypedown|junctiontypedown", "splitfrags|splitfragments"),
        ),
        rank=1,
    ),
    Known(
        "mavis",
        "mavis",
        (
            *("break1_chromosome", "break1_position_start", "break1_orientation", "gene1"),
            *("break2_chromosome", "break2_position_start", "break2_orientation", "gene2"),
        ),
    ),
    Known("archer-isoforms", "archer:ISOFORMS", ("gene_arms|genes|fusion", "breakpoint_signature"), callers=("archer",)),
    Known(
        "iannotatesv",
        "iannotatesv",
        ("chr1", "pos1", "str1", "chr2", "pos2", "str2", "gene1", "gene2", "site1", "site2"),
    ),
    Known("oncokb-fusions", "oncokb:FUSIONS", ("tumor_sample_barcode", "fusion"), callers=("oncokb",), rank=-1),
    Known(
        "oncokb-sv",
        "oncokb:SV",
        (
            "tumor_sample_barcode|sample_id",
            *("genea|site1_gene|gene1", "geneb|site2_gene|gene2", "sv_type|sv_class_name|class"),
        ),
        callers=("oncokb",),
        rank=-1,
    ),
    Known("soapfuse", "soapfuse", ("up_gene", "up_genome_pos", "dw_gene", "dw_genome_pos")),
    Known("infusion", "soapfuse:INFUSION", ("ref1", "break_pos1", "ref2", "break_pos2", "num_split")),
)

OTHERS: tuple[Known, ...] = (
    Known(
        "vcf",
        "vcf",
        callers=("vcf", "manta", "delly", "gridss", "lumpy", "svaba", "smoove", "sv"),
        looks=_starts(r"##fileformat=VCF", r"#CHROM\tPOS\tID\tREF\tALT"),
        rank=1,
    ),
    Known(
        "tso500-combined",
        "tso500:COMBINED",
        callers=("tso500", "trusight"),
        looks=_starts(r'"?\[(DNA |RNA )?Fusions\]', r'"?\[Analysis Details\]'),
        rank=1,
    ),
    Known(
        "fusion-report-json", "fusion_report:JSON", callers=("fusion-report",), looks=_first(r"[\[{]\s*($|[\"{\]}])")
    ),
    Known(
        "foundation-xml",
        "foundation",
        callers=("foundation",),
        looks=_first(r"<\?xml|<!|<(\w+:)?(ResultsReport|variant-report|rr)"),
    ),
    Known("longgf", "longgf", looks=_starts(r"(Sum)?GF\t")),
    Known(
        "metafusion-cff",
        "metafusion",
        callers=("metafusion",),
        looks=_most(r"(chr)?[\w.]+\t-?\d+\t(\+|-|\.|NA)\t(chr)?[\w.]+\t-?\d+\t(\+|-|\.|NA)\t(DNA|RNA|NA)\t"),
    ),
    Known("genefuse", "genefuse", looks=_starts(r"# ?(Fusion|Deletion): .*___", r"# GeneFuse\b"), rank=1),
    Known("archer", "archer", looks=_starts(r".*?FCA_\d+_GENES_UNIQUE\b"), rank=1),
    Known(
        "mapsplice-raw",
        "mapsplice_raw",
        callers=("mapsplice",),
        looks=_most(r"[\w.]+~[\w.]+\t\d+\t\d+\t\S+\t\d+\t[+-]{2}\t"),
    ),
    Known(
        "fusion-names",
        "name_lists:NAMES",
        looks=_most(r"(?=\S{2,120}$)[^\s,;]*?(--|::)[^\s,;]*$"),
        rank=-1,
        callers=("fusion-report",),
    ),
    Known("fusioncatcher-summary", "name_lists:SUMMARY", looks=_starts(r"very short summary of found candidate"), rank=1),
)

#: Formats that are told by words, not by a layout of their own: tried, in this order, where no other format fits.
LAST: tuple[Known, ...] = (
    Known("generic", "generic", callers=("generic", "fusion-list")),
    Known("name-list", "name_lists:LIST"),
)

ALL: tuple[Known, ...] = TABLES + OTHERS + LAST


def plain(name: str) -> str:
    """Return a caller or format name without case, blanks and punctuation."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def formats() -> tuple[str, ...]:
    """Return the names ``--caller`` accepts: formats and the callers that write them."""
    return tuple(sorted({name for known in ALL for name in (known.name, *known.callers)}))


def installed() -> dict[str, Reader]:
    """Return the readers that other packages install under the entry point group, by name."""
    from importlib.metadata import entry_points

    built_in = {plain(name) for known in ALL for name in (known.name, *known.callers)}
    found: dict[str, Reader] = {}
    for entry in entry_points(group=GROUP):
        if plain(entry.name) not in built_in:
            found[entry.name] = entry.load()
    return found


def _best(candidates: Iterable[Known], document: Document) -> Known | None:
    ranked = sorted(candidates, key=lambda known: -known.rank)
    if not ranked:
        return None
    tied = [known.name for known in ranked if known.rank == ranked[0].rank]
    if len(tied) > 1:
        raise ReaderError(
            "several formats fit this file",
            where=document.name,
            allowed=tied,
            remedy=f"say which one with --caller, for example --caller {tied[0]}",
        )
    return ranked[0]


def _recognised_by(reader: Reader, document: Document) -> tuple[Header | None] | None:
    """Ask an installed reader: by its ``recognises`` method, else a table reader by its required columns."""
    recognises = getattr(reader, "recognises", None)
    if recognises is not None:
        return (None,) if recognises(document) else None
    if isinstance(reader, TableReader) and reader.required:
        try:
            return (reader.find(document),)
        except ReaderError:
            return None
    return None


def recognise(document: Document) -> tuple[Known | Reader, Header | None]:
    """Return the format of a document by its content, with the header line of a table.

    Raises:
        ReaderError: No format fits, or several do; names the closest ones and ``--caller``.
    """
    known = _best((other for other in OTHERS if other.looks is not None and other.looks(document)), document)
    if known is not None and known.rank > 0:
        return known, None
    closest: dict[str, float] = {}
    seen = -1
    matched: list[Known] = []
    head: Header | None = None
    for header in headers(document):
        if head is not None and header.index != seen:
            break
        names = frozenset(map(key, header.names))
        fitting = [table for table in TABLES if table.fits(names)]
        if fitting and head is None:
            matched, head, seen = fitting, header, header.index
        elif not fitting and head is None:
            for table in TABLES:
                closest[table.name] = max(closest.get(table.name, 0.0), table.share(names))
    best = _best(matched, document)
    if best is not None:
        return best, head
    for reader in installed().values():
        if (found := _recognised_by(reader, document)) is not None:
            return reader, found[0]
    if known is not None:
        return known, None
    for last in LAST:
        if last.load().recognises(document):  # type: ignore[attr-defined]
            return last, None
    likely = [name for name, share in sorted(closest.items(), key=lambda item: -item[1]) if share >= 0.5][:5]
    raise ReaderError(
        "the format is not recognised" + (f" (closest: {', '.join(likely)})" if likely else ""),
        where=document.name,
        allowed=formats(),
        remedy="say which caller wrote the file with --caller, or give a generic table (docs/reference/formats.md)",
    )


def by_caller(name: str, document: Document) -> tuple[Known | Reader, Header | None]:
    """Return the format a caller writes; where it writes several, the one that fits the document.

    Raises:
        ReaderError: No reader knows the caller.
    """
    wanted = plain(name)
    fits = [known for known in ALL if wanted in {plain(n) for n in (known.name, *known.callers)}]
    if not fits:
        for installed_name, reader in installed().items():
            if plain(installed_name) == wanted:
                return reader, None
        raise ReaderError("no reader for this caller", where=document.name, value=name, allowed=formats())
    exact = [known for known in fits if plain(known.name) == wanted]
    if len(exact) == 1 and len(fits) == 1:
        return exact[0], None
    for known in fits:
        if known.looks is not None and known.looks(document):
            return known, None
    for header in headers(document):
        names = frozenset(map(key, header.names))
        table = _best((known for known in fits if known.fits(names)), document)
        if table is not None:
            return table, header
    return (exact or fits)[0], None
