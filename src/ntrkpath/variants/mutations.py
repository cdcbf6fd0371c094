"""NTRK mutations: which codon of the reference transcript is meant, and which class of resistance it has.

Codon numbers differ by isoform (TRKA G595 is G589 in NM_001012331), and the wild-type residue tells them apart. The
classes come from ``resistance.yaml``; a mutation outside them predicts nothing about response (MPS-6).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

import msgspec

from ntrkpath.fusion.assessment import shared
from ntrkpath.fusion.decision import knowledge
from ntrkpath.fusion.gene import Gene, Transcript
from ntrkpath.fusion.kinase import kinase_domains
from ntrkpath.fusion.locus import NTRK
from ntrkpath.fusion.transcripts import Transcripts
from ntrkpath.model.errors import AnnotationError

_CHANGE = re.compile(r"(?:p\.)?\(?(?P<wild>[A-Z])(?P<number>\d+)(?P<new>[A-Z*]|fs\S*|del\S*|ins\S*|dup\S*)\)?")
_REFERENCE = {"NTRK1": "NM_002529", "NTRK2": "NM_006180", "NTRK3": "NM_001012338"}


class MutationReading(msgspec.Struct, frozen=True):
    """What a protein change of an NTRK gene is.

    Args:
        change: With the codon number of ``transcript``, the reference; ``None`` where it has no such codon.
        numbered_in: Transcripts in whose numbering the change was read.
        resistance: Class in ``resistance.yaml`` (``solvent_front``, ``gatekeeper``, ``xdfg``, ``other_kinase``).
        listed: Whether this very substitution is listed, or only its residue.
        in_kinase_domain: Whether the codon lies in the kinase domain; ``None`` where that is not known.
        predicts: ``resistance`` or ``nothing``: no mutation predicts response to a TRK inhibitor (MPS-6).
        note: Which isoform the number belongs to, in words.
    """

    gene: str
    change: str | None
    transcript: str
    numbered_in: tuple[str, ...]
    resistance: str | None
    listed: bool
    in_kinase_domain: bool | None
    predicts: str
    note: str


def read_mutation(
    gene: str, change: str, transcript: str | None = None, transcripts: Transcripts | None = None
) -> MutationReading:
    """Return the reference codon and the resistance class of a protein change.

    Args:
        change: HGVS with one-letter residues: ``p.G595R`` or ``G595R``.
        transcript: Whose codon numbers these are. Without it the reference transcript's are tried first, and then
            every other isoform's; a number counts only where the wild-type residue is the one known there.

    Raises:
        AnnotationError: The gene is not an NTRK gene, or the change has another form.
    """
    annotation = (transcripts or shared().transcripts).on("GRCh38")
    found = annotation.named(gene)
    if not found or found[0].symbol not in NTRK:
        raise AnnotationError("not an NTRK gene", value=gene, allowed=sorted(NTRK))
    model = found[0]
    said = _said(change)
    reference = model.transcript(_REFERENCE[model.symbol]) or model.canonical
    own = model.transcript(transcript) if transcript else None
    hits = _numberings(model, said, reference, [own] if own is not None else None)
    if transcript is None:
        hits = [h for h in hits if h[1] == hits[0][1]]
    codon = hits[0][1] if hits else _codon_in(own or reference, said.number, reference)
    resistance = _residues(model.symbol).get(hits[0][1]) if hits and said.substituted else None
    named = str(said._replace(number=codon)) if codon is not None else None
    numbered = tuple(t.accession for t, _ in hits) or ((own or reference).accession,)
    return MutationReading(
        model.symbol,
        named,
        reference.accession,
        numbered,
        resistance,
        resistance is not None and (model.symbol, named) in _listed(),
        _in_kinase(model, reference, codon),
        "resistance" if resistance else "nothing",
        _note(str(said), named, reference, numbered, own, transcript),
    )


class _Said(NamedTuple):
    """A protein change as it is written: the wild-type residue, the codon number, and what stands there now."""

    wild: str
    number: int
    new: str

    def __str__(self) -> str:
        return f"{self.wild}{self.number}{self.new}"

    @property
    def substituted(self) -> bool:
        """Resistance is a substitution in a receptor that still works: a stop, a frameshift, a deletion is none."""
        return len(self.new) == 1 and self.new not in {"*", self.wild}


def _said(change: str) -> _Said:
    parsed = _CHANGE.fullmatch(change.strip())
    if parsed is None:
        raise AnnotationError("protein change has another form", value=change, allowed="p.G595R")
    return _Said(parsed["wild"], int(parsed["number"]), parsed["new"])


def _numberings(
    model: Gene, said: _Said, reference: Transcript, among: list[Transcript] | None
) -> list[tuple[Transcript, int]]:
    """Return the isoforms, and the reference codon by each, whose number has the wild-type residue known there."""
    known = _wild_type(model.symbol)
    every = among or [reference, *(t for t in model.transcripts if t is not reference)]
    codons = [(t, _codon_in(t, said.number, reference)) for t in every]
    return [(t, codon) for t, codon in codons if codon is not None and known.get(codon) == said.wild]


def _note(
    said: str,
    named: str | None,
    reference: Transcript,
    numbered: tuple[str, ...],
    own: Transcript | None,
    given: str | None,
) -> str:
    if given is not None and own is None:
        return f"{given} is not among our transcripts; {said} was read in {reference.accession}"
    if named is None:
        return f"{reference.accession} has no codon for {said} of {numbered[0]}"
    if named == said:
        return f"{said} in the numbering of {reference.accession}"
    return f"{said} in the numbering of {', '.join(numbered[:3])} is {named} in {reference.accession}"


def _codon_in(t: Transcript, number: int, reference: Transcript) -> int | None:
    """Return the reference codon at codon ``number`` of another transcript; ``None`` where it does not code."""
    if not 1 <= number <= t.protein_length:
        return None
    if t is reference:
        return number
    position = coding_position(t, 3 * (number - 1))
    low, high = reference.cds
    if not low <= position <= high or not any(s <= position <= e for s, e in reference.exons):
        return None
    before = reference.coding_before(position)
    return before // 3 + 1 if before % 3 == 0 else None


def coding_position(t: Transcript, offset: int) -> int:
    """Return the coordinate of a coding base, counted from 0 at the start codon.

    Raises:
        AnnotationError: The coding sequence is shorter.
    """
    low, high = t.cds
    for s, e in t.ordered_exons:
        s, e = max(s, low), min(e, high)
        if s > e:
            continue
        if offset <= e - s:
            return s + offset if t.strand == "+" else e - offset
        offset -= e - s + 1
    raise AnnotationError("the coding sequence is shorter", value=t.accession)


def _in_kinase(model: Gene, reference: Transcript, codon: int | None) -> bool | None:
    if codon is None:
        return None
    entry = next(e for e in knowledge("domains")["kinase"] if e["gene"] == model.symbol)
    domain = kinase_domains(model, entry).get(reference.accession)
    return None if domain is None else domain.start <= 3 * (codon - 1) < domain.end


def _wild_type(gene: str) -> dict[int, str]:
    return dict(knowledge("resistance")["wild_type"].get(gene, {}))


def _residues(gene: str) -> dict[int, str]:
    return dict(knowledge("resistance")["residues"].get(gene, {}))


@cache
def _listed() -> frozenset[tuple[str, str]]:
    entries: list[dict[str, Any]] = knowledge("resistance")["mutations"]
    return frozenset((e["gene"], e["protein"]) for e in entries)
