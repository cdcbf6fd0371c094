"""What the drawing of a fusion needs of each side: coding exons, breakpoint, kept part and domains, in coding bases."""

from __future__ import annotations

from typing import Literal

import msgspec

from ntrkpath.fusion.domains import association_domains
from ntrkpath.fusion.gene import Gene, Transcript
from ntrkpath.fusion.locus import NTRK, Atlas
from ntrkpath.fusion.naming import accession_of
from ntrkpath.fusion.transcripts import Annotation, Transcripts
from ntrkpath.model.fusion import FusionVerdict, Side

Role = Literal["five_prime", "three_prime"]


class Span(msgspec.Struct, frozen=True):
    """A stretch of the coding sequence, in bases from the start codon, 0-based and half-open."""

    start: int
    end: int

    def within(self, other: Span) -> Span | None:
        """Return the part that lies in ``other``, ``None`` if there is none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None

    @property
    def length(self) -> int:
        """Bases."""
        return self.end - self.start


class Exon(msgspec.Struct, frozen=True):
    """A coding exon with its number in the named transcript."""

    number: int
    span: Span


class Mark(msgspec.Struct, frozen=True):
    """A domain on this isoform.

    Args:
        whole: Share of the whole domain that this isoform holds.
    """

    label: str
    span: Span
    whole: float
    kinase: bool


class Track(msgspec.Struct, frozen=True):
    """One side of the fusion on the transcript that the verdict names.

    Args:
        transcript: Accession, with the MANE RefSeq accession where it has the same exons.
        before: Coding bases upstream of the breakpoint; ``None`` where the breakpoint is not placed.
        breakpoint: Where it lies, in words.
        undrawn: Association domains that are described without limits.
    """

    role: Role
    gene: str
    transcript: str
    where: str
    total: int
    exons: tuple[Exon, ...]
    marks: tuple[Mark, ...]
    before: int | None
    breakpoint: str
    undrawn: tuple[str, ...] = ()

    @property
    def kept(self) -> Span | None:
        """The coding bases that the fusion keeps; ``None`` where the breakpoint is not placed."""
        if self.before is None:
            return None
        return Span(0, self.before) if self.role == "five_prime" else Span(self.before, self.total)

    @property
    def lost(self) -> Span | None:
        """The coding bases that the fusion loses; ``None`` where the breakpoint is not placed."""
        if self.before is None:
            return None
        return Span(self.before, self.total) if self.role == "five_prime" else Span(0, self.before)

    def exons_in(self, span: Span) -> str:
        """Return the exons of a stretch in words: ``exon 5``, ``exons 1 to 5``, ``no coding exon``."""
        numbers = [e.number for e in self.exons if e.span.within(span)]
        if not numbers:
            return "no coding exon"
        return f"exon {numbers[0]}" if len(numbers) == 1 else f"exons {numbers[0]} to {numbers[-1]}"

    def share(self, mark: Mark) -> float | None:
        """Return the share of the whole domain that the fusion keeps; ``None`` where no breakpoint is placed."""
        if self.kept is None:
            return None
        part = mark.span.within(self.kept)
        return part.length / mark.span.length * mark.whole if part else 0.0


def tracks(verdict: FusionVerdict, transcripts: Transcripts) -> tuple[Track | None, Track | None]:
    """Return the two sides; ``None`` for one whose gene has no coding transcript here.

    Where the verdict places no breakpoint, the transcript that counts first is drawn without one.
    """
    assembly = verdict.assembly
    if assembly is None or assembly not in transcripts.assemblies:
        assembly = transcripts.assemblies[0]
    atlas = Atlas(transcripts.on(assembly))
    return _track(atlas, verdict, verdict.five_prime, "five_prime"), _track(
        atlas, verdict, verdict.three_prime, "three_prime"
    )


def _track(atlas: Atlas, verdict: FusionVerdict, side: Side, role: Role) -> Track | None:
    annotation = atlas.annotation
    gene = _gene(annotation, side)
    if gene is None:
        return None
    transcript, position = gene.canonical, None
    if side.transcript and verdict.assembly == annotation.assembly:
        named = gene.transcript(side.transcript)
        if named is not None:
            transcript, position = named, _position(named, side, role)
    before, words = None, "breakpoint not given: nothing is marked as kept or lost"
    if position is not None:
        before, words = _before(transcript, position, role), place(transcript, position, role)
        if "in intron" in words and verdict.level == "dna":
            words += ", taken as spliced out"
        elif "in intron" in words:
            words += ", of which the RNA holds a part"
        words += f" (chr{side.position})" if side.position else " (as reported; no coordinate)"
    marks = _marks(atlas, gene, transcript)
    return Track(
        role,
        gene.symbol,
        _accession(gene, transcript),
        f"chromosome {gene.chromosome}, {gene.strand} strand, {annotation.assembly}",
        transcript.coding_length,
        _exons(transcript),
        tuple(marks),
        before,
        words,
        tuple(f"{d.name} ({d.source})" for d in association_domains(gene.symbol) if d.start is None),
    )


def _gene(annotation: Annotation, side: Side) -> Gene | None:
    if side.gene is None:
        return None
    genes = annotation.named(side.gene)
    chromosome = side.position.partition(":")[0] if side.position else None
    here = [g for g in genes if chromosome in (None, g.chromosome)]
    return next(iter(here or genes), None)


def _position(t: Transcript, side: Side, role: Role) -> int | None:
    low, high = t.exons[0][0], t.exons[-1][1]
    if side.position:
        tail = side.position.rpartition(":")[2]
        at = int(tail) if tail.isdecimal() else None
        return at if at is not None and low <= at <= high else None
    if side.exon is None or not 1 <= side.exon <= len(t.exons):
        return None
    return t.last_base(side.exon) if role == "five_prime" else t.first_base(side.exon)


def _before(t: Transcript, position: int, role: Role) -> int:
    coding = t.cds[0] <= position <= t.cds[1] and any(s <= position <= e for s, e in t.exons)
    return t.coding_before(position) + (coding and role == "five_prime")


def place(t: Transcript, position: int, role: Role) -> str:
    """Return where a position lies on a transcript, in words."""
    low, high = t.cds
    outside = "" if low <= position <= high else ", outside the coding sequence"
    for number, (start, end) in enumerate(t.ordered_exons, 1):
        if start <= position <= end:
            if role == "five_prime" and position == t.last_base(number):
                return f"at the end of exon {number}{outside}"
            if role == "three_prime" and position == t.first_base(number):
                return f"at the start of exon {number}{outside}"
            return f"inside exon {number}{outside}"
        beyond = position < start if t.strand == "+" else position > end
        if beyond:
            return f"in intron {number - 1}{outside}" if number > 1 else "before exon 1"
    return f"after exon {len(t.exons)}"


def _accession(gene: Gene, t: Transcript) -> str:
    refseq = accession_of(gene, t)
    if t.mane is None:
        return t.accession
    return f"{t.accession} (MANE Select, {refseq})" if refseq != t.accession else f"{t.accession} (MANE Select)"


def _exons(t: Transcript) -> tuple[Exon, ...]:
    low, high = t.cds
    found, at = [], 0
    for number, (start, end) in enumerate(t.ordered_exons, 1):
        length = min(end, high) - max(start, low) + 1
        if length > 0:
            found.append(Exon(number, Span(at, at + length)))
            at += length
    return tuple(found)


def _marks(atlas: Atlas, gene: Gene, t: Transcript) -> list[Mark]:
    found = []
    if gene.symbol in NTRK:
        domain = atlas.kinase(gene).get(t.accession)
        if domain is not None:
            whole = "" if domain.completeness > 0.999 else ", incomplete in this isoform"
            label = f"kinase domain (PF07714){whole}"
            found.append(Mark(label, Span(domain.start, domain.end), domain.completeness, True))
    for described in association_domains(gene.symbol):
        domain = described.on(gene).get(t.accession)
        if domain is not None:
            found.append(Mark(described.name, Span(domain.start, domain.end), domain.completeness, False))
    return found
