"""The new adjacencies of a structural variant in VCF: which side of each position is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from ntrkpath.model.fusion import Breakpoint
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._loci import NAMED, locus_gene
from ntrkpath.readers._vcf_record import Record

Keeps = Literal["left", "right"]

_BREAKEND = re.compile(r"^([^\[\]]*)([\[\]])<?([^\[\]<>]+)>?:(\d+)([\[\]])([^\[\]]*)$")
_CT = re.compile(r"([35])to([35])", re.IGNORECASE)
_STRANDS = re.compile(r"([+-])([+-])")
#: Records of targeted panels (Oncomine) that measure expression or its imbalance, and join nothing.
ASSAYS = frozenset(
    {"EXPRCONTROL", "PROCCONTROL", "5P3PASSAYS", "ASSAYS_5P_3P", "RNAEXONVARIANT", "GENEEXPRESSION", "RNAEXONTILES"}
)
#: Types that join nothing: small variants, insertions, copy numbers.
_NO_ADJACENCY = frozenset(
    {"", "INS", "CNV", "LOH", "MEI", "SNV", "SNP", "MNP", "INDEL", "AMP", "GAIN", "LOSS", "NON_REF"}
)


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
    elif kind not in _NO_ADJACENCY | ASSAYS and (locus_gene(chromosome, start) or NAMED.search(record.raw)):
        raise RowError(f"a structural variant of a type that is not read: {kind[:30]}")
