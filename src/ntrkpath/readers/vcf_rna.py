"""VCF written by RNA fusion callers: FusionCatcher, INTEGRATE, Oncomine and nf-core/rnafusion name genes and order."""

from __future__ import annotations

import re

from ntrkpath.model.fusion import Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._vcf_header import VcfHeader
from ntrkpath.readers._vcf_record import Record

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


def _pair(kind: str, five: Record, three: Record, collector: Collector) -> None:
    info = five.info
    genes = {
        "fusioncatcher": lambda: (info["GENE5"], info["GENE3"]),
        "integrate": lambda: (_INTEGRATE.sub(r"\2", five.id), _INTEGRATE.sub(r"\3", five.id)),
        "oncomine": lambda: (info.get("GENE_NAME", ""), three.info.get("GENE_NAME", "")),
    }[kind]()
    catcher = kind == "fusioncatcher"
    reads = five.count("READ_COUNT")
    standing, words = five.judged
    if standing == "accepted":
        standing, words = three.judged
    effect = info.get("EFFECT", "")
    collector.add(
        collector.junction(
            _cells.side(
                genes[0],
                (five.chromosome, five.position, _cells.strand(info.get("STRAND", "")) if catcher else None),
                exon=_cells.exon(info.get("EXON_NUM", "")),
            ),
            _cells.side(
                genes[1],
                (
                    three.chromosome,
                    three.position,
                    _cells.strand(three.info.get("STRAND", "")) if catcher else None,
                ),
                exon=_cells.exon(three.info.get("EXON_NUM", "")),
            ),
            five.line,
            five.raw,
            caller=kind,
            sample=_sample(five),
            level="rna",
            tolerance=1 if kind == "oncomine" else 0,
            frame=_cells.frame(effect),
            call=_cells.value(effect),
            support=Support(five.count("SR"), five.count("SP"), reads),
            standing=standing,
            filtered=words,
        )
    )


def _sample(record: Record) -> str | None:
    """Return the sample of a record, where the file has one column of a tumour; these callers write one a file."""
    names = list(record.samples)
    return VcfHeader.sample_name(names[0]) if len(names) == 1 else None


def _single(record: Record, collector: Collector) -> None:
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
    standing, words = record.judged
    for column in record.carriers():
        # Its FORMAT counts junction reads in DV and spanning fragments in RV.
        support = Support(record.count("DV", column), record.count("RV", column))
        collector.add(
            collector.junction(
                sides[0],
                sides[1],
                record.line,
                record.raw,
                caller="rnafusion",
                sample=VcfHeader.sample_name(column) if column else None,
                level="rna",
                frame=_cells.frame(frame),
                call=_cells.value(frame),
                support=support,
                standing=standing,
                filtered=words,
            )
        )


def is_named(record: Record) -> bool:
    """Whether a record is of an RNA fusion caller that names genes and order."""
    return ("GENEA" in record.info and "POSA" in record.info) or _end_of(record) is not None


def named_events(records: list[Record], collector: Collector) -> list[Record]:
    """Take the records of RNA fusion callers into the collector and return the rest, in order."""
    rest: list[Record] = []
    ends: dict[tuple[str, str], dict[bool, Record]] = {}
    for record in records:
        try:
            if "GENEA" in record.info and "POSA" in record.info:
                _single(record, collector)
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
            _pair(kind, both[True], both[False], collector)
        except RowError as error:
            collector.problem(some.line, some.raw, error)
    return rest
