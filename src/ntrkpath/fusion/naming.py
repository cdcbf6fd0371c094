"""Names of a fusion: HGNC (`ETV6::NTRK3`), VICC (`NM_...(ETV6):e.5::...`), and the notes on exon numbering."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ntrkpath.fusion.gene import Gene, Transcript
from ntrkpath.fusion.locus import NTRK, Locus
from ntrkpath.fusion.numbering import other_numbers
from ntrkpath.fusion.site import Site
from ntrkpath.model.fusion import Side
from ntrkpath.readers import refseq

if TYPE_CHECKING:
    from ntrkpath.fusion.junction import Reading


def side(locus: Locus, site: Site | None) -> Side:
    """Return one side of the verdict; the exon is always that of the named transcript."""
    if site is None:
        position = None
        if locus.position is not None:
            position = f"{locus.point.chromosome or '?'}:{locus.position}"
        point = locus.point
        return Side(locus.name, point.transcript, point.exon if point.transcript else None, position)
    at = f"{site.gene.chromosome}:{site.position}" if locus.position is not None else None
    return Side(locus.name, site.transcript.accession, site.exon or None, at)


def _label(locus: Locus) -> str:
    if locus.name is not None:
        return locus.name
    if locus.position is not None:
        return f"chr{locus.point.chromosome or '?'}:{locus.position}"
    return "?"


def hgnc_name(reading: Reading) -> str:
    """Return the name that HGNC recommends: approved symbols, 5' gene first, joined by two colons."""
    return f"{_label(reading.orientation.five)}::{_label(reading.orientation.three)}"


def vicc_name(reading: Reading) -> str | None:
    """Return the name of the VICC gene fusion specification; ``None`` where neither side can be placed."""
    if reading.five is None and reading.three is None:
        five, three = reading.orientation.five, reading.orientation.three
        return f"{five.name or '?'}::{three.name or '?'}" if five.name or three.name else None
    assembly = reading.key[8]
    five_name = _vicc_side(reading.orientation.five, reading.five, assembly)
    return f"{five_name}::{_vicc_side(reading.orientation.three, reading.three, assembly)}"


def _vicc_side(locus: Locus, site: Site | None, assembly: object) -> str:
    if site is None or not site.exon:
        if locus.name is not None:
            return locus.name
        sequence = refseq(locus.point.chromosome or "", str(assembly))
        if locus.position is None or sequence is None:
            return "?"
        return f"{sequence}(chr {locus.point.chromosome}):g.{locus.position}"
    return _segment(site.gene, site.transcript, site.exon, site.position, site.role == "five_prime")


def _segment(gene: Gene, transcript: Transcript, exon: int, position: int, five: bool) -> str:
    named, edge = _exon_name(gene, transcript, exon, five)
    if position == edge:
        return named
    offset = position - edge if transcript.strand == "+" else edge - position
    return f"{named}{offset:+d}"


@lru_cache(maxsize=8192)
def _exon_name(gene: Gene, transcript: Transcript, exon: int, five: bool) -> tuple[str, int]:
    edge = transcript.last_base(exon) if five else transcript.first_base(exon)
    return f"{accession_of(gene, transcript)}({gene.symbol}):e.{exon}", edge


def hgvs_name(reading: Reading) -> str | None:
    """Return the HGVS name of the fusion transcript, ``None`` where HGVS does not define one.

    It is defined for RNA whose two breakpoints lie in the coding exons of versioned transcripts. The transcript is
    the one our coordinates come from, as the name counts its untranslated bases.
    """
    five, three = reading.five, reading.three
    if five is None or three is None or reading.junction.level != "rna":
        return None
    if five.place != "coding_exon" or three.place != "coding_exon" or reading.orientation.sense != "sense":
        return None
    if "." not in five.transcript.accession or "." not in three.transcript.accession:
        return None
    start, end = _untranslated(five.transcript)[0], _untranslated(three.transcript)[1]
    first = f"-{start}" if start else "1"
    stop = three.transcript.coding_length
    last = f"*{end}" if end else str(stop)
    return (
        f"{five.transcript.accession}:r.{first}_{five.before}::{three.transcript.accession}:r.{three.before + 1}_{last}"
    )


@lru_cache(maxsize=4096)
def _untranslated(t: Transcript) -> tuple[int, int]:
    """Return the bases before the start codon and after the stop codon."""
    low = sum(min(e, t.cds[0] - 1) - s + 1 for s, e in t.exons if s < t.cds[0])
    high = sum(e - max(s, t.cds[1] + 1) + 1 for s, e in t.exons if e > t.cds[1])
    return (low, high) if t.strand == "+" else (high, low)


@lru_cache(maxsize=4096)
def accession_of(gene: Gene, transcript: Transcript) -> str:
    """Return the MANE RefSeq accession where it surely has the same exons, else the transcript's own.

    It has where our Ensembl version is the one that MANE names, or where our model of that RefSeq accession has the
    same introns and the same coding sequence.
    """
    if transcript.mane is None:
        return transcript.accession
    ensembl, refseq = transcript.mane
    if ensembl == transcript.accession:
        return refseq
    bare = refseq.partition(".")[0]
    model = next((t for t in gene.transcripts if t.accession == bare), None)
    if model is not None and model.cds == transcript.cds and _introns(model) == _introns(transcript):
        return refseq
    return transcript.accession


def _introns(t: Transcript) -> tuple[tuple[int, int], ...]:
    return tuple((a[1], b[0]) for a, b in zip(t.exons, t.exons[1:], strict=False))


def notes_on_transcripts(reading: Reading) -> tuple[str, ...]:
    """Return what to know of the transcripts: the basis of the choice, MANE versions, other NTRK exon numbers."""
    notes: tuple[str, ...] = ()
    for site in (reading.five, reading.three):
        if site is not None:
            notes += _transcript_notes(site.gene, site.transcript, _own_boundary(site))
            if site.gene.symbol in NTRK and site.boundary:
                notes += _numbering_note(site.gene, site.transcript, site.exon, site.position, site.role)
    if reading.place in ("within_exon", "within_exons"):
        notes += ("the junction lies inside an exon: a stop codon at the junction is not excluded",)
    if reading.event == "read_through":
        notes += ("the two genes are neighbours on one strand: read-through is possible",)
    return notes


def _own_boundary(site: Site) -> bool:
    """Whether the breakpoint is one that only the chosen transcript explains, and not the one that counts first."""
    return site.boundary and site.transcript is not site.gene.canonical and site.canonical_phase != site.before % 3


@lru_cache(maxsize=4096)
def _transcript_notes(gene: Gene, transcript: Transcript, own_boundary: bool) -> tuple[str, ...]:
    if transcript.mane is not None:
        if transcript.mane[0] != transcript.accession:
            return (f"{gene.symbol}: {transcript.accession} used, MANE Select is {transcript.mane[0]}",)
        return ()
    if transcript is gene.canonical:
        return (
            f"{gene.symbol}: no MANE Select known; {transcript.accession} has the longest complete coding sequence",
        )
    if own_boundary:
        return (f"{gene.symbol}: the breakpoint fits {transcript.accession}, not {gene.canonical.accession}",)
    return ()


@lru_cache(maxsize=4096)
def _numbering_note(gene: Gene, transcript: Transcript, exon: int, position: int, role: str) -> tuple[str, ...]:
    others: dict[int, list[str]] = {}
    for number, accession in other_numbers(gene, position, role, transcript):  # type: ignore[arg-type]
        if number != exon:
            others.setdefault(number, []).append(accession)
    if not others:
        return ()
    named = "; ".join(
        f"exon {n} of {', '.join(sorted(a, key=lambda x: (not x.startswith('NM_'), x))[:3])}"
        for n, a in sorted(others.items())
    )
    return (f"{gene.symbol} exon {exon} of {transcript.accession} is {named}",)
