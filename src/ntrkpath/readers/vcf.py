"""Structural variants in VCF 4.x (Manta, DELLY, GRIDSS, LUMPY ...): one junction for each new adjacency, DNA.

Sides are not ordered 5' to 3'; ``retained`` says which side of each position the adjacency keeps. Both mates of a
breakend pair give one junction. Genes are not named in these files: the verdict looks them up by position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import Assembly, Breakpoint, Junction, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._table import Header
from ntrkpath.readers._text import Document

Keeps = Literal["left", "right"]

_BREAKEND = re.compile(r"^([^\[\]]*)([\[\]])<?([^\[\]<>]+)>?:(\d+)([\[\]])([^\[\]]*)$")
_CONTIG = re.compile(r"##contig=<.*?\bID=(?:chr)?([^,>]+).*?\blength=(\d+)", re.IGNORECASE)
_CT = re.compile(r"([35])to([35])", re.IGNORECASE)
_STRANDS = re.compile(r"([+-])([+-])")
_LONGEST_CONTIG_LINE = 2000
_LENGTHS: dict[tuple[str, int], Assembly] = {
    ("1", 249_250_621): "GRCh37",
    ("9", 141_213_431): "GRCh37",
    ("15", 102_531_392): "GRCh37",
    ("1", 248_956_422): "GRCh38",
    ("9", 138_394_717): "GRCh38",
    ("15", 101_991_189): "GRCh38",
}
#: Words in the header by which the caller is known.
_CALLERS = (
    ("fusioncatcher", "fusioncatcher"),
    ("fucion junction", "integrate"),
    ("generatesvcandidates", "manta"),
    ("manta", "manta"),
    ("gridss", "gridss"),
    ("delly", "delly"),
    ("lumpy", "lumpy"),
    ("smoove", "lumpy"),
    ("svaba", "svaba"),
)
_PLACEHOLDER_SAMPLES = frozenset({"tumor", "tumour", "normal", "sample", "sample_tumor", "none"})


class Record:
    """One data line: fixed columns by name, INFO as a mapping (flags map to ``""``), and the tumour's FORMAT."""

    __slots__ = ("alt", "chromosome", "filter", "id", "info", "line", "position", "raw", "ref", "values")

    def __init__(self, cells: dict[str, str], line: int, raw: str, sample: str | None) -> None:
        chromosome, position = _cells.chromosome(cells.get("chrom", "")), _cells.position(cells.get("pos", ""))
        if chromosome is None or position is None:
            raise RowError("a record without chromosome or position")
        self.chromosome = chromosome
        self.position = position
        self.id = cells.get("id", ".")
        self.ref = cells.get("ref", "")
        self.alt = cells.get("alt", "")
        self.filter = cells.get("filter", ".")
        self.line = line
        self.raw = raw
        self.info = {key: text for key, _, text in (part.partition("=") for part in cells.get("info", "").split(";"))}
        keys = cells.get("format", "").split(":")
        self.values = dict(zip(keys, cells.get(sample, "").split(":"), strict=False)) if sample else {}

    @property
    def kind(self) -> str:
        """The SVTYPE, or the symbolic allele's type, in upper case."""
        named = self.info.get("SVTYPE") or (self.alt.strip("<>") if self.alt.startswith("<") else "")
        return named.partition(":")[0].upper()

    def count(self, name: str) -> int | None:
        """Return a count from INFO, or from FORMAT (the alternative's, where it holds ``ref,alt``)."""
        text = self.info.get(name) or self.values.get(name, "")
        return _cells.count(text.split(",")[-1])

    @property
    def failed(self) -> str | None:
        """The FILTER, unless the call passed."""
        return _cells.failed(self.filter)


def _support(record: Record) -> Support:
    split = record.count("RV") if "RV" in record.values else record.count("SR")
    pairs = next(
        (n for key in ("DV", "PR", "PE", "RP", "DR") if (n := record.count(key)) is not None),
        None,
    )
    return Support(split, pairs, next((n for key in ("VF", "SU") if (n := record.count(key)) is not None), None))


def _end(record: Record) -> int:
    end = _cells.position(record.info.get("END", "").split(",")[0])
    if end is None and (length := _cells.count(record.info.get("SVLEN", "").split(",")[0].lstrip("-"))):
        end = record.position + length
    if end is None and len(record.ref) > 1:
        end = record.position + len(record.ref) - 1
    if end is None:
        raise RowError("a record without END, SVLEN or a written-out allele")
    return end


def _connection(record: Record) -> tuple[Keeps | None, Keeps | None] | None:
    """Return what each side keeps by CT (DELLY) or STRANDS (LUMPY and others), if stated once."""
    if found := _CT.search(record.info.get("CT", "")):
        first, second = found.groups()
        return ("left" if first == "3" else "right"), ("left" if second == "3" else "right")
    marks = _STRANDS.findall(record.info.get("STRANDS", record.info.get("STRAND", "")))
    if len(set(marks)) == 1:
        return _cells.retained(marks[0][0]), _cells.retained(marks[0][1])
    return None


def _at(chromosome: str, position: int, keeps: Keeps | None) -> Breakpoint:
    return Breakpoint(chromosome=chromosome, position=position, retained=keeps)


def _breakend(record: Record) -> tuple[Breakpoint, Breakpoint] | None:
    found = _BREAKEND.match(record.alt)
    if found is None:
        alt = record.alt
        if len(alt) > 1 and (alt.endswith(".") or alt.startswith(".")):
            return _at(record.chromosome, record.position, "left" if alt.endswith(".") else "right"), Breakpoint()
        return None
    before, bracket, chromosome, place, closing, after = found.groups()
    if bracket != closing or bool(before) == bool(after):
        raise RowError(f"not a breakend: {record.alt[:60]!r}")
    mate = _cells.chromosome(chromosome)
    position = _cells.position(place)
    if mate is None or position is None:
        raise RowError(f"a breakend without a mate position: {record.alt[:60]!r}")
    return (
        _at(record.chromosome, record.position, "left" if before else "right"),
        _at(mate, position, "right" if bracket == "[" else "left"),
    )


def adjacencies(record: Record) -> Iterator[tuple[Breakpoint, Breakpoint]]:
    """Yield the new adjacencies of a record; an inversion without orientation has two, other variants none.

    Raises:
        RowError: The record claims a type but lacks what that type needs.
    """
    kind = record.kind
    paired = _breakend(record)
    if paired is not None:
        yield paired
        return
    chromosome, start = record.chromosome, record.position
    if kind in {"TRA", "BND", "TRANSLOCATION"}:
        mate = _cells.chromosome(record.info.get("CHR2", ""))
        position = _cells.position(record.info.get("POS2") or record.info.get("END", ""))
        if mate is None or position is None:
            raise RowError("a translocation without CHR2 and its position")
        keeps = _connection(record) or (None, None)
        yield _at(chromosome, start, keeps[0]), _at(mate, position, keeps[1])
    elif kind == "DEL":
        yield _at(chromosome, start, "left"), _at(chromosome, _end(record) + 1, "right")
    elif kind == "DUP":
        yield _at(chromosome, start + 1, "right"), _at(chromosome, _end(record), "left")
    elif kind == "INV":
        end = _end(record)
        stated = _connection(record)
        if "INV3" in record.info or stated == ("left", "left"):
            sides: tuple[Keeps, ...] = ("left",)
        elif "INV5" in record.info or stated == ("right", "right"):
            sides = ("right",)
        else:
            sides = ("left", "right")
        for side in sides:
            shift = 1 if side == "right" else 0
            yield _at(chromosome, start + shift, side), _at(chromosome, end + shift, side)


def _sort_key(side: Breakpoint) -> tuple[bool, str, int, str]:
    return side.position is None, side.chromosome or "", side.position or 0, side.retained or ""


class _Vcf:
    name = "vcf"

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read all structural variants; both mates of a pair give one junction."""
        columns: list[str] = []
        meta: list[str] = []
        sample: str | None = None
        assembly: Assembly | None = None
        records: list[Record] = []
        for number, line in enumerate(document.lines, 1):
            if line.startswith("##"):
                meta.append(line)
                continue
            if line.startswith("#"):
                columns = [name.strip() for name in line.lstrip("#").split("\t")]
                fixed = [name.lower() for name in columns[:9]]
                columns[:9] = fixed
                sample = _tumour(columns[9:])
                continue
            if not line.strip():
                continue
            if not columns:
                raise ReaderError(
                    "the VCF has no #CHROM line", where=document.where(number), remedy="give the file with its header"
                )
            if not collector.wants(line):
                continue
            cells = line.split("\t")
            try:
                if len(cells) < 8:
                    raise RowError(f"the row has {len(cells)} columns, a VCF record at least 8")
                records.append(Record(dict(zip(columns, cells, strict=False)), number, line, sample))
            except RowError as error:
                collector.problem(number, line, error)
        if not columns:
            raise ReaderError("the VCF has no #CHROM line", where=document.name, remedy="give the file with its header")
        text = "\n".join(meta).lower()
        assembly = _assembly(meta)
        label = next((name for word, name in _CALLERS if word in text), None)
        if collector.caller == "vcf":
            collector.caller = label or "vcf"
        if sample is not None and sample.lower() not in _PLACEHOLDER_SAMPLES:
            collector.sample = sample
        self._junctions(records, collector, assembly, "id=rna_first" in text)

    def _junctions(self, records: list[Record], collector: Collector, assembly: Assembly | None, rna: bool) -> None:
        from ntrkpath.readers.vcf_rna import named_events

        left = named_events(records, collector, assembly)
        partners = {record.id: record for record in left if record.id not in {"", "."}}
        done: set[object] = set()
        for record in left:
            try:
                found = list(adjacencies(record))
            except RowError as error:
                collector.problem(record.line, record.raw, error)
                continue
            kept = []
            mate = partners.get(record.info.get("MATEID", record.info.get("PARID", "")).split(",")[0])
            for one, two in found:
                # A pair is one event whether its mates point to each other by name or only by position.
                place = tuple(sorted(((s.chromosome, s.position or 0, s.retained or "") for s in (one, two)), key=str))
                names = frozenset((record.id, mate.id)) if mate is not None else place
                if names in done or place in done:
                    continue
                done.update((names, place))
                first_is_five = "RNA_FIRST" in record.info
                if rna and not first_is_five and mate is not None and "RNA_FIRST" in mate.info:
                    one, two = two, one
                    first_is_five = True
                elif not first_is_five:
                    one, two = sorted((one, two), key=_sort_key)
                kept.append(
                    self._junction(record, one, two, collector, assembly, "rna" if rna else "dna", first_is_five)
                )
            if kept:
                collector.add(kept)

    @staticmethod
    def _junction(
        record: Record,
        one: Breakpoint,
        two: Breakpoint,
        collector: Collector,
        assembly: Assembly | None,
        level: Literal["rna", "dna"],
        ordered: bool,
    ) -> Junction:
        return collector.junction(
            one,
            two,
            record.line,
            record.raw,
            assembly=assembly,
            level=level,
            ordered=ordered,
            support=_support(record),
            filtered=record.failed,
        )


def _tumour(samples: list[str]) -> str | None:
    """Return the column of the tumour: the one named so, else the last that is not the normal."""
    for name in samples:
        if "tumo" in name.lower():
            return name
    others = [name for name in samples if "normal" not in name.lower()]
    return others[-1] if others else samples[-1] if samples else None


def _assembly(meta: list[str]) -> Assembly | None:
    """Return the assembly by contig lengths, else by the name of the reference."""
    for line in meta:
        found = _CONTIG.match(line) if len(line) < _LONGEST_CONTIG_LINE else None
        if found and (known := _LENGTHS.get((found[1], int(found[2][:12])))):
            return known
    for line in meta:
        key, _, text = line.partition("=")
        if key.lower() in {"##reference", "##assembly", "##genome"} and (named := _cells.assembly(text)):
            return named
    return None


READER = _Vcf()
