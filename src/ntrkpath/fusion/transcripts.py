"""Transcript annotation of one or both assemblies: genes by name, alias and position."""

from __future__ import annotations

import re
from functools import cached_property
from os import PathLike

from ntrkpath.fusion.gene import Gene
from ntrkpath.fusion.gtf import read_gtf
from ntrkpath.fusion.store import Entry, Store
from ntrkpath.model.errors import AnnotationError
from ntrkpath.model.fusion import Assembly

ASSEMBLIES: tuple[Assembly, ...] = ("GRCh38", "GRCh37")
_DECORATION = re.compile(r"\(.*?\)|\s")


class Annotation:
    """The genes of one assembly, from the shipped store or from a user's GTF; parsed genes are kept.

    Args:
        assembly: Which assembly the coordinates belong to.
        store: The shipped files; names resolve through them also where ``genes`` is given.
        genes: A user's own genes by symbol, in place of the shipped ones.
    """

    def __init__(self, assembly: Assembly, store: Store, genes: dict[str, list[Gene]] | None = None) -> None:
        self.assembly = assembly
        self._store = store
        self._own = genes
        self._parsed: dict[tuple[str, str, str], Gene | None] = {}
        self._named: dict[str, tuple[Gene, ...]] = {}

    def named(self, name: str) -> tuple[Gene, ...]:
        """Return the genes behind a symbol, alias, previous symbol or Ensembl gene id; empty if unknown."""
        found = self._named.get(name)
        if found is None:
            found = self._named[name] = self._find(_DECORATION.sub("", name))
        return found

    def _find(self, name: str) -> tuple[Gene, ...]:
        if self._own is not None:
            genes = (
                self._own.get(name)
                or self._own.get(name.upper())
                or [g for symbol in self._store.symbols_of(name) for g in self._own.get(symbol, ())]
            )
            return tuple(genes)
        entries = self._store.entries(name) or self._store.entries(name.upper())
        if not entries:
            entries = [e for symbol in self._store.symbols_of(name) for e in self._store.entries(symbol)]
        return tuple(g for e in entries if (g := self._gene(e)) is not None)

    def _gene(self, entry: Entry) -> Gene | None:
        key = entry.symbol, entry.chromosome, entry.strand
        if key not in self._parsed:
            self._parsed[key] = self._store.gene(entry, self.assembly)
        return self._parsed[key]

    @cached_property
    def _own_by_chromosome(self) -> dict[str, list[Gene]]:
        table: dict[str, list[Gene]] = {}
        for genes in (self._own or {}).values():
            for gene in genes:
                table.setdefault(gene.chromosome, []).append(gene)
        return table

    def at(self, chromosome: str, position: int) -> tuple[Gene, ...]:
        """Return the genes that span a 1-based position."""
        if self._own is not None:
            near = self._own_by_chromosome.get(chromosome, ())
            return tuple(g for g in near if g.span[0] <= position <= g.span[1])
        entries = self._store.at(self.assembly, chromosome, position)
        return tuple(g for e in entries if (g := self._gene(e)) is not None)

    def genes_between(self, chromosome: str, low: int, high: int) -> int:
        """Return how many genes lie wholly between two positions."""
        if self._own is not None:
            near = self._own_by_chromosome.get(chromosome, ())
            return sum(low <= g.span[0] and g.span[1] <= high for g in near)
        return len(self._store.between(self.assembly, chromosome, low, high))


class Transcripts:
    """Annotations by assembly; open once and share."""

    def __init__(self, annotations: dict[Assembly, Annotation]) -> None:
        self._annotations = annotations

    @classmethod
    def open(cls, *assemblies: Assembly) -> Transcripts:
        """Return the shipped transcripts of the named assemblies (both by default); reads nothing yet.

        Raises:
            AnnotationError: An assembly is neither GRCh37 nor GRCh38.
        """
        for assembly in assemblies:
            if assembly not in ASSEMBLIES:
                raise AnnotationError("unknown assembly", value=assembly, allowed=sorted(ASSEMBLIES))
        store = Store()
        return cls({a: Annotation(a, store) for a in assemblies or ASSEMBLIES})

    @classmethod
    def from_gtf(cls, path: str | PathLike[str], assembly: Assembly) -> Transcripts:
        """Return the complete coding transcripts of a GTF file (plain or gzip) on one assembly.

        Raises:
            AnnotationError: The file cannot be read or holds no complete coding transcript.
        """
        return cls({assembly: Annotation(assembly, Store(), read_gtf(path, assembly))})

    @property
    def assemblies(self) -> tuple[Assembly, ...]:
        """The assemblies that are open."""
        return tuple(self._annotations)

    def on(self, assembly: Assembly) -> Annotation:
        """Return the annotation of one assembly.

        Raises:
            AnnotationError: This annotation does not hold that assembly.
        """
        if assembly not in self._annotations:
            raise AnnotationError(
                "no transcripts for this assembly",
                value=assembly,
                allowed=sorted(self._annotations),
                remedy="give the assembly of the file, or a GTF on it",
            )
        return self._annotations[assembly]
