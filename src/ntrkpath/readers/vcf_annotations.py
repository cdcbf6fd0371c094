"""Annotations of a VCF by SnpEff (ANN) and VEP (CSQ): protein changes, and the genes at a breakpoint."""

from __future__ import annotations

from collections.abc import Iterator

from ntrkpath.model.fusion import Source
from ntrkpath.readers import _cells
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._variant_types import ProteinChange, short_protein
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
    """Return the change that VEP gives without HGVS: residues ``G/R`` at ``595`` (or ``595/796``)."""
    before, found, after = residues.partition("/")
    number = place.partition("/")[0]
    return f"p.{before}{number}{after}" if found and len(before) == 1 == len(after) and number.isdigit() else ""


def take_changes(record: Record, header: VcfHeader, collector: Collector, carriers: list[str | None]) -> None:
    """Collect the protein changes of a small variant, once for each gene, change, transcript and carrier.

    Raises:
        RowError: A symbol was probably meant as an NTRK gene.
    """
    standing, words = record.judged
    seen: set[tuple[str, str, str]] = set()
    for symbol, protein, transcript, kind in _entries(record, header):
        gene = _cells.genes(symbol)[0]
        change = short_protein(protein)
        if gene is None or change is None or (gene, change, transcript) in seen:
            continue
        seen.add((gene, change, transcript))
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
    if not seen or not carriers:
        collector.explain(record.line)


def genes_at(record: Record, header: VcfHeader) -> str:
    """Return the genes that the annotation places at the record's own position, joined by commas."""
    names: dict[str, None] = {}
    for symbol, _, _, kind in _entries(record, header):
        if symbol and "&" not in symbol and not any(word in kind for word in _NEARBY):
            names[symbol] = None
    return ",".join(names)
