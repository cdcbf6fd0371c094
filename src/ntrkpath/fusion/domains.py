"""Association domains of partner proteins, for display: supporting evidence, never a condition of the verdict."""

from __future__ import annotations

import msgspec

from ntrkpath.fusion.decision import knowledge
from ntrkpath.fusion.gene import Gene
from ntrkpath.fusion.kinase import Domain, kinase_domains


class AssociationDomain(msgspec.Struct, frozen=True):
    """A domain by which a partner protein associates.

    Args:
        kind: ``coiled coil``, ``SAM/PNT``, ``PB1``, ``BTB/POZ`` ...
        source: Where the domain, and its limits if given, are described.
        transcript: Transcript whose protein the limits count, ``None`` where the limits are not stated.
        protein_length: Amino acids of that protein.
        start: First amino acid of the domain.
        end: Last amino acid.
    """

    gene: str
    kind: str
    name: str
    source: str
    transcript: str | None = None
    protein_length: int | None = None
    start: int | None = None
    end: int | None = None

    def kept(self, coding_bases: int) -> float | None:
        """Return the share that a 5' part of so many coding bases of ``transcript`` keeps; ``None`` without limits."""
        if self.start is None or self.end is None:
            return None
        length = self.end - self.start + 1
        return max(0.0, min(1.0, (coding_bases // 3 - self.start + 1) / length))

    def on(self, gene: Gene) -> dict[str, Domain]:
        """Return the domain in every isoform of ``gene`` that holds any of it, by accession.

        Isoforms are compared by coordinates on the chromosome. Empty without limits, and where the annotation does
        not hold a transcript with the protein that the limits count.
        """
        if self.start is None or self.end is None or self.transcript is None:
            return {}
        reference = {
            "transcript": self.transcript,
            "ensembl": self.transcript,
            "start": self.start,
            "end": self.end,
            "protein_length": self.protein_length,
        }
        return kinase_domains(gene, reference)


def association_domains(gene: str) -> list[AssociationDomain]:
    """Return the association domains of a partner by approved symbol; empty where none is recorded."""
    entries = [e for e in knowledge("domains")["association"] if e["gene"] == gene]
    return msgspec.convert(entries, list[AssociationDomain])
