"""The protein kinase domain (PF07714) of each NTRK isoform, and the share of it that a fusion keeps."""

from __future__ import annotations

from typing import Any, NamedTuple

from ntrkpath.fusion.gene import Gene, Transcript
from ntrkpath.fusion.site import Role


class Domain(NamedTuple):
    """A domain of one isoform in coding bases from its start codon, and how much of the whole domain it holds."""

    start: int
    end: int
    completeness: float

    def kept(self, before: int, role: Role) -> float:
        """Return the share of the whole domain that is kept, 0 to 1.

        Args:
            before: Coding bases kept (5' side) or skipped (3' side).
        """
        length = self.end - self.start
        left = min(self.end, before) - self.start if role == "five_prime" else self.end - max(self.start, before)
        return max(0.0, min(1.0, left / length)) * self.completeness


def kinase_domains(gene: Gene, reference: dict[str, Any]) -> dict[str, Domain]:
    """Return the kinase domain of each isoform that holds any of it, by accession.

    The reference transcript gives the domain as coordinates on the chromosome; an isoform's domain is what it
    codes of them, with any insert between. An isoform that is not in this dictionary has no kinase.

    Args:
        reference: An entry of ``kinase`` in ``domains.yaml``.
    """
    model = gene.transcript(reference["transcript"]) or gene.transcript(reference["ensembl"])
    if model is None or model.protein_length != reference["protein_length"]:
        model = next((t for t in gene.transcripts if t.protein_length == reference["protein_length"]), None)
    if model is None:
        return {}
    core = _coding_slice(model, 3 * (reference["start"] - 1), 3 * reference["end"])
    whole = sum(e - s + 1 for s, e in core)
    domains = {}
    for t in gene.transcripts:
        held = [p for block in core for p in _held(t, block)]
        size = sum(e - s + 1 for s, e in held)
        if not size:
            continue
        first, last = (held[0][0], held[-1][1]) if t.strand == "+" else (held[-1][1], held[0][0])
        start, end = t.coding_before(first), t.coding_before(last) + 1
        domains[t.accession] = Domain(start, end, size / whole)
    return domains


def _coding_slice(t: Transcript, start: int, end: int) -> list[tuple[int, int]]:
    """Return the blocks on the chromosome, ascending, of coding bases ``start`` to ``end`` (0-based half-open)."""
    blocks = []
    at = 0
    low, high = t.cds
    for s, e in t.ordered_exons:
        s, e = max(s, low), min(e, high)
        if s > e:
            continue
        length = e - s + 1
        first, last = max(start - at, 0), min(end - at, length)
        if first < last:
            blocks.append((s + first, s + last - 1) if t.strand == "+" else (e - last + 1, e - first))
        at += length
    return sorted(blocks)


def _held(t: Transcript, block: tuple[int, int]) -> list[tuple[int, int]]:
    low, high = max(t.cds[0], block[0]), min(t.cds[1], block[1])
    return [(max(s, low), min(e, high)) for s, e in t.exons if max(s, low) <= min(e, high)]
