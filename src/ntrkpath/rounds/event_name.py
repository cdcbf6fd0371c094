"""Names of an NTRK event as laboratories write them, as genes and junctions that can be held against a reference.

The text is read by the vocabulary (`fusion_text`), as in every case; here its exons become breakpoints, in every
numbering where no transcript is named, and HGVS names, ranges of exons and offsets are followed to their junction.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import msgspec

from ntrkpath.fusion import Transcripts
from ntrkpath.fusion.gene import Gene
from ntrkpath.fusion.literature import exon_fits
from ntrkpath.fusion.locus import NTRK, Atlas
from ntrkpath.fusion.numbering import Numbered, edge, readings
from ntrkpath.fusion.site import Role
from ntrkpath.model.errors import RoundError
from ntrkpath.vocabulary.fusion_text import SideText, read_fusion
from ntrkpath.vocabulary.genes import read_gene

_TRANSCRIPT = r"(?:[NX]M_\d+|ENST\d+)(?:\.\d+)?"
_HGVS = re.compile(
    rf"({_TRANSCRIPT})(?:\(([^()]+)\))?:r\.[-*]?\d+_(\d+)\s*::\s*({_TRANSCRIPT})(?:\(([^()]+)\))?:r\.(\d+)_[*]?\d+",
    re.IGNORECASE,
)
#: ``e.1_8`` of a VICC name as older writers give it: every exon that is kept.
_RANGE = re.compile(r"\be\.(\d+)_(\d+)", re.IGNORECASE)
_OFFSET = re.compile(r"(\be\.\d+)[+-]\d+", re.IGNORECASE)
#: A breakpoint that lies on no exon boundary that we know: equal to none.
ELSEWHERE = 0
_LONGEST = 200
_ALLOWED = "ETV6::NTRK3, ETV6 e5::NTRK3 e15, a VICC or an HGVS name"


class Event(msgspec.Struct, frozen=True):
    """A pair of genes with the breakpoints that its name may mean, on GRCh38.

    Args:
        five: Approved symbol of the 5' gene as written; ``None`` where it is not named.
        five_at: Every position that the exon may mean, the one that counts first in front; empty without exons.
        exons: The exon numbers as written, which a swapped order is read from.
        exact: The junction is stated by transcripts or by HGVS, so that no numbering is open.
    """

    text: str
    five: str | None
    three: str | None
    five_at: tuple[int, ...] = ()
    three_at: tuple[int, ...] = ()
    exons: tuple[int, int] | None = None
    exact: bool = False

    @property
    def name(self) -> str:
        """The pair as HGNC writes it."""
        return f"{self.five or '?'}::{self.three or '?'}"

    @property
    def ntrk(self) -> str | None:
        """The NTRK gene, the 3' one first."""
        return next((symbol for symbol in (self.three, self.five) if symbol in NTRK), None)

    @property
    def partner(self) -> str | None:
        """The gene on the other side of the NTRK gene."""
        return self.five if self.three == self.ntrk else self.three


@cache
def atlas() -> Atlas:
    """Return the shipped transcripts on GRCh38."""
    return Atlas(Transcripts.open().on("GRCh38"))


@lru_cache(maxsize=4096)
def gene(name: str) -> Gene:
    """Return a gene with its transcripts by approved symbol, alias or previous symbol.

    Raises:
        RoundError: No such gene, an alias of several, or one without coding transcripts.
    """
    read = read_gene(name)
    if not read.known:
        raise RoundError("no such gene", value=name, allowed=read.nearest, remedy="write the approved symbol")
    found = atlas().annotation.named(read.symbol or "")
    if not found:
        raise RoundError("a gene without coding transcripts here", value=name)
    return found[0]


@lru_cache(maxsize=65536)
def read_event(text: str) -> Event:
    """Return the event that a name means.

    Raises:
        RoundError: The name has no form that is read, a gene is unknown, or no transcript has such an exon.
    """
    if len(text) > _LONGEST:
        raise RoundError("a name of a fusion is shorter", value=text, allowed=f"{_LONGEST} characters")
    if found := _HGVS.fullmatch(text.strip()):
        return _hgvs(text, found)
    kept = iter((2, 1))  # of exons 1 to 8 the 5' gene keeps the last, of 10 to 22 the 3' gene the first
    single = _RANGE.sub(lambda match: f"e.{match[next(kept, 1)]}", text)
    sides = single.partition("::")
    inside = bool(_OFFSET.search(sides[0])), bool(_OFFSET.search(sides[2]))
    read = read_fusion(_OFFSET.sub(r"\1", single))
    if read.problem is not None or read.five_prime is None or read.three_prime is None:
        allowed = read.nearest or _ALLOWED
        several = ";" in text or "," in text
        remedy = "one row for each event" if several else ""
        raise RoundError(read.problem or "no fusion of two genes", value=text, allowed=allowed, remedy=remedy)
    five, three = _symbol(read.five_prime, text), _symbol(read.three_prime, text)
    if None in (five, three) and not {five, three} & NTRK:
        raise RoundError("one gene is named, and it is no NTRK gene", value=text, remedy="name both genes")
    exons = read.five_prime.exon, read.three_prime.exon
    if five is None or three is None or exons[0] is None or exons[1] is None:
        return Event(text, five, three)
    return _with_exons(text, (five, exons[0], read.five_prime), (three, exons[1], read.three_prime), inside)


def _symbol(side: SideText, text: str) -> str | None:
    if side.gene.how == "family":
        raise RoundError("a family of genes, not one", value=text, allowed=_ALLOWED, remedy="name the gene")
    if side.gene.symbol is None and side.position is not None:
        raise RoundError("a position without its gene", value=text, allowed=_ALLOWED, remedy="name the gene")
    return side.gene.symbol


def _with_exons(
    text: str, five: tuple[str, int, SideText], three: tuple[str, int, SideText], inside: tuple[bool, bool]
) -> Event:
    gene5, gene3 = gene(five[0]), gene(three[0])
    choices5 = _choices(gene5, five[1], "five_prime", five[2].transcript)
    choices3 = _choices(gene3, three[1], "three_prime", three[2].transcript)
    exact = bool(five[2].transcript and three[2].transcript)
    if gene3.symbol in NTRK and not exact:
        fits = exon_fits(atlas(), gene5, choices5, gene3, choices3)
        at5 = tuple(dict.fromkeys(fit.five_prime for fit in fits))
        at3 = tuple(dict.fromkeys(fit.three_prime for fit in fits))
    else:
        at5, at3 = (tuple(choice.position for choice in choices) for choices in (choices5, choices3))
    at5, at3 = (ELSEWHERE,) if inside[0] else at5, (ELSEWHERE,) if inside[1] else at3
    return Event(text, gene5.symbol, gene3.symbol, at5, at3, (five[1], three[1]), exact)


def _choices(one: Gene, exon: int, role: Role, transcript: str | None) -> list[Numbered]:
    if transcript is not None:
        own = one.transcript(transcript)
        at = edge(own, exon, role) if own is not None else None
        if own is not None and at is not None:
            return [Numbered(at, (own,))]
    found = readings(one, exon, role)
    if not found:
        most = max(len(t.exons) for t in one.transcripts)
        raise RoundError(f"no transcript of {one.symbol} has this exon", value=exon, allowed=f"1 to {most}")
    return found


def _hgvs(text: str, found: re.Match[str]) -> Event:
    five, three = gene(found[2] or found[1]), gene(found[5] or found[4])
    at5 = _coding_edge(five, found[1], int(found[3]), "five_prime")
    at3 = _coding_edge(three, found[4], int(found[6]), "three_prime")
    return Event(text, five.symbol, three.symbol, (at5,), (at3,), None, True)


def _coding_edge(one: Gene, accession: str, count: int, role: Role) -> int:
    """Return the exon boundary at which so many coding bases have passed; ``ELSEWHERE`` where none is."""
    own = one.transcript(accession)
    if own is None:
        raise RoundError(f"no transcript of {one.symbol} that we know", value=accession, allowed=_ALLOWED)
    for exon in range(1, len(own.exons) + 1):
        at = edge(own, exon, role)
        if at is not None and own.coding_before(at) + 1 == count and own.cds[0] <= at <= own.cds[1]:
            return at
    return ELSEWHERE
