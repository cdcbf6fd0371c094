"""Exon numbers: from a number and a transcript to a breakpoint, and which transcripts use which number."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ntrkpath.fusion.gene import Gene, Transcript
from ntrkpath.fusion.site import GeneSites, Place, Role, Site
from ntrkpath.model.fusion import Breakpoint


class Numbered(NamedTuple):
    """One reading of an exon number: the breakpoint, and the transcripts that number it so."""

    position: int
    transcripts: tuple[Transcript, ...]


def edge(transcript: Transcript, exon: int, role: Role) -> int | None:
    """Return the last base (5' side) or first base (3' side) of an exon; ``None`` if there is no such exon."""
    try:
        return transcript.last_base(exon) if role == "five_prime" else transcript.first_base(exon)
    except IndexError:
        return None


def readings(gene: Gene, exon: int, role: Role) -> list[Numbered]:
    """Return every breakpoint that an exon number may mean, the transcript that counts first at the front."""
    found: dict[int, list[Transcript]] = {}
    for t in gene.transcripts:
        at = edge(t, exon, role)
        if at is not None:
            found.setdefault(at, []).append(t)
    return [Numbered(at, tuple(transcripts)) for at, transcripts in found.items()]


def exon_of(point: Breakpoint, role: Role) -> int | None:
    """Return the exon next to the junction: as given, or beside the intron that is given."""
    if point.exon is not None or point.intron is None:
        return point.exon
    return point.intron if role == "five_prime" else point.intron + 1


def place_by_exon(
    sites: GeneSites, point: Breakpoint, role: Role, level: str, notes: list[str]
) -> tuple[Site | None, bool]:
    """Return the site that an exon or intron number means, and whether it is the only reading of the frame.

    With a transcript we have, its own numbering counts. Without one the number is read in the transcript that
    counts first; it is sure only if no other transcript gives the number to another exon.
    """
    number = exon_of(point, role)
    if number is None:
        return None, True
    gene = sites.gene
    if point.transcript is not None:
        own = gene.transcript(point.transcript)
        at = edge(own, number, role) if own is not None else None
        if own is not None and at is not None:
            notes.append(_version_note(point.transcript, own, gene))
            return _in_own(sites.locate(at, role, level), own, at), True
        notes.append(f"{gene.symbol}: {point.transcript} has no exon {number} in our transcripts")
    choices = readings(gene, number, role)
    if not choices:
        return None, True
    found = [sites.locate(c.position, role, level) for c in choices]
    notes.append(
        f"{gene.symbol} exon {number} was given without a transcript"
        + (f"; {len(choices)} numberings differ" if len(choices) > 1 else "")
    )
    return found[0], len(found) == 1


def _version_note(given: str, own: Transcript, gene: Gene) -> str:
    bare = own.accession.partition(".")[0]
    if given.partition(".")[0].upper() == bare and given != own.accession:
        return f"{gene.symbol}: exon numbers read in {own.accession}, given {given}"
    return f"{gene.symbol}: exon numbers read in {own.accession}"


def _in_own(site: Site, own: Transcript, at: int) -> Site:
    """Return the site as seen by the transcript that was named, where it codes there."""
    low, high = own.cds
    if site.transcript is own or not low <= at <= high:
        return site
    before = own.coding_before(at) + (site.role == "five_prime")
    index = next(i for i, (s, e) in enumerate(own.exons) if s <= at <= e)
    place: Place = "stop_utr" if site.role == "five_prime" and before >= own.coding_length else "coding_exon"
    return msgspec.structs.replace(
        site, transcript=own, exon=own.exon_number(index), before=before, place=place, boundary=True
    )


def other_numbers(gene: Gene, position: int, role: Role, shown: Transcript) -> tuple[tuple[int, str], ...]:
    """Return (exon number, transcript) of the same breakpoint in transcripts that number it otherwise."""
    found = []
    for t in gene.transcripts:
        if t is shown:
            continue
        for number in range(1, len(t.exons) + 1):
            if edge(t, number, role) == position:
                found.append((number, t.accession))
    return tuple(found)
