"""From what a caller writes for one side (gene, position, exon) to a gene of the annotation."""

from __future__ import annotations

from typing import Literal

import msgspec

from ntrkpath.fusion.decision import knowledge
from ntrkpath.fusion.gene import Gene
from ntrkpath.fusion.kinase import Domain, kinase_domains
from ntrkpath.fusion.site import GeneSites
from ntrkpath.fusion.transcripts import Annotation
from ntrkpath.model.fusion import Breakpoint

NTRK = frozenset({"NTRK1", "NTRK2", "NTRK3"})
Status = Literal["coding", "not_annotated", "intergenic", "unknown"]
#: More bases than any chromosome has.
OTHER_CHROMOSOME = 1 << 40
_NO_NAME = frozenset({"", ".", "?", "-", "NA", "N/A", "NONE", "INTERGENIC", "UNKNOWN"})


class Locus(msgspec.Struct, frozen=True, gc=False):
    """One side of a junction, resolved.

    Args:
        name: Approved symbol, or the name as reported where no annotation knows it.
        gene: The gene, where its coding transcripts are known.
        position: As reported; ``None`` where only exons or names are given.
        note: What a reader should know of how the gene was found.
        off: Bases between the position and the gene that the row names; ``OTHER_CHROMOSOME`` where they lie apart.
    """

    point: Breakpoint
    name: str | None
    gene: Gene | None
    status: Status
    position: int | None
    note: str | None = None
    off: int = 0


class Atlas:
    """An annotation with what was worked out on it: sites and kinase domains by gene.

    Args:
        annotation: Genes of one assembly.
    """

    def __init__(self, annotation: Annotation) -> None:
        self.annotation = annotation
        self._sites: dict[Gene, GeneSites] = {}
        self._kinase: dict[str, dict[str, Domain]] = {}
        self._reference = {entry["gene"]: entry for entry in knowledge("domains")["kinase"]}

    def kinase(self, gene: Gene) -> dict[str, Domain]:
        """Return the kinase domain by accession of an NTRK gene; empty for any other gene."""
        found = self._kinase.get(gene.symbol)
        if found is None:
            reference = self._reference.get(gene.symbol)
            found = self._kinase[gene.symbol] = kinase_domains(gene, reference) if reference else {}
        return found

    def sites(self, gene: Gene) -> GeneSites:
        """Return the breakpoint index of a gene."""
        found = self._sites.get(gene)
        if found is None:
            bearing = frozenset(a for a, d in self.kinase(gene).items() if d.completeness > 0.999)
            found = self._sites[gene] = GeneSites(gene, bearing)
        return found

    def resolve(self, point: Breakpoint) -> Locus:
        """Return the gene of one side: by name, and by position where the name is missing, unknown or elsewhere.

        Mitochondrial genes have another genetic code and give no start to a nuclear gene.
        """
        found = self._resolve(point)
        if found.gene is not None and found.gene.chromosome == "MT":
            note = f"{found.name} is mitochondrial and read by another genetic code"
            return Locus(point, found.name, None, "not_annotated", found.position, note)
        return found

    def _resolve(self, point: Breakpoint) -> Locus:
        name, position = point.gene, point.position
        if name is not None and name.upper() in _NO_NAME:
            name = None
        if name is not None:
            genes = self.annotation.named(name)
            if position is None:
                if point.chromosome is not None:
                    genes = tuple(g for g in genes if g.chromosome == point.chromosome) or genes
                if genes:
                    return Locus(point, genes[0].symbol, genes[0], "coding", None)
                return Locus(point, name, None, "not_annotated", None)
            for gene in genes:
                low, high = gene.span
                if low <= position <= high and gene.chromosome == (point.chromosome or gene.chromosome):
                    return Locus(point, gene.symbol, gene, "coding", position)
            return self._elsewhere(point, name, genes, position)
        if position is None or point.chromosome is None:
            return self._by_neighbours(point)
        gene_here = self._at(point.chromosome, position, point.others)
        if gene_here is not None:
            return Locus(point, gene_here.symbol, gene_here, "coding", position)
        return Locus(point, None, None, "intergenic", position)

    def _by_neighbours(self, point: Breakpoint) -> Locus:
        for other in point.others:
            for gene in self.annotation.named(other):
                if gene.symbol in NTRK:
                    return Locus(point, gene.symbol, gene, "coding", None)
        return Locus(point, None, None, "intergenic" if point.others else "unknown", None)

    def _elsewhere(self, point: Breakpoint, name: str, genes: tuple[Gene, ...], position: int) -> Locus:
        here = self._at(point.chromosome, position, point.others) if point.chromosome else None
        off = min((_distance(gene, point.chromosome, position) for gene in genes), default=0)
        if here is not None and (here.symbol in NTRK or (not genes and self._is_edge(here, position))):
            note = f"{name} is not in the annotation; the position lies in {here.symbol}"
            if genes:
                note = f"the position lies in {here.symbol}, not in {name}"
            return Locus(point, here.symbol, here, "coding", position, note, off)
        if not genes:
            note = f"{name} is not in the annotation" + (f"; the position lies in {here.symbol}" if here else "")
            return Locus(point, name, None, "not_annotated", position, note)
        note = f"the position lies outside every coding transcript of {genes[0].symbol} on {self.annotation.assembly}"
        return Locus(point, genes[0].symbol, None, "intergenic", position, note, off)

    def _is_edge(self, gene: Gene, position: int) -> bool:
        sites = self.sites(gene)
        return sites.is_boundary(position, "five_prime") or sites.is_boundary(position, "three_prime")

    def _at(self, chromosome: str, position: int, others: tuple[str, ...]) -> Gene | None:
        genes = self.annotation.at(chromosome, position)
        if len(genes) < 2:
            return genes[0] if genes else None
        named = {g.symbol for other in others for g in self.annotation.named(other)}

        def preference(gene: Gene) -> tuple[bool, bool, bool, str]:
            edge = self._is_edge(gene, position)
            return gene.symbol not in NTRK, not edge, gene.symbol not in named, gene.symbol

        return min(genes, key=preference)


def _distance(gene: Gene, chromosome: str | None, position: int) -> int:
    if chromosome is not None and chromosome != gene.chromosome:
        return OTHER_CHROMOSOME
    low, high = gene.span
    return max(low - position, position - high, 0)
