"""Exon names from the literature (`ETV6 e5 - NTRK3 e15`): every numbering is tried, and those that fit are said."""

from __future__ import annotations

import re

import msgspec

from ntrkpath.fusion.frame import reading_frame
from ntrkpath.fusion.gene import Gene
from ntrkpath.fusion.locus import NTRK, Atlas
from ntrkpath.fusion.numbering import Numbered, readings
from ntrkpath.fusion.transcripts import Transcripts
from ntrkpath.model.errors import AnnotationError
from ntrkpath.model.fusion import Assembly, FrameCall

_SIDE = (
    r"(?P<gene{0}>[A-Za-z][A-Za-z0-9]*?(?:-[A-Za-z][A-Za-z0-9]*)??)[\s:(,;._]*"
    r"(?:exons?|ex|e)\.?\s*(?:\d+\s*[-_]\s*)??(?P<exon{0}>\d+)\)?"
)
_PAIR = re.compile(_SIDE.format(5) + r"\s*(?:::|--|->|-|\u2013|\u2014|/|;|,|to)\s*" + _SIDE.format(3), re.IGNORECASE)


class NumberingFit(msgspec.Struct, frozen=True):
    """One reading of a literature name.

    Args:
        five_prime: Breakpoint of the 5' exon on ``assembly``; ``five_prime_transcripts`` number it so.
        frame: Reading frame of the transcripts that count first at these two breakpoints.
        kinase_fraction: Share of the kinase domain that is kept.
        fits: In frame with the whole kinase domain, as a fusion in the literature should be.
    """

    assembly: Assembly
    five_prime: int
    five_prime_transcripts: tuple[str, ...]
    three_prime: int
    three_prime_transcripts: tuple[str, ...]
    frame: FrameCall
    kinase_fraction: float
    fits: bool


def parse_exon_name(text: str) -> tuple[str, int, str, int]:
    """Return (5' gene, exon, 3' gene, exon) of a name such as ``ETV6 e5 - NTRK3 e15`` or ``TPM3(ex8)-NTRK1(ex10)``.

    Raises:
        AnnotationError: The text has another form.
    """
    found = _PAIR.search(text.strip())
    if found is None:
        raise AnnotationError(
            "not a pair of genes with exon numbers", value=text, allowed="GENE e5 - GENE e15", remedy="give both exons"
        )
    return found["gene5"], int(found["exon5"]), found["gene3"], int(found["exon3"])


def resolve_exon_name(
    text: str, transcripts: Transcripts | None = None, assembly: Assembly = "GRCh38"
) -> list[NumberingFit]:
    """Return every pair of breakpoints that a literature name may mean, those that fit first.

    Args:
        text: As in ``parse_exon_name``; the 3' gene is NTRK1, NTRK2 or NTRK3.

    Raises:
        AnnotationError: The text has another form, a gene is unknown, or no transcript has such an exon.
    """
    gene5, exon5, gene3, exon3 = parse_exon_name(text)
    atlas = Atlas((transcripts or Transcripts.open()).on(assembly))
    found5, found3 = atlas.annotation.named(gene5), atlas.annotation.named(gene3)
    for name, found in ((gene5, found5), (gene3, found3)):
        if not found:
            raise AnnotationError("gene is not in the annotation", value=name, remedy="use the approved symbol")
    five, three = found5[0], found3[0]
    if three.symbol not in NTRK:
        raise AnnotationError("the 3' gene is not an NTRK gene", value=gene3, allowed=sorted(NTRK))
    choices5, choices3 = readings(five, exon5, "five_prime"), readings(three, exon3, "three_prime")
    for name, exon, choices in ((five.symbol, exon5, choices5), (three.symbol, exon3, choices3)):
        if not choices:
            raise AnnotationError(f"no transcript of {name} has this exon", value=exon)
    return exon_fits(atlas, five, choices5, three, choices3)


def exon_fits(
    atlas: Atlas, five: Gene, choices5: list[Numbered], three: Gene, choices3: list[Numbered]
) -> list[NumberingFit]:
    """Return each pair of breakpoints with its frame and kinase, those that fit first."""
    fits = [_fit(atlas, five, a, three, b) for a in choices5 for b in choices3]
    return sorted(fits, key=lambda fit: not fit.fits)


def _fit(atlas: Atlas, gene5: Gene, five: Numbered, gene3: Gene, three: Numbered) -> NumberingFit:
    site5 = atlas.sites(gene5).locate(five.position, "five_prime", "rna")
    site3 = atlas.sites(gene3).locate(three.position, "three_prime", "rna")
    frame = reading_frame(site5, site3).call
    domain = atlas.kinase(gene3).get(site3.transcript.accession)
    kept = domain.kept(site3.before, "three_prime") if domain else 0.0
    return NumberingFit(
        atlas.annotation.assembly,
        five.position,
        tuple(t.accession for t in five.transcripts),
        three.position,
        tuple(t.accession for t in three.transcripts),
        frame,
        round(kept, 4),
        frame == "in" and kept > 0.9999,
    )
