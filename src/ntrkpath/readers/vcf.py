"""VCF 4.x: structural variants (Manta, DELLY, GRIDSS, LUMPY ...), RNA fusions, and annotated protein changes.

One junction for each new adjacency. Sides are not ordered 5' to 3'; ``retained`` says which side of each position the
adjacency keeps. Both mates of a breakend pair give one junction. Genes come from annotations, where there are any:
else the verdict looks them up by position. Codon numbers differ between isoforms, so every change names its transcript.
"""

from __future__ import annotations

import msgspec

from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import Breakpoint, Level
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._loci import NAMED
from ntrkpath.readers._result import Tells
from ntrkpath.readers._signature import Format, Opening
from ntrkpath.readers._table import Header
from ntrkpath.readers._text import Document
from ntrkpath.readers._vcf_adjacency import ASSAYS, adjacencies
from ntrkpath.readers._vcf_header import VcfHeader
from ntrkpath.readers._vcf_record import Record
from ntrkpath.readers.vcf_annotations import genes_at, take_changes
from ntrkpath.readers.vcf_rna import is_named, named_events


class _Vcf:
    name = "vcf"

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read all structural variants and annotated small variants."""
        found, first = _header(document)
        _state(found, collector)
        small: list[Record] = []
        structural: list[Record] = []
        declared = found.structural
        for number in range(first + 1, len(document.lines) + 1):
            line = document.lines[number - 1]
            if not line.strip() or line.startswith("#"):
                continue
            collector.place(line.partition("\t")[0], number)
            wanted = collector.wants(line)
            declared = declared or "SVTYPE=" in line
            if not wanted and (number < len(document.lines) or document.ended):
                continue
            try:
                record = Record(found.columns, number, line, found.tumours)
            except RowError as error:
                collector.problem(number, line, error)
                continue
            if wanted:
                (structural if record.kind else small).append(record)
        found.structural = declared or bool(structural)
        if any(is_named(record) for record in structural):
            found.level = "rna"
        self._settle(found, collector, small)
        for record in small:
            _small(record, found, collector)
        self._junctions(named_events(structural, collector), found, collector)

    @staticmethod
    def _settle(header: VcfHeader, collector: Collector, small: list[Record]) -> None:
        """Say what the file can tell: fusions by its structural variants, mutations by its annotation."""
        tells: list[Tells] = []
        if header.structural:
            tells.append(f"{header.level}_fusions")  # type: ignore[arg-type]
        else:
            collector.not_told.append(
                "Fusions: the VCF holds no structural variants, and its header is of no caller of them."
            )
        if header.structural and not header.annotated and header.level == "dna" and collector.asks_for_others:
            collector.not_told.append(
                "Fusions of other genes than NTRK1, NTRK2 and NTRK3: the VCF names no genes (no ANN, no CSQ)."
            )
        if header.annotated and (small or not header.caller):
            tells.append("mutations")
        elif not header.annotated and not header.caller:
            collector.not_told.append(
                "Protein changes: the VCF carries no annotation (INFO/ANN of SnpEff, INFO/CSQ of VEP); none is derived "
                "from coordinates."
            )
        collector.tells = tuple(tells)

    def _junctions(self, records: list[Record], header: VcfHeader, collector: Collector) -> None:
        partners = {record.id: record for record in records if record.id not in {"", "."}}
        done: set[object] = set()
        for record in records:
            try:
                found = list(adjacencies(record))
                carriers = record.carriers() if found else []
            except RowError as error:
                collector.problem(record.line, record.raw, error)
                continue
            mate = partners.get(record.info.get("MATEID", record.info.get("PARID", "")).split(",")[0])
            if not found and record.kind in ASSAYS and NAMED.search(record.raw):
                collector.explain(record.line)
                collector.note(record.line, f"{record.kind}: an assay without a junction, not judged")
            for sides in found:
                event = _event(record, mate, sides)
                if event & done:
                    continue
                done |= event
                try:
                    one, two, ordered = _ordered(record, mate, _annotated(record, mate, *sides, header), header.level)
                    _add(record, one, two, collector, header.level, ordered, carriers)
                except RowError as error:
                    collector.problem(record.line, record.raw, error)


_Sides = tuple[Breakpoint, Breakpoint]


def _event(record: Record, mate: Record | None, sides: _Sides) -> set[object]:
    """Return what an event is known by: a pair is one whether its mates name each other or only share positions."""
    place = tuple(sorted(((s.chromosome, s.position or 0, s.retained or "") for s in sides), key=str))
    return {place} if mate is None else {place, frozenset((record.id, mate.id))}


def _ordered(record: Record, mate: Record | None, sides: _Sides, level: Level) -> tuple[Breakpoint, Breakpoint, bool]:
    """Return the sides, and whether the first is 5' (RNA callers mark that record); others stand by their place."""
    if "RNA_FIRST" in record.info:
        return *sides, True
    if level == "rna" and mate is not None and "RNA_FIRST" in mate.info:
        return *sides[::-1], True
    one, two = sorted(sides, key=_sort_key)
    return one, two, False


def _header(document: Document) -> tuple[VcfHeader, int]:
    """Return the header and the index of the line below it.

    Raises:
        ReaderError: There is no #CHROM line.
    """
    meta: list[str] = []
    for index, line in enumerate(document.lines):
        if line.startswith("##"):
            meta.append(line)
        elif line.startswith("#"):
            columns = line.lstrip("#").split("\t")
            if len(columns) < 8:
                raise ReaderError(
                    "the #CHROM line of the VCF is cut short", where=document.where(index + 1),
                    allowed="eight columns or more, separated by tabs",
                )  # fmt: skip
            return VcfHeader(meta, columns), index + 1
        elif line.strip():
            break
    raise ReaderError("the VCF has no #CHROM line", where=document.name, remedy="give the file with its header")


def _state(header: VcfHeader, collector: Collector) -> None:
    """Hand on what the header says of assembly, caller and samples."""
    collector.assembly = header.assembly
    collector.foreign = header.foreign
    if header.contradiction is not None:
        collector.note(None, header.contradiction)
    if collector.caller == "vcf":
        collector.caller = header.caller or "vcf"
    names = [name for column in header.tumours if (name := header.sample_name(column)) is not None]
    for name in names:
        collector.state_sample(name)
    if len(header.tumours) == 1 and names:
        collector.sample = names[0]


def _small(record: Record, header: VcfHeader, collector: Collector) -> None:
    try:
        take_changes(record, header, collector, record.carriers())
    except RowError as error:
        collector.problem(record.line, record.raw, error)


def _annotated(record: Record, mate: Record | None, one: Breakpoint, two: Breakpoint, header: VcfHeader) -> _Sides:
    """Return the sides with the genes that the annotation of each mate names at its own position."""
    if not header.annotated:
        return one, two
    named = []
    for side, own in ((one, record), (two, mate)):
        gene, others = _cells.genes(genes_at(own, header)) if own is not None and side.gene is None else (None, ())
        named.append(msgspec.structs.replace(side, gene=gene, others=others) if gene else side)
    return named[0], named[1]


def _add(
    record: Record,
    one: Breakpoint,
    two: Breakpoint,
    collector: Collector,
    level: Level,
    ordered: bool,
    carriers: list[str | None],
) -> None:
    standing, words = record.judged
    if not carriers:
        collector.explain(record.line)
        collector.note(record.line, "the genotype says that the tumour does not carry it: no event")
    for column in carriers:
        collector.add(
            collector.junction(
                one,
                two,
                record.line,
                record.raw,
                sample=VcfHeader.sample_name(column) if column else None,
                level=level,
                ordered=ordered,
                support=record.support(column),
                standing=standing,
                filtered=words,
            )
        )


def _sort_key(side: Breakpoint) -> tuple[bool, str, int, str]:
    return side.position is None, side.chromosome or "", side.position or 0, side.retained or ""


READER = _Vcf()


FORMATS = (
    Format(
        reader=READER,
        file="VCF 4.x: structural variants, RNA fusions, small variants with ANN or CSQ",
        seen="real (INTEGRATE), built (the others)",
        callers=("vcf", "manta", "delly", "gridss", "lumpy", "svaba", "smoove", "sv"),
        opening=Opening("any", r"##fileformat=VCF|#CHROM\tPOS\tID\tREF\tALT"),
        rank=1,
        level="dna",
        tells=("dna_fusions", "mutations"),
        cannot="fusions only with structural variants, mutations only with an annotation",
        order="not ordered; brackets, CT, STRANDS, INV3/INV5 give the kept sides",
        support="split, pairs, total",
        standing="`FILTER`",
        specimen=(
            "##fileformat=VCFv4.2\n##source=GenerateSVCandidates 1.6.0\n"
            "##contig=<ID=chr12,length=133851895>\n"
            "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n"
            "chr12\t12022950\tb1\tN\tN[chr15:88484100[\t300\tPASS\tSVTYPE=BND;MATEID=b2\tGT:PR:SR\t0/1:20,9:18,7\n"
            "chr15\t88484100\tb2\tN\t]chr12:12022950]N\t300\tPASS\tSVTYPE=BND;MATEID=b1\tGT:PR:SR\t0/1:20,9:18,7\n"
        ),
    ),
)
