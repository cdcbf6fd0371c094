"""Annotations of a VCF by SnpEff (ANN) and VEP (CSQ): protein changes, and the genes at a breakpoint."""

from __future__ import annotations

from collections.abc import Iterator

from ntrkpath.model.fusion import Source
from ntrkpath.model.variants import ProteinChange
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._proteins import alters_protein, is_silent, short_protein
from ntrkpath.readers._vcf_header import VcfHeader
from ntrkpath.readers._vcf_record import Record

_ANN_FIELDS = 11
_NEARBY = ("upstream", "downstream", "intergenic")


def _entries(record: Record, header: VcfHeader) -> Iterator[tuple[str, str, str, str]]:
    """Yield symbol, protein change, transcript and consequence of every ANN or CSQ entry of a record."""
    for entry in record.info.get("ANN", "").split(",") if record.info.get("ANN") else ():
        cells = entry.split("|") + [""] * _ANN_FIELDS
        yield cells[3], cells[10], cells[6], cells[1]
    for entry in record.info.get("CSQ", "").split(",") if record.info.get("CSQ") else ():
        row = dict(zip(header.csq, entry.split("|"), strict=False))
        change = row.get("HGVSp", "") or _by_position(row.get("Amino_acids", ""), row.get("Protein_position", ""))
        yield row.get("SYMBOL", ""), change, row.get("Feature", ""), row.get("Consequence", "")


def _by_position(residues: str, place: str) -> str:
    """Return the change that VEP gives without HGVS: residues ``G/R`` at ``595``, ``GL/RL`` at ``595-596/796``."""
    before, found, after = residues.partition("/")
    number = place.partition("/")[0].partition("-")[0]
    changed = [at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]]
    if not found or len(before) != len(after) or len(changed) != 1 or not number.isdigit():
        return ""
    return f"p.{before[changed[0]]}{int(number) + changed[0]}{after[changed[0]]}"


def take_changes(record: Record, header: VcfHeader, collector: Collector, carriers: list[str | None]) -> None:
    """Collect the protein changes of a small variant, once for each gene, change, transcript and carrier.

    Raises:
        RowError: A symbol was probably meant as an NTRK gene, or the class of a variant of a wanted gene says that it
            changes the protein, and no change can be read.
    """
    standing, words = record.judged
    read, unread = _changes(record, header)
    for (gene, change, transcript), kind in read.items():
        for sample in carriers:
            collector.add(
                ProteinChange(
                    _cells.approved(gene),
                    change,
                    Source(collector.document.name, record.line),
                    transcript or None,
                    kind or None,
                    (header.sample_name(sample) if sample else None) or collector.sample,
                    standing,
                    words,
                )
            )
    if not read or not carriers:
        collector.explain(record.line)
    for gene, protein in unread.items():
        if carriers and (collector.genes is None or collector.genes.gene(gene)):
            raise RowError(f"{gene}: the variant changes the protein, and no change can be read from {protein[:60]!r}")


def _changes(record: Record, header: VcfHeader) -> tuple[dict[tuple[str, str, str], str], dict[str, str]]:
    """Return the consequence of each (gene, change, transcript); and by gene what changes it and cannot be read.

    Raises:
        RowError: A symbol was probably meant as an NTRK gene.
    """
    read: dict[tuple[str, str, str], str] = {}
    unread: dict[str, str] = {}
    for symbol, protein, transcript, kind in _entries(record, header):
        gene = _cells.genes(symbol)[0]
        if gene is None:
            continue
        change = short_protein(protein)
        if change is not None:
            read.setdefault((gene, change, transcript), kind)
        elif alters_protein(kind) and (not protein or not is_silent(protein)):
            unread.setdefault(_cells.approved(gene), protein)
    for gene, _, _ in read:
        unread.pop(_cells.approved(gene), None)
    return read, unread


def genes_at(record: Record, header: VcfHeader) -> str:
    """Return the genes that the annotation places at the record's own position, joined by commas."""
    names: dict[str, None] = {}
    for symbol, _, _, kind in _entries(record, header):
        if symbol and "&" not in symbol and not any(word in kind for word in _NEARBY):
            names[symbol] = None
    return ",".join(names)
