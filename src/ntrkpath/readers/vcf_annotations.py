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
    seen: set[tuple[str, str, str]] = set()
    unread: dict[str, str] = {}
    for symbol, protein, transcript, kind in _entries(record, header):
        gene = _cells.genes(symbol)[0]
        change = short_protein(protein)
        if gene is None or (gene, change or "", transcript) in seen:
            continue
        if change is None:
            if alters_protein(kind) and (not protein or not is_silent(protein)):
                unread.setdefault(_cells.approved(gene), protein)
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
    read = {_cells.approved(gene) for gene, _, _ in seen}
    for gene, protein in unread.items():
        if carriers and gene not in read and (collector.genes is None or collector.genes.gene(gene)):
            raise RowError(f"{gene}: the variant changes the protein, and no change can be read from {protein[:60]!r}")


def genes_at(record: Record, header: VcfHeader) -> str:
    """Return the genes that the annotation places at the record's own position, joined by commas."""
    names: dict[str, None] = {}
    for symbol, _, _, kind in _entries(record, header):
        if symbol and "&" not in symbol and not any(word in kind for word in _NEARBY):
            names[symbol] = None
    return ",".join(names)
