"""VCF written by RNA fusion callers: FusionCatcher, INTEGRATE, Oncomine and nf-core/rnafusion name genes and order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ntrkpath.model.fusion import Assembly, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector

if TYPE_CHECKING:
    from ntrkpath.readers.vcf import Record

_INTEGRATE = re.compile(r"^(bnd_\d+_(.+)_(.+))_([53])p$")
_ONCOMINE = re.compile(r"^(.+)_([12])$")


def _end_of(record: Record) -> tuple[str, str, bool] | None:
    """Return kind, event and whether this is the 5' end, for a record that is one end of a named event."""
    info = record.info
    if "GENE5" in info and "GENE3" in info and info.get("END") in {"5", "3"}:
        return "fusioncatcher", info.get("EVENT") or record.id[:-3], info["END"] == "5"
    if found := _INTEGRATE.match(record.id):
        return "integrate", found[1], found[4] == "5"
    if record.kind == "FUSION" and (found := _ONCOMINE.match(record.id)):
        return "oncomine", found[1], found[2] == "1"
    return None


def _pair(kind: str, five: Record, three: Record, collector: Collector, assembly: Assembly | None) -> None:
    info = five.info
    genes = {
        "fusioncatcher": lambda: (info["GENE5"], info["GENE3"]),
        "integrate": lambda: (_INTEGRATE.sub(r"\2", five.id), _INTEGRATE.sub(r"\3", five.id)),
        "oncomine": lambda: (info.get("GENE_NAME", ""), three.info.get("GENE_NAME", "")),
    }[kind]()
    catcher = kind == "fusioncatcher"
    reads = five.count("READ_COUNT")
    effect = info.get("EFFECT", "")
    collector.add(
        collector.junction(
            _cells.side(
                genes[0],
                (five.chromosome, five.position, _cells.strand(info.get("STRAND", "")) if catcher else None),
                exon=_cells.count(info.get("EXON_NUM", "")),
            ),
            _cells.side(
                genes[1],
                (
                    three.chromosome,
                    three.position,
                    _cells.strand(three.info.get("STRAND", "")) if catcher else None,
                ),
                exon=_cells.count(three.info.get("EXON_NUM", "")),
            ),
            five.line,
            five.raw,
            caller=kind,
            assembly=assembly,
            tolerance=1 if kind == "oncomine" else 0,
            frame=_cells.frame(effect),
            call=_cells.value(effect),
            support=Support(five.count("SR"), five.count("SP"), reads),
            filtered=five.failed,
        )
    )


def _single(record: Record, collector: Collector, assembly: Assembly | None) -> None:
    """nf-core/rnafusion: one record holds both ends (GENEA, CHRA, POSA, ORIENTATION ``+,-``)."""
    info = record.info
    strands = [*info.get("ORIENTATION", "").split(","), "", ""][:2]
    sides = [
        _cells.side(
            info.get(f"GENE{n}", ""),
            (_cells.chromosome(info.get(f"CHR{n}", "")), _cells.position(info.get(f"POS{n}", "")), _cells.strand(mark)),
        )
        for n, mark in zip("AB", strands, strict=True)
    ]
    frame = info.get("FRAME_STATUS", "")
    collector.add(
        collector.junction(
            sides[0],
            sides[1],
            record.line,
            record.raw,
            caller="rnafusion",
            assembly=assembly,
            frame=_cells.frame(frame),
            call=_cells.value(frame),
            filtered=record.failed,
        )
    )


def named_events(records: list[Record], collector: Collector, assembly: Assembly | None) -> list[Record]:
    """Take the records of RNA fusion callers into the collector and return the rest, in order."""
    rest: list[Record] = []
    ends: dict[tuple[str, str], dict[bool, Record]] = {}
    for record in records:
        try:
            if "GENEA" in record.info and "POSA" in record.info:
                _single(record, collector, assembly)
                continue
        except RowError as error:
            collector.problem(record.line, record.raw, error)
            continue
        end = _end_of(record)
        if end is None:
            rest.append(record)
        else:
            ends.setdefault(end[:2], {})[end[2]] = record
    for (kind, _), both in ends.items():
        some = next(iter(both.values()))
        try:
            if len(both) != 2:
                raise RowError("the other end of this fusion is missing")
            _pair(kind, both[True], both[False], collector, assembly)
        except RowError as error:
            collector.problem(some.line, some.raw, error)
    return rest
